"""Pure: what stands on somebody's Home, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from scorecards.model import Level


class Visitor(StrEnum):
    """What somebody is here; decides how they are welcomed."""

    AT_HOME = "at home"
    """Known, and in a team."""
    WITHOUT_TEAM = "without a team"
    """Known, and in no team."""
    NOT_MATCHED = "not matched"
    """A member of the workspace whom the catalog does not know."""
    GUEST = "guest"


class NeedKind(StrEnum):
    """What somebody can do something about, in the order in which it is shown."""

    HELD = "held"
    """A sync waits for an administrator."""
    RUN_FAILED = "run failed"
    REFUSED = "refused"
    """A file that the catalog cannot take."""
    DISAGREEMENT = "disagreement"
    """Several places name different owners."""
    DOCS = "docs"
    """A section of the docs that readers called wrong or stale."""
    RUN_UNDER_WAY = "run under way"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody; all texts are as others wrote them, not escaped yet."""

    kind: NeedKind
    title: str
    detail: str = ""
    url: str = ""
    value: str = ""
    """What its button brings along: a reference, the number of a run, digest and source of a hold."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a team owns."""

    key: str
    """Its reference, or the key of a repository that has no entry."""
    title: str
    kind: str
    """In lower case; ``repository`` for one that has no entry."""
    url: str = ""
    """The page of its repository."""
    level: Level | None = None
    """None for what is not judged."""


@dataclass(frozen=True, slots=True)
class TeamCard:
    """One of my teams."""

    ref: str
    title: str
    channel: str | None
    leads: tuple[str, ...]
    """Names of people."""
    owned: tuple[Thing, ...]
    """All of it, by kind and then by title."""
    levels: Mapping[Level, int] = field(default_factory=dict)
    children: tuple[str, ...] = ()
    """Titles of the teams below it."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How fresh one source is."""

    source: str
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Points:
    """What GitHub still answers one organisation in this hour."""

    organization: str
    remaining: int
    limit: int
    reset_at: datetime


@dataclass(frozen=True, slots=True)
class AdminCard:
    """What administrators look after."""

    sources: tuple[SourceState, ...]
    refused: int
    """How many files the catalog cannot take, or not whole."""
    points: tuple[Points, ...] = ()
    """Of those organisations of which GitHub has said it since the start."""
    unmatched: tuple[str, ...] | None = None
    """The names of the members whom the catalog does not know; None where Slack did not say who there is."""


@dataclass(frozen=True, slots=True)
class HomeContent:
    """Everything that somebody's Home shows."""

    visitor: Visitor
    name: str = ""
    """What the catalog calls them."""
    teams: tuple[TeamCard, ...] = ()
    needs: tuple[Need, ...] = ()
    may_create: bool = False
    admin: AdminCard | None = None
    synced_at: datetime | None = None
    slack_id: str = ""
    example: str = "payments-api"
    """Something that they may ask for."""
    stale: str = ""
    """Why this is what was known before, where it is: a sentence."""
