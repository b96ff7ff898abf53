"""Pure: one expression's words become a tree.

The order of binding is Nunjucks', with its oddities: ``not a == b`` negates ``a`` alone, ``* / // %``
bind in that order though ``a / b * c`` goes from the left, and a minus cannot follow a minus.
"""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from scaffolds.nunjucks import nodes
from scaffolds.nunjucks.faults import FaultKind, Misstep, syntax
from scaffolds.nunjucks.nodes import Arguments, Node
from scaffolds.nunjucks.numbers import number_of, number_text
from scaffolds.nunjucks.tokens import Sort, Word, words
from scaffolds.nunjucks.values import RESERVED

MAX_DEPTH = 24
"""Brackets within brackets; deeper ones are nobody's template."""

_LITERALS = {"true": True, "false": False, "none": None, "null": None}
_EQUALITY = ("==", "===", "!=", "!==")
_RELATION = ("<", "<=", ">", ">=")
_T = TypeVar("_T")
_Operations = list[tuple[str, Node]]


class ExpressionParser:
    """Reads one expression, list of targets, signature or filter; each of them to the end.

    Args:
        source: The code.
        offset: Where it begins in the template.
    """

    def __init__(self, source: str, offset: int) -> None:
        self._words = words(source, offset)
        self._index = 0
        self._depth = 0

    def expression(self) -> Node:
        """One expression and nothing after it."""
        found = self._choice()
        self._end()
        return found

    def targets(self) -> tuple[str, ...]:
        """The names of a loop or of a ``set``."""
        names = [self._ordinary_name()]
        while self._takes(","):
            names.append(self._ordinary_name())
        self._end()
        return tuple(names)

    def signature(self) -> tuple[tuple[str, ...], tuple[tuple[str, Node], ...]]:
        """The parameters of a macro without and with a default; the closing bracket included."""
        found = self._arguments()
        self._end()
        names = []
        for item in found.items:
            if not isinstance(item, nodes.Name):
                raise syntax("a parameter is a name", item.at)
            names.append(item.name)
        return tuple(names), found.named

    def filter_of(self, value: Node) -> Node:
        """The filter of a filter block."""
        found = self._filter(value)
        self._end()
        return found

    def _choice(self) -> Node:
        body = self._or()
        if not self._takes_name("if"):
            return body
        condition = self._or()
        otherwise = self._nested(self._or) if self._takes_name("else") else None
        return nodes.Choice(body.at, condition, body, otherwise)

    def _or(self) -> Node:
        left = self._and()
        while self._takes_name("or"):
            left = nodes.Logic(left.at, "or", left, self._and())
        return left

    def _and(self) -> Node:
        left = self._not()
        while self._takes_name("and"):
            left = nodes.Logic(left.at, "and", left, self._not())
        return left

    def _not(self) -> Node:
        at = self._word().at
        if self._takes_name("not"):
            return _negated(self._nested(self._not), at)
        return self._membership()

    def _membership(self) -> Node:
        left = self._check()
        while True:
            is_negated = self._word().value == "not" and self._word(1).value == "in"
            if is_negated:
                self._index += 2
            elif not self._takes_name("in"):
                return left
            found = nodes.Membership(left.at, left, self._check())
            left = nodes.Unary(left.at, "not", found) if is_negated else found

    def _check(self) -> Node:
        left = self._equality()
        if not self._takes_name("is"):
            return left
        is_negated = self._takes_name("not")
        right = self._equality()
        found = nodes.Check(right.at, left, *_named_check(right))
        return nodes.Unary(left.at, "not", found) if is_negated else found

    def _equality(self) -> Node:
        return self._compared(_EQUALITY, self._relation)

    def _relation(self) -> Node:
        return self._compared(_RELATION, self._sum)

    def _compared(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        first, rest = part(), []
        while self._word().sort is Sort.SIGN and self._word().value in signs:
            sign = self._advance().value
            rest.append((sign, part()))
        return nodes.Comparison(first.at, first, tuple(rest)) if rest else first

    def _sum(self) -> Node:
        left = self._product()
        while self._is_sign("+", "-", "~"):
            sign = self._advance().value
            left = nodes.Binary(left.at, sign, left, self._product())
        return left

    def _product(self) -> Node:
        return _folded(*self._sequence(("*", "/", "//", "%")))

    def _sequence(self, signs: tuple[str, ...]) -> tuple[Node, _Operations]:
        """First value and operations of one level; tighter levels are laid flat into it."""
        if not signs:
            return self._power(), []
        first, operations = self._sequence(signs[1:])
        while self._takes(signs[0]):
            value, more = self._sequence(signs[1:])
            operations += [("/" if signs[0] == "//" else signs[0], value), *more]
            if signs[0] == "//":
                whole = _folded(first, operations)
                first, operations = nodes.Unary(whole.at, "floor", whole), []
        return first, operations

    def _power(self) -> Node:
        left = self._filtered()
        while self._takes("**"):
            left = nodes.Binary(left.at, "**", left, self._filtered())
        return left

    def _filtered(self) -> Node:
        value = self._unary()
        while self._takes("|"):
            value = self._filter(value)
        return value

    def _filter(self, value: Node) -> Node:
        first = self._expect(Sort.NAME)
        parts = [self._allowed(first).value]
        while self._takes("."):
            parts.append(self._allowed(self._expect(Sort.NAME)).value)
        arguments = self._nested(self._arguments) if self._takes("(") else Arguments(first.at)
        return nodes.FilterCall(first.at, ".".join(parts), value, arguments)

    def _unary(self) -> Node:
        if not self._is_sign("-", "+"):
            return self._postfix()
        word = self._advance()
        target = self._nested(self._unary)
        if isinstance(target, nodes.Unary) and target.sign == word.value:
            raise syntax(f"two {word.value} need brackets between them", word.at)
        return nodes.Unary(word.at, word.value, target)

    def _postfix(self) -> Node:
        found = self._primary()
        while True:
            if self._takes("."):
                key = self._allowed(self._expect(Sort.NAME))
                found = nodes.Lookup(key.at, found, nodes.Literal(key.at, key.value))
            elif self._takes("["):
                target = found
                found = self._nested(lambda target=target: self._subscript(target))  # type: ignore[misc]
            elif self._takes("("):
                found = nodes.Call(found.at, found, self._nested(self._arguments))
            else:
                return found

    def _subscript(self, target: Node) -> Node:
        at = self._word().at
        start = None if self._is_sign(":", "]") else self._choice()
        if not self._takes(":"):
            if start is None:
                self._refuse("a key was expected between the brackets")
            self._expect_sign("]")
            if isinstance(start, nodes.Literal) and start.value in RESERVED:
                raise syntax(f"the name {start.value} is reserved", start.at)
            return nodes.Lookup(at, target, start)
        stop = None if self._is_sign(":", "]") else self._choice()
        step = self._choice() if self._takes(":") and not self._is_sign("]") else None
        self._expect_sign("]")
        return nodes.Slice(at, target, start, stop, step)

    def _primary(self) -> Node:
        word = self._advance()
        if word.sort is Sort.NUMBER:
            return nodes.Literal(word.at, number_of(word.value))
        if word.sort is Sort.TEXT:
            return nodes.Literal(word.at, word.value)
        if word.sort is Sort.PATTERN:
            return nodes.PatternLiteral(word.at, word.value, word.flags)
        if word.sort is Sort.NAME:
            if word.value in _LITERALS:
                return nodes.Literal(word.at, _LITERALS[word.value])
            return nodes.Name(word.at, self._allowed(word).value)
        if word.value not in ("(", "[", "{"):
            self._index -= 1
            self._refuse("a value was expected")
        return self._bracketed(word)

    def _bracketed(self, word: Word) -> Node:
        if word.value == "{":
            return nodes.RecordOf(word.at, self._nested(self._pairs))
        items = self._nested(lambda: self._items(")" if word.value == "(" else "]"))
        if word.value == "[":
            return nodes.ListOf(word.at, items)
        if not items:
            raise syntax("there is nothing between the brackets", word.at)
        return nodes.Group(word.at, items)

    def _pairs(self) -> tuple[tuple[str, Node], ...]:
        pairs: list[tuple[str, Node]] = []
        if self._takes("}"):
            return ()
        while True:
            key = self._advance()
            if key.sort not in (Sort.NAME, Sort.TEXT) or (key.sort is Sort.NAME and key.value in _LITERALS):
                raise syntax("the key of a record is a name or a text", key.at)
            self._allowed(key)
            self._expect_sign(":")
            pairs.append((key.value, self._choice()))
            if not self._takes(","):
                self._expect_sign("}")
                return tuple(pairs)

    def _items(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._takes(closing):
            return ()
        while True:
            items.append(self._choice())
            if not self._takes(","):
                self._expect_sign(closing)
                return tuple(items)

    def _arguments(self) -> Arguments:
        at = self._word().at
        items: list[Node] = []
        named: list[tuple[str, Node]] = []
        if self._takes(")"):
            return Arguments(at)
        while True:
            if (
                self._word().sort is Sort.NAME
                and self._word(1).value == "="
                and self._word(1).sort is Sort.SIGN
            ):
                key = self._allowed(self._advance()).value
                self._index += 1
                named.append((key, self._choice()))
            else:
                items.append(self._choice())
            if not self._takes(","):
                self._expect_sign(")")
                return Arguments(at, tuple(items), tuple(named))

    def _ordinary_name(self) -> str:
        word = self._expect(Sort.NAME)
        if word.value in _LITERALS:
            raise syntax(f"{word.value} cannot be given a value", word.at)
        return self._allowed(word).value

    def _allowed(self, word: Word) -> Word:
        if word.value in RESERVED:
            raise syntax(f"the name {word.value} is reserved", word.at)
        return word

    def _nested(self, parse: Callable[[], _T]) -> _T:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Misstep("the expression is nested too deeply", self._word().at, FaultKind.LIMIT)
        found = parse()
        self._depth -= 1
        return found

    def _word(self, ahead: int = 0) -> Word:
        return self._words[min(self._index + ahead, len(self._words) - 1)]

    def _advance(self) -> Word:
        word = self._word()
        self._index += 1
        return word

    def _is_sign(self, *signs: str) -> bool:
        return self._word().sort is Sort.SIGN and self._word().value in signs

    def _takes(self, sign: str) -> bool:
        found = self._is_sign(sign)
        self._index += found
        return found

    def _takes_name(self, name: str) -> bool:
        found = self._word().sort is Sort.NAME and self._word().value == name
        self._index += found
        return found

    def _expect(self, sort: Sort) -> Word:
        if self._word().sort is not sort:
            self._refuse(f"a {sort} was expected")
        return self._advance()

    def _expect_sign(self, sign: str) -> None:
        if not self._takes(sign):
            self._refuse(f"{sign} was expected")

    def _end(self) -> None:
        if self._word().sort is not Sort.END:
            self._refuse("the expression should have ended")

    def _refuse(self, message: str) -> NoReturn:
        word = self._word()
        found = f"{word.value!r} was found" if word.sort is not Sort.END else "it ends here"
        raise syntax(f"{message}; {found}", word.at)


def _folded(first: Node, operations: _Operations) -> Node:
    for sign, right in operations:
        first = nodes.Binary(first.at, sign, first, right)
    return first


def _negated(target: Node, at: int) -> Node:
    """``not`` sinks to the first value of a sum, product or comparison, as it does in Nunjucks."""
    if isinstance(target, nodes.Binary) and target.sign != "**":
        return nodes.Binary(at, target.sign, _negated(target.left, at), target.right)
    if isinstance(target, nodes.Comparison):
        return nodes.Comparison(at, _negated(target.first, at), target.rest)
    return nodes.Unary(at, "not", target)


def _named_check(node: Node) -> tuple[str, Arguments | None]:
    """Name and arguments of what stands after ``is``; what is no name reads ``undefined``."""
    if isinstance(node, nodes.Call):
        return _check_name(node.callee), node.arguments
    if isinstance(node, nodes.FilterCall):
        return node.name, Arguments(node.at, (node.value, *node.arguments.items), node.arguments.named)
    return _check_name(node), None


def _check_name(node: Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Literal):
        if isinstance(node.value, float):
            return number_text(node.value)
        named = {None: "null", True: "true", False: "false"}
        return str(node.value if isinstance(node.value, str) else named[node.value])
    return f"/{node.source}/" if isinstance(node, nodes.PatternLiteral) else "undefined"
