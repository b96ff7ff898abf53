"""Kinds of entities beside Backstage's: by plugin, and by setting, from the settings to the stored catalog."""

import re
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


def catalog(tmp_path: Path, plugins: Plugins | None = None, **settings: Any) -> Catalog:
    return Catalog(
        Settings(data_dir=tmp_path, catalog=CatalogSettings(**settings)), plugins=plugins or assemble([])
    )


def test_a_kind_that_nobody_knows_is_refused_at_its_line(tmp_path: Path, folder: Path) -> None:
    report = catalog(tmp_path).sync_folder(folder, "acme")

    assert report.added == ()
    assert [refusal.where for refusal in report.refused] == ["acme/sales/catalog-info.yaml:2:1"]


def test_a_kind_that_nobody_knows_is_kept_where_the_setting_says_so(tmp_path: Path, folder: Path) -> None:
    report = catalog(tmp_path, unknown_kinds="keep").sync_folder(folder, "acme")

    assert (list(report.added), list(report.refused)) == (["dashboard:default/sales"], [])


def test_a_kind_of_the_plugin_in_the_docs_is_taken_and_can_be_asked_by_its_relations(
    tmp_path: Path, folder: Path
) -> None:
    opened = catalog(tmp_path, plugins_of_the_page())

    opened.sync_folder(folder, "acme")

    found = opened.entities(["relations.ownedBy=group:default/payments"])
    assert [str(entity.ref) for entity in found] == ["dashboard:default/sales"]
