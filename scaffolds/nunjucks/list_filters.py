"""Pure: filters that look at lists, records and numbers."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG001

import math
import secrets
from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Any

from scaffolds.nunjucks import numbers
from scaffolds.nunjucks.checks import check, needed
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.tools import Tools, argument
from scaffolds.nunjucks.values import (
    RESERVED,
    UNDEFINED,
    Safe,
    Value,
    added,
    field,
    has_field,
    is_text,
    kind_of,
    order,
    ordered,
    plain_text,
    rendered,
    same,
    truthy,
)

Arguments = Sequence[Value]
_MOST = 2.0**53 - 1
_SHORT = 64


def _is_nothing(value: Value) -> bool:
    return value is UNDEFINED or value is None


def absolute(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """A number without its sign."""
    return abs(tools.number(value))


def to_float(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The number that a text begins with; else what is given instead."""
    number = numbers.leading_number(tools.text(value))
    return argument(arguments, 0) if math.isnan(number) else number


def to_int(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The whole number that a text begins with; else what is given instead."""
    given = argument(arguments, 1)
    base = tools.number(10.0 if given is UNDEFINED else given)
    whole = int(base) if math.isfinite(base) and abs(base) < 1e9 else 0
    number = numbers.leading_integer(tools.text(value), whole)
    return argument(arguments, 0) if math.isnan(number) else number


def rounding(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Rounded to some digits; ``ceil`` and ``floor`` say which way."""
    digits, method = argument(arguments, 0), argument(arguments, 1)
    factor = numbers.power(10.0, tools.number(digits if truthy(digits) else 0.0))
    number = tools.number(value) * factor
    ways: dict[Any, Callable[[float], float]] = {"ceil": numbers.ceiled, "floor": numbers.floored}
    way = ways.get(method, numbers.rounded) if isinstance(method, str) else numbers.rounded
    return numbers.quotient(way(number), factor)


def _sequence(value: Value) -> list[Value] | None:
    """The items of a list or the characters of a text; ``None`` for anything else."""
    if isinstance(value, list):
        return list(value)
    return list(plain_text(value)) if is_text(value) else None


def _numbered(record: dict[str, Value], tools: Tools) -> list[Value]:
    """What a record with a ``length`` holds under 0, 1, 2 ..."""
    length = tools.number(record.get("length", UNDEFINED))
    if math.isnan(length) or length <= 0:
        return []
    tools.budget.spend(length)
    return [record.get(str(index), UNDEFINED) for index in range(math.ceil(length))]


def _mapped(record: dict[str, Value], tools: Tools) -> list[Value]:
    length = record.get("length", UNDEFINED)
    if isinstance(length, float) and length == length and not 0 <= length <= 2**32 - 1:
        raise Misstep("the length of the record is no length")
    return _numbered(record, tools)


def batch(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Rows of some length; the last filled up when there is something to fill it with."""
    if _is_nothing(value):
        raise Misstep("there is no list")
    width = numbers.truncated(tools.number(argument(arguments, 0)))
    if not 0 < width <= _MOST:
        raise Misstep("the length of a row is a whole number above 0")
    items = _numbered(value, tools) if isinstance(value, dict) else _sequence(value)
    if items is None:
        return []
    size, fill = int(width), argument(arguments, 1)
    rows = [items[at : at + size] for at in range(0, len(items), size)]
    if rows and truthy(fill):
        tools.budget.spend(size - len(rows[-1]))
        rows[-1] += [fill] * (size - len(rows[-1]))
    tools.budget.spend(len(items))
    return rows


def slices(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """A number of parts, as equal as can be."""
    items = _sequence(value)
    if items is None:
        raise Misstep("there is no list")
    wanted = numbers.truncated(tools.number(argument(arguments, 0)))
    if not 0 < wanted <= _MOST:
        raise Misstep("the number of parts is a whole number above 0")
    tools.budget.spend(wanted + len(items))
    count, fill, parts, at = int(wanted), argument(arguments, 1), [], 0
    for index in range(count):
        size = len(items) // count + (index < len(items) % count)
        part = items[at : at + size]
        at += size
        if truthy(fill) and index >= len(items) % count:
            if is_text(value):
                raise Misstep("a part of a text cannot be filled up")
            part.append(fill)
        parts.append("".join(part) if is_text(value) else part)
    return parts


def dictsort(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Pairs of a record by key, or by value."""
    if not isinstance(value, dict):
        raise Misstep(f"a record was expected, not {kind_of(value)}")
    by = argument(arguments, 1)
    if by not in ("key", "value") and by is not UNDEFINED:
        raise Misstep("it sorts by key or by value")
    is_exact, index = truthy(argument(arguments, 0)), 1 if by == "value" else 0

    def compare(left: list[Value], right: list[Value]) -> int:
        one, two = _folded(left[index], is_exact, str.upper), _folded(right[index], is_exact, str.upper)
        if order(one, two, tools.budget) > 0:
            return 1
        return 0 if same(one, two) else -1

    return _sorted([[key, item] for key, item in value.items()], compare, tools)


def _folded(value: Value, is_exact: bool, fold: Callable[[str], str]) -> Value:
    return value if is_exact or not is_text(value) else fold(plain_text(value))


def _sorted(items: list[Value], compare: Callable[[Any, Any], int], tools: Tools) -> list[Value]:
    """Stable; undefined items come last, as in JavaScript."""
    tools.budget.spend(len(items))
    known = [item for item in items if item is not UNDEFINED]
    if len(known) < _SHORT:
        _sort_short(known, compare)
    else:
        known.sort(key=cmp_to_key(compare))
    return known + [UNDEFINED] * (len(items) - len(known))


def _sort_short(items: list[Value], compare: Callable[[Any, Any], int]) -> None:
    """Insertion as JavaScript's engine does it: values that have no order among them end up where they do there.

    Python's own sort compares in another order from version to version.
    """
    done = _first_run(items, compare)
    for at in range(done, len(items)):
        item, left, right = items[at], 0, at
        while left < right:
            middle = (left + right) // 2
            if compare(item, items[middle]) < 0:
                right = middle
            else:
                left = middle + 1
        items.insert(left, items.pop(at))


def _first_run(items: list[Value], compare: Callable[[Any, Any], int]) -> int:
    """How many items at the beginning are in order; a run that falls is turned round."""
    if len(items) < 2:
        return len(items)
    falls = compare(items[1], items[0]) < 0
    end = 2
    while end < len(items) and (compare(items[end], items[end - 1]) < 0) is falls:
        end += 1
    if falls:
        items[:end] = items[:end][::-1]
    return end


def first(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The first item."""
    if _is_nothing(value):
        raise Misstep("there is no list")
    return field(value, "0")


def last(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The last item."""
    if _is_nothing(value):
        raise Misstep("there is no list")
    length = tools.number(field(value, "length"))
    return field(value, tools.text(length - 1))


def random(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Any item."""
    if _is_nothing(value):
        raise Misstep("there is no list")
    items = _numbered(value, tools) if isinstance(value, dict) else _sequence(value)
    return secrets.choice(items) if items else UNDEFINED


def groupby(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items by the value of an attribute."""
    if _is_nothing(value):
        raise Misstep("there is no list")
    items = _numbered(value, tools) if isinstance(value, dict) else _sequence(value)
    path = _path(argument(arguments, 0), tools)
    groups: dict[str, Value] = {}
    for item in items or ():
        tools.budget.spend()
        key = tools.text(_at_path(item, path))
        _refuse_reserved(key)
        groups.setdefault(key, []).append(item)
    return dict(ordered(groups))


def _path(value: Value, tools: Tools) -> list[str]:
    if not truthy(value):
        return []
    parts = value.split(".") if isinstance(value, str) else [tools.text(value)]
    for part in parts:
        _refuse_reserved(part)
    return parts


def _at_path(value: Value, path: list[str]) -> Value:
    for part in path:
        if not _is_nothing(value) and not has_field(value, part):
            return UNDEFINED
        value = _attribute(value, part)
    return value


def _attribute(value: Value, key: str) -> Value:
    if _is_nothing(value):
        raise Misstep(f"{kind_of(value)} has no {key}")
    return field(value, key)


def _refuse_reserved(key: str) -> None:
    if key in RESERVED:
        raise Misstep(f"the name {key} is reserved")


def join(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items, or an attribute of each, as one text."""
    given = argument(arguments, 0)
    between = tools.text(given) if truthy(given) else ""
    key = argument(arguments, 1)
    items = _projected(value, key, tools) if truthy(key) else _list(value)
    parts = []
    for item in items:
        tools.budget.spend()
        parts.append(rendered(item, tools.budget))
    tools.budget.make(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def _list(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise Misstep(f"a list was expected, not {kind_of(value)}")
    return value


def _projected(value: Value, key: Value, tools: Tools) -> list[Value]:
    """An attribute of every item."""
    name = tools.text(key)
    _refuse_reserved(name)
    if isinstance(value, Safe):
        items: list[Value] = [UNDEFINED] if value.text else []
    else:
        items = (_mapped(value, tools) if isinstance(value, dict) else _sequence(value)) or []
    tools.budget.spend(len(items))
    return [_attribute(item, name) for item in items]


def total(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The sum of items, or of an attribute of each."""
    key, start = argument(arguments, 0), argument(arguments, 1)
    found: Value = 0.0
    for item in _projected(value, key, tools) if truthy(key) else _list(value):
        tools.budget.spend()
        found = added(found, item, tools.budget)
    return added(0.0 if start is UNDEFINED else start, found, tools.budget)


def length(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """How many items, fields or characters."""
    if isinstance(value, dict):
        return float(len(value))
    found = field(value, "length")
    return 0.0 if value is UNDEFINED or value is None or value is False else found


def to_list(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Characters of a text, or keys and values of a record, as a list."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [{"key": key, "value": item} for key, item in value.items()]
    items = _sequence(value)
    if items is None:
        raise Misstep(f"{kind_of(value)} cannot be a list")
    tools.budget.spend(len(items))
    return items


def reverse(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The other way round."""
    if is_text(value):
        turned = plain_text(value)[::-1]
        return Safe(turned) if isinstance(value, Safe) else turned
    items = _mapped(value, tools) if isinstance(value, dict) else _sequence(value)
    return (items or [])[::-1]


def select(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items that pass a check, by default those that count as true."""
    return _chosen(value, arguments, tools, True)


def reject(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items that do not pass it."""
    return _chosen(value, arguments, tools, False)


def _chosen(value: Value, arguments: Arguments, tools: Tools, wanted: bool) -> Value:
    named = argument(arguments, 0)
    name = "truthy" if named is UNDEFINED else tools.text(named)
    needed(name)
    if _is_nothing(value):
        raise Misstep("there is no list")
    items = _present(value, tools) if isinstance(value, dict) else _sequence(value)
    if items is None:
        return []
    check(name, UNDEFINED, arguments[1:], tools, is_asked=False)
    tools.budget.spend(len(items))
    return [item for item in items if check(name, item, arguments[1:], tools) is wanted]


def _present(record: dict[str, Value], tools: Tools) -> list[Value]:
    """What a record with a ``length`` does hold under 0, 1, 2 ..."""
    length = min(max(0.0, tools.integer(record.get("length", UNDEFINED))), _MOST)
    tools.budget.spend(length)
    return [record[str(index)] for index in range(int(length)) if str(index) in record]


def selectattr(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items of which an attribute counts as true; a check that is named is not looked at, as in Nunjucks."""
    return _with_attribute(value, arguments, tools, True)


def rejectattr(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items of which it does not."""
    return _with_attribute(value, arguments, tools, False)


def _with_attribute(value: Value, arguments: Arguments, tools: Tools, wanted: bool) -> Value:
    items, key = _list(value), tools.text(argument(arguments, 0))
    _refuse_reserved(key)
    tools.budget.spend(len(items))
    return [item for item in items if truthy(_attribute(item, key)) is wanted]


def sort(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Items in order; arguments are reverse, case_sensitive and attribute."""
    items = _mapped(value, tools) if isinstance(value, dict) else _sequence(value)
    if items is None:
        return []
    turn = -1 if truthy(argument(arguments, 0)) else 1
    is_exact, path = truthy(argument(arguments, 1)), _path(argument(arguments, 2), tools)

    def compare(left: Value, right: Value) -> int:
        one, two = _at_path(left, path), _at_path(right, path)
        is_folded = not is_exact and is_text(one) and is_text(two)
        if is_folded:
            one, two = plain_text(one).lower(), plain_text(two).lower()
        found = order(one, two, tools.budget)
        return 0 if found != found else int(found) * turn

    tools.budget.spend(len(items) * max(1, len(items).bit_length()))
    return _sorted(items, compare, tools)
