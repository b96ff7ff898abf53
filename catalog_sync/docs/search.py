"""Questions to the index of docs: what a question means here, the sections that may answer it, the best of them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from catalog_sync.docs.candidates import ENOUGH, MOST, plan
from catalog_sync.docs.excerpts import excerpt_of
from catalog_sync.docs.expression import every
from catalog_sync.docs.fulltext import fulltext_for
from catalog_sync.docs.indexed import belonging
from catalog_sync.docs.ranking import Candidate, Ranking, Scored, is_alike
from catalog_sync.docs.store import SectionRow, section_of
from catalog_sync.docs.synonyms import Synonyms
from catalog_sync.docs.terms import terms_of
from catalog_sync.docs.vocabulary import Vocabulary
from catalog_sync.docs.wanted import (
    NOTHING,
    Alternative,
    Named,
    Wanted,
    Word,
    corrected,
    group_of,
    split,
    splits_of,
    terms_in,
    words_of,
)
from catalog_sync.tables import sections
from core.access import Visibility
from core.database import Database

_ENOUGH_COVERAGE, _ENOUGH_STRENGTH, _ENOUGH_OF_BOTH = 0.54, 0.33, 0.25
"""What a section has to have of a question to be an answer; found by measuring (tests/corpus).

One of the two alone is little: most of the words in passing, or half of them clearly, is another page.
"""

_NEAR_THE_FIRST = 0.5
"""So much of the first one's score has whatever else is shown with it."""
_PARTS = 3
"""So many parts of one section may stand beside each other, and are shown as one."""

_HARDLY_ANY, _LONG, _FAR_MORE = 2, 6, 10
"""A page may have the slip of the question too: a long word in so few sections, which so many times more spell otherwise."""


Naming = Callable[[Sequence[str]], Named]


def _nothing(_unknown: Sequence[str]) -> Named:
    return NOTHING


@dataclass(frozen=True, slots=True)
class Hit:
    """One section that was found; a higher score is better, and only good for ordering."""

    section: SectionRow
    score: float
    excerpt: str
    """The few lines of it that say most about the question."""


