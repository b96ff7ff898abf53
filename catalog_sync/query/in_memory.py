"""Pure: a predicate judged on one document alone, as Backstage's own programs do outside of the database.

It differs from the catalog's answers (``matching``) in many ways: the names of fields count by case,
lists are not looked into (``metadata.tags: java`` never holds), relations only by ``$contains``, and
what is not on the form of a predicate does not hold instead of being refused.
"""

from collections.abc import Mapping
from typing import Any

from catalog_sync.query.javascript import shown
from core.errors import UserError

_NOTHING = object()
"""What lies at a path where there is nothing; ``null`` is something."""


def holds(predicate: Any, value: Any) -> bool:
    """Whether a predicate holds for a document, or for an entry of a list in it.

    Raises:
        UserError: ``$all``, ``$any`` or ``$not`` is not the only key.
        TypeError: An operator's operand is of the wrong type.
    """
    if not isinstance(predicate, Mapping):
        return _equal(value, predicate)
    for operator in ("$all", "$any", "$not"):
        if operator in predicate:
            if len(predicate) > 1:
                raise UserError(
                    f"Operator {operator} must be the only key in the predicate,"
                    " wrap in $all to combine with other conditions"
                )
            return _combined(operator, predicate[operator], value)
    return all(
        not key.startswith("$") and _fits(condition, _at(value, key)) for key, condition in predicate.items()
    )


def _combined(operator: str, operand: Any, value: Any) -> bool:
    if operator == "$not":
        return not holds(operand, value)
    among = all if operator == "$all" else any
    return among(holds(item, value) for item in _list(operand, operator))


def _fits(condition: Any, value: Any) -> bool:
    if not isinstance(condition, Mapping):
        return _equal(value, condition)
    if "$contains" in condition:
        return isinstance(value, list) and any(holds(condition["$contains"], item) for item in value)
    if "$in" in condition:
        return any(_equal(value, wanted) for wanted in _list(condition["$in"], "$in"))
    if "$exists" in condition:
        return (value is not _NOTHING) is (condition["$exists"] is True)
    if "$hasPrefix" in condition:
        return isinstance(value, str) and value.upper().startswith(_prefix(condition["$hasPrefix"]).upper())
    return False


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left.upper() == right.upper()
    if isinstance(left, bool) and isinstance(right, bool):
        return left is right
    if _is_number(left) or _is_number(right):
        return left is not _NOTHING and shown(left) == shown(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return left is right and left is not _NOTHING


def _at(value: Any, path: str) -> Any:
    """What lies at a dotted path; keys may hold dots themselves."""
    if not path or not isinstance(value, Mapping):
        return _NOTHING
    for key, item in value.items():
        if key == path:
            return item
        if path.startswith(f"{key}.") and (found := _at(item, path[len(key) + 1 :])) is not _NOTHING:
            return found
    return _NOTHING


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(value: Any, operator: str) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{operator} needs a list")
    return value


def _prefix(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("$hasPrefix needs text")
    return value
