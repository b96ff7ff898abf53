"""Pure: facts and checks in, results and a level out, with what has to be remembered until next time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from scorecards.levels import Standing, level_of
from scorecards.model import Change, Check, Exclusion, Known, Level, Result, Risk, State, Unknown

KEPT_WHILE_UNKNOWN = timedelta(days=14)
"""How long an unknown result keeps what the check last said."""

SECOND_LOOK = timedelta(hours=6)
"""How far apart the two failing evaluations lie that turn a pass into a fail."""

YOUNG = timedelta(days=30)
"""A repository younger than this is asked for Bronze only."""

_REASONS = {
    Exclusion.ARCHIVED: "the repository is archived",
    Exclusion.FORK: "the repository is a fork",
    Exclusion.EXPERIMENTAL: "its lifecycle is experimental",
    Exclusion.DEPRECATED: "its lifecycle is deprecated",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What decides which checks apply; entities with equal profiles share one plan."""

    kind: str
    type: str
    excluded: frozenset[Exclusion] = frozenset()
    is_young: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of one check on one entity: the result, and what it last said for certain."""

    result: Result
    since: datetime
    """Since when the state is what it is."""
    verdict: bool | None = None
    """The last certain verdict; a first failing evaluation does not change it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept of one entity between evaluations."""

    level: Level
    checks: Mapping[str, Remembered] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One entity after an evaluation; an unchanged check is the same object as in the memory before."""

    level: Level
    is_ranked: bool
    checks: Mapping[str, Remembered]

    @property
    def results(self) -> tuple[Result, ...]:
        """The results in the order of the checks."""
        return tuple(remembered.result for remembered in self.checks.values())


_Plan = tuple[tuple[Check, Result | None], ...]


class Evaluation:
    """One evaluation of many entities at one moment; keeps the plans of profiles seen before."""

    def __init__(self, checks: Sequence[Check], now: datetime) -> None:
        self.now = now
        self._checks = tuple(checks)
        self._plans: dict[Profile, _Plan] = {}
        self._previews = frozenset(check.id for check in checks if _is_preview(check, now.date()))
        effective = (check.level for check in checks if check.id not in self._previews)
        self._top = max(effective, default=Level.NONE)

    def applies_to(self, profile: Profile) -> bool:
        """Whether at least one check looks at entities of this profile."""
        return any(
            fixed is None or fixed.state is not State.NOT_APPLICABLE for _, fixed in self._plan(profile)
        )

    def judge(self, profile: Profile, known: Known, memory: Memory | None) -> Outcome:
        """The results and the level of one entity.

        Args:
            profile: What the entity is.
            known: Its facts.
            memory: What was kept of the last time; None when it was never judged.
        """
        before = memory.checks if memory else {}
        checks: dict[str, Remembered] = {}
        standings: list[Standing] = []
        for check, fixed in self._plan(profile):
            last = before.get(check.id)
            now = self._settled(fixed, last) if fixed else self._judged(check, known, last)
            checks[check.id] = now
            # Whatever passes holds, and most do: only the rest is looked at for the level.
            if now.result.state is not State.PASS and check.id not in self._previews:
                standings.append(self._standing(check, now))
        is_ranked = not profile.excluded
        level = level_of(standings, memory.level if memory else Level.NONE, self._top)
        return Outcome(level if is_ranked else Level.NONE, is_ranked, checks)

    def _plan(self, profile: Profile) -> _Plan:
        plan = self._plans.get(profile)
        if plan is None:
            today = self.now.date()
            plan = tuple((check, _settled_before(check, profile, today)) for check in self._checks)
            self._plans[profile] = plan
        return plan

    def _settled(self, result: Result, last: Remembered | None) -> Remembered:
        return last if last and last.result == result else Remembered(result, self.now)

    def _judged(self, check: Check, known: Known, last: Remembered | None) -> Remembered:
        verdict = check.rule(known)
        if isinstance(verdict, Unknown):
            kept = last.verdict if last else None
            return self._remember(check, State.UNKNOWN, last, kept, why=verdict.reason)
        value = check.measure(known)
        if verdict or not self._waits_for_second_look(check, last):
            state = State.PASS if verdict else State.FAIL
            return self._remember(check, state, last, verdict, value)
        return self._remember(
            check, State.PENDING, last, True, value, "it failed once; a second look decides"
        )

    def _waits_for_second_look(self, check: Check, last: Remembered | None) -> bool:
        """A check that passed falls only at its second failing evaluation in a row."""
        if check.risk is Risk.CRITICAL or last is None or last.verdict is not True:
            return False
        return last.result.state is not State.PENDING or self.now - last.since < SECOND_LOOK

    def _remember(
        self,
        check: Check,
        state: State,
        last: Remembered | None,
        verdict: bool | None,
        value: str = "",
        why: str = "",
    ) -> Remembered:
        """The new result, or the last one itself where nothing changed: the store skips what is the same."""
        if last is None or last.result.state is not state:
            return Remembered(Result(check.id, state, value, why), self.now, verdict)
        if last.result.value == value and last.result.why == why and last.verdict is verdict:
            return last
        return Remembered(Result(check.id, state, value, why), last.since, verdict)

    def _standing(self, check: Check, now: Remembered) -> Standing:
        state = now.result.state
        if state is State.FAIL:
            return Standing(check.level, holds=False, fails=True)
        if state is State.UNKNOWN:
            recent = self.now - now.since <= KEPT_WHILE_UNKNOWN
            return Standing(check.level, holds=now.verdict is True and recent)
        if state is State.PENDING:
            return Standing(check.level, holds=now.verdict is True)
        return Standing(check.level, holds=True)


