"""Pure: YAML as Backstage reads it (version 1.2, core schema), with limits and with the place of every value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from core.errors import Fault

MAX_BYTES = 1_000_000
MAX_DEPTH = 100
MAX_DOCUMENTS = 1_000
MAX_NODES = 200_000
"""Nodes after aliases are followed; a small file with nested aliases can mean billions."""

Path = tuple[str | int, ...]

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT, _NULL, _BOOL, _INT, _FLOAT = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float")
)
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_JS_INT = re.compile(r"[-+]?[0-9]+\Z")


class _Loader(_BASE):  # type: ignore[misc]
    """The plain-scalar rules of YAML 1.2: ``yes`` is text, ``017`` is 17, dates are text, ``<<`` is a key."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    (_NULL, r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    (_BOOL, r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    (_INT, r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        _FLOAT,
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+0123456789."),
    ),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"(?:{_pattern})\\Z"), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its value, the line it starts at, and the node that knows where everything is."""

    value: Any
    line: int
    node: Node

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column (from 1) of what a path leads to, or of the nearest thing above it."""
        return _place(self.node, path)


def read_documents(text: str, path: str) -> tuple[tuple[Document, ...], tuple[Fault, ...]]:
    """All documents of a file that can be read, and all faults of those that cannot.

    Empty documents are left out. A document that is not YAML ends the file: what follows it cannot
    be told apart.

    Args:
        text: The file's text.
        path: How the file is called in faults.
    """
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        return (), (Fault(path, 0, 0, "the file is too large", expected=f"at most {MAX_BYTES} bytes"),)
    documents: list[Document] = []
    faults: list[Fault] = []
    try:
        for number, node in enumerate(_nodes(text)):
            if number >= MAX_DOCUMENTS:
                faults.append(
                    Fault(path, node.start_mark.line + 1, 1, f"more than {MAX_DOCUMENTS} documents")
                )
                break
            faults_before = len(faults)
            value = _Builder(path, faults).build(node)
            if len(faults) == faults_before and value is not None:
                documents.append(Document(value, node.start_mark.line + 1, node))
    except yaml.MarkedYAMLError as error:
        faults.append(_syntax(path, error))
    except RecursionError:
        faults.append(Fault(path, 0, 0, f"nested deeper than {MAX_DEPTH} levels"))
    return tuple(documents), tuple(faults)


def _nodes(text: str) -> Iterator[Node]:
    # YAML 1.2 allows control characters that PyYAML refuses; a space keeps every column right.
    loader = _Loader(_NOT_PRINTABLE.sub(" ", text).lstrip("\ufeff"))
    try:
        while loader.check_node():
            yield loader.get_node()
    finally:
        loader.dispose()


class _Builder:
    """Turns nodes into values, counting what it builds."""

    def __init__(self, path: str, faults: list[Fault]) -> None:
        self._path = path
        self._faults = faults
        self._left = MAX_NODES

    def build(self, node: Node, depth: int = 0) -> Any:
        self._left -= 1
        if self._left == 0:
            self._fault(node, f"aliases make more than {MAX_NODES} values of this file")
        if depth == MAX_DEPTH:
            self._fault(node, f"nested deeper than {MAX_DEPTH} levels")
        if self._left <= 0 or depth >= MAX_DEPTH:
            return None
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if isinstance(node, SequenceNode):
            return [self.build(item, depth + 1) for item in node.value]
        assert isinstance(node, MappingNode)
        return self._mapping(node, depth)

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in values:
                self._fault(key_node, f"the key {key} is here twice", expected="each key once", found=key)
            values[key] = self.build(value_node, depth + 1)
        return values

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            # An unquoted {{ x }} ends up here; as text it can at least be talked about.
            return "{ }" if isinstance(node, MappingNode) else "[ ]"
        value = _scalar(node)
        if value is None or isinstance(value, bool):
            return {True: "true", False: "false", None: ""}[value]
        return str(value)

    def _fault(self, node: Node, message: str, *, expected: str = "", found: str = "") -> None:
        mark = node.start_mark
        self._faults.append(
            Fault(self._path, mark.line + 1, mark.column + 1, message, expected=expected, found=found)
        )


def _scalar(node: ScalarNode) -> Any:
    tag, text = node.tag, node.value
    if tag == _NULL:
        return None
    if tag == _BOOL:
        return text.lower() == "true"
    if tag == _INT:
        return _integer(text)
    if tag == _FLOAT:
        return _float(text)
    return text


def _integer(text: str) -> int | float:
    if _JS_INT.match(text):
        return int(text) if len(text) < 400 else float("inf")
    return int(text, 8 if text.startswith("0o") else 16)


def _float(text: str) -> float:
    lowered = text.lower()
    if lowered.endswith((".inf", ".nan")):
        return float(lowered.replace(".", "", 1))
    return float(text)


def _syntax(path: str, error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = str(error.problem or error.context or "cannot be read")
    return Fault(path, line, column, f"this is not YAML: {problem}", hint=_HINTS.get(problem, ""))


_HINTS: Mapping[str, str] = {
    "mapping values are not allowed here": "put quotes around text that has a colon in it",
    "mapping values are not allowed in this context": "put quotes around text that has a colon in it",
    "found character that cannot start any token": "indent with spaces, never with tabs",
    "found character '\\t' that cannot start any token": "indent with spaces, never with tabs",
}


def _place(node: Node, path: Path) -> tuple[int, int]:
    place = (node.start_mark.line + 1, node.start_mark.column + 1)
    if not path:
        return place
    head, rest = path[0], path[1:]
    if isinstance(node, MappingNode):
        for key_node, value_node in node.value:
            if isinstance(key_node, ScalarNode) and key_node.value == str(head):
                if rest:
                    return _place(value_node, rest)
                return (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
    if isinstance(node, SequenceNode) and str(head).isdigit() and int(head) < len(node.value):
        return _place(node.value[int(head)], rest)
    return place
