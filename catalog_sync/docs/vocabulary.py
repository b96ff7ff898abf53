"""How many sections have a term, and which word was meant by one that no section has."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from catalog_sync.docs.fulltext import FullText
from catalog_sync.docs.indexed import ALL, TITLE
from catalog_sync.tables import doc_terms, doc_words, sections
from core.database import Database

_STALE = "*stale"
_LOCK = 0x646F6373
_SHORTEST = 4
_LETTERS_A_SLIP = 4
"""A word may have one slip in so many of its letters."""
_ALIKE = 84
"""So alike (of 100) a long word has to be spelt."""
_MOST = 20_000
_AT_ONCE = 500
_NEAREST = 20


class Vocabulary:
    """The terms and words of all docs.

    Counts are exact after ``recount``; between two of them they are near enough to tell common terms from rare ones.
    """

    def __init__(self, database: Database, fulltext: FullText) -> None:
        self._database = database
        self._fulltext = fulltext

    def note(
        self, connection: sa.Connection, lines: Sequence[str], words: Mapping[str, str], added: int
    ) -> None:
        """Know the terms of new sections from now on.

        Args:
            connection: The transaction that writes them.
            lines: What the index holds of each.
            words: Their words, each with its term.
            added: How many sections there are more now.
        """
        counts = Counter(term for line in lines for term in set(line.split()))
        counts[_STALE], counts[ALL] = 1, 0
        # In one order everywhere, so that two who write do not wait for each other for ever.
        rows = [{"term": term, "sections": count} for term, count in sorted(counts.items())]
        self._database.upsert(connection, doc_terms, rows, update=())
        spelt = [
            {"word": word, "term": term, "shape": _shape(word[0], len(word))} for word, term in words.items()
        ]
        self._database.upsert(connection, doc_words, sorted(spelt, key=lambda row: row["word"]), update=())
        more = {"sections": doc_terms.c.sections + added}
        connection.execute(doc_terms.update().where(doc_terms.c.term == ALL).values(**more))

    def recount(self) -> bool:
        """Count all terms anew, and forget words that no section has; whether that was needed."""
        with self._database.read() as connection:
            if not connection.execute(sa.select(doc_terms).where(doc_terms.c.term == _STALE)).first():
                return False
        with self._database.write_in_turn(doc_terms, _LOCK) as connection:
            connection.execute(doc_terms.delete().where(doc_terms.c.term != ALL))
            connection.execute(doc_terms.insert().from_select(["term", "sections"], self._fulltext.counts()))
            known = sa.exists().where(doc_terms.c.term == doc_words.c.term)
            connection.execute(doc_words.delete().where(~known))
            total = connection.execute(sa.select(sa.func.count()).select_from(sections)).scalar_one()
            self._database.upsert(connection, doc_terms, [{"term": ALL, "sections": total}])
        return True

    def counts(self, connection: sa.Connection, terms: Collection[str]) -> dict[str, int]:
        """How many sections have each of some terms anywhere and in headings; ``ALL`` counts all sections.

        Terms that no section has are left out.
        """
        wanted = [ALL, *(mark + term for term in terms for mark in ("", TITLE))]
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            statement = sa.select(doc_terms).where(doc_terms.c.term.in_(wanted[start : start + _AT_ONCE]))
            found |= {row.term: row.sections for row in connection.execute(statement)}
        return found

    def meant(self, connection: sa.Connection, word: str, *, at_least: int = 0) -> str | None:
        """The term of the word that is spelt most like one that hardly any section has; None where none is like it.

        Args:
            connection: An open connection.
            word: As it is spelt.
            at_least: So many sections have to have the other one.
        """
        if len(word) < _SHORTEST or not word.isalpha():
            return None
        away = min(2, max(1, len(word) // _LETTERS_A_SLIP))
        shapes = [
            _shape(first, length)
            for first in dict.fromkeys(word[:2])
            for length in range(len(word) - away, len(word) + away + 1)
        ]
        statement = sa.select(doc_words.c.word).where(doc_words.c.shape.in_(shapes)).limit(_MOST)
        near = _near(word, connection.execute(statement).scalars().all())
        if not near:
            return None
        counted = (
            sa.select(doc_words.c.word, doc_words.c.term, sa.func.coalesce(doc_terms.c.sections, 0))
            .join(doc_terms, doc_terms.c.term == doc_words.c.term, isouter=True)
            .where(doc_words.c.word.in_(near))
        )
        found = [
            (near[other], -count, other, term)
            for other, term, count in connection.execute(counted)
            if count >= at_least
        ]
        return min(found)[3] if found else None


def _near(word: str, known: Sequence[str]) -> dict[str, int]:
    """The words that a slip makes of another, with how many slips lie between them."""
    most = max(1, len(word) // _LETTERS_A_SLIP)
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=_NEAREST)
    return {
        other: apart
        for other, apart, _place in found
        if apart == 1 or (apart and other[:2] == word[:2] and fuzz.ratio(word, other) >= _ALIKE)
    }


def _shape(first: str, length: int) -> str:
    return f"{first}{length}"
