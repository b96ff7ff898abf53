"""Questions to a catalog of 12,520 entities or more and its docs, what it keeps in memory, and the first answer."""

import gc
import os
import random
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from bench.generate import Generated, misspelt
from bench.measure import apart, each_ms, measured, memory_mb, percentile
from bench.progress import doing
from bench.report import Cell, Table
from bench.sync import sync_files
from bot.catalog import Catalog
from bot.sandbox.words import PROSE
from catalog_sync.ask import Ask
from catalog_sync.tables import entities, sources
from core.access import Asker, Standing
from core.settings import Settings

_MEMBER = Asker(Standing.MEMBER)
_STARTS = 5
_WHO = ("0.5 / 5 ms", "0.34-0.71 / 6 ms over HTTP")
_DOCS = ("p95 10 ms", "p95 19 ms PostgreSQL, 339 ms SQLite")
_COLUMNS = (
    "question",
    "asked",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "mean CPU ms",
    "per second",
    "answered",
    "bar",
    "Backstage",
)


@dataclass(frozen=True, slots=True)
class Load:
    """Questions of one kind, and how to ask one; asking says whether there was an answer."""

    name: str
    questions: Sequence[str]
    ask: Callable[[str], bool]
    bar: str = ""
    backstage: str = ""


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument(
        "--repositories", type=int, default=10_000, help="10,000 give 12,520 entities, 80,000 100,160"
    )
    parser.add_argument("--queries", type=int, default=1_000, help="how many questions of each kind")


def run(options: Namespace) -> list[Table]:
    """Questions to a warm catalog, then cold starts."""
    generated = Generated(options.repositories)
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        doing(f"a catalog of {generated.entities:,} entities with docs")
        generated.write(folder)
        generated.write_docs(folder)
        database = f"sqlite:///{folder / 'callboard.db'}"
        apart(sync_files, folder, database)
        command = f"python -m bench who --repositories {options.repositories} --queries {options.queries}"
        return [
            _kept(generated, folder, database, command),
            _warm(generated, folder, database, options.queries, command),
            _cold(generated, folder, database, command),
        ]


def kept(folder: Path, database: str) -> tuple[float, float, float, float, float]:
    """MB before, seconds until all is in memory, CPU seconds of it, MB after, and ms of the same after a change."""
    catalog = Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database)))
    before = memory_mb(os.getpid()) or 0.0
    with measured() as spent:
        catalog.ask.warm_up()
    gc.collect()
    after = memory_mb(os.getpid()) or 0.0
    with catalog.database.write() as connection:
        first = connection.execute(sa.select(sa.func.min(entities.c.ref))).scalar_one()
        connection.execute(entities.update().where(entities.c.ref == first).values(digest="changed"))
        connection.execute(sources.update().values(generation=sources.c.generation + 1))
    with measured() as again:
        catalog.ask.who_owns(first, _MEMBER)
    return before, spent.wall_s, spent.cpu_s, after, again.wall_s * 1000


def _kept(generated: Generated, folder: Path, database: str, command: str) -> Table:
    doing("what is kept in memory")
    return Table(
        f"The catalog in memory, {generated.entities:,} entities, SQLite",
        command,
        (
            "MB before",
            "wall s",
            "CPU s",
            "MB after",
            "bar",
            "Backstage",
            "first answer after one changed entity, ms",
        ),
        (_with_bars(apart(kept, folder, database)),),
    )


def _with_bars(row: tuple[float, float, float, float, float]) -> tuple[Cell, ...]:
    return *row[:4], "150 MB at 12,520", "550-690 MB", row[4]


def _warm(generated: Generated, folder: Path, database: str, count: int, command: str) -> Table:
    ask = Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database))).ask
    ask.warm_up()
    rows = []
    for load in _loads(generated, ask, count):
        doing(f"{len(load.questions):,} times {load.name}")
        rows.append(_row(load))
    return Table(
        f"Questions in process, one at a time, {generated.entities:,} entities, SQLite",
        command,
        _COLUMNS,
        tuple(rows),
    )


