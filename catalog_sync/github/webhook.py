"""Pure: what one webhook of GitHub says in, which parts of the catalog have to be looked at again out.

A webhook is a hint and never the truth: it may be late, out of order, doubled or missing. So nothing of
what it says is stored; what it names is looked at as it is now.

Source for events and fields: GitHub's "Webhook events and payloads", and the descriptions in its OpenAPI file.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalog_sync.entity.globs import Glob
from catalog_sync.entity.model import RepositoryName
from catalog_sync.ownership.codeowners import PLACES

Payload = Mapping[str, Any]

MAX_COMMITS = 2_048
"""GitHub names so many commits of a push, and leaves the others out."""
MAX_REPOSITORIES = 25
"""When an event names more repositories, the whole organisation is looked at instead."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_NO_COMMIT = "0" * 40
_TOO_LARGE = 2**31
"""No pull request has such a number, and no column of ours takes it."""
PROPOSED = "callboard/"
"""What the branches of our own pull requests begin with."""
_READ_AT_ROOT = ("readme", "mkdocs.y", "license", "licence", "copying")
_READ_ANYWHERE = (".md", ".markdown", "mkdocs.yml", "mkdocs.yaml")
"""Components of a monorepo have docs of their own; whether these are read is known when they are looked at."""


class What(StrEnum):
    """What is looked at again."""

    REPOSITORY = "repository"
    TEAMS = "teams"
    SOURCE = "source"
    """Everything of an organisation, because what we may see of it changed."""
    PULL = "pull"
    """A pull request that Callboard proposed."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """One part of the catalog that has to be looked at again; ``repository`` is empty where it is about none."""

    what: What
    host: str
    organization: str
    repository: str = ""
    number: int = 0
    """Of the pull request; 0 where it is about none."""

    @property
    def source(self) -> str:
        """The source that it belongs to."""
        return f"github:{self.host}/{self.organization}".lower()

    @property
    def subject(self) -> str:
        """One text for the same thing whoever writes it: ``repository:github.com/acme/hello``."""
        parts = [self.host, self.organization]
        parts += [self.repository] if self.repository else []
        parts += [str(self.number)] if self.number else []
        return f"{self.what}:{'/'.join(parts).lower()}"

    @property
    def name(self) -> RepositoryName:
        """The repository."""
        return RepositoryName(self.host, self.organization, self.repository)

    @staticmethod
    def of(subject: str) -> "Refresh":
        """The refresh that a subject stands for."""
        what, _, where = subject.partition(":")
        host, organization, *rest = where.split("/")
        repository = rest[0] if rest else ""
        return Refresh(What(what), host, organization, repository, int(rest[1]) if rest[1:] else 0)


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that went into a branch."""

    repository: RepositoryName
    branch: str
    default: str
    """The default branch of the repository; empty where GitHub does not say."""
    paths: frozenset[str]
    """Every file that was added, changed or removed."""
    moved: frozenset[str]
    """Those of them that were added or removed."""
    is_whole: bool
    """False where GitHub does not name every file: history was rewritten, or there are too many commits."""

    def is_into(self, branch: str | None) -> bool:
        """Whether it went into a branch, or (for None) into the default one."""
        wanted = branch or self.default
        return not wanted or self.branch == wanted


@dataclass(frozen=True, slots=True)
class Reading:
    """What a webhook means: parts to look at again, or a push to be compared with what is read, or neither."""

    refreshes: tuple[Refresh, ...] = ()
    push: Push | None = None
    reason: str = ""
    """Why nothing has to be looked at."""


def read_webhook(event: str, payload: Payload, host: str) -> Reading:
    """What a webhook means; one that names nothing that we know is said to be ignored, never an error.

    Args:
        event: The header ``X-GitHub-Event``.
        payload: The body, whose signature was checked.
        host: The host that sent it.
    """
    reader = _READERS.get(event)
    if reader is None:
        return Reading(reason=_KEPT_NOWHERE.get(event, f"nothing in the catalog follows from {event} events"))
    return reader(payload, host)


