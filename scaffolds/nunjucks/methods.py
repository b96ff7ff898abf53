"""Pure: the methods of texts, numbers, lists and regular expressions that a template may call; no others exist."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scaffolds.nunjucks import list_methods, text_methods
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import Callable, Pattern, Value, is_text

ANY = math.inf

_TEXT: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart"), (0, 0)),
    **dict.fromkeys(("charAt", "charCodeAt"), (0, 1)),
    **dict.fromkeys(("slice", "substring", "split"), (0, 2)),
    **dict.fromkeys(("includes", "startsWith", "endsWith", "indexOf", "lastIndexOf"), (1, 2)),
    "replace": (2, 2),
    "concat": (0, ANY),
}
_NUMBER = dict.fromkeys(("toExponential", "toFixed", "toPrecision", "toString"), (0.0, 1.0))
_LIST: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("pop", "shift", "sort", "reverse"), (0, 0)),
    **dict.fromkeys(("flat", "join"), (0, 1)),
    **dict.fromkeys(("copyWithin", "fill"), (1, 3)),
    **dict.fromkeys(("includes", "indexOf", "lastIndexOf"), (1, 2)),
    **dict.fromkeys(("concat", "push", "splice", "unshift"), (0, ANY)),
    "at": (1, 1),
    "slice": (0, 2),
}
_JINJA_LIST: Mapping[str, tuple[float, float]] = {
    **_LIST,
    **dict.fromkeys(("append", "count", "find", "index", "remove"), (1, 1)),
    "insert": (2, 2),
    "pop": (0, 1),
}
_JINJA_RECORD: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("items", "keys", "values"), (0, 0)),
    "get": (1, 2),
    "has_key": (1, 1),
}
_PATTERN: Mapping[str, tuple[float, float]] = {"test": (1, 1)}


@dataclass(frozen=True, slots=True, eq=False)
class Method(Callable):
    """A method of one value, with how many arguments it takes at least and at most."""

    receiver: Value
    name: str
    least: float
    most: float


def method_of(receiver: Value, name: str, is_cookiecutter: bool) -> Method | None:
    """The method of that name, or ``None``."""
    found = _methods(receiver, is_cookiecutter).get(name)
    return Method(receiver, name, *found) if found else None


def _methods(receiver: Value, is_cookiecutter: bool) -> Mapping[str, tuple[float, float]]:
    if is_text(receiver):
        return _TEXT
    if isinstance(receiver, float):
        return _NUMBER
    if isinstance(receiver, list):
        return _JINJA_LIST if is_cookiecutter else _LIST
    if isinstance(receiver, dict):
        return _JINJA_RECORD if is_cookiecutter else {}
    return _PATTERN if isinstance(receiver, Pattern) else {}


def call(method: Method, arguments: Sequence[Value], tools: Tools) -> Value:
    """Call a method; the number of arguments was looked at before."""
    receiver = method.receiver
    try:
        if isinstance(receiver, float):
            return text_methods.number_method(receiver, method.name, arguments, tools)
        if isinstance(receiver, list):
            return list_methods.call(receiver, method.name, arguments, tools)
        if isinstance(receiver, dict):
            return list_methods.of_record(receiver, method.name, arguments, tools)
        return text_methods.call(receiver, method.name, arguments, tools)
    except ValueError as error:
        raise Misstep(f"{method.name} cannot do that: {error}") from error
