"""A team's week and a manager's roll-up, from what was judged and stored."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.access import SlackUser, Visibility
from scorecards.model import Level
from scorecards.subjects import Team
from tests.usecases.scorecard_world import NOW, PAYMENTS, World, open_world

DAY = timedelta(days=1)
BOSS = "user:default/carol"
SHOP = Team("group:default/shop", "Shop", "#shop", members=("c", "d"), parent="group:default/commerce")
COMMERCE = Team("group:default/commerce", "Commerce", leads=(BOSS,), children=(PAYMENTS.ref, SHOP.ref))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    opened.catalog.all_teams.extend([SHOP, COMMERCE])
    yield opened
    opened.database.close()


def test_the_team_and_the_manager_see_the_same_numbers(world: World) -> None:
    world.has("payments-api", "ledger", "refunds")
    world.has("cart", "search", "prices", team=SHOP)
    world.turn("ledger", b=False)
    world.turn("cart", a=False, c=None)
    world.judge()

    reports = [world.reports.team_report(team, "2026-W48") for team in world.reports.teams_with_reports()]
    (roll_up,) = world.reports.roll_ups("2026-W48")

    found = {
        report.team: (report.share, report.components, report.judged - report.passed)
        for report in reports
        if report
    }
    assert found == {PAYMENTS.ref: (89, 3, 1), SHOP.ref: (88, 3, 1)}
    assert {line.team: (line.share, line.components, line.failed) for line in roll_up.lines} == found
    assert (roll_up.passed, roll_up.judged, roll_up.unknown) == (15, 17, 1)
    assert (roll_up.manager, roll_up.title, roll_up.components) == (BOSS, "Commerce", 6)


def test_a_team_report_has_everything_its_message_shows(world: World) -> None:
    world.has("payments-api", "ledger")
    world.turn("ledger", c=False)
    world.turn("payments-api", b=None)
    world.judge()

    report = world.reports.team_report("Group:default/Payments", "2026-W48")

    assert report
    assert (report.title, report.channel, report.week) == ("Payments", "#payments", "2026-W48")
    assert (report.passed, report.judged, report.unknown, report.share) == (4, 5, 1, 80)
    assert report.levels == {Level.GOLD: 0, Level.SILVER: 1, Level.BRONZE: 1, Level.NONE: 0}
    assert [(fix.text, fix.entities, fix.to_level) for fix in report.fixes] == [
        ("Turn C on", ("ledger",), Level.GOLD)
    ]
    assert report.unknown_reasons == ("1 × 403: no right to look",)
    assert (report.delta, report.trend, report.changes) == (None, (80,), ())
    assert report.measured_at == NOW
    assert [result.check for result in report.scores[0].results] == ["a", "b", "c"]


def test_the_second_week_says_what_moved(world: World) -> None:
    world.has("payments-api")
    world.turn("payments-api", b=False)
    world.judge()
    world.turn("payments-api", b=True)
    world.judge(after=DAY)
    world.clock.advance(DAY * 6)

    report = world.reports.team_report(PAYMENTS.ref, "2026-W49")

    assert report
    assert (report.share, report.delta, report.trend) == (100, 33, (67, 100))
    assert [(change.title, change.before, change.after, change.because) for change in report.changes] == [
        ("payments-api", Level.BRONZE, Level.GOLD, "Dial B is on")
    ]


def test_the_trend_goes_back_eight_weeks(world: World) -> None:
    world.has("payments-api")
    for week in range(10):
        world.turn("payments-api", b=week % 2 == 0, c=week >= 5)
        world.judge(after=DAY * 7 if week else timedelta(0))

    report = world.reports.team_report(PAYMENTS.ref, "2027-W05")

    assert report
    assert len(report.trend) == 8
    assert report.trend[-1] == report.share


def test_nobody_else_loses_by_a_component_that_moved_to_another_team(world: World) -> None:
    world.has("payments-api", "ledger")
    world.turn("ledger", a=False, b=False, c=False)
    world.judge()
    del world.catalog.all_subjects[1]
    world.has("ledger", team=SHOP)
    world.judge(after=DAY * 7)

    reports = {team: world.reports.team_report(team, "2026-W49") for team in (PAYMENTS.ref, SHOP.ref)}

    assert {team: (report.share, report.delta) for team, report in reports.items() if report} == {
        PAYMENTS.ref: (100, 50),
        SHOP.ref: (0, None),
    }


def test_a_team_that_nobody_knows_or_that_owns_nothing_has_no_report(world: World) -> None:
    world.has("payments-api")
    world.judge()

    assert world.reports.team_report("group:default/nobody", "2026-W48") is None
    assert world.reports.team_report(SHOP.ref, "2026-W48") is None
    assert world.reports.teams_with_reports() == (PAYMENTS.ref,)


def test_an_improvement_that_somebody_took_says_who(world: World) -> None:
    world.has("payments-api")
    world.turn("payments-api", c=False)
    world.judge()
    world.scorecards.claim(PAYMENTS.ref, "c:gold", SlackUser("T1", "U1"))

    report = world.reports.team_report(PAYMENTS.ref, "2026-W48")

    assert report
    assert [fix.claimed_by for fix in report.fixes] == ["U1"]


def test_before_anything_was_judged_there_is_nothing_to_report(world: World) -> None:
    world.has("payments-api")

    assert world.reports.team_report(PAYMENTS.ref, "2026-W48") is None
    assert world.reports.roll_ups("2026-W48") == ()


def test_a_component_that_nobody_owns_is_counted_for_the_manager(world: World) -> None:
    world.has("payments-api")
    world.has("orphan", team=None)
    world.judge()

    assert [roll_up.unowned for roll_up in world.reports.roll_ups("2026-W48")] == [1]


def test_a_report_for_a_channel_with_outsiders_counts_and_names_only_what_is_public(world: World) -> None:
    world.has("open", visibility=Visibility.PUBLIC)
    world.has("closed", visibility=Visibility.PRIVATE)
    world.turn("closed", b=False)
    world.judge()
    world.turn("closed", b=True, c=False)
    world.judge(after=DAY)
    world.clock.advance(DAY * 6)

    asked: list[str] = []

    def seen_in(channel: str) -> frozenset[Visibility]:
        asked.append(channel)
        return frozenset({Visibility.PUBLIC})

    report = world.reports.team_report(PAYMENTS.ref, "2026-W49", seen_in)
    inside = world.reports.team_report(PAYMENTS.ref, "2026-W49", lambda _channel: frozenset(Visibility))

    assert report
    assert inside
    assert asked == ["#payments"]
    assert [score.title for score in report.scores] == ["open"]
    assert (report.components, report.changes, report.fixes, report.delta) == (1, (), (), None)
    assert len(report.trend) == 1
    assert "closed" in {change.title for change in inside.changes}


def test_a_team_that_owns_nothing_public_has_no_report_for_outsiders(world: World) -> None:
    world.has("closed", visibility=Visibility.PRIVATE)
    world.judge()

    assert world.reports.team_report(PAYMENTS.ref, "2026-W48", lambda _channel: frozenset()) is None
