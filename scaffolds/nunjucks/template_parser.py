"""Pure: a whole template becomes a tree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import NoReturn

from scaffolds.nunjucks import nodes
from scaffolds.nunjucks.expression_parser import ExpressionParser
from scaffolds.nunjucks.faults import FaultKind, Misstep, syntax
from scaffolds.nunjucks.nodes import Body, Node
from scaffolds.nunjucks.scanner import Grammar, Kind, Piece, scan
from scaffolds.nunjucks.tokens import CODE_SPACE, closing_bracket, top_level

MAX_DEPTH = 40
"""Tags within tags."""

_NOTHING_AFTER = frozenset(
    {"else", "endif", "endfor", "endmacro", "endcall", "endfilter", "endset", "default", "endswitch"}
)
_MIDDLES = _NOTHING_AFTER | {"elif", "elseif", "case"}
_LOADING = ("include", "import", "from", "extends")
_SIGNATURE = re.compile(rf"([A-Za-z_][A-Za-z0-9_]*)[{CODE_SPACE}]*\((.*)\)", re.DOTALL)


def parse(source: str, grammar: Grammar) -> Body:
    """The tree of a template.

    Raises:
        Misstep: The template is not one: what, and where.
    """
    return _Parser(scan(source, grammar)).template()


class _Parser:
    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._index = 0
        self._depth = 0
        self._tags = {
            "if": self._if,
            "for": self._for,
            "set": self._set,
            "macro": self._macro,
            "call": self._call,
            "filter": self._filter,
            "block": self._block,
            "switch": self._switch,
        }

    def template(self) -> Body:
        body, stop = self._body(())
        if stop:
            raise syntax(f"nothing here is ended by {stop.name}", stop.at)
        _refuse_blocks_of_one_name(body)
        return body

    def _body(self, stops: tuple[str, ...]) -> tuple[Body, Piece | None]:
        """Statements up to one of some tags, and that tag; without it, up to the end."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Misstep("the tags are nested too deeply", self._pieces[-1].at, FaultKind.LIMIT)
        at = self._pieces[self._index].at if self._index < len(self._pieces) else 0
        found: list[Node] = []
        stop = None
        while stop is None and self._index < len(self._pieces):
            piece = self._pieces[self._index]
            self._index += 1
            if piece.kind is Kind.TAG and piece.name in stops:
                stop = piece
            else:
                found.append(self._statement(piece))
        self._depth -= 1
        if stop and stop.name in _NOTHING_AFTER and stop.rest:
            raise syntax(f"{stop.name} takes nothing after its name", stop.at)
        return Body(at, tuple(found)), stop

    def _bodies(self, piece: Piece, *stops: str) -> tuple[Body, Piece]:
        body, stop = self._body(stops)
        if stop is None:
            raise syntax(f"this {piece.name} has no {stops[-1]}", piece.at)
        return body, stop

    def _statement(self, piece: Piece) -> Node:
        if piece.kind is Kind.TEXT:
            return nodes.Text(piece.at, piece.code)
        if piece.kind is Kind.VALUE:
            return nodes.Output(piece.at, ExpressionParser(piece.code, piece.at).expression())
        if piece.name not in self._tags:
            self._refuse(piece)
        return self._tags[piece.name](piece)

    def _refuse(self, piece: Piece) -> NoReturn:
        if piece.name in _LOADING:
            raise syntax(f"{piece.name} is not possible: a template stands alone", piece.at)
        if piece.name in _MIDDLES:
            raise syntax(f"nothing here goes on with {piece.name}", piece.at)
        near = get_close_matches(piece.name, self._tags, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise syntax(f"there is no tag {piece.name!r}{hint}" if piece.name else "this tag is empty", piece.at)

    def _if(self, piece: Piece) -> Node:
        branches: list[tuple[Piece, Node, Body]] = []
        stop = piece
        while stop.name in ("if", "elif", "elseif"):
            condition, begins = self._expression(stop), stop
            body, stop = self._bodies(piece, "elif", "elseif", "else", "endif")
            branches.append((begins, condition, body))
        otherwise: Node | None = self._bodies(piece, "endif")[0] if stop.name == "else" else None
        for begins, condition, body in reversed(branches):
            otherwise = nodes.If(begins.at, condition, body, otherwise)
        return otherwise or Body(piece.at)

    def _for(self, piece: Piece) -> Node:
        split = top_level(piece.rest, "in")
        if split < 0:
            raise syntax("a for needs an in", piece.at)
        targets = ExpressionParser(piece.rest[:split], piece.rest_at).targets()
        if targets == ("loop",):
            raise syntax("a single variable of a for cannot be called loop", piece.at)
        items = ExpressionParser(piece.rest[split + 2 :], piece.rest_at + split + 2).expression()
        body, stop = self._bodies(piece, "else", "endfor")
        otherwise = self._bodies(piece, "endfor")[0] if stop.name == "else" else None
        return nodes.For(piece.at, targets, items, body, otherwise)

    def _set(self, piece: Piece) -> Node:
        sign = top_level(piece.rest, "=")
        if sign >= 0:
            targets = ExpressionParser(piece.rest[:sign], piece.rest_at).targets()
            value = ExpressionParser(piece.rest[sign + 1 :], piece.rest_at + sign + 1).expression()
            return nodes.Set(piece.at, targets, value)
        targets = ExpressionParser(piece.rest, piece.rest_at).targets()
        body, _ = self._bodies(piece, "endset")
        _refuse_macros(body, "set")
        return nodes.Set(piece.at, targets, nodes.Capture(piece.at, body))

    def _macro(self, piece: Piece) -> Node:
        found = _SIGNATURE.fullmatch(piece.rest)
        if not found:
            raise syntax("a macro has a name and brackets: macro name(a, b=1)", piece.at)
        name = ExpressionParser(found[1], piece.rest_at).targets()[0]
        parameters, defaults = self._signature(found[2], piece.rest_at + found.start(2))
        body, _ = self._bodies(piece, "endmacro")
        return nodes.Macro(piece.at, name, parameters, defaults, body)

    def _signature(self, code: str, at: int) -> tuple[tuple[str, ...], tuple[tuple[str, Node], ...]]:
        return ExpressionParser(f"{code})", at).signature() if code.strip(CODE_SPACE) else ((), ())

    def _call(self, piece: Piece) -> Node:
        code, at, parameters = piece.rest, piece.rest_at, ""
        if code.startswith("("):
            end = closing_bracket(code, 0)
            if end < 0:
                raise syntax("the brackets of this call are not closed", piece.at)
            parameters, code, at = code[1:end], code[end + 1 :], at + end + 1
        call = ExpressionParser(code, at).expression()
        if not isinstance(call, nodes.Call) or not _is_static(call.callee):
            raise syntax("a call block needs the call of a macro", piece.at)
        names, defaults = self._signature(parameters, piece.rest_at + 1)
        body, _ = self._bodies(piece, "endcall")
        return nodes.CallBlock(piece.at, call, nodes.Macro(piece.at, "caller", names, defaults, body))

    def _filter(self, piece: Piece) -> Node:
        body, _ = self._bodies(piece, "endfilter")
        _refuse_macros(body, "filter")
        captured = nodes.Capture(piece.at, body)
        return nodes.Output(piece.at, ExpressionParser(piece.rest, piece.rest_at).filter_of(captured))

    def _block(self, piece: Piece) -> Node:
        name = self._expression(piece)
        if not isinstance(name, nodes.Name):
            raise syntax("a block has a name", piece.at)
        body, stop = self._bodies(piece, "endblock")
        if stop.rest not in ("", name.name):
            raise syntax(f"the block {name.name} is ended under another name", stop.at)
        return nodes.Block(piece.at, name.name, body)

    def _switch(self, piece: Piece) -> Node:
        value = self._expression(piece)
        body, stop = self._bodies(piece, "case", "default", "endswitch")
        if body.statements:
            raise syntax("a switch begins with a case", piece.at)
        cases: list[tuple[Node, Body]] = []
        while stop.name == "case":
            condition = self._expression(stop)
            body, stop = self._bodies(piece, "case", "default", "endswitch")
            cases.append((condition, body))
        otherwise = None
        if stop.name == "default":
            otherwise, _ = self._bodies(piece, "endswitch")
        if not cases and otherwise is None:
            raise syntax("a switch needs a case", piece.at)
        return nodes.Switch(piece.at, value, tuple(cases), otherwise)

    def _expression(self, piece: Piece) -> Node:
        return ExpressionParser(piece.rest, piece.rest_at).expression()


def _is_static(node: Node) -> bool:
    while isinstance(node, nodes.Lookup) and isinstance(node.key, nodes.Literal):
        node = node.target
    return isinstance(node, nodes.Name)


def _refuse_macros(body: Body, within: str) -> None:
    for node in _all_nodes(body):
        if isinstance(node, nodes.Macro) and node.name != "caller":
            raise syntax(f"a macro cannot be made within a {within}", node.at)


def _refuse_blocks_of_one_name(body: Body) -> None:
    seen: set[str] = set()
    for node in _all_nodes(body):
        if isinstance(node, nodes.Block):
            if node.name in seen:
                raise syntax(f"there are two blocks {node.name}", node.at)
            seen.add(node.name)


def _all_nodes(root: Node) -> Iterator[Node]:
    waiting: list[object] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(reversed(item))
        elif isinstance(item, Node) and is_dataclass(item):
            yield item
            waiting.extend(_parts(item))


def _parts(node: Node) -> Iterable[object]:
    return [getattr(node, field.name) for field in reversed(fields(node)) if field.name != "at"]
