"""Pure: which terms a section has to have, as something that each database says in its own way."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Every:
    """All of some parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of some parts."""

    parts: tuple["Expression", ...]


Expression = str | Every | Some
"""A term, or several of them combined."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something to ask the database for."""

    expression: Expression
    limit: int
    share: float = 0.0
    """About which share of all sections has it, where that may be many: what many have is met soon by reading on."""
    entries: int = 0
    """About how many entries of the index have to be read to look it up."""
    at_home: bool = False
    """Whether it looks only at the docs of what the question names; the others are looked at all the same."""


def every(parts: Iterable[Expression]) -> Expression:
    """All of them; one alone stays what it is."""
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else Every(found)


def some(parts: Iterable[Expression]) -> Expression:
    """Any of them; one alone stays what it is."""
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else Some(found)


def written(expression: Expression, quote: str, both: str, either: str) -> str:
    """An expression in a database's language.

    Terms hold letters, digits and underscores alone, so that none can be syntax.

    Args:
        expression: What is wanted.
        quote: The mark around a term.
        both: The word for and.
        either: The word for or.
    """
    if isinstance(expression, str):
        return f"{quote}{expression}{quote}"
    word = both if isinstance(expression, Every) else either
    return "(" + f" {word} ".join(written(part, quote, both, either) for part in expression.parts) + ")"
