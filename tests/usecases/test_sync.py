"""What a sync reads, writes, refuses and never does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog_sync.answers import SyncReport
from catalog_sync.entity.model import RepositoryName
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable
from tests.fakes.github import HOST, FakeGitHub


def component(name: str, owner: str = "payments", **spec: str) -> str:
    more = "".join(f"\n  {key}: {value}" for key, value in spec.items())
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
        f"  name: {name}\nspec:\n  type: service\n  lifecycle: production\n  owner: {owner}{more}\n"
    )


class World:
    """One GitHub, one store, one sync."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.github = FakeGitHub()
        self.store = CatalogStore(database)
        self.database = database
        self.clock = clock
        self.sync = Sync(self.store, clock)

    def run(self, *, full: bool = False) -> SyncReport:
        return self.sync.run(GitHubProvider(self.github, "acme"), full=full)

    def refs(self) -> set[str]:
        return {str(entity.ref) for entity in self.store.entities()}

    def refresh(self, name: str) -> SyncReport:
        return self.sync.refresh(GitHubProvider(self.github, "acme"), RepositoryName(HOST, "acme", name))

    @contextmanager
    def counting_writes(self) -> Iterator[list[str]]:
        """Every statement that changes a table, but for what a walk notes of itself and of what it saw."""
        statements: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            word = statement.lstrip().split(" ", 1)[0].upper()
            is_note = (
                "catalog_sources" in statement or "SET walk=" in statement or "catalog_holds" in statement
            )
            if word in ("INSERT", "UPDATE", "DELETE") and not is_note:
                statements.append(statement)

        sa.event.listen(self.database.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            sa.event.remove(self.database.engine, "before_cursor_execute", note)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def test_the_first_sync_takes_every_descriptor_in(world: World) -> None:
    world.github.put("payments-api", {"catalog-info.yaml": component("payments-api")})
    world.github.put("plain")

    report = world.run()

    assert report.added == ("component:default/payments-api",)
    assert report.repositories == 2


def test_an_unchanged_organisation_costs_its_pages_and_writes_nothing(world: World) -> None:
    for number in range(250):
        world.github.put(f"svc-{number}", {"catalog-info.yaml": component(f"svc-{number}")})
    for number in range(30):
        world.github.team(f"team-{number}", members=["ana"])
    world.run()

    with world.counting_writes() as writes:
        report = world.run()

    # Pages, one look at what was pushed to meanwhile, teams.
    assert report.requests == 3 + 1 + 1
    assert report.unchanged == 250 + 30 + 1
    assert writes == []


def test_only_changed_repositories_are_read_in_detail(world: World) -> None:
    for name in ("one", "two", "three"):
        world.github.put(name, {"catalog-info.yaml": component(name)})
    world.run()
    world.github.details_fetched.clear()
    world.github.put("two", {"catalog-info.yaml": component("two", lifecycle_note="x")})

    report = world.run()

    assert world.github.details_fetched == ["two"]
    assert report.changed == ("component:default/two",)


def test_a_full_sync_reads_everything_and_still_writes_no_entity_that_is_the_same(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.run()
    world.github.details_fetched.clear()

    report = world.run(full=True)

    assert world.github.details_fetched == ["one"]
    assert (report.added, report.changed, report.removed) == ((), (), ())


def test_a_bad_document_is_refused_at_its_line_and_its_neighbour_is_kept(world: World) -> None:
    text = component("good") + "---\n" + component("bad").replace("  lifecycle: production\n", "")
    world.github.put("mixed", {"catalog-info.yaml": text})

    report = world.run()

    assert report.added == ("component:default/good",)
    assert [line.where for line in report.refused] == ["acme/mixed/catalog-info.yaml:14:1"]
    assert report.refused[0].message == "spec.lifecycle is missing"


def test_a_descriptor_that_cannot_be_read_is_refused_and_not_lost(world: World) -> None:
    detail = world.github.put("one", {"catalog-info.yaml": component("one")})
    unread = replace(detail.files["catalog-info.yaml"], text=None, is_binary=True)
    world.github.repositories["one"] = replace(detail, files={"catalog-info.yaml": unread})

    report = world.run()

    assert [(line.where, line.message) for line in report.refused] == [
        ("acme/one/catalog-info.yaml", "this is not UTF-8 text")
    ]


def test_a_mended_file_is_no_longer_refused(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": "kind: [\n"})
    assert len(world.run().refused) == 1
    world.github.put("one", {"catalog-info.yaml": component("one")})

    report = world.run()

    assert report.refused == ()
    assert report.added == ("component:default/one",)


def test_a_repository_that_vanished_takes_its_entities_with_it(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.github.put("two", {"catalog-info.yaml": component("two")})
    world.run()
    world.github.remove("two")

    report = world.run()

    assert report.removed == ("component:default/two",)
    assert world.refs() == {"component:default/one"}


def test_what_a_file_no_longer_says_is_told_stays_for_a_while_and_goes(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.run()
    world.github.put("one", {})

    assert world.run().removed == ("component:default/one",)
    assert world.refs() == {"component:default/one"}
    world.clock.advance(timedelta(days=8))
    world.run()
    assert world.refs() == set()


@pytest.mark.parametrize(
    ("files", "stays"),
    [
        ({"catalog-info.yaml": component("one", owner="")}, False),
        ({"catalog-info.yaml": component("one") + "---\n" + component("no name!")}, True),
        (
            {
                "catalog-info.yaml": component("one"),
                "services/a/catalog-info.yaml": component("three") + "---\n" + component("no name!"),
            },
            False,
        ),
        (
            {
                "catalog-info.yaml": component("one"),
                "services/a/catalog-info.yaml": component("three") + "---\n- [",
                "services/b/catalog-info.yaml": "- [",
            },
            True,
        ),
    ],
    ids=["only its owner is missing", "the same file", "another file", "a file of which nothing is known"],
)
def test_only_a_fault_that_may_hide_an_entry_keeps_what_a_file_no_longer_says(
    world: World, files: dict[str, str], stays: bool
) -> None:
    paths = ("catalog-info.yaml", "services/*/catalog-info.yaml")
    provider = GitHubProvider(world.github, "acme", paths)
    both = component("one") + "---\n" + component("two")
    world.github.put("shop", {"catalog-info.yaml": both})
    world.sync.run(provider)

    world.github.put("shop", files)
    report = world.sync.run(provider)

    assert report.refused
    assert report.removed == (() if stays else ("component:default/two",))


def test_what_comes_back_in_time_is_as_it_was(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.run()
    world.github.put("one", {})
    world.run()
    world.github.put("one", {"catalog-info.yaml": component("one")})

    report = world.run()

    assert report.changed == ("component:default/one",)
    world.clock.advance(timedelta(days=8))
    world.run()
    assert world.refs() == {"component:default/one"}


def test_too_many_removals_at_once_are_held_back(world: World) -> None:
    for number in range(20):
        world.github.put(f"svc-{number}", {"catalog-info.yaml": component(f"svc-{number}")})
    world.run()
    for number in range(10):
        world.github.remove(f"svc-{number}")

    report = world.run()

    assert report.held
    assert report.removed == ()
    assert len(world.refs()) == 20


def test_github_going_away_in_the_middle_changes_nothing(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.run()
    world.github.remove("one")
    world.github.put("two", {"catalog-info.yaml": component("two")})
    world.github.fails_after = 1

    with pytest.raises(GitHubUnavailable):
        world.run()

    assert world.refs() == {"component:default/one"}


def test_of_two_descriptions_of_one_name_the_first_is_kept_and_both_places_are_told(world: World) -> None:
    world.github.put("first", {"catalog-info.yaml": component("same", owner="payments")})
    world.github.put("second", {"catalog-info.yaml": component("same", owner="web")})

    report = world.run()

    assert [entity.spec["owner"] for entity in world.store.entities()] == ["payments"]
    assert "acme/first/catalog-info.yaml" in report.refused[0].message
    assert report.refused[0].where.startswith("acme/second/catalog-info.yaml")


def test_the_second_description_moves_up_when_the_first_one_goes(world: World) -> None:
    world.github.put("first", {"catalog-info.yaml": component("same", owner="payments")})
    world.github.put("second", {"catalog-info.yaml": component("same", owner="web")})
    world.run()
    world.github.put("first", {})
    world.run()

    world.run()

    assert [entity.spec["owner"] for entity in world.store.entities()] == ["web"]


def test_teams_become_groups_and_their_people_users(world: World) -> None:
    world.github.team("payments", members=["ana"], maintainers=["ben"])

    world.run()

    assert world.refs() == {"group:default/payments", "user:default/ana", "user:default/ben"}


def test_a_group_in_a_descriptor_goes_before_the_team_of_that_name(world: World) -> None:
    world.github.team("payments", members=["ana"])
    group = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: payments\n  title: Money\nspec:\n  type: team\n  children: []\n"
    world.github.put("catalog", {"catalog-info.yaml": group})

    world.run()

    titles = {str(entity.ref): entity.title for entity in world.store.entities()}
    assert titles["group:default/payments"] == "Money"


def test_a_team_that_was_dissolved_leaves_the_catalog(world: World) -> None:
    world.github.team("payments", members=["ana"])
    world.run()
    world.github.snapshots.clear()

    assert set(world.run().removed) == {"group:default/payments", "user:default/ana"}


def test_everything_carries_the_visibility_of_its_repository(world: World) -> None:
    from core.access import Visibility

    world.github.put("open", {"catalog-info.yaml": component("open")}, visibility=Visibility.PUBLIC)
    world.github.put("closed", {"catalog-info.yaml": component("closed")})
    world.run()

    seen = {str(entity.ref): entity.source.visibility for entity in world.store.entities()}

    assert seen == {
        "component:default/open": Visibility.PUBLIC,
        "component:default/closed": Visibility.PRIVATE,
    }


def test_one_repository_can_be_looked_at_alone(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.run()
    world.github.put("new", {"catalog-info.yaml": component("new")})
    world.github.remove("one")

    report = world.refresh("new")

    assert report.added == ("component:default/new",)
    assert world.refs() == {"component:default/one", "component:default/new"}


def test_a_repository_that_is_looked_at_and_gone_leaves(world: World) -> None:
    world.github.put("one", {"catalog-info.yaml": component("one")})
    world.github.put("two", {"catalog-info.yaml": component("two")})
    world.run()
    world.github.remove("one")

    assert world.refresh("one").removed == ("component:default/one",)
    assert world.refs() == {"component:default/two"}


def test_the_catalog_says_when_it_was_last_right_even_when_nothing_changed(world: World) -> None:
    world.run()
    world.clock.advance(timedelta(hours=1))
    world.run()

    assert world.store.synced_at() == world.clock.now()


def test_a_folder_of_folders_is_a_source_too(world: World, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "catalog-info.yaml").write_text(component("one"))

    report = world.sync.run(FolderProvider(tmp_path, "local"))

    assert report.added == ("component:default/one",)
    assert world.sync.run(FolderProvider(tmp_path, "local")).unchanged == 1


def test_a_link_out_of_the_folder_is_not_followed(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(component("stolen"))
    folder = tmp_path / "repositories" / "one"
    folder.mkdir(parents=True)
    (folder / "catalog-info.yaml").symlink_to(secret)

    assert world.sync.run(FolderProvider(tmp_path / "repositories", "local")).added == ()
