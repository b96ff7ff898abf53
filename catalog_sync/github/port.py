"""What Callboard needs from GitHub, as values and one Protocol that the real client and fakes share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from catalog_sync.entity.model import RepositoryName
from core.access import Visibility


@dataclass(frozen=True, slots=True)
class RepositoryLight:
    """What a discovery page says of a repository: enough to know whether it changed."""

    name: RepositoryName
    id: str
    """The GraphQL node id; it survives renames."""
    head_oid: str | None
    """The commit at the head of the default branch; None for an empty repository."""
    pushed_at: datetime | None
    updated_at: datetime
    created_at: datetime
    is_archived: bool
    is_fork: bool
    visibility: Visibility
    default_branch: str | None
    """The branch that is read."""
    topics: tuple[str, ...] = ()
    """Only where they were asked for."""

    @property
    def fingerprint(self) -> str:
        """Equal as long as nothing that we read can have changed."""
        return f"{self.head_oid}|{self.pushed_at}|{self.updated_at}|{self.is_archived}|{self.visibility}|{self.name}"


@dataclass(frozen=True, slots=True)
class LightPage:
    """Some repositories of an organisation, and where the next page begins (None after the last one)."""

    lights: tuple[RepositoryLight, ...]
    after: str | None
    problems: tuple[str, ...] = ()
    """What GitHub said about repositories that it left out; they may be there all the same."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A repository that is there and could not be read this time; what is known of it stays."""

    id: str
    problem: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One entry of a folder: ``type`` is ``blob`` or ``tree``; ``size`` in bytes, for blobs."""

    name: str
    type: str
    oid: str
    size: int = 0


MOST_SHOWN = 512_000
"""GitHub shows so many bytes of a file to GraphQL, and cuts off the rest."""


@dataclass(frozen=True, slots=True)
class FileText:
    """One text file; ``text`` is None when it is binary or was cut off."""

    path: str
    oid: str
    size: int
    text: str | None
    is_binary: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryDetail:
    """Everything that a sync reads of one repository."""

    light: RepositoryLight
    url: str
    """The page of the repository."""
    description: str
    topics: tuple[str, ...]
    language: str | None
    license: str | None
    """SPDX id."""
    root: tuple[TreeEntry, ...]
    files: Mapping[str, FileText] = field(default_factory=dict)
    """By path: the descriptor, CODEOWNERS in its three places, mkdocs.yml; only those that exist."""
    docs_oid: str | None = None
    """The tree of ``docs/``; None where there is none."""
    head_committed_at: datetime | None = None

    @property
    def name(self) -> RepositoryName:
        """The repository's name."""
        return self.light.name


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A person in a team; ``is_maintainer`` is GitHub's team role."""

    login: str
    name: str
    email: str
    is_maintainer: bool


@dataclass(frozen=True, slots=True)
class TeamSnapshot:
    """One team with its people and the repositories it may write to."""

    host: str
    organization: str
    slug: str
    name: str
    description: str
    parent_slug: str | None
    url: str
    members: tuple[TeamMember, ...]
    repositories: Mapping[str, str]
    """Full name to permission: READ, TRIAGE, WRITE, MAINTAIN or ADMIN."""


@dataclass(frozen=True, slots=True)
class GitAccess:
    """How git reaches a repository: the address, and the header that carries the credential."""

    url: str
    header: str
    """``Authorization: Basic ...``; secret, handed to git through its environment only."""


@dataclass(frozen=True, slots=True)
class CreatedRepository:
    """A repository that exists on GitHub, as the publishing steps need it."""

    name: RepositoryName
    url: str
    created_at: datetime
    description: str
    topics: tuple[str, ...]
    is_empty: bool
    default_branch: str


class GitHubPort(Protocol):
    """One GitHub host.

    Every method raises ``GitHubUnavailable`` when GitHub does not answer or says to wait: the
    caller changes nothing and a job tries again.
    """

    host: str

    @property
    def requests(self) -> int:
        """How many requests this client has made since it was built."""
        ...

    def discover(self, organization: str, after: str | None = None) -> Iterator[LightPage]:
        """All repositories of an organisation, oldest first, 100 a request.

        Args:
            organization: Its login.
            after: Where to go on: ``LightPage.after`` of an earlier page.

        Raises:
            NotFound: There is no such organisation, or the token may not see it.
        """
        ...

    def recent(self, organization: str) -> Iterator[LightPage]:
        """All repositories of an organisation, the one that was pushed to last first, 100 a request."""
        ...

    def details(self, ids: Sequence[str]) -> Iterator[RepositoryDetail | Unread]:
        """The details of repositories by their node ids, 25 a request; those that vanished are left out."""
        ...

    def files(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, FileText]]:
        """Files of many repositories, 250 a request; by node id and path, those that exist.

        A repository that is gone, or of which a file could not be read, is left out altogether.

        Args:
            wanted: Node id to paths.
        """
        ...

    def tree(self, name: RepositoryName, commit: str) -> tuple[str, ...] | None:
        """The paths of all files of a commit; None where GitHub does not list them all (over 100,000)."""
        ...

    def oids(self, name: RepositoryName, paths: Sequence[str]) -> Mapping[str, str]:
        """The ids of files and folders of a repository, 250 a request; by path, those that exist.

        Equal ids mean equal content, so that nothing has to be fetched to see whether it changed.
        """
        ...

    def teams(self, organization: str) -> Iterator[TeamSnapshot]:
        """All teams of an organisation, 100 a request.

        Raises:
            NotAllowed: The token may not read them, or not all of them.
        """
        ...

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        """One repository now, or None where there is none that we may see."""
        ...

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        """How git reaches the repository, with a credential for reading or for writing."""
        ...

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        """The repository as publishing sees it, or None."""
        ...

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        """Create an empty repository. Never retried: on doubt, ask ``find_repository``.

        Raises:
            UserError: The name is taken or not allowed; says which.
        """
        ...

    def set_topics(self, name: RepositoryName, topics: Sequence[str]) -> None:
        """Replace the topics of a repository."""
        ...

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        """Give a team (by slug) a permission: pull, triage, push, maintain or admin."""
        ...

    def delete_repository(self, name: RepositoryName) -> None:
        """Delete a repository; used only to clean up one that we provably created."""
        ...
