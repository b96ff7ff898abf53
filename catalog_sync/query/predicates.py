"""Pure: reading predicates, the JSON form of a query, exactly as far as Backstage's schema takes them."""

import re
from collections.abc import Mapping
from typing import Any

from catalog_sync.query.filters import Predicate
from catalog_sync.query.javascript import shown
from core.errors import UserError

MOST_DEEP = 50
"""A predicate may be nested so deep; Backstage has no limit."""
MOST_CONDITIONS = 1_000
"""So many conditions and values may be in one predicate; Backstage has no limit."""

_FIELD = re.compile("(?:[^$\n\r][^\n\r\u2028\u2029]*)?")
_OPERATORS = ("$exists", "$in", "$contains", "$hasPrefix")
"""In the order in which they are looked for: of several in one condition, only the first counts."""


def parse_predicate(value: Any) -> Any:
    """A predicate as far as it has a meaning; what Backstage strips is stripped.

    A value alone (``"component"``) passes here, and is refused where it is matched with the catalog.

    Raises:
        UserError: It is not on the form of a predicate, or it is too large.
    """
    return _Reader().predicate(value, 0)


def parse_query(value: Any) -> Predicate:
    """A predicate that a query may begin with.

    Raises:
        UserError: See ``parse_predicate``; or it is a value alone.
    """
    found = parse_predicate(value)
    if not isinstance(found, dict):
        raise UserError("Query must be an object", 'For example: {"kind": "component"}')
    return found


def is_primitive(value: Any) -> bool:
    """Whether a value is text, a number, true or false."""
    return isinstance(value, str | int | float)


class _Reader:
    def __init__(self) -> None:
        self._left = MOST_CONDITIONS

    def predicate(self, value: Any, depth: int) -> Any:
        self._spend(depth)
        if is_primitive(value):
            return value
        if not isinstance(value, Mapping):
            raise _wrong(value, "an object")
        operator = next((key for key in ("$all", "$any", "$not") if key in value), None)
        if operator is None:
            return {key: self._condition(key, item, depth + 1) for key, item in value.items()}
        if len(value) > 1:
            raise _wrong(value, f"{operator} to be the only key; wrap it in $all to combine it with others")
        if operator == "$not":
            return {operator: self.predicate(value[operator], depth + 1)}
        if not isinstance(value[operator], list):
            raise _wrong(value[operator], f"a list in {operator}")
        return {operator: [self.predicate(item, depth + 1) for item in value[operator]]}

    def _condition(self, key: str, value: Any, depth: int) -> Any:
        self._spend(depth)
        if not _FIELD.fullmatch(key):
            raise _wrong(key, "a field's name, $all, $any or $not")
        if is_primitive(value):
            return value
        if isinstance(value, Mapping):
            for operator in _OPERATORS:
                if operator in value and (kept := self._operand(operator, value[operator], depth)):
                    return kept
        raise _wrong(value, f"a value, or one of {', '.join(_OPERATORS)}")

    def _operand(self, operator: str, value: Any, depth: int) -> Predicate | None:
        """The operator with its operand; None where that does not suit it, and the next one is looked for."""
        if operator == "$contains":
            try:
                return {operator: self.predicate(value, depth + 1)}
            except _Misshapen:
                return None
        if operator == "$in" and isinstance(value, list):
            self._spend(depth, len(value))
            return {operator: value} if all(map(is_primitive, value)) else None
        fits = isinstance(value, bool) if operator == "$exists" else isinstance(value, str)
        return {operator: value} if fits and operator != "$in" else None

    def _spend(self, depth: int, count: int = 1) -> None:
        self._left -= count
        if depth > MOST_DEEP or self._left < 0:
            raise UserError(
                "Invalid query: it is too large",
                f"At most {MOST_CONDITIONS} conditions and values, at most {MOST_DEEP} deep.",
            )


class _Misshapen(UserError):
    """Not on the form of a predicate."""


def _wrong(found: Any, expected: str) -> _Misshapen:
    text = "a list" if isinstance(found, list) else shown(found)
    return _Misshapen(f"Invalid query: Validation error, expected {expected}", f"Found {text[:100]}.")
