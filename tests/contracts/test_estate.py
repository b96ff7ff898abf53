"""What is kept in memory of the catalog, on SQLite and on PostgreSQL: after a change it is as if it were read anew."""

import pytest

from catalog_sync.estate import Estate, EstateCache
from catalog_sync.memory.shelf import read_shelf
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import Visibility
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub


def component(name: str, owner: str, *, more: str = "") -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n{more}"
        f"spec: {{type: service, lifecycle: production, owner: {owner}}}\n"
    )


@pytest.fixture
def github() -> FakeGitHub:
    github = FakeGitHub()
    for number in range(20):
        name = f"thing-{number}"
        github.put(name, {"catalog-info.yaml": component(name, "web"), "CODEOWNERS": "* @acme/web\n"})
    github.team("web", members=["ana"])
    return github


def sync(database: Database, clock: FixedClock, github: FakeGitHub) -> None:
    Sync(CatalogStore(database), clock, hold_removals_over=1.0).run(GitHubProvider(github, "acme"))


def answers(estate: Estate) -> object:
    """All that questions are answered from."""
    every = frozenset(Visibility)
    return (
        dict(estate.entities.items()),
        {key: (item.fingerprint, estate.codeowners(key)) for key, item in estate.repositories.items()},
        {
            name: estate.names.find(name, lambda _thing: True)
            for name in ("thing-3", "thing-77", "renamed", "web")
        },
        dict(estate.owned_by(every)),
        dict(estate.teams),
        dict(estate.entity_of_repository),
        {ref: estate.resolution(ref) for ref in estate.entities if ref.startswith("component")},
    )


@pytest.mark.parametrize("change", ["file", "name", "new", "gone", "team", "codeowners", "everything"])
def test_a_state_after_a_change_is_as_if_it_were_read_anew(
    database: Database, clock: FixedClock, github: FakeGitHub, change: str
) -> None:
    sync(database, clock, github)
    cache = EstateCache(CatalogStore(database), TeamSettings(), None)
    answers(cache.now()[0])
    if change == "file":
        github.put("thing-3", {"catalog-info.yaml": component("thing-3", "ops")})
    elif change == "name":
        github.put("thing-3", {"catalog-info.yaml": component("thing-3", "web", more="  title: Renamed\n")})
    elif change == "new":
        github.put("thing-77", {"catalog-info.yaml": component("thing-77", "ops")})
    elif change == "gone":
        github.remove("thing-3")
    elif change == "team":
        github.team("ops", members=["ben"], repositories={"thing-3": "ADMIN"})
    elif change == "codeowners":
        github.put(
            "thing-3", {"catalog-info.yaml": component("thing-3", "web"), "CODEOWNERS": "* @acme/ops\n"}
        )
    else:
        for number in range(20):
            github.put(f"thing-{number}", {"catalog-info.yaml": component(f"thing-{number}", "ops")})
    sync(database, clock, github)

    after, anew = cache.now()[0], Estate(read_shelf(database), TeamSettings(), None)

    assert answers(after) == answers(anew)


def test_what_did_not_change_is_not_read_again(
    database: Database, clock: FixedClock, github: FakeGitHub
) -> None:
    sync(database, clock, github)
    before = read_shelf(database)
    github.put("thing-3", {"catalog-info.yaml": component("thing-3", "ops")})
    sync(database, clock, github)

    after = read_shelf(database, before)

    changed = {ref for ref, card in after.cards.items() if before.cards.get(ref) is not card}
    assert changed == {"component:default/thing-3"}
    assert {key for key, item in after.repositories.items() if before.repositories[key] is not item} == {
        "github.test/acme/thing-3"
    }


def test_a_long_document_is_packed_and_comes_out_whole(
    database: Database, clock: FixedClock, github: FakeGitHub
) -> None:
    definition = "openapi: 3.1.0 " * 2_000
    github.put(
        "api",
        {
            "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: api}\n"
            f'spec: {{type: openapi, lifecycle: production, owner: web, definition: "{definition}"}}\n'
        },
    )
    sync(database, clock, github)

    card = read_shelf(database).cards["api:default/api"]

    assert card.entity().spec["definition"] == definition
    assert len(card.texts[1]) < len(definition) / 10
