"""Pure: what programs may ask for at once, and the words that are neither filter nor order."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from catalog_sync.query.filters import Predicate
from catalog_sync.query.predicates import parse_query
from core.errors import UserError

MOST_FILTERS = 100
"""So many filter strings are taken in one question."""
MOST_STATEMENTS = 1_000
"""So many statements all filter strings may have together."""
MOST_FACETS = 100
"""So many fields are counted in one question."""
MOST_REFS = 5_000
"""So many references are taken in one question."""
MOST_LOCATIONS = 1_000
"""So many locations a page has where nobody says."""
_TOTALS = {None: True, "include": True, "exclude": False}
_MOST = 10**15


def check_size(filters: Sequence[str]) -> None:
    """Refuse filters that would take too long.

    Raises:
        UserError: There are too many.
    """
    statements = sum(text.count(",") + 1 for text in filters)
    if len(filters) > MOST_FILTERS or statements > MOST_STATEMENTS:
        raise UserError(
            f"At most {MOST_FILTERS} filters with {MOST_STATEMENTS:,} statements together are taken"
        )


def parse_with_total(text: str | None) -> bool:
    """Whether ``totalItems`` asks for the number of documents on all pages.

    Raises:
        UserError: It is another word.
    """
    if text not in _TOTALS:
        raise UserError(f'Invalid totalItems parameter "{text}", expected one of: include, exclude')
    return _TOTALS[text]


def parse_after(text: str) -> tuple[int | None, int]:
    """The limit and the offset that an ``after`` of ``GET /entities`` stands for.

    Raises:
        UserError: It is none of ours.
    """
    content = _decoded(text, "after cursor")
    limit, offset = content.get("limit"), content.get("offset")
    if not (limit is None or _is_number(limit, 1)) or not (offset is None or _is_number(offset, 0)):
        raise UserError("Malformed after cursor, limit or offset was not a number")
    return limit, offset or 0


def encoded_after(limit: int, offset: int) -> str:
    """Where ``GET /entities`` goes on."""
    return _encoded({"limit": limit, "offset": offset})


def parse_locations_cursor(text: str) -> tuple[int, Predicate | None, str]:
    """The limit, the predicate and the last id of the page before, of ``POST /locations/by-query``.

    Raises:
        UserError: It is none of ours.
    """
    content = _decoded(text, "cursor")
    limit, after = content.get("limit"), content.get("afterId")
    if not isinstance(limit, int) or not _is_number(limit, 1) or not isinstance(after, str):
        raise UserError("Malformed cursor", "Send back nextCursor exactly as an answer gave it.")
    return limit, parse_query(content["query"]) if "query" in content else None, after


def encoded_locations_cursor(limit: int, predicate: Predicate | None, after: str) -> str:
    """Where ``POST /locations/by-query`` goes on."""
    query = {} if predicate is None else {"query": predicate}
    return _encoded({"limit": limit, "afterId": after, **query})


def _decoded(text: str, name: str) -> dict[str, Any]:
    try:
        content = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise UserError(f"Malformed {name}, could not be parsed") from error
    if not isinstance(content, dict):
        raise UserError(f"Malformed {name}, could not be parsed")
    return content


def _encoded(content: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def _is_number(value: Any, least: int) -> bool:
    return type(value) is int and least <= value < _MOST
