"""Brings a database's tables up to this version of Callboard, and copies a database away."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from core.database import Database
from core.errors import SettingsError, UserError
from core.log import redact

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 8116302
"""The advisory lock that lets one process at a time change the tables."""
_VERSION_TABLE = sa.table("alembic_version", sa.column("version_num", sa.Text))


def upgrade(database: Database) -> bool:
    """Run the steps that this database has not seen, all in one transaction or none.

    Processes that start together wait for one another; the second finds nothing left to do.

    Returns:
        Whether anything was done.

    Raises:
        SettingsError: The database was written by a newer Callboard.
    """
    with _alone(database) as connection:
        if _revision(connection) == newest():
            return False
        _run_steps(connection)
    return True


def behind(database: Database) -> bool:
    """Whether the tables are older than this version of Callboard; quick enough for every start.

    Raises:
        SettingsError: The database was written by a newer Callboard.
    """
    with database.read() as connection:
        return _revision(connection) != newest()


def newest() -> str:
    """The number of the last step that this version knows; empty when there is none yet."""
    return max(_known(), default="")


def backup(database: Database, target: Path) -> Path:
    """Copy a database into a file while others go on using it.

    On SQLite the copy is a database file; on PostgreSQL it is what ``pg_dump --format=custom``
    writes, for ``pg_restore``.

    Raises:
        UserError: The file exists already, or ``pg_dump`` is missing or refused.
    """
    if target.exists():
        raise UserError(f"{target} exists already", "Name a file that does not exist yet.")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed at the end: a copy that broke off must not look like one.
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        _copy_sqlite(database, unfinished) if database.is_sqlite else _dump(database, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _known() -> tuple[str, ...]:
    names = sorted(path.name for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))
    return tuple(name.partition("_")[0] for name in names)


def _revision(connection: sa.Connection) -> str:
    """The step that the database is at; empty before the first."""
    if not sa.inspect(connection).has_table(_VERSION_TABLE.name):
        return ""
    found = connection.execute(sa.select(_VERSION_TABLE.c.version_num)).scalar()
    if found is not None and found not in _known():
        raise SettingsError(
            f"database_url: the database is at step {found}, and this Callboard knows steps up to {newest()};"
            " it was written by a newer version: install that one, or restore a backup"
        )
    return str(found or "")


def _run_steps(connection: sa.Connection) -> None:
    from alembic import command  # slow to import, and rarely needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _alone(database: Database) -> Iterator[sa.Connection]:
    """A transaction that no second process can be in at the same time."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            with connection.begin():
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
                yield connection
            return
        # Rebuilding a table that others refer to would break their rows half-way through.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            # Python's driver begins a transaction for rows only, never for tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            _refuse_dangling(connection)
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _refuse_dangling(connection: sa.Connection) -> None:
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        raise RuntimeError(f"a step left rows of {dangling[0][0]} that refer to nothing")


def _copy_sqlite(database: Database, target: Path) -> None:
    source = database.engine.url.database or ":memory:"
    with closing(sqlite3.connect(source)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)


def _dump(database: Database, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise UserError(
            "pg_dump is not installed here", "It comes with PostgreSQL: apt-get install postgresql-client"
        )
    url = database.engine.url
    # The password goes where other users of this machine cannot read it.
    environment = {**os.environ, "PGPASSWORD": url.password or os.environ.get("PGPASSWORD", "")}
    address = url.set(drivername="postgresql", password=None).render_as_string()
    ended = subprocess.run(
        [program, "--format=custom", f"--file={target}", f"--dbname={address}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise UserError(
            f"pg_dump refused: {redact(ended.stderr.strip())}",
            "Its version must not be older than the server's.",
        )
