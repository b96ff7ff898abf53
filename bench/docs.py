"""Questions to the docs of an organisation: 50,000 sections, common and rare words, slips, names, guests."""

import random
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from bench.generate import Generated, misspelt, prose
from bench.measure import apart, each_ms, measured, percentile
from bench.progress import doing
from bench.report import Cell, Table
from bench.sync import sync_files
from bot.catalog import Catalog
from bot.sandbox.words import PROSE
from catalog_sync.docs.store import DocsStore, SectionRow
from catalog_sync.tables import repositories
from core.access import Asker, Standing
from core.settings import Settings

_MEMBER, _GUEST = Asker(Standing.MEMBER), Asker(Standing.GUEST)
_COLUMNS = ("question", "asked", "p50 ms", "p95 ms", "p99 ms", "mean CPU ms", "answered", "bar", "Backstage")
_BAR, _BACKSTAGE = "p95 10 ms, p99 50 ms", "p95 19 ms PostgreSQL, 339 ms SQLite"
_SECTIONS = 25
"""So many a repository has."""
_RARE = 40_000
"""Words beside those that every page has: names, options, what people call things."""
_SYLLABLES = "ba de fi go ku la me ni po ra su ta ve wi xo yu zan ber dor lim".split()
_PUBLIC = 10
"""Every so many repositories one is public."""


@dataclass(frozen=True, slots=True)
class Load:
    """Questions of one kind, and who asks them."""

    name: str
    questions: Sequence[str]
    asker: Asker = _MEMBER


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--sections", type=int, default=50_000, help="how many sections of docs")
    parser.add_argument("--queries", type=int, default=300, help="how many questions of each kind")
    parser.add_argument("--database", default="", help="SQLAlchemy address of an empty database")


def run(options: Namespace) -> list[Table]:
    """Fill the index, then ask."""
    generated = Generated(max(10, options.sections // _SECTIONS))
    command = f"python -m bench docs --sections {options.sections} --queries {options.queries}"
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        database = options.database or f"sqlite:///{folder / 'callboard.db'}"
        doing(f"{options.sections:,} sections of docs")
        generated.write(folder)
        apart(sync_files, folder, database)
        filled = apart(fill, folder, database, generated.seed)
        where = "PostgreSQL" if options.database.startswith("postgresql") else "SQLite"
        return [
            Table(
                f"Filling the index, {options.sections:,} sections, {where}",
                command,
                ("sections", "wall s", "CPU s", "counting words anew, s"),
                (filled,),
            ),
            _asked(generated, folder, database, options.queries, command, where),
        ]


def fill(folder: Path, database: str, seed: int) -> tuple[Cell, ...]:
    """Put sections into the index: how many, wall and CPU seconds, and the seconds of counting all words."""
    catalog = Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database)))
    store, made = DocsStore(catalog.database), 0
    statement = sa.select(repositories.c.key, repositories.c.name).order_by(repositories.c.key)
    with catalog.database.write() as connection:
        rows = connection.execute(statement).all()
        public = [row.key for row in rows[::_PUBLIC]]
        connection.execute(
            repositories.update().where(repositories.c.key.in_(public)).values(visibility="public")
        )
    words = _Words(random.Random(seed))
    with measured() as spent:
        for number, row in enumerate(rows):
            sections = list(
                words.sections(row.key, row.name, "public" if number % _PUBLIC == 0 else "internal")
            )
            store.replace(row.key, "", sections)
            made += len(sections)
    with measured() as counting:
        store.recount()
    return made, spent.wall_s, spent.cpu_s, counting.wall_s


