"""Who is alive: a lock that each process holds as long as it lives, so that others may take over its work."""

import fcntl
import hashlib
from pathlib import Path
from typing import IO, Protocol

import sqlalchemy as sa


class Pulse(Protocol):
    """Holds this process's sign of life, and feels for others'."""

    def hold(self, executor: str) -> None:
        """Show that this process lives, until ``release`` or its death."""
        ...

    def beat(self) -> None:
        """Make sure that the sign of life still stands; to be called every few seconds.

        Raises:
            sqlalchemy.exc.OperationalError: The database is away; the next call tries anew.
        """
        ...

    def try_dead(self, executor: str) -> bool:
        """Whether that process is dead; a yes reserves it for the caller until ``done_with``."""
        ...

    def done_with(self, executor: str) -> None:
        """Give the reservation of a dead process back."""
        ...

    def release(self) -> None:
        """Stop showing life."""
        ...


def pulse_for(engine: sa.Engine) -> Pulse:
    """A pulse that suits the database: advisory locks on PostgreSQL, file locks beside SQLite's file."""
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database:
        return _FilePulse(Path(f"{database}.alive"))
    return _AdvisoryPulse(engine)


class _FilePulse:
    """``flock`` on one small file a process; the kernel lets go when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: IO[str] | None = None
        self._dead: dict[str, IO[str]] = {}

    def hold(self, executor: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mine = self._path(executor).open("w")
        fcntl.flock(self._mine, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def beat(self) -> None:
        """A file lock stands as long as the process does."""

    def try_dead(self, executor: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = self._path(executor).open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._dead[executor] = handle
        return True

    def done_with(self, executor: str) -> None:
        self._path(executor).unlink(missing_ok=True)
        self._dead.pop(executor).close()

    def release(self) -> None:
        if self._mine:
            Path(self._mine.name).unlink(missing_ok=True)
            self._mine.close()
            self._mine = None

    def _path(self, executor: str) -> Path:
        return self._folder / hashlib.sha256(executor.encode()).hexdigest()[:24]


class _AdvisoryPulse:
    """A session advisory lock; PostgreSQL lets go when the session ends."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._executor = ""

    def hold(self, executor: str) -> None:
        self._executor = executor
        self._lock(self._session(), executor)

    def beat(self) -> None:
        # Nobody would notice a lost session otherwise, and a peer would take living work over.
        self._session().execute(sa.text("SELECT 1"))

    def try_dead(self, executor: str) -> bool:
        statement = sa.text("SELECT pg_try_advisory_lock(:number)")
        return bool(self._session().execute(statement, {"number": _number(executor)}).scalar())

    def done_with(self, executor: str) -> None:
        self._session().execute(sa.text("SELECT pg_advisory_unlock(:number)"), {"number": _number(executor)})

    def release(self) -> None:
        if self._connection is not None:
            # Given back to the pool, the session would live on and keep its locks.
            self._connection.detach()
            self._connection.close()
            self._connection = None

    def _session(self) -> sa.Connection:
        if self._connection is None or self._connection.invalidated:
            # A lost session has lost its locks: show life again before anything else.
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if self._executor:
                self._lock(self._connection, self._executor)
        return self._connection

    def _lock(self, connection: sa.Connection, executor: str) -> None:
        connection.execute(sa.text("SELECT pg_advisory_lock(:number)"), {"number": _number(executor)})


def _number(executor: str) -> int:
    """A signed 64-bit number for a name, as PostgreSQL's locks want it."""
    digest = hashlib.sha256(f"callboard:{executor}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