def touches(push: Push, branch: str | None, descriptors: Sequence[str], read_paths: Sequence[str]) -> bool:
    """Whether a push may change what the catalog holds of its repository.

    Args:
        push: The push.
        branch: The branch that is read; None for each repository's default one.
        descriptors: The paths and globs at which descriptors are looked for.
        read_paths: The files that were read for the repository's entities. ``branch:path`` is a file of another
            branch; a glob stands for files that were looked up, and is compared with what was added or removed.
    """
    if not push.is_into(branch):
        return _touches_branch(push, read_paths)
    if not push.is_whole or not push.paths.isdisjoint(read_paths):
        return True
    if any(_is_read(path) for path in push.paths) or any(_is_listed(path) for path in push.moved):
        return True
    globs = [Glob(pattern.strip("/")) for pattern in descriptors]
    looked_up = [Glob(pattern) for pattern in read_paths if "*" in pattern]
    return _any_matches(globs, push.paths) or _any_matches(looked_up, push.moved)


def _touches_branch(push: Push, read_paths: Sequence[str]) -> bool:
    """Files of another branch are read only where an entity includes them."""
    prefix = f"{push.branch}:"
    wanted = {path.removeprefix(prefix) for path in read_paths if path.startswith(prefix)}
    return bool(wanted) and (not push.is_whole or not push.paths.isdisjoint(wanted))


def _is_read(path: str) -> bool:
    """Whether what stands in a file is read, whatever a repository's entities are made from."""
    folder, _, rest = path.lower().partition("/")
    return (
        path in PLACES
        or folder == "docs"
        or path.lower().endswith(_READ_ANYWHERE)
        or (not rest and folder.startswith(_READ_AT_ROOT))
    )


def _is_listed(path: str) -> bool:
    """Whether it counts that a file is there: the names at the root and in .github/ are facts."""
    folder, _, rest = path.partition("/")
    return not rest or folder == ".github"


def _any_matches(globs: Iterable[Glob], paths: Iterable[str]) -> bool:
    found = list(paths)
    return any(glob.matches(path) for glob in globs for path in found)


# -- one reader for each event -------------------------------------------------------------------------------


def _push(payload: Payload, host: str) -> Reading:
    name, ref = _repository(payload, host), _text(payload, "ref")
    branch = ref.removeprefix("refs/heads/")
    if name is None:
        return Reading(reason=_NAMELESS)
    if branch == ref:
        return Reading(reason="a tag, and the catalog reads branches")
    default = _text(payload, "repository", "default_branch") or _text(payload, "repository", "master_branch")
    commits = payload.get("commits")
    files = [_files(commit) for commit in commits] if isinstance(commits, list) else [None]
    added, changed = _united(files, 0), _united(files, 1)
    # A branch that was made, moved to what another one had, or went, names no commits.
    is_whole = bool(files) and None not in files and len(files) < MAX_COMMITS
    is_whole &= not any(payload.get(flag) for flag in ("forced", "created", "deleted"))
    is_whole &= _text(payload, "after") not in ("", _NO_COMMIT)
    push = Push(
        name,
        branch,
        default,
        frozenset(added | changed),
        frozenset(added),
        is_whole,
    )
    return Reading(push=push)


def _files(commit: Any) -> tuple[set[str], set[str]] | None:
    """What a commit added or removed, and what it changed; None where it does not say so."""
    if not isinstance(commit, Mapping):
        return None
    lists = [commit.get(field) for field in ("added", "removed", "modified")]
    if any(not isinstance(found, list) for found in lists):
        return None
    added, removed, modified = ([path for path in found or () if isinstance(path, str)] for found in lists)
    return {*added, *removed}, {*modified}


def _united(files: Iterable[tuple[set[str], set[str]] | None], position: int) -> set[str]:
    return {path for one in files if one for path in one[position]}


def _of_repository(payload: Payload, host: str) -> Reading:
    name = _repository(payload, host)
    if name is None:
        return Reading(reason=_NAMELESS)
    found = [_refresh_of(name)]
    if payload.get("action") == "transferred":
        # It leaves somebody, who may be one of ours.
        before = _text(payload, "changes", "owner", "from", "organization", "login") or _text(
            payload, "changes", "owner", "from", "user", "login"
        )
        found += [_refresh_of(RepositoryName(host, before, name.name))] if _is_name(before) else []
    if payload.get("action") == "renamed":
        former = _text(payload, "changes", "repository", "name", "from")
        # A name that is free again may be somebody else's by now.
        found += [_refresh_of(RepositoryName(host, name.owner, former))] if _is_name(former) else []
    return Reading(tuple(dict.fromkeys(found)))


