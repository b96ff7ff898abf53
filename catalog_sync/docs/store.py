"""The sections of all docs: what was read is put in, and what has to be read again is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.docs.described import Described, described
from catalog_sync.docs.fulltext import fulltext_for
from catalog_sync.docs.indexed import Section, index_line, words_in
from catalog_sync.docs.vocabulary import Vocabulary
from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.model import RepositoryName
from catalog_sync.store import in_batches
from catalog_sync.tables import entities, repositories, sections
from core.access import Visibility
from core.database import Database


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section as it is indexed."""

    repository: str
    entity: str
    entity_title: str
    path: str
    page: str
    heading: str
    anchor: str
    url: str
    text: str
    edited_at: datetime | None
    visibility: str
    trail: str = ""
    """Where the site's navigation has the page: ``Guides › Deploying``; empty where it has none."""
    tags: str = ""
    """The tags of the page's front matter, with commas between them."""
    position: int = 0
    """The section's place in the order in which the repository's docs are read."""


class DocsStore:
    """The sections of all docs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._vocabulary = Vocabulary(database, fulltext_for(database))

    def docs_to_read(self, source: str, only: Collection[str] | None = None) -> list[Mapping[str, Any]]:
        """Repositories of a source whose docs differ from those in the index; some of them, by key, or all."""
        statement = (
            sa.select(repositories)
            .where(repositories.c.source == source, repositories.c.docs_wanted != repositories.c.docs_read)
            .order_by(repositories.c.key)
        )
        if only is not None:
            statement = statement.where(repositories.c.key.in_(only))
        with self.database.read() as connection:
            return [dict(row._mapping) for row in connection.execute(statement)]

    def described(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Described, ...]]:
        """What repositories describe that may have docs, by key."""
        checkouts = {row["key"]: _checkout(row) for row in rows}
        columns = (
            entities.c.repository,
            entities.c.ref,
            entities.c.metadata,
            entities.c.path,
            entities.c.line,
        )
        found: dict[str, list[Described]] = {}
        with self.database.read() as connection:
            for keys in in_batches(list(checkouts)):
                for row in connection.execute(
                    sa.select(*columns).where(entities.c.repository.in_(keys), entities.c.gone_at.is_(None))
                ):
                    entity = described(row.ref, row.metadata, row.path, row.line, checkouts[row.repository])
                    if entity is not None:
                        found.setdefault(row.repository, []).append(entity)
        return {key: tuple(entities) for key, entities in found.items()}

    def of_repository(self, repository: str) -> list[SectionRow]:
        """The sections of a repository in the order in which they are read."""
        statement = (
            sa.select(sections).where(sections.c.repository == repository).order_by(sections.c.position)
        )
        with self.database.read() as connection:
            return [section_of(row) for row in connection.execute(statement)]

    def replace(
        self,
        repository: str,
        fingerprint: str,
        rows: Sequence[SectionRow],
        sources: Mapping[str, Any] | None = None,
    ) -> None:
        """Put a repository's sections in place of those that were there, and note which docs they are.

        Args:
            repository: Its key.
            fingerprint: Which docs they are: ``docs_wanted`` of the repository when they were read.
            rows: The sections.
            sources: What they were made of (``oids``), and where its docs sites have their pages (``docs_dirs``).
        """
        indexed = [_indexed(row) for row in rows]
        lines = [index_line(item) for item in indexed]
        words = {word: term for item in indexed for word, term in words_in(item).items()}
        with self.database.write() as connection:
            gone = connection.execute(sections.delete().where(sections.c.repository == repository)).rowcount
            if rows:
                values = [{**asdict(row), "terms": line} for row, line in zip(rows, lines, strict=True)]
                connection.execute(sections.insert(), values)
            self._vocabulary.note(connection, lines, words, len(rows) - gone)
            connection.execute(
                repositories.update()
                .where(repositories.c.key == repository)
                .values(docs_read=fingerprint, docs_sources=sources or {})
            )

    def recount(self) -> bool:
        """Count the terms of all docs where some changed since the last time; whether that was needed."""
        return self._vocabulary.recount()

    def summaries(self) -> dict[str, tuple[int, datetime | None, datetime | None, tuple[str, ...]]]:
        """For each repository: pages, newest and oldest edit, page and heading titles."""
        statement = sa.select(
            sections.c.repository, sections.c.path, sections.c.page, sections.c.heading, sections.c.edited_at
        )
        pages: dict[str, dict[str, datetime | None]] = {}
        titles: dict[str, dict[str, None]] = {}
        with self.database.read() as connection:
            for row in connection.execute(statement):
                pages.setdefault(row.repository, {})[row.path] = row.edited_at
                names = titles.setdefault(row.repository, {})
                names[row.page] = names[row.heading] = names[row.path] = None
        return {
            key: (
                len(found),
                max((at for at in found.values() if at), default=None),
                min((at for at in found.values() if at), default=None),
                tuple(titles[key]),
            )
            for key, found in pages.items()
        }


def _checkout(row: Mapping[str, Any]) -> Checkout:
    """A repository as references in its files are resolved; a folder has no branch."""
    name = RepositoryName(row["host"], row["owner"], row["name"])
    branch = row["default_branch"] if not str(row["url"]).startswith("file:") else None
    return Checkout("", name, row["url"], branch, Visibility(row["visibility"]))


def section_key(repository: str, path: str, anchor: str) -> str:
    """What names a section for good: its repository, its page and its heading."""
    return f"{repository}/{path}#{anchor}"


def section_of(row: Any) -> SectionRow:
    """A section out of a row of the table."""
    return SectionRow(
        row.repository,
        row.entity,
        row.entity_title,
        row.path,
        row.page,
        row.heading,
        row.anchor,
        row.url,
        row.text,
        row.edited_at,
        row.visibility,
        row.trail,
        row.tags,
        row.position,
    )


def _indexed(row: SectionRow) -> Section:
    return Section(
        entity=row.entity,
        entity_title=row.entity_title,
        repository=row.repository,
        path=row.path,
        heading=row.heading,
        titles=(row.page, row.trail, row.tags),
        text=row.text,
    )
