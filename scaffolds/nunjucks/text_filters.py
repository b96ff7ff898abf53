"""Pure: filters that make text."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG001

import math
import re
from collections.abc import Sequence
from urllib.parse import quote

from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.json_text import dumped
from scaffolds.nunjucks.numbers import SPACE, truncated
from scaffolds.nunjucks.patterns import replaced
from scaffolds.nunjucks.tools import Tools, argument
from scaffolds.nunjucks.values import (
    UNDEFINED,
    Pattern,
    Safe,
    Value,
    field,
    order,
    plain_text,
    rendered,
    truthy,
)

_ESCAPED = {"&": "&amp;", '"': "&quot;", "'": "&#39;", "<": "&lt;", ">": "&gt;", "\\": "&#92;"}
_TO_ESCAPE = re.compile("[&\"'<>\\\\]")
_TAG = re.compile(r"</?([a-z][a-z0-9]*)\b[^>]*>|<!--[\s\S]*?-->", re.IGNORECASE | re.ASCII)
_LINE_EDGES = re.compile("^ +| +$", re.MULTILINE)
_WORDS = re.compile("[A-Za-z0-9_]+")
_SPACES = re.compile(f"([{SPACE}]+)")
_PUNCTUATION = re.compile(r"(?:\(|<|&lt;)?([^\n]*?)(?:\.|,|\)|\n|&gt;)?\Z")
_MAIL = re.compile(r"[A-Za-z0-9_.!#$%&'*+\-/=?^`{|}~]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+\Z", re.IGNORECASE)
_DOMAIN = re.compile(r"\.(?:org|net|com)(?::|/|\Z)")
_MAX_LAYERS = 8
_NEVER_ENCODED = "!'()*-._~"

Arguments = Sequence[Value]


def _as_text(value: Value) -> str:
    """The text; nothing and false are empty, other values are refused."""
    return plain_text("" if value is UNDEFINED or value is None or value is False else value)


def _like(value: Value, text: str) -> Value:
    """Text that is safe when the value was."""
    return Safe(text) if isinstance(value, Safe) else text


def capitalize(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The first letter large, the rest small."""
    text = _as_text(value).lower()
    return _like(value, text[:1].upper() + text[1:])


