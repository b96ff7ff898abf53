"""Pure: scorecards, checks, results and the reports that people read, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from core.access import Visibility


class Level(IntEnum):
    """The ladder; each level needs all checks at it and below."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3

    @property
    def label(self) -> str:
        """What people read: ``Bronze``; the empty level is ``Not yet Bronze``."""
        return "Not yet Bronze" if self is Level.NONE else self.name.capitalize()


class Risk(StrEnum):
    """Orders the list of fixes, nothing else."""

    CRITICAL = "C"
    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Exclusion(StrEnum):
    """What is left out of checks unless a check says that it looks at it too."""

    ARCHIVED = "archived"
    FORK = "fork"
    EXPERIMENTAL = "experimental"
    DEPRECATED = "deprecated"


class State(StrEnum):
    """The verdict of one check on one entity."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"
    EXEMPT = "exempt"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Fix:
    """How to mend a failing check: words, a link templated from the entity, and the effort."""

    text: str
    link: str = ""
    minutes: int = 15
    """For one entity, or for all of a team's where ``is_once``."""
    is_once: bool = False
    """Whether one change mends everything that the team owns (``once`` in YAML)."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No verdict, and why: a fact is missing, or the rule could not be worked out on it."""

    reason: str


Verdict = bool | Unknown
"""What a rule says. Not a state: only ``evaluate`` makes states of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of one entity at one moment, as rules read them.

    ``values`` holds those that could be measured (lists, not tuples); ``problems`` says of the
    others why not. ``now`` is among the values too.
    """

    values: Mapping[str, Any]
    problems: Mapping[str, str]
    now: datetime
    activation: Any
    """The same values as the expression language takes them."""

    def lacks(self, name: str) -> Unknown:
        """The answer of a rule that needed a fact which nobody could measure."""
        return Unknown(self.problems.get(name) or f"{name} was not collected")


def _no_rule(_known: Known) -> Verdict:
    return Unknown("the check was never compiled")


def _no_value(_known: Known) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a scorecard, compiled and checked when it was loaded."""

    id: str
    title: str
    level: Level
    risk: Risk
    expression: str
    """CEL over typed facts, which must give a bool; empty when ``when`` was written instead."""
    value: str
    """CEL for the measured value shown beside the verdict; empty when there is none."""
    fix: Fix
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    not_applicable: str = ""
    """The sentence shown where the check does not apply."""
    why: str = ""
    effective_from: date | None = None
    place: str = ""
    """``path:line`` of the definition."""
    lifts: frozenset[Exclusion] = frozenset()
    """Exclusions that do not hold for this check."""
    rule: Callable[[Known], Verdict] = field(default=_no_rule, compare=False, repr=False)
    """The expression or condition tree, compiled."""
    measure: Callable[[Known], str] = field(default=_no_value, compare=False, repr=False)
    """The value expression, compiled; gives an empty text where it cannot be worked out."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A named set of checks on a ladder."""

    id: str
    title: str
    checks: tuple[Check, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One measured value about one entity; ``value`` is None when it could not be measured."""

    name: str
    value: Any
    at: datetime
    source: str
    problem: str = ""
    """Why there is no value (``403: the token lacks administration:read``)."""


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict of one check on one entity."""

    check: str
    state: State
    value: str = ""
    """The measured value as people read it."""
    why: str = ""
    """For unknown and not applicable: the reason."""


@dataclass(frozen=True, slots=True)
class EntityScore:
    """One entity's level and results."""

    entity: str
    title: str
    owner: str
    level: Level
    results: tuple[Result, ...]
    visibility: Visibility = Visibility.PRIVATE
    is_ranked: bool = True
    """False for what is archived, a fork, experimental or deprecated: it has no level."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What links of fixes are filled in with; see ``links``."""

    @property
    def passed(self) -> int:
        """How many checks pass."""
        return sum(result.state is State.PASS for result in self.results)

    @property
    def judged(self) -> int:
        """How many checks count: passed and failed."""
        return sum(result.state in (State.PASS, State.FAIL) for result in self.results)


@dataclass(frozen=True, slots=True)
class Improvement:
    """One change that moves the most: what, where, what it brings, and the exact click."""

    check: str
    text: str
    entities: tuple[str, ...]
    """Titles of the entities that it helps."""
    to_level: Level | None
    """The level that it leads to, where it does so alone."""
    minutes: int
    """For all of the entities together."""
    link: str
    risk: Risk
    key: str = ""
    """Stable name of this improvement, so that somebody can claim it."""
    claimed_by: str = ""
    """Slack id of the person who took it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A level that rose or fell since the last report."""

    entity: str
    title: str
    before: Level
    after: Level
    because: str


@dataclass(frozen=True, slots=True)
class TeamReport:
    """One team's week: everything that its message shows."""

    team: str
    """The group's reference."""
    title: str
    channel: str
    week: str
    """ISO week, ``2026-W47``."""
    passed: int
    judged: int
    unknown: int
    not_applicable: int
    exempt: int
    delta: int | None
    """Change of the pass share in percentage points; None in the first week."""
    levels: Mapping[Level, int]
    trend: tuple[int, ...]
    """Pass share in percent of the last weeks, oldest first, at most 8."""
    fixes: tuple[Improvement, ...]
    changes: tuple[Change, ...]
    components: int
    unknown_reasons: tuple[str, ...] = ()
    scores: tuple[EntityScore, ...] = field(default_factory=tuple)
    measured_at: datetime | None = None

    @property
    def share(self) -> int:
        """Pass share in percent, rounded to the nearest whole; 0 when nothing was judged."""
        return round(100 * self.passed / self.judged) if self.judged else 0

    @property
    def is_partial(self) -> bool:
        """Whether so much is unknown (20 %) that the number must say so."""
        total = self.judged + self.unknown
        return total > 0 and self.unknown / total >= 0.2


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team's row in a manager's roll-up."""

    team: str
    title: str
    share: int | None
    """None for a team that is too new or too small to rank."""
    delta: int | None
    levels: Mapping[Level, int]
    components: int
    failed: int
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class RollUp:
    """A manager's week, computed from the same rows as the teams' reports."""

    manager: str
    """The user's reference."""
    scope: str
    """The group that it covers."""
    title: str
    week: str
    passed: int
    judged: int
    unknown: int
    delta: int | None
    lines: tuple[TeamLine, ...]
    """Sorted by need: overdue first, then the largest fall, then the lowest share."""
    most_failed: tuple[tuple[str, int, int], ...]
    """Check title, how many entities fail it, how many it was judged on; worst first, at most 3."""
    components: int
    unowned: int = 0
    """Components of the catalog that no team owns; shown so that nothing hides."""
    measured_at: datetime | None = None

    @property
    def share(self) -> int:
        """Pass share in percent."""
        return round(100 * self.passed / self.judged) if self.judged else 0
