"""Pure: a template as a tree. ``at`` is where a node stands in the source."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Anything in the tree."""

    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A number, text, true, false or null."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class PatternLiteral(Node):
    """``r/a+/g``."""

    source: str
    flags: str


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """``(a, b)``: the last one counts."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RecordOf(Node):
    """``{a: 1}``."""

    pairs: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arguments(Node):
    """What stands between the brackets of a call; ``named`` are the ``a=1``."""

    items: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lookup(Node):
    """``target.key`` and ``target[key]``."""

    target: Node
    key: Node


@dataclass(frozen=True, slots=True, eq=False)
class Slice(Node):
    """``target[start:stop:step]``."""

    target: Node
    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """``callee(arguments)``."""

    callee: Node
    arguments: Arguments


@dataclass(frozen=True, slots=True, eq=False)
class FilterCall(Node):
    """``value | name(arguments)``."""

    name: str
    value: Node
    arguments: Arguments


@dataclass(frozen=True, slots=True, eq=False)
class Check(Node):
    """``value is name(arguments)``; no arguments at all is another thing than empty brackets."""

    value: Node
    name: str
    arguments: Arguments | None


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Node):
    """``body if condition else otherwise``."""

    condition: Node
    body: Node
    otherwise: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """``and``, ``or``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Node):
    """``not``, ``-``, ``+`` and ``floor``, which is half of ``//``."""

    sign: str
    target: Node


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    """``+ - * / % ** ~``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    """``a < b < c``, worked out from the left."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Membership(Node):
    """``item in container``."""

    item: Node
    container: Node


@dataclass(frozen=True, slots=True, eq=False)
class Capture(Node):
    """What a part of the template renders to, as a value."""

    body: "Body"


@dataclass(frozen=True, slots=True, eq=False)
class Body(Node):
    """Statements one after the other."""

    statements: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Text(Node):
    """Text that stands as it is."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Output(Node):
    """``${{ value }}``, or a filter block."""

    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    """``{% if %}``; what follows ``elif`` is another one in ``otherwise``."""

    condition: Node
    body: Body
    otherwise: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class For(Node):
    """``{% for targets in items %}``."""

    targets: tuple[str, ...]
    items: Node
    body: Body
    otherwise: Body | None


@dataclass(frozen=True, slots=True, eq=False)
class Set(Node):
    """``{% set targets = value %}``."""

    targets: tuple[str, ...]
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class Macro(Node):
    """``{% macro name(parameters) %}``; ``defaults`` are the named parameters. Also what a call block hands over."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[tuple[str, Node], ...]
    body: Body


@dataclass(frozen=True, slots=True, eq=False)
class CallBlock(Node):
    """``{% call macro() %}``."""

    call: Call
    caller: Macro


@dataclass(frozen=True, slots=True, eq=False)
class Block(Node):
    """``{% block name %}``: nothing can fill it, so it is rendered where it stands."""

    name: str
    body: Body


@dataclass(frozen=True, slots=True, eq=False)
class Switch(Node):
    """``{% switch value %}``."""

    value: Node
    cases: tuple[tuple[Node, Body], ...] = field(default=())
    otherwise: Body | None = None
