"""What runs when: each team and each manager has a job of its own, under a key that says what it is for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from core.access import Visibility
from core.jobs import JSON, Job
from core.settings import ScorecardSettings
from scorecards.jobs import jobs_of, name_of, week_of
from scorecards.model import RollUp, TeamReport
from scorecards.subjects import Team
from tests.usecases.scorecard_world import PAYMENTS, World, open_world

T = TypeVar("T")
BOSS = "user:default/carol"
COMMERCE = Team("group:default/commerce", "Commerce", leads=(BOSS,), children=(PAYMENTS.ref,))
STAGE = Team("group:default/stage", "Stage", leads=(BOSS,), children=("group:default/lights",))
LIGHTS = Team("group:default/lights", "Lights")


@dataclass
class FakeRun:
    """A run whose steps happen at once and are recorded."""

    key: str
    steps: list[str] = field(default_factory=list)

    def step(self, name: str, function: Callable[[], T]) -> T:
        assert name not in self.steps, "names of steps are unique in a run"
        self.steps.append(name)
        return function()


@dataclass
class Queue:
    """Jobs that run to their end at once when enqueued; a key is taken once."""

    jobs: dict[str, Job] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def enqueue(self, name: str, key: str, payload: dict[str, JSON]) -> bool:
        if key in self.keys:
            return False
        self.keys.append(key)
        self.jobs[name].run(FakeRun(key), payload)
        return True


@dataclass
class Board:
    """Hears what is announced."""

    weeks: list[TeamReport] = field(default_factory=list)
    roll_ups: list[RollUp] = field(default_factory=list)

    def seen_in(self, channel: str) -> frozenset[Visibility]:
        return frozenset(Visibility)

    def team_weekly(self, report: TeamReport) -> None:
        self.weeks.append(report)

    def roll_up(self, roll_up: RollUp) -> None:
        self.roll_ups.append(roll_up)


@dataclass
class House:
    """Jobs of a world, with a queue and a listener."""

    world: World
    queue: Queue = field(default_factory=Queue)
    board: Board = field(default_factory=Board)
    settings: ScorecardSettings = field(default_factory=ScorecardSettings)

    def __post_init__(self) -> None:
        jobs, self.schedules = jobs_of(self.world.scorecards, self.board, self.settings, self.queue.enqueue)
        self.queue.jobs = {job.name: job for job in jobs}

    def tick(self, name: str, at: datetime) -> Any:
        schedule = next(schedule for schedule in self.schedules if schedule.name == name)
        return self.queue.enqueue(schedule.job, schedule.key(at), schedule.payload(at))


TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    world = open_world(tmp_path)
    world.catalog.all_teams.extend([COMMERCE, STAGE, LIGHTS])
    world.has("payments-api")
    yield House(world)
    world.database.close()


def test_every_schedule_starts_a_job_that_exists(house: House) -> None:
    assert {schedule.job for schedule in house.schedules} <= set(house.queue.jobs)


def test_schedules_follow_the_settings(house: House) -> None:
    settings = ScorecardSettings(timezone="Europe/Berlin", weekly_cron="0 8 * * MON")

    _jobs, schedules = jobs_of(house.world.scorecards, house.board, settings, house.queue.enqueue)

    assert [(schedule.name, schedule.cron, schedule.timezone) for schedule in schedules] == [
        ("judge", "11 5 * * *", "Europe/Berlin"),
        ("weekly", "0 8 * * MON", "Europe/Berlin"),
        ("rollup", "0 9 * * WED", "Europe/Berlin"),
    ]


def test_a_week_announces_each_team_with_components_once(house: House) -> None:
    house.world.has("spot", team=LIGHTS)

    house.tick("weekly", TUESDAY)
    house.tick("weekly", TUESDAY)

    assert house.queue.keys == ["weekly-all:2026-W48", "weekly:lights:2026-W48", "weekly:payments:2026-W48"]
    assert [(report.team, report.week) for report in house.board.weeks] == [
        (LIGHTS.ref, "2026-W48"),
        (PAYMENTS.ref, "2026-W48"),
    ]


def test_a_week_that_is_asked_for_again_is_told_again(house: House) -> None:
    """Whoever asks again gets the newest numbers; the announcer makes one message of them."""
    house.tick("weekly", TUESDAY)

    house.queue.enqueue("scorecards.weekly-all", "again:1", {"week": "2026-W48"})

    assert [(report.team, report.week) for report in house.board.weeks] == [(PAYMENTS.ref, "2026-W48")] * 2


def test_a_week_is_judged_before_it_is_told(house: House) -> None:
    house.tick("weekly", TUESDAY)

    assert [report.measured_at for report in house.board.weeks] == [house.world.clock.now()]


def test_a_manager_hears_of_every_separate_part_that_they_lead(house: House) -> None:
    house.world.has("spot", team=LIGHTS)
    house.world.judge()

    house.tick("rollup", TUESDAY)

    assert house.queue.keys == ["rollup-all:2026-W48", "rollup:carol:2026-W48"]
    assert sorted((roll_up.manager, roll_up.scope) for roll_up in house.board.roll_ups) == [
        (BOSS, COMMERCE.ref),
        (BOSS, STAGE.ref),
    ]


def test_judging_has_a_key_of_its_own_for_every_slot(house: House) -> None:
    house.tick("judge", TUESDAY)
    house.tick("judge", TUESDAY)

    assert house.queue.keys == ["judge:2026-11-24T09:30+01:00"]
    assert house.world.scorecards.score("component:default/payments-api") is not None


def test_a_team_that_lost_its_last_component_since_is_passed_over(house: House) -> None:
    house.world.judge()
    house.world.catalog.all_subjects.clear()
    house.world.judge()

    result = house.queue.jobs["scorecards.weekly"].run(
        FakeRun("k"), {"team": PAYMENTS.ref, "week": "2026-W48"}
    )

    assert (result, house.board.weeks) == ({"announced": False}, [])


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(2026, 11, 24), "2026-W48"),
        (datetime(2027, 1, 1), "2026-W53"),
        (datetime(2027, 1, 4), "2027-W01"),
    ],
)
def test_weeks_are_iso_weeks_also_around_new_year(at: datetime, week: str) -> None:
    assert week_of(at) == week


@pytest.mark.parametrize(
    ("ref", "name"), [("group:default/payments", "payments"), ("group:emea/payments", "emea.payments")]
)
def test_keys_name_teams_as_people_do(ref: str, name: str) -> None:
    assert name_of(ref) == name
