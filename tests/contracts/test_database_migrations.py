"""The steps that make the tables: the same on both databases, whole or not at all, one process at a time."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalog_sync.docs.fulltext import create_fulltext
from core.database import Database, metadata
from core.errors import SettingsError, UserError
from core.migrate import SCRIPTS, backup, behind, newest, upgrade
from core.migrations.compare import import_tables, options

Open = Callable[[str], Database]


@pytest.fixture
def empty(empty_database_url: str, open_database: Open) -> Database:
    return open_database(empty_database_url)


def differences(database: Database) -> list[object]:
    """What would have to be done to make a database's tables what the code says they are."""
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options()})
        return list(compare_metadata(context, metadata))


def by_hand(database: Database) -> set[tuple[str, ...]]:
    """What the full text made beside the tables."""
    statement = """
        SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' OR type = 'trigger'
    """
    if not database.is_sqlite:
        statement = """
            SELECT column_name, generation_expression FROM information_schema.columns
            WHERE table_name = 'docs_sections' AND is_generated = 'ALWAYS'
            UNION SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%USING gin%'
        """
    with database.read() as connection:
        rows = connection.execute(sa.text(statement)).all()
    return {(row[0], re.sub("IF NOT EXISTS |\n", "", row[1])) for row in rows}


def test_the_steps_make_what_the_tables_say(empty: Database) -> None:
    import_tables()

    upgrade(empty)

    assert differences(empty) == []


def test_a_table_without_its_step_is_seen(empty: Database) -> None:
    import_tables()
    upgrade(empty)

    with empty.write() as connection:
        connection.execute(sa.text("DROP TABLE teams"))
        connection.execute(sa.text("ALTER TABLE refusals ADD COLUMN stray text"))

    seen = [
        (item[0], getattr(item[1], "name", None)) for item in differences(empty) if isinstance(item, tuple)
    ]
    assert ("add_table", "teams") in seen
    assert "remove_column" in [name for name, _ in seen]


def test_the_full_text_of_the_steps_is_that_of_the_tables(
    new_database_url: Callable[[], str], open_database: Open
) -> None:
    import_tables()
    stepped, created = open_database(new_database_url()), open_database(new_database_url())

    upgrade(stepped)
    metadata.create_all(created.engine)
    with created.write() as connection:
        create_fulltext(connection)

    assert by_hand(stepped) == by_hand(created)
    assert len(by_hand(stepped)) >= 2


def test_a_second_upgrade_finds_nothing_to_do(empty: Database) -> None:
    assert [upgrade(empty), upgrade(empty)] == [True, False]


def test_a_database_is_behind_until_it_is_upgraded(empty: Database) -> None:
    before = behind(empty)
    upgrade(empty)

    assert [before, behind(empty)] == [True, False]


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(empty: Database) -> None:
    upgrade(empty)
    with empty.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    for ask in (upgrade, behind):
        with pytest.raises(SettingsError, match=r"at step 9999, .* newer version: install that one"):
            ask(empty)


def test_steps_that_break_leave_nothing_behind(empty: Database) -> None:
    with empty.write() as connection:
        connection.execute(sa.text("CREATE TABLE teams (mine text)"))  # in the way of the last table

    with pytest.raises(sa.exc.DatabaseError, match="teams"):
        upgrade(empty)

    assert sa.inspect(empty.engine).get_table_names() == ["teams"]


def test_processes_that_start_together_upgrade_once(empty_database_url: str, open_database: Open) -> None:
    program = "import sys; from core.database import connect; from core.migrate import upgrade;"
    program += "sys.stdin.readline(); print(upgrade(connect(sys.argv[1])))"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]

    ended = [racer.communicate("go\n", timeout=60) for racer in racers]

    assert sorted(out.strip() for out, _ in ended) == ["False", "False", "True"], ended
    assert not behind(open_database(empty_database_url))


def test_the_steps_form_one_line_in_the_order_of_their_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    line = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]

    assert line == [f"{number:04d}" for number in range(len(line), 0, -1)]
    assert newest() == line[0]


def test_every_room_with_tables_is_found() -> None:
    assert {"catalog_sync.tables", "scorecards.tables"} <= set(import_tables())


def test_a_copy_of_sqlite_holds_what_was_written_last(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as connection:
        connection.execute(sa.text("INSERT INTO scorecard_runs VALUES ('all', '2026-11-24', 7)"))

    copy = backup(sqlite_database, tmp_path / "copies" / "monday.db")

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT entities FROM scorecard_runs").fetchall() == [(7,)]


@pytest.mark.needs_postgres
def test_a_copy_of_postgresql_can_be_restored(
    postgres_database_url: str, new_postgres_url: Callable[[], str], open_database: Open, tmp_path: Path
) -> None:
    database, other = open_database(postgres_database_url), new_postgres_url()
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO scorecard_runs VALUES ('all', '2026-11-24', 7)"))

    copy = backup(database, tmp_path / "monday.dump")
    address = sa.make_url(other).set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["pg_restore", "--dbname", address, copy], check=True)

    with open_database(other).read() as connection:
        assert connection.execute(sa.text("SELECT entities FROM scorecard_runs")).scalar() == 7


def test_a_copy_never_overwrites_another(sqlite_database: Database, tmp_path: Path) -> None:
    target = tmp_path / "monday.db"
    target.write_text("precious")

    with pytest.raises(UserError, match="exists already"):
        backup(sqlite_database, target)

    assert target.read_text() == "precious"
