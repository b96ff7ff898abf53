"""Pure: JSON of one object with the place of every key, and its faults at line and column."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Fault

MAX_BYTES = 200_000
_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)

Place = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class JsonObject:
    """The values of an object in their order, and where each key stands."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]


def read_object(text: str, path: str) -> tuple[JsonObject | None, tuple[Fault, ...]]:
    """Read a text that should be one JSON object.

    Args:
        text: The file's text.
        path: How the file is called in faults.

    Returns:
        The object and no faults, or None and what is wrong.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        return None, (Fault(path, 0, 0, "the file is too large", expected=f"at most {MAX_BYTES} bytes"),)
    try:
        values = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return None, (Fault(path, error.lineno, error.colno, f"this is not JSON: {error.msg}"),)
    except RecursionError:
        return None, (Fault(path, 0, 0, "this is not JSON that anybody needs: nested too deeply"),)
    if not isinstance(values, dict):
        found = type(values).__name__
        return None, (Fault(path, 1, 1, "the file holds no variables", expected="an object", found=found),)
    places, twice = _places(text)
    faults = tuple(
        Fault(path, *place, f"the variable {key} is here twice", expected="each variable once")
        for key, place in twice
    )
    return (None, faults) if faults else (JsonObject(values, places), ())


def _places(text: str) -> tuple[dict[str, Place], list[tuple[str, Place]]]:
    """Where the outermost keys stand, and those that stand there a second time."""
    places: dict[str, Place] = {}
    twice: list[tuple[str, Place]] = []
    depth, is_key = 0, False
    for match in _MARK.finditer(text):
        mark = match.group()
        if mark in "{[":
            depth += 1
            is_key = depth == 1
        elif mark in "}]":
            depth -= 1
        elif mark == ",":
            is_key = depth == 1
        elif mark != ":" and is_key:
            is_key = False
            key, place = str(json.loads(mark, strict=False)), _place(text, match.start())
            if key in places:
                twice.append((key, place))
            places[key] = place
    return places, twice


def _place(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
