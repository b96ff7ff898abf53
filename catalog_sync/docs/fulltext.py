"""Full text over the sections: FTS5 on SQLite, tsvector on PostgreSQL; nothing else knows the difference."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from rapidfuzz import fuzz, process

from catalog_sync.tables import sections
from core.access import Visibility
from core.database import Database

_CANDIDATES = 400
"""Ranking a word that is on every page would take long; more candidates do not make a better answer."""
_NEAR = 80

_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS docs_fts USING fts5(entity_title, page, heading, text,"
    " content='docs_sections', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS docs_plain USING fts5(entity_title, page, heading, text,"
    " content='docs_sections', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS docs_words USING fts5vocab('docs_plain', 'row')",
)
_COLUMNS = "entity_title, page, heading, text"
_NEW = "new.id, new.entity_title, new.page, new.heading, new.text"
_OLD = "old.id, old.entity_title, old.page, old.heading, old.text"
_TRIGGERS = tuple(
    statement
    for table in ("docs_fts", "docs_plain")
    for statement in (
        f"CREATE TRIGGER IF NOT EXISTS {table}_insert AFTER INSERT ON docs_sections BEGIN"  # noqa: S608 - our own names
        f" INSERT INTO {table}(rowid, {_COLUMNS}) VALUES ({_NEW}); END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_delete AFTER DELETE ON docs_sections BEGIN"  # noqa: S608
        f" INSERT INTO {table}({table}, rowid, {_COLUMNS}) VALUES ('delete', {_OLD}); END",
    )
)
_VECTOR = (
    "setweight(to_tsvector('english', entity_title), 'C') || setweight(to_tsvector('english', page), 'B') ||"
    " setweight(to_tsvector('english', heading), 'A') || setweight(to_tsvector('english', text), 'D')"
)
_POSTGRES = (
    f"ALTER TABLE docs_sections ADD COLUMN IF NOT EXISTS vector tsvector GENERATED ALWAYS AS ({_VECTOR}) STORED",
    "CREATE INDEX IF NOT EXISTS ix_docs_sections_vector ON docs_sections USING gin (vector)",
)


def create_fulltext(connection: sa.Connection) -> None:
    """Make what the full text needs beside the table; doing it again does nothing."""
    statements = (*_SQLITE, *_TRIGGERS) if connection.dialect.name == "sqlite" else _POSTGRES
    for statement in statements:
        connection.execute(sa.text(statement))


@sa.event.listens_for(sections, "after_create")
def _after_create(_table: sa.Table, connection: sa.Connection, **_options: Any) -> None:
    create_fulltext(connection)


class FullText(Protocol):
    """Finds sections by words."""

    def search(
        self,
        connection: sa.Connection,
        words: Sequence[str],
        every: bool,
        visibilities: Collection[Visibility],
        entity: str | None,
        limit: int,
    ) -> list[tuple[Any, float]]:
        """Rows of sections with a rank between 0 and 1 (only good for ordering), best first."""
        ...

    def nearest(self, connection: sa.Connection, word: str) -> str | None:
        """The word itself where some page has it, else the nearest that some page has, else None."""
        ...


def fulltext_for(database: Database) -> FullText:
    """The full text of a database's dialect."""
    return _SqliteText() if database.is_sqlite else _PostgresText()


def _nearest(word: str, vocabulary: Sequence[str]) -> str | None:
    if word in vocabulary or len(word) < 4 or word.isdigit():
        return word
    found = process.extractOne(word, vocabulary, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return found[0] if found else None


def _common(visibilities: Collection[Visibility], entity: str | None) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        sections.c.visibility.in_([str(item) for item in visibilities])
    ]
    if entity:
        conditions.append(sections.c.entity == entity.lower())
    return conditions


class _SqliteText:
    def search(
        self,
        connection: sa.Connection,
        words: Sequence[str],
        every: bool,
        visibilities: Collection[Visibility],
        entity: str | None,
        limit: int,
    ) -> list[tuple[Any, float]]:
        # Each word in quotes is a string to FTS5, never syntax.
        query = (" AND " if every else " OR ").join(f'"{word}"' for word in words)
        matching = (
            sa.text(
                "SELECT rowid AS id, bm25(docs_fts, 2.0, 3.0, 5.0, 1.0) AS rank FROM docs_fts"
                " WHERE docs_fts MATCH :query LIMIT :candidates"
            )
            .bindparams(query=query, candidates=_CANDIDATES if not every else _CANDIDATES * 5)
            .columns(sa.column("id", sa.Integer), sa.column("rank", sa.Float))
            .subquery("matching")
        )
        statement = (
            sa.select(sections, matching.c.rank)
            .join(matching, matching.c.id == sections.c.id)
            .where(*_common(visibilities, entity))
            .order_by(matching.c.rank)
            .limit(limit)
        )
        rows = connection.execute(statement).all()
        return [(row, 0.2 * (-row.rank) / (1 - row.rank)) for row in rows]

    def nearest(self, connection: sa.Connection, word: str) -> str | None:
        exact = connection.execute(
            sa.text("SELECT 1 FROM docs_fts WHERE docs_fts MATCH :query LIMIT 1").bindparams(
                query=f'"{word}"'
            )
        ).first()
        if exact or len(word) < 4:
            return word
        # A misspelling keeps its first letter nearly always; that keeps the list short.
        rows = connection.execute(
            sa.text("SELECT term FROM docs_words WHERE term >= :low AND term < :high LIMIT 20000").bindparams(
                low=word[0], high=chr(ord(word[0]) + 1)
            )
        )
        return _nearest(word, [row.term for row in rows])


class _PostgresText:
    def search(
        self,
        connection: sa.Connection,
        words: Sequence[str],
        every: bool,
        visibilities: Collection[Visibility],
        entity: str | None,
        limit: int,
    ) -> list[tuple[Any, float]]:
        # Words hold letters and digits only, so they cannot be syntax of tsquery.
        terms = (" & " if every else " | ").join(words)
        query = sa.func.to_tsquery(sa.literal_column("'english'::regconfig"), terms)
        vector: sa.ColumnElement[Any] = sa.literal_column("docs_sections.vector")
        candidates = (
            sa.select(sections.c.id)
            .where(vector.op("@@")(query), *_common(visibilities, entity))
            .limit(_CANDIDATES if not every else _CANDIDATES * 5)
            .subquery("candidates")
        )
        rank = sa.func.ts_rank_cd(
            sa.literal_column("'{0.1, 0.3, 0.5, 1.0}'::real[]"), vector, query, 32
        ).label("rank")
        statement = (
            sa.select(sections, rank)
            .join(candidates, candidates.c.id == sections.c.id)
            .order_by(sa.desc("rank"))
            .limit(limit)
        )
        return [(row, 0.2 * float(row.rank)) for row in connection.execute(statement)]

    def nearest(self, connection: sa.Connection, word: str) -> str | None:
        statement = sa.text(
            "SELECT 1 FROM docs_sections WHERE vector @@ to_tsquery('english', :word) LIMIT 1"
        ).bindparams(word=word)
        if connection.execute(statement).first() or len(word) < 4:
            return word
        rows = connection.execute(
            sa.text(
                "SELECT DISTINCT lower(found[1]) AS term FROM docs_sections,"
                " regexp_matches(page || ' ' || heading || ' ' || text, :pattern, 'gi') AS found LIMIT 20000"
            ).bindparams(pattern=f"\\m({word[0]}\\w{{2,}})")
        )
        return _nearest(word, [row.term for row in rows])
