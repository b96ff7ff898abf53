"""Pure: the answers that the catalog gives, as values that every surface shows in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from catalog_sync.entity.model import EntityRef, Owner, RepositoryName

About = Literal["entity", "repository", "path", "team", "person", "channel", "nothing"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link that an entity names, or that leads to where something was read."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Near:
    """A name that was perhaps meant."""

    ref: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class OwnerAnswer:
    """Who owns what was asked for, and why we believe it.

    ``about`` is ``nothing`` when nothing fits; then ``alternatives`` holds the nearest names.
    When several things fit equally well, ``about`` is ``nothing`` too, ``is_ambiguous`` is set and
    ``alternatives`` holds them (at most five).
    """

    query: str
    about: About
    synced_at: datetime | None
    entity: EntityRef | None = None
    title: str = ""
    description: str = ""
    type: str = ""
    lifecycle: str = ""
    tags: tuple[str, ...] = ()
    repository: RepositoryName | None = None
    repository_url: str = ""
    path: str | None = None
    owners: tuple[Owner, ...] = ()
    why: str = ""
    sources: tuple[Link, ...] = ()
    disagreements: tuple[str, ...] = ()
    alternatives: tuple[Near, ...] = ()
    is_ambiguous: bool = False
    is_archived: bool = False
    corrected: bool = False
    """Whether the name was only nearly right (``paymints-api`` for ``payments-api``)."""
    links: tuple[Link, ...] = ()
    members: tuple[str, ...] = ()
    """For a team: references of its members. For a person: references of their teams."""
    owns: tuple[Near, ...] = ()
    """For a team or a person: what it owns, at most 20."""
    owns_total: int = 0
    titles: Mapping[str, str] = field(default_factory=dict)
    """What people call the leads and members above, by reference."""
    suggestion: str = ""
    """When nothing fits: what CODEOWNERS or the repository list would say."""
    lines: str = ""
    """For a path: the lines that were asked about, ``L10-L20``."""
    accountable: tuple[Owner, ...] = ()
    """For a path that CODEOWNERS decides about: who owns the entity that it lies in."""
    hints: tuple[Owner, ...] = ()
    """Where nobody is named: who committed to it lately. They are no owners."""
    notes: tuple[str, ...] = ()
    """What else should be known, a sentence each: that its file describes it no more, that it has no entry."""


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A repository of which the catalog has no entry, and who would own it."""

    repository: RepositoryName
    owners: tuple[Owner, ...]
    why: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class Differing:
    """An entity with its owners, and what is said against them or wrong about them."""

    entity: Near
    owners: tuple[Owner, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an organisation the catalog knows, and how sure it is of the owners."""

    repositories: int
    without_entry: tuple[Unlisted, ...]
    things: int
    """How many entities can have an owner."""
    unowned: tuple[Near, ...]
    """Those of which nobody says who owns them."""
    unknown: tuple[Differing, ...]
    """Those whose owner is nobody that the catalog knows."""
    disagreements: tuple[Differing, ...]
    """Those of which several places name different owners."""
    synced_at: datetime | None

    @property
    def summary(self) -> str:
        """``61 of 640 repositories have no entry``."""
        return f"{len(self.without_entry)} of {self.repositories} repositories have no entry"


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a page of docs that answers a question."""

    entity: str
    entity_title: str
    owner: Owner | None
    page: str
    """The page's title."""
    path: str
    """The page's path in its repository."""
    heading: str
    """The headings above the passage, joined by `` › ``."""
    url: str
    text: str
    """The passage as plain, readable text; at most 1,200 characters."""
    edited_at: datetime | None
    score: float
    is_stale: bool = False
    repository: RepositoryName | None = None


@dataclass(frozen=True, slots=True)
class DocsAnswer:
    """The best passages for a question, best first; without passages, who to ask instead."""

    query: str
    passages: tuple[Passage, ...]
    synced_at: datetime | None
    about: Near | None = None
    """The entity that the question names, where it names one."""
    owner: Owner | None = None
    """Whom to ask when there is no passage."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did."""

    source: str
    requests: int
    repositories: int
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    refused: tuple["RefusalLine", ...] = ()
    held: bool = False
    """Whether removals were held back because they were too many."""
    would_remove: tuple[str, ...] = ()
    """What is held back: references, and keys of repositories that have none."""
    took_s: float = 0.0
    docs_changed: tuple[RepositoryName, ...] = field(default_factory=tuple)
    """Repositories whose docs should be read again."""
    unread: tuple[str, ...] = ()
    """Repositories that could not be read this time, each with its problem; what is known of them stays."""
    failed: tuple[str, ...] = ()
    """Of several sources those that could not be looked at, each with its problem; what is known of them stays."""


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """One refusal in a report: the place and what is wrong there."""

    where: str
    message: str
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.message}"]
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [f"found {self.found}"] if self.found else []
        return "; ".join(parts)
