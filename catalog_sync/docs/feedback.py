"""What people said about sections of the docs, and what they asked that no section answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from catalog_sync.tables import doc_gaps, doc_votes, repositories, sections
from core.access import Visibility
from core.clock import Clock
from core.database import Database

MOST_QUESTION = 1_000
"""So many characters of a question are kept; who typed more pasted a log."""


class Verdict(StrEnum):
    """What a person thinks of a section."""

    UP = "up"
    """It helped."""
    DOWN = "down"
    """It is wrong or stale."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's verdict about one section, the last one that they gave."""

    section: str
    repository: str
    path: str
    entity: str
    page: str
    heading: str
    url: str
    question: str
    verdict: Verdict
    at: datetime
    edited_at: datetime | None
    """When the page was edited last; None where nobody knows, or where it is gone."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that no section answered."""

    question: str
    """As it was asked last."""
    entity: str
    """The reference of what it names; empty where it names nothing."""
    times: int
    first_at: datetime
    last_at: datetime


class Feedback:
    """Votes and gaps.

    Args:
        database: Where they are kept.
        clock: Tells the present.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def vote(
        self, voter: str, section: str, question: str, verdict: Verdict, seen: Collection[Visibility]
    ) -> bool:
        """Note a verdict in place of the one that the same person gave before.

        Args:
            voter: Who, in a form that stays the same (``workspace/user``).
            section: ``Passage.section``.
            question: What they had asked.
            verdict: What they think.
            seen: What they may see.

        Returns:
            Whether there is such a section that they may see; where not, nothing is noted.
        """
        with self._database.write() as connection:
            row = connection.execute(_named(section, seen)).first()
            if row is None:
                return False
            vote = {
                "voter": voter,
                "section": section,
                "repository": row.repository,
                "path": row.path,
                "entity": row.entity,
                "page": row.page,
                "heading": row.heading,
                "url": row.url,
                "question": question[:MOST_QUESTION],
                "verdict": str(verdict),
                "visibility": row.visibility,
                "at": self._clock.now(),
            }
            self._database.upsert(connection, doc_votes, [vote])
        return True

    def note_gap(self, key: str, question: str, entity: str) -> None:
        """Count a question that had no answer.

        Args:
            key: Its terms, so that two who ask alike count as one question.
            question: As it was asked.
            entity: The reference of what it names, or nothing.
        """
        now = self._clock.now()
        row = {
            "key": key[:MOST_QUESTION],
            "entity": entity,
            "question": question[:MOST_QUESTION],
            "times": 0,
            "first_at": now,
            "last_at": now,
        }
        here = (doc_gaps.c.key == row["key"]) & (doc_gaps.c.entity == entity)
        again = {"times": doc_gaps.c.times + 1, "question": row["question"], "last_at": now}
        with self._database.write() as connection:
            self._database.upsert(connection, doc_gaps, [row], update=())
            connection.execute(doc_gaps.update().where(here).values(**again))

    def votes(self, seen: Collection[Visibility]) -> list[Vote]:
        """All votes about sections that an asker may see, the newest first."""
        edited = (
            sa.select(sa.func.max(sections.c.edited_at))
            .where(sections.c.repository == doc_votes.c.repository, sections.c.path == doc_votes.c.path)
            .scalar_subquery()
        )
        # A repository that was closed since then takes what was said of it along.
        visibility = sa.func.coalesce(repositories.c.visibility, doc_votes.c.visibility)
        statement = (
            sa.select(doc_votes, edited.label("edited_at"))
            .join(repositories, repositories.c.key == doc_votes.c.repository, isouter=True)
            .where(visibility.in_([str(item) for item in seen]))
            .order_by(doc_votes.c.at.desc())
        )
        with self._database.read() as connection:
            return [
                Vote(
                    row.section,
                    row.repository,
                    row.path,
                    row.entity,
                    row.page,
                    row.heading,
                    row.url,
                    row.question,
                    Verdict(row.verdict),
                    row.at,
                    row.edited_at,
                )
                for row in connection.execute(statement)
            ]

    def gaps(self, limit: int) -> list[Gap]:
        """The questions without an answer, those that were asked most often first."""
        statement = (
            sa.select(doc_gaps).order_by(doc_gaps.c.times.desc(), doc_gaps.c.last_at.desc()).limit(limit)
        )
        with self._database.read() as connection:
            return [
                Gap(row.question, row.entity, row.times, row.first_at, row.last_at)
                for row in connection.execute(statement)
            ]


def _named(section: str, seen: Collection[Visibility]) -> sa.Select[*tuple[object, ...]]:
    """The section of a key, where the asker may see it."""
    place, _mark, anchor = section.rpartition("#")
    repository, path = "/".join(place.split("/", 3)[:3]), "".join(place.split("/", 3)[3:])
    return sa.select(sections).where(
        sections.c.repository == repository,
        sections.c.path == path,
        sections.c.anchor == anchor,
        sections.c.visibility.in_([str(item) for item in seen]),
    )
