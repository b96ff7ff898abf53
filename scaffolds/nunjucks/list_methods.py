"""Pure: methods of lists, and Jinja's of records. A list that a method changes is the template's own copy."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG001

import math
from collections.abc import Callable, Mapping, Sequence

from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.tools import Tools, argument
from scaffolds.nunjucks.values import UNDEFINED, Value, holds, rendered, same

Arguments = Sequence[Value]
List = list[Value]


def call(items: List, name: str, arguments: Arguments, tools: Tools) -> Value:
    """Call a method of a list."""
    tools.budget.spend(len(items) / 4)
    return _METHODS[name](items, arguments, tools)


def _place(value: float, length: int) -> int:
    return int(max(0.0, length + value) if value < 0 else min(value, float(length)))


def _own(items: List, arguments: Arguments, tools: Tools) -> Arguments:
    """What goes into a list; a list cannot go into itself."""
    if any(holds(value, items, tools.budget) for value in arguments if isinstance(value, list | dict)):
        raise Misstep("a list cannot hold itself")
    return arguments


def _at(items: List, arguments: Arguments, tools: Tools) -> Value:
    index = tools.integer(arguments[0])
    index = len(items) + index if index < 0 else index
    return items[int(index)] if 0 <= index < len(items) else UNDEFINED


def _concat(items: List, arguments: Arguments, tools: Tools) -> List:
    found = list(items)
    for value in arguments:
        found += value if isinstance(value, list) else [value]
    tools.budget.spend(len(found))
    return found


def _flat(items: List, arguments: Arguments, tools: Tools) -> List:
    depth = max(0.0, tools.integer(argument(arguments, 0), 1.0))
    return _flattened(items, depth, tools)


def _flattened(items: List, depth: float, tools: Tools) -> List:
    found: List = []
    for item in items:
        tools.budget.spend()
        found += _flattened(item, depth - 1, tools) if depth > 0 and isinstance(item, list) else [item]
    return found


def _includes(items: List, arguments: Arguments, tools: Tools) -> bool:
    start = _place(tools.integer(argument(arguments, 1)), len(items))
    wanted = arguments[0]
    is_nan = isinstance(wanted, float) and wanted != wanted
    return any(same(item, wanted) or (is_nan and item != item) for item in items[start:])


def _index_of(items: List, arguments: Arguments, tools: Tools) -> float:
    start = _place(tools.integer(argument(arguments, 1)), len(items))
    return float(next((at for at in range(start, len(items)) if same(items[at], arguments[0])), -1))


def _last_index_of(items: List, arguments: Arguments, tools: Tools) -> float:
    given = argument(arguments, 1)
    start = len(items) - 1.0 if given is UNDEFINED else tools.integer(given)
    start = len(items) + start if start < 0 else min(start, len(items) - 1.0)
    places = range(int(start), -1, -1) if start >= 0 else ()
    return float(next((at for at in places if same(items[at], arguments[0])), -1))


def _join(items: List, arguments: Arguments, tools: Tools) -> str:
    given = argument(arguments, 0)
    between = "," if given is UNDEFINED else tools.text(given)
    parts = []
    for item in items:
        tools.budget.spend()
        parts.append(rendered(item, tools.budget))
    tools.budget.make(sum(map(len, parts)) + len(parts) * len(between))
    return between.join(parts)


def _slice(items: List, arguments: Arguments, tools: Tools) -> List:
    start = _place(tools.integer(argument(arguments, 0)), len(items))
    return items[start : _place(tools.integer(argument(arguments, 1), len(items)), len(items))]


def _push(items: List, arguments: Arguments, tools: Tools) -> float:
    items.extend(_own(items, arguments, tools))
    return float(len(items))


def _pop(items: List, arguments: Arguments, tools: Tools) -> Value:
    index = argument(arguments, 0)
    if index is UNDEFINED:
        return items.pop() if items else UNDEFINED
    place = tools.integer(index)
    place = len(items) + place if place < 0 else place
    return items.pop(int(place)) if 0 <= place < len(items) else UNDEFINED


def _shift(items: List, arguments: Arguments, tools: Tools) -> Value:
    return items.pop(0) if items else UNDEFINED


def _unshift(items: List, arguments: Arguments, tools: Tools) -> float:
    items[:0] = _own(items, arguments, tools)
    return float(len(items))


def _splice(items: List, arguments: Arguments, tools: Tools) -> List:
    if argument(arguments, 0) is UNDEFINED:
        return []
    start = _place(tools.integer(arguments[0]), len(items))
    count = max(0.0, tools.integer(argument(arguments, 1), math.inf))
    end = int(min(start + count, float(len(items))))
    removed = items[start:end]
    items[start:end] = _own(items, arguments[2:], tools) if argument(arguments, 1) is not UNDEFINED else []
    return removed


def _sort(items: List, arguments: Arguments, tools: Tools) -> List:
    """By their text; undefined items come last."""
    known = [(tools.text(item), item) for item in items if item is not UNDEFINED]
    known.sort(key=lambda pair: pair[0])
    items[:] = [item for _, item in known] + [UNDEFINED] * (len(items) - len(known))
    return items


def _reverse(items: List, arguments: Arguments, tools: Tools) -> List:
    items.reverse()
    return items


def _range(items: List, arguments: Arguments, tools: Tools) -> tuple[int, int]:
    start = _place(tools.integer(argument(arguments, 1)), len(items))
    return start, _place(tools.integer(argument(arguments, 2), len(items)), len(items))


def _fill(items: List, arguments: Arguments, tools: Tools) -> List:
    start, end = _range(items, arguments, tools)
    value = _own(items, arguments[:1], tools)[0]
    items[start:end] = [value] * max(0, end - start)
    return items


def _copy_within(items: List, arguments: Arguments, tools: Tools) -> List:
    target = _place(tools.integer(arguments[0]), len(items))
    start, end = _range(items, arguments, tools)
    moved = items[start:end][: len(items) - target]
    items[target : target + len(moved)] = moved
    return items


def _insert(items: List, arguments: Arguments, tools: Tools) -> List:
    place = _place(tools.integer(arguments[0]), len(items))
    items[place:place] = _own(items, arguments[1:], tools)
    return []


def _remove(items: List, arguments: Arguments, tools: Tools) -> List:
    place = int(_index_of(items, arguments, tools))
    return [] if place < 0 else [items.pop(place)]


def _count(items: List, arguments: Arguments, tools: Tools) -> float:
    return float(sum(same(item, arguments[0]) for item in items))


_METHODS: Mapping[str, Callable[[List, Arguments, Tools], Value]] = {
    "append": _push,
    "at": _at,
    "concat": _concat,
    "copyWithin": _copy_within,
    "count": _count,
    "fill": _fill,
    "find": _index_of,
    "flat": _flat,
    "includes": _includes,
    "index": _index_of,
    "indexOf": _index_of,
    "insert": _insert,
    "join": _join,
    "lastIndexOf": _last_index_of,
    "pop": _pop,
    "push": _push,
    "remove": _remove,
    "reverse": _reverse,
    "shift": _shift,
    "slice": _slice,
    "sort": _sort,
    "splice": _splice,
    "unshift": _unshift,
}


def of_record(record: dict[str, Value], name: str, arguments: Arguments, tools: Tools) -> Value:
    """Call one of Jinja's methods of a record."""
    tools.budget.spend(len(record))
    if name == "keys":
        return list(record)
    if name == "values":
        return list(record.values())
    if name == "items":
        return [[key, item] for key, item in record.items()]
    key = tools.text(argument(arguments, 0))
    return key in record if name == "has_key" else record.get(key, argument(arguments, 1))
