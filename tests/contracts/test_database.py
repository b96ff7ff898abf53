"""The database on both dialects: rows that exist are updated, times keep their zone, JSON keeps its shape."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.database import Database, Instant, Json, connect
from core.errors import DatabaseUnavailable, SettingsError

Open = Callable[[str], Database]
NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)

_metadata = sa.MetaData()
THINGS = sa.Table(
    "things",
    _metadata,
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("size", sa.Integer),
    sa.Column("at", Instant),
    sa.Column("about", Json),
)


@pytest.fixture
def database(empty_database_url: str, open_database: Open) -> Database:
    opened = open_database(empty_database_url)
    _metadata.create_all(opened.engine)
    return opened


def thing(
    name: str, size: int | None = None, at: datetime | None = None, about: Any = None
) -> dict[str, Any]:
    return {"host": "h", "name": name, "size": size, "at": at, "about": about}


def put(database: Database, *things: dict[str, Any], **options: Any) -> None:
    with database.write() as connection:
        database.upsert(connection, THINGS, things, **options)


def sizes(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {row.name: row.size for row in connection.execute(sa.select(THINGS))}


def one(database: Database) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(THINGS)).one()


def test_rows_that_exist_are_updated_and_others_inserted(database: Database) -> None:
    put(database, thing("a", 1), thing("b", 2))

    put(database, thing("b", 20), thing("c", 30))

    assert sizes(database) == {"a": 1, "b": 20, "c": 30}


def test_only_the_named_columns_are_overwritten(database: Database) -> None:
    put(database, thing("a", 1, about="old"))

    put(database, thing("a", 2, about="new"), update=["about"])

    assert (one(database).size, one(database).about) == (1, "new")


def test_with_nothing_to_overwrite_the_row_that_is_there_stays(database: Database) -> None:
    put(database, thing("a", 1))

    put(database, thing("a", 2), thing("b", 3), update=[])

    assert sizes(database) == {"a": 1, "b": 3}


def test_no_rows_are_no_mistake(database: Database) -> None:
    put(database)

    assert sizes(database) == {}


def test_of_two_rows_with_one_key_the_last_stays(database: Database) -> None:
    put(database, thing("a", 1), thing("a", 2))

    assert sizes(database) == {"a": 2}


def test_thousands_of_rows_are_written_at_once(database: Database) -> None:
    put(database, *(thing(f"n{number}", number) for number in range(3000)))
    put(database, *(thing(f"n{number}", number + 1) for number in range(3000)))

    assert sum(sizes(database).values()) == sum(range(1, 3001))


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as connection:
            database.upsert(connection, THINGS, [thing("a", 1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert sizes(database) == {}


def test_nothing_that_is_done_while_reading_is_kept(database: Database) -> None:
    with database.read() as connection:
        connection.execute(sa.insert(THINGS).values(thing("a", 1)))

    assert sizes(database) == {}


@pytest.mark.parametrize("hours", [0, 5.5, -8])
def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database, hours: float) -> None:
    put(database, thing("a", at=NOON.astimezone(timezone(timedelta(hours=hours)))))

    at = one(database).at
    assert (at, at.utcoffset()) == (NOON, timedelta(0))


def test_times_are_compared_as_moments(database: Database) -> None:
    put(database, thing("early", at=NOON), thing("late", at=NOON + timedelta(minutes=30)))
    limit = (NOON + timedelta(minutes=10)).astimezone(timezone(timedelta(hours=9)))

    with database.read() as connection:
        names = connection.execute(sa.select(THINGS.c.name).where(THINGS.c.at < limit)).scalars().all()

    assert names == ["early"]


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises((ValueError, sa.exc.StatementError), match="a stored time needs its time zone"):
        put(database, thing("a", at=NOON.replace(tzinfo=None)))


def test_no_time_stays_none(database: Database) -> None:
    put(database, thing("a"))

    assert one(database).at is None


@pytest.mark.parametrize(
    "value", [{"b": [1, 2.5, None, True], "a": {"ä": "✓"}}, [], {}, "text", 0, False, [{"x": []}]]
)
def test_json_comes_back_as_it_went_in(database: Database, value: Any) -> None:
    put(database, thing("a", about=value))

    assert one(database).about == value


def test_a_database_that_answers_is_reachable(database: Database) -> None:
    assert database.is_reachable()


def test_sqlite_writes_ahead_and_waits_for_a_lock(sqlite_url: str, open_database: Open) -> None:
    database = open_database(sqlite_url)

    with database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }

    assert found == {"journal_mode": "wal", "busy_timeout": 30000, "foreign_keys": 1, "synchronous": 1}


def test_sqlite_is_read_while_somebody_writes(sqlite_url: str, open_database: Open) -> None:
    database = open_database(sqlite_url)
    _metadata.create_all(database.engine)
    put(database, thing("a", 1))

    with database.write() as connection:
        database.upsert(connection, THINGS, [thing("a", 2)])
        seen = sizes(database)

    assert (seen, sizes(database)) == ({"a": 1}, {"a": 2})


def test_sqlite_makes_the_folder_of_its_file(tmp_path: Path, open_database: Open) -> None:
    assert open_database(f"sqlite:///{tmp_path}/a/b/callboard.db").is_reachable()


@pytest.fixture
def nowhere() -> Iterator[Database]:
    """A PostgreSQL server that does not answer: port 1 of this machine."""
    database = connect("postgresql://ana:s3cret@127.0.0.1:1/x")
    yield database
    database.close()


def test_a_database_that_is_away_is_unavailable_and_not_a_bug(nowhere: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as caught, nowhere.write():
        pass

    assert str(caught.value).startswith("the database does not answer: ")
    assert "s3cret" not in str(caught.value)
    assert not nowhere.is_reachable()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "database_url: expected sqlite:///file or postgresql://user@host/name"),
        ("mysql://ana:s3cret@db/x", "database_url: expected sqlite or postgresql, found mysql"),
        ("sqlite:////proc/nowhere/x.db", "database_url: the folder /proc/nowhere cannot be made"),
    ],
)
def test_an_address_that_cannot_be_used_names_the_setting(url: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        connect(url)

    assert str(caught.value).startswith(words)
    assert "s3cret" not in str(caught.value)
