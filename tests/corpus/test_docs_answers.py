"""On real public docs, the section that answers a question is among the first three; where none does, there is no answer.

The docs are read where they lie and are no part of this repository: CALLBOARD_CORPUS_DIR names their folder. Half of
the questions were looked at while the ranking was made, the other half only measures it. The same questions are asked
of the database's own full text, as the figure to beat.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from catalog_sync.ask import Ask
from catalog_sync.docs.read import DocsReader, pages_in_folder
from catalog_sync.docs.store import DocsStore
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from catalog_sync.tables import sections
from core.access import OPERATOR
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings
from tests.conftest import NOW
from tests.tools import public_files

HERE = Path(__file__).parent
DEPTH = 10
Place = tuple[str, str, str]
"""Repository, path, and the last of the headings as letters and digits alone; a page's beginning has none."""


@dataclass(frozen=True)
class Asked:
    """One question and where the answer is."""

    kind: str
    question: str
    places: frozenset[Place]

    @property
    def is_held_out(self) -> bool:
        return zlib.crc32(self.question.encode()) % 2 == 1


@dataclass(frozen=True)
class Score:
    """How good the answers to some questions are."""

    count: int
    first: float
    three: float
    reciprocal: float

    def __str__(self) -> str:
        return f"{self.count:4} hit@1 {self.first:.2f}  hit@3 {self.three:.2f}  MRR {self.reciprocal:.2f}"


def plain(heading: str) -> str:
    return re.sub(r"\W+", "", heading.rpartition(" › ")[2].lower())


def questions() -> Iterator[Asked]:
    for line in (HERE / "docs_questions.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, question, repository, places = line.split("\t")
        pairs = (place.split("#", 1) for place in places.split(" ; "))
        yield Asked(kind, question, frozenset((repository, path, plain(heading)) for path, heading in pairs))


def unanswered() -> list[str]:
    lines = (HERE / "docs_unanswered.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


class Docs:
    """The docs of all repositories of the corpus, as they are read and searched."""

    def __init__(self, root: Path, corpus: Path, database: Database) -> None:
        for folder in corpus.iterdir():
            # owner__name: the owner is no part of a folder's name here.
            (root / folder.name.partition("__")[2]).symlink_to(folder)
        store, clock = CatalogStore(database), FixedClock(NOW)
        provider = FolderProvider(root, "acme")
        Sync(store, clock).run(provider)
        reader = DocsReader(DocsStore(database))
        reader.read_changed(provider.source, lambda row: pages_in_folder(provider.folder / row["name"]))
        self.ask = Ask(store, clock, TeamSettings())
        with database.read() as connection:
            self.rows = connection.execute(sa.select(sections).order_by(sections.c.id)).all()

    def ours(self, question: str) -> list[set[Place]]:
        return [
            places_of(item.repository.name, item.path, item.heading, item.page)
            for item in self.ask.docs(question, OPERATOR, limit=DEPTH).passages
            if item.repository
        ]


def places_of(repository: str, path: str, heading: str, page: str) -> set[Place]:
    """What a section may be called: its heading; of a page's beginning nothing, too."""
    found = {(repository, path, plain(heading))}
    return found | ({(repository, path, "")} if plain(heading) == plain(page) else set())


class FullTextAlone:
    """What the database's own full text finds: any of the words, the best by BM25 first."""

    def __init__(self, database: Database, rows: Sequence[sa.Row[object]]) -> None:
        self._database = database
        self._rows = {row.id: row for row in rows}
        statement = "CREATE VIRTUAL TABLE plain_fts USING fts5(a, b, c, d, tokenize='porter unicode61')"
        with database.write() as connection:
            connection.execute(sa.text(statement))
            connection.execute(
                sa.text("INSERT INTO plain_fts(rowid, a, b, c, d) VALUES (:id, :a, :b, :c, :d)"),
                [
                    {"id": row.id, "a": row.entity_title, "b": row.page, "c": row.heading, "d": row.text}
                    for row in rows
                ],
            )

    def find(self, question: str) -> list[set[Place]]:
        wanted = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question.lower()))
        statement = sa.text(
            "SELECT rowid FROM plain_fts WHERE plain_fts MATCH :wanted ORDER BY bm25(plain_fts) LIMIT :depth"
        )
        with self._database.read() as connection:
            ids = connection.execute(statement, {"wanted": wanted, "depth": DEPTH}).scalars().all()
        rows = [self._rows[found] for found in ids]
        return [places_of(row.repository.rpartition("/")[2], row.path, row.heading, row.page) for row in rows]


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The folder with the docs; they are other people's, so not everybody has them."""
    return public_files("docs")


@pytest.fixture
def docs(corpus: Path, tmp_path: Path, database: Database) -> Docs:
    root = tmp_path / "repositories"
    root.mkdir()
    return Docs(root, corpus, database)


def measured(asked: Sequence[Asked], find: Callable[[str], list[set[Place]]]) -> dict[str, Score]:
    """The scores by kind, of each half and of all."""
    ranks: dict[str, list[int]] = {}
    for item in asked:
        found = find(item.question)
        rank = next((number for number, places in enumerate(found, 1) if places & item.places), 0)
        for name in (item.kind, "held out" if item.is_held_out else "looked at", "all"):
            ranks.setdefault(name, []).append(rank)
    return {name: score_of(values) for name, values in ranks.items()}


def score_of(ranks: Sequence[int]) -> Score:
    count = len(ranks)
    return Score(
        count,
        sum(rank == 1 for rank in ranks) / count,
        sum(0 < rank <= 3 for rank in ranks) / count,
        sum(1 / rank for rank in ranks if rank) / count,
    )


def test_every_answer_that_is_expected_is_there_to_be_found(docs: Docs) -> None:
    there = {
        place
        for row in docs.rows
        for place in places_of(row.repository.rpartition("/")[2], row.path, row.heading, row.page)
    }

    assert [item.question for item in questions() if not item.places & there] == []


def test_the_right_section_is_among_the_first_and_far_more_often_than_by_full_text_alone(
    docs: Docs, sqlite_database: Database
) -> None:
    asked = list(questions())
    ours = measured(asked, docs.ours)
    theirs = measured(asked, FullTextAlone(sqlite_database, docs.rows).find)

    for name in sorted(ours):
        print(f"{name:10} ours {ours[name]}   full text alone {theirs[name]}")
    assert len(asked) >= 120
    assert ours["held out"].three >= 0.88
    assert ours["all"].three >= 0.88
    assert ours["all"].first >= theirs["all"].first + 0.07
    assert ours["all"].reciprocal >= theirs["all"].reciprocal + 0.05
    assert ours["typo"].three >= theirs["typo"].three + 0.1


def test_a_question_that_no_page_answers_has_no_answer(docs: Docs) -> None:
    asked = unanswered()
    answered = {question: docs.ours(question)[:1] for question in asked if docs.ours(question)}

    print(f"{len(answered)} of {len(asked)} questions without an answer are answered: {answered}")
    assert len(asked) >= 20
    assert len(answered) <= 1
