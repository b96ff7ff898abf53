"""A walk that is cut off, partly answered or shown too little: nothing is lost, and it goes on where it was."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable, NotAllowed
from tests.fakes.github import FakeGitHub
from tests.usecases.test_sync import World, component


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def filled(world: World, count: int = 120) -> World:
    for number in range(count):
        world.github.put(f"svc-{number:03}", {"catalog-info.yaml": component(f"svc-{number:03}")})
    world.github.team("payments", members=["ana"], maintainers=["ben"])
    return world


def truth(github: FakeGitHub, clock: FixedClock, database: Database) -> dict[str, Any]:
    """What a first sync into an empty catalog gives."""
    store = CatalogStore(database)
    Sync(store, clock).run(GitHubProvider(github, "acme"))
    return content(store)


def content(store: CatalogStore) -> dict[str, Any]:
    return {
        "entities": {str(entity.ref): entity for entity in store.entities()},
        "repositories": {row["key"]: row["fingerprint"] for row in store.repositories()},
        "teams": {row["key"]: row["digest"] for row in store.teams()},
    }


def shaken(world: World) -> None:
    """A busy day: pushes, deletions, a new repository, a rename, a dissolved team."""
    for number in range(0, 120, 10):
        name = f"svc-{number:03}"
        world.github.put(name, {"catalog-info.yaml": component(name, owner="web")})
    world.github.remove("svc-001")
    world.github.put("brand-new", {"catalog-info.yaml": component("brand-new")})
    detail = world.github.repositories.pop("svc-002")
    light = replace(detail.light, name=replace(detail.name, name="renamed"))
    world.github.repositories["renamed"] = replace(detail, light=light)
    world.github.snapshots.clear()
    world.github.team("ledger", members=["ana"])


@pytest.fixture
def empty(tmp_path: Any) -> Iterator[Database]:
    """Another database, for the truth."""
    from bot.catalog import open_database
    from core.settings import Settings

    found = open_database(Settings(database_url=f"sqlite:///{tmp_path / 'truth.db'}"))
    yield found
    found.close()


@pytest.mark.parametrize("requests", range(9))
def test_a_first_walk_that_is_cut_off_anywhere_goes_on_there(
    world: World, clock: FixedClock, empty: Database, requests: int
) -> None:
    filled(world)
    world.github.fails_after = requests
    with pytest.raises(GitHubUnavailable):
        world.run()
    world.github.fails_after = None
    before = world.github.requests

    world.run()

    # Nine in all: two pages, five readings of 25 and less, a sweep, teams. The second page may come again.
    assert world.github.requests - before <= 9 - requests + 1
    assert content(world.store) == truth(world.github, clock, empty)


@pytest.mark.parametrize("requests", range(5))
def test_a_busy_day_that_is_cut_off_anywhere_ends_with_the_truth(
    world: World, clock: FixedClock, empty: Database, requests: int
) -> None:
    filled(world).run()
    shaken(world)
    world.github.fails_after = requests
    with pytest.raises(GitHubUnavailable):
        world.run()
    world.github.fails_after = None

    world.run()

    assert content(world.store) == truth(world.github, clock, empty)


def test_a_walk_that_stopped_long_ago_begins_anew(world: World) -> None:
    filled(world)
    world.github.fails_after = 3
    with pytest.raises(GitHubUnavailable):
        world.run()
    world.github.fails_after = None
    world.clock.advance(timedelta(hours=7))

    assert world.run().repositories == 120


def test_a_repository_with_a_hole_keeps_what_is_known_and_is_told_of(world: World) -> None:
    filled(world, 3).run()
    world.github.put("svc-001", {})
    world.github.unreadable.add("R_svc-001")

    report = world.run()

    assert report.unread == ("R_svc-001: it has a hole",)
    assert report.removed == ()


def test_where_something_is_left_out_of_a_page_nothing_is_removed(world: World) -> None:
    filled(world, 5).run()
    world.github.remove("svc-001")
    world.github.problems = ("Resource not accessible by integration",)

    report = world.run()

    assert report.removed == ()
    assert report.unread == ("github:github.test/acme: Resource not accessible by integration",)
    world.github.problems = ()
    assert world.run().removed == ("component:default/svc-001",)


def test_teams_that_may_not_be_read_stay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(world, 1).run()

    def refused(_organization: str) -> object:
        raise NotAllowed("GitHub refused: members", "Give the token Members: read.")

    monkeypatch.setattr(world.github, "teams", refused)

    report = world.run()

    assert report.removed == ()
    assert "Members: read" in report.unread[0]


def test_a_push_between_two_walks_is_seen_by_a_poll(world: World) -> None:
    filled(world).run()
    world.github.put("svc-119", {"catalog-info.yaml": component("svc-119", owner="web")})

    report = world.sync.poll(GitHubProvider(world.github, "acme"))

    assert report.changed == ("component:default/svc-119",)
    assert report.requests == 2


def test_an_unchanged_poll_costs_one_request_and_writes_nothing(world: World) -> None:
    filled(world).run()

    with world.counting_writes() as writes:
        report = world.sync.poll(GitHubProvider(world.github, "acme"))

    assert report.requests <= 2
    assert writes == []


def test_a_repository_that_was_renamed_keeps_its_entity(world: World) -> None:
    filled(world, 3).run()
    detail = world.github.repositories.pop("svc-002")
    light = replace(detail.light, name=replace(detail.name, name="renamed"))
    world.github.repositories["renamed"] = replace(detail, light=light)

    report = world.run()

    assert (report.added, report.removed) == ((), ())
    assert {row["name"] for row in world.store.repositories()} == {"svc-000", "svc-001", "renamed"}
    entity = next(item for item in world.store.entities() if item.ref.name == "svc-002")
    assert entity.source.repository is not None
    assert entity.source.repository.name == "renamed"


def test_two_repositories_can_swap_their_names(world: World) -> None:
    filled(world, 2).run()
    one, two = world.github.repositories["svc-000"], world.github.repositories["svc-001"]
    named = {"svc-001": one, "svc-000": two}
    world.github.repositories = {
        name: replace(item, light=replace(item.light, name=replace(item.name, name=name)))
        for name, item in named.items()
    }

    report = world.run()

    assert (report.added, report.removed) == ((), ())
    found = {
        entity.ref.name: entity.source.repository
        for entity in world.store.entities()
        if "svc" in entity.ref.name
    }
    assert {name: place.name for name, place in found.items() if place} == {
        "svc-000": "svc-001",
        "svc-001": "svc-000",
    }


def test_a_name_that_moves_to_another_repository_moves_in_one_walk(world: World) -> None:
    filled(world, 60).run()
    world.github.put("svc-050", {})
    world.github.put("svc-001", {"catalog-info.yaml": component("svc-050", owner="web")})

    world.run()

    owners = {entity.ref.name: entity.spec.get("owner") for entity in world.store.entities()}
    assert owners["svc-050"] == "web"


def test_a_hold_says_what_would_go_and_lets_go_exactly_that(world: World) -> None:
    filled(world, 20).run()
    for number in range(10):
        world.github.remove(f"svc-{number:03}")
    assert world.run().held
    (hold,) = world.sync.holds()
    provider = GitHubProvider(world.github, "acme")

    assert (len(hold.repositories), len(hold.entities), hold.known) == (10, 10, 23)
    assert world.sync.approve_hold(provider, "something else", "ana") is None
    report = world.sync.approve_hold(provider, hold.digest, "ana")

    assert report is not None
    assert len(report.removed) == 10
    assert world.sync.holds() == []
    assert not world.run().held


def test_a_hold_whose_cause_went_away_is_forgotten(world: World) -> None:
    filled(world, 20).run()
    away = {name: world.github.repositories.pop(name) for name in list(world.github.repositories)[:10]}
    world.run()
    world.github.repositories |= away

    report = world.run()

    assert not report.held
    assert world.sync.holds() == []


def test_an_approval_is_not_for_more_than_was_shown(world: World) -> None:
    filled(world, 20).run()
    for number in range(10):
        world.github.remove(f"svc-{number:03}")
    world.run()
    (hold,) = world.sync.holds()
    world.github.remove("svc-011")
    world.run()

    assert world.sync.approve_hold(GitHubProvider(world.github, "acme"), hold.digest, "ana") is None
    assert len(world.store.repositories()) == 20


def test_teams_of_two_organisations_with_one_name_are_two_groups(world: World) -> None:
    filled(world, 1).run()
    other = FakeGitHub(organization="globex")
    other.team("payments", members=["ana", "zoe"], parent="finance")
    other.team("finance")
    provider = GitHubProvider(other, "globex")

    world.sync.run(provider)
    world.run()

    groups = {str(entity.ref): entity for entity in world.store.entities() if entity.ref.kind == "Group"}
    assert set(groups) == {"group:default/payments", "group:globex/payments", "group:default/finance"}
    assert groups["group:globex/payments"].annotations["github.com/team-slug"] == "globex/payments"
    assert {row["key"]: row["ref"] for row in world.store.teams()} == {
        "github.test/acme/payments": "group:default/payments",
        "github.test/globex/payments": "group:globex/payments",
        "github.test/globex/finance": "group:default/finance",
    }
    assert world.sync.run(provider).changed == ()


def test_what_was_read_before_something_newer_was_written_is_not_written(world: World) -> None:
    filled(world, 3).run()
    old = world.github.repositories["svc-001"]
    world.github.put("svc-001", {"catalog-info.yaml": component("svc-001", owner="web")})
    provider = GitHubProvider(world.github, "acme")
    world.sync.refresh(provider, old.name)
    world.github.repositories["svc-001"] = old

    world.sync.refresh(provider, old.name)

    owners = {entity.ref.name: entity.spec.get("owner") for entity in world.store.entities()}
    assert owners["svc-001"] == "web"


def test_a_name_that_another_organisation_wants_goes_to_it_with_its_own_next_walk(world: World) -> None:
    filled(world, 1).run()
    other = FakeGitHub(organization="globex")
    other.put("theirs", {"catalog-info.yaml": component("svc-000", owner="web")})
    provider = GitHubProvider(other, "globex")
    assert len(world.sync.run(provider).refused) == 1
    world.github.put("svc-000", {})
    world.run()

    world.sync.run(provider)

    sources = {row["key"]: row["source"] for row in world.store.repositories()}
    owners = {entity.ref.name: entity.spec.get("owner") for entity in world.store.entities()}
    assert owners["svc-000"] == "web"
    assert sources["github.test/globex/theirs"] == "github:github.test/globex"


def test_a_repository_that_is_looked_at_before_the_first_walk_is_shown(world: World) -> None:
    filled(world, 2)
    before = world.store.generation()

    report = world.sync.refresh(
        GitHubProvider(world.github, "acme"), world.github.repositories["svc-001"].name
    )

    assert report.added == ("component:default/svc-001",)
    assert world.store.generation() > before
    assert world.run().repositories == 2
