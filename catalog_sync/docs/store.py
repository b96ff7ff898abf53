"""The docs index: sections in, the best passages out, on FTS5 or on tsvector behind one class."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.docs.fulltext import fulltext_for
from catalog_sync.tables import entities, repositories, sections
from core.access import Visibility
from core.database import Database

_STOP = frozenset(
    """a about an and any are at be by can do does for from get how i if in into is it me my of on or our please
    should that the their them there this to us want was we what when where which who why will with you your""".split()
)
_PREFERRED = ("component", "system", "resource", "api", "domain")


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


@dataclass(frozen=True, slots=True)
class Hit:
    """One section that was found; a higher score is better, 1 means that every word was found."""

    section: SectionRow
    score: float


class DocsStore:
    """The sections of all docs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._fulltext = fulltext_for(database)

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

    def entity_of_repositories(self) -> dict[str, tuple[str, str]]:
        """For each repository the entity that its docs belong to: reference and title."""
        statement = sa.select(
            entities.c.repository, entities.c.ref, entities.c.kind, entities.c.name, entities.c.metadata
        ).where(entities.c.repository.is_not(None))
        best: dict[str, tuple[int, str, str]] = {}
        with self.database.read() as connection:
            for row in connection.execute(statement):
                kind = row.kind.lower()
                rank = _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)
                found = (rank, row.ref, str(row.metadata.get("title") or row.name))
                best[row.repository] = min(best.get(row.repository, found), found)
        return {key: (ref, title) for key, (_rank, ref, title) in best.items()}

    def replace(self, repository: str, fingerprint: str, rows: Sequence[SectionRow]) -> None:
        """Put a repository's sections in place of those that were there, and note which docs they are."""
        with self.database.write() as connection:
            connection.execute(sections.delete().where(sections.c.repository == repository))
            if rows:
                connection.execute(sections.insert(), [asdict(row) for row in rows])
            connection.execute(
                repositories.update().where(repositories.c.key == repository).values(docs_read=fingerprint)
            )

    def search(
        self,
        question: str,
        visibilities: Collection[Visibility],
        *,
        entity: str | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """The sections that fit a question best.

        All words are tried first, then any of them; a word that no page has is replaced by the
        nearest that some page has.

        Args:
            question: What a person typed.
            visibilities: What the asker may see.
            entity: Only sections of this reference.
            limit: How many at most.
        """
        words = words_of(question)
        if not words:
            return []
        with self.database.read() as connection:
            known = [self._fulltext.nearest(connection, word) or word for word in words]
            found = self._fulltext.search(connection, known, True, visibilities, entity, limit)
            if len(found) < limit:
                seen = {row.id for row, _score in found}
                more = self._fulltext.search(connection, known, False, visibilities, entity, limit * 3)
                found += [(row, score) for row, score in more if row.id not in seen]
        hits = [Hit(_section(row), _share(known, row) + _nudge(known, row) + score) for row, score in found]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

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


def words_of(question: str) -> list[str]:
    """The words of a question that can tell pages apart, in lower case, at most twelve."""
    words = re.findall(r"[^\W_]+", question.lower())
    telling = [word for word in words if word not in _STOP and (len(word) > 1 or word.isdigit())]
    return list(dict.fromkeys(telling or words))[:12]


def stem(word: str) -> str:
    """A word without its commonest endings, to compare titles with questions."""
    for ending in ("ation", "ating", "ing", "ies", "ion", "ate", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _share(words: Sequence[str], row: Any) -> float:
    """Which share of the question's words the section has, anywhere."""
    have = {
        stem(word)
        for word in re.findall(r"[^\W_]+", f"{row.entity_title} {row.page} {row.heading} {row.text}".lower())
    }
    return sum(stem(word) in have for word in words) / len(words)


def _nudge(words: Sequence[str], row: Any) -> float:
    """A heading that says what was asked is worth more than a text that mentions it."""
    title = {stem(word) for word in re.findall(r"[^\W_]+", f"{row.page} {row.heading}".lower())}
    own = {stem(word) for word in re.findall(r"[^\W_]+", f"{row.heading.rpartition('›')[2]}".lower())}
    asked = {stem(word) for word in words}
    covered = len(asked & title) / len(asked)
    exact = len(asked & own) / max(len(asked | own), 1)
    return 0.6 * covered + 0.4 * exact


def _section(row: Any) -> SectionRow:
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
    )
