"""Where jobs are kept: the engine below DBOS, on SQLite beside the catalog's file, on PostgreSQL in its own schema."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dbos._serialization import DefaultSerializer
from sqlalchemy.engine import make_url

SCHEMA = "callboard_jobs"
_LOCK = 8116301
"""The advisory lock of those who bring DBOS's tables up to date."""
_LOCK_PAUSE_S = 0.05


def jobs_url(database_url: str) -> sa.URL:
    """The address of the jobs' database for the catalog's address.

    On SQLite the jobs have a file of their own (``callboard-jobs.db`` beside ``callboard.db``), so
    that a long write of the catalog never makes a job's step wait.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return url
    path = Path(url.database)
    return url.set(database=str(path.with_name(f"{path.stem}-jobs{path.suffix or '.db'}")))


def open_engine(url: sa.URL) -> sa.Engine:
    """The engine that DBOS works on, with what DBOS leaves out on SQLite."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True, pool_size=20)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", prepare_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object = None) -> None:
    """Set WAL and a patient lock on a fresh connection, and lend old SQLite the time it lacks.

    DBOS does not set WAL, and asks for ``unixepoch('subsec')``, which SQLite before 3.42 answers
    with NULL. With synchronous=NORMAL a power cut may lose the last commits, never the file.
    """
    if needs_unixepoch(sqlite3.sqlite_version_info):
        # Before any statement: SQLite refuses to replace a function while one is open.
        connection.create_function("unixepoch", -1, unixepoch)
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}").fetchall()
    cursor.close()


def needs_unixepoch(version: tuple[int, ...]) -> bool:
    """Whether an SQLite of this version does not know ``unixepoch('subsec')``."""
    return version < (3, 42)


def unixepoch(*arguments: str) -> float | int:
    """Seconds since 1970, as SQLite 3.42 gives them; only the present is ever asked for.

    Raises:
        ValueError: Another moment was asked for, which nobody here does.
    """
    rest = [part for part in arguments if part not in ("now", "subsec", "subsecond")]
    if rest:
        raise ValueError(f"unixepoch of {rest} is not lent to old SQLite")
    now = datetime.now(UTC).timestamp()
    return now if len(arguments) > 1 or "subsec" in arguments else int(now)


def refuse_pickle() -> None:
    """Take DBOS the ability to unpickle.

    With another serializer set it still unpickles what a row says is pickled, so whoever can write
    to the database could run code here.
    """

    def refuse(_self: DefaultSerializer, _text: str) -> Any:
        raise TypeError("a pickled value in the jobs' database is refused; we write none")

    DefaultSerializer.deserialize = refuse  # type: ignore[method-assign,assignment]


def log_as_we_do() -> None:
    """Have DBOS's own log go where ours goes, as JSON and without secrets; alone it writes to standard error."""
    dbos = logging.getLogger("dbos")
    # DBOS adds a handler of its own only where there is none.
    dbos.handlers[:] = [logging.NullHandler()]
    dbos.propagate = True


@contextmanager
def once_at_a_time(engine: sa.Engine, lock_file: Path | None) -> Iterator[None]:
    """One process at a time in here: DBOS's own migrations do not expect company."""
    if lock_file is not None:
        import fcntl

        with lock_file.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        return
    # Asking again and again, not waiting inside a statement: steps that build an index beside the
    # traffic wait for every statement that is under way, and the two would wait for each other.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(sa.text(f"SELECT pg_try_advisory_lock({_LOCK})")).scalar():
            time.sleep(_LOCK_PAUSE_S)
        try:
            yield
        finally:
            connection.execute(sa.text(f"SELECT pg_advisory_unlock({_LOCK})"))
