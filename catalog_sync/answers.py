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
    on_call: tuple[str, ...] = ()
    """References of those who are on duty, as the thing itself or its owner says."""
    source_url: str = ""
    """The file that describes it."""
    register_url: str = ""
    """For a repository without an entry: the host's page for a new file, filled in with one."""
    stale: str = ""
    """Why this is what was known before, where it is: a sentence."""


@dataclass(frozen=True, slots=True)
class FoundThing:
    """One thing that a search found."""

    near: Near
    owners: tuple[Owner, ...]
    about: str
    """What is said of it, cut short."""
    url: str = ""
    """Its repository's page."""
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class FindAnswer:
    """The things that fit some words, best first."""

    query: str
    things: tuple[FoundThing, ...]
    total: int
    """How many fit, those that are not named here too."""
    synced_at: datetime | None
    words: tuple[str, ...] = ()
    """What was looked for, without what says nothing."""
    narrowed: tuple[tuple[str, str], ...] = ()
    """What narrows it: ``("owner", "Payments")``."""
    is_loose: bool = False
    """Whether nothing has all of the words, so that these have some of them."""
    corrected: tuple[tuple[str, str], ...] = ()
    """Words that nothing has, each with the one that was looked for instead."""
    problems: tuple[str, ...] = ()
    """What of the question could not be used, a sentence each."""
    alternatives: tuple[Near, ...] = ()
    """When nothing fits: the nearest names."""
    stale: str = ""
    """Why this is what was known before, where it is."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Something that a thing depends on, or that depends on it."""

    near: Near
    owners: tuple[Owner, ...]
    through: tuple[Near, ...] = ()
    """The APIs that are between the two, where there are any."""
    is_known: bool = True
    """False for what the catalog does not know; then it is named as it was written."""


MOST_BEYOND = 500
"""Where nearly everything hangs together, the exact number would take long and tell nothing."""


@dataclass(frozen=True, slots=True)
class DepsAnswer:
    """What something depends on, and what depends on it."""

    query: str
    subject: OwnerAnswer
    """What is meant; where that is nothing, it holds the nearest names."""
    uses: tuple[Neighbour, ...] = ()
    used_by: tuple[Neighbour, ...] = ()
    uses_beyond: int = 0
    """How many more things those depend on, and so on to the end; no more than ``MOST_BEYOND`` are counted."""
    used_by_beyond: int = 0
    direction: Literal["both", "uses", "used by"] = "both"
    """What was asked for."""
    parts: int = 0
    """Of how many things the subject consists, beside itself; what they depend on is its too."""
    synced_at: datetime | None = None
    stale: str = ""


@dataclass(frozen=True, slots=True)
class OwnedKind:
    """What a team owns of one kind."""

    kind: str
    """In lower case."""
    total: int
    some: tuple[Near, ...]
    """The first of them, in the order of titles."""


@dataclass(frozen=True, slots=True)
class TeamAnswer:
    """A team with its people, its place among teams, and what it owns."""

    query: str
    subject: OwnerAnswer
    """The team as it is answered to "who owns"; about nothing where no team is meant."""
    parent: Near | None = None
    children: tuple[Near, ...] = ()
    owned: tuple[OwnedKind, ...] = ()
    because: Near | None = None
    """The thing that was named, where that was no team: its owner is shown."""
    synced_at: datetime | None = None
    stale: str = ""


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
    excerpt: str = ""
    """At most five lines of the passage, those that say most about the question; code stands between fences."""
    section: str = ""
    """What names the section for good: ``host/owner/name/docs/keys.md#rotate-the-key``."""


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
    stale: str = ""
    """Why the docs could not be searched, or their owners are those that were known before: a sentence."""


@dataclass(frozen=True, slots=True)
class DocsRead:
    """What the reading of docs after a sync did."""

    repositories: int
    """Of so many the docs had changed, and were read."""
    sections: int
    failed: tuple[tuple[str, str], ...]
    """Repository and cause; they are tried again next time."""
    took_s: float


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
    docs: DocsRead | None = None
    """What the docs gave; None where they were not read."""


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """One refusal in a report: the place and what is wrong there."""

    where: str
    message: str
    expected: str = ""
    found: str = ""
    hint: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.message}"]
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [f"found {self.found}"] if self.found else []
        parts += [self.hint] if self.hint else []
        return "; ".join(parts)
