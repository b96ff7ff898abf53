"""One call of the catalog's interface for programs: its parameters and its body, read strictly."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from catalog_sync.query.fields import MOST_FIELDS
from catalog_sync.query.filters import parse_filters
from catalog_sync.query.order import Order, parse_order_fields
from catalog_sync.query.pages import USUAL_LIMIT, Asked
from catalog_sync.query.predicates import parse_query
from catalog_sync.query.requests import check_size, parse_with_total
from core.errors import UserError

MOST_ON_A_PAGE = 10_000
"""Whoever asks for more on one page gets so many, and a cursor."""

_NUMBER = re.compile("[0-9]{1,15}")
_MOST = 10**15


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose parameters have known names."""

    params: QueryParams
    path: Mapping[str, str]
    body: Mapping[str, Any]
    url: str
    """The path with the query, as it was asked for."""

    def several(self, name: str) -> list[str]:
        """All values of a parameter, in their order."""
        return self.params.getlist(name)

    def one(self, name: str) -> str | None:
        """The value of a parameter that may be given once.

        Raises:
            UserError: It was given more often.
        """
        found = self.params.getlist(name)
        if len(found) > 1:
            raise UserError(f"Parameter {name} may be given once only")
        return found[0] if found else None

    def number(self, name: str) -> int | None:
        """A parameter that is a whole number.

        Raises:
            UserError: It is none.
        """
        text = self.one(name)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise UserError(f"Parameter {name} must be a whole number, zero or greater")
        return int(text)

    def predicate(self) -> dict[str, Any] | None:
        """What ``filter`` asks for.

        Raises:
            UserError: A filter is wrong, or there are too many.
        """
        filters = self.several("filter")
        check_size(filters)
        return parse_filters(filters)


def only_known(params: QueryParams, known: Sequence[str]) -> None:
    """Refuse a parameter that means nothing here, as Backstage does: it is a slip, and would be ignored.

    Raises:
        UserError: Names it.
    """
    for name in params:
        if name not in known:
            hint = f"Known are: {', '.join(known)}." if known else "There are none here."
            raise UserError(f"Unknown query parameter '{name[:100]}'", hint)


def asked_by_parameters(call: Call) -> Asked:
    """What ``GET /entities/by-query`` asks for.

    Raises:
        UserError: A parameter is wrong.
    """
    orders = parse_order_fields(call.several("orderField"))
    fields = call.one("fullTextFilterFields")
    return Asked(
        call.predicate(),
        orders[0] if orders else None,
        call.one("fullTextFilterTerm") or "",
        None if fields is None else tuple(fields.split(",")),
    )


def asked_by_body(body: Mapping[str, Any]) -> Asked:
    """What the body of ``POST /entities/by-query`` asks for.

    Raises:
        UserError: A part of it is wrong.
    """
    text = optional(body, "fullTextFilter", dict, "an object") or {}
    orders = [_order(item) for item in optional(body, "orderBy", list, "a list") or ()]
    return Asked(
        predicate_in(body),
        orders[0] if orders else None,
        optional(text, "term", str, "text") or "",
        None if "fields" not in text else tuple(texts(text, "fields")),
    )


def predicate_in(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The predicate of a body.

    Raises:
        UserError: It is none.
    """
    return parse_query(body["query"]) if "query" in body else None


def page_size(asked: int | None) -> int:
    """How many documents a page has."""
    return USUAL_LIMIT if asked is None else min(asked, MOST_ON_A_PAGE)


def number_in(body: Mapping[str, Any], name: str) -> int | None:
    """A whole number in a body.

    Raises:
        UserError: It is none.
    """
    value = body.get(name)
    if name not in body:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        raise UserError(f"{name} must be a whole number, zero or greater")
    if value != int(value):
        raise UserError(f"{name} must be a whole number, zero or greater")
    return int(value)


def with_total_in(body: Mapping[str, Any]) -> bool:
    """Whether a body asks for the number of all documents.

    Raises:
        UserError: It says neither include nor exclude.
    """
    return parse_with_total(optional(body, "totalItems", str, "include or exclude"))


def optional(body: Mapping[str, Any], name: str, kind: type, called: str) -> Any:
    """A part of a body; None where it is not there.

    Raises:
        UserError: It is of another kind.
    """
    if name not in body:
        return None
    if not isinstance(body[name], kind):
        raise UserError(f"{name} must be {called}")
    return body[name]


def texts(body: Mapping[str, Any], name: str, most: int = MOST_FIELDS) -> list[str]:
    """A list of texts in a body; empty where it is not there.

    Raises:
        UserError: It is none, or it is too long.
    """
    found = optional(body, name, list, "a list of texts") or []
    if not all(isinstance(item, str) for item in found):
        raise UserError(f"{name} must be a list of texts")
    if len(found) > most:
        raise UserError(f"{name} has more than {most:,} entries")
    return list(found)


def _order(item: Any) -> Order:
    if not isinstance(item, dict) or not isinstance(item.get("field"), str):
        raise UserError("orderBy must be a list of objects with field and order")
    if item.get("order") not in ("asc", "desc"):
        raise UserError("Invalid order field order, must be asc or desc")
    return Order(item["field"], item["order"] == "desc")
