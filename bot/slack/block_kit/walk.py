"""Pure: walks a value along the structural tables and tells everything that Slack would refuse in it.

The depth of the walk is that of the tables, never that of the value; of a list that is too long only the part that
would be allowed is looked at.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.block_kit.blocks import BLOCKS, ON_SURFACE
from bot.slack.block_kit.compositions import COMPOSITIONS
from bot.slack.block_kit.elements import ELEMENTS
from bot.slack.block_kit.limits import Limit, limit_of
from bot.slack.block_kit.problem import (
    Problem,
    failed,
    missing,
    not_in,
    unknown_field,
    unsupported,
    wrong_type,
)
from bot.slack.block_kit.rich_text import RICH_TEXT
from bot.slack.block_kit.schema import (
    Choice,
    Flag,
    Format,
    Json,
    Kind,
    ListOf,
    Number,
    Object,
    Place,
    Shape,
    Text,
    Whole,
)
from bot.slack.block_kit.views import VIEWS

SHAPES: Mapping[str, Shape] = {**COMPOSITIONS, **ELEMENTS, **RICH_TEXT, **BLOCKS, **VIEWS}
"""Everything that is known, by name."""

_PLACED = frozenset(name for names in ON_SURFACE.values() for name in names)


def check(value: Any, kind: Kind, place: Place, key: str) -> Iterator[Problem]:
    """What Slack would refuse of one value.

    Args:
        value: Anything that JSON can hold.
        kind: What should be there.
        place: Where it stands.
        key: Its row in the table of numbers.
    """
    if isinstance(kind, Text):
        yield from _text(value, kind, place.pointer, key)
    elif isinstance(kind, Object):
        yield from _object(value, kind, place, key)
    elif isinstance(kind, ListOf):
        yield from _list(value, kind, place, key)
    elif isinstance(kind, Choice):
        yield from _choice(value, kind, place.pointer)
    elif isinstance(kind, Flag):
        if not isinstance(value, bool):
            yield wrong_type(place.pointer, "must be a boolean")
    else:
        yield from _number(value, kind, place.pointer, key)


def _text(value: Any, kind: Text, pointer: str, key: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield wrong_type(pointer, "must provide a string")
        return
    too_long = _length(len(value), limit_of(key), pointer)
    if too_long:
        yield too_long
    elif kind.format and not kind.format.fits(value):
        yield _misfit(kind.format, pointer)


def _length(length: int, limit: Limit | None, pointer: str) -> Problem | None:
    if limit and limit.least is not None and length < limit.least:
        expected = {"type": "min_length", "expected": limit.least, "got": length}
        return failed(pointer, f"must be more than {limit.least - 1} characters", expected)
    if limit and limit.most is not None and length > limit.most:
        expected = {"type": "max_length", "expected": limit.most, "got": length}
        return failed(pointer, f"must be less than {limit.most + 1} characters", expected)
    return None


def _misfit(wanted: Format, pointer: str) -> Problem:
    if wanted is Format.DATE:
        return failed(pointer, "input must be a valid: date", {"type": "format", "expected": "date"})
    expected = {"type": "pattern", "expected": wanted.value}
    return failed(pointer, f"input must match regex pattern: {wanted.value}", expected)


def _choice(value: Any, kind: Choice, pointer: str) -> Iterator[Problem]:
    wanted = type(kind.values[0])
    if not isinstance(value, wanted) or isinstance(value, bool):
        yield wrong_type(pointer, "must provide a string" if wanted is str else "must provide an integer")
    elif value not in kind.values:
        yield not_in(pointer, kind.values)


def _number(value: Any, kind: Whole | Number, pointer: str, key: str) -> Iterator[Problem]:
    allowed = int if isinstance(kind, Whole) else (int, float)
    if not isinstance(value, allowed) or isinstance(value, bool):
        yield wrong_type(pointer, f"must provide {'an integer' if isinstance(kind, Whole) else 'a number'}")
        return
    if isinstance(value, float) and not math.isfinite(value):
        yield wrong_type(pointer, "must provide a number")
        return
    # Slack's words for a bound leave it open whether the bound itself is allowed; it is.
    limit = limit_of(key)
    if limit and limit.least is not None and value < limit.least:
        expected = {"type": "minimum", "expected": limit.least}
        yield failed(pointer, f"must be greater than {limit.least}", expected)
    elif limit and limit.most is not None and value > limit.most:
        expected = {"type": "maximum", "expected": limit.most}
        yield failed(pointer, f"must be less than {limit.most}", expected)


def _list(value: Any, kind: ListOf, place: Place, key: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield wrong_type(place.pointer, "must provide an array")
        return
    limit = limit_of(key) or Limit(None, None, "")
    if limit.least is not None and len(value) < limit.least:
        expected = {"type": "min_items", "expected": limit.least, "got": len(value)}
        yield failed(place.pointer, f"must provide at least {limit.least} items", expected)
    if limit.most is not None and len(value) > limit.most:
        expected = {"type": "max_items", "expected": limit.most, "got": len(value)}
        yield failed(place.pointer, f"no more than {limit.most} items allowed", expected)
    for number, item in enumerate(value[: limit.most]):
        if not (item is None and kind.with_gaps):
            at = Place(f"{place.pointer}/{number}", place.surface, place.parent)
            yield from check(item, kind.item, at, f"{key}[]")


def _object(value: Any, kind: Object, place: Place, key: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield wrong_type(place.pointer, "must provide an object")
        return
    shape = _pick(value, kind, place)
    if isinstance(shape, Problem):
        yield shape
        return
    for name in shape.fields:
        if name in shape.required and name not in value:
            yield missing(place.pointer, name)
    for name in value:
        if name not in shape.fields:
            yield unknown_field(place.pointer, str(name))
    yield from _fields(value, shape, place, key)
    for rule in shape.rules:
        yield from rule(value, place)


def _fields(value: Json, shape: Shape, place: Place, key: str) -> Iterator[Problem]:
    for name, kind in shape.fields.items():
        if name in value:
            at = Place(f"{place.pointer}/{name}", place.surface, shape.name)
            yield from check(value[name], kind, at, _row(shape, name, key))


def _row(shape: Shape, name: str, key: str) -> str:
    """A text object is as long as the field that holds it allows, where that field has a row."""
    if shape.limits == "text" and name == "text" and limit_of(key):
        return key
    return f"{shape.limits}.{name}"


def _pick(value: Json, kind: Object, place: Place) -> Shape | Problem:
    """Which of the allowed shapes the object means to be."""
    shapes = [
        SHAPES[name] for name in kind.shapes if name not in _PLACED or name in ON_SURFACE[place.surface]
    ]
    if len(shapes) == 1 and (shapes[0].type is None or (shapes[0].may_omit_type and "type" not in value)):
        return shapes[0]
    if "type" not in value:
        return missing(place.pointer, "type")
    by_type = {shape.type: shape for shape in shapes}
    wanted = value["type"]
    if not isinstance(wanted, str):
        return wrong_type(f"{place.pointer}/type", "must provide a string")
    if wanted in by_type:
        return by_type[wanted]
    expected = [str(shape.type) for shape in shapes]
    if len(expected) == 1:
        return not_in(f"{place.pointer}/type", expected)
    return unsupported(place.pointer, wanted, expected)
