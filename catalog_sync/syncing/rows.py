"""The SQL of a sync: what is stored of some repositories, what a plan writes, and who follows a rename."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.entity.model import RepositoryName
from catalog_sync.providers.teams import PROVIDER as TEAMS
from catalog_sync.records import RepositoryRecord
from catalog_sync.store import in_batches
from catalog_sync.syncing.plan import Plan, Row, Stored, StoredEntity
from catalog_sync.tables import entities, notices, refusals, repositories, sections, sources, teams
from core.database import Database

_LOCK = 8116303
_FOLLOWERS = (entities.c.repository, sections.c.repository, refusals.c.owner_key, notices.c.repository)
"""The columns that hold a repository's key."""


def writing(database: Database) -> AbstractContextManager[sa.Connection]:
    """A transaction in which one sync writes at a time: two would both think that they are first to claim a name."""
    return database.write_in_turn(sources, _LOCK)


def stored_of(connection: sa.Connection, records: Sequence[RepositoryRecord]) -> Stored:
    """What is stored of some repositories, and of everything that has one of their entities' names."""
    keys = [record.key for record in records]
    refs = sorted({str(entity.ref) for record in records for entity in record.entities})
    found = stored_entities(connection, entities.c.repository, keys)
    found |= stored_entities(connection, entities.c.ref, refs)
    columns = (repositories.c.key, repositories.c.docs_read, repositories.c.visibility)
    known = [
        row
        for batch in in_batches(keys)
        for row in connection.execute(sa.select(*columns).where(repositories.c.key.in_(batch)))
    ]
    return Stored(
        found,
        {row.key: row.docs_read for row in known},
        {row.key: row.visibility for row in known},
    )


def stored_of_teams(connection: sa.Connection, source: str, refs: Sequence[str]) -> dict[str, StoredEntity]:
    """The entities that were made from a source's teams, and those that have one of some names."""
    mine = sa.and_(entities.c.source == source, entities.c.provider == TEAMS)
    found = {row.ref: _stored(row) for row in connection.execute(_STORED.where(mine))}
    return found | stored_entities(connection, entities.c.ref, refs)


def stored_entities(
    connection: sa.Connection, column: sa.Column[Any], values: Sequence[str]
) -> dict[str, StoredEntity]:
    """The entities with one of some values in a column, by reference."""
    return {
        row.ref: _stored(row)
        for batch in in_batches(values)
        for row in connection.execute(_STORED.where(column.in_(batch)))
    }


_STORED = sa.select(
    entities.c.ref,
    entities.c.digest,
    entities.c.source,
    entities.c.provider,
    entities.c.repository,
    entities.c.location,
    entities.c.gone_at,
)


def _stored(row: Any) -> StoredEntity:
    return StoredEntity(
        row.digest, row.source, row.provider, row.repository, row.location, row.gone_at is not None
    )


def write_plan(
    database: Database, connection: sa.Connection, plan: Plan, keys: Sequence[str], now: datetime
) -> None:
    """Write a plan; ``keys`` are the repositories whose refusals it holds all of."""
    delete(connection, refusals.c.owner_key, keys)
    database.upsert(connection, repositories, plan.repositories)
    database.upsert(connection, entities, [{**row, "gone_at": None} for row in plan.entities])
    database.upsert(connection, refusals, plan.refusals)
    for refs in in_batches(plan.orphans):
        connection.execute(entities.update().where(entities.c.ref.in_(refs)).values(gone_at=now))
    for key, visibility in plan.shown_to.items():
        # At once, not when the docs change: a repository that was closed is closed.
        connection.execute(
            sections.update().where(sections.c.repository == key).values(visibility=visibility)
        )


def follow_renames(connection: sa.Connection, source: str, records: Iterable[RepositoryRecord]) -> None:
    """Let what is stored of a repository move along when it has another name or organisation now."""
    for record in records:
        host = record.name.host
        same = sa.and_(repositories.c.node_id == record.node_id, repositories.c.host == host)
        before = connection.execute(
            sa.select(repositories.c.key, repositories.c.source).where(same)
        ).one_or_none()
        if before is None or (before.key == record.key and before.source == source):
            continue
        holder = connection.execute(
            sa.select(repositories.c.node_id).where(repositories.c.key == record.key)
        ).scalar()
        if holder is not None and holder != record.node_id:
            # Somebody else had the name; under which one they are known now is learnt when they are read.
            _move(connection, record.key, f"{record.key}#{holder}")
        _move(connection, before.key, record.key, record.name, source)


