"""Pure: what filters and methods have at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from scaffolds.nunjucks.faults import Budget, Misstep
from scaffolds.nunjucks.numbers import truncated
from scaffolds.nunjucks.patterns import MAX_PATTERN
from scaffolds.nunjucks.values import UNDEFINED, Pattern, Value, to_number, to_text


@dataclass(frozen=True, slots=True)
class Tools:
    """The budget, and what this rendering allows."""

    budget: Budget
    runs_patterns: bool = False
    """Whether regular expressions of the template may run; only in the jail, where time is bounded."""
    is_cookiecutter: bool = False

    def text(self, value: Value) -> str:
        """``String(value)``."""
        return to_text(value, self.budget)

    def number(self, value: Value) -> float:
        """``Number(value)``."""
        return to_number(value, self.budget)

    def integer(self, value: Value, missing: float = 0.0) -> float:
        """A whole number or infinity; what is no number is 0."""
        if value is UNDEFINED:
            return missing
        number = self.number(value)
        return 0.0 if number != number else truncated(number)

    def pattern(self, pattern: Pattern, text: str) -> Pattern:
        """The pattern, when patterns may run."""
        if not self.runs_patterns:
            raise Misstep("regular expressions are worked out in the jail only")
        self.budget.spend(min(len(text), MAX_PATTERN) / 16)
        return pattern


def argument(arguments: Sequence[Value], index: int) -> Value:
    """An argument; ``UNDEFINED`` when it was not given."""
    return arguments[index] if index < len(arguments) else UNDEFINED
