"""Pure: `$text`, `$json` and `$yaml` in an entity are replaced by what the file that they name holds.

Source: Backstage's PlaceholderProcessor 4.0. An object is a placeholder when its only key is one of
the three; an object with any other key that begins with ``$`` is left as it is, with all that is in it.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from catalog_sync.entity.file_text import Unreadable, nul_in
from catalog_sync.entity.yaml_compose import MAX_DEPTH
from catalog_sync.entity.yaml_reader import Path, read_stream

_KINDS = ("$text", "$json", "$yaml")
_NUL = "\0"


class Reason(StrEnum):
    """Why a placeholder could not be replaced."""

    NOT_A_STRING = "not-a-string"
    UNREADABLE = "unreadable"
    OTHER_REPOSITORY = "other-repository"
    BAD_JSON = "bad-json"
    BAD_YAML = "bad-yaml"
    NOT_ONE_DOCUMENT = "not-one-document"


class PlaceholderRefused(Exception):
    """A placeholder cannot be replaced; the entity is refused for it."""

    def __init__(
        self, reason: Reason, message: str, *, expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message
        self.expected, self.found, self.hint = expected, found, hint


def unreadable_include(reference: str, problem: Unreadable) -> PlaceholderRefused:
    """What is said of a placeholder whose file is there, and cannot be read."""
    place = f"{reference}:{problem.line}:{problem.column}" if problem.line else reference
    return PlaceholderRefused(
        Reason.UNREADABLE,
        f"{place}: {problem.message}",
        expected=problem.expected,
        found=problem.found,
        hint=problem.hint,
    )


@dataclass(frozen=True, slots=True)
class Substituted:
    """An entity with its placeholders replaced, as far as that could be done."""

    value: Any
    refused: tuple[tuple[Path, PlaceholderRefused], ...]
    """For each placeholder that cannot be replaced, where it stands and why."""
    is_pending: bool
    """Whether a file is still to be read."""


Read = Callable[[str], str | None]
"""The text that a reference leads to; None as long as it is still to be read.

Raises:
    PlaceholderRefused: There is none, or none that may be read.
"""


def substitute(value: Any, read: Read, *, is_believed: bool = False) -> Substituted:
    """Replace every placeholder in a value; what is put in is not looked into again.

    Args:
        value: An entity, or a part of one.
        read: Gets the text that a reference leads to.
        is_believed: Whether what is read is put in as it is, also for ``$json`` and ``$yaml``.
    """
    walker = _Walker(read, is_believed)
    replaced = walker.walk(value, ())
    return Substituted(replaced, tuple(walker.refused), walker.is_pending)


class _Walker:
    def __init__(self, read: Read, is_believed: bool) -> None:
        self._read = read
        self._is_believed = is_believed
        self.refused: list[tuple[Path, PlaceholderRefused]] = []
        self.is_pending = False

    def walk(self, value: Any, path: Path) -> Any:
        if isinstance(value, list):
            return [self.walk(item, (*path, number)) for number, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        special = [key for key in value if key.startswith("$")]
        if not special:
            return {key: self.walk(item, (*path, key)) for key, item in value.items()}
        if len(value) == 1 and special[0] in _KINDS:
            return self._replaced(special[0], value[special[0]], (*path, special[0]))
        return value

    def _replaced(self, kind: str, reference: Any, path: Path) -> Any:
        try:
            if not isinstance(reference, str):
                raise PlaceholderRefused(
                    Reason.NOT_A_STRING,
                    f"{kind} must name a file",
                    expected="a path such as ./openapi.yaml",
                    found=type(reference).__name__,
                )
            text = self._read(reference)
            if text is not None:
                return text if self._is_believed else _value_of(kind, text, reference)
            self.is_pending = True
        except PlaceholderRefused as refused:
            self.refused.append((path, refused))
        return None


def _value_of(kind: str, text: str, reference: str) -> Any:
    if kind == "$json":
        return _json(text, reference)
    if kind == "$yaml":
        return _yaml(text, reference)
    problem = nul_in(text)
    if problem:
        raise unreadable_include(reference, problem)
    return text


def _json(text: str, reference: str) -> Any:
    try:
        value = json.loads(text, parse_int=_integer, parse_float=_number, parse_constant=_no_constant)
        _check_depth(value)
        return _storable(value)
    except (ValueError, RecursionError) as error:
        problem = (
            f"nested deeper than {MAX_DEPTH} levels" if isinstance(error, RecursionError) else str(error)
        )
        raise PlaceholderRefused(
            Reason.BAD_JSON, f"{reference} is not JSON: {problem}", hint="use $text to take the file as it is"
        ) from error


def _yaml(text: str, reference: str) -> Any:
    documents, faults = read_stream(text, reference)
    if faults:
        first = faults[0]
        raise PlaceholderRefused(
            Reason.BAD_YAML, f"{first.place}: {first.message}", hint="use $text to take the file as it is"
        )
    if len(documents) != 1:
        raise PlaceholderRefused(
            Reason.NOT_ONE_DOCUMENT,
            f"{reference} must hold exactly one YAML document",
            expected="one document",
            found=str(len(documents)),
        )
    return documents[0].value


def _integer(text: str) -> int | float | None:
    return int(text) if len(text) < 400 else None


def _number(text: str) -> float | None:
    """A number; None where it is too large to be one, which is what JSON makes of it."""
    found = float(text)
    return found if math.isfinite(found) else None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no value of JSON")


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]


def _storable(value: Any) -> Any:
    """The value without what no database takes: half a character is replaced, NUL refused."""
    if isinstance(value, str):
        if _NUL in value:
            raise ValueError("it holds a NUL character")
        return (
            value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
