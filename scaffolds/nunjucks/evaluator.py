"""Pure: expressions of a template are worked out here, each kind by a function of its own."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG002, ARG005

import math
from collections.abc import Callable as Does
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from scaffolds.nunjucks import filters, methods, nodes, numbers, values
from scaffolds.nunjucks.checks import check, needed
from scaffolds.nunjucks.faults import Budget, FaultKind, Misstep, too_much
from scaffolds.nunjucks.filters import FILTERS, Given
from scaffolds.nunjucks.functions import FUNCTIONS, call_function, call_object, cycler_member, most_arguments
from scaffolds.nunjucks.nodes import Arguments, Node
from scaffolds.nunjucks.scope import Cycler, CyclerMethod, Frame, Function, Joiner, MacroValue, Scope
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import UNDEFINED, Pattern, Value, field, order, truthy

MAX_DEPTH = 180
"""Nodes within nodes while they are worked out, macros that call macros included."""

Extra = Does[..., Value]
"""A filter or function that Callboard adds; it gets and gives values of the template."""

_JINJA_NAMES = {"True": True, "False": False, "None": None}
_ARITHMETIC: Mapping[str, Does[[float, float], float]] = {
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": numbers.quotient,
    "%": numbers.remainder,
    "**": numbers.power,
}
_COMPARED: Mapping[str, Does[[Value, Value, Budget], bool]] = {
    "==": values.alike,
    "!=": lambda left, right, budget: not values.alike(left, right, budget),
    "===": lambda left, right, budget: values.same(left, right),
    "!==": lambda left, right, budget: not values.same(left, right),
    "<": lambda left, right, budget: order(left, right, budget) < 0,
    "<=": lambda left, right, budget: order(left, right, budget) <= 0,
    ">": lambda left, right, budget: order(left, right, budget) > 0,
    ">=": lambda left, right, budget: order(left, right, budget) >= 0,
}


class Evaluator:
    """Works out expressions; statements and macros are added by ``Renderer``'s subclass.

    Args:
        tools: The budget and what is allowed.
        extra_filters: Callboard's filters by name.
        extra_functions: Callboard's functions by name.
    """

    def __init__(
        self, tools: Tools, extra_filters: Mapping[str, Extra], extra_functions: Mapping[str, Extra]
    ) -> None:
        self.tools = tools
        self.budget = tools.budget
        self._filters = extra_filters
        self._functions = extra_functions
        self._depth = 0
        self._known: dict[str, Function] = {}
        self._with_functions: dict[int, Value] = {}
        self._kinds: dict[type[Node], Does[..., Value]] = {
            nodes.Literal: lambda node, scope, frame: node.value,
            nodes.PatternLiteral: lambda node, scope, frame: Pattern(node.source, node.flags),
            nodes.Name: self._name,
            nodes.ListOf: self._list,
            nodes.RecordOf: self._record,
            nodes.Group: self._group,
            nodes.Lookup: self._lookup,
            nodes.Slice: self._slice,
            nodes.Call: self._call,
            nodes.FilterCall: self._filter,
            nodes.Check: self._check,
            nodes.Choice: self._choice,
            nodes.Logic: self._logic,
            nodes.Unary: self._unary,
            nodes.Binary: self._binary,
            nodes.Comparison: self._comparison,
            nodes.Membership: self._membership,
            nodes.Capture: lambda node, scope, frame: self.capture(node.body, scope, frame),
        }

    def capture(self, body: nodes.Body, scope: Scope, frame: Frame) -> str:
        """What a part of the template renders to."""
        raise NotImplementedError

    def call_macro(self, macro: MacroValue, given: Given) -> Value:
        """What a macro renders to."""
        raise NotImplementedError

    def value(self, node: Node, scope: Scope, frame: Frame) -> Value:
        """The value of an expression; a fault in it carries its place."""
        self.budget.spend()
        self.enter(node)
        try:
            return self._kinds[type(node)](node, scope, frame)
        except Misstep as error:
            if error.at < 0:
                error.at = node.at
            raise
        finally:
            self._depth -= 1

    def enter(self, node: Node) -> None:
        """Count one level down; whoever calls it counts up again."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._depth -= 1
            error = too_much("the template is nested too deeply")
            error.at = node.at
            raise error

    def leave(self) -> None:
        """Count one level up."""
        self._depth -= 1

    def refuse_functions(self, *found: Value) -> None:
        """A function is nothing to compute with, nor is a list that holds one."""
        if any(self._is_function(value) for value in found):
            raise Misstep("a function is not a value")

    def _is_function(self, value: Value) -> bool:
        return isinstance(value, values.Callable) or id(value) in self._with_functions

    def _noted(self, container: Value, items: Sequence[Value]) -> Value:
        if any(self._is_function(item) for item in items):
            self._with_functions[id(container)] = container
        return container

    def _name(self, node: nodes.Name, scope: Scope, frame: Frame) -> Value:
        is_known, found = scope.find(node.name)
        if is_known:
            return found
        if self.tools.is_cookiecutter and node.name in _JINJA_NAMES:
            return _JINJA_NAMES[node.name]
        if node.name in self._functions or node.name in FUNCTIONS:
            return self._known.setdefault(node.name, Function(node.name))
        return UNDEFINED

    def _list(self, node: nodes.ListOf, scope: Scope, frame: Frame) -> Value:
        items = [self.value(item, scope, frame) for item in node.items]
        return self._noted(items, items)

    def _record(self, node: nodes.RecordOf, scope: Scope, frame: Frame) -> Value:
        record = dict(values.ordered({key: self.value(item, scope, frame) for key, item in node.pairs}))
        return self._noted(record, list(record.values()))

    def _group(self, node: nodes.Group, scope: Scope, frame: Frame) -> Value:
        found = [self.value(item, scope, frame) for item in node.items]
        self.refuse_functions(*found[:-1])
        return found[-1]

    def _lookup(self, node: nodes.Lookup, scope: Scope, frame: Frame) -> Value:
        target = self.value(node.target, scope, frame)
        key = self.value(node.key, scope, frame)
        self.refuse_functions(key)
        name = key if isinstance(key, str) else self.tools.text(key)
        if isinstance(target, values.Callable):
            return cycler_member(target, name) if isinstance(target, Cycler) else UNDEFINED
        found = field(target, name)
        if found is not UNDEFINED or values.has_field(target, name) or name in values.RESERVED:
            return found
        return methods.method_of(target, name, self.tools.is_cookiecutter) or UNDEFINED

    def _slice(self, node: nodes.Slice, scope: Scope, frame: Frame) -> Value:
        target = self.value(node.target, scope, frame)
        if isinstance(target, values.Callable):
            raise Misstep("a function cannot be cut")
        target = target if truthy(target) else []
        length = field(target, "length")
        start, stop = self._bound(node.start, scope, frame), self._bound(node.stop, scope, frame)
        step = self.value(node.step, scope, frame) if node.step else 1.0
        pace = self.tools.number(step)
        if not math.isfinite(pace) or pace == 0:
            raise Misstep("the step of a slice is a number other than 0")
        if start is None:
            start = self.tools.number(length) - 1 if pace < 0 else 0.0
        elif order(start, 0.0, self.budget) < 0:
            start = values.added(start, length, self.budget)
        if stop is None:
            stop = -1.0 if pace < 0 else length
        elif order(stop, 0.0, self.budget) < 0:
            stop = values.added(stop, length, self.budget)
        return self._stepped(target, (start, stop, step), length, pace)

    def _bound(self, node: Node | None, scope: Scope, frame: Frame) -> Value:
        return self.value(node, scope, frame) if node else None

    def _stepped(
        self, target: Value, bounds: tuple[Value, Value, Value], length: Value, pace: float
    ) -> Value:
        index, stop, step = bounds
        found = []
        while not (order(index, 0.0, self.budget) < 0 or order(index, length, self.budget) > 0):
            beyond = order(index, stop, self.budget)
            if beyond != beyond and length is UNDEFINED:
                raise too_much("a slice of something without a length never ends")
            if (pace > 0 and beyond >= 0) or (pace < 0 and beyond <= 0):
                break
            self.budget.spend()
            found.append(field(target, self.tools.text(index)))
            self.refuse_functions(found[-1])
            index = values.added(index, step, self.budget)
        return found

    def _call(self, node: nodes.Call, scope: Scope, frame: Frame) -> Value:
        callee = self.value(node.callee, scope, frame)
        if isinstance(callee, MacroValue):
            return self.call_macro(callee, self.given(node.arguments, scope, frame))
        if isinstance(callee, methods.Method):
            _check_count(node.arguments, callee.name, callee.least, callee.most)
            return self._method(callee, self.given(node.arguments, scope, frame).items)
        if isinstance(callee, Function):
            return self._function(callee.name, node.arguments, scope, frame)
        if isinstance(callee, CyclerMethod | Joiner):
            _check_count(node.arguments, "this function", 0, 0)
            return call_object(callee)
        raise Misstep(f"{_path(node.callee)} is {values.kind_of(callee)} and cannot be called")

    def _method(self, method: methods.Method, arguments: Sequence[Value]) -> Value:
        self.refuse_functions(method.receiver, *arguments)
        return methods.call(method, arguments, self.tools)

    def _function(self, name: str, arguments: Arguments, scope: Scope, frame: Frame) -> Value:
        is_extra = name in self._functions
        _check_count(arguments, name, 0, math.inf if is_extra else most_arguments(name))
        given = self.given(arguments, scope, frame).items
        self.refuse_functions(*given)
        if is_extra:
            return self._extra(self._functions[name], name, given)
        return call_function(name, given, self.budget)

    def _extra(self, function: Extra, name: str, given: Sequence[Value]) -> Value:
        try:
            return function(*given)
        except (ValueError, TypeError) as error:
            raise Misstep(f"{name} cannot do that: {error}", kind=FaultKind.CAPABILITY) from error

    def given(self, arguments: Arguments, scope: Scope, frame: Frame) -> Given:
        """The values of arguments."""
        items = tuple(self.value(item, scope, frame) for item in arguments.items)
        return Given(items, {key: self.value(item, scope, frame) for key, item in arguments.named})

    def _filter(self, node: nodes.FilterCall, scope: Scope, frame: Frame) -> Value:
        name = "dump" if self.tools.is_cookiecutter and node.name == "jsonify" else node.name
        is_extra = node.name in self._filters
        if not is_extra and name not in FILTERS:
            raise Misstep(f"there is no filter {name}{self._near(name)}")
        if is_extra and node.arguments.named:
            raise Misstep(f"the filter {name} takes no named arguments")
        value = self.value(node.value, scope, frame)
        given = self.given(node.arguments, scope, frame)
        self.refuse_functions(value, *given.items, *(given.named or {}).values())
        if is_extra:
            return self._extra(self._filters[node.name], f"the filter {name}", (value, *given.items))
        return filters.apply(name, value, given, self.tools)

    def _near(self, name: str) -> str:
        found = get_close_matches(name, [*FILTERS, *self._filters], 1)
        return f"; did you mean {found[0]}?" if found else ""

    def _check(self, node: nodes.Check, scope: Scope, frame: Frame) -> Value:
        wanted = needed(node.name)
        if node.arguments is not None:
            _check_count(node.arguments, f"the check {node.name}", wanted, wanted)
        elif wanted:
            raise Misstep(f"the check {node.name} needs an argument in brackets")
        value = self.value(node.value, scope, frame)
        given = self.given(node.arguments, scope, frame).items if node.arguments else ()
        if node.name not in ("callable", "eq", "equalto", "sameas", "ne"):
            self.refuse_functions(value, *given)
        return check(node.name, value, given, self.tools)

    def _choice(self, node: nodes.Choice, scope: Scope, frame: Frame) -> Value:
        if truthy(self.value(node.condition, scope, frame)):
            return self.value(node.body, scope, frame)
        return self.value(node.otherwise, scope, frame) if node.otherwise else ""

    def _logic(self, node: nodes.Logic, scope: Scope, frame: Frame) -> Value:
        left = self.value(node.left, scope, frame)
        return self.value(node.right, scope, frame) if truthy(left) is (node.sign == "and") else left

    def _unary(self, node: nodes.Unary, scope: Scope, frame: Frame) -> Value:
        target = self.value(node.target, scope, frame)
        if node.sign == "not":
            return not truthy(target)
        self.refuse_functions(target)
        number = self.tools.number(target)
        if node.sign == "floor":
            return numbers.floored(number)
        return -number if node.sign == "-" else number

    def _binary(self, node: nodes.Binary, scope: Scope, frame: Frame) -> Value:
        left, right = self.value(node.left, scope, frame), self.value(node.right, scope, frame)
        self.refuse_functions(left, right)
        if node.sign == "+":
            return values.added(left, right, self.budget)
        if node.sign == "~":
            return values.joined(left, right, self.budget)
        return _ARITHMETIC[node.sign](self.tools.number(left), self.tools.number(right))

    def _comparison(self, node: nodes.Comparison, scope: Scope, frame: Frame) -> Value:
        found = self.value(node.first, scope, frame)
        for sign, part in node.rest:
            found = _COMPARED[sign](found, self.value(part, scope, frame), self.budget)
        return found

    def _membership(self, node: nodes.Membership, scope: Scope, frame: Frame) -> Value:
        item, container = self.value(node.item, scope, frame), self.value(node.container, scope, frame)
        if isinstance(container, str):
            return self.tools.text(item) in container
        if isinstance(container, values.Safe):
            return self.tools.text(item) in ("length", "val")
        if isinstance(container, list):
            self.budget.spend(len(container) / 4)
            return any(values.same(found, item) for found in container)
        if isinstance(container, dict):
            return self.tools.text(item) in container
        raise Misstep(f"a list, a record or a text was expected after in, not {values.kind_of(container)}")


def _check_count(arguments: Arguments, name: str, least: float, most: float) -> None:
    if arguments.named:
        raise Misstep(f"{name} takes no named arguments")
    if not least <= len(arguments.items) <= most:
        wanted = (
            f"{least:.0f}"
            if least == most
            else f"{least:.0f} to {most:.0f}"
            if most < math.inf
            else f"{least:.0f} or more"
        )
        raise Misstep(f"{name} takes {wanted} arguments, not {len(arguments.items)}")


def _path(node: Node) -> str:
    """How a value is called in the template."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Lookup) and isinstance(node.key, nodes.Literal):
        return f"{_path(node.target)}.{node.key.value}"
    return "this value"
