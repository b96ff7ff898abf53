"""Pure: what ``is`` asks, by name."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG001, ARG005

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from scaffolds.nunjucks import values
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.numbers import remainder
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import UNDEFINED, Pattern, Safe, Value, order, plain_text, same, truthy

_Check = Callable[[Value, Sequence[Value], Tools], bool]


def _is_iterable(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    if value is UNDEFINED or value is None:
        raise Misstep("there is no value")
    return isinstance(value, str | Safe | list)


def _is_lower(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    return not isinstance(value, Safe) and plain_text(value).lower() == plain_text(value)


def _is_upper(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    return not isinstance(value, Safe) and plain_text(value).upper() == plain_text(value)


_PLAIN: Mapping[str, _Check] = {
    "callable": lambda value, arguments, tools: isinstance(value, values.Callable),
    "defined": lambda value, arguments, tools: value is not UNDEFINED,
    "escaped": lambda value, arguments, tools: isinstance(value, Safe),
    "even": lambda value, arguments, tools: remainder(tools.number(value), 2.0) == 0,
    "falsy": lambda value, arguments, tools: not truthy(value),
    "iterable": _is_iterable,
    "lower": _is_lower,
    "mapping": lambda value, arguments, tools: isinstance(value, dict | Safe | Pattern),
    "null": lambda value, arguments, tools: value is None,
    "number": lambda value, arguments, tools: isinstance(value, float),
    "odd": lambda value, arguments, tools: remainder(tools.number(value), 2.0) == 1,
    "string": lambda value, arguments, tools: isinstance(value, str),
    "truthy": lambda value, arguments, tools: truthy(value),
    "undefined": lambda value, arguments, tools: value is UNDEFINED,
    "upper": _is_upper,
}


def _same(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    return same(value, arguments[0])


def _above(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    return order(value, arguments[0], tools.budget) > 0


def _below(value: Value, arguments: Sequence[Value], tools: Tools) -> bool:
    return order(value, arguments[0], tools.budget) < 0


_COMPARING: Mapping[str, _Check] = {
    "divisibleby": lambda value, given, tools: remainder(tools.number(value), tools.number(given[0])) == 0,
    "eq": _same,
    "equalto": _same,
    "ge": lambda value, given, tools: order(value, given[0], tools.budget) >= 0,
    "greaterthan": _above,
    "gt": _above,
    "le": lambda value, given, tools: order(value, given[0], tools.budget) <= 0,
    "lessthan": _below,
    "lt": _below,
    "ne": lambda value, given, tools: not _same(value, given, tools),
    "sameas": _same,
}


def check(name: str, value: Value, arguments: Sequence[Value], tools: Tools, is_asked: bool = True) -> bool:
    """Whether a value passes a check.

    Args:
        name: The check.
        value: What is looked at.
        arguments: The check's own; exactly one for those that compare, none for the others.
        tools: Of this rendering.
        is_asked: False to look only at name and number of arguments.
    """
    wanted = needed(name)
    if len(arguments) != wanted:
        raise Misstep(f"the check {name} takes {wanted or 'no'} argument{'s' * (not wanted)}")
    return is_asked and (_PLAIN.get(name) or _COMPARING[name])(value, arguments, tools)


def needed(name: str) -> int:
    """How many arguments a check takes."""
    if name in _PLAIN:
        return 0
    if name in _COMPARING:
        return 1
    near = get_close_matches(name, [*_PLAIN, *_COMPARING], 1)
    raise Misstep(f"there is no check {name}{f'; did you mean {near[0]}?' if near else ''}")
