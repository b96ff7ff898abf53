"""Docs."""

import sqlalchemy as sa
from alembic import op

from core.database import Instant, Json

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Do this step."""
    _reading()
    _feedback()
    _finding()


def _reading() -> None:
    with op.batch_alter_table("repositories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("docs_sources", Json(), server_default="{}", nullable=False))
    # No batch: a copy of the table would lose the triggers of the full text.
    for name, kind, default in (
        ("trail", sa.Text(), ""),
        ("tags", sa.Text(), ""),
        ("position", sa.Integer(), "0"),
    ):
        op.add_column("docs_sections", sa.Column(name, kind, server_default=default, nullable=False))


_POSTGRES = (
    "ALTER TABLE docs_sections DROP COLUMN vector",
    "ALTER TABLE docs_sections ADD COLUMN vector tsvector GENERATED ALWAYS AS"
    " (array_to_tsvector(array_remove("
    "string_to_array(replace(terms, chr(10), ' ') || ' v_' || visibility, ' '), ''))) STORED",
    "ALTER TABLE docs_sections ALTER COLUMN vector SET STORAGE MAIN, ALTER COLUMN terms SET STORAGE MAIN",
    "CREATE INDEX ix_docs_sections_vector ON docs_sections USING gin (vector) WITH (fastupdate = off)",
)
_SQLITE = (
    "DROP TRIGGER docs_fts_insert",
    "DROP TRIGGER docs_fts_delete",
    "DROP TRIGGER docs_plain_insert",
    "DROP TRIGGER docs_plain_delete",
    "DROP TABLE docs_words",
    "DROP TABLE docs_plain",
    "DROP TABLE docs_fts",
    "CREATE VIRTUAL TABLE docs_fts USING fts5(terms, content='', detail=none, columnsize=0,"
    " tokenize=\"ascii tokenchars '_'\")",
    "CREATE VIRTUAL TABLE docs_words USING fts5vocab('docs_fts', 'row')",
    "CREATE TRIGGER docs_fts_insert AFTER INSERT ON docs_sections BEGIN"
    " INSERT INTO docs_fts(rowid, terms) VALUES (new.id, new.terms || ' v_' || new.visibility); END",
    "CREATE TRIGGER docs_fts_delete AFTER DELETE ON docs_sections BEGIN"
    " INSERT INTO docs_fts(docs_fts, rowid, terms)"
    " VALUES ('delete', old.id, old.terms || ' v_' || old.visibility); END",
    "CREATE TRIGGER docs_fts_update AFTER UPDATE OF visibility ON docs_sections BEGIN"
    " INSERT INTO docs_fts(docs_fts, rowid, terms)"
    " VALUES ('delete', old.id, old.terms || ' v_' || old.visibility);"
    " INSERT INTO docs_fts(rowid, terms) VALUES (new.id, new.terms || ' v_' || new.visibility); END",
)


def _finding() -> None:
    """Terms that we make ourselves in place of each database's own words; what has none yet is read again."""
    # Before the new index: a row without terms cannot be taken out of it.
    op.execute("DELETE FROM docs_sections")
    op.execute("UPDATE repositories SET docs_read = ''")
    op.add_column("docs_sections", sa.Column("terms", sa.Text(), server_default="", nullable=False))
    for statement in _POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(statement)
    op.create_table(
        "docs_terms",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_docs_terms")),
    )
    op.create_table(
        "docs_vocabulary",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_docs_vocabulary")),
    )
    op.create_index(op.f("ix_docs_vocabulary_shape"), "docs_vocabulary", ["shape"], unique=False)


def _feedback() -> None:
    """Votes with the section and the question that they are about, and questions that had no answer."""
    op.create_table(
        "docs_votes",
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("voter", "section", name=op.f("pk_docs_votes")),
    )
    op.create_index(op.f("ix_docs_votes_repository"), "docs_votes", ["repository"], unique=False)
    op.create_table(
        "docs_gaps",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", "entity", name=op.f("pk_docs_gaps")),
    )
    op.create_table(
        "slack_kept_values",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_kept_values")),
    )
    op.create_index(op.f("ix_slack_kept_values_kept_at"), "slack_kept_values", ["kept_at"], unique=False)
    op.execute(_VOTES_SO_FAR)
    op.drop_table("slack_docs_feedback")


_VOTES_SO_FAR = """
    INSERT INTO docs_votes
    SELECT f.workspace || '/' || f."user", min(s.repository || '/' || s.path || '#' || s.anchor), min(s.repository),
        min(s.path), min(s.entity), min(s.page), min(s.heading), f.url, f.question, f.verdict, min(s.visibility), f.at
    FROM slack_docs_feedback AS f JOIN docs_sections AS s ON s.url = f.url
    GROUP BY f.workspace, f."user", f.url, f.question, f.verdict, f.at
"""
"""Those of sections that are still there: of the others nobody could say what they were about."""
