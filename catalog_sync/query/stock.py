"""Pure: one state of the catalog as programs ask for it: documents with their relations, and their index."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import Any

import structlog

from catalog_sync.entity.model import Entity
from catalog_sync.entity.relations import relations_of
from catalog_sync.entity.rules import KindRules
from catalog_sync.memory.cards import Card
from catalog_sync.query.documents import Related, document_of, undated_document
from catalog_sync.query.index import Index, Indexed, Segment
from catalog_sync.query.rows import rows_of
from core.access import Visibility

_MANY = 0.05
"""When more than this share changed since the index was built, all of it is built anew."""

_log = structlog.get_logger(__name__)
Emitted = tuple[str, str, str]
"""A relation that an entity implies: from where, its type, to where."""


class Stock:
    """One state of the catalog; never changed.

    Args:
        cards: The catalog by reference.
        rules: What makes relations.
        before: An earlier state; of what did not change since then nothing is built again.
    """

    def __init__(self, cards: Mapping[str, Card], rules: KindRules, before: "Stock | None" = None) -> None:
        self._cards, self._rules = cards, rules
        self._stale: frozenset[str] = frozenset()
        if before is None or before._rules != rules or not self._follow(before):
            self._relations = _collected(
                emitted for card in cards.values() for emitted in _emitted(card, rules)
            )
            self._base = Segment(self._indexed(sorted(cards)))
            self.index = Index([self._base])

    def __contains__(self, ref: object) -> bool:
        return ref in self._cards

    def card(self, ref: str) -> Card | None:
        """An entity by its reference in lower case."""
        return self._cards.get(ref)

    def document(self, ref: str, seen: frozenset[Visibility]) -> dict[str, Any]:
        """An entity that is there, as JSON; relations to what the asker may not see are left out."""
        card = self._cards[ref]
        return document_of(card.entity(), self._related(ref, seen), is_orphan=card.gone_at is not None)

    def index_for(self, seen: frozenset[Visibility]) -> Index:
        """What those who see so much find documents by."""
        if seen >= self._visibilities:
            return self.index
        hidden = {
            number for ref, number in self.index.number_of.items() if self._cards[ref].visibility not in seen
        }
        return Index(self.index.segments, self.index.dead | hidden)

    @cached_property
    def _visibilities(self) -> frozenset[Visibility]:
        return frozenset(card.visibility for card in self._cards.values())

    def _related(self, ref: str, seen: frozenset[Visibility]) -> Iterator[Related]:
        for related in dict.fromkeys(self._relations.get(ref, ())):
            target = self._cards.get(related[1])
            if target is None or target.visibility in seen:
                yield related

    def _indexed(self, refs: Iterable[str]) -> Iterator[Indexed]:
        for ref in refs:
            card = self._cards[ref]
            related = dict.fromkeys(self._relations.get(ref, ()))
            document = undated_document(card.entity(), related, is_orphan=card.gone_at is not None)
            yield Indexed(ref, document["metadata"]["uid"], rows_of(document))

    def _follow(self, before: "Stock") -> bool:
        """Take over what an earlier state has built; whether enough of it still holds."""
        gone = {ref: card for ref, card in before._cards.items() if self._cards.get(ref) is not card}
        new = {ref: card for ref, card in self._cards.items() if before._cards.get(ref) is not card}
        if len(gone) + len(new) > len(self._cards) * _MANY:
            return False
        was = Counter(item for card in gone.values() for item in _emitted(card, self._rules))
        now = Counter(item for card in new.values() for item in _emitted(card, self._rules))
        stale = before._stale | gone.keys() | new.keys()
        stale |= {source for source, _type, _target in (*(was - now), *(now - was))}
        if len(stale) > len(self._cards) * _MANY:
            return False
        self._stale = frozenset(stale)
        self._relations = _changed(before._relations, was - now, now - was)
        self._base = before._base
        dead = frozenset(number for number, ref in enumerate(self._base.refs) if ref in self._stale)
        delta = Segment(
            self._indexed(sorted(ref for ref in self._stale if ref in self._cards)), len(self._base)
        )
        self.index = Index([self._base, delta], dead)
        return True


def _emitted(card: Card, rules: KindRules) -> Iterator[Emitted]:
    for relation in _relations(card.entity(), rules):
        yield intern(str(relation.source)), intern(relation.type), intern(str(relation.target))


def _relations(entity: Entity, rules: KindRules) -> Iterable[Any]:
    try:
        return relations_of(entity, rules)
    except ValueError as error:
        # Providers refuse such an entity; one that came in all the same must not take the others along.
        _log.warning("catalog.relations_unreadable", ref=str(entity.ref), reason=str(error))
        return ()


def _collected(every: Iterable[Emitted]) -> dict[str, tuple[Related, ...]]:
    """Relations by where they lead from, in the order of type and target; once for each time they are implied."""
    found: dict[str, list[Related]] = {}
    for source, kind, target in every:
        found.setdefault(source, []).append((kind, target))
    return {source: tuple(sorted(related)) for source, related in found.items()}


def _changed(
    before: Mapping[str, tuple[Related, ...]], less: Counter[Emitted], more: Counter[Emitted]
) -> dict[str, tuple[Related, ...]]:
    changed: dict[str, list[Related]] = {}
    for source, kind, target in less.elements():
        related = changed.setdefault(source, list(before.get(source, ())))
        del related[bisect_left(related, (kind, target))]
    for source, kind, target in more.elements():
        insort(changed.setdefault(source, list(before.get(source, ()))), (kind, target))
    return {**before, **{source: tuple(related) for source, related in changed.items()}}