class _Words:
    """Texts of words that are on every page and words that are on few."""

    def __init__(self, random_: random.Random) -> None:
        self._random = random_
        made = random.Random(7)
        self.rare = ["".join(made.choices(_SYLLABLES, k=made.randint(3, 5))) for _number in range(_RARE)]
        self._weights = tuple(accumulate(1 / (rank + 20) for rank in range(_RARE)))

    def some(self, count: int) -> list[str]:
        """Rare words, the first of them more often than the last."""
        return self._random.choices(self.rare, cum_weights=self._weights, k=count)

    def sections(self, key: str, name: str, visibility: str) -> Iterator[SectionRow]:
        """The docs of one repository."""
        for number in range(_SECTIONS):
            page = number // 5
            heading = f"{prose(self._random, 2)} {self.some(1)[0]}".capitalize()
            option = "_".join(self.some(2)).upper()
            text = (
                f"{prose(self._random, 70)} {' '.join(self.some(25))}. Set `{option}` to {self.some(1)[0]}."
            )
            yield SectionRow(
                repository=key,
                entity=f"component:default/{name}",
                entity_title=name,
                path=f"docs/page-{page}.md",
                page=f"{prose(random.Random(page), 2)}".capitalize(),
                heading=heading,
                anchor=heading.lower().replace(" ", "-"),
                url="https://github.example/acme",
                text=text,
                edited_at=None,
                visibility=visibility,
            )


def _loads(generated: Generated, count: int) -> list[Load]:
    random_ = random.Random(generated.seed + 3)
    words = _Words(random.Random(generated.seed))
    common = PROSE[:40]
    names = random_.choices(generated.components, k=count)

    def each(make: Callable[[], str]) -> list[str]:
        return [make() for _number in range(count)]

    def slip() -> str:
        return misspelt(random_.choice(words.rare[:2_000]), random_)

    return [
        Load("one word that is everywhere", each(lambda: random_.choice(common))),
        Load("two words that are everywhere", each(lambda: " ".join(random_.sample(common, 2)))),
        Load("five words that are everywhere", each(lambda: " ".join(random_.sample(common, 5)))),
        Load(
            "a rare word and two that are everywhere",
            each(lambda: " ".join([*words.some(1), *random_.sample(common, 2)])),
        ),
        Load("two rare words", each(lambda: " ".join(words.some(2)))),
        Load("an option", each(lambda: "_".join(words.some(2)).upper())),
        Load(
            "a question that names a component",
            [f"how do I {prose(random_, 2)} the {name}?" for name in names],
        ),
        Load(
            "a misspelt word and one that is everywhere", each(lambda: f"{slip()} {random_.choice(common)}")
        ),
        Load(
            "nothing is called so",
            each(lambda: f"zzq{random_.randint(100, 999)}x qqy{random_.randint(100, 999)}z"),
        ),
        Load("a guest, one in ten repositories", each(lambda: " ".join(random_.sample(common, 2))), _GUEST),
    ]


def _asked(generated: Generated, folder: Path, database: str, count: int, command: str, where: str) -> Table:
    catalog = Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database)))
    catalog.ask.warm_up()
    rows: list[tuple[Cell, ...]] = []
    every: list[float] = []
    for load in _loads(generated, count):
        doing(f"{len(load.questions):,} times {load.name}")
        took, row = _row(catalog, load)
        every += took
        rows.append(row)
    figures = (percentile(every, percent) for percent in (50, 95, 99))
    rows.append(("all of them", len(every), *figures, None, "", _BAR, ""))
    return Table(f"Questions to the docs, one at a time, {where}", command, _COLUMNS, tuple(rows))


def _row(catalog: Catalog, load: Load) -> tuple[list[float], tuple[Cell, ...]]:
    answered = 0

    def ask(question: str) -> None:
        nonlocal answered
        answered += bool(catalog.ask.docs(question, load.asker).passages)

    ask(load.questions[0])
    answered = 0
    with measured() as spent:
        took = each_ms([partial(ask, question) for question in load.questions])
    figures = tuple(percentile(took, percent) for percent in (50, 95, 99))
    share = f"{answered / len(took):.0%}"
    return took, (load.name, len(took), *figures, spent.cpu_s / len(took) * 1000, share, _BAR, _BACKSTAGE)
