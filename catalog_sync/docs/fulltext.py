"""Full text over the terms of sections: FTS5 on SQLite, tsvector on PostgreSQL; nothing else knows the difference.

The database only says which sections have some terms. The terms are made in ``indexed.py`` and what is found is put
in order in ``ranking.py``, so that both databases give the same answer.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from catalog_sync.docs.expression import Expression, Wish, every, some, written
from catalog_sync.tables import sections
from core.access import Visibility
from core.database import Database

_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS docs_fts USING fts5(terms, content='', detail=none, columnsize=0,"
    " tokenize=\"ascii tokenchars '_'\")",
    "CREATE VIRTUAL TABLE IF NOT EXISTS docs_words USING fts5vocab('docs_fts', 'row')",
    "CREATE TRIGGER IF NOT EXISTS docs_fts_insert AFTER INSERT ON docs_sections BEGIN"
    " INSERT INTO docs_fts(rowid, terms) VALUES (new.id, new.terms || ' v_' || new.visibility); END",
    "CREATE TRIGGER IF NOT EXISTS docs_fts_delete AFTER DELETE ON docs_sections BEGIN"
    " INSERT INTO docs_fts(docs_fts, rowid, terms)"
    " VALUES ('delete', old.id, old.terms || ' v_' || old.visibility); END",
    "CREATE TRIGGER IF NOT EXISTS docs_fts_update AFTER UPDATE OF visibility ON docs_sections BEGIN"
    " INSERT INTO docs_fts(docs_fts, rowid, terms)"
    " VALUES ('delete', old.id, old.terms || ' v_' || old.visibility);"
    " INSERT INTO docs_fts(rowid, terms) VALUES (new.id, new.terms || ' v_' || new.visibility); END",
)
"""Who may see a section is a term of it, so that a guest's question is as quick as a member's."""
_VECTOR = (
    "array_to_tsvector(array_remove("
    "string_to_array(replace(terms, chr(10), ' ') || ' v_' || visibility, ' '), ''))"
)
_POSTGRES = (
    f"ALTER TABLE docs_sections ADD COLUMN IF NOT EXISTS vector tsvector GENERATED ALWAYS AS ({_VECTOR}) STORED",
    # Both are read for every candidate; away from their row they would have to be fetched one by one.
    "ALTER TABLE docs_sections ALTER COLUMN vector SET STORAGE MAIN, ALTER COLUMN terms SET STORAGE MAIN",
    # Without fastupdate what was written last is in the index too, and not in a list that every question reads.
    "CREATE INDEX IF NOT EXISTS ix_docs_sections_vector ON docs_sections USING gin (vector) WITH (fastupdate = off)",
)
_ENTRIES_A_ROW = 48
"""So many entries of PostgreSQL's index are read in the time in which one row is looked at."""
_LOOK_UP = sa.text("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
"""The planner takes the looking at a vector for cheap, and would read the whole table for what few sections have."""
_ALL = frozenset(Visibility)


def create_fulltext(connection: sa.Connection) -> None:
    """Make what the full text needs beside the table; doing it again does nothing."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.execute(sa.text(statement))


@sa.event.listens_for(sections, "after_create")
def _after_create(_table: sa.Table, connection: sa.Connection, **_options: Any) -> None:
    create_fulltext(connection)


class FullText(Protocol):
    """Knows which sections have some terms."""

    def prepare(self, connection: sa.Connection) -> None:
        """Make a connection ready, before its first question."""
        ...

    def matching(self, connection: sa.Connection, wish: Wish, seen: Collection[Visibility]) -> Sequence[int]:
        """The ids of sections that have what is wanted and that the asker may see; which, where there are more, is open."""
        ...

    def lines(self, connection: sa.Connection, ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
        """Of each section of some ids its ``id``, ``terms`` and ``edited_at``."""
        ...

    def counts(self) -> sa.SelectBase:
        """Every term with the number of sections that have it; looks at all of them."""
        ...


def fulltext_for(database: Database) -> FullText:
    """The full text of a database's dialect."""
    return _SqliteText() if database.is_sqlite else _PostgresText()


def _asked(wish: Wish, seen: Collection[Visibility]) -> Expression:
    if set(seen) >= _ALL:
        return wish.expression
    return every((some(f"v_{item}" for item in sorted(seen)), wish.expression))


def _lines(condition: str) -> sa.TextualSelect:
    """One statement however many ids there are, because making one for each number of them takes longer than it does."""
    statement = sa.text(f"SELECT id, terms, edited_at FROM docs_sections WHERE id {condition}")  # noqa: S608 - our own words
    return statement.columns(sections.c.id, sections.c.terms, sections.c.edited_at)


class _SqliteText:
    _LINES = _lines("IN (SELECT value FROM json_each(:ids))")

    def prepare(self, connection: sa.Connection) -> None:
        """Nothing has to be done."""

    def matching(self, connection: sa.Connection, wish: Wish, seen: Collection[Visibility]) -> Sequence[int]:
        statement = sa.text("SELECT rowid FROM docs_fts WHERE docs_fts MATCH :wanted LIMIT :limit")
        asked = written(_asked(wish, seen), '"', "AND", "OR")
        return connection.execute(statement, {"wanted": asked, "limit": wish.limit}).scalars().all()

    def lines(self, connection: sa.Connection, ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
        return connection.execute(self._LINES, {"ids": json.dumps(list(ids))}).all()

    def counts(self) -> sa.SelectBase:
        return sa.select(sa.column("term"), sa.column("doc")).select_from(sa.text("docs_words"))


class _PostgresText:
    _LINES = _lines("= ANY(CAST(:ids AS integer[]))")

    def prepare(self, connection: sa.Connection) -> None:
        connection.execute(_LOOK_UP)

    def matching(self, connection: sa.Connection, wish: Wish, seen: Collection[Visibility]) -> Sequence[int]:
        sees_all = set(seen) >= _ALL
        is_met_soon = sees_all and 0 < wish.limit * _ENTRIES_A_ROW < wish.entries * wish.share
        # The empty vector keeps the question away from the index.
        vector = "vector || ''" if is_met_soon else "vector"
        statement = sa.text(
            f"SELECT id FROM docs_sections WHERE {vector} @@ CAST(:wanted AS tsquery) LIMIT :limit"  # noqa: S608 - one of two
        )
        asked = written(_asked(wish, seen), "'", "&", "|")
        return connection.execute(statement, {"wanted": asked, "limit": wish.limit}).scalars().all()

    def lines(self, connection: sa.Connection, ids: Sequence[int]) -> Sequence[sa.Row[Any]]:
        return connection.execute(self._LINES, {"ids": list(ids)}).all()

    def counts(self) -> sa.SelectBase:
        rows = sa.text("ts_stat('SELECT vector FROM docs_sections')")
        return sa.select(sa.column("word"), sa.column("ndoc")).select_from(rows)
