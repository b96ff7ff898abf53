"""Full text over the sections of docs: FTS5 on SQLite, a computed tsvector on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = "entity_title, page, heading, text"
_NEW = "new.id, new.entity_title, new.page, new.heading, new.text"
_OLD = "old.id, old.entity_title, old.page, old.heading, old.text"
_VECTOR = (
    "setweight(to_tsvector('english', entity_title), 'C') || setweight(to_tsvector('english', page), 'B') ||"
    " setweight(to_tsvector('english', heading), 'A') || setweight(to_tsvector('english', text), 'D')"
)


def upgrade() -> None:
    """Do this step."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"ALTER TABLE docs_sections ADD COLUMN vector tsvector GENERATED ALWAYS AS ({_VECTOR}) STORED"
        )
        op.execute("CREATE INDEX ix_docs_sections_vector ON docs_sections USING gin (vector)")
        return
    _index("docs_fts", "porter unicode61 remove_diacritics 2")
    _index("docs_plain", "unicode61 remove_diacritics 2")
    op.execute("CREATE VIRTUAL TABLE docs_words USING fts5vocab('docs_plain', 'row')")


def _index(name: str, tokenizer: str) -> None:
    """An index without a text of its own, kept up to date by triggers."""
    op.execute(
        f"CREATE VIRTUAL TABLE {name} USING fts5({_COLUMNS},"
        f" content='docs_sections', content_rowid='id', tokenize='{tokenizer}')"
    )
    op.execute(
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON docs_sections BEGIN"  # noqa: S608, all names stand in this file
        f" INSERT INTO {name}(rowid, {_COLUMNS}) VALUES ({_NEW}); END"
    )
    op.execute(
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON docs_sections BEGIN"  # noqa: S608, all names stand in this file
        f" INSERT INTO {name}({name}, rowid, {_COLUMNS}) VALUES ('delete', {_OLD}); END"
    )
