"""What leaves one by one between two walks is judged as if it left at once, and an approval is for what was shown."""

from datetime import timedelta

import pytest

from catalog_sync.entity.model import RepositoryName
from catalog_sync.providers.repositories import GitHubProvider
from core.clock import FixedClock
from core.database import Database
from tests.usecases.test_sync import World, component


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    """Twenty repositories with an entity each, after a first walk."""
    made = World(database, clock)
    for number in range(20):
        made.github.put(f"svc-{number:03}", {"catalog-info.yaml": component(f"svc-{number:03}")})
    made.run()
    return made


def lose(world: World, *numbers: int) -> None:
    """The webhooks of repositories that are not shown any more, one after the other."""
    for number in numbers:
        world.github.remove(f"svc-{number:03}")
        name = RepositoryName(world.github.host, "acme", f"svc-{number:03}")
        world.sync.refresh(GitHubProvider(world.github, "acme"), name)


def names(world: World) -> int:
    return len(world.store.repositories())


def test_few_that_are_gone_leave_at_once(world: World) -> None:
    lose(world, 0, 1, 2, 3)

    assert names(world) == 16
    assert world.sync.holds() == []


def test_many_that_go_one_by_one_wait_for_the_next_walk_which_asks_once(world: World) -> None:
    """A token that sees less than before, and a push to each of what it does not see."""
    lose(world, *range(10))

    assert names(world) == 16
    assert world.sync.holds() == []

    report = world.run()

    assert report.held
    (hold,) = world.sync.holds()
    assert len(hold.repositories) == 6
    assert names(world) == 16


def test_what_waited_for_a_walk_is_approved_as_ever(world: World) -> None:
    lose(world, *range(10))
    world.run()
    (hold,) = world.sync.holds()

    report = world.sync.approve_hold(GitHubProvider(world.github, "acme"), hold.digest, "ana")

    assert report is not None
    assert len(report.removed) == 6
    assert names(world) == 10


def test_a_walk_begins_to_count_anew(world: World) -> None:
    lose(world, 0, 1, 2, 3)
    world.run()
    lose(world, 4, 5, 6)

    assert names(world) == 13


def test_what_came_back_before_the_walk_stays(world: World) -> None:
    away = dict(world.github.repositories)
    lose(world, *range(10))
    world.github.repositories |= away

    report = world.run()

    assert not report.held
    assert names(world) == 20


def test_an_approval_that_comes_when_more_would_go_than_was_shown_says_so(
    world: World, clock: FixedClock
) -> None:
    """Nothing was looked at since, but the grace of an entry has ended meanwhile."""
    world.github.put("svc-019", {"catalog-info.yaml": component("another")})
    world.run()
    clock.advance(timedelta(days=6, hours=23))
    for number in range(10):
        world.github.remove(f"svc-{number:03}")
    assert world.run().held
    (hold,) = world.sync.holds()
    clock.advance(timedelta(hours=2))

    assert world.sync.approve_hold(GitHubProvider(world.github, "acme"), hold.digest, "ana") is None

    (again,) = world.sync.holds()
    assert len(again.entities) == len(hold.entities) + 1
    assert names(world) == 20
