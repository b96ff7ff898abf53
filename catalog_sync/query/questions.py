"""What programs ask the catalog, in Backstage's words; every surface that answers them asks here."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from catalog_sync.entity.rules import KindRules
from catalog_sync.memory.cards import Card
from catalog_sync.query.documents import location_parts, uid_of
from catalog_sync.query.facets import Facet, facets_of
from catalog_sync.query.fields import WHOLE, Fields
from catalog_sync.query.index import Index
from catalog_sync.query.matching import Found, matching
from catalog_sync.query.order import Order, ordered
from catalog_sync.query.pages import Asked, Cursor, Page, first_page, next_page
from catalog_sync.query.rows import Document
from catalog_sync.query.stock import Stock
from core.access import Asker, Visibility, visible_to
from core.errors import NotFound

Predicate = Mapping[str, Any]


class Held(Protocol):
    """What the catalog holds now."""

    @property
    def cards(self) -> Mapping[str, Card]:
        """Every entity by its reference; the same object as long as nothing changed."""
        ...


@dataclass(frozen=True, slots=True)
class Location:
    """A place where entities are read."""

    id: str
    type: str
    target: str
    entity_ref: str
    """What Backstage would call the entity of this place."""


class Questions:
    """Answers questions from the state of now; indexes are built once for a state.

    Args:
        held: Everything the catalog holds now.
        rules: What makes relations.
    """

    def __init__(self, held: Callable[[], Held], rules: Callable[[], KindRules]) -> None:
        self._held, self._rules = held, rules
        self._lock = threading.Lock()
        self._cards: Mapping[str, Card] | None = None
        self._stock: Stock | None = None

    def now(self, asker: Asker) -> "Answers":
        """The answers that somebody gets now; all of one request come from one state."""
        cards = self._held().cards
        with self._lock:
            if self._stock is None or cards is not self._cards:
                self._stock, self._cards = Stock(cards, self._rules(), self._stock), cards
            return Answers(self._stock, visible_to(asker))


class Answers:
    """One state of the catalog, as far as an asker may see it."""

    def __init__(self, stock: Stock, seen: frozenset[Visibility]) -> None:
        self._stock, self._seen = stock, seen
        self._index: Index = stock.index_for(seen)

    def entities(
        self,
        predicate: Predicate | None = None,
        orders: Sequence[Order] = (),
        offset: int = 0,
        limit: int | None = None,
    ) -> tuple[list[int], bool]:
        """The documents that fit, by their numbers, and whether more follow.

        Raises:
            UserError: The predicate has a part without a meaning.
        """
        found = ordered(list(self._fitting(predicate)), self._index, orders)
        end = len(found) if limit is None else offset + limit
        return found[offset:end], end < len(found)

    def first_page(self, asked: Asked, limit: int, offset: int, *, with_total: bool = True) -> Page:
        """See ``pages.first_page``."""
        return first_page(self._index, asked, limit, offset, with_total=with_total)

    def next_page(self, cursor: Cursor, limit: int) -> Page:
        """See ``pages.next_page``."""
        return next_page(self._index, cursor, limit)

    def documents(self, numbers: Sequence[int], fields: Fields = WHOLE) -> Iterator[Document]:
        """Documents, or the fields of them."""
        return (self._document(self._index.refs[number], fields) for number in numbers)

    def refs(self, numbers: Sequence[int]) -> list[str]:
        """The references of documents."""
        return [self._index.refs[number] for number in numbers]

    def by_refs(
        self, refs: Sequence[str], predicate: Predicate | None = None, fields: Fields = WHOLE
    ) -> Iterator[Document | None]:
        """The entity of each reference, in their order; None where there is none that fits.

        Raises:
            UserError: The predicate has a part without a meaning.
        """
        fitting = None if predicate is None else self._fitting(predicate)
        for ref in map(str.lower, refs):
            number = self._index.number_of.get(ref)
            is_there = number is not None and (fitting is None or number in fitting)
            yield self._document(ref, fields) if is_there else None

    def by_ref(self, ref: str, otherwise: str) -> Document:
        """The entity of a reference.

        Raises:
            NotFound: There is none; ``otherwise`` is what is said.
        """
        found = next(self.by_refs([ref]))
        if found is None:
            raise NotFound(otherwise)
        return found

    def by_uid(self, uid: str) -> Document:
        """The entity with an id.

        Raises:
            NotFound: There is none.
        """
        for number in self._index.equal("metadata.uid", uid.lower()):
            return self._document(self._index.refs[number], WHOLE)
        raise NotFound(f"No entity with uid {uid}")

    def facets(self, facets: Sequence[str], predicate: Predicate | None = None) -> dict[str, list[Facet]]:
        """How many documents have each value of some fields.

        Raises:
            UserError: The predicate has a part without a meaning.
        """
        among = None if predicate is None else self._fitting(predicate)
        return facets_of(self._index, facets, among)

    @cached_property
    def locations(self) -> Mapping[str, Location]:
        """Every place where entities are read, by its id, in the order of their targets."""
        parts = {self._parts(ref) for ref in self._index.number_of}
        found = (_location(kind, target) for kind, target in sorted(parts))
        return {location.id: location for location in found}

    def location_of(self, ref: str) -> Location:
        """Where an entity is read.

        Raises:
            NotFound: There is no such entity.
        """
        if ref.lower() not in self._index.number_of:
            raise NotFound(f"found no entity for ref {ref.lower()}")
        return _location(*self._parts(ref.lower()))

    def card(self, ref: str) -> Card:
        """An entity as it is held.

        Raises:
            NotFound: There is none.
        """
        card = self._stock.card(ref.lower()) if ref.lower() in self._index.number_of else None
        if card is None:
            raise NotFound(f"No entity {ref.lower()} found")
        return card

    def _parts(self, ref: str) -> tuple[str, str]:
        card = self._stock.card(ref)
        assert card is not None
        return location_parts(card.entity().source)

    def _fitting(self, predicate: Predicate | None) -> Found:
        return self._index.everything() if predicate is None else matching(predicate, self._index)

    def _document(self, ref: str, fields: Fields) -> Document:
        return fields.of(self._stock.document(ref, self._seen))


def _location(kind: str, target: str) -> Location:
    text = f"{kind}:{target}"
    generated = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return Location(uid_of(f"at {text}"), kind, target, f"location:default/generated-{generated}")
