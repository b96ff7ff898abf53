"""Kinds of entities beside Backstage's: by plugin, and by setting, from the settings to the stored catalog."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.catalog import Catalog
from core.plugins import Plugin, Plugins, assemble
from core.settings import CatalogSettings, Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts" / "descriptors.md"
DASHBOARD = "apiVersion: acme.com/v1\nkind: Dashboard\nmetadata:\n  name: sales\nspec:\n  owner: payments\n"


def plugins_of_the_page() -> Plugins:
    """The plugin that docs/concepts/descriptors.md shows."""
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert code
    hooks: dict[str, Any] = {}
    exec(code[1], hooks)
    return assemble([Plugin("dashboards", "acme", SimpleNamespace(callboard_kinds=hooks["callboard_kinds"]))])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One repository, with an entry of a kind that Backstage does not know."""
    repository = tmp_path / "repositories" / "sales"
    repository.mkdir(parents=True)
    (repository / "catalog-info.yaml").write_text(DASHBOARD)
    return repository.parent


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Callable[..., Catalog]]:
    """Opens a catalog with plugins and settings; closed at the end."""
    with ExitStack() as opened:

        def open_one(plugins: Plugins | None = None, **settings: Any) -> Catalog:
            chosen = Settings(data_dir=tmp_path, catalog=CatalogSettings(**settings))
            found = Catalog(chosen, plugins=plugins or assemble([]))
            opened.callback(found.database.close)
            return found

        yield open_one


def test_a_kind_that_nobody_knows_is_refused_at_its_line(
    catalog: Callable[..., Catalog], folder: Path
) -> None:
    report = catalog().sync_folder(folder, "acme")

    assert report.added == ()
    assert [refusal.where for refusal in report.refused] == ["acme/sales/catalog-info.yaml:2:1"]


def test_a_kind_that_nobody_knows_is_kept_where_the_setting_says_so(
    catalog: Callable[..., Catalog], folder: Path
) -> None:
    report = catalog(unknown_kinds="keep").sync_folder(folder, "acme")

    assert (list(report.added), list(report.refused)) == (["dashboard:default/sales"], [])


def test_a_kind_of_the_plugin_in_the_docs_is_taken_and_can_be_asked_by_its_relations(
    catalog: Callable[..., Catalog], folder: Path
) -> None:
    opened = catalog(plugins_of_the_page())

    opened.sync_folder(folder, "acme")

    found = opened.entities(["relations.ownedBy=group:default/payments"])
    assert [str(entity.ref) for entity in found] == ["dashboard:default/sales"]
