"""A single look that a webhook asks for: at a repository that went to somebody else, and at teams between two walks."""

from dataclasses import replace

import pytest

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import RepositoryDetail
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.database import Database
from tests.fakes.github import HOST, FakeGitHub
from tests.usecases.test_sync import component


class Forwarding(FakeGitHub):
    """GitHub answers for a transferred repository under its former name, too."""

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        found = super().repository(name)
        if found is None or name.name != "given-away":
            return found
        there = RepositoryName(HOST, "globex", name.name)
        return replace(found, light=replace(found.light, name=there))


@pytest.fixture
def github() -> FakeGitHub:
    github = Forwarding()
    for name in ("kept", "given-away"):
        github.put(name, {"catalog-info.yaml": component(name)})
    github.team("payments", members=["ana"])
    github.team("web", members=["ben"])
    return github


def names(store: CatalogStore) -> list[str]:
    return sorted(row["name"] for row in store.repositories())


def test_a_repository_that_was_transferred_leaves_whatever_name_it_answers_to(
    sqlite_database: Database, clock: FixedClock, github: FakeGitHub
) -> None:
    store, provider = CatalogStore(sqlite_database), GitHubProvider(github, "acme")
    sync = Sync(store, clock)
    sync.run(provider)
    assert names(store) == ["given-away", "kept"]

    sync.refresh(provider, RepositoryName(HOST, "acme", "given-away"))

    assert names(store) == ["kept"]


def test_a_team_that_was_dissolved_leaves_between_two_walks(
    database: Database, clock: FixedClock, github: FakeGitHub
) -> None:
    store, provider = CatalogStore(database), GitHubProvider(github, "acme")
    sync = Sync(store, clock)
    sync.run(provider)
    github.snapshots = [team for team in github.snapshots if team.slug != "web"]

    report = sync.refresh_teams(provider)

    assert [row["slug"] for row in store.teams()] == ["payments"]
    assert set(report.removed) == {"group:default/web", "user:default/ben"}
