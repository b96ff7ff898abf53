"""Pure: what the catalog takes beyond Backstage's own kinds: kinds that plugins bring, and kinds nobody knows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Shape(StrEnum):
    """What a field of a custom kind's ``spec`` holds."""

    TEXT = "text"
    TEXTS = "texts"
    FIELDS = "fields"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class SpecField:
    """One field of a custom kind's ``spec``; fields that are not named are allowed and kept."""

    name: str
    shape: Shape = Shape.TEXT
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class RelationRule:
    """One field of a spec: what it points to, and what the two directions are called."""

    field: str
    default_kind: str | None
    """The kind of a reference that names none; None where it has to name one."""
    outgoing: str
    incoming: str


@dataclass(frozen=True, slots=True)
class CustomKind:
    """A kind of entity that a plugin brings through the hook `callboard_kinds`.

    An entity of it has to fit Backstage's envelope (names, labels, links...) like any other; what its
    ``spec`` has to hold is said by ``fields`` and, for what they cannot say, by ``check``.
    """

    name: str
    """What files write as ``kind``; case counts."""
    api_versions: tuple[str, ...]
    """What files may write as ``apiVersion``."""
    fields: tuple[SpecField, ...] = ()
    relations: tuple[RelationRule, ...] = ()
    check: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] | None = None
    """The spec in; for each fault the field (``panels.0.title``) and one sentence out. Must not raise."""


@dataclass(frozen=True, slots=True)
class KindRules:
    """Which kinds are taken."""

    keep_unknown: bool = False
    """Whether an entity of a kind that nobody knows is kept as it is, or refused."""
    custom: tuple[CustomKind, ...] = ()

    def __str__(self) -> str:
        """All of it in one line; equal as long as files are read the same way."""
        kinds = [(kind.name, kind.api_versions, kind.fields, kind.relations) for kind in self.custom]
        return f"keep_unknown={self.keep_unknown} {sorted(kinds, key=str)}"

    def custom_kind(self, api_version: str, kind: str) -> CustomKind | None:
        """The plugin's kind that an entity is of, if any."""
        return next(
            (item for item in self.custom if item.name == kind and api_version in item.api_versions), None
        )


DEFAULT_RULES = KindRules()
"""Backstage's kinds only; what else comes is refused."""
