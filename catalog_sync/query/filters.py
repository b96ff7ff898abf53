"""Pure: Backstage's filter strings, ``kind=component,spec.owner=payments``, as predicates.

Inside one string everything must hold, except that values of one key are alternatives; of several
strings one must hold.
"""

from collections.abc import Sequence
from typing import Any

from catalog_sync.query.javascript import trimmed
from core.errors import UserError

Predicate = dict[str, Any]
"""A predicate in Backstage's JSON form: ``{"$all": [{"kind": "api"}, {"spec.type": {"$exists": True}}]}``."""


def parse_filters(filters: Sequence[str]) -> Predicate | None:
    """One predicate for all filter strings; None where they ask for nothing.

    Raises:
        UserError: A statement has no key.
    """
    found = [_parsed(text) for text in filters]
    alternatives = [
        statements[0] if len(statements) == 1 else {"$all": statements} for statements in found if statements
    ]
    if len(alternatives) > 1:
        return {"$any": alternatives}
    return alternatives[0] if alternatives else None


def _parsed(text: str) -> list[Predicate]:
    wanted: dict[str, list[str] | None] = {}
    for statement in filter(None, map(trimmed, text.split(","))):
        key, equals, value = statement.partition("=")
        # A statement without a value is trimmed already.
        key = trimmed(key) if equals else key
        if not key:
            raise UserError(
                f"Invalid filter, '{statement}' is not a valid statement"
                " (expected a string on the form a=b or a= or a)",
                "For example: kind=component,spec.type=service",
            )
        values = wanted.setdefault(key, None)
        if equals:
            wanted[key] = [*(values or ()), trimmed(value)]
    return [_statement(key, values) for key, values in wanted.items()]


def _statement(key: str, values: list[str] | None) -> Predicate:
    if values is None:
        return {key: {"$exists": True}}
    return {key: values[0]} if len(values) == 1 else {key: {"$in": values}}
