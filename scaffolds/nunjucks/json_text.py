"""Pure: a value as JSON, byte for byte as ``JSON.stringify`` writes it."""

import json
import math
import re
from typing import Any

from scaffolds.nunjucks.faults import Budget, Misstep
from scaffolds.nunjucks.numbers import number_text
from scaffolds.nunjucks.values import UNDEFINED, Callable, Pattern, Safe, Value, ordered

_HALF = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")


def dumped(value: Value, indent: Value, budget: Budget) -> Value:
    """The JSON text; ``UNDEFINED`` for an undefined value.

    Args:
        value: What is written.
        indent: Spaces per level as a number, or a text to indent with; anything else is one line.
        budget: What it may take.
    """
    text = _written(value, _indentation(indent), "\n", budget)
    return UNDEFINED if text is None else text


def _indentation(indent: Value) -> str:
    if isinstance(indent, str):
        return indent[:10]
    if isinstance(indent, float) and indent >= 1:
        return " " * int(min(10.0, indent))
    return ""


def _written(value: Value, indent: str, newline: str, budget: Budget) -> str | None:
    budget.spend()
    if isinstance(value, Safe):
        value = value.text
    if isinstance(value, list | dict):
        return _container(value, indent, newline, budget)
    if isinstance(value, Callable):
        raise Misstep("a function cannot be written as JSON")
    if value is UNDEFINED:
        return None
    if isinstance(value, Pattern):
        return "{}"
    text = _simple(value)
    budget.make(len(text))
    return text


def _simple(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        return number_text(value) if math.isfinite(value) else "null"
    return {True: "true", False: "false"}.get(value, "null")


def _quoted(text: str) -> str:
    """A half of a surrogate pair is escaped, a whole pair is not."""
    found = json.dumps(text, ensure_ascii=False)
    return found if text.isascii() else _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", found)


def _container(value: Any, indent: str, newline: str, budget: Budget) -> str:
    inner = newline + indent
    parts = (
        _items(value, indent, inner, budget)
        if isinstance(value, list)
        else _fields(value, indent, inner, budget)
    )
    opening, closing = "[]" if isinstance(value, list) else "{}"
    if not parts:
        return opening + closing
    budget.make(len(parts) * (len(inner) + 1))
    if not indent:
        return opening + ",".join(parts) + closing
    return opening + inner + f",{inner}".join(parts) + newline + closing


def _items(value: list[Value], indent: str, newline: str, budget: Budget) -> list[str]:
    return [_written(item, indent, newline, budget) or "null" for item in value]


def _fields(value: dict[str, Value], indent: str, newline: str, budget: Budget) -> list[str]:
    parts = []
    colon = ": " if indent else ":"
    for key, item in ordered(value):
        text = _written(item, indent, newline, budget)
        if text is not None:
            parts.append(_quoted(key) + colon + text)
    return parts