def change_between(
    entity: str, title: str, before: Memory, after: Outcome, checks: Mapping[str, Check]
) -> Change | None:
    """The change of level, with its reason in words; None when the level stayed."""
    if before.level == after.level:
        return None
    rose = after.level > before.level
    state = State.PASS if rose else State.FAIL
    moved = [
        checks[name].title
        for name, now in after.checks.items()
        if now.result.state is state and _was_not(before.checks.get(name), state)
    ]
    if not rose:
        blocking = [check.title for check in _failing(after, checks) if check.level > after.level]
        moved = [title for title in blocking if title in moved] or blocking
    because = ", ".join(moved[:3])
    return Change(entity, title, before.level, after.level, because)


def _failing(after: Outcome, checks: Mapping[str, Check]) -> Iterable[Check]:
    return (checks[name] for name, now in after.checks.items() if now.result.state is State.FAIL)


def _was_not(before: Remembered | None, state: State) -> bool:
    return before is None or before.result.state is not state


def _is_preview(check: Check, today: date) -> bool:
    return check.effective_from is not None and check.effective_from > today


def _settled_before(check: Check, profile: Profile, today: date) -> Result | None:
    """The result that no fact can change; None when the facts decide."""
    if reason := _not_applicable(check, profile):
        return Result(check.id, State.NOT_APPLICABLE, "", reason)
    if _is_preview(check, today):
        return Result(check.id, State.PENDING, "", f"preview; counts from {check.effective_from}")
    if profile.is_young and check.level > Level.BRONZE:
        return Result(check.id, State.PENDING, "", f"the repository is younger than {YOUNG.days} days")
    return None


def _not_applicable(check: Check, profile: Profile) -> str:
    if profile.kind not in (check.kinds or ("component",)):
        return check.not_applicable or f"it looks at {' and '.join(check.kinds or ('component',))} only"
    if check.types and profile.type not in check.types:
        return check.not_applicable or f"it looks at the types {' and '.join(check.types)} only"
    for exclusion in sorted(profile.excluded - check.lifts):
        return _REASONS[exclusion]
    return ""
