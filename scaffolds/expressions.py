"""Pure: defaults that depend on earlier answers, worked out in a small, bounded part of Jinja.

A template's default such as ``{{ cookiecutter.project_name|lower|replace(' ', '-') }}`` is shown in
a form before anything is rendered, so it is worked out in this process. Only expressions whose cost
is bounded are taken: no loops, no multiplication, no calls but harmless ones on text. Anything
beyond that is left to the jail, where cookiecutter itself renders it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_LENGTH = 2_000
"""Characters of one worked-out default, and of everything on the way to it."""

MARKERS = ("{{", "{%", "{#")
"""What starts an expression, a statement or a comment in a template."""

_NAMESPACE = "cookiecutter"
_FILTERS = frozenset({"capitalize", "default", "d", "lower", "replace", "string", "title", "trim", "upper"})
_METHODS = frozenset(
    {"capitalize", "casefold", "endswith", "lower", "lstrip", "removeprefix", "removesuffix", "replace"}
    | {"rstrip", "startswith", "strip", "title", "upper"}
)
_TESTS = frozenset({"defined", "eq", "equalto", "in", "ne", "sameas"})
_ALLOWED = (
    nodes.Add,
    nodes.And,
    nodes.Call,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Filter,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.List,
    nodes.Name,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Slice,
    nodes.Template,
    nodes.TemplateData,
    nodes.Test,
    nodes.Tuple,
)
_NEEDS_JAIL = re.compile(r"\{%-?\s*now\b")


class TooMuchError(Exception):
    """The expression is more than is worked out here; the jail does it."""


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox with bounded text: what grows too long is refused on the way."""

    def call(self, *arguments: Any, **keywords: Any) -> Any:
        """Call a method of text and look at what came out."""
        return _bounded(super().call(*arguments, **keywords))


def _replace(text: object, old: str, new: str, count: int = -1) -> str:
    return str(_bounded(str(text).replace(str(old), str(new), count)))


def _bounded(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_LENGTH:
        raise TooMuchError(f"more than {MAX_LENGTH} characters")
    return value


_environment = _Environment(undefined=StrictUndefined, keep_trailing_newline=True)
_environment.filters["replace"] = _replace


def is_expression(value: object) -> bool:
    """Whether a text holds anything that a template engine would act on."""
    return isinstance(value, str) and any(marker in value for marker in MARKERS)


def variables_in(text: str) -> tuple[str, ...]:
    """The names ``x`` of ``cookiecutter.x`` that a text uses, each once, in order.

    Raises:
        TemplateSyntaxError: The text is not a template; ``message`` says why.
    """
    if _NEEDS_JAIL.search(text):
        return ()
    return tuple(dict.fromkeys(_names(_environment.parse(text))))


def work_out(text: str, known: Mapping[str, Any]) -> str:
    """A default with the values of earlier answers put in.

    Args:
        text: The template's own text; never something that a person answered.
        known: Variable to value. A value is put in as it is: it is never read as a template.

    Raises:
        TooMuchError: It asks for more than is worked out here, or for a value that is not known.
    """
    if not is_expression(text):
        return text
    if len(text) > MAX_LENGTH:
        raise TooMuchError("the expression is too long")
    try:
        tree = _environment.parse(text)
        _refuse_the_rest(tree)
        return str(_bounded(_environment.from_string(tree).render({_NAMESPACE: dict(known)})))
    except (TemplateError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TooMuchError(str(error)) from error


def problem_in(text: str) -> str:
    """What is wrong with the text as a template; empty when nothing is."""
    try:
        variables_in(text)
    except TemplateSyntaxError as error:
        return str(error.message)
    return ""


def _names(tree: nodes.Node) -> Iterator[str]:
    for node in tree.find_all(nodes.Getattr):
        if _is_namespace(node.node):
            yield node.attr
    for item in tree.find_all(nodes.Getitem):
        if _is_namespace(item.node) and isinstance(item.arg, nodes.Const):
            yield str(item.arg.value)


def _is_namespace(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == _NAMESPACE


def _refuse_the_rest(tree: nodes.Node) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TooMuchError(type(node).__name__)
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            raise TooMuchError(f"the filter {node.name}")
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise TooMuchError(f"the test {node.name}")
        if isinstance(node, nodes.Call) and not _is_text_method(node):
            raise TooMuchError("a call")
        if isinstance(node, nodes.Name) and node.name != _NAMESPACE:
            raise TooMuchError(f"the name {node.name}")


def _is_text_method(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Getattr) and node.node.attr in _METHODS
