"""Fixtures that all tests share: a clock that stands still, and every database that Callboard runs on."""

import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_sync.docs.fulltext import create_fulltext
from core.clock import FixedClock
from core.database import Database, connect, metadata
from core.migrations.compare import import_tables
from tests import postgres
from tests.tools import is_missing

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_DIALECTS = ["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)]
_TEMPLATE = "with_tables"


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Tuesday, 24 November 2026, 9:00 UTC."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server for this test process, started when the first test asks for it."""
    programs = postgres.find_programs()
    if programs is None:
        is_missing("PostgreSQL's programs are", "apt-get install postgresql")
    server = postgres.Server(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> Callable[[], str]:
    """Gives the address of another SQLite database that does not exist yet, at every call."""
    numbers = itertools.count(1)
    return lambda: f"sqlite:///{tmp_path / f'empty{next(numbers)}' / 'callboard.db'}"


@pytest.fixture
def new_postgres_url(postgres_server: postgres.Server) -> Iterator[Callable[[], str]]:
    """Gives the address of another empty PostgreSQL database at every call."""
    names: list[str] = []

    def make() -> str:
        names.append(postgres_server.new_name())
        return postgres_server.create(names[-1])

    yield make
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(params=_DIALECTS)
def new_database_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Gives the address of another database without tables at every call, on SQLite and on PostgreSQL."""
    make: Callable[[], str] = request.getfixturevalue(f"new_{request.param}_url")
    return make


@pytest.fixture
def sqlite_url(new_sqlite_url: Callable[[], str]) -> str:
    """The address of an SQLite database that does not exist yet."""
    return new_sqlite_url()


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The address of an empty PostgreSQL database."""
    return new_postgres_url()


@pytest.fixture
def empty_database_url(new_database_url: Callable[[], str]) -> str:
    """The address of a database without tables, once on SQLite and once on PostgreSQL."""
    return new_database_url()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "callboard.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: postgres.Server) -> str:
    _create_tables(postgres_server.create(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture
def sqlite_database_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of an SQLite database with all tables."""
    path = tmp_path / "callboard.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_database_url(postgres_server: postgres.Server, _postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database with all tables."""
    name = postgres_server.new_name()
    yield postgres_server.create(name, _postgres_template)
    postgres_server.drop(name)


@pytest.fixture(params=_DIALECTS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture
def open_database() -> Iterator[Callable[[str], Database]]:
    """Opens a database by its address, and closes it after the test."""
    opened: list[Database] = []

    def open_one(url: str) -> Database:
        opened.append(connect(url))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(database_url: str, open_database: Callable[[str], Database]) -> Database:
    """A database with all tables, once on SQLite and once on PostgreSQL."""
    return open_database(database_url)


@pytest.fixture
def sqlite_database(sqlite_database_url: str, open_database: Callable[[str], Database]) -> Database:
    """An SQLite database with all tables, for tests where the dialect makes no difference."""
    return open_database(sqlite_database_url)


def _create_tables(url: str) -> None:
    import_tables()
    database = connect(url)
    metadata.create_all(database.engine)
    with database.write() as connection:
        create_fulltext(connection)
    database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One block that says what could not run here, and how to get what it needs."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            reasons[str(report.longrepr[2]).removeprefix("Skipped: ")] += 1
    if not reasons:
        return
    terminalreporter.section("not run on this machine")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")
