"""Pure: the door to templating: ``Renderer.text`` for files, ``Renderer.value`` for strings of a template.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffolds.nunjucks import nodes
from scaffolds.nunjucks.evaluator import Extra
from scaffolds.nunjucks.faults import Budget, FaultKind, Misstep, TemplateFault
from scaffolds.nunjucks.scanner import Grammar
from scaffolds.nunjucks.statements import Performer
from scaffolds.nunjucks.template_parser import parse
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import UNDEFINED, from_units, given_out, taken_in, to_units

MAX_SOURCE = 4_000_000
MAX_STEPS = 1_000_000
MAX_CHARACTERS = 32_000_000
"""Characters that one rendering may make in all, what it only makes on the way included."""

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Renderer:
    """How templates are rendered.

    ``filters`` and ``functions`` are Callboard's own: they get and give JSON-like values of Python's
    (``UNDEFINED`` for what is not there) and refuse with ``ValueError`` or ``TypeError``.
    """

    filters: Mapping[str, Function] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    grammar: Grammar = field(default_factory=Grammar)
    runs_patterns: bool = False
    """Whether regular expressions of a template may run: only in the jail, where somebody looks at the clock."""
    max_steps: int = MAX_STEPS
    max_characters: int = MAX_CHARACTERS

    def text(self, source: str, context: Mapping[str, Any]) -> str:
        """A template as text.

        Args:
            source: The template.
            context: Its variables, JSON-like; a template works on a copy.

        Raises:
            TemplateFault: It cannot be rendered: what, and at which line and column.
        """
        return str(
            self._guarded(source, lambda units, performer: performer.text(*self._parsed(units, context)))
        )

    def value(self, source: str, context: Mapping[str, Any]) -> Any:
        """The value of a template that is a single ``${{ }}``, in its own type; the text of any other.

        Returns:
            A JSON-like value, or ``UNDEFINED``. A number without a fraction is an ``int``.

        Raises:
            TemplateFault: It cannot be rendered.
        """

        def worked_out(units: str, performer: Performer) -> Any:
            tree, given = self._parsed(units, context)
            only = tree.statements[0] if len(tree.statements) == 1 else None
            if not isinstance(only, nodes.Output):
                return performer.text(tree, given)
            found = performer.sole_value(only, given)
            performer.refuse_functions(found)
            return found

        return self._guarded(source, worked_out)

    def _parsed(self, units: str, context: Mapping[str, Any]) -> tuple[nodes.Body, Mapping[str, Any]]:
        return parse(units, self.grammar), taken_in(dict(context))

    def _guarded(self, source: str, work: Callable[[str, Performer], Any]) -> Any:
        if len(source) > MAX_SOURCE:
            raise TemplateFault(FaultKind.LIMIT, f"the template has more than {MAX_SOURCE} characters")
        units, budget = to_units(source), Budget(self.max_steps, self.max_characters)
        try:
            return given_out(work(units, self._performer(budget)), budget)
        except Misstep as error:
            raise _fault(units, error) from error
        except RecursionError as error:
            raise TemplateFault(FaultKind.LIMIT, "the template is nested too deeply") from error

    def _performer(self, budget: Budget) -> Performer:
        tools = Tools(budget, self.runs_patterns, self.grammar.is_cookiecutter)
        return Performer(tools, _adapted(self.filters, budget), _adapted(self.functions, budget))


def _adapted(functions: Mapping[str, Function], budget: Budget) -> dict[str, Extra]:
    return {name: _extra(function, budget) for name, function in functions.items()}


def _extra(function: Function, budget: Budget) -> Extra:
    def call(*given: Any) -> Any:
        return taken_in(function(*(given_out(value, budget) for value in given)))

    return call


def _fault(units: str, error: Misstep) -> TemplateFault:
    if error.at < 0:
        return TemplateFault(error.kind, error.message)
    before = units[: error.at]
    line_start = before.rfind("\n") + 1
    column = len(from_units(before[line_start:])) + 1
    return TemplateFault(error.kind, error.message, before.count("\n") + 1, column)


__all__ = ["UNDEFINED", "Grammar", "Renderer", "TemplateFault"]
