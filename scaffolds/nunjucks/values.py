"""Pure: the values that a template works with, and how JavaScript converts and compares them.

Numbers are ``float``, texts ``str`` in UTF-16 code units (a character beyond U+FFFF is two), lists
and records plain ``list`` and ``dict``. Nothing here looks at an attribute of a Python object.
"""

import math
from collections.abc import Iterator
from typing import Any

from scaffolds.nunjucks.faults import Budget, Misstep
from scaffolds.nunjucks.numbers import number_of, number_text

Value = Any


class Undefined:
    """JavaScript's ``undefined``: there is one, ``UNDEFINED``."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()


class Safe:
    """Text that is not escaped again; also what a macro gives back."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Pattern:
    """A regular expression as it was written, with where its next search begins."""

    __slots__ = ("flags", "next", "source")

    def __init__(self, source: str, flags: str) -> None:
        self.source = source
        self.flags = flags
        self.next = 0

    def __str__(self) -> str:
        return f"/{self.source}/{''.join(flag for flag in 'gimy' if flag in self.flags)}"


class Callable:
    """Something that can be called and nothing else; what it does is known to the evaluator."""

    __slots__ = ()


RESERVED = frozenset({"constructor", "prototype", "__proto__"})


def to_units(text: str) -> str:
    """Text as UTF-16 code units."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(_pair(character) if character > "\uffff" else character for character in text)


def from_units(text: str) -> str:
    """Text as Python has it; half of a pair becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _pair(character: str) -> str:
    rest = ord(character) - 0x10000
    return chr(0xD800 + (rest >> 10)) + chr(0xDC00 + (rest & 0x3FF))


def taken_in(value: Any) -> Value:
    """A copy of a JSON-like value of Python's for a template to work with."""
    if isinstance(value, str):
        return to_units(value)
    if isinstance(value, bool) or value is None or value is UNDEFINED:
        return value
    if isinstance(value, int | float):
        return _float(value)
    if isinstance(value, dict):
        return {key: taken_in(item) for key, item in ordered({to_units(str(k)): v for k, v in value.items()})}
    if isinstance(value, list | tuple):
        return [taken_in(item) for item in value]
    return to_units(str(value))


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def given_out(value: Value, budget: Budget) -> Any:
    """What a template worked out as a JSON-like value of Python's; ``UNDEFINED`` only as the whole.

    An undefined field of a record is left out, an undefined item of a list becomes ``None``.
    """
    budget.spend()
    if isinstance(value, str):
        return from_units(value)
    if isinstance(value, float):
        return whole_or_float(value)
    if isinstance(value, list):
        return [None if item is UNDEFINED else given_out(item, budget) for item in value]
    if isinstance(value, dict):
        pairs = ordered(value)
        return {from_units(key): given_out(item, budget) for key, item in pairs if item is not UNDEFINED}
    if isinstance(value, Safe):
        return from_units(value.text)
    if isinstance(value, Pattern):
        return from_units(str(value))
    if isinstance(value, Callable):
        raise Misstep("a function is not a value")
    return value


def whole_or_float(value: float) -> int | float:
    """``7`` for 7.0, as JSON writes it; -0.0 stays what it is."""
    if value == 0:
        return value if math.copysign(1.0, value) < 0 else 0
    text = number_text(value)
    return int(text) if text.lstrip("-").isdigit() else value


def ordered(record: dict[str, Any]) -> list[tuple[str, Any]]:
    """The fields of a record in the order of a JavaScript object: numbers first, by size."""
    if not any(key[:1].isdigit() for key in record):
        return list(record.items())
    numbers = sorted((key for key in record if _is_index(key)), key=int)
    return [(key, record[key]) for key in (*numbers, *(key for key in record if not _is_index(key)))]


def _is_index(key: str) -> bool:
    return (
        key.isascii() and key.isdigit() and len(key) <= 10 and str(int(key)) == key and int(key) < 2**32 - 1
    )


def truthy(value: Value) -> bool:
    """What counts as true: also empty lists and records, and safe text of no length."""
    if value is UNDEFINED or value is None or value is False:
        return False
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return value != "" if isinstance(value, str) else True


def is_text(value: Value) -> bool:
    """Text, safe or not."""
    return isinstance(value, str | Safe)


