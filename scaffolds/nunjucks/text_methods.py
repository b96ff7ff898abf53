"""Pure: methods of texts, numbers and regular expressions."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG005

import math
from collections.abc import Callable, Mapping, Sequence

from scaffolds.nunjucks import numbers
from scaffolds.nunjucks.patterns import filled, replaced, split, tested
from scaffolds.nunjucks.tools import Tools, argument
from scaffolds.nunjucks.values import UNDEFINED, Pattern, Value, plain_text

Arguments = Sequence[Value]


def call(receiver: Value, name: str, arguments: Arguments, tools: Tools) -> Value:
    """Call a method of a text or of a regular expression."""
    if isinstance(receiver, Pattern):
        text = tools.text(argument(arguments, 0))
        return tested(tools.pattern(receiver, text), text)
    return _METHODS[name](plain_text(receiver), arguments, tools)


def _bound(value: float, length: int) -> int:
    """A place within a text, counted from its end when negative."""
    return int(max(0.0, length + value) if value < 0 else min(value, float(length)))


def _clamped(value: float, length: int) -> int:
    return int(min(max(value, 0.0), float(length)))


def _slice(text: str, arguments: Arguments, tools: Tools) -> str:
    start = _bound(tools.integer(argument(arguments, 0)), len(text))
    end = _bound(tools.integer(argument(arguments, 1), len(text)), len(text))
    return text[start:end]


def _substring(text: str, arguments: Arguments, tools: Tools) -> str:
    start = _clamped(tools.integer(argument(arguments, 0)), len(text))
    end = _clamped(tools.integer(argument(arguments, 1), len(text)), len(text))
    return text[min(start, end) : max(start, end)]


def _includes(text: str, arguments: Arguments, tools: Tools) -> bool:
    return _index_of(text, arguments, tools) >= 0


def _index_of(text: str, arguments: Arguments, tools: Tools) -> float:
    wanted = tools.text(argument(arguments, 0))
    return float(text.find(wanted, _clamped(tools.integer(argument(arguments, 1)), len(text))))


def _last_index_of(text: str, arguments: Arguments, tools: Tools) -> float:
    wanted, given = tools.text(argument(arguments, 0)), argument(arguments, 1)
    number = math.nan if given is UNDEFINED else tools.number(given)
    start = len(text) if number != number else _clamped(numbers.truncated(number), len(text))
    return float(text.rfind(wanted, 0, start + len(wanted)))


def _starts_with(text: str, arguments: Arguments, tools: Tools) -> bool:
    start = _clamped(tools.integer(argument(arguments, 1)), len(text))
    return text[start:].startswith(tools.text(argument(arguments, 0)))


def _ends_with(text: str, arguments: Arguments, tools: Tools) -> bool:
    end = _clamped(tools.integer(argument(arguments, 1), len(text)), len(text))
    return text[:end].endswith(tools.text(argument(arguments, 0)))


def _char_at(text: str, arguments: Arguments, tools: Tools) -> str:
    place = tools.integer(argument(arguments, 0))
    return text[int(place)] if 0 <= place < len(text) else ""


def _char_code_at(text: str, arguments: Arguments, tools: Tools) -> float:
    found = _char_at(text, arguments, tools)
    return float(ord(found)) if found else math.nan


def _concat(text: str, arguments: Arguments, tools: Tools) -> str:
    parts = [text, *(tools.text(part) for part in arguments)]
    tools.budget.make(sum(map(len, parts)))
    return "".join(parts)


def _replace(text: str, arguments: Arguments, tools: Tools) -> str:
    search, replacement = arguments[0], tools.text(arguments[1])
    if isinstance(search, Pattern):
        times = len(text) + 1 if "g" in search.flags else 1
        tools.budget.make(len(text) + times * len(replacement))
        return replaced(tools.pattern(search, text), text, replacement)
    wanted = tools.text(search)
    start = text.find(wanted)
    if start < 0:
        return text
    new = filled(replacement, text, start, wanted)
    tools.budget.make(len(text) + len(new))
    return text[:start] + new + text[start + len(wanted) :]


def _split(text: str, arguments: Arguments, tools: Tools) -> list[Value]:
    separator, limit = argument(arguments, 0), argument(arguments, 1)
    most = 2**32 - 1 if limit is UNDEFINED else _unsigned(tools.number(limit))
    tools.budget.spend(len(text) / 16)
    if separator is UNDEFINED:
        return [text][:most]
    if isinstance(separator, Pattern):
        found = split(tools.pattern(separator, text), text)
        return [UNDEFINED if part is None else part for part in found[:most]]
    between = tools.text(separator)
    tools.budget.spend(text.count(between))
    return (text.split(between) if between else list(text))[:most]


def _unsigned(number: float) -> int:
    return int(number) % 2**32 if math.isfinite(number) else 0


_METHODS: Mapping[str, Callable[[str, Arguments, Tools], Value]] = {
    "charAt": _char_at,
    "charCodeAt": _char_code_at,
    "concat": _concat,
    "endsWith": _ends_with,
    "includes": _includes,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "replace": _replace,
    "slice": _slice,
    "split": _split,
    "startsWith": _starts_with,
    "substring": _substring,
    "toLowerCase": lambda text, arguments, tools: text.lower(),
    "toUpperCase": lambda text, arguments, tools: text.upper(),
    "trim": lambda text, arguments, tools: text.strip(numbers.SPACE),
    "trimEnd": lambda text, arguments, tools: text.rstrip(numbers.SPACE),
    "trimStart": lambda text, arguments, tools: text.lstrip(numbers.SPACE),
}


def number_method(value: float, name: str, arguments: Arguments, tools: Tools) -> str:
    """Call a method of a number."""
    given = argument(arguments, 0)
    digits = None if given is UNDEFINED else tools.number(given)
    if name == "toFixed":
        return numbers.fixed(value, digits or 0.0)
    if name == "toExponential":
        return numbers.exponential(value, digits)
    if name == "toPrecision" and digits is not None:
        return numbers.precise(value, digits)
    if name == "toString" and digits is not None:
        return numbers.in_base(value, digits)
    return numbers.number_text(value)
