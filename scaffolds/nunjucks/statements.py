"""Pure: the statements of a template are carried out here."""

# All functions of one table take the same arguments, needed or not.
# ruff: noqa: ARG002

from collections.abc import Callable as Does
from collections.abc import Iterator, Mapping

from scaffolds.nunjucks import nodes
from scaffolds.nunjucks.evaluator import Evaluator, Extra
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.filters import Given
from scaffolds.nunjucks.nodes import Node
from scaffolds.nunjucks.scope import Frame, MacroValue, Scope
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import (
    UNDEFINED,
    Safe,
    Value,
    field,
    is_text,
    plain_text,
    rendered,
    same,
    truthy,
)

Chunks = list[str]


class Performer(Evaluator):
    """Renders whole templates; one of them renders one template once."""

    def __init__(
        self, tools: Tools, extra_filters: Mapping[str, Extra], extra_functions: Mapping[str, Extra]
    ) -> None:
        super().__init__(tools, extra_filters, extra_functions)
        self._statements: dict[type[Node], Does[..., None]] = {
            nodes.Body: self._body,
            nodes.Text: self._text,
            nodes.Output: self._output,
            nodes.If: self._if,
            nodes.For: self._for,
            nodes.Set: self._set,
            nodes.Macro: self._macro,
            nodes.CallBlock: self._call_block,
            nodes.Block: self._block,
            nodes.Switch: self._switch,
        }

    def text(self, template: nodes.Body, given: Mapping[str, Value]) -> str:
        """What a template renders to."""
        chunks: Chunks = []
        self._perform(template, *self._start(given), chunks)
        return "".join(chunks)

    def sole_value(self, output: nodes.Output, given: Mapping[str, Value]) -> Value:
        """The value of the one expression that a template consists of."""
        return self.value(output.value, *self._start(given))

    def _start(self, given: Mapping[str, Value]) -> tuple[Scope, Frame]:
        context = Scope(is_given=True)
        context.values.update(given)
        outer = context.inner(keeps_writes=True)
        return outer.inner(keeps_writes=True), Frame(outer)

    def _perform(self, node: Node, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        self.budget.spend()
        self.enter(node)
        try:
            self._statements[type(node)](node, scope, frame, chunks)
        except Misstep as error:
            if error.at < 0:
                error.at = node.at
            raise
        finally:
            self.leave()

    def capture(self, body: nodes.Body, scope: Scope, frame: Frame) -> str:
        """What a part of the template renders to."""
        chunks: Chunks = []
        self._perform(body, scope, frame, chunks)
        return "".join(chunks)

    def _body(self, node: nodes.Body, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        for statement in node.statements:
            self._perform(statement, scope, frame, chunks)

    def _text(self, node: nodes.Text, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        self._append(node.text, chunks)

    def _output(self, node: nodes.Output, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        value = self.value(node.value, scope, frame)
        self.refuse_functions(value)
        self._append(rendered(value, self.budget), chunks)

    def _append(self, text: str, chunks: Chunks) -> None:
        self.budget.make(len(text))
        chunks.append(text)

    def _if(self, node: nodes.If, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        if truthy(self.value(node.condition, scope, frame)):
            self._perform(node.body, scope, frame, chunks)
        elif node.otherwise:
            self._perform(node.otherwise, scope, frame, chunks)

    def _for(self, node: nodes.For, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        value = self.value(node.items, scope, frame)
        rounds, length = self._rounds(value, len(node.targets) == 1)
        inner = scope.inner()
        within = Frame(frame.outer, shares_macros=False, shares_values=False, lengths=frame.lengths)
        if truthy(value):
            frame.lengths[node] = length
        length = frame.lengths.get(node, UNDEFINED)
        count = self.tools.number(length)
        for index, item in enumerate(rounds):
            self.budget.spend()
            self._bind(node.targets, item, isinstance(value, list | Safe), inner)
            inner.values["loop"] = _loop(index, count, length)
            self._perform(node.body, inner, within, chunks)
        if not truthy(length) and node.otherwise:
            self._perform(node.otherwise, inner, within, chunks)

    def _rounds(self, value: Value, is_single: bool) -> tuple[Iterator[Value], Value]:
        """What a loop goes through, and the length that it tells."""
        if isinstance(value, list):
            return _alive(value), float(len(value))
        if isinstance(value, dict):
            if is_single:
                length = value.get("length", UNDEFINED)
                return self._numbered(value, length), length
            return iter([[key, item] for key, item in value.items()]), float(len(value))
        if is_text(value):
            text = plain_text(value)
            pairs = [[str(index), unit] for index, unit in enumerate(text)]
            return iter(pairs if isinstance(value, str) and not is_single else text), float(len(text))
        return iter(()), UNDEFINED if is_single else 0.0

    def _numbered(self, record: dict[str, Value], length: Value) -> Iterator[Value]:
        index, count = 0, self.tools.number(length)
        while index < count:
            yield record.get(str(index), UNDEFINED)
            index += 1

    def _bind(self, targets: tuple[str, ...], item: Value, is_list: bool, scope: Scope) -> None:
        if len(targets) == 1:
            scope.values[targets[0]] = item
            return
        for index, target in enumerate(targets if is_list else targets[:2]):
            if item is UNDEFINED or item is None:
                raise Misstep("there is nothing to take apart in this round of the loop")
            scope.values[target] = (
                field(item, str(index)) if isinstance(item, list | dict | str) else UNDEFINED
            )

    def _set(self, node: nodes.Set, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        value = self.value(node.value, scope, frame)
        for target in node.targets:
            scope.assign(target, value)
            if frame.shares_values:
                frame.outer.values[target] = value

    def _macro(self, node: nodes.Macro, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        macro = MacroValue(node, frame.outer, frame.outer)
        scope.values[node.name] = macro
        if frame.shares_macros:
            frame.outer.values[node.name] = macro

    def _call_block(self, node: nodes.CallBlock, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        target = self.value(node.call.callee, scope, frame)
        if not isinstance(target, MacroValue) or target.is_caller:
            raise Misstep("a call block calls a macro")
        given = self.given(node.call.arguments, scope, frame)
        caller = MacroValue(node.caller, scope, frame.outer, is_caller=True)
        value = self.call_macro(target, Given(given.items, {**(given.named or {}), "caller": caller}))
        self._append(rendered(value, self.budget), chunks)

    def call_macro(self, macro: MacroValue, given: Given) -> Value:
        """What a macro renders to, as safe text."""
        node = macro.macro
        local = macro.scope.inner(keeps_writes=True)
        frame = Frame(macro.outer, shares_macros=not macro.is_caller, shares_values=False)
        items, named = _matched(node, given)
        local.values.update(zip(node.parameters, items, strict=True))
        for name, default in node.defaults:
            local.values[name] = named[name] if name in named else self.value(default, local, frame)
        declared = {*node.parameters, *(name for name, _ in node.defaults)}
        if "caller" in named and "caller" not in declared:
            local.values["caller"] = named["caller"]
        return Safe(self.capture(node.body, local, frame))

    def _block(self, node: nodes.Block, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        self._perform(
            node.body, scope.inner(keeps_writes=True), Frame(frame.outer, shares_values=False), chunks
        )

    def _switch(self, node: nodes.Switch, scope: Scope, frame: Frame, chunks: Chunks) -> None:
        value = self.value(node.value, scope, frame)
        is_matched = False
        for condition, body in node.cases:
            is_matched = is_matched or same(value, self.value(condition, scope, frame))
            # A case without a body falls through to the next one.
            if is_matched and body.statements:
                self._perform(body, scope, frame, chunks)
                return
        if node.otherwise:
            self._perform(node.otherwise, scope, frame, chunks)


def _alive(items: list[Value]) -> Iterator[Value]:
    """Items of a list that may grow while a loop goes through it."""
    yield from items


def _loop(index: int, count: float, length: Value) -> Value:
    return {
        "index": index + 1.0,
        "index0": float(index),
        "revindex": count - index,
        "revindex0": count - index - 1,
        "first": index == 0,
        "last": index == count - 1,
        "length": length,
    }


def _matched(node: nodes.Macro, given: Given) -> tuple[list[Value], dict[str, Value]]:
    """Arguments laid to parameters: too many go on into the defaults, missing ones are looked for by name."""
    count, named = len(node.parameters), dict(given.named or {})
    items = list(given.items[:count])
    for (name, _), item in zip(node.defaults, given.items[count:], strict=False):
        named[name] = item
    for name in node.parameters[len(items) :]:
        items.append(named.pop(name, UNDEFINED))
    return items, named
