"""Pure: one board of scores to each team's week and each manager's, so that both always agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scorecards.improvements import improvements
from scorecards.model import (
    Change,
    Check,
    EntityScore,
    Level,
    RollUp,
    State,
    TeamLine,
    TeamReport,
)
from scorecards.subjects import Team

FEW = 3
"""A team with fewer components is not ranked."""

NEW = timedelta(days=14)
"""Nor is a team in its first two weeks, unless everybody is as new."""

MOST_FAILED = 3
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """How many checks passed of those that were judged."""

    passed: int = 0
    judged: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.judged + other.judged)

    @property
    def share(self) -> int | None:
        """In percent, rounded; None when nothing was judged."""
        return round(100 * self.passed / self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that reports are made of, read once."""

    at: datetime
    scores: Mapping[str, Sequence[EntityScore]]
    """By owner."""
    past: Sequence[Mapping[str, Count]]
    """Counts by owner at the end of earlier weeks, oldest first; the last is a week ago."""
    changes: Mapping[str, Sequence[Change]]
    """Rises and falls of the last week by owner, oldest first."""
    checks: Sequence[Check]
    """The checks that count already."""
    first_days: Mapping[str, date] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], str] = field(default_factory=dict)
    measured_at: datetime | None = None

    def of(self, owner: str) -> Sequence[EntityScore]:
        """What an owner owns."""
        return self.scores.get(owner, ())

    def count_of(self, owners: Iterable[str]) -> Count:
        """Passed and judged of some owners together, now."""
        total = Count()
        for owner in owners:
            for score in self.of(owner):
                total += Count(score.passed, score.judged)
        return total

    def trend_of(self, owners: Sequence[str]) -> tuple[int, ...]:
        """Pass shares of earlier weeks and now, oldest first, without weeks before the first."""
        counts = [_sum(week, owners) for week in self.past] + [self.count_of(owners)]
        return tuple(count.share for count in counts if count.share is not None)

    def delta_of(self, owners: Sequence[str]) -> int | None:
        """Percentage points since a week ago, between the rounded shares that people were shown."""
        before = _sum(self.past[-1], owners).share if self.past else None
        now = self.count_of(owners).share
        return None if before is None or now is None else now - before


def _sum(counts: Mapping[str, Count], owners: Iterable[str]) -> Count:
    total = Count()
    for owner in owners:
        total += counts.get(owner, Count())
    return total


def team_report(board: Board, team: Team, week: str) -> TeamReport | None:
    """A team's week; None for a team that owns nothing that is judged."""
    scores = tuple(board.of(team.ref))
    if not has_week(scores):
        return None
    owner = [team.ref]
    count = board.count_of(owner)
    states = Counter(result.state for score in scores for result in score.results)
    claims = {fix: user for (claimed, fix), user in board.claims.items() if claimed == team.ref}
    return TeamReport(
        team=team.ref,
        title=team.title,
        channel=team.channel or "",
        week=week,
        passed=count.passed,
        judged=count.judged,
        unknown=states[State.UNKNOWN],
        not_applicable=states[State.NOT_APPLICABLE],
        exempt=states[State.EXEMPT],
        delta=board.delta_of(owner),
        levels=levels_of(scores),
        trend=board.trend_of(owner),
        fixes=improvements(scores, board.checks, claims),
        changes=net_changes(board.changes.get(team.ref, ())),
        components=_ranked(scores),
        unknown_reasons=unknown_reasons(scores),
        scores=scores,
        measured_at=board.measured_at,
    )


def has_week(scores: Iterable[EntityScore]) -> bool:
    """Whether there is anything to report: something that is ranked, or something to mend."""
    return any(score.is_ranked or score.passed < score.judged for score in scores)


def levels_of(scores: Iterable[EntityScore]) -> dict[Level, int]:
    """How many ranked entities stand on each level; every level is there."""
    counts = Counter(score.level for score in scores if score.is_ranked)
    return {level: counts[level] for level in sorted(Level, reverse=True)}


def net_changes(changes: Sequence[Change]) -> tuple[Change, ...]:
    """One line for each entity: from where it stood to where it stands; a round trip is no change."""
    first: dict[str, Change] = {}
    last: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.entity, change)
        last[change.entity] = change
    net = [
        Change(entity, end.title, first[entity].before, end.after, end.because)
        for entity, end in last.items()
        if first[entity].before != end.after
    ]
    return tuple(sorted(net, key=lambda change: (change.after < change.before, change.title)))


def unknown_reasons(scores: Iterable[EntityScore]) -> tuple[str, ...]:
    """Why results are unknown, most frequent first, at most three."""
    reasons = Counter(
        result.why for score in scores for result in score.results if result.state is State.UNKNOWN
    )
    return tuple(f"{count} × {reason}" for reason, count in reasons.most_common(MOST_REASONS))


