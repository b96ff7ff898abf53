"""Pure: what people have to be told, as values; whoever brings it to them is somewhere else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalog_sync.entity.model import RepositoryName
from core.access import Visibility

ADMINS = "admins"
"""The recipient of what nobody else can be told."""
MACHINES = ("[bot]", "noreply@github.com")
"""What stands in the name or the address of an author that is no person."""


class Kind(StrEnum):
    """What a notice is about."""

    BROKEN = "broken"
    """A file that cannot be taken in, or not whole."""
    CONFLICT = "conflict"
    """Two files that want one name."""
    ORPHAN = "orphan"
    """An entry that its file does not describe any more."""
    HELD = "held"
    """So much would leave the catalog that somebody has to decide."""
    FIRST = "first"
    """What a source's first sync found wrong: told once, and not to everybody who ever made a mistake."""


class State(StrEnum):
    """Where a notice is."""

    NOTED = "noted"
    """Known, and told to nobody: it is older than Callboard here."""
    OPEN = "open"
    MENDED = "mended"
    GONE = "gone"
    """What it was about is not there any more."""
    KEPT = "kept"
    """An administrator decided that nothing goes."""
    APPLIED = "applied"
    """An administrator decided that it goes."""


OPEN_STATES = (State.NOTED, State.OPEN)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that one recipient is told; several may stand in one message."""

    key: str
    kind: Kind
    source: str
    repository: str
    """``RepositoryName`` in lower case; empty where it is about none."""
    recipient: str
    """Whom, in the words of the messenger; ``admins``; empty for nobody."""
    message: str
    """The key of the message that it stands in; empty for none."""
    state: State
    is_told: bool
    content: Mapping[str, Any]
    found_at: datetime
    settled_at: datetime | None = None


def narrowest(visibilities: Iterable[Visibility]) -> Visibility:
    """What only those may see who may see all of it; private for nothing at all."""
    order = (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE)
    return max(visibilities, key=order.index, default=Visibility.PRIVATE)


@dataclass(frozen=True, slots=True)
class NoticeMessage:
    """One message as it has to read now: the same key again is the same message, edited."""

    key: str
    kind: Kind
    recipient: str
    notices: tuple[Notice, ...]
    visibility: Visibility = Visibility.PRIVATE
    """Of the least visible repository that it is about, when it was decided or now: who may not see that is not told."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is left to do."""
        return all(notice.state is not State.OPEN for notice in self.notices)


@dataclass(frozen=True, slots=True)
class FileAt:
    """A file in a repository, at a commit; the head of the default branch where none is named."""

    repository: RepositoryName
    path: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """The last commit that touched a file, and who made it."""

    commit: str
    name: str
    mail: str
    login: str = ""
    """The GitHub account, where GitHub knows whose address it is."""
    subject: str = ""

    @property
    def is_machine(self) -> bool:
        """Whether a program made it."""
        return any(mark in text for mark in MACHINES for text in (self.name, self.mail, self.login))


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file in a repository, as the sync saw it."""

    repository: str
    """``repositories.key``; empty where it is unknown."""
    name: RepositoryName | None
    url: str
    """The page of the repository."""
    commit: str
    path: str
    line: int
    visibility: Visibility

    @property
    def file(self) -> FileAt | None:
        """The file, where it is one of a repository."""
        return FileAt(self.name, self.path, self.commit) if self.name and self.path else None


@dataclass(frozen=True, slots=True)
class Flaw:
    """One refusal of the last sync."""

    id: str
    """Equal as long as it is the same fault of the same file, whatever the line; faults that repeat have one."""
    place: Place
    message: str
    expected: str
    found: str
    conflict: str = ""
    """The reference that another file described first."""
    first: Place | None = None
    """Where it was described first."""
    hint: str = ""
    """How to mend it."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """An entity that its file does not describe any more."""

    ref: str
    title: str
    place: Place
    gone_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What a sync would remove, and does not without an administrator's word."""

    digest: str
    repositories: Sequence[str]
    entities: Sequence[str]
    known: int
    """How many entities the source has in all."""
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Present:
    """Everything about one source that somebody may have to be told, as it is now."""

    source: str
    flaws: Sequence[Flaw]
    orphans: Sequence[Orphan]
    held: Held | None
    entities: frozenset[str]
    """Those of the entities that open notices are about which are in the catalog, orphans too."""
    gone: frozenset[str] = frozenset()
    """The keys of the open notices whose file is not there any more."""