def center(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Spaces around, up to a width of 80 or another."""
    normal = "" if value is UNDEFINED or value is None or value is False else value
    wanted = argument(arguments, 0)
    width = wanted if truthy(wanted) else 80.0
    length = field(normal, "length")
    if order(length, width, tools.budget) >= 0:
        return normal
    spaces = tools.number(width) - tools.number(length)
    left = _spaces(spaces / 2 - math.fmod(spaces, 2), tools) if math.isfinite(spaces) else ""
    return _like(normal, left + tools.text(normal) + _spaces(spaces / 2, tools))


def _spaces(count: float, tools: Tools) -> str:
    if math.isnan(count) or count <= 0:
        return ""
    tools.budget.make(count)
    return " " * math.ceil(count)


def default(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Another value for an undefined one; with ``true``, for everything that counts as false."""
    is_missing = not truthy(value) if truthy(argument(arguments, 1)) else value is UNDEFINED
    return argument(arguments, 0) if is_missing else value


def dump(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """JSON."""
    return dumped(value, argument(arguments, 0), tools.budget)


def escape(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Text for HTML; safe text stays as it is."""
    return value if isinstance(value, Safe) else forceescape(value, arguments, tools)


def forceescape(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Text for HTML."""
    text = rendered(value, tools.budget)
    tools.budget.make(len(text) * 6)
    return Safe(_TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text))


def safe(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Text that is not escaped again."""
    return value if isinstance(value, Safe) else Safe(rendered(value, tools.budget))


def indent(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Every line but the first moved to the right, by 4 or another number; with ``true`` the first too."""
    text = _as_text(value)
    width = argument(arguments, 0)
    before = _spaces(tools.number(width if truthy(width) else 4.0), tools)
    lines = text.split("\n")
    tools.budget.make(len(text) + len(lines) * len(before))
    moved = [before + line if at or truthy(argument(arguments, 1)) else line for at, line in enumerate(lines)]
    return _like(value, "\n".join(moved)) if text or isinstance(value, Safe) else ""


def lower(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Small letters."""
    return _as_text(value).lower()


def upper(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Large letters."""
    return _as_text(value).upper()


def nl2br(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """``<br />`` before every line break."""
    text = "" if value is UNDEFINED or value is None else plain_text(value)
    tools.budget.make(len(text) * 7)
    return _like(value, re.sub("\r\n|\n", "<br />\n", text))


def replace(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """All of a text, or the first few, by another."""
    search, replacement, most = (argument(arguments, index) for index in range(3))
    if isinstance(search, Pattern):
        return _replace_pattern(search, value, tools.text(replacement), tools)
    if not isinstance(search, str | float):
        return value
    normal = tools.text(value) if isinstance(value, float) else value
    if not isinstance(normal, str | Safe):
        return normal
    text, needle = plain_text(normal), tools.text(search)
    new = tools.text(replacement)
    if not needle:
        between = "," if replacement is UNDEFINED else new
        tools.budget.make(len(text) * (1 + len(between)))
        return _like(normal, new + between.join(text) + new)
    count = _count(most, tools)
    if count == 0 or needle not in text:
        return normal if count == 0 or needle not in text else text
    found = text.count(needle) if count < 0 else min(text.count(needle), count)
    tools.budget.make(len(text) + found * len(new))
    return _like(value, text.replace(needle, new, int(found)))


def _count(most: Value, tools: Tools) -> int:
    """How many to replace; -1 is all."""
    if most is UNDEFINED or (isinstance(most, float) and most == -1):
        return -1
    number = tools.number(most)
    return 0 if number != number or number <= 0 else math.ceil(min(number, 1e9))


def _replace_pattern(pattern: Pattern, value: Value, replacement: str, tools: Tools) -> str:
    if not isinstance(value, str | Safe):
        raise Misstep("a regular expression replaces in text only")
    text = plain_text(value)
    fresh = Pattern(tools.pattern(pattern, text).source, pattern.flags)
    tools.budget.make(
        len(text) * (1 + len(replacement)) if "g" in pattern.flags else len(text) + len(replacement)
    )
    return replaced(fresh, text, replacement)


def string(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The value as text."""
    if value is UNDEFINED or value is None:
        raise Misstep("there is no value")
    return value if isinstance(value, Safe) else rendered(value, tools.budget)


def striptags(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Text without HTML's tags; with ``true``, line breaks stay."""
    text = _as_text(value)
    for _ in range(_MAX_LAYERS):
        tools.budget.spend(text.count("<") * len(text) / 64)
        text, before = _TAG.sub("", text), text
        if text == before:
            break
    else:
        raise Misstep("the tags are nested too deeply")
    text = text.strip(SPACE)
    if not truthy(argument(arguments, 0)):
        return _like(value, _SPACES.sub(" ", text))
    text = re.sub(" +", " ", _LINE_EDGES.sub("", text)).replace("\r\n", "\n")
    return _like(value, re.sub("\n\n\n+", "\n\n", text))


def title(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Every word's first letter large, the rest small."""
    words = [word.lower() for word in _as_text(value).split(" ")]
    return _like(value, " ".join(word[:1].upper() + word[1:] for word in words))


def trim(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Text without white space around it."""
    return _like(value, plain_text(value).strip(SPACE))


def truncate(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """The beginning of a long text, up to the end of a word, and three dots."""
    normal = "" if value is UNDEFINED or value is None or value is False else value
    wanted = argument(arguments, 0)
    limit = wanted if truthy(wanted) else 255.0
    if order(field(normal, "length"), limit, tools.budget) <= 0:
        return normal
    text, number = plain_text(normal), tools.number(limit)
    length = 0 if number != number else int(max(0.0, min(truncated(number), len(text))))
    if not truthy(argument(arguments, 1)):
        # A search from the right for NaN begins at the end, as lastIndexOf does.
        space = text.rfind(" ", 0, len(text) if number != number else length + 1)
        length = length if space < 0 else space
    end = argument(arguments, 2)
    return _like(value, text[:length] + ("..." if end is UNDEFINED or end is None else tools.text(end)))


def urlencode(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """A text, or names and values, for an address."""
    if isinstance(value, str | Safe):
        return _encoded(plain_text(value), tools)
    pairs = []
    if isinstance(value, dict):
        pairs = [(key, item) for key, item in value.items()]
    elif isinstance(value, list):
        pairs = [_pair(item) for item in value]
    return "&".join(f"{_encoded(tools.text(k), tools)}={_encoded(tools.text(v), tools)}" for k, v in pairs)


def _pair(item: Value) -> tuple[Value, Value]:
    if item is UNDEFINED or item is None:
        raise Misstep("a name and a value were expected")
    return field(item, "0"), field(item, "1")


def _encoded(text: str, tools: Tools) -> str:
    tools.budget.make(len(text) * 3)
    try:
        return quote(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le"), safe=_NEVER_ENCODED)
    except UnicodeDecodeError as error:
        raise Misstep("half of a character cannot stand in an address") from error


def urlize(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """Addresses in a text as links."""
    text = plain_text(value)
    length = _link_length(argument(arguments, 0), tools)
    nofollow = ' rel="nofollow"' if argument(arguments, 1) is True else ""
    tools.budget.make(len(text) * 4)
    return "".join(_linked(word, length, nofollow) for word in _SPACES.split(text) if word)


def _link_length(value: Value, tools: Tools) -> int | None:
    number = math.nan if value is UNDEFINED else tools.number(value)
    if value is UNDEFINED or (isinstance(value, float) and math.isnan(value)) or number == math.inf:
        return None
    return 0 if number != number or number <= 0 else int(number)


def _linked(word: str, length: int | None, nofollow: str) -> str:
    found = _PUNCTUATION.match(word)
    address = found[1] if found else word
    if re.match("https?://", address):
        return f'<a href="{address}"{nofollow}>{address[:length]}</a>'
    if address.startswith("www."):
        return f'<a href="http://{address}"{nofollow}>{address[:length]}</a>'
    if _MAIL.match(address):
        return f'<a href="mailto:{address}">{address}</a>'
    if _DOMAIN.search(address):
        return f'<a href="http://{address}"{nofollow}>{address[:length]}</a>'
    return word


def wordcount(value: Value, arguments: Arguments, tools: Tools) -> Value:
    """How many words; ``null`` for none."""
    normal = "" if value is UNDEFINED or value is None or value is False else value
    if not truthy(normal):
        return None
    return float(len(_WORDS.findall(plain_text(normal)))) or None
