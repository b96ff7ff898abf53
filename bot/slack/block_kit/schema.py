"""Pure: the vocabulary of the structural tables: what a field may hold, what an object is made of."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal

from bot.slack.block_kit.problem import Problem

Surface = Literal["message", "modal", "home"]
Json = Mapping[str, Any]


class Format(Enum):
    """What a string must look like; the value is a pattern."""

    ADDRESS = r"^https?://\S+$"
    SECURE_ADDRESS = r"^https://\S+$"
    LINK = r"^(https?://|slack://|mailto:)\S+$"
    DATE = r"^\d{4}-\d{2}-\d{2}$"
    TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
    DECIMAL = r"^[+-]?(\d+\.?\d*|\.\d+)$"

    def fits(self, text: str) -> bool:
        """Whether the text looks like that, and is a day of the calendar where it should be one."""
        if re.fullmatch(self.value, text, re.ASCII) is None:
            return False
        return self is not Format.DATE or _is_day(text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number."""


@dataclass(frozen=True, slots=True)
class Number:
    """Any number."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """An object of one of these shapes; which one, its ``type`` tells."""

    shapes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    item: "Kind"
    with_gaps: bool = False
    """Whether null may stand for an item."""


Kind = Text | Flag | Whole | Number | Choice | Object | ListOf


@dataclass(frozen=True, slots=True)
class Place:
    """Where the check is: the pointer, the surface, and the shape that the object lies in (``input``, ``plan``)."""

    pointer: str
    surface: Surface
    parent: str = ""


Rule = Callable[[Json, Place], Iterator[Problem]]
"""What must hold between the fields of an object. It is called whatever the fields hold, so it trusts no type."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What Slack knows of one object.

    ``type`` is the value of its ``type`` field; None where there is none. ``limits`` is its name in the table of
    numbers.
    """

    name: str
    fields: Mapping[str, Kind]
    required: frozenset[str]
    type: str | None = None
    limits: str = ""
    rules: tuple[Rule, ...] = ()
    may_omit_type: bool = False


def typed(
    kind: str,
    *rules: Rule,
    required: Mapping[str, Kind] | None = None,
    optional: Mapping[str, Kind] | None = None,
    name: str = "",
    limits: str = "",
    may_omit_type: bool = False,
) -> Shape:
    """A shape with a ``type`` field; its name is that type unless another one is given."""
    called = name or kind
    needed = {} if required is None else dict(required)
    more = {} if optional is None else dict(optional)
    wanted = frozenset(needed) if may_omit_type else frozenset(("type", *needed))
    fields: dict[str, Kind] = {"type": Choice((kind,)), **needed, **more}
    return Shape(called, fields, wanted, kind, limits or called, rules, may_omit_type)


def untyped(
    name: str,
    *rules: Rule,
    required: Mapping[str, Kind] | None = None,
    optional: Mapping[str, Kind] | None = None,
    limits: str = "",
) -> Shape:
    """A shape without a ``type`` field; it never stands beside another one."""
    needed = {} if required is None else dict(required)
    more = {} if optional is None else dict(optional)
    return Shape(name, {**needed, **more}, frozenset(needed), None, limits or name, rules)


def by_name(*shapes: Shape) -> Mapping[str, Shape]:
    """A table of shapes."""
    return {shape.name: shape for shape in shapes}
