"""Pull requests of one changed file: the branch, the commit and the pull request itself, each found again when it is there."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import quote

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.sign_in import reading_auth, writing_auth
from catalog_sync.github.transport import Transport
from core.clock import Clock
from core.errors import NotFound
from core.settings import GitHubSettings


class ProposalState(StrEnum):
    """What became of a pull request."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    """Without being merged."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it was when it was asked for."""

    repository: RepositoryName
    number: int
    url: str
    """Its page."""
    branch: str
    """The one that it comes from."""
    state: ProposalState


@dataclass(frozen=True, slots=True)
class BaseBranch:
    """What a change starts from."""

    name: RepositoryName
    """As GitHub writes it now."""
    branch: str
    commit: str
    """The branch's head."""
    is_archived: bool


@dataclass(frozen=True, slots=True)
class FoundFile:
    """What lies at a path of a commit."""

    kind: str
    """``file``, ``dir``, ``symlink`` or ``submodule``."""
    oid: str = ""
    """The file's; a change has to name it."""
    content: bytes | None = None
    """None where it is no file, or is larger than a megabyte."""


class PullsPort(Protocol):
    """One GitHub host, as far as proposing a change needs it.

    Every method raises what ``GitHubPort``'s do: ``GitHubUnavailable`` when GitHub does not answer,
    ``NotAllowed`` when the token may not do it, ``UserError`` when GitHub refuses it.
    """

    def base(self, name: RepositoryName, branch: str | None = None) -> BaseBranch | None:
        """The head of a branch, of the default branch when it is left out; None where there is no commit.

        Raises:
            NotFound: There is no such repository, or the token may not see it.
        """
        ...

    def file(self, name: RepositoryName, path: str, revision: str) -> FoundFile | None:
        """What lies at a path of a branch or commit; None where nothing does."""
        ...

    def head(self, name: RepositoryName, branch: str) -> str | None:
        """The commit at the head of a branch; None where there is no such branch."""
        ...

    def create_branch(self, name: RepositoryName, branch: str, commit: str) -> None:
        """Make a branch.

        Raises:
            UserError: There is one of that name, or a rule forbids it.
        """
        ...

    def write(
        self, name: RepositoryName, branch: str, path: str, content: bytes, message: str, oid: str | None
    ) -> None:
        """Commit one file to a branch.

        Args:
            oid: The oid of the file as it is there; None for a new file.

        Raises:
            UserError: There is another one now, or a rule forbids it.
        """
        ...

    def pulls_from(self, name: RepositoryName, branch: str) -> tuple[PullRequest, ...]:
        """The pull requests that were ever made from a branch, newest first."""
        ...

    def open_pull(self, name: RepositoryName, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Make a pull request.

        Raises:
            UserError: There is an open one already, or nothing to merge.
        """
        ...

    def state(self, pull: PullRequest) -> ProposalState:
        """What became of a pull request."""
        ...


def connect_pulls(settings: GitHubSettings, clock: Clock, organization: str | None = None) -> "GitHubPulls":
    """Proposals on the host of the settings, signed by the publishing token in reading too: it sees what it may change.

    Raises:
        CallboardError: See ``connect_github``.
    """
    signed = writing_auth(settings, reading_auth(settings, organization))
    return GitHubPulls(Transport(settings, signed, signed, clock))


class GitHubPulls:
    """``PullsPort`` over REST.

    Args:
        transport: Signs in as whoever makes the pull requests.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def base(self, name: RepositoryName, branch: str | None = None) -> BaseBranch | None:
        """See ``PullsPort.base``."""
        body = self._get(f"/repos/{name.full_name}")
        wanted = branch or body["default_branch"]
        commit = self.head(name, wanted)
        if commit is None:
            return None
        now = RepositoryName(name.host, body["owner"]["login"], body["name"])
        return BaseBranch(now, wanted, commit, bool(body["archived"]))

    def file(self, name: RepositoryName, path: str, revision: str) -> FoundFile | None:
        """See ``PullsPort.file``."""
        try:
            body = self._get(f"{_contents(name, path)}?ref={quote(revision, safe='')}")
        except NotFound:
            return None
        if isinstance(body, list):
            return FoundFile("dir")
        return FoundFile(str(body["type"]), str(body["sha"]), _content(body))

    def head(self, name: RepositoryName, branch: str) -> str | None:
        """See ``PullsPort.head``."""
        try:
            body = self._get(f"/repos/{name.full_name}/git/ref/heads/{quote(branch)}")
        except NotFound:
            return None
        return str(body["object"]["sha"])

    def create_branch(self, name: RepositoryName, branch: str, commit: str) -> None:
        """See ``PullsPort.create_branch``."""
        self._transport.rest(
            "POST", f"/repos/{name.full_name}/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit}
        )

    def write(
        self, name: RepositoryName, branch: str, path: str, content: bytes, message: str, oid: str | None
    ) -> None:
        """See ``PullsPort.write``."""
        body = {"branch": branch, "message": message, "content": base64.b64encode(content).decode()}
        self._transport.rest("PUT", _contents(name, path), body | ({"sha": oid} if oid else {}))

    def pulls_from(self, name: RepositoryName, branch: str) -> tuple[PullRequest, ...]:
        """See ``PullsPort.pulls_from``."""
        head = quote(f"{name.owner}:{branch}", safe="")
        found = self._get(f"/repos/{name.full_name}/pulls?state=all&head={head}&per_page=100")
        # An unknown head is left out of the question by GitHub, which then answers with all there are.
        return tuple(pull for pull in (_pull(name, body) for body in found) if pull.branch == branch)

    def open_pull(self, name: RepositoryName, branch: str, base: str, title: str, body: str) -> PullRequest:
        """See ``PullsPort.open_pull``."""
        wanted = {"title": title, "body": body, "head": branch, "base": base}
        return _pull(name, self._transport.rest("POST", f"/repos/{name.full_name}/pulls", wanted))

    def state(self, pull: PullRequest) -> ProposalState:
        """See ``PullsPort.state``."""
        body = self._get(f"/repos/{pull.repository.full_name}/pulls/{pull.number}")
        return _pull(pull.repository, body).state

    def _get(self, path: str) -> Any:
        return self._transport.rest("GET", path, retry=True)


def _contents(name: RepositoryName, path: str) -> str:
    return f"/repos/{name.full_name}/contents/{quote(path)}"


def _content(body: Mapping[str, Any]) -> bytes | None:
    if body["type"] != "file" or body.get("encoding") != "base64":
        return None
    try:
        return base64.b64decode(body["content"])
    except (binascii.Error, ValueError):
        return None


def _pull(name: RepositoryName, body: Mapping[str, Any]) -> PullRequest:
    is_merged = bool(body.get("merged_at"))
    state = ProposalState.MERGED if is_merged else ProposalState(body["state"])
    branch = str(body["head"]["ref"])
    return PullRequest(name, int(body["number"]), str(body["html_url"]), branch, state)
