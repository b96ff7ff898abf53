"""Pure: the functions of the language: ``range``, ``cycler`` and ``joiner``."""

import math
from collections.abc import Sequence

from scaffolds.nunjucks.faults import Budget
from scaffolds.nunjucks.scope import Cycler, CyclerMethod, Joiner
from scaffolds.nunjucks.tools import argument
from scaffolds.nunjucks.values import UNDEFINED, Value, added, order, truthy

FUNCTIONS = frozenset({"range", "cycler", "joiner"})


def most_arguments(name: str) -> float:
    """How many arguments a function takes at most."""
    return {"range": 3.0, "joiner": 1.0}.get(name, math.inf)


def call_function(name: str, given: Sequence[Value], budget: Budget) -> Value:
    """Call one of them."""
    if name == "range":
        return _range(given, budget)
    if name == "cycler":
        return Cycler(tuple(given))
    between = argument(given, 0)
    return Joiner(between if truthy(between) else ",")


def _range(given: Sequence[Value], budget: Budget) -> list[Value]:
    start, stop, step = (argument(given, index) for index in range(3))
    if stop is UNDEFINED:
        start, stop, step = 0.0, start, 1.0
    elif not truthy(step):
        step = 1.0
    wanted = -1.0 if order(step, 0.0, budget) > 0 else 1.0
    found: list[Value] = []
    while order(start, stop, budget) == wanted:
        budget.spend()
        found.append(start)
        start = added(start, step, budget)
    return found


def cycler_member(cycler: Cycler, name: str) -> Value:
    """``current``, ``next`` or ``reset`` of a cycler."""
    if name == "current":
        return None if cycler.index < 0 or not cycler.values else cycler.values[cycler.index]
    return CyclerMethod(cycler, name) if name in ("next", "reset") else UNDEFINED


def call_object(called: CyclerMethod | Joiner) -> Value:
    """Call a joiner, or a method of a cycler."""
    if isinstance(called, Joiner):
        is_first, called.is_used = not called.is_used, True
        return "" if is_first else called.between
    cycler = called.cycler
    if called.name == "reset":
        cycler.index = -1
        return UNDEFINED
    if not cycler.values:
        cycler.index = 0
        return UNDEFINED
    cycler.index = (cycler.index + 1) % len(cycler.values)
    return cycler.values[cycler.index]
