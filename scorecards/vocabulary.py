"""Pure: which facts exist, of which type, and what a source of facts is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from core.errors import SettingsError
from scorecards.model import Fact
from scorecards.subjects import Subject


class FactType(StrEnum):
    """The type of a fact's value, by the name that faults show."""

    BOOL = "bool"
    INT = "int"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "list of texts"
    TIME = "time"

    def holds(self, value: object) -> bool:
        """Whether a value is of this type; a bool is no int, a naive time is no time."""
        if self is FactType.INT:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INT_LIMIT
        if self is FactType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        if self is FactType.TEXTS:
            return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        if self is FactType.TIME:
            return isinstance(value, datetime) and value.tzinfo is not None
        return isinstance(value, bool if self is FactType.BOOL else str)


_INT_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a source says of one of its facts; ``help`` is one sentence for the reference."""

    type: FactType
    help: str


class FactSource(Protocol):
    """A source of facts, as plugins provide it through ``callboard_facts``."""

    @property
    def name(self) -> str:
        """Unique among all sources."""
        ...

    @property
    def facts(self) -> Mapping[str, Declaration]:
        """Every fact that it measures; a name has two parts (``docs.pages``)."""
        ...

    def collect(self, subjects: Sequence[Subject], now: datetime) -> Mapping[str, tuple[Fact, ...]]:
        """Measure all subjects at once.

        Returns:
            Facts by the entity's reference. What could not be measured is a fact without a value
            whose ``problem`` says why; what is left out counts as not collected.

        Raises:
            Unavailable: The source did not answer; all its facts are unknown this time.
        """
        ...


class Vocabulary:
    """All facts that checks may use, each declared by exactly one source."""

    def __init__(self, sources: Iterable[FactSource]) -> None:
        """Take all declarations together.

        Raises:
            SettingsError: Two sources declare one fact, or a name has not two parts; names them.
        """
        self.declared: dict[str, Declaration] = {}
        self.source_of: dict[str, str] = {}
        for source in sources:
            for name, declaration in source.facts.items():
                self._add(source.name, name, declaration)

    def _add(self, source: str, name: str, declaration: Declaration) -> None:
        parts = name.split(".")
        if len(parts) != 2 or not all(part.isidentifier() and part.isascii() for part in parts):
            raise SettingsError(f"fact source {source}: {name!r} is no name for a fact; expected group.name")
        if name in self.declared:
            raise SettingsError(
                f"the fact {name} is declared by both {self.source_of[name]} and {source}; rename one"
            )
        self.declared[name] = declaration
        self.source_of[name] = source

    def type_of(self, name: str) -> FactType | None:
        """The type of a fact, or None when nobody declares it."""
        found = self.declared.get(name)
        return found.type if found else None

    def problem_with(self, name: str, value: Any) -> str:
        """Why a collected value cannot be taken; empty when it can."""
        expected = self.declared[name].type
        if expected.holds(value):
            return ""
        return f"{self.source_of[name]} gave {name} as {type(value).__name__}, declared is {expected}"