def plain_text(value: Value) -> str:
    """The characters of text; anything else is refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, Safe):
        return value.text
    raise Misstep(f"text was expected, not {kind_of(value)}")


def kind_of(value: Value) -> str:
    """What a value is, in a word for people."""
    if value is UNDEFINED:
        return "nothing (undefined)"
    if value is None:
        return "null"
    names = ((bool, "a boolean"), (float, "a number"), (list, "a list"), (dict, "a record"))
    for kind, name in names:
        if isinstance(value, kind):
            return name
    if is_text(value):
        return "text"
    return "a regular expression" if isinstance(value, Pattern) else "a function"


def rendered(value: Value, budget: Budget) -> str:
    """A value as it stands in a text: ``undefined`` and ``null`` are empty."""
    return "" if value is UNDEFINED or value is None else to_text(value, budget)


def to_text(value: Value, budget: Budget) -> str:
    """``String(value)``."""
    simple = primitive(value, budget)
    if isinstance(simple, str):
        return simple
    if isinstance(simple, float):
        return number_text(simple)
    return {True: "true", False: "false", None: "null"}.get(simple, "undefined")


def primitive(value: Value, budget: Budget) -> Value:
    """A value that is neither list nor record."""
    if isinstance(value, list):
        parts = []
        for item in value:
            budget.spend()
            parts.append(rendered(item, budget))
        budget.make(sum(map(len, parts)) + len(parts))
        return ",".join(parts)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, Safe):
        return value.text
    if isinstance(value, Pattern):
        return str(value)
    if isinstance(value, Callable):
        raise Misstep("a function is not a value")
    return value


def to_number(value: Value, budget: Budget) -> float:
    """``Number(value)``."""
    simple = primitive(value, budget)
    if isinstance(simple, float):
        return simple
    if isinstance(simple, str):
        return number_of(simple)
    if simple is UNDEFINED:
        return math.nan
    return 1.0 if simple is True else 0.0


def same(left: Value, right: Value) -> bool:
    """``===``."""
    if isinstance(left, float) or isinstance(right, float):
        return isinstance(left, float) and isinstance(right, float) and left == right
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    return left is right


def alike(left: Value, right: Value, budget: Budget) -> bool:
    """``==``."""
    if same(left, right):
        return True
    if not _is_simple(left) and not _is_simple(right):
        return False
    return _simply_alike(primitive(left, budget), primitive(right, budget), budget)


def _is_simple(value: Value) -> bool:
    return value is UNDEFINED or value is None or isinstance(value, bool | float | str)


def _simply_alike(left: Value, right: Value, budget: Budget) -> bool:
    nothing = (left is UNDEFINED or left is None, right is UNDEFINED or right is None)
    if any(nothing):
        return all(nothing)
    if type(left) is type(right):
        return same(left, right)
    return to_number(left, budget) == to_number(right, budget)


def order(left: Value, right: Value, budget: Budget) -> float:
    """-1, 0 or 1; NaN when the two cannot be put in order."""
    first, second = primitive(left, budget), primitive(right, budget)
    if isinstance(first, str) and isinstance(second, str):
        return float((first > second) - (first < second))
    one, two = to_number(first, budget), to_number(second, budget)
    if math.isnan(one) or math.isnan(two):
        return math.nan
    return float((one > two) - (one < two))


def added(left: Value, right: Value, budget: Budget) -> Value:
    """``left + right``: text when one of them is text."""
    first, second = primitive(left, budget), primitive(right, budget)
    if isinstance(first, str) or isinstance(second, str):
        return joined(first, second, budget)
    return to_number(first, budget) + to_number(second, budget)


def joined(left: Value, right: Value, budget: Budget) -> str:
    """``left ~ right``."""
    first, second = to_text(left, budget), to_text(right, budget)
    budget.make(len(first) + len(second))
    return first + second


def field(target: Value, key: str) -> Value:
    """What a list, record or text holds under a key; ``UNDEFINED`` when nothing."""
    if isinstance(target, dict):
        return target.get(key, UNDEFINED)
    if isinstance(target, Safe):
        return target.text if key == "val" else field(target.text, key)
    if isinstance(target, list | str):
        if key == "length":
            return float(len(target))
        if _is_index(key) and int(key) < len(target):
            return target[int(key)]
    return UNDEFINED


def has_field(target: Value, key: str) -> bool:
    """Whether there is such a field, even an undefined one."""
    if isinstance(target, dict):
        return key in target
    if isinstance(target, Safe):
        return key == "val" or has_field(target.text, key)
    return isinstance(target, list | str) and (key == "length" or (_is_index(key) and int(key) < len(target)))


def holds(container: Value, wanted: Value, budget: Budget) -> bool:
    """Whether a list or record holds another one somewhere inside, or is it."""
    if container is wanted:
        return True
    return any(holds(item, wanted, budget) for item in _items(container, budget))


def _items(container: Value, budget: Budget) -> Iterator[Value]:
    items = container.values() if isinstance(container, dict) else container
    for item in items if isinstance(container, dict | list) else ():
        budget.spend()
        yield item
