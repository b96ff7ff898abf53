"""What is no UTF-8 text is refused by lint and by a sync in the same words, at the same place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.lint import lint
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import SystemClock
from core.database import Database, connect
from core.migrate import upgrade

COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  description: Größe
spec: {type: service, lifecycle: production, owner: payments}
"""
API = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: shop}
spec: {type: openapi, lifecycle: production, owner: payments, definition: {$text: ./openapi.yaml}}
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(opened)
    yield opened
    opened.close()


def both(folder: Path, database: Database) -> tuple[list[str], list[str]]:
    """What lint and what a sync say of the repositories in a folder, without the file's name."""
    linted = lint([folder])
    report = Sync(CatalogStore(database), SystemClock()).run(FolderProvider(folder, "acme"))
    said = [str(fault).partition("catalog-info.yaml")[2] for fault in linted.faults]
    return said, [str(line).partition("catalog-info.yaml")[2] for line in report.refused]


@pytest.mark.parametrize(
    "content",
    [
        COMPONENT.encode("latin-1"),
        COMPONENT.encode("utf-16"),
        COMPONENT.encode("utf-16-le"),
        COMPONENT.encode("utf-16-be"),
        COMPONENT.encode("utf-32"),
        b"\x89PNG\r\n\x1a\n\0\0",
        COMPONENT.encode() + b"\0",
        COMPONENT.encode() + b"#" * 1_000_000,
        COMPONENT.encode() + b"#" * 4_000_000,
    ],
    ids=["latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "png", "nul", "large", "huge"],
)
def test_what_is_no_text_is_refused_in_the_same_words(
    tmp_path: Path, database: Database, content: bytes
) -> None:
    (tmp_path / "in" / "shop").mkdir(parents=True)
    (tmp_path / "in" / "shop" / "catalog-info.yaml").write_bytes(content)

    linted, synced = both(tmp_path / "in", database)

    assert len(linted) == 1
    assert linted == synced
    assert "UTF-8" in linted[0] or "too large" in linted[0]


def test_a_byte_order_mark_of_utf8_is_taken(tmp_path: Path, database: Database) -> None:
    (tmp_path / "in" / "shop").mkdir(parents=True)
    (tmp_path / "in" / "shop" / "catalog-info.yaml").write_bytes(COMPONENT.encode("utf-8-sig"))

    assert both(tmp_path / "in", database) == ([], [])


@pytest.mark.parametrize("content", ["Größe".encode("latin-1"), "x: 1".encode("utf-16"), b"a\0b"])
def test_an_included_file_that_is_no_text_is_refused_in_the_same_words(
    tmp_path: Path, database: Database, content: bytes
) -> None:
    (tmp_path / "in" / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "in" / "shop" / "catalog-info.yaml").write_text(API)
    (tmp_path / "in" / "shop" / "openapi.yaml").write_bytes(content)

    linted, synced = both(tmp_path / "in", database)

    assert len(linted) == 1
    assert linted == synced
    assert "./openapi.yaml:1:" in linted[0]
