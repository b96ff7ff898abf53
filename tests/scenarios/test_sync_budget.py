"""What a sync of 10,000 repositories may ask GitHub for, counted over the wire at the local one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.catalog import open_database
from bot.sandbox.generated import generated
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.churn import push_some
from catalog_sync.answers import SyncReport
from catalog_sync.github.client import connect_github
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import SystemClock
from core.settings import GitHubSettings, Settings

COUNT = 10_000
CHANGED = 0.02


class Organization:
    """A made organisation behind a local GitHub, and a catalog that follows it."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        self.github = LocalGitHub(folder / "github", generated(COUNT, seed=11), clock)
        self.github.start()
        self.database = open_database(Settings(database_url=f"sqlite:///{folder / 'callboard.db'}"))
        settings = GitHubSettings(api_url=self.github.api_url, token=SecretStr(self.github.token))
        self.provider = GitHubProvider(connect_github(settings, clock), "acme")
        self.sync = Sync(CatalogStore(self.database), clock)

    def rest(self) -> int:
        """How many requests to the REST API there were."""
        return sum("graphql" not in seen.path for seen in self.github.requests)

    def stop(self) -> None:
        self.github.stop()
        self.database.close()


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    found = Organization(tmp_path_factory.mktemp("large"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def cold(organization: Organization) -> SyncReport:
    return organization.sync.run(organization.provider)


def test_a_first_look_takes_everything_in_with_few_requests(
    organization: Organization, cold: SyncReport
) -> None:
    assert cold.repositories == COUNT
    assert len(cold.added) > COUNT
    assert cold.requests <= 520
    assert organization.rest() == 0


def test_nothing_new_costs_two_requests_at_most(organization: Organization, cold: SyncReport) -> None:
    assert cold.repositories == COUNT

    report = organization.sync.poll(organization.provider)

    assert report.requests <= 2
    assert (report.added, report.changed, report.removed) == ((), (), ())


def test_a_second_look_costs_its_pages_and_what_changed(organization: Organization, cold: SyncReport) -> None:
    assert cold.repositories == COUNT
    pushed = push_some(organization.github.state, CHANGED)

    report = organization.sync.run(organization.provider)

    assert len(pushed) == COUNT * CHANGED
    assert report.requests <= 115
    assert organization.rest() == 0
