"""The database: engine, transactions, and the differences between SQLite and PostgreSQL.

Slices describe their tables on ``metadata`` in their own ``tables.py``; only this room knows that
there are two dialects.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from core.errors import DatabaseUnavailable, SettingsError
from core.log import redact

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of every slice."""


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime in UTC on both dialects; refuses naive ones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Store in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(sa.TypeDecorator[Any]):
    """A JSON value: text on SQLite, jsonb on PostgreSQL."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """jsonb where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        return dialect.type_descriptor(sa.JSON())


class Database:
    """One database: reads and transactions over one SQLAlchemy engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading; nothing that is done on it is kept.

        Raises:
            DatabaseUnavailable: No connection could be made.
        """
        with self._connected() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: kept when the block ends, undone when it raises.

        Raises:
            DatabaseUnavailable: No connection could be made.
        """
        with self._connected() as connection, connection.begin():
            yield connection

    @contextmanager
    def write_in_turn(self, table: sa.Table, lock: int) -> Iterator[sa.Connection]:
        """``write``, while nobody else writes under the same lock: what it reads first is still so when it writes.

        Args:
            table: Any table that it writes to.
            lock: The number of an advisory lock, for PostgreSQL; on SQLite there is one writer anyhow.

        Raises:
            DatabaseUnavailable: No connection could be made.
        """
        with self.write() as connection:
            if self.is_sqlite:
                # Touches no row, yet makes this transaction the writer before it reads.
                key = next(iter(table.primary_key.columns))
                connection.execute(table.update().where(sa.false()).values({key: key}))
            else:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            yield connection

    def upsert(
        self,
        connection: sa.Connection,
        table: sa.Table,
        values: Sequence[Mapping[str, Any]],
        *,
        update: Sequence[str] | None = None,
    ) -> None:
        """Insert rows, or update those whose primary key exists.

        Args:
            connection: An open transaction.
            table: The table; its primary key decides what exists.
            values: Rows, all with the same columns.
            update: The columns to overwrite; by default all but the key. An empty sequence keeps
                the row that is there.
        """
        if not values:
            return
        key = [column.name for column in table.primary_key.columns]
        insert = sqlite.insert if self.is_sqlite else postgresql.insert
        statement: Any = insert(table)
        names = [name for name in values[0] if name not in key] if update is None else update
        changes = {name: statement.excluded[name] for name in names}
        if changes:
            statement = statement.on_conflict_do_update(index_elements=key, set_=changes)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        # One statement for all rows: a statement with the rows inside takes far longer to put together.
        connection.execute(statement, [dict(row) for row in values])

    def is_reachable(self) -> bool:
        """Whether the database answers now."""
        try:
            with self.read() as connection:
                connection.execute(sa.text("SELECT 1"))
        except (sa.exc.SQLAlchemyError, DatabaseUnavailable):
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _connected(self) -> sa.Connection:
        try:
            return self.engine.connect()
        except sa.exc.OperationalError as error:
            cause = redact(str(error.orig).strip().partition("\n")[0])
            raise DatabaseUnavailable(f"the database does not answer: {cause}") from error


def connect(url: str) -> Database:
    """Open a database by its SQLAlchemy address; makes the folder of an SQLite file.

    Raises:
        SettingsError: The address is not one of SQLite or PostgreSQL, or its folder cannot be made.
    """
    try:
        address = make_url(url)
    except sa.exc.ArgumentError as error:
        raise SettingsError("database_url: expected sqlite:///file or postgresql://user@host/name") from error
    backend = address.get_backend_name()
    if backend == "sqlite":
        return Database(_sqlite_engine(address))
    if backend == "postgresql":
        return Database(sa.create_engine(address, pool_pre_ping=True, json_serializer=_dumps))
    raise SettingsError(f"database_url: expected sqlite or postgresql, found {backend}")


def _sqlite_engine(address: sa.URL) -> sa.Engine:
    if address.database and address.database != ":memory:":
        folder = Path(address.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"database_url: the folder {folder} cannot be made ({error.strerror})"
            ) from error
    engine = sa.create_engine(address, json_serializer=_dumps, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.close()

    return engine


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
