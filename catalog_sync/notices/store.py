"""The SQL of notices: what is wrong in the catalog's tables, and what was told of it."""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from catalog_sync.entity.model import RepositoryName
from catalog_sync.notices.model import (
    OPEN_STATES,
    Flaw,
    Held,
    Kind,
    Notice,
    NoticeMessage,
    Orphan,
    Place,
    Present,
    State,
    narrowest,
)
from catalog_sync.records import digest
from catalog_sync.store import in_batches
from catalog_sync.tables import entities, holds, notices, refusals, repositories, sources
from core.access import Visibility
from core.database import Database
from core.errors import Unavailable

_PLACE = re.compile(r"(.*?)(?::(\d+):\d+)?\Z", re.DOTALL)
_KEPT = timedelta(days=180)
"""How long settled notices stay; after that a message is edited no more."""
_ONE = threading.Lock()
_LOCK = 8_116_304
"""The first number of our advisory locks; the second is the source."""
_REPOSITORY = (
    repositories.c.key,
    repositories.c.node_id,
    repositories.c.host,
    repositories.c.owner,
    repositories.c.name,
    repositories.c.url,
    repositories.c.head_oid,
    repositories.c.visibility,
)


class NoticeStore:
    """The notices of a catalog.

    Args:
        database: The catalog's.
        teams_provider: The provider whose entities are no orphans: a team that was dissolved is no slip.
    """

    def __init__(self, database: Database, teams_provider: str) -> None:
        self._database = database
        self._teams_provider = teams_provider

    @contextmanager
    def alone(self, source: str) -> Iterator[None]:
        """Held by one process at a time for one source; two that tell people at once would tell them twice.

        Raises:
            Unavailable: Another process has it; try again in a moment.
        """
        with _ONE, self._database.read() as connection:
            if not self._database.is_sqlite:
                taken = sa.func.pg_try_advisory_xact_lock(_LOCK, sa.func.hashtext(source))
                if not connection.execute(sa.select(taken)).scalar():
                    raise Unavailable("another process tells people what this source's sync found", 2.0)
            yield

    def is_walked(self, source: str) -> bool:
        """Whether everything of a source was looked at once, or something of it was told."""
        walked = sa.select(sources.c.source).where(
            sources.c.source == source, sources.c.synced_at.is_not(None)
        )
        told = sa.select(notices.c.key).where(notices.c.source == source)
        with self._database.read() as connection:
            return any(connection.execute(look.limit(1)).first() for look in (walked, told))

    def present(self, source: str, known: Iterable[Notice] = ()) -> Present:
        """What is wrong with one source now.

        Args:
            source: The source.
            known: Notices whose entities are looked for.
        """
        asked = {str(notice.content["ref"]) for notice in known if notice.kind is Kind.ORPHAN}
        with self._database.read() as connection:
            flaws = _flaws(connection, source)
            orphans = _orphans(connection, source, self._teams_provider)
            held = connection.execute(sa.select(holds).where(holds.c.source == source)).first()
            gone = _gone(connection, [notice for notice in known if notice.kind is Kind.BROKEN])
            there = {
                ref
                for batch in in_batches(sorted(asked))
                for ref in connection.execute(
                    sa.select(entities.c.ref).where(entities.c.ref.in_(batch))
                ).scalars()
            }
        waiting = (
            Held(held.digest, tuple(held.repositories), tuple(held.entities), held.known, held.found_at)
            if held and held.approved_at is None
            else None
        )
        return Present(source, tuple(flaws), tuple(orphans), waiting, frozenset(there), gone)

    def known(self, source: str) -> list[Notice]:
        """What was told or noted of one source, as far as it can still change; holds and orphans whatever happened."""
        is_open = notices.c.state.in_([str(state) for state in OPEN_STATES])
        stays = notices.c.kind.in_([str(Kind.HELD), str(Kind.ORPHAN), str(Kind.FIRST)])
        return self._where(notices.c.source == source, sa.or_(is_open, stays))

    def untold(self, source: str) -> list[NoticeMessage]:
        """The messages of one source that do not say yet what they have to say."""
        statement = (
            sa.select(notices.c.message)
            .where(notices.c.source == source, notices.c.is_told.is_(False), notices.c.message != "")
            .distinct()
        )
        with self._database.read() as connection:
            keys = sorted(connection.execute(statement).scalars())
        return [message for key in keys if (message := self.message(key))]

    def message(self, key: str) -> NoticeMessage | None:
        """One message as it has to read now; None where there is none."""
        found = self._where(notices.c.message == key)
        if not found:
            return None
        visibility = narrowest([*map(_decided_for, found), *self._visibility_now(found)])
        return NoticeMessage(key, found[0].kind, found[0].recipient, tuple(found), visibility)

    def _visibility_now(self, found: Iterable[Notice]) -> Iterator[Visibility]:
        """What the repositories of some notices are now, as far as they are still known."""
        keys = sorted({notice.repository for notice in found} - {""})
        with self._database.read() as connection:
            for batch in in_batches(keys):
                is_one = repositories.c.key.in_(batch)
                yield from map(
                    Visibility,
                    connection.execute(sa.select(repositories.c.visibility).where(is_one)).scalars(),
                )

    def write(self, changed: Sequence[Notice]) -> None:
        """Write notices down, in the place of those with the same keys."""
        if not changed:
            return
        with self._database.write() as connection:
            self._database.upsert(connection, notices, [_row_of(notice) for notice in changed])

    def told(self, message: NoticeMessage) -> None:
        """Note that a message was shown as it is; what changed meanwhile is shown again."""
        with self._database.write() as connection:
            for notice in message.notices:
                same = (notices.c.key == notice.key) & (notices.c.state == str(notice.state))
                connection.execute(notices.update().where(same).values(is_told=True))

    def forget_old(self, now: datetime) -> None:
        """Drop what was settled long ago."""
        old = notices.c.settled_at < now - _KEPT
        with self._database.write() as connection:
            connection.execute(notices.delete().where(old, notices.c.is_told))

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Notice]:
        statement = sa.select(notices).where(*conditions).order_by(notices.c.found_at, notices.c.key)
        with self._database.read() as connection:
            return [_notice_of(row._mapping) for row in connection.execute(statement)]


