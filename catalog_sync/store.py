"""The only SQL of the catalog, apart from its full text: rows in, rows out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.entity.model import Entity, EntityRef, RepositoryName, Source
from catalog_sync.records import RepositoryRecord, digest
from catalog_sync.tables import entities, refusals, repositories, sources, teams
from core.access import Visibility
from core.database import Database

_LINE = re.compile(r":\d+:\d+\Z")


@dataclass(frozen=True, slots=True)
class StoredRefusal:
    """One refusal as it is kept."""

    place: str
    message: str
    expected: str
    found: str
    repository: str
    visibility: Visibility
    hint: str = ""


class CatalogStore:
    """The catalog's rows."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def fingerprints(self, source: str, ids: Sequence[str]) -> dict[str, str]:
        """What the source calls a repository to its fingerprint, of those among ``ids`` that are stored."""
        found: dict[str, str] = {}
        with self.database.read() as connection:
            for batch in in_batches(ids):
                statement = sa.select(repositories.c.node_id, repositories.c.fingerprint).where(
                    repositories.c.source == source, repositories.c.node_id.in_(batch)
                )
                found |= {row.node_id: row.fingerprint for row in connection.execute(statement)}
        return found

    def generation(self) -> int:
        """A number that rises with every change of the catalog."""
        with self.database.read() as connection:
            return int(
                connection.execute(
                    sa.select(sa.func.coalesce(sa.func.sum(sources.c.generation), 0))
                ).scalar_one()
            )

    def synced_at(self) -> datetime | None:
        """When the catalog was last known to be right; None before the first sync."""
        with self.database.read() as connection:
            return connection.execute(
                sa.select(sa.func.max(sources.c.synced_at, type_=sources.c.synced_at.type))
            ).scalar()

    def entities(self) -> list[Entity]:
        """Every entity."""
        with self.database.read() as connection:
            return [entity_of(row) for row in _rows(connection, sa.select(entities))]

    def repositories(self) -> list[Mapping[str, Any]]:
        """Every repository's row."""
        with self.database.read() as connection:
            return list(_rows(connection, sa.select(repositories)))

    def teams(self) -> list[Mapping[str, Any]]:
        """Every team's row."""
        with self.database.read() as connection:
            return list(_rows(connection, sa.select(teams)))

    def refusals(self) -> list[StoredRefusal]:
        """Every refusal, in the order of files and lines."""
        statement = sa.select(refusals).order_by(refusals.c.owner_key, refusals.c.position)
        with self.database.read() as connection:
            return [_refusal(row) for row in connection.execute(statement)]

    def refusals_in(self, keys: Sequence[str]) -> list[StoredRefusal]:
        """The refusals of some repositories, in the order of files and lines."""
        found: list[StoredRefusal] = []
        with self.database.read() as connection:
            for batch in in_batches(keys):
                statement = sa.select(refusals).where(refusals.c.owner_key.in_(batch))
                rows = connection.execute(statement.order_by(refusals.c.owner_key, refusals.c.position))
                found += map(_refusal, rows)
        return found

    def refused_files(self) -> int:
        """How many files cannot be taken in, or not whole."""
        statement = sa.select(refusals.c.owner_key, refusals.c.place)
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return len({(row.owner_key, _LINE.sub("", row.place)) for row in rows})

    def source_states(self) -> list[tuple[str, datetime | None]]:
        """Every source with the moment when it was last looked at to its end."""
        statement = sa.select(sources.c.source, sources.c.synced_at).order_by(sources.c.source)
        with self.database.read() as connection:
            return [(row.source, row.synced_at) for row in connection.execute(statement)]


def _refusal(row: Any) -> StoredRefusal:
    return StoredRefusal(
        row.place,
        row.message,
        row.expected,
        row.found,
        row.owner_key,
        Visibility(row.visibility),
        row.hint,
    )


def _rows(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    """Rows by column name; the names are asked for once, because for each row they take longer than the row."""
    found = connection.execute(statement)
    names = tuple(found.keys())
    return (dict(zip(names, row, strict=True)) for row in found)


def entity_of(row: Mapping[str, Any]) -> Entity:
    """An entity from its row."""
    key = row["repository"]
    name = RepositoryName(*key.split("/", 2)) if key else None
    return Entity(
        EntityRef(row["kind"], row["namespace"], row["name"]),
        row["api_version"],
        row["metadata"],
        row["spec"],
        Source(
            provider=row["provider"],
            location=row["location"],
            url=row["url"],
            visibility=Visibility(row["visibility"]),
            repository=name,
            path=row["path"],
            line=row["line"],
        ),
    )


def entity_row(entity: Entity, source: str, repository: str | None) -> dict[str, Any]:
    """An entity as a row; its digest is equal as long as nothing about it changed."""
    values: dict[str, Any] = {
        "ref": str(entity.ref),
        "kind": entity.ref.kind,
        "namespace": entity.ref.namespace,
        "name": entity.ref.name,
        "api_version": entity.api_version,
        "metadata": dict(entity.metadata),
        "spec": dict(entity.spec),
        "provider": entity.source.provider,
        "source": source,
        "location": entity.source.location,
        "url": entity.source.url,
        "path": entity.source.path,
        "line": entity.source.line,
        "repository": repository,
        "visibility": str(entity.source.visibility),
    }
    return {**values, "digest": digest(values)}


def repository_row(record: RepositoryRecord, source: str, docs_read: str) -> dict[str, Any]:
    """A repository as a row."""
    return {
        "key": record.key,
        "host": record.name.host,
        "owner": record.name.owner,
        "name": record.name.name,
        "source": source,
        "node_id": record.node_id,
        "fingerprint": record.fingerprint,
        "visibility": str(record.visibility),
        "is_archived": record.is_archived,
        "is_fork": record.is_fork,
        "description": record.description,
        "topics": list(record.topics),
        "language": record.language,
        "license": record.license,
        "url": record.url,
        "default_branch": record.default_branch,
        "head_oid": record.head_oid,
        "head_committed_at": record.head_committed_at,
        "pushed_at": record.pushed_at,
        "created_at": record.created_at,
        "root": [dict(entry) for entry in record.root],
        "codeowners_path": record.codeowners_path,
        "codeowners": record.codeowners,
        "docs_wanted": record.docs_wanted,
        "read_paths": list(record.read_paths),
        "missing_paths": list(record.missing_paths),
        "docs_read": docs_read,
    }


def in_batches(keys: Sequence[str], size: int = 500) -> list[Sequence[str]]:
    """Lists short enough for one statement."""
    return [keys[start : start + size] for start in range(0, len(keys), size)]
