"""Pure: where in a YAML text the values begin and end, character by character."""

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

from catalog_sync.entity.yaml_reader import parsed_text
from core.errors import UserError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BREAK = re.compile("\r\n|[\n\r]")
"""What ends a line in YAML 1.2."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Span:
    """A value's place in the text: from ``start`` to before ``end``; an empty value has no length."""

    start: int
    end: int
    event: Any

    @property
    def is_alias(self) -> bool:
        """Whether it repeats what stands somewhere else."""
        return isinstance(self.event, AliasEvent)

    @property
    def is_block_mapping(self) -> bool:
        """Whether its fields stand in lines of their own."""
        return isinstance(self.event, MappingStartEvent) and not self.event.flow_style

    @property
    def is_flow_mapping(self) -> bool:
        """Whether its fields stand in braces."""
        return isinstance(self.event, MappingStartEvent) and bool(self.event.flow_style)

    @property
    def is_block_text(self) -> bool:
        """Whether it is text in lines below its ``|`` or ``>``."""
        return isinstance(self.event, ScalarEvent) and self.event.style in ("|", ">")

    @property
    def is_inline(self) -> bool:
        """Whether it is a single value that ends in the line that shows its end."""
        is_single = isinstance(self.event, ScalarEvent | AliasEvent)
        return is_single and not self.is_block_text and self.end > self.start


class YamlSpans:
    """The values of a text by their spots, as ``Document.spot`` has them.

    Args:
        text: The whole text, which the reader has found to be within its limits.
        path: How it is called in errors.

    Raises:
        UserError: It is not YAML from some place on.
    """

    def __init__(self, text: str, path: str) -> None:
        self._shift = len(_BOM) if text.startswith(_BOM) else 0
        found = BREAK.search(text)
        self.line_break = found[0] if found else "\n"
        """How the lines of this text end."""
        self._starts = [self._shift, *(found.end() for found in BREAK.finditer(text))]
        self._events = _events(parsed_text(text), path)
        self._leaves = {_at(event): event for event in self._events if isinstance(event, _LEAVES)}
        # Of several that begin at one place the outermost, which is the value; the others are in its first key.
        self._collections = {
            _at(event): number
            for number, event in reversed(list(enumerate(self._events)))
            if isinstance(event, CollectionStartEvent)
        }

    def single(self, spot: Any) -> Span:
        """A value without parts, or an alias as it stands there."""
        return self._span(self._leaves[(spot[0], spot[1])])

    def whole(self, spot: Any) -> Span:
        """A value with all of its parts."""
        at = (spot[0], spot[1])
        if at not in self._collections:
            return self.single(spot)
        first = self._collections[at]
        depth = 0
        for event in self._events[first:]:
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if depth == 0:
                opening = self._events[first]
                return Span(self._place(opening.start_mark), self._place(event.end_mark), opening)
        raise AssertionError("what was opened is closed, or it would not be YAML")

    def offset(self, line: int, column: int) -> int:
        """The place in the text of a line and column, both from 1."""
        return self._starts[line - 1] + column - 1

    def _span(self, event: Any) -> Span:
        return Span(self._place(event.start_mark), self._place(event.end_mark), event)

    def _place(self, mark: Any) -> int:
        return int(mark.index) + self._shift


_LEAVES = (ScalarEvent, AliasEvent)


def _events(text: str, path: str) -> list[Any]:
    try:
        return list(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
        raise UserError(f"{place} is not YAML.", "Mend that first: callboard lint says how.") from error


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
