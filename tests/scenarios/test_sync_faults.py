"""Whatever goes wrong on the way to GitHub, at whichever request: in the end the catalog is the truth."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.catalog import open_database
from bot.sandbox.generated import generated
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.churn import delete_some, push_some, rename_some
from bot.sandbox.github.faults import FaultKind
from bot.sandbox.github.graph_limits import GraphFaultKind
from catalog_sync.github import transport
from catalog_sync.github.client import connect_github
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.errors import GitHubUnavailable, NotAllowed
from core.settings import GitHubSettings, Settings
from tests.usecases.test_sync_walk import content

COUNT = 230
REQUESTS = 16
"""A first walk of so many repositories takes: three pages, ten readings of 25, a sweep, teams, files."""


class World:
    """A made organisation behind a local GitHub, and the catalogs that follow it."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        self.clock = clock
        self.folder = folder
        self.github = LocalGitHub(folder / "github", generated(COUNT, seed=5), clock)
        self.github.start()
        self.databases: list[Any] = []
        settings = GitHubSettings(api_url=self.github.api_url, token=SecretStr(self.github.token))
        self.provider = GitHubProvider(connect_github(settings, clock), "acme")
        self.store = self.new_store()
        self.sync = Sync(self.store, clock)

    def new_store(self) -> CatalogStore:
        name = f"sqlite:///{self.folder / f'{len(self.databases)}.db'}"
        self.databases.append(open_database(Settings(database_url=name)))
        return CatalogStore(self.databases[-1])

    def truth(self) -> Any:
        """What a first sync into an empty catalog gives now."""
        store = self.new_store()
        Sync(store, self.clock).run(self.provider)
        return content(store)

    def until_done(self) -> int:
        """Sync as the schedule would, until one look goes through; how many did not."""
        for failed in range(10):
            try:
                self.sync.run(self.provider)
            except (GitHubUnavailable, NotAllowed):
                self.clock.advance(timedelta(hours=1))
            else:
                return failed
        raise AssertionError("it never went through")

    def stop(self) -> None:
        self.github.stop()
        for database in self.databases:
            database.close()


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    found = World(tmp_path, clock)
    yield found
    found.stop()


@pytest.fixture
def at_request(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Callable[[], None]], None]:
    """Do something just before the N-th request from now."""

    def plan(number: int, do: Callable[[], None]) -> None:
        ask = transport.Transport._ask
        count = 0

        def asked(self: Any, *arguments: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                do()
            return ask(self, *arguments)

        monkeypatch.setattr(transport.Transport, "_ask", asked)

    return plan


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.BAD_GATEWAY,
        FaultKind.GATEWAY_TIMEOUT,
        FaultKind.SERVER_ERROR,
        FaultKind.RATE_LIMITED,
        FaultKind.PRIMARY_LIMIT,
        FaultKind.SECONDARY_LIMIT,
        FaultKind.RESOURCE_LIMITS,
        FaultKind.FORBIDDEN,
        FaultKind.DROPPED_AFTER,
        FaultKind.TRUNCATED,
        FaultKind.NOT_JSON,
    ],
)
def test_a_fault_that_lasts_for_some_requests_is_survived(
    world: World, at_request: Callable[[int, Callable[[], None]], None], kind: FaultKind
) -> None:
    at_request(6, lambda: world.github.fail_next("POST /graphql", kind, times=4))

    world.until_done()

    assert content(world.store) == world.truth()


@pytest.mark.parametrize("number", range(1, REQUESTS, 2))
def test_a_limit_at_any_request_costs_no_page_twice(
    world: World, at_request: Callable[[int, Callable[[], None]], None], number: int
) -> None:
    at_request(number, lambda: world.github.fail_next("POST /graphql", FaultKind.RATE_LIMITED))
    before = world.provider.requests

    failed = world.until_done()

    assert failed == 1
    # The page under way, and the details of those that were waiting for their files.
    assert world.provider.requests - before <= REQUESTS + 4
    assert content(world.store) == world.truth()


@pytest.mark.parametrize(
    "path", ["nodes.3.url", "nodes.3.root", "nodes.*.descriptor", "organization.repositories.nodes.7.name"]
)
@pytest.mark.parametrize("kind", [GraphFaultKind.FORBIDDEN, GraphFaultKind.SERVICE_UNAVAILABLE])
def test_an_answer_with_a_hole_removes_nothing(world: World, path: str, kind: GraphFaultKind) -> None:
    world.until_done()
    before = content(world.store)
    push_some(world.github.state, 0.1)
    world.github.state.graph.fail(path, kind, 2)

    report = world.sync.run(world.provider)

    assert report.unread
    assert set(content(world.store)["entities"]) >= set(before["entities"])
    world.github.state.graph.clear()
    world.sync.run(world.provider)
    assert content(world.store) == world.truth()


@pytest.mark.parametrize("number", [2, 3, 5, 9, 14])
def test_what_happens_during_a_walk_is_seen_by_it_or_by_the_next(
    world: World, at_request: Callable[[int, Callable[[], None]], None], number: int
) -> None:
    def busy() -> None:
        world.clock.advance(timedelta(seconds=5))
        push_some(world.github.state, 0.1)
        rename_some(world.github.state, 0.05, seed=2)
        delete_some(world.github.state, 0.05, seed=3)

    at_request(number, busy)
    world.until_done()

    world.until_done()

    assert content(world.store) == world.truth()


def test_a_mass_deletion_is_held_until_somebody_says_that_it_is_right(world: World) -> None:
    world.until_done()
    before = content(world.store)
    delete_some(world.github.state, 0.5)

    assert world.sync.run(world.provider).held
    assert set(content(world.store)["entities"]) == set(before["entities"])
    (hold,) = world.sync.holds()
    assert world.sync.approve_hold(world.provider, hold.digest, "ana")

    world.until_done()
    assert content(world.store) == world.truth()


def test_an_organisation_that_may_not_be_read_any_more_stays(world: World) -> None:
    world.until_done()
    before = content(world.store)
    world.github.fail_next("POST /graphql", FaultKind.FORBIDDEN, times=10)

    with pytest.raises(NotAllowed):
        world.sync.run(world.provider)

    assert content(world.store) == before
