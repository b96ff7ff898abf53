"""Pure: numbers as JavaScript reads and writes them. A number is always a ``float`` here.

Source: ECMAScript, Number::toString, StringToNumber, Number.prototype.
"""

import math
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext

SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript trims; Python's own idea of white space is another."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PREFIXED = re.compile(r"0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_DIGITS = 400


def number_text(value: float) -> str:
    """A number as JavaScript prints it: ``7``, ``0.1``, ``1e-7``, ``1e+21``, ``NaN``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = _shortest(abs(value))
    return sign + _placed(digits, point)


def _shortest(value: float) -> tuple[str, int]:
    """The fewest digits that name the number, and where the point stands among them."""
    mantissa, _, exponent = f"{value!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    return digits.rstrip("0") or "0", point


def _placed(digits: str, point: int) -> str:
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return digits + exponent if count == 1 else f"{digits[0]}.{digits[1:]}{exponent}"


def number_of(text: str) -> float:
    """``Number(text)``: blank is 0, what is no number is NaN."""
    text = text.strip(SPACE)
    if not text:
        return 0.0
    if _PREFIXED.fullmatch(text):
        return float(min(int(text, 0), 10**308))
    if text in ("Infinity", "+Infinity"):
        return math.inf
    if text == "-Infinity":
        return -math.inf
    return float(text) if _DECIMAL.fullmatch(text) else math.nan


def leading_number(text: str) -> float:
    """``parseFloat(text)``."""
    text = text.lstrip(SPACE)
    for name, value in (("Infinity", math.inf), ("+Infinity", math.inf), ("-Infinity", -math.inf)):
        if text.startswith(name):
            return value
    found = _DECIMAL.match(text)
    return float(found[0]) if found else math.nan


def leading_integer(text: str, base: int) -> float:
    """``parseInt(text, base)``; base 0 stands for 10, or 16 after ``0x``."""
    text = text.lstrip(SPACE)
    sign = -1.0 if text.startswith("-") else 1.0
    text = text[1:] if text[:1] in ("+", "-") and text else text
    if base in (0, 16) and text[:2] in ("0x", "0X"):
        text, base = text[2:], 16
    base = base or 10
    if not 2 <= base <= 36:
        return math.nan
    end = 0
    while end < min(len(text), _MAX_DIGITS) and _DIGITS.find(text[end].lower()) in range(base):
        end += 1
    return sign * _as_float(int(text[:end], base)) if end else math.nan


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def truncated(value: float) -> float:
    """``Math.trunc``."""
    return value if math.isnan(value) or math.isinf(value) else float(math.trunc(value))


def rounded(value: float) -> float:
    """``Math.round``: half goes up, also below zero."""
    return floored(value + 0.5, value)


def floored(value: float, sign: float = 1.0) -> float:
    """``Math.floor``; a zero keeps its sign, or takes that of another number."""
    if math.isnan(value) or math.isinf(value):
        return value
    found = float(math.floor(value))
    return (
        math.copysign(0.0, value if sign == 1.0 else sign)
        if found == 0 and (value == 0 or sign < 0)
        else found
    )


def ceiled(value: float) -> float:
    """``Math.ceil``."""
    return -floored(-value)


def power(base: float, exponent: float) -> float:
    """``base ** exponent`` without Python's errors and complex numbers."""
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def quotient(left: float, right: float) -> float:
    """``left / right``; dividing by zero is no error."""
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """``left % right``, with the sign of the left."""
    if math.isnan(left) or math.isnan(right) or math.isinf(left) or right == 0:
        return math.nan
    return left if math.isinf(right) else math.fmod(left, right)


def fixed(value: float, digits: float) -> str:
    """``toFixed``; raises ``ValueError`` for digits out of 0 to 100."""
    count = _count(digits, 0, 100)
    if not math.isfinite(value) or abs(value) >= 1e21:
        return number_text(value)
    with localcontext() as context:
        context.prec = 500
        text = f"{Decimal(value).quantize(Decimal(1).scaleb(-count), ROUND_HALF_UP):f}"
    return text.removeprefix("-") if value == 0 else text


def exponential(value: float, digits: float | None) -> str:
    """``toExponential``; ``None`` for as many digits as the number has."""
    if not math.isfinite(value):
        return number_text(value)
    if digits is None:
        found, point = _shortest(abs(value)) if value else ("0", 1)
    else:
        found, point = _digits(abs(value), _count(digits, 0, 100) + 1)
    mantissa = found if len(found) == 1 else f"{found[0]}.{found[1:]}"
    return f"{'-' if value < 0 else ''}{mantissa}e{'+' if point >= 1 else '-'}{abs(point - 1)}"


def precise(value: float, digits: float) -> str:
    """``toPrecision``."""
    if not math.isfinite(value):
        return number_text(value)
    count = _count(digits, 1, 100)
    found, point = _digits(abs(value), count)
    if point - 1 < -6 or point - 1 >= count:
        return exponential(value, count - 1)
    sign = "-" if value < 0 else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{found}"
    return sign + (found if point == count else f"{found[:point]}.{found[point:]}")


def _digits(value: float, count: int) -> tuple[str, int]:
    """The first digits, rounded, and where the point stands."""
    if value == 0:
        return "0" * count, 1
    with localcontext() as context:
        context.prec = 1200
        exact = Decimal(value)
        exponent = exact.adjusted()
        whole = int(exact.scaleb(count - 1 - exponent).quantize(Decimal(1), ROUND_HALF_UP))
    text = str(whole)
    return (text[:count], exponent + 2) if len(text) > count else (text, exponent + 1)


def in_base(value: float, base: float) -> str:
    """``toString(base)``; raises ``ValueError`` for a base out of 2 to 36."""
    radix = _count(base, 2, 36)
    if radix == 10 or not math.isfinite(value):
        return number_text(value)
    whole = math.floor(abs(value))
    return ("-" if value < 0 else "") + _whole(whole, radix) + _fraction(abs(value), whole, radix)


def _whole(value: int, radix: int) -> str:
    found = ""
    while value:
        value, digit = divmod(value, radix)
        found = _DIGITS[digit] + found
    return found or "0"


def _fraction(value: float, whole: int, radix: int) -> str:
    """As few digits as tell the number from its neighbours."""
    rest, spread = value - whole, max(math.ulp(value) / 2, 5e-324)
    found = ""
    while rest >= spread and len(found) < 1100:
        rest, spread = rest * radix, spread * radix
        digit = int(rest)
        rest -= digit
        if (rest > 0.5 or (rest == 0.5 and digit & 1)) and rest + spread > 1:
            # Rounding up can carry only within the digits found so far.
            return "." + _carried(found, digit + 1, radix)
        found += _DIGITS[digit]
    return f".{found}" if found else ""


def _carried(found: str, digit: int, radix: int) -> str:
    while digit == radix and found:
        found, digit = found[:-1], _DIGITS.index(found[-1]) + 1
    return found + _DIGITS[min(digit, radix - 1)]


def _count(value: float, least: int, most: int) -> int:
    number = 0.0 if math.isnan(value) else truncated(value)
    if not least <= number <= most:
        raise ValueError(f"a number from {least} to {most} was expected")
    return int(Decimal(number).to_integral_value(ROUND_DOWN))
