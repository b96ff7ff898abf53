"""Pure: YAML as nodes that know their place, so that every mistake is answered where it was made."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from core.errors import Fault
from scorecards.rules import did_you_mean

MAX_BYTES = 500_000
MAX_DOCUMENTS = 50
MAX_DEPTH = 30

Node = yaml.Node


@dataclass(slots=True)
class Reading:
    """One file while it is read: its text, and all faults found so far."""

    path: str
    text: str
    faults: list[Fault] = field(default_factory=list)

    def documents(self) -> list[Node]:
        """The documents of the file; empty, with a fault recorded, where it is no YAML."""
        if len(self.text.encode()) > MAX_BYTES:
            self.faults.append(
                Fault(self.path, 0, 0, "the file is too large", expected=f"at most {MAX_BYTES} bytes")
            )
            return []
        try:
            _refuse_depth_and_aliases(self.text)
            nodes = [node for node in yaml.compose_all(self.text, Loader=yaml.SafeLoader) if node is not None]
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
            self.faults.append(
                Fault(self.path, line, column, f"this is not YAML: {error.problem or error.context}")
            )
            return []
        except yaml.reader.ReaderError as error:
            self.faults.append(Fault(self.path, 0, 0, f"this is not YAML: {error.reason}"))
            return []
        if len(nodes) > MAX_DOCUMENTS:
            self.faults.append(
                Fault(self.path, 0, 0, "too many documents", expected=f"at most {MAX_DOCUMENTS}")
            )
            return []
        return nodes

    def fault(
        self,
        node: Node,
        message: str,
        where: str = "",
        *,
        expected: str = "",
        found: str = "",
        hint: str = "",
    ) -> None:
        """Record a mistake at the start of a node."""
        mark = node.start_mark
        self.faults.append(
            Fault(self.path, mark.line + 1, mark.column + 1, message, where, expected, found[:120], hint)
        )

    def place(self, node: Node) -> str:
        """``path:line`` of a node."""
        return f"{self.path}:{node.start_mark.line + 1}"

    def mapping(self, node: Node, where: str, known: Collection[str]) -> dict[str, Node]:
        """The fields of a mapping by name; unknown and repeated ones are recorded and left out."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "wrong type", where, expected="a mapping", found=kind_of(node))
            return {}
        fields: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else kind_of(key)
            if name not in known:
                hint = did_you_mean(name, dict.fromkeys(known))
                expected = f"one of {', '.join(known)}"
                self.fault(
                    key,
                    "there is no such field",
                    _under(where, name),
                    expected=expected,
                    found=name,
                    hint=hint,
                )
            elif name in fields:
                self.fault(key, "the field is there twice", _under(where, name), found=name)
            else:
                fields[name] = value
        return fields

    def text_of(
        self, fields: Mapping[str, Node], name: str, owner: Node, where: str = "", default: str | None = None
    ) -> str:
        """A field as text; without a default, its absence is a fault."""
        node = fields.get(name)
        if node is None:
            if default is None:
                self.fault(owner, f"{name} is missing", _under(where, name), expected="a text")
            return default or ""
        if not isinstance(node, yaml.ScalarNode) or not isinstance(scalar(node), str):
            self.fault(node, "wrong type", _under(where, name), expected="a text", found=kind_of(node))
            return default or ""
        if not node.value.strip() and default is None:
            self.fault(node, f"{name} is empty", _under(where, name), expected="a text")
        return str(node.value).strip()

    def texts_of(self, fields: Mapping[str, Node], name: str, where: str) -> tuple[str, ...]:
        """A field as a list of texts; one text alone is a list of one."""
        node = fields.get(name)
        if node is None:
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        texts = []
        for item in items:
            value = scalar(item) if isinstance(item, yaml.ScalarNode) else None
            if isinstance(value, str) and value:
                texts.append(value)
            else:
                self.fault(item, "wrong type", _under(where, name), expected="a text", found=kind_of(item))
        return tuple(texts)

    def sequence(self, node: Node, where: str) -> list[Node]:
        """The items of a list; empty, with a fault recorded, where it is none or has none."""
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, "wrong type", where, expected="a list", found=kind_of(node))
            return []
        if not node.value:
            self.fault(node, "the list is empty", where, expected="at least one item")
        return list(node.value)

    def choice(
        self,
        fields: Mapping[str, Node],
        name: str,
        owner: Node,
        where: str,
        read: Callable[[str], Any],
        names: Collection[str],
    ) -> Any:
        """A field that takes one of a few words; None, with a fault recorded, for any other."""
        text = self.text_of(fields, name, owner, where)
        if not text:
            return None
        if text not in names:
            expected = f"one of {', '.join(names)}"
            self.fault(fields[name], "no such value", _under(where, name), expected=expected, found=text)
            return None
        return read(text)

    def position(self, node: yaml.ScalarNode, line: int, column: int) -> tuple[int, int]:
        """Where in the file the given line and column of a scalar's text stand, counted from 1."""
        start = node.start_mark
        if node.style == '"' and "\\" in self.text[start.index : node.end_mark.index]:
            return start.line + 1, start.column + 1  # escapes: characters cannot be counted
        lines = node.value.split("\n")
        rest = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
        for number, begin, length in self._segments(node):
            if rest <= length:
                return number + 1, begin + rest + 1
            rest -= length + 1
        return start.line + 1, start.column + 1

    def _segments(self, node: yaml.ScalarNode) -> list[tuple[int, int, int]]:
        """The stretches of source lines that make up a scalar: line, first column, length."""
        source = self.text.split("\n")
        first, last = node.start_mark.line, min(node.end_mark.line, len(source) - 1)
        if node.style in ("|", ">"):
            body = range(first + 1, last + 1)
            indent = min((_indent(source[number]) for number in body if source[number].strip()), default=0)
            stretches = [(number, indent, max(0, len(source[number]) - indent)) for number in body]
            return stretches if node.style == "|" else _folded(stretches)
        begin = node.start_mark.column + (1 if node.style else 0)
        segments = [(first, begin, len(source[first]) - begin)]
        for number in range(first + 1, last + 1):
            segments.append((number, _indent(source[number]), len(source[number].strip())))
        return _folded(segments)


def _folded(stretches: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Without the first empty line of each run: folding takes one line break away."""
    kept: list[tuple[int, int, int]] = []
    was_empty = False
    for stretch in stretches:
        is_empty = stretch[2] == 0
        if not is_empty or was_empty:
            kept.append(stretch)
        was_empty = is_empty
    return kept


def _refuse_depth_and_aliases(text: str) -> None:
    """Aliases could make a small file endless, and depth could end the process; both before composing.

    Raises:
        yaml.MarkedYAMLError: At the place of the alias, or of the level that is too deep.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _refused("aliases are not taken here", event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _refused(f"deeper than {MAX_DEPTH} levels", event)


def _refused(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def scalar(node: yaml.ScalarNode) -> Any:
    """The value of a scalar by the core schema of YAML 1.2: ``yes`` and ``on`` are texts."""
    text = node.value
    if node.style is not None:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        return _as_date(text)
    return text


def _as_date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:  # 2026-02-30 is no date; whoever wanted one says so at its place
        return text


def kind_of(node: Node) -> str:
    """What a node is, in the words of faults."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    value = scalar(node) if isinstance(node, yaml.ScalarNode) else node
    if value is None:
        return "nothing"
    return f"{value!r}" if not isinstance(value, date) else f"the date {value}"


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