def _gone(connection: sa.Connection, broken: Sequence[Notice]) -> frozenset[str]:
    """The keys of the notices of which the file, or its whole repository, is not there any more."""
    columns = (repositories.c.key, repositories.c.read_paths, repositories.c.missing_paths)
    rows = {
        row.key: row
        for batch in in_batches(sorted({notice.repository for notice in broken}))
        for row in connection.execute(sa.select(*columns).where(repositories.c.key.in_(batch)))
    }
    return frozenset(
        notice.key for notice in broken if _is_gone(rows.get(notice.repository), notice.content["path"])
    )


def _is_gone(row: Any, path: str) -> bool:
    if row is None:
        return True
    # A file of another branch is read as ``branch:path``.
    read = {*row.read_paths, *(item.partition(":")[2] for item in row.read_paths)}
    return path in row.missing_paths or bool(path and row.read_paths and path not in read)


def _flaws(connection: sa.Connection, source: str) -> list[Flaw]:
    statement = (
        sa.select(refusals, *(column.label(f"r_{column.name}") for column in _REPOSITORY))
        .outerjoin(repositories, repositories.c.key == refusals.c.owner_key)
        .where(refusals.c.source == source)
        .order_by(refusals.c.owner_key, refusals.c.position)
    )
    rows = connection.execute(statement).all()
    firsts = _places_of(connection, sorted({row.conflict for row in rows if row.conflict}))
    return [_flaw(row, firsts) for row in rows]


def _flaw(row: Any, firsts: dict[str, Place]) -> Flaw:
    written, line = _place_parts(row.place)
    name = RepositoryName(row.r_host, row.r_owner, row.r_name) if row.r_key else None
    prefix = f"{name.full_name}/" if name else ""
    path = written[len(prefix) :] if name and written.lower().startswith(prefix.lower()) else ""
    place = Place(
        repository=row.owner_key,
        name=name,
        url=row.r_url or "",
        commit=row.r_head_oid or "",
        path=path,
        line=line,
        visibility=Visibility(row.visibility),
    )
    owner = row.r_node_id or row.owner_key
    about = (row.conflict,) if row.conflict else (row.subject, row.message, row.expected, row.found)
    return Flaw(
        id=digest(owner, path or written, *about),
        place=place,
        message=row.message,
        expected=row.expected,
        found=row.found,
        conflict=row.conflict or "",
        first=firsts.get(row.conflict or ""),
        hint=row.hint,
    )


def _place_parts(place: str) -> tuple[str, int]:
    """A refusal's place as the file and the line; line 0 where none is named."""
    found = _PLACE.fullmatch(place)
    return (found.group(1), int(found.group(2) or 0)) if found else (place, 0)


def _described(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Entities with the repository that each was read from."""
    columns = (entities.c.ref, entities.c.name, entities.c.metadata, entities.c.path, entities.c.line)
    more = (entities.c.gone_at, entities.c.visibility)
    return (
        sa.select(*columns, *more, *(column.label(f"r_{column.name}") for column in _REPOSITORY))
        .outerjoin(repositories, repositories.c.key == entities.c.repository)
        .where(*conditions)
        .order_by(entities.c.ref)
    )


def _places_of(connection: sa.Connection, refs: Sequence[str]) -> dict[str, Place]:
    return {
        row.ref: _place_of(row)
        for batch in in_batches(refs)
        for row in connection.execute(_described(entities.c.ref.in_(batch)))
    }


def _orphans(connection: sa.Connection, source: str, teams_provider: str) -> list[Orphan]:
    statement = _described(
        entities.c.source == source,
        entities.c.gone_at.is_not(None),
        entities.c.provider != teams_provider,
    )
    return [
        Orphan(row.ref, str(row.metadata.get("title") or row.name), _place_of(row), row.gone_at)
        for row in connection.execute(statement)
    ]


def _place_of(row: Any) -> Place:
    name = RepositoryName(row.r_host, row.r_owner, row.r_name) if row.r_key else None
    return Place(
        repository=row.r_key or "",
        name=name,
        url=row.r_url or "",
        commit=row.r_head_oid or "",
        path=row.path,
        line=row.line,
        visibility=Visibility(row.visibility),
    )


def _decided_for(notice: Notice) -> Visibility:
    """How visible it was what a notice is about when its recipient was decided."""
    return Visibility(notice.content.get("visibility", Visibility.PRIVATE))


def _notice_of(row: Any) -> Notice:
    return Notice(**{**row, "kind": Kind(row["kind"]), "state": State(row["state"])})


def _row_of(notice: Notice) -> dict[str, Any]:
    return {**asdict(notice), "kind": str(notice.kind), "state": str(notice.state)}
