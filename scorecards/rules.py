"""Pure: expressions in CEL over typed facts, checked when they are loaded; the only importer of CEL."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from scorecards.model import Fact, Known, Unknown, Verdict
from scorecards.vocabulary import FactType, Vocabulary

NOW = "now"
"""The moment of judging, as expressions call it."""

MAX_EXPRESSION = 4_000
MAX_VALUE = 200

_TYPES: Mapping[FactType, Any] = {
    FactType.BOOL: cel.Type.BOOL,
    FactType.INT: cel.Type.INT,
    FactType.NUMBER: cel.Type.DOUBLE,
    FactType.TEXT: cel.Type.STRING,
    FactType.TEXTS: cel.Type.List(cel.Type.STRING),
    FactType.TIME: cel.Type.TIMESTAMP,
}


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """One mistake in an expression; line and column count from 1 inside the expression."""

    line: int
    column: int
    message: str
    expected: str = ""
    found: str = ""
    hint: str = ""


class ExpressionError(Exception):
    """An expression cannot be used; ``definition`` turns its faults into faults of the file."""

    def __init__(self, faults: tuple[ExpressionFault, ...]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


class Rules:
    """Compiles expressions over one vocabulary, and prepares facts for them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        variables = {name: _TYPES[declared.type] for name, declared in vocabulary.declared.items()}
        self._environment = cel.NewEnv(
            variables={**variables, NOW: cel.Type.TIMESTAMP}, extensions=[ext_strings.ExtStrings()]
        )

    def known(self, facts: Mapping[str, Fact], now: datetime) -> Known:
        """The facts of one entity as rules read them.

        A value that is not of its declared type counts as not measured, with that as the reason.
        """
        values: dict[str, Any] = {NOW: now}
        problems: dict[str, str] = {}
        for name, fact in facts.items():
            if fact.value is None:
                problems[name] = fact.problem[:MAX_VALUE] or f"{fact.source} does not know {name}"
            elif problem := self.vocabulary.problem_with(name, fact.value):
                problems[name] = problem
            else:
                # CEL takes lists only; a tuple would be an error at evaluation.
                values[name] = list(fact.value) if isinstance(fact.value, tuple) else fact.value
        return Known(values, problems, now, self._environment.Activation(values))

    def condition(self, text: str) -> Callable[[Known], Verdict]:
        """Compile an expression that must give a bool.

        Raises:
            ExpressionError: It does not parse, names unknown facts, compares the wrong types,
                or gives something else than a bool.
        """
        expression = self._compile(text)
        kind = expression.return_type()
        if kind != cel.Type.BOOL:
            raise ExpressionError(
                (ExpressionFault(1, 1, "the expression gives no verdict", "bool", _type_name(kind)),)
            )

        def judge(known: Known) -> Verdict:
            try:
                result = expression.eval(known.activation)
            except RuntimeError as error:  # a budget overrun is raised, everything else is returned
                return Unknown(_readable(str(error)))
            # An error is returned as a value that is true in Python, so the type decides first.
            if result.type() == cel.Type.BOOL:
                return bool(result.value())
            return _unknown(known, str(result.value()))

        return judge

    def value(self, text: str) -> Callable[[Known], str]:
        """Compile an expression for the measured value; what it gives is shown as text.

        Raises:
            ExpressionError: It does not parse, names unknown facts or combines wrong types.
        """
        expression = self._compile(text)
        fact = text.strip()
        if fact in self.vocabulary.declared:  # most values are just a fact: no need to interpret that
            return lambda known: _shown(known.values.get(fact))

        def measure(known: Known) -> str:
            try:
                result = expression.eval(known.activation)
            except RuntimeError:  # over budget: the verdict says so, the value stays empty
                return ""
            if result.type() == cel.Type.ERROR:
                return ""
            return _shown(result.plain_value())

        return measure

    def _compile(self, text: str) -> Any:
        if len(text) > MAX_EXPRESSION:
            raise ExpressionError(
                (
                    ExpressionFault(
                        1,
                        1,
                        "the expression is too long",
                        f"at most {MAX_EXPRESSION} characters",
                        str(len(text)),
                    ),
                )
            )
        try:
            return self._environment.compile(text)
        except RuntimeError as error:
            raise ExpressionError(self._faults(text, str(error))) from error

    def _faults(self, text: str, message: str) -> tuple[ExpressionFault, ...]:
        faults = []
        for found in _CEL_ERROR.finditer(message):
            line, column = int(found["line"]), int(found["column"])
            faults.append(self._fault(text, line, column, found["message"].strip()))
        return tuple(faults) or (ExpressionFault(1, 1, _readable(message)),)

    def _fault(self, text: str, line: int, column: int, message: str) -> ExpressionFault:
        if unknown := _UNDECLARED.search(message):
            name = unknown["name"]
            return ExpressionFault(
                line,
                _start_of(text, line, column),
                f"nobody measures {name}",
                "a declared fact",
                name,
                did_you_mean(name, self.vocabulary.declared),
            )
        if overload := _OVERLOAD.search(message):
            types = f"{overload['operator'].strip('_')} between {overload['types'].replace(', ', ' and ')}"
            return ExpressionFault(line, column, "these types cannot be combined", "equal types", types)
        return ExpressionFault(line, column, message.replace("<EOF>", "the end"))


_CEL_ERROR = re.compile(
    r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<message>[^\n]*?)(?= \[[A-Z_]+\]$|\n|$)"
)
_UNDECLARED = re.compile(r"undeclared reference to '(?P<name>[^']+)'")
_OVERLOAD = re.compile(r"no matching overload for '(?P<operator>[^']+)' applied to '\((?P<types>[^']*)\)'")
_MISSING = re.compile(r'No value with name "(?P<name>[^"]+)" found')
_CODE = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")


def did_you_mean(name: str, names: Mapping[str, Any]) -> str:
    """A hint that names the nearest known name; empty when none is near."""
    near = get_close_matches(name, names, n=1, cutoff=0.7)
    return f"did you mean {near[0]}?" if near else ""


def _start_of(text: str, line: int, column: int) -> int:
    """CEL points at the dot of ``docs.pagez``; people look for the start of the name."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return column
    start = column - 1
    while start > 0 and (lines[line - 1][start - 1].isalnum() or lines[line - 1][start - 1] in "._"):
        start -= 1
    return start + 1


def _unknown(known: Known, error: str) -> Unknown:
    missing = _MISSING.search(error)
    return known.lacks(missing["name"]) if missing else Unknown(_readable(error))


def _readable(error: str) -> str:
    """The error without CEL's status codes, in one line."""
    text = _CODE.sub("", _CODE.sub("", error.split("\n", 1)[0])).strip()
    return text[:MAX_VALUE] or "the expression could not be worked out"


def _type_name(kind: Any) -> str:
    return str(kind.name()).lower()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)[:MAX_VALUE]
    return str(value)[:MAX_VALUE] if value is not None else ""
