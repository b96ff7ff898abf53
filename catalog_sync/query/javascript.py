"""Pure: how JavaScript turns values into text and cuts it, where Python does it otherwise."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

# What JavaScript's trim takes away; Python's strip takes more.
_BLANK = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_UNESCAPED = "!'()*-._~"
_SURROGATE = re.compile("[\ud800-\udfff]")
_SAFE = 2**53
_PLAIN_BELOW = 21
"""Numbers of so many digits are written without an exponent."""
_PLAIN_ABOVE = -7


def trimmed(text: str) -> str:
    """``text.trim()``."""
    return text.strip(_BLANK)


def length(text: str) -> int:
    """``text.length``: a character beyond the basic plane counts twice."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def shown(value: Any) -> str:
    """``String(value)`` of a JSON value."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return "[object Object]"
    return ",".join("" if item is None else shown(item) for item in value)


def is_true(value: Any) -> bool:
    """Whether a JSON value counts as true: unlike in Python, an empty list and an empty object do."""
    return bool(value) or isinstance(value, list | Mapping)


def encoded(text: str) -> str:
    """``encodeURIComponent(text)``; a lone surrogate, over which JavaScript throws, becomes a question mark."""
    return quote(_SURROGATE.sub("?", text), safe=_UNESCAPED)


def _number(value: int | float) -> str:
    if isinstance(value, int) and abs(value) <= _SAFE:
        return str(value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf if value > 0 else -math.inf
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return _written(number) if number else "0"


def _written(number: float) -> str:
    _sign, parts, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    digits, sign = "".join(map(str, parts)), "-" if number < 0 else ""
    point = len(digits) + exponent
    if len(digits) <= point <= _PLAIN_BELOW:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    if 0 < point <= _PLAIN_BELOW:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _PLAIN_ABOVE < point - 1 < 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"
