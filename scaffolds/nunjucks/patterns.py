"""Pure: JavaScript's regular expressions said in Python's, and replacing and splitting with them.

A pattern of a template can run for ages, so nothing here is used outside of the jail.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from scaffolds.nunjucks.values import Pattern

MAX_PATTERN = 16_384

_SPACES = r"\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ENDS = r"\n\r\u2028\u2029"
_WORD = "A-Za-z0-9_"
_EDGE = f"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_INSIDE = f"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_CLASSES = {"d": "0-9", "w": _WORD, "s": _SPACES}
_CONTROLS = {"n": r"\n", "r": r"\r", "t": r"\t", "v": r"\x0b", "f": r"\x0c"}
_COMPLEMENTS = {
    "D": r"\x00-\x2f\x3a-\uffff",
    "W": r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\uffff",
    "S": r"\x00-\x08\x0e-\x1f\x21-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
    r"\u3001-\ufefe\uff00-\uffff",
}
_REPLACEMENT = re.compile(r"\$(?:(\$)|(&)|(`)|(')|([0-9]{1,2})|<([^>]*)>)")
_REPEATED = re.compile(r"[*+?]|\{[0-9]+(?:,[0-9]*)?\}")


class BadPattern(ValueError):
    """It is no regular expression of JavaScript."""


@lru_cache(maxsize=256)
def compiled(source: str, flags: str) -> re.Pattern[str]:
    """The same pattern for Python.

    Raises:
        BadPattern: JavaScript would refuse it, or it is longer than a pattern may be.
    """
    if len(source) > MAX_PATTERN:
        raise BadPattern("the regular expression is too long")
    try:
        return re.compile(_Translator(source, "m" in flags).text(), re.IGNORECASE if "i" in flags else 0)
    except (re.error, OverflowError, RecursionError, IndexError) as error:
        raise BadPattern(f"this is not a regular expression: {error}") from error


class _Translator:
    def __init__(self, source: str, is_multiline: bool) -> None:
        self._source = source
        self._is_multiline = is_multiline
        self._at = 0
        self._groups = sum(1 for _ in re.finditer(r"(?<!\\)\((?!\?)|\(\?<(?![=!])", source))

    def text(self) -> str:
        """The whole pattern."""
        parts: list[str] = []
        while self._at < len(self._source):
            parts.append(self._part())
        return "".join(parts)

    def _part(self) -> str:
        character = self._take()
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        if character == "(":
            return self._group()
        repeat = _REPEATED.match(self._source, self._at - 1)
        if repeat:
            return self._repeat(repeat[0])
        if character == "{":
            return r"\{"
        return self._simple(character)

    def _simple(self, character: str) -> str:
        if character == "^":
            return f"(?<![^{_ENDS}])" if self._is_multiline else r"\A"
        if character == "$":
            return f"(?=[{_ENDS}]|\\Z)" if self._is_multiline else r"\Z"
        if character == ".":
            return f"[^{_ENDS}]"
        return character if character in "|)" else re.escape(character)

    def _repeat(self, found: str) -> str:
        """A repeat, lazy or not; Python's third kind (``a++``) is a mistake in JavaScript."""
        self._at += len(found) - 1
        lazy = "?" if self._source[self._at : self._at + 1] == "?" else ""
        self._at += len(lazy)
        if _REPEATED.match(self._source, self._at):
            raise BadPattern("there is nothing to repeat")
        return found + lazy

    def _group(self) -> str:
        rest = self._source[self._at :]
        if not rest.startswith("?"):
            return "("
        for opening in ("?:", "?=", "?!", "?<=", "?<!"):
            if rest.startswith(opening):
                self._at += len(opening)
                return f"({opening}"
        name = re.match(r"\?<([A-Za-z_$][\w$]*)>", rest)
        if not name:
            raise BadPattern("this group is of no known kind")
        self._at += len(name[0])
        return f"(?P<{name[1].replace('$', '_')}>"

    def _escape(self) -> str:
        character = self._take()
        if character in "bB":
            return _EDGE if character == "b" else _INSIDE
        if character in "123456789":
            return self._reference(character)
        if character == "k" and (name := re.match(r"<([^>]+)>", self._source[self._at :])):
            self._at += len(name[0])
            return f"(?P={name[1].replace('$', '_')})"
        if character in _CLASSES or character.lower() in _CLASSES:
            return f"[{'^' if character.isupper() else ''}{_CLASSES[character.lower()]}]"
        return self._literal(character)

    def _reference(self, digit: str) -> str:
        """What a group matched; nothing at all where the group took no part."""
        number = digit
        while (
            self._source[self._at : self._at + 1].isdigit()
            and int(number + self._source[self._at]) <= self._groups
        ):
            number += self._take()
        if int(number) > self._groups:
            return re.escape(chr(int(number, 8))) if set(number) <= set("01234567") else re.escape(number)
        return f"(?({number})\\{number}|)"

    def _literal(self, character: str) -> str:
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "0":
            return r"\x00"
        digits = {"x": 2, "u": 4}.get(character, 0)
        code = re.match(rf"[0-9a-fA-F]{{{digits}}}", self._source[self._at :]) if digits else None
        if code:
            self._at += digits
            return re.escape(chr(int(code[0], 16)))
        if character == "c" and re.match("[A-Za-z]", self._source[self._at :]):
            return re.escape(chr(ord(self._take()) % 32))
        return re.escape(character)

    def _class(self) -> str:
        is_negated = self._source[self._at : self._at + 1] == "^"
        self._at += is_negated
        parts: list[str] = []
        while (character := self._take()) != "]":
            parts.append(self._class_part(character))
        if not parts:
            return r"[\s\S]" if is_negated else "(?!)"
        return f"[{'^' if is_negated else ''}{''.join(parts)}]"

    def _class_part(self, character: str) -> str:
        if character == "-":
            return "-" if self._is_range() else r"\-"
        if character != "\\":
            return re.escape(character)
        escaped = self._take()
        if escaped in _COMPLEMENTS:
            return _COMPLEMENTS[escaped]
        if escaped in _CLASSES:
            return _CLASSES[escaped]
        return r"\x08" if escaped == "b" else self._literal(escaped)

    def _is_range(self) -> bool:
        """Whether a dash stands between two characters; beside a class it is a dash."""
        before, after = self._source[: self._at - 1], self._source[self._at : self._at + 2]
        opens = before.endswith(("[", "[^"))
        beside = bool(re.search(r"\\[dwsDWS]\Z", before)) or bool(re.match(r"\\[dwsDWS]", after))
        return not opens and not after.startswith("]") and not beside

    def _take(self) -> str:
        if self._at >= len(self._source):
            raise BadPattern("the regular expression ends too soon")
        self._at += 1
        return self._source[self._at - 1]