def _row(load: Load) -> tuple[Cell, ...]:
    load.ask(load.questions[0])
    answered = 0

    def ask(question: str) -> None:
        nonlocal answered
        answered += load.ask(question)

    with measured() as spent:
        took = each_ms([partial(ask, question) for question in load.questions])
    figures = (*(percentile(took, percent) for percent in (50, 95, 99)), spent.cpu_s / len(took) * 1000)
    per_second = round(len(took) / sum(took) * 1000)
    share = f"{answered / len(took):.0%}"
    return load.name, len(took), *figures, per_second, share, load.bar, load.backstage


def _loads(generated: Generated, ask: Ask, count: int) -> list[Load]:
    random_ = random.Random(generated.seed)
    few = max(1, count // 5)
    names = random_.choices(generated.components, k=count)
    some = random_.choices(generated.components, k=few)
    terms = [word for word in PROSE if len(word) > 5]
    pairs = [random_.sample(terms, 2) for _ in range(few)]

    def who(question: str) -> bool:
        return ask.who_owns(question, _MEMBER).about != "nothing"

    def docs(question: str) -> bool:
        return bool(ask.docs(question, _MEMBER).passages)

    def find(text: str) -> bool:
        return bool(ask.find(text, _MEMBER))

    def look_for(text: str) -> bool:
        return bool(ask.look_for(text, _MEMBER).total)

    def deps(text: str) -> bool:
        return ask.deps(text, _MEMBER).subject.about != "nothing"

    return [
        Load("who: an exact name", names, who, *_WHO),
        Load("who: a whole sentence", [f"who owns the {name}?" for name in names], who, *_WHO),
        Load("who: a path in a repository", [f"{name}/src/api/pay.py" for name in names], who, *_WHO),
        Load("who: a misspelt name", [misspelt(name, random_) for name in some], who, "0.5 / 5 ms"),
        Load("who: nothing is called so", [f"zz {word} qq" for word in random_.choices(PROSE, k=few)], who),
        Load(
            "what a team owns",
            random_.choices(generated.groups, k=count),
            who,
            "p50 1 ms",
            "p50 5 ms PostgreSQL, 112 ms SQLite",
        ),
        Load("find: two words of a name", [name.rpartition("-")[0] for name in some], find, *_DOCS),
        Load(
            "find: everything that fits two words",
            [name.replace("-", " ") for name in some],
            look_for,
            *_DOCS,
        ),
        Load(
            "find: a word that very many have", ["service", "component", "production"] * few, look_for, *_DOCS
        ),
        Load("deps: a name", names, deps, *_WHO),
        Load("docs: two words", [" ".join(pair) for pair in pairs], docs, *_DOCS),
        Load("docs: a question", [_question(pair, random_.choice(names)) for pair in pairs], docs, *_DOCS),
        Load("docs: two misspelt words", [_misspelt(pair, random_) for pair in pairs], docs),
    ]


def _question(words: Sequence[str], name: str) -> str:
    return f"how do I {' '.join(words)} of the {name}?"


def _misspelt(words: Sequence[str], random_: random.Random) -> str:
    return " ".join(misspelt(word, random_) for word in words)


def first_answer(folder: Path, database: str, question: str) -> tuple[float, float, float]:
    """Milliseconds until the first answer of a fresh process, the second one, and the peak memory in MB."""
    catalog = Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database)))
    with measured() as first:
        catalog.ask.who_owns(question, _MEMBER)
    with measured() as second:
        catalog.ask.who_owns(question, _MEMBER)
    return first.wall_s * 1000, second.wall_s * 1000, second.peak_mb


def _cold(generated: Generated, folder: Path, database: str, command: str) -> Table:
    doing("cold starts")
    environment = {**os.environ, "CALLBOARD_DATABASE_URL": database}
    rows: list[tuple[Cell, ...]] = []
    for kind, question in (("a name", generated.components[0]), ("a team", generated.groups[0])):
        first, second, peak = apart(first_answer, folder, database, question)
        called = [sys.executable, "-m", "bot", "who", question]
        run_once = partial(subprocess.run, called, env=environment, check=True, capture_output=True)
        starts = [took / 1000 for took in each_ms([run_once] * _STARTS)]
        rows.append((kind, first, second, peak, min(starts), percentile(starts, 50), "2 s", "1.9-5 s"))
    return Table(
        f"The first answer, {generated.entities:,} entities, SQLite",
        command,
        (
            "asked for",
            "first ms",
            "second ms",
            "peak RSS MB",
            "callboard who, best s",
            "median s",
            "bar",
            "Backstage",
        ),
        tuple(rows),
    )
