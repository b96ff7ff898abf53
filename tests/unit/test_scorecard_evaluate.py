"""Verdicts to states, and states to a level, over time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.evaluate import Evaluation, Memory, Outcome, Profile, change_between
from scorecards.levels import Standing, level_of
from scorecards.model import Check, Exclusion, Fix, Known, Level, Risk, State, Unknown, Verdict

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
COMPONENT = Profile("component", "service")
UNKNOWN = Unknown("403")


@dataclass
class Story:
    """One entity judged again and again; each check says what it is told to."""

    risk: Risk = Risk.MEDIUM
    profile: Profile = COMPONENT
    now: datetime = START
    memory: Memory | None = None
    says: dict[str, Verdict] = field(default_factory=dict)
    changes: dict[str, object] = field(default_factory=dict)
    """Changes to the definition of every check."""

    def checks(self) -> tuple[Check, ...]:
        levels = {"a": Level.BRONZE, "b": Level.SILVER, "c": Level.GOLD}
        return tuple(self._check(name, level) for name, level in levels.items())

    def _check(self, name: str, level: Level) -> Check:
        def rule(_known: Known) -> Verdict:
            return self.says.get(name, True)

        plain = Check(name, f"Check {name}", level, self.risk, "", "", Fix(""), rule=rule)
        return replace(plain, **self.changes)  # type: ignore[arg-type]

    def judge(self, after: timedelta = timedelta(0), /, **says: Verdict) -> Outcome:
        self.now += after
        self.says.update(says)
        outcome = Evaluation(self.checks(), self.now).judge(
            self.profile, Known({}, {}, self.now, None), self.memory
        )
        self.memory = Memory(outcome.level, outcome.checks)
        return outcome


DAY = timedelta(days=1)


def state_of(outcome: Outcome, name: str) -> State:
    return outcome.checks[name].result.state


@pytest.mark.parametrize(
    ("says", "level"),
    [
        ({}, Level.GOLD),
        ({"c": False}, Level.SILVER),
        ({"b": False}, Level.BRONZE),
        ({"a": False}, Level.NONE),
        ({"a": False, "b": False, "c": False}, Level.NONE),
        ({"b": UNKNOWN}, Level.BRONZE),
        ({"a": UNKNOWN, "b": UNKNOWN, "c": UNKNOWN}, Level.NONE),
    ],
)
def test_a_level_needs_every_check_at_it_and_below(says: dict[str, Verdict], level: Level) -> None:
    assert Story().judge(**says).level is level


def test_the_first_evaluation_may_fail_at_once() -> None:
    assert state_of(Story().judge(b=False), "b") is State.FAIL


def test_a_check_that_passed_fails_only_at_a_second_look_six_hours_later() -> None:
    story = Story()
    story.judge()

    first = story.judge(DAY, b=False)
    early = story.judge(timedelta(hours=5, minutes=59))
    second = story.judge(timedelta(minutes=1))

    assert [state_of(outcome, "b") for outcome in (first, early, second)] == [
        State.PENDING,
        State.PENDING,
        State.FAIL,
    ]
    assert [outcome.level for outcome in (first, early, second)] == [Level.GOLD, Level.GOLD, Level.BRONZE]


def test_a_check_that_recovers_before_the_second_look_never_fell() -> None:
    story = Story()
    story.judge()
    story.judge(DAY, b=False)
    story.judge(DAY / 2, b=True)

    assert state_of(story.judge(DAY, b=False), "b") is State.PENDING


def test_two_failures_with_an_unknown_between_are_not_in_a_row() -> None:
    story = Story()
    story.judge()
    story.judge(DAY, b=False)
    story.judge(DAY, b=UNKNOWN)

    assert state_of(story.judge(DAY, b=False), "b") is State.PENDING


def test_a_critical_check_falls_at_once() -> None:
    story = Story(risk=Risk.CRITICAL)
    story.judge()

    outcome = story.judge(DAY, a=False)

    assert (state_of(outcome, "a"), outcome.level) == (State.FAIL, Level.NONE)


def test_an_unknown_alone_never_takes_a_level_away() -> None:
    story = Story()
    story.judge()

    levels = [story.judge(DAY * 10, b=UNKNOWN).level for _ in range(5)]

    assert levels == [Level.GOLD] * 5


def test_an_unknown_keeps_what_the_check_last_said_for_fourteen_days() -> None:
    story = Story()
    story.judge(c=False)
    story.judge(DAY, b=UNKNOWN)

    within = story.judge(DAY * 14, c=True)

    assert within.level is Level.GOLD


def test_after_fourteen_days_an_unknown_gives_no_level() -> None:
    story = Story()
    story.judge(c=False)
    story.judge(DAY, b=UNKNOWN)

    after = story.judge(DAY * 14 + timedelta(minutes=1), c=True)

    assert after.level is Level.SILVER


def test_an_unknown_that_failed_before_gives_no_level() -> None:
    story = Story()
    story.judge(b=False)

    assert story.judge(DAY, b=UNKNOWN).level is Level.BRONZE


def test_an_unknown_says_why() -> None:
    result = Story().judge(b=UNKNOWN).checks["b"].result

    assert (result.state, result.why) == (State.UNKNOWN, "403")


def test_a_result_that_did_not_change_is_the_remembered_one() -> None:
    story = Story()
    before = story.judge(b=False, c=UNKNOWN)

    after = story.judge(DAY)

    assert all(after.checks[name] is before.checks[name] for name in "abc")


def test_a_preview_is_pending_and_stands_in_no_ones_way() -> None:
    story = Story(changes={"effective_from": (START + DAY * 14).date()})

    preview = story.judge(a=False)

    assert state_of(preview, "a") is State.PENDING
    assert preview.checks["a"].result.why == "preview; counts from 2026-11-16"
    assert state_of(story.judge(DAY * 14), "a") is State.FAIL


@pytest.mark.parametrize(
    ("profile", "changes", "why"),
    [
        (Profile("api", ""), {}, "it looks at component only"),
        (Profile("api", ""), {"not_applicable": "APIs have no docs"}, "APIs have no docs"),
        (Profile("component", "library"), {"types": ("service",)}, "it looks at the types service only"),
        (Profile("component", "", frozenset({Exclusion.ARCHIVED})), {}, "the repository is archived"),
        (Profile("component", "", frozenset({Exclusion.DEPRECATED})), {}, "its lifecycle is deprecated"),
    ],
)
def test_a_check_that_does_not_apply_says_why(profile: Profile, changes: dict[str, object], why: str) -> None:
    result = Story(profile=profile, changes=changes).judge(a=False).checks["a"].result

    assert (result.state, result.why) == (State.NOT_APPLICABLE, why)


def test_a_check_may_look_at_what_others_leave_out() -> None:
    archived = Profile("component", "", frozenset({Exclusion.ARCHIVED}))

    outcome = Story(profile=archived, changes={"lifts": frozenset({Exclusion.ARCHIVED})}).judge(a=False)

    assert state_of(outcome, "a") is State.FAIL


def test_what_is_left_out_has_no_level() -> None:
    outcome = Story(profile=Profile("component", "", frozenset({Exclusion.FORK}))).judge()

    assert (outcome.level, outcome.is_ranked) == (Level.NONE, False)


def test_a_young_repository_is_asked_for_bronze_only() -> None:
    outcome = Story(profile=replace(COMPONENT, is_young=True)).judge()

    assert outcome.level is Level.BRONZE
    assert [state_of(outcome, name) for name in "abc"] == [State.PASS, State.PENDING, State.PENDING]


def test_nobody_is_above_the_highest_level_that_a_check_stands_for() -> None:
    check = replace(Story().checks()[0], level=Level.BRONZE)

    outcome = Evaluation([check], START).judge(COMPONENT, Known({}, {}, START, None), None)

    assert outcome.level is Level.BRONZE


def change(story: Story, before: Memory) -> object:
    after = story.judge(DAY)
    found = change_between(
        "component:default/x", "x", before, after, {check.id: check for check in story.checks()}
    )
    return (found.before, found.after, found.because) if found else None


def test_a_fall_names_the_check_that_fell() -> None:
    story = Story(risk=Risk.CRITICAL)
    story.judge(c=False)
    before = story.memory
    assert before
    story.says["b"] = False

    assert change(story, before) == (Level.SILVER, Level.BRONZE, "Check b")


def test_a_rise_names_the_check_that_passed() -> None:
    story = Story()
    story.judge(b=False)
    before = story.memory
    assert before
    story.says["b"] = True

    assert change(story, before) == (Level.BRONZE, Level.GOLD, "Check b")


def test_the_same_level_is_no_change() -> None:
    story = Story()
    story.judge(b=False)
    before = story.memory
    assert before

    assert change(story, before) is None


standings = st.lists(
    st.builds(
        lambda level, state: Standing(level, holds=state == "holds", fails=state == "fails"),
        st.sampled_from([Level.BRONZE, Level.SILVER, Level.GOLD]),
        st.sampled_from(["holds", "fails", "neither"]),
    ),
    max_size=8,
)
levels = st.sampled_from(list(Level))


@given(standings, levels)
def test_a_level_is_never_gained_over_a_check_that_does_not_hold(
    found: Sequence[Standing], before: Level
) -> None:
    after = level_of(found, before, Level.GOLD)

    assert after <= before or all(standing.holds for standing in found if standing.level <= after)


@given(standings, levels)
def test_a_level_is_lost_only_to_a_check_that_fails(found: Sequence[Standing], before: Level) -> None:
    after = level_of(found, before, Level.GOLD)

    assert after >= before or any(standing.fails for standing in found if standing.level <= before)


@given(standings, levels)
def test_nobody_stands_on_a_level_whose_check_fails(found: Sequence[Standing], before: Level) -> None:
    after = level_of(found, before, Level.GOLD)

    assert not any(standing.fails for standing in found if standing.level <= after)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from([True, False, UNKNOWN])), max_size=8))
def test_the_ladder_holds_whatever_the_checks_say_over_time(days: list[dict[str, Verdict]]) -> None:
    story = Story()
    for says in days:
        outcome = story.judge(DAY, **says)
        failing = [check.level for check in story.checks() if state_of(outcome, check.id) is State.FAIL]
        assert not any(level <= outcome.level for level in failing)
