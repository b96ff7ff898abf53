"""Pure: a predicate matched with the whole catalog, as Backstage's database does; this is what we answer with.

Everything is compared in lower case, lists are looked into, and objects in lists only as relations.
"""

import json
from collections.abc import Mapping, Set
from typing import Any, Protocol

from catalog_sync.query.javascript import shown
from catalog_sync.query.predicates import is_primitive
from core.errors import UserError

Found = Set[int]
"""Numbers of documents."""


class Rows(Protocol):
    """What documents are found by."""

    def everything(self) -> Found:
        """All documents."""
        ...

    def having(self, key: str) -> Found:
        """The documents with a key, be its value null."""
        ...

    def equal(self, key: str, value: str) -> Found:
        """The documents with a value under a key."""
        ...

    def beginning(self, key: str, prefix: str) -> Found:
        """The documents with a value under a key that begins so."""
        ...


def matching(predicate: Any, rows: Rows) -> Found:
    """The documents for which a parsed predicate holds.

    Raises:
        UserError: A part of it has no meaning here; the sentence names it.
    """
    if not isinstance(predicate, Mapping):
        raise UserError(
            "Invalid filter predicate: top-level primitive values are not supported. Wrap the value in a"
            f' field expression, e.g. {{ "kind": {_json(predicate)} }}'
        )
    if "$not" in predicate:
        return rows.everything() - matching(predicate["$not"], rows)
    if "$any" in predicate:
        return _union([matching(item, rows) for item in predicate["$any"]])
    if "$all" in predicate:
        return _intersection([matching(item, rows) for item in predicate["$all"]], rows)
    return _intersection([_condition(key.lower(), item, rows) for key, item in predicate.items()], rows)


def _condition(key: str, value: Any, rows: Rows) -> Found:
    if is_primitive(value):
        return rows.equal(key, _lowered(value))
    if "$exists" in value:
        found = rows.having(key)
        return found if value["$exists"] else rows.everything() - found
    if "$in" in value:
        return _union([rows.equal(key, _lowered(item)) for item in value["$in"]])
    if "$hasPrefix" in value:
        return rows.beginning(key, value["$hasPrefix"].lower())
    target = value["$contains"]
    if is_primitive(target):
        return rows.equal(key, _lowered(target))
    if key == "relations":
        return _related(target, rows)
    raise UserError(f'Object form of $contains is not supported for field "{key}"')


def _related(wanted: Mapping[str, Any], rows: Rows) -> Found:
    found: dict[str, Any] = {}
    for written, value in wanted.items():
        name = written.lower()
        if name not in ("type", "targetref"):
            raise UserError(
                f'Unsupported key "{written}" in $contains for "relations".'
                ' Only "type" and "targetRef" are supported'
            )
        if name in found:
            raise UserError(f'Duplicate key "{written}" in $contains for "relations"')
        found[name] = _type(value) if name == "type" else _targets(value)
    key = f"relations.{_type(found.get('type')).lower()}"
    if "targetref" not in found:
        return rows.having(key)
    return _union([rows.equal(key, target) for target in found["targetref"]])


def _type(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise UserError('The $contains operator for "relations" requires a "type" string property')
    return value


def _targets(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.lower()]
    targets = value.get("$in") if isinstance(value, Mapping) and len(value) == 1 else None
    if not isinstance(targets, list) or not all(isinstance(item, str) for item in targets):
        raise UserError(
            'Unsupported value in $contains for "relations": expected a string or { "$in": [strings] },'
            f" but got {_json(value)}"
        )
    if not targets:
        raise UserError('Empty "$in" array for $contains on "relations" is not allowed')
    return [item.lower() for item in targets]


def _union(found: list[Found]) -> Found:
    return found[0] if len(found) == 1 else set[int]().union(*found)


def _intersection(found: list[Found], rows: Rows) -> Found:
    """What is in all of them, the smallest first."""
    if not found:
        return rows.everything()
    first, *others = sorted(found, key=len)
    for other in others:
        first = first & other
    return first


def _lowered(value: Any) -> str:
    return shown(value).lower()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]