def _of_teams(payload: Payload, host: str) -> Reading:
    return _of_organization(payload, host, What.TEAMS)


def _organization(payload: Payload, host: str) -> Reading:
    # With another name, everything that the organisation has lies somewhere else.
    action = payload.get("action")
    if action == "member_invited":
        return Reading(reason="nobody joined yet")
    return _of_organization(payload, host, What.SOURCE if action in ("renamed", "deleted") else What.TEAMS)


def _of_organization(payload: Payload, host: str, what: What) -> Reading:
    login = _text(payload, "organization", "login") or _text(payload, "repository", "owner", "login")
    return Reading((Refresh(what, host, login),)) if _is_name(login) else Reading(reason=_NAMELESS)


def _installation(payload: Payload, host: str) -> Reading:
    if payload.get("action") in ("deleted", "suspend"):
        return Reading(reason="the App may not look any more; what is known stays")
    login = _account(payload)
    return Reading((Refresh(What.SOURCE, host, login),)) if login else Reading(reason=_NAMELESS)


def _installation_repositories(payload: Payload, host: str) -> Reading:
    login = _account(payload)
    if not login:
        return Reading(reason=_NAMELESS)
    lists = [payload.get(field) for field in ("repositories_added", "repositories_removed")]
    names = [
        _named(host, _text(item, "full_name"))
        for found in lists
        if isinstance(found, list)
        for item in found
        if isinstance(item, Mapping)
    ]
    if not names or len(names) > MAX_REPOSITORIES or None in names:
        return Reading((Refresh(What.SOURCE, host, login),))
    return Reading(tuple(dict.fromkeys(_refresh_of(name) for name in names if name)))


def _pull_request(payload: Payload, host: str) -> Reading:
    name, number = _repository(payload, host), payload.get("number")
    if name is None or type(number) is not int or not 0 < number < _TOO_LARGE:
        return Reading(reason=_NAMELESS)
    if payload.get("action") not in ("closed", "reopened"):
        return Reading(reason="it is not decided about")
    if not _text(payload, "pull_request", "head", "ref").startswith(PROPOSED):
        return Reading(reason="Callboard did not propose it")
    return Reading((Refresh(What.PULL, name.host, name.owner, name.name, number),))


_READERS: Mapping[str, Callable[[Payload, str], Reading]] = {
    "push": _push,
    "repository": _of_repository,
    "public": _of_repository,
    "team": _of_teams,
    "team_add": _of_teams,
    "membership": _of_teams,
    "organization": _organization,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "pull_request": _pull_request,
}
EVENTS = tuple(_READERS)
"""The events that something follows from."""
_KEPT_NOWHERE = {
    "ping": "a greeting",
    "member": "the catalog keeps no collaborators, only teams",
    "branch_protection_rule": "the catalog keeps no branch protection",
    "repository_ruleset": "the catalog keeps no rulesets",
    "custom_property_values": "the catalog keeps no custom properties",
    "create": "the push of the same branch says it",
    "delete": "the push of the same branch says it",
}
_NAMELESS = "it names no repository or organisation"


# -- careful looks into the body -----------------------------------------------------------------------------


def _refresh_of(name: RepositoryName) -> Refresh:
    return Refresh(What.REPOSITORY, name.host, name.owner, name.name)


def _repository(payload: Payload, host: str) -> RepositoryName | None:
    return _named(host, _text(payload, "repository", "full_name"))


def _named(host: str, full_name: str) -> RepositoryName | None:
    owner, _, name = full_name.partition("/")
    return RepositoryName(host, owner, name) if _is_name(owner) and _is_name(name) else None


def _account(payload: Payload) -> str:
    login = _text(payload, "installation", "account", "login")
    return login if _is_name(login) else ""


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and text.strip(".") != ""


def _text(payload: Any, *path: str) -> str:
    """The text at a place of the body; empty where there is none."""
    for part in path:
        payload = payload.get(part) if isinstance(payload, Mapping) else None
    return payload if isinstance(payload, str) else ""