def tested(pattern: Pattern, text: str) -> bool:
    """``pattern.test(text)``, which goes on after the last find when the pattern is global or sticky."""
    found = _search(pattern, text)
    keeps = "g" in pattern.flags or "y" in pattern.flags
    pattern.next = found.end() if found and keeps else 0
    return found is not None


def _search(pattern: Pattern, text: str) -> re.Match[str] | None:
    search = compiled(pattern.source, pattern.flags)
    start = pattern.next if "g" in pattern.flags or "y" in pattern.flags else 0
    if start > len(text):
        return None
    return search.match(text, start) if "y" in pattern.flags else search.search(text, start)


def replaced(pattern: Pattern, text: str, replacement: str) -> str:
    """``text.replace(pattern, replacement)``."""
    finds = list(_finds(pattern, text))
    parts, end = [], 0
    for found in finds:
        parts += [text[end : found.start()], filled(replacement, text, found.start(), found[0], found)]
        end = found.end()
    return "".join(parts) + text[end:]


def _finds(pattern: Pattern, text: str) -> Iterator[re.Match[str]]:
    if "g" not in pattern.flags:
        found = _search(pattern, text)
        pattern.next = found.end() if found and "y" in pattern.flags else 0
        if found:
            yield found
        return
    search, at = compiled(pattern.source, pattern.flags), 0
    pattern.next = 0
    while at <= len(text):
        found = search.match(text, at) if "y" in pattern.flags else search.search(text, at)
        if not found:
            return
        yield found
        at = found.end() + (found.end() == found.start())


def filled(replacement: str, text: str, start: int, matched: str, found: re.Match[str] | None = None) -> str:
    """A replacement with its ``$1``, ``$&`` and the like put in."""
    if "$" not in replacement:
        return replacement
    groups = found.groups() if found else ()
    names = found.groupdict() if found else {}

    def put(sign: re.Match[str]) -> str:
        if sign[5] is not None:
            return _numbered(sign[5], groups)
        if sign[6] is not None:
            return (names.get(sign[6]) or "") if names else sign[0]
        if sign[1]:
            return "$"
        return matched if sign[2] else text[:start] if sign[3] else text[start + len(matched) :]

    return _REPLACEMENT.sub(put, replacement)


def _numbered(digits: str, groups: tuple[str | None, ...]) -> str:
    for length in (2, 1):
        number = int(digits[:length])
        if len(digits) >= length and 1 <= number <= len(groups):
            return (groups[number - 1] or "") + digits[length:]
    return f"${digits}"


def split(pattern: Pattern, text: str) -> list[str | None]:
    """``text.split(pattern)``; ``None`` for a group that took no part."""
    search = compiled(pattern.source, pattern.flags)
    if not text:
        return [] if search.fullmatch(text) else [text]
    parts: list[str | None] = []
    end = at = 0
    while at < len(text):
        found = search.match(text, at) if "y" in pattern.flags else search.search(text, at)
        if not found or found.start() >= len(text):
            break
        if found.end() == end or (found.end() == found.start() and found.start() == end):
            at = max(at, found.start()) + 1
            continue
        parts += [text[end : found.start()], *found.groups()]
        end = found.end()
        at = end if found.end() > found.start() else end + 1
    return [*parts, text[end:]]