def _move(
    connection: sa.Connection,
    key: str,
    to: str,
    name: RepositoryName | None = None,
    source: str | None = None,
) -> None:
    values: dict[str, Any] = {"key": to, "fingerprint": ""}
    values |= {"owner": name.owner, "name": name.name} if name else {}
    values |= {"source": source} if source else {}
    connection.execute(repositories.update().where(repositories.c.key == key).values(**values))
    for column in _FOLLOWERS:
        connection.execute(column.table.update().where(column == key).values({column.name: to}))
    for table in (entities, refusals) if source else ():
        column = entities.c.repository if table is entities else refusals.c.owner_key
        connection.execute(table.update().where(column == to).values(source=source))


def mark_seen(connection: sa.Connection, source: str, ids: Sequence[str], walk: int) -> None:
    """Note that a walk saw some repositories."""
    for batch in in_batches(ids):
        connection.execute(
            repositories.update()
            .where(
                repositories.c.source == source,
                repositories.c.node_id.in_(batch),
                repositories.c.walk != walk,
            )
            .values(walk=walk)
        )


def mark_teams_seen(connection: sa.Connection, source: str, keys: Sequence[str], walk: int) -> None:
    """Note that a walk saw some teams of a source, and that the others are not there any more."""
    # Between two walks the others still carry the number of the last one.
    connection.execute(teams.update().where(teams.c.source == source).values(walk=0))
    for batch in in_batches(keys):
        connection.execute(teams.update().where(teams.c.key.in_(batch)).values(walk=walk))


def waiting_for(connection: sa.Connection, source: str, refs: Sequence[str]) -> list[str]:
    """The ids of the source's repositories that wanted one of some names and were refused it.

    All of them, those of other sources too, are read by their own next walk, if nobody does before.
    """
    found: list[str] = []
    for batch in in_batches(refs):
        statement = (
            sa.select(repositories.c.node_id, repositories.c.source, repositories.c.key)
            .join(refusals, refusals.c.owner_key == repositories.c.key)
            .where(refusals.c.conflict.in_(batch))
            .order_by(repositories.c.created_at)
        )
        rows = connection.execute(statement).all()
        found += [row.node_id for row in rows if row.source == source]
        for keys in in_batches([row.key for row in rows]):
            connection.execute(
                repositories.update().where(repositories.c.key.in_(keys)).values(fingerprint="")
            )
    return list(dict.fromkeys(found))


def pushes_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, datetime]:
    """When some repositories were last pushed to, as far as it is stored."""
    return {
        row.node_id: row.pushed_at
        for batch in in_batches(ids)
        for row in connection.execute(
            sa.select(repositories.c.node_id, repositories.c.pushed_at).where(
                repositories.c.node_id.in_(batch), repositories.c.pushed_at.is_not(None)
            )
        )
    }


def ids_of(connection: sa.Connection, keys: Sequence[str]) -> list[str]:
    """What their source calls some repositories."""
    return [
        node_id
        for batch in in_batches(keys)
        for node_id in connection.execute(
            sa.select(repositories.c.node_id).where(repositories.c.key.in_(batch))
        ).scalars()
    ]


def delete(connection: sa.Connection, column: sa.Column[Any], keys: Sequence[str]) -> None:
    """Take out the rows with one of some keys."""
    for batch in in_batches(keys):
        connection.execute(column.table.delete().where(column.in_(batch)))


def count(connection: sa.Connection, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    """How many rows of a table there are for which all of some conditions hold."""
    statement = sa.select(sa.func.count()).select_from(table).where(*conditions)
    return int(connection.execute(statement).scalar_one())


def as_name(row: Row) -> RepositoryName:
    """The name in a repository's row."""
    return RepositoryName(row["host"], row["owner"], row["name"])
