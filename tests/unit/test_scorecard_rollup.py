"""Teams' weeks and managers' roll-ups: one board, so the numbers always agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.improvements import improvements
from scorecards.model import Change, Check, EntityScore, Fix, Level, Result, Risk, State
from scorecards.rollup import (
    Board,
    Count,
    most_failed,
    net_changes,
    roll_ups,
    scope_of,
    team_report,
    unknown_reasons,
)
from scorecards.subjects import Team

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WEEK = "2026-W48"

BOSS = "user:default/carol"
COMMERCE = Team(
    "group:default/commerce", "Commerce", leads=(BOSS,), children=("group:default/pay", "group:default/shop")
)
PAY = Team("group:default/pay", "Payments", "#pay", leads=("user:default/ben",), parent=COMMERCE.ref)
SHOP = Team("group:default/shop", "Shop", parent=COMMERCE.ref)
TEAMS = (COMMERCE, PAY, SHOP)


def check(name: str, level: Level = Level.BRONZE, risk: Risk = Risk.MEDIUM, minutes: int = 10) -> Check:
    return Check(name, f"Check {name}", level, risk, "", "", Fix(f"Mend {name}", "{repository_url}", minutes))


CHECKS = (check("a"), check("b", Level.SILVER), check("c", Level.GOLD))


def score(
    name: str, states: str, level: Level = Level.NONE, owner: str = PAY.ref, *, is_ranked: bool = True
) -> EntityScore:
    """A score whose results are given by letters: p(ass), f(ail), u(nknown), n(ot applicable), w(aiting)."""
    by_letter = {
        "p": State.PASS,
        "f": State.FAIL,
        "u": State.UNKNOWN,
        "n": State.NOT_APPLICABLE,
        "w": State.PENDING,
        "e": State.EXEMPT,
    }
    results = tuple(Result(item.id, by_letter[letter]) for item, letter in zip(CHECKS, states, strict=True))
    fields = {"repository_url": f"https://github.com/acme/{name}"}
    return EntityScore(
        f"component:default/{name}", name, owner, level, results, is_ranked=is_ranked, fields=fields
    )


def board(*scores: EntityScore, **more: object) -> Board:
    by_owner: dict[str, list[EntityScore]] = {}
    for item in scores:
        by_owner.setdefault(item.owner, []).append(item)
    plain = Board(at=AT, scores=by_owner, past=[], changes={}, checks=CHECKS)
    return replace(plain, **more)  # type: ignore[arg-type]


states = st.text("pfuwne", min_size=3, max_size=3)
owners = st.sampled_from([COMMERCE.ref, PAY.ref, SHOP.ref, "", "user:default/zoe"])
boards = st.lists(st.tuples(states, owners, st.sampled_from(list(Level)), st.booleans()), max_size=12).map(
    lambda rows: board(
        *(
            score(f"x{place}", text, level, owner, is_ranked=ranked)
            for place, (text, owner, level, ranked) in enumerate(rows)
        )
    )
)


@given(boards)
def test_a_roll_up_is_the_sum_of_the_reports_of_its_teams(found: Board) -> None:
    reports = [report for team in TEAMS if (report := team_report(found, team, WEEK))]

    for roll_up in roll_ups(found, TEAMS, WEEK):
        assert roll_up.passed == sum(report.passed for report in reports)
        assert roll_up.judged == sum(report.judged for report in reports)
        assert roll_up.unknown == sum(report.unknown for report in reports)
        assert roll_up.components == sum(report.components for report in reports)
        assert {line.team: (line.components, line.failed) for line in roll_up.lines} == {
            report.team: (report.components, report.judged - report.passed) for report in reports
        }


@given(boards)
def test_what_is_judged_is_what_passed_and_what_failed(found: Board) -> None:
    for team in TEAMS:
        report = team_report(found, team, WEEK)
        if report is None:
            continue
        counted = [result.state for item in report.scores for result in item.results]
        assert report.judged == counted.count(State.PASS) + counted.count(State.FAIL)
        assert report.passed == counted.count(State.PASS)
        assert 0 <= report.share <= 100
        assert sum(report.levels.values()) == report.components


@given(boards)
def test_no_check_fails_more_often_than_it_was_judged(found: Board) -> None:
    for roll_up in roll_ups(found, TEAMS, WEEK):
        assert all(0 < failed <= judged for _title, failed, judged in roll_up.most_failed)


def test_a_team_without_components_has_no_report() -> None:
    assert team_report(board(score("x", "ppp", owner=SHOP.ref)), PAY, WEEK) is None


def test_a_team_with_nothing_but_retired_things_in_order_has_no_report() -> None:
    assert team_report(board(score("x", "pnn", is_ranked=False)), PAY, WEEK) is None


def test_what_is_retired_but_not_in_order_is_told_without_a_level() -> None:
    report = team_report(board(score("x", "fnn", is_ranked=False)), PAY, WEEK)

    assert report is not None
    assert (report.components, report.judged, sum(report.levels.values())) == (0, 1, 0)


@pytest.mark.parametrize(
    ("past", "delta", "trend"),
    [
        ([], None, (50,)),
        ([{}], None, (50,)),
        ([{PAY.ref: Count(1, 4)}], 25, (25, 50)),
        ([{PAY.ref: Count(3, 4)}, {PAY.ref: Count(2, 4)}], 0, (75, 50, 50)),
        ([{PAY.ref: Count(1, 1)}, {SHOP.ref: Count(1, 1)}], None, (100, 50)),
    ],
)
def test_the_delta_and_the_trend_leave_out_weeks_before_the_first(
    past: list[dict[str, Count]], delta: int | None, trend: tuple[int, ...]
) -> None:
    report = team_report(board(score("x", "pfu"), past=past), PAY, WEEK)

    assert report is not None
    assert (report.delta, report.trend) == (delta, trend)


def test_the_delta_is_between_the_numbers_that_people_saw() -> None:
    report = team_report(board(score("x", "ppf"), past=[{PAY.ref: Count(1, 3)}]), PAY, WEEK)

    assert report is not None
    assert (report.share, report.delta) == (67, 34)


def test_a_manager_is_who_leads_a_group_with_groups_below_it() -> None:
    found = roll_ups(board(score("x", "ppp")), TEAMS, WEEK)

    assert [(roll_up.manager, roll_up.scope, roll_up.title) for roll_up in found] == [
        (BOSS, COMMERCE.ref, "Commerce")
    ]


def test_every_lead_of_a_group_gets_the_roll_up() -> None:
    both = replace(COMMERCE, leads=(BOSS, "user:default/dan"))

    found = roll_ups(board(score("x", "ppp")), (both, PAY, SHOP), WEEK)

    assert [roll_up.manager for roll_up in found] == [BOSS, "user:default/dan"]


def test_who_leads_a_group_and_one_below_it_gets_the_wider_one() -> None:
    inner = replace(PAY, leads=(BOSS,), children=("group:default/cards",))
    cards = Team("group:default/cards", "Cards", parent=PAY.ref)

    found = roll_ups(board(score("x", "ppp", owner=cards.ref)), (COMMERCE, inner, SHOP, cards), WEEK)

    assert [roll_up.scope for roll_up in found] == [COMMERCE.ref]
    assert found[0].components == 1


def test_a_manager_whose_teams_own_nothing_gets_none() -> None:
    assert roll_ups(board(score("x", "ppp", owner="")), TEAMS, WEEK) == ()


def test_groups_that_are_each_others_parents_are_walked_once() -> None:
    one = Team("group:default/one", "One", children=("group:default/two",))
    two = Team("group:default/two", "Two", children=("group:default/one",))

    assert scope_of(one, {one.ref: one, two.ref: two}) == (one.ref, two.ref)


def three(owner: str, *states: str) -> list[EntityScore]:
    return [score(f"{owner[-3:]}{place}", text, owner=owner) for place, text in enumerate(states)]


def test_lines_are_in_the_order_of_need_and_those_not_ranked_come_last() -> None:
    found = board(
        *three(SHOP.ref, "ppp", "ppp", "ppf"),
        *three(PAY.ref, "pff", "ppp", "ppp"),
        score("lone", "fff", owner=COMMERCE.ref),
        past=[{SHOP.ref: Count(9, 9), PAY.ref: Count(7, 9)}],
    )

    (roll_up,) = roll_ups(found, TEAMS, WEEK)

    assert [(line.title, line.share, line.delta) for line in roll_up.lines] == [
        ("Shop", 89, -11),
        ("Payments", 78, 0),
        ("Commerce", None, None),
    ]


def test_a_team_in_its_first_two_weeks_is_not_ranked_among_older_ones() -> None:
    days = {PAY.ref: date(2026, 11, 20), SHOP.ref: date(2026, 9, 1)}
    found = board(
        *three(PAY.ref, "ppp", "ppp", "ppp"), *three(SHOP.ref, "ppp", "ppp", "pff"), first_days=days
    )

    (roll_up,) = roll_ups(found, TEAMS, WEEK)

    assert {line.title: line.share for line in roll_up.lines} == {"Payments": None, "Shop": 78}


def test_where_everybody_is_new_everybody_is_ranked() -> None:
    days = {PAY.ref: date(2026, 11, 20)}

    (roll_up,) = roll_ups(board(*three(PAY.ref, "ppp", "ppp", "ppf"), first_days=days), TEAMS, WEEK)

    assert roll_up.lines[0].share == 89


def test_what_nobody_owns_is_counted_for_every_manager() -> None:
    found = board(score("x", "ppp"), score("y", "fff", owner=""), score("z", "fff", owner="user:default/zoe"))

    assert roll_ups(found, TEAMS, WEEK)[0].unowned == 2


def test_the_checks_that_fail_most_are_named_with_their_denominators() -> None:
    scores = [score("x", "fpf"), score("y", "pfu"), score("z", "ppf")]

    assert most_failed(scores, CHECKS) == (("Check c", 2, 2), ("Check a", 1, 3), ("Check b", 1, 3))


def test_reasons_for_unknowns_are_counted() -> None:
    results = (Result("a", State.UNKNOWN, "", "403"), Result("b", State.UNKNOWN, "", "never read"))
    scores = [replace(score("x", "uuu"), results=results), replace(score("y", "uuu"), results=results[:1])]

    assert unknown_reasons(scores) == ("2 × 403", "1 × never read")


def move(name: str, before: Level, after: Level) -> Change:
    return Change(f"component:default/{name}", name, before, after, f"{name} moved")


def test_two_moves_of_one_entity_are_one_line_and_a_round_trip_is_none() -> None:
    changes = [
        move("x", Level.NONE, Level.BRONZE),
        move("y", Level.GOLD, Level.SILVER),
        move("x", Level.BRONZE, Level.SILVER),
        move("y", Level.SILVER, Level.GOLD),
    ]

    assert net_changes(changes) == (Change("component:default/x", "x", Level.NONE, Level.SILVER, "x moved"),)


def test_rises_come_before_falls() -> None:
    changes = [move("a", Level.GOLD, Level.NONE), move("b", Level.NONE, Level.GOLD)]

    assert [change.title for change in net_changes(changes)] == ["b", "a"]


def test_the_change_that_brings_most_levels_for_its_effort_comes_first() -> None:
    scores = [score("x", "pfp", Level.BRONZE), score("y", "fpp"), score("z", "fpp")]

    found = improvements(scores, CHECKS)

    assert [(item.check, item.entities, item.to_level, item.minutes) for item in found] == [
        ("a", ("y", "z"), Level.GOLD, 20),
        ("b", ("x",), Level.GOLD, 10),
    ]


def test_effort_counts_against_a_change() -> None:
    checks = (check("a", minutes=60), check("b", Level.SILVER, minutes=5), check("c", Level.GOLD))
    scores = [score("x", "fpp"), score("y", "pff", Level.BRONZE)]

    assert [item.check for item in improvements(scores, checks)] == ["b", "a", "c"]


def test_one_change_for_the_whole_team_counts_its_effort_once() -> None:
    whole = replace(check("a", minutes=30), fix=Fix("Mend a", minutes=30, is_once=True))
    checks = (whole, check("b", Level.SILVER, minutes=20), check("c", Level.GOLD))

    found = improvements([score("x", "fpp"), score("y", "fpp"), score("z", "pfp", Level.BRONZE)], checks)

    assert [(item.check, item.minutes) for item in found] == [("a", 30), ("b", 20)]


def test_where_no_change_brings_a_level_risk_decides() -> None:
    checks = (check("a", risk=Risk.LOW), check("b", risk=Risk.CRITICAL), check("c", risk=Risk.HIGH))

    found = improvements([score("x", "fff")], checks)

    assert [(item.check, item.to_level) for item in found] == [("b", None), ("c", None), ("a", None)]


def test_an_unknown_check_promises_no_level() -> None:
    found = improvements([score("x", "fup")], CHECKS)

    assert found[0].to_level is Level.BRONZE


def test_one_check_is_one_line() -> None:
    scores = [score("x", "fpp"), score("y", "ffp")]

    assert [item.check for item in improvements(scores, CHECKS)] == ["a", "b"]


def test_an_improvement_leads_to_the_exact_place_and_knows_who_took_it() -> None:
    (item,) = improvements([score("x", "ppf", Level.SILVER)], CHECKS, {"c:gold": "U1"})

    assert (item.key, item.claimed_by, item.link) == ("c:gold", "U1", "https://github.com/acme/x")


@given(st.lists(st.tuples(states, st.sampled_from(list(Level))), max_size=10))
def test_there_are_never_more_than_three_improvements_and_all_of_them_fail(
    rows: list[tuple[str, Level]],
) -> None:
    scores = [score(f"x{place}", text, level) for place, (text, level) in enumerate(rows)]
    failing = {result.check for item in scores for result in item.results if result.state is State.FAIL}

    found = improvements(scores, CHECKS)

    assert len(found) == min(3, len(failing))
    assert {item.check for item in found} <= failing


def test_a_board_a_week_old_is_not_needed_for_a_report() -> None:
    report = team_report(board(score("x", "ppp"), at=AT + timedelta(days=1)), PAY, WEEK)

    assert report is not None
    assert (report.delta, report.channel, report.week) == (None, "#pay", WEEK)
