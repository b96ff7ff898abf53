"""Pure: the part of a document that ``fields=kind,metadata.annotations`` asks for."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from catalog_sync.query.javascript import length, trimmed
from core.errors import UserError

MOST_FIELDS = 200
"""So many paths are taken in one question."""
_MOST_DIGITS = 4
"""Only so far into a list a path reaches; an answer would be filled up with ``null`` to there."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The paths that are asked for; without any, the whole document is."""

    paths: tuple[str, ...] = ()
    are_nested: bool = False
    """Whether one path leads into what another one asks for."""

    def __bool__(self) -> bool:
        return bool(self.paths)

    def of(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parts of a document that lie at the paths; what is not there is left out.

        A key may hold dots itself (``metadata.annotations.github.com/project-slug``), and a number names
        an entry of a list (``metadata.tags.0``).
        """
        if not self.paths:
            return document
        if self.are_nested:
            # A part of a part that is there already is set inside of it.
            document = deepcopy(dict(document))
        output: dict[str, Any] = {}
        for path in self.paths:
            steps, value = _found(document, path)
            if steps:
                _put(output, steps, value)
        return output


WHOLE = Fields()
"""The whole document."""


def parse_fields(fields: Sequence[str], first: Sequence[str] = ()) -> Fields:
    """What a ``fields`` parameter asks for, which may be given several times.

    Args:
        fields: Lists of paths with commas between them.
        first: Paths as they are, which go before these.

    Raises:
        UserError: A path reaches into a list with brackets, or there are too many.
    """
    every = [*first, *(part for text in fields for part in text.split(","))]
    paths = tuple(dict.fromkeys(filter(None, map(trimmed, every))))
    if len(paths) > MOST_FIELDS:
        raise UserError(f"At most {MOST_FIELDS} fields are taken")
    wrong = next((path for path in paths if "[" in path), None)
    if wrong is not None:
        raise UserError(f'Invalid field "{wrong}", array type fields are not supported')
    return Fields(paths, any(other.startswith(f"{path}.") for path in paths for other in paths))


def _found(document: Mapping[str, Any], path: str) -> tuple[list[str], Any]:
    """The keys that lead to a path, and what lies there; no keys where nothing does."""
    steps: list[str] = []
    here: Any = document
    pending: str | None = None
    for part in path.split("."):
        step = part if pending is None else f"{pending}.{part}"
        if _has(here, step):
            here, pending = _at(here, step), None
            steps.append(step)
        else:
            pending = step
    return (steps, here) if pending is None else ([], None)


def _has(value: Any, key: str) -> bool:
    if isinstance(value, Mapping):
        return key in value
    if isinstance(value, list | str):
        return key == "length" or (_is_index(key) and int(key) < len(value))
    return False


def _at(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return value[key]
    if key == "length":
        return length(value) if isinstance(value, str) else len(value)
    return value[int(key)]


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= _MOST_DIGITS and (key == "0" or key[0] != "0")


def _put(output: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Set what lies at a path; a list is made where a step is a number, as lodash does."""
    here: Any = output
    for step, following in pairwise(steps):
        below = _get(here, step)
        if not isinstance(below, dict | list):
            below = [] if _is_index(following) else {}
            _set(here, step, below)
        here = below
    _set(here, steps[-1], value)


def _get(place: Any, key: str) -> Any:
    if isinstance(place, list):
        return place[int(key)] if _is_index(key) and int(key) < len(place) else None
    return place.get(key)


def _set(place: Any, key: str, value: Any) -> None:
    if not isinstance(place, list):
        place[key] = value
    elif _is_index(key):
        place.extend([None] * (int(key) + 1 - len(place)))
        place[int(key)] = value
    elif key == "length" and isinstance(value, int) and _is_index(str(value)):
        # A list's length makes it as long; any other key of a list never shows up in JSON.
        place.extend([None] * (value - len(place)))
        del place[value:]