def _ranked(scores: Iterable[EntityScore]) -> int:
    return sum(score.is_ranked for score in scores)


def roll_ups(board: Board, teams: Sequence[Team], week: str) -> tuple[RollUp, ...]:
    """The week of everybody who leads a group that has groups below it.

    Who leads both a group and one below it gets the wider one only; two separate groups give two.
    A part of the organisation that owns nothing gives none.
    """
    by_ref = {team.ref: team for team in teams}
    led: dict[str, list[Team]] = defaultdict(list)
    for team in teams:
        if team.children:
            for lead in team.leads:
                led[lead].append(team)
    found = []
    for manager in sorted(led):
        for scope in _widest(led[manager], by_ref):
            roll_up = _roll_up(board, manager, scope, by_ref, week)
            if roll_up:
                found.append(roll_up)
    return tuple(found)


def scope_of(group: Team, by_ref: Mapping[str, Team]) -> tuple[str, ...]:
    """A group and everything below it; a circle of parents is walked once."""
    seen: dict[str, None] = {}
    waiting = [group.ref]
    while waiting:
        ref = waiting.pop(0)
        if ref not in seen and ref in by_ref:
            seen[ref] = None
            waiting.extend(by_ref[ref].children)
    return tuple(seen)


def _widest(groups: Sequence[Team], by_ref: Mapping[str, Team]) -> list[Team]:
    scopes = {group.ref: set(scope_of(group, by_ref)) for group in groups}
    widest: list[Team] = []
    for group in sorted(groups, key=lambda group: (-len(scopes[group.ref]), group.ref)):
        if not any(group.ref in scopes[other.ref] for other in widest):
            widest.append(group)
    return widest


def _roll_up(board: Board, manager: str, scope: Team, by_ref: Mapping[str, Team], week: str) -> RollUp | None:
    owners = [ref for ref in scope_of(scope, by_ref) if has_week(board.of(ref))]
    if not owners:
        return None
    scores = [score for owner in owners for score in board.of(owner)]
    count = board.count_of(owners)
    lines = [_line(board, by_ref[owner]) for owner in owners]
    return RollUp(
        manager=manager,
        scope=scope.ref,
        title=scope.title,
        week=week,
        passed=count.passed,
        judged=count.judged,
        unknown=sum(result.state is State.UNKNOWN for score in scores for result in score.results),
        delta=board.delta_of(owners),
        lines=tuple(sorted(lines, key=_need)),
        most_failed=most_failed(scores, board.checks),
        components=_ranked(scores),
        unowned=_unowned(board, by_ref),
        measured_at=board.measured_at,
    )


def _unowned(board: Board, by_ref: Mapping[str, Team]) -> int:
    return sum(_ranked(scores) for owner, scores in board.scores.items() if owner not in by_ref)


def _line(board: Board, team: Team) -> TeamLine:
    scores = board.of(team.ref)
    count = board.count_of([team.ref])
    is_compared = _ranked(scores) >= FEW and not _is_new(board, team.ref)
    return TeamLine(
        team=team.ref,
        title=team.title,
        share=count.share if is_compared else None,
        delta=board.delta_of([team.ref]) if is_compared else None,
        levels=levels_of(scores),
        components=_ranked(scores),
        failed=count.judged - count.passed,
    )


def _is_new(board: Board, owner: str) -> bool:
    """In its first two weeks, while others are older: where all are new, nobody is treated unfairly."""
    first = board.first_days.get(owner)
    if first is None:
        return False
    return board.at.date() - first < NEW and first > min(board.first_days.values())


def _need(line: TeamLine) -> tuple[int, bool, int, int, str]:
    """Overdue first, then the largest fall, then the lowest share; who is not ranked comes last."""
    share = 101 if line.share is None else line.share
    return (-line.overdue, line.share is None, min(line.delta or 0, 0), share, line.title)


def most_failed(scores: Iterable[EntityScore], checks: Sequence[Check]) -> tuple[tuple[str, int, int], ...]:
    """What fails most often: title, how many fail, of how many judged; worst first, at most three."""
    failed: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    for score in scores:
        for result in score.results:
            failed[result.check] += result.state is State.FAIL
            judged[result.check] += result.state in (State.PASS, State.FAIL)
    titles = {check.id: check.title for check in checks}
    rows = [(titles.get(name, name), count, judged[name]) for name, count in failed.items() if count]
    return tuple(sorted(rows, key=lambda row: (-row[1], row[2], row[0]))[:MOST_FAILED])
