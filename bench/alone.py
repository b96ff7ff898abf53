"""What parts of a sync cost by themselves: reading the YAML, and writing the rows of a whole catalog."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from pydantic import SecretStr

from bench.measure import Spent, measured
from bot.catalog import open_database
from catalog_sync.entity.yaml_reader import read_documents
from catalog_sync.tables import entities, repositories
from core.database import Database
from core.settings import Settings

Rows = Sequence[Mapping[str, Any]]
_AT_ONCE = 1_000


def yaml_of_ours(folder: Path) -> tuple[Spent, int]:
    """Read all descriptors as a sync does, into documents with places; gives how many there were."""
    texts = _texts(folder)
    with measured() as spent:
        count = sum(len(read_documents(text, "catalog-info.yaml")[0]) for text in texts)
    return spent, count


def yaml_of_libyaml(folder: Path) -> tuple[Spent, int]:
    """The same by PyYAML's quickest loader: no places, no limits, YAML 1.1; no reading can be quicker."""
    texts = _texts(folder)
    with measured() as spent:
        count = sum(1 for text in texts for _document in yaml.load_all(text, Loader=yaml.CSafeLoader))
    return spent, count


def rows_alone(folder: Path, database: str) -> tuple[Spent, int]:
    """Copy the rows of a catalog into an empty database beside it, in one transaction; gives how many entities."""
    source = open_database(Settings(data_dir=folder / "data", database_url=SecretStr(database)))
    target = open_database(Settings(data_dir=folder / "copy"))
    known, things = _rows(source, repositories), _rows(source, entities)
    with measured() as spent, target.write() as connection:
        for table, rows in ((repositories, known), (entities, things)):
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(sa.insert(table), list(rows[start : start + _AT_ONCE]))
    source.close()
    target.close()
    return spent, len(things)


def _texts(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in folder.rglob("catalog-info.yaml")]


def _rows(database: Database, table: sa.Table) -> Rows:
    with database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(table))]
