"""Pure: condition trees (fact, operator, value under all, any and not) as fast closures.

The logic has three values, as in CEL: a false part decides ``all`` and a true part decides
``any`` even where another part is unknown.
"""

import operator
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from scorecards.model import Known, Unknown, Verdict
from scorecards.vocabulary import FactType

Judge = Callable[[Known], Verdict]

_ORDERED = frozenset({FactType.INT, FactType.NUMBER})
_EVERY = frozenset({FactType.BOOL, FactType.INT, FactType.NUMBER, FactType.TEXT})

OPERATORS: dict[str, frozenset[FactType]] = {
    "==": _EVERY,
    "!=": _EVERY,
    "<": _ORDERED,
    "<=": _ORDERED,
    ">": _ORDERED,
    ">=": _ORDERED,
    "in": frozenset({FactType.INT, FactType.TEXT}),
    "not_in": frozenset({FactType.INT, FactType.TEXT}),
    "contains": frozenset({FactType.TEXT, FactType.TEXTS}),
    "does_not_contain": frozenset({FactType.TEXT, FactType.TEXTS}),
    "starts_with": frozenset({FactType.TEXT}),
    "ends_with": frozenset({FactType.TEXT}),
    "is_empty": frozenset({FactType.TEXT, FactType.TEXTS}),
    "is_not_empty": frozenset({FactType.TEXT, FactType.TEXTS}),
    "older_than_days": frozenset({FactType.TIME}),
    "newer_than_days": frozenset({FactType.TIME}),
}
"""Every operator with the types of facts that it takes."""

WITHOUT_VALUE = frozenset({"is_empty", "is_not_empty"})

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda found, value: found in value,
    "not_in": lambda found, value: found not in value,
    "contains": lambda found, value: value in found,
    "does_not_contain": lambda found, value: value not in found,
    "starts_with": lambda found, value: bool(found.startswith(value)),
    "ends_with": lambda found, value: bool(found.endswith(value)),
    "is_empty": lambda found, _value: not found,
    "is_not_empty": lambda found, _value: bool(found),
}

_ABSENT = object()


def value_fits(fact: FactType, name: str, value: Any) -> str:
    """What the value of an operator has to be; empty when it is that."""
    if name in WITHOUT_VALUE:
        return "" if value is None else "no value"
    if name in {"older_than_days", "newer_than_days"}:
        return "" if FactType.INT.holds(value) and value >= 0 else "a number of days"
    if name in {"in", "not_in"}:
        fits = isinstance(value, list) and bool(value) and all(fact.holds(item) for item in value)
        return "" if fits else f"a list of {fact} values"
    wanted = FactType.TEXT if fact is FactType.TEXTS else fact
    return "" if wanted.holds(value) else f"a value of type {wanted}"


def compare(fact: str, name: str, value: Any) -> Judge:
    """One comparison; the operator and its value were checked against the fact's type before."""
    if name in {"older_than_days", "newer_than_days"}:
        return _by_age(fact, timedelta(days=value), is_older=name == "older_than_days")
    test = _COMPARE[name]

    def judge(known: Known) -> Verdict:
        found = known.values.get(fact, _ABSENT)
        return known.lacks(fact) if found is _ABSENT else test(found, value)

    return judge


def _by_age(fact: str, span: timedelta, *, is_older: bool) -> Judge:
    def judge(known: Known) -> Verdict:
        found = known.values.get(fact)
        if found is None:
            return known.lacks(fact)
        return bool((known.now - found > span) is is_older)

    return judge


def all_of(parts: Sequence[Judge]) -> Judge:
    """True when every part is."""
    return _fold(parts, decisive=False)


def any_of(parts: Sequence[Judge]) -> Judge:
    """True when one part is."""
    return _fold(parts, decisive=True)


def _fold(parts: Sequence[Judge], *, decisive: bool) -> Judge:
    every = tuple(parts)
    if len(every) == 1:
        return every[0]

    def judge(known: Known) -> Verdict:
        unknown: Unknown | None = None
        for part in every:
            verdict = part(known)
            if verdict is decisive:
                return decisive
            if unknown is None and isinstance(verdict, Unknown):
                unknown = verdict
        return (not decisive) if unknown is None else unknown

    return judge


def negate(part: Judge) -> Judge:
    """True when the part is not; unknown stays unknown."""

    def judge(known: Known) -> Verdict:
        verdict = part(known)
        return verdict if isinstance(verdict, Unknown) else not verdict

    return judge
