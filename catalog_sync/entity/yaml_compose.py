"""Pure: makes values of a YAML parser's events, counting depth, values, characters and aliases while it does."""

import re
from collections.abc import Iterator
from typing import Any

from yaml import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from core.errors import Fault

MAX_DEPTH = 100
MAX_VALUES = 200_000
"""Values of one document after aliases are followed."""
MAX_CHARACTERS = 5_000_000
"""Characters of one document after aliases are followed."""
MAX_ALIASES = 100
"""As in Backstage's parser: how often a value is used, times how many aliases lie in each other in it."""

Spot = tuple[int, int, Any]
"""Line and column (from 1) of a value, and the spots inside: a list, or by key ``(line, column, spot)``."""

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float"))
_FIRST = frozenset("-+.0123456789~nNtTfF")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NO_NUMBER = re.compile(r"([-+]?\.(inf|Inf|INF)|\.nan|\.NaN|\.NAN)\Z")
_LONGEST_NUMBER = 300


class Refused(Exception):
    """A document is given up; what follows in it is not looked at."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Anchor:
    """A value that aliases may repeat."""

    __slots__ = ("characters", "depth", "is_open", "nested", "spot", "uses", "value", "values")

    def __init__(self) -> None:
        self.is_open = True
        self.uses, self.nested = 1, 1
        self.value: Any = None
        self.spot: Spot = (0, 0, None)
        self.values = self.characters = self.depth = 0


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("anchor", "began", "deepest", "key", "key_spot", "known", "nested", "spots", "value")

    def __init__(self, value: Any, spots: Any, anchor: _Anchor | None, began: tuple[int, int]) -> None:
        self.value, self.spots, self.anchor, self.began = value, spots, anchor, began
        self.key: str | None = None
        self.key_spot = (0, 0)
        self.known: set[tuple[type, Any]] = set()
        self.nested = self.deepest = 0


class Composer:
    """Reads the documents of one parser.

    Args:
        parser: Yields events; closed with ``close``.
        offset: The lines of the file above what the parser reads.
        path: How the file is called in faults.
    """

    def __init__(self, parser: Any, offset: int, path: str) -> None:
        self._parser, self._offset, self._path = parser, offset, path
        self.begins = offset
        """The line (from 0) at which the present document begins."""
        self.is_ended = False
        """Whether the document above ended with three dots."""

    def close(self) -> None:
        """Free what the parser holds."""
        self._parser.dispose()

    def documents(self) -> Iterator[tuple[Any, Spot, list[Fault]]]:
        """Each document's value and spot, or its faults.

        Raises:
            yaml.YAMLError: It is not YAML from here on.
            Refused: It goes beyond a limit.
        """
        parser = self._parser
        while True:
            event = parser.get_event()
            if event is None or isinstance(event, StreamEndEvent):
                return
            if isinstance(event, DocumentStartEvent):
                self.begins, self.is_ended = _at(event, self._offset)[0] - 1, False
                document = _Document(self._path, self._offset)
                value, spot = document.read(parser)
                yield value, spot, document.faults
            elif isinstance(event, DocumentEndEvent):
                # What follows three dots may begin without a marker.
                self.is_ended = bool(event.explicit)
                self.begins = _at(event, self._offset)[0] - 1 + self.is_ended


class _Document:
    def __init__(self, path: str, offset: int) -> None:
        self._path, self._offset = path, offset
        self.faults: list[Fault] = []
        self._anchors: dict[str, _Anchor] = {}
        self._stack: list[_Open] = []
        self._values = self._characters = 0
        self._root: tuple[Any, Spot] | None = None

    def read(self, parser: Any) -> tuple[Any, Spot]:
        while self._root is None:
            event = parser.get_event()
            if isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, MappingStartEvent):
                self._begin(event, {}, {})
            elif isinstance(event, SequenceStartEvent):
                self._begin(event, [], [])
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                self._end()
            else:
                self._alias(event)
        return self._root

    # -- events ----------------------------------------------------------------------------------------------

    def _scalar(self, event: Any) -> None:
        text = event.value
        line, column = _at(event, self._offset)
        self._values += 1
        self._characters += len(text)
        if self._values > MAX_VALUES or self._characters > MAX_CHARACTERS:
            self._too_much(line, column)
        value = text
        if event.implicit[0] and event.tag is None:
            if not text or text[0] in _FIRST:
                value = _plain(text)
        elif event.tag is not None and event.tag != "!":
            value = _tagged(event.tag, text)
        if "\0" in text:
            self._fault(line, column, "there is a NUL character here", "text without \\0")
        spot = (line, column, None)
        if event.anchor:
            anchor = self._anchors[event.anchor] = _Anchor()
            self._close_anchor(anchor, value, spot, 1, len(text), 0)
        self._add(value, spot, 1)

    def _begin(self, event: Any, value: Any, spots: Any) -> None:
        line, column = _at(event, self._offset)
        self._values += 1
        if self._values > MAX_VALUES:
            self._too_much(line, column)
        if len(self._stack) >= MAX_DEPTH:
            raise Refused(Fault(self._path, line, column, f"nested deeper than {MAX_DEPTH} levels"))
        anchor = None
        if event.anchor:
            anchor = self._anchors[event.anchor] = _Anchor()
            anchor.values, anchor.characters = self._values - 1, self._characters
        opened = _Open(value, spots, anchor, (line, column))
        self._stack.append(opened)

    def _end(self) -> None:
        done = self._stack.pop()
        spot = (*done.began, done.spots)
        if done.anchor:
            values, characters = self._values - done.anchor.values, self._characters - done.anchor.characters
            done.anchor.nested = done.nested
            self._close_anchor(done.anchor, done.value, spot, values, characters, done.deepest + 1)
        self._add(done.value, spot, done.nested, done.deepest + 1)

    def _alias(self, event: Any) -> None:
        if not isinstance(event, AliasEvent):
            raise MarkedYAMLError(problem="cannot be read", problem_mark=event.start_mark)
        line, column = _at(event, self._offset)
        name = str(event.anchor)
        anchor = self._anchors.get(name)
        if anchor is None or anchor.is_open:
            what = "is not defined above" if anchor is None else "lies in what it stands for"
            fault = Fault(self._path, line, column, f"the alias *{name[:80]} {what}", expected=_ANCHOR)
            raise Refused(fault)
        anchor.uses += 1
        if anchor.uses * anchor.nested > MAX_ALIASES:
            message = f"the alias *{name[:80]} is used too often"
            raise Refused(
                Fault(self._path, line, column, message, expected=f"fewer than {MAX_ALIASES} times")
            )
        if len(self._stack) + anchor.depth > MAX_DEPTH:
            raise Refused(Fault(self._path, line, column, f"nested deeper than {MAX_DEPTH} levels"))
        self._values += anchor.values
        self._characters += anchor.characters
        if self._values > MAX_VALUES or self._characters > MAX_CHARACTERS:
            self._too_much(line, column)
        self._add(anchor.value, (line, column, anchor.spot[2]), anchor.uses * anchor.nested, anchor.depth)

    # -- what is built ---------------------------------------------------------------------------------------

    def _add(self, value: Any, spot: Spot, nested: int, depth: int = 0) -> None:
        """Put a value where it belongs: into the list or mapping that is open, or as the document."""
        if not self._stack:
            self._root = value, spot
            return
        into = self._stack[-1]
        into.nested = max(into.nested, nested)
        into.deepest = max(into.deepest, depth)
        if isinstance(into.value, list):
            into.value.append(value)
            into.spots.append(spot)
        elif into.key is None:
            self._key(into, value, spot)
        else:
            into.value[into.key] = value
            into.spots.setdefault(into.key, (*into.key_spot, spot))
            into.key = None

    def _key(self, into: _Open, value: Any, spot: Spot) -> None:
        into.key, into.key_spot = _key_text(value), (spot[0], spot[1])
        if isinstance(value, dict | list):
            return
        # 1 and "1" are two keys to Backstage's parser.
        identity = (type(value), value)
        if identity in into.known:
            shown = into.key[:80]
            self._fault(spot[0], spot[1], f"the key {shown} is here twice", "each key once", shown)
        into.known.add(identity)

    def _close_anchor(
        self, anchor: _Anchor, value: Any, spot: Spot, values: int, characters: int, depth: int
    ) -> None:
        anchor.value, anchor.spot, anchor.is_open = value, spot, False
        anchor.values, anchor.characters, anchor.depth = values, characters, depth

    def _fault(self, line: int, column: int, message: str, expected: str = "", found: str = "") -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(self._path, line, column, message, expected=expected, found=found))

    def _too_much(self, line: int, column: int) -> None:
        message = f"more than {MAX_VALUES:,} values or {MAX_CHARACTERS:,} characters, with aliases followed"
        raise Refused(Fault(self._path, line, column, message))


def _at(event: Any, offset: int) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1 + offset, mark.column + 1


_ANCHOR = "an anchor (&name) above"
_MOST_FAULTS = 100


def _plain(text: str) -> Any:
    """What an unquoted scalar means in YAML 1.2: ``yes`` is text, ``017`` is 17, dates are text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text):
        return int(text) if len(text) <= _LONGEST_NUMBER else None
    if _FLOAT.match(text):
        found = float(text)
        # What is too large to be a number becomes nothing in JSON.
        return found if abs(found) < float("inf") else None
    if _BASED.match(text):
        return int(text, 0) if len(text) <= _LONGEST_NUMBER else None
    return None if _NO_NUMBER.match(text) else text


def _tagged(tag: str, text: str) -> Any:
    """A scalar with a tag of its own: one of YAML's is obeyed, of others only the text counts."""
    return _plain(text) if tag in _PLAIN_TAGS else text


def _key_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: ""}[value]
    if isinstance(value, dict | list):
        # An unquoted {{ x }} ends up here; as text it can at least be talked about.
        return "{ }" if isinstance(value, dict) else "[ ]"
    # As JavaScript writes numbers: 1.0 is 1.
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def spot_of(spot: Spot, path: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column of what a path leads to; of a named field, its name's. The nearest thing above, else."""
    line, column, inside = spot
    for head in path:
        if isinstance(inside, dict) and str(head) in inside:
            line, column, (_, _, inside) = inside[str(head)]
        elif isinstance(inside, list) and str(head).isdecimal() and int(head) < len(inside):
            line, column, inside = inside[int(head)]
        else:
            break
    return line, column