class DocsSearch:
    """Finds sections by questions.

    Args:
        database: Where the sections are.
        synonyms: Which words mean the same.
    """

    def __init__(self, database: Database, synonyms: Synonyms) -> None:
        self._database = database
        self._synonyms = synonyms
        self._fulltext = fulltext_for(database)
        self._vocabulary = Vocabulary(database, self._fulltext)

    def key(self, question: str) -> str:
        """The terms of a question in the order of the alphabet: those who ask alike have the same."""
        words = words_of(question, self._synonyms)
        return " ".join(
            sorted(word.stem for word in words if not word.is_filler) or sorted(w.stem for w in words)
        )

    def search(
        self,
        question: str,
        seen: Collection[Visibility],
        *,
        named: Naming = _nothing,
        entity: str | None = None,
        limit: int = 10,
        stale_before: datetime | None = None,
    ) -> list[Hit]:
        """The sections that answer a question, the best first; none where nothing says enough about it.

        Args:
            question: What a person typed.
            seen: What the asker may see.
            named: From the words that no section has, as they are spelt (of an identifier with blanks between its
                parts), to what the question names, whose docs come first: a misspelt name may be among them.
            entity: Only sections of this reference.
            limit: How many at most.
            stale_before: Pages that were edited before that come a little later.
        """
        words = words_of(question, self._synonyms)
        if not words:
            return []
        with self._database.read() as connection:
            wanted = self._wanted(connection, words, named)
            ids = self._candidates(connection, wanted, seen, entity)
            candidates = [
                Candidate(
                    row.id, row.terms, bool(stale_before and row.edited_at and row.edited_at < stale_before)
                )
                for row in self._fulltext.lines(connection, ids)
            ]
            best = _distinct(_good(Ranking(wanted).best(candidates)), limit * _PARTS)
            rows = _sections(connection, [item.candidate.id for item in best], seen)
        # A long section lies in parts, and leads to one place.
        places: dict[tuple[str, str, str], tuple[SectionRow, float]] = {}
        for item in best:
            row = rows.get(item.candidate.id)
            if row:
                places.setdefault((row.repository, row.path, row.anchor), (row, item.score))
        chosen = list(places.values())[:limit]
        return [Hit(row, score, excerpt_of(row.text, wanted)) for row, score in chosen]

    def _wanted(self, connection: sa.Connection, words: Sequence[Word], named: Naming) -> Wanted:
        known = self._vocabulary.counts(connection, terms_in(words))
        name = named([word.spelt for word in words if not group_of(word, known).alternatives])
        apart = list(self._apart(words, known))
        counts = known if apart == list(words) else self._vocabulary.counts(connection, terms_in(apart))
        groups = []
        for word in apart:
            more = self._instead(connection, word, counts.get(word.stem, 0))
            terms = [term for item in more for term in item.terms]
            found = self._vocabulary.counts(connection, terms) if terms else {}
            groups.append(group_of(word, {**counts, **found}, more))
        return Wanted(tuple(groups), name)

    def _apart(self, words: Sequence[Word], counts: Mapping[str, int]) -> Iterator[Word]:
        """The words of a question; an identifier that no section has gives way to its parts, one of which is misspelt."""
        for word in words:
            if " " in word.spelt and not group_of(word, counts).alternatives:
                yield from words_of(word.spelt, self._synonyms)
            else:
                yield word

    def _instead(self, connection: sa.Connection, word: Word, count: int) -> list[Alternative]:
        """What may be meant by a word that hardly any section has: one spelt nearly so, or two written as one."""
        if count > _HARDLY_ANY or " " in word.spelt or (count and len(word.spelt) < _LONG):
            return []
        meant = self._vocabulary.meant(connection, word.spelt, at_least=count * _FAR_MORE)
        if meant or count:
            return [corrected(meant)] if meant else []
        pairs = [tuple(terms_of(f"{first} {second}")) for first, second in splits_of(word.spelt)]
        whole = [pair for pair in pairs if len(pair) == 2]
        counts = self._vocabulary.counts(connection, [term for pair in whole for term in pair])
        found = [(min(counts.get(term, 0) for term in pair), pair) for pair in whole]
        count, best = max(found, default=(0, ()))
        return [split(best)] if count else []

    def _candidates(
        self, connection: sa.Connection, wanted: Wanted, seen: Collection[Visibility], entity: str | None
    ) -> list[int]:
        found: dict[int, None] = {}
        self._fulltext.prepare(connection)
        at_home = 0
        for wish in plan(wanted):
            if entity:
                wish = replace(wish, expression=every((belonging(entity), wish.expression)), share=0.0)
            found.update(dict.fromkeys(self._fulltext.matching(connection, wish, seen)))
            at_home = len(found) if wish.at_home else at_home
            if len(found) - at_home >= ENOUGH:
                break
        return list(found)[:MOST]


def _sections(
    connection: sa.Connection, ids: Sequence[int], seen: Collection[Visibility]
) -> dict[int, SectionRow]:
    """The sections themselves; what was taken away or closed a moment ago is not among them."""
    visible = sections.c.visibility.in_([str(item) for item in seen])
    statement = sa.select(sections).where(sections.c.id.in_(ids), visible)
    return {row.id: section_of(row) for row in connection.execute(statement)}


def _good(found: Sequence[Scored]) -> list[Scored]:
    """Those of the best first that answer; none far below the first, which would be a source of nothing that is shown."""
    good = [item for item in found if _answers(item)]
    return [item for item in good if item.score >= good[0].score * _NEAR_THE_FIRST]


def _answers(item: Scored) -> bool:
    if item.coverage < _ENOUGH_COVERAGE or item.strength < _ENOUGH_STRENGTH:
        return False
    return item.coverage * item.strength >= _ENOUGH_OF_BOTH


def _distinct(found: Sequence[Scored], limit: int) -> list[Scored]:
    """The first of those that say nearly the same, as copied pages do."""
    kept: list[Scored] = []
    for item in found:
        if not any(is_alike(item.candidate.line, other.candidate.line) for other in kept):
            kept.append(item)
        if len(kept) == limit:
            break
    return kept
