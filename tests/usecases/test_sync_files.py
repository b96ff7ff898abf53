"""Files beyond the descriptor at the root, and which repositories belong to the catalog at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog_sync.providers.folder import FolderProvider
from catalog_sync.providers.repositories import Chosen, GitHubProvider
from core.access import Visibility
from core.clock import FixedClock
from core.database import Database
from tests.usecases.test_sync import World, component

LOCATION = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets:\n"
API = (
    "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: prices\nspec:\n  type: openapi\n"
    "  lifecycle: production\n  owner: payments\n  definition:\n    $text: ./api/openapi.yaml\n"
)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def run(world: World, *descriptors: str, **more: Any) -> Any:
    paths = descriptors or ("catalog-info.yaml",)
    return world.sync.run(GitHubProvider(world.github, "acme", paths, **more))


def test_what_a_location_leads_to_is_read_for_many_repositories_with_one_request(world: World) -> None:
    for number in range(10):
        files = {
            "catalog-info.yaml": f"{LOCATION}    - ./a/one.yaml\n    - /b/two.yaml\n".replace(
                "all", f"all-{number}"
            ),
            "a/one.yaml": component(f"one-{number}"),
            "b/two.yaml": component(f"two-{number}"),
        }
        world.github.put(f"mono-{number}", files)

    report = run(world)

    # A page, the details, the files of all ten, a sweep, teams.
    assert report.requests == 5
    assert len(report.added) == 30


def test_a_file_that_an_entity_includes_is_read_and_remembered(world: World) -> None:
    world.github.put("shop", {"catalog-info.yaml": API, "api/openapi.yaml": "openapi: 3.0.0\n"})

    run(world)

    (entity,) = world.store.entities()
    assert entity.spec["definition"] == "openapi: 3.0.0\n"
    (row,) = world.store.repositories()
    assert row["read_paths"] == ["api/openapi.yaml", "catalog-info.yaml"]


def test_a_file_that_is_missing_is_refused_at_the_line_that_wants_it(world: World) -> None:
    world.github.put("shop", {"catalog-info.yaml": API})

    (line,) = run(world).refused

    assert line.where == "acme/shop/catalog-info.yaml:10:5"
    assert "there is no file" in line.message


def test_descriptors_can_lie_anywhere_that_a_pattern_says(world: World) -> None:
    world.github.put(
        "mono",
        {
            "services/a/catalog-info.yaml": component("a"),
            "services/b/catalog-info.yaml": component("b"),
            "other/catalog-info.yaml": component("c"),
        },
    )

    report = run(world, "services/*/catalog-info.yaml")

    assert report.added == ("component:default/a", "component:default/b")


def test_an_empty_repository_costs_no_request_for_files(world: World) -> None:
    world.github.put("empty", {}, head_oid=None, pushed_at=None, default_branch=None)

    # A page, the details, a sweep, teams.
    assert run(world, "catalog-info.yaml", "more/*.yaml", "third.yaml").requests == 4


@pytest.mark.parametrize(
    ("chosen", "taken"),
    [
        (Chosen(), {"app", "lib", "old", "copy", "open"}),
        (Chosen(archived=False), {"app", "lib", "copy", "open"}),
        (Chosen(forks=False), {"app", "lib", "old", "open"}),
        (Chosen(visibilities=frozenset({Visibility.PUBLIC})), {"open"}),
        (Chosen(names=("a*", "l*")), {"app", "lib"}),
        (Chosen(names=("!o*",)), {"app", "lib", "copy"}),
        (Chosen(names=("*p*", "!app")), {"copy", "open"}),
        (Chosen(topics=frozenset({"Service"})), {"app"}),
        (Chosen(topics_without=frozenset({"service"})), {"lib", "old", "copy", "open"}),
    ],
)
def test_only_what_is_chosen_is_in_the_catalog(world: World, chosen: Chosen, taken: set[str]) -> None:
    world.github.put("app", topics=("service",))
    world.github.put("lib", topics=("library",))
    world.github.put("old", is_archived=True)
    world.github.put("copy", is_fork=True)
    world.github.put("open", visibility=Visibility.PUBLIC)

    run(world, chosen=chosen)

    assert {row["name"] for row in world.store.repositories()} == taken


def test_a_repository_that_is_no_longer_chosen_goes_like_one_that_is_gone(world: World) -> None:
    world.github.put("app", {"catalog-info.yaml": component("app")})
    world.github.put("lib", {"catalog-info.yaml": component("lib")})
    run(world)

    report = run(world, chosen=Chosen(names=("!app",)))

    assert report.removed == ("component:default/app",)


def test_a_folder_follows_locations_too_and_no_link_out_of_it(world: World, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(component("stolen"))
    folder = tmp_path / "repositories" / "mono"
    (folder / "a").mkdir(parents=True)
    (folder / "catalog-info.yaml").write_text(
        f"{LOCATION}    - ./a/one.yaml\n    - ./a/link.yaml\n    - ../../secret.yaml\n"
    )
    (folder / "a" / "one.yaml").write_text(component("one"))
    (folder / "a" / "link.yaml").symlink_to(tmp_path / "secret.yaml")

    report = world.sync.run(FolderProvider(tmp_path / "repositories", "local"))

    assert report.added == ("location:default/all", "component:default/one")
    assert len(report.refused) == 2


def test_a_file_beside_the_descriptor_that_changes_is_read_again(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "mono"
    (folder / "a").mkdir(parents=True)
    (folder / "catalog-info.yaml").write_text(f"{LOCATION}    - ./a/one.yaml\n")
    (folder / "a" / "one.yaml").write_text(component("one"))
    provider = FolderProvider(tmp_path, "local")
    world.sync.run(provider)
    (folder / "a" / "one.yaml").write_text(component("one", owner="ledger"))

    assert world.sync.run(provider).changed == ("component:default/one",)


def test_the_older_repository_keeps_a_name_though_its_file_is_fetched_later(world: World) -> None:
    world.github.put(
        "old", {"catalog-info.yaml": f"{LOCATION}    - ./a/one.yaml\n", "a/one.yaml": component("same")}
    )
    world.github.put("young", {"catalog-info.yaml": component("same", owner="web")})

    report = run(world)

    owners = {entity.ref.name: entity.spec.get("owner") for entity in world.store.entities()}
    assert owners["same"] == "payments"
    assert [line.where for line in report.refused] == ["acme/young/catalog-info.yaml:1:1"]
    assert run(world).changed == ()


@pytest.mark.parametrize(
    ("is_binary", "message"), [(False, "the file is too large"), (True, "this is not UTF-8 text")]
)
def test_a_codeowners_that_github_does_not_show_is_told_of_and_costs_the_entry_nothing(
    world: World, is_binary: bool, message: str
) -> None:
    """Nobody would see why the owners that it names are not known."""
    detail = world.github.put("shop", {"catalog-info.yaml": component("shop"), "CODEOWNERS": "* @acme/web"})
    unread = replace(detail.files["CODEOWNERS"], text=None, is_binary=is_binary)
    world.github.repositories["shop"] = replace(detail, files={**detail.files, "CODEOWNERS": unread})

    report = world.run()

    assert [line.message for line in report.refused] == [message]
    assert report.refused[0].where.startswith("acme/shop/CODEOWNERS")
    assert "component:default/shop" in {str(entity.ref) for entity in world.store.entities()}
