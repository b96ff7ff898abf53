"""Scorecards in Slack: a team's week and a manager's roll-up, each one message, updated."""

import pytest

from bot.sandbox.people import Person, SeenMessage
from tests.scenarios.world import World, shows

WEEK = "2026-W48"
CHANNELS = ("general", "engineering", "random", "payments-help", "checkout")


def weeks_in(person: Person, channel: str) -> list[SeenMessage]:
    return [message for message in person.sees(channel) if "· week 48 scorecard" in message.text]


def roll_ups(person: Person) -> list[SeenMessage]:
    return [message for message in person.sees("app") if "Most often missing" in message.text]


@pytest.fixture
def week(world: World) -> World:
    """The theatre after its teams got their week."""
    world.runs("scorecards.weekly-all", f"weekly-all:{WEEK}", week=WEEK)
    world.settled()
    return world


@pytest.fixture
def rolled_up(week: World) -> World:
    """The theatre after its managers got their roll-up."""
    week.runs("scorecards.rollup-all", f"rollup-all:{WEEK}", week=WEEK)
    week.settled()
    return week


def test_a_team_reads_its_number_its_levels_and_the_cheapest_changes(week: World) -> None:
    message = weeks_in(week.person("ana"), "payments-help")[0]

    assert message.text.startswith("Payments · week 48 scorecard\n")
    assert "% of checks pass*" in message.text
    assert "*Fix first* — 3 changes move the most" in message.text
    assert "a level needs every check at it and below" in message.text


@pytest.mark.parametrize("channel", ["payments-help", "checkout"])
def test_the_same_week_twice_is_one_message(week: World, channel: str) -> None:
    week.runs("scorecards.weekly-all", f"weekly-all:{WEEK}:by-hand", week=WEEK)
    week.settled()

    assert len(weeks_in(week.person("ana"), channel)) == 1


def test_a_week_that_is_told_again_updates_its_message(week: World) -> None:
    ana = week.person("ana")
    before = weeks_in(ana, "checkout")[0]

    week.push("seat-map-web", {"README.md": "# Seat map\n\n" + "It shows the seats. " * 30})
    week.callboard.catalog.sync_all()
    week.callboard.scorecards.collect_and_judge()
    week.runs(
        "scorecards.weekly", f"weekly:checkout:{WEEK}:by-hand", team="group:default/checkout", week=WEEK
    )

    (after,) = weeks_in(ana, "checkout")
    assert (after.ts, after.is_edited) == (before.ts, True)
    assert after.text != before.text


def test_a_team_without_a_channel_is_told_nowhere_and_holds_nobody_up(week: World) -> None:
    status = week.callboard.jobs.status(f"weekly:ushers:{WEEK}")

    assert status is not None
    assert status.error == ""
    texts = [message.text for channel in CHANNELS for message in week.person("ana").sees(channel)]
    assert not [text for text in texts if text.startswith("Ushers")]


def test_the_channel_sees_all_that_the_team_owns_on_demand(week: World) -> None:
    ana = week.person("ana")
    message = weeks_in(ana, "payments-help")[0]

    ana.clicks(next(label for label in message.buttons if label.startswith("All ")), message)

    assert ana.waits_for(shows("*Payments* · 3 components", "Payments API"), "payments-help").is_ephemeral


def test_who_takes_an_improvement_stands_at_its_line(week: World) -> None:
    ana, ben = week.person("ana"), week.person("ben")
    message = weeks_in(ana, "payments-help")[0]

    ana.clicks("I'll take one", message)
    first = ana.waits_for(shows("1.", "<@U0001ANA> is on it"), "payments-help")
    ben.clicks("I'll take one", first)
    second = ben.waits_for(shows("<@U0001ANA> is on it", "<@U0002BEN> is on it"), "payments-help")

    assert {first.ts, second.ts} == {message.ts}
    lines = {line[:2]: line for line in second.text.splitlines()}
    assert "<@U0001ANA> is on it" in lines["1."]
    assert "<@U0002BEN> is on it" in lines["2."]
    assert ana.waits_for(shows("It is yours"), "payments-help").is_ephemeral


@pytest.mark.parametrize("again", [False, True])
def test_a_manager_reads_one_roll_up_of_all_their_teams(rolled_up: World, again: bool) -> None:
    if again:
        rolled_up.runs(
            "scorecards.rollup",
            f"rollup:mira:{WEEK}:by-hand",
            manager="user:default/mira",
            week=WEEK,
        )

    (message,) = roll_ups(rolled_up.person("mira"))
    assert message.text.startswith("Commerce · week 48\n")
    assert all(f"\n{team} | " in message.text for team in ("Payments", "Checkout", "Ushers"))
    assert "Sorted by need, not by rank" in message.text


def test_a_manager_takes_the_numbers_along_as_csv(rolled_up: World) -> None:
    mira = rolled_up.person("mira")

    mira.clicks("Download CSV", roll_ups(mira)[0])

    assert "team,pass_percent,delta" in mira.waits_for(shows("3 teams as CSV"), "app").text


def test_nobody_else_hears_a_managers_numbers(rolled_up: World) -> None:
    assert not [login for login in ("ana", "ben", "kofi", "gil") if roll_ups(rolled_up.person(login))]
