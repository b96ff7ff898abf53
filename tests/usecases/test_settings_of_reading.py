"""A changed setting that decides how files are read takes effect with the next sync, and costs nothing after that."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.catalog import Catalog
from catalog_sync.answers import SyncReport
from catalog_sync.entity.rules import CustomKind
from core.plugins import assemble
from core.settings import CatalogSettings, GitHubSettings, Settings
from tests.fakes.github import FakeGitHub

SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: payments}
"""
DASHBOARD = """\
apiVersion: acme.example/v1
kind: Dashboard
metadata: {name: sales}
spec: {owner: payments}
"""
FILES = {"catalog-info.yaml": f"{SHOP}---\n{DASHBOARD}", "more.yaml": SHOP.replace("shop", "till")}

Synced = Callable[..., SyncReport]


@pytest.fixture(params=["folder", "github"])
def sync(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Synced]:
    """Syncs the same source again, with other settings each time, as after a restart."""
    github = FakeGitHub()
    github.put("shop", FILES)
    (tmp_path / "in" / "shop").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / "in" / "shop" / name).write_text(text)

    with ExitStack() as opened:

        def run(kinds: tuple[CustomKind, ...] = (), **settings: Any) -> SyncReport:
            host = GitHubSettings(organizations=("acme",), host=github.host)
            chosen = Settings(data_dir=tmp_path, catalog=CatalogSettings(**settings), github=host)
            catalog = Catalog(chosen, github_port=github, plugins=assemble([]))
            if kinds:
                catalog.kind_rules = replace(catalog.kind_rules, custom=kinds)  # type: ignore[misc]
            opened.callback(catalog.database.close)
            if request.param == "folder":
                return catalog.sync_folder(tmp_path / "in", "acme")
            before = len(github.details_fetched)
            report = catalog.sync_source(catalog.source_names[0])
            run.read = len(github.details_fetched) - before  # type: ignore[attr-defined]
            return report

        yield run


def test_kinds_that_nobody_knows_are_taken_as_soon_as_the_setting_says_so(sync: Synced) -> None:
    first = sync()
    kept = sync(unknown_kinds="keep")
    again = sync(unknown_kinds="keep")

    assert (first.added, len(first.refused)) == (("component:default/shop",), 1)
    assert (kept.added, len(kept.refused)) == (("dashboard:default/sales",), 0)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)


def test_descriptors_are_looked_for_at_once_where_the_setting_says(sync: Synced) -> None:
    first = sync(unknown_kinds="keep")
    more = sync(unknown_kinds="keep", descriptors=("catalog-info.yaml", "*.yaml"))
    again = sync(unknown_kinds="keep", descriptors=("catalog-info.yaml", "*.yaml"))

    assert "component:default/till" not in first.added
    assert more.added == ("component:default/till",)
    assert (again.added, again.unchanged) == ((), 3)


def test_a_plugin_that_brings_a_kind_has_its_entries_taken(sync: Synced) -> None:
    sync()

    taken = sync((CustomKind("Dashboard", ("acme.example/v1",)),))

    assert taken.added == ("dashboard:default/sales",)


def test_another_branch_is_read_at_once(sync: Synced) -> None:
    """Its head may be the same commit; where files are shown is not. A folder has no branches."""
    sync(unknown_kinds="keep")
    other = sync(unknown_kinds="keep", branch="trunk")

    assert getattr(sync, "read", 1) == 1
    assert (other.added, other.removed) == ((), ())


def test_settings_that_stay_read_nothing_again(sync: Synced) -> None:
    sync(descriptors=("catalog-info.yaml",))

    again = sync(descriptors=("catalog-info.yaml",), docs_cron="1 * * * *", stale_docs_days=3)

    assert (again.added, again.changed) == ((), ())
    assert getattr(sync, "read", 0) == 0
