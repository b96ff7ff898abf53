"""Pure: one page of ``by-query``, and the cursors that lead to the next and the one before."""

import base64
import binascii
import heapq
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from catalog_sync.query.filters import Predicate
from catalog_sync.query.index import Index
from catalog_sync.query.javascript import trimmed
from catalog_sync.query.like import Like
from catalog_sync.query.matching import matching
from catalog_sync.query.order import Order
from catalog_sync.query.predicates import parse_predicate
from core.errors import UserError

USUAL_LIMIT = 200
"""How many documents a page has where nobody says."""
_FEW = 0.2
"""A page of less than this share is picked out instead of sorting all."""

Place = tuple[str, ...]
"""Where in an order a document stands: its value and its id, or its id alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for; the same on each of its pages."""

    predicate: Predicate | None = None
    order: Order | None = None
    """Documents without the field are left out, and one comes once for each of its values."""
    term: str = ""
    """Text that a value has to have in it; ``%`` and ``_`` stand for anything and for one character."""
    term_fields: tuple[str, ...] | None = None
    """Where the term is looked for; in the field of the order when left out, else in ``metadata.uid``."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins."""

    asked: Asked
    at: Place
    """The place beside which the page lies."""
    first: Place
    """The place of the first document of the first page."""
    is_backwards: bool
    total: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of documents, by their numbers."""

    numbers: tuple[int, ...]
    total: int
    """Of all pages; 0 where it was not asked for."""
    following: Cursor | None = None
    previous: Cursor | None = None


def first_page(
    index: Index, asked: Asked, limit: int = USUAL_LIMIT, offset: int = 0, *, with_total: bool = True
) -> Page:
    """The first page, or the one that begins at an offset.

    Raises:
        UserError: The predicate has a part without a meaning.
    """
    found = _Found(index, asked)
    places = found.places(limit + 1 + offset)[offset:]
    total = found.total if with_total else 0
    shown = places[:limit]
    following = None
    if limit > 0 and len(places) > limit:
        following = Cursor(asked, shown[-1], shown[0], is_backwards=False, total=total)
    return Page(found.numbers(shown), total, following)


def next_page(index: Index, cursor: Cursor, limit: int = USUAL_LIMIT) -> Page:
    """The page that a cursor leads to.

    Raises:
        UserError: The predicate has a part without a meaning.
    """
    found = _Found(index, cursor.asked)
    places = found.places(limit + 1, beside=cursor.at, is_backwards=cursor.is_backwards)
    shown = places[:limit]
    if cursor.is_backwards:
        shown = shown[::-1]
    has_more = limit > 0 and (cursor.is_backwards or len(places) > limit)
    following = replace(cursor, at=shown[-1], is_backwards=False) if has_more and shown else None
    is_first = not shown or shown[0] == cursor.first
    previous = None if is_first else replace(cursor, at=shown[0], is_backwards=True)
    return Page(found.numbers(shown), cursor.total, following, previous)


class _Found:
    """The documents that fit a question, and their places in its order."""

    def __init__(self, index: Index, asked: Asked) -> None:
        self._index, self._order = index, asked.order
        self._key = asked.order.field.lower() if asked.order else ""
        self._documents: Set[int] = (
            index.everything() if asked.predicate is None else matching(asked.predicate, index)
        )
        self._wanted: Like | None = None
        term = trimmed(asked.term).lower()
        if term:
            self._look_for(Like(term), asked.term_fields)

    def _look_for(self, wanted: Like, fields: Sequence[str] | None) -> None:
        keys = [self._key or "metadata.uid"] if fields is None else list(fields)
        self._documents = self._documents & self._index.like([key.lower() for key in keys], wanted)
        # Looked for in the order's own field, the term has to be in the very value that is ordered by.
        if self._order and keys == [self._key]:
            self._wanted = wanted

    @property
    def total(self) -> int:
        """How many documents fit, each counted once."""
        if not self._order:
            return len(self._documents)
        known = self._index.values_of(self._key)
        return sum(any(value is not None for value in known.get(number, ())) for number in self._documents)

    def numbers(self, places: Sequence[Place]) -> tuple[int, ...]:
        """The documents at some places."""
        known = self._index.number_of_uid if self._order else self._index.number_of
        return tuple(known[place[-1]] for place in places)

    def places(self, count: int, beside: Place | None = None, *, is_backwards: bool = False) -> list[Place]:
        """The first places in the order, or those next to a place on one of its sides, nearest first."""
        is_descending = (self._order is not None and self._order.is_descending) is not is_backwards
        every = self._by_value() if self._order else self._by_reference()
        if beside is not None:
            every = [place for place in every if (place < beside if is_descending else place > beside)]
        if count < len(every) * _FEW:
            pick = heapq.nlargest if is_descending else heapq.nsmallest
            return pick(count, every)
        return sorted(every, reverse=is_descending)[:count]

    def _by_reference(self) -> list[Place]:
        refs = self._index.refs
        return [(refs[number],) for number in self._documents]

    def _by_value(self) -> list[Place]:
        known, uids = self._index.values_of(self._key), self._index.uids
        return [
            (value, uids[number])
            for number in self._documents
            for value in known.get(number, ())
            if value is not None and (self._wanted is None or self._wanted.is_in(value))
        ]


def encoded_cursor(cursor: Cursor) -> str:
    """A cursor as the text that programs send back; its form is Backstage's, which clients look into."""
    asked = cursor.asked
    orders = [{"field": asked.order.field, "order": asked.order.way}] if asked.order else []
    content: dict[str, Any] = {
        "orderFields": orders,
        "orderFieldValues": list(cursor.at),
        "firstSortFieldValues": list(cursor.first),
        "isPrevious": cursor.is_backwards,
        "totalItems": cursor.total,
    }
    if asked.term:
        fields = {} if asked.term_fields is None else {"fields": list(asked.term_fields)}
        content["fullTextFilter"] = {"term": asked.term, **fields}
    if asked.predicate is not None:
        content["query"] = asked.predicate
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def parse_cursor(text: str) -> Cursor:
    """A cursor from its text.

    Raises:
        UserError: It is none of ours.
    """
    if not text:
        raise UserError("Cursor cannot be empty")
    try:
        # Some clients write base64 for addresses, or leave the padding out.
        plain = text.replace("-", "+").replace("_", "/").rstrip("=")
        content = json.loads(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
        return _cursor(content)
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(
            "Malformed cursor", "Send back nextCursor or prevCursor exactly as an answer gave it."
        ) from error


def _cursor(content: Mapping[str, Any]) -> Cursor:
    orders = [_order(item) for item in content["orderFields"][:1]]
    text = content.get("fullTextFilter") or {}
    if not isinstance(text, Mapping):
        raise TypeError("fullTextFilter is an object")
    fields = text.get("fields")
    asked = Asked(
        predicate=None if content.get("query") is None else parse_predicate(content["query"]),
        order=orders[0] if orders else None,
        term=_text(text.get("term", "")),
        term_fields=None if fields is None else tuple(map(_text, fields)),
    )
    total = content.get("totalItems", 0)
    if not isinstance(total, int):
        raise TypeError("totalItems is a number")
    places = [_place(content[name], asked.order) for name in ("orderFieldValues", "firstSortFieldValues")]
    return Cursor(asked, places[0], places[1], bool(content["isPrevious"]), total)


def _order(item: Mapping[str, Any]) -> Order:
    if item["order"] not in ("asc", "desc"):
        raise ValueError("an order is asc or desc")
    return Order(_text(item["field"]), item["order"] == "desc")


def _place(values: Any, order: Order | None) -> Place:
    if not isinstance(values, list) or len(values) != (2 if order else 1):
        raise ValueError("a place has a value and an id, or an id alone")
    return tuple(map(_text, values))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    return value
