"""Pure: the words of an expression, and where a piece of code ends."""

import re
from dataclasses import dataclass
from enum import StrEnum

from scaffolds.nunjucks.faults import syntax
from scaffolds.nunjucks.patterns import MAX_PATTERN, BadPattern, compiled

CODE_SPACE = " \t\n\r\xa0"
"""White space between the words of an expression."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME_AFTER_DOT = re.compile(r"[0-9]*[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_OPERATOR = re.compile(r"===|!==|\*\*|//|==|!=|<=|>=|[()\[\]{}.,:|~+\-*/%<>=]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Sort(StrEnum):
    """What sort of word it is."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    PATTERN = "regular expression"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``flags`` are those of a regular expression."""

    sort: Sort
    value: str
    at: int
    flags: str = ""


def words(source: str, offset: int) -> list[Word]:
    """All words of an expression, and an end.

    Args:
        source: The expression.
        offset: Where it begins in the template, for faults.

    Raises:
        Misstep: There is a character that means nothing, or a text, number or pattern is cut short.
    """
    found: list[Word] = []
    at = 0
    while at < len(source):
        if source[at] in CODE_SPACE:
            at += 1
            continue
        word, at = _word(source, at, offset, found[-1] if found else None)
        found.append(word)
    return [*found, Word(Sort.END, "", offset + len(source))]


def _word(source: str, at: int, offset: int, before: Word | None) -> tuple[Word, int]:
    place = offset + at
    after_dot = before is not None and before.sort is Sort.SIGN and before.value == "."
    name = (_NAME_AFTER_DOT if after_dot else _NAME).match(source, at)
    if name:
        if name[0] == "r" and source[name.end() : name.end() + 1] == "/":
            return _pattern(source, at, offset)
        return Word(Sort.NAME, name[0], place), name.end()
    number = _number(source, at, place, before)
    if number:
        return Word(Sort.NUMBER, number, place), at + len(number)
    if source[at] in "\"'":
        return _text(source, at, offset)
    sign = _OPERATOR.match(source, at)
    if not sign:
        raise syntax(f"the character {source[at]!r} means nothing here", place)
    return Word(Sort.SIGN, sign[0], place), sign.end()


def _number(source: str, at: int, place: int, before: Word | None) -> str:
    found = _NUMBER.match(source, at)
    if found:
        if _NAME.match(source, found.end()):
            raise syntax("a number cannot go on with letters", place)
        return found[0]
    if source[at] == "." and source[at + 1 : at + 2].isdecimal() and not _is_operand(before):
        raise syntax("a number begins with a digit: write 0.5", place)
    return ""


def _is_operand(word: Word | None) -> bool:
    return word is not None and (word.sort is not Sort.SIGN or word.value in ")]}")


def _text(source: str, at: int, offset: int) -> tuple[Word, int]:
    parts: list[str] = []
    quote, index = source[at], at + 1
    while index < len(source):
        character = source[index]
        if character == quote:
            return Word(Sort.TEXT, "".join(parts), offset + at), index + 1
        if character == "\\":
            index += 1
            character = _ESCAPES.get(source[index : index + 1], source[index : index + 1])
        parts.append(character)
        index += 1
    raise syntax("the text has no closing quote", offset + at)


def _pattern(source: str, at: int, offset: int) -> tuple[Word, int]:
    pattern, flags, end = scan_pattern(source, at, offset)
    return Word(Sort.PATTERN, pattern, offset + at, flags), end


def scan_pattern(source: str, at: int, offset: int) -> tuple[str, str, int]:
    """Pattern, flags and end of ``r/.../gimy``."""
    index, slashes = at + 2, 0
    while index < len(source):
        character = source[index]
        if character == "/" and slashes == 0:
            break
        if character == "/" and slashes % 2 == 0:
            raise syntax("it is not clear where the regular expression ends", offset + at)
        slashes = slashes + 1 if character == "\\" else 0
        index += 1
    if index >= len(source) or index - at > MAX_PATTERN:
        raise syntax("the regular expression has no end, or is too long", offset + at)
    pattern, end = source[at + 2 : index], index + 1
    while end < len(source) and source[end] in "gimy":
        end += 1
    flags = source[index + 1 : end]
    if len(set(flags)) != len(flags) or re.match("[A-Za-z]", source[end:]):
        raise syntax("a regular expression has the flags g, i, m and y, each once", offset + at)
    try:
        compiled(pattern, flags)
    except BadPattern as error:
        raise syntax(str(error), offset + at) from error
    return pattern, flags, end


def skipped(source: str, at: int, offset: int = 0) -> int:
    """The end of the text, name, number or pattern that begins here; the same place when none does."""
    if source[at] in "\"'":
        return _end_of_text(source, at)
    name = _NAME_AFTER_DOT.match(source, at)
    if name is None:
        digits = re.compile("[0-9]*").match(source, at)
        return digits.end() if digits else at
    if name[0] == "r" and source[name.end() : name.end() + 1] == "/":
        return scan_pattern(source, at, offset)[2]
    return name.end()


def _end_of_text(source: str, at: int) -> int:
    index = at + 1
    while index < len(source):
        if source[index] == "\\":
            index += 1
        elif source[index] == source[at]:
            return index + 1
        index += 1
    return len(source)


def end_of_code(source: str, at: int, closing: str) -> int:
    """Where ``}}`` or ``%}`` stands outside of every text; -1 when nowhere."""
    while at <= len(source) - len(closing):
        end = skipped(source, at)
        if end > at:
            at = end
        elif source.startswith(closing, at):
            return at
        else:
            at += 1
    return -1


def closing_bracket(source: str, at: int) -> int:
    """Where the bracket that opens here is closed; -1 when nowhere."""
    open_brackets = [source[at]]
    at += 1
    while at < len(source):
        end = skipped(source, at)
        if end > at:
            at = end
            continue
        if source[at] in "([{":
            open_brackets.append(source[at])
        elif source[at] == _CLOSING[open_brackets[-1]]:
            open_brackets.pop()
            if not open_brackets:
                return at
        at += 1
    return -1


def top_level(source: str, wanted: str) -> int:
    """Where a sign, or a word between spaces, stands outside of every bracket; -1 when nowhere."""
    depth = at = 0
    while at < len(source):
        end = skipped(source, at)
        if end > at:
            if depth == 0 and source[at:end] == wanted and _stands_alone(source, at, end):
                return at
            at = end
            continue
        if depth == 0 and source[at] == wanted:
            return at
        depth += (source[at] in "([{") - (source[at] in ")]}")
        at += 1
    return -1


def _stands_alone(source: str, at: int, end: int) -> bool:
    return source[at - 1 : at] in (*CODE_SPACE, "") and source[end : end + 1] in (*CODE_SPACE, "")
