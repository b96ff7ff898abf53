"""What is wrong with settings, in words: where it stands, what was expected, what was found, how to mend it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import SecretStr

from core.errors import Fault
from core.log import redact

_LONGEST = 60
_KINDS: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a number that is not endless",
    "bool": "true or false",
    "string": "text",
    "path": "a path",
    "dict": "names with a value each",
    "model": "settings by their names",
}
"""What the first word of pydantic's error types means."""
_LIMITS: Mapping[str, str] = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def words_of(error: Mapping[str, Any], annotation: Any, *, in_file: bool) -> tuple[str, str, str]:
    """What is wrong, what was expected, and how to mend it.

    Args:
        error: One of a ``ValidationError``'s.
        annotation: The type of the setting that it is about, or of the list that it lies in.
        in_file: Whether the value came from a file, and not from a variable or the command line.
    """
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "callboard":
        return str(context["message"]), str(context["expected"]), str(context["hint"])
    if kind == "value_error":
        said = str(error["msg"]).removeprefix("Value error, ")
        return (
            (_UNFIT, said.removeprefix("expected "), "") if said.startswith("expected ") else (said, "", "")
        )
    if kind in ("tuple_type", "list_type"):
        return _UNFIT, f"a list of {items_of(annotation)}", _as_list(error["input"], in_file=in_file)
    expected = _expected(kind, context)
    hint = ""
    if kind == "string_type" and isinstance(error["input"], int | float):
        hint = f'put it in quotes: "{_plain(error["input"])}"'
    return (_UNFIT, expected, hint) if expected else (str(error["msg"]).lower(), "", "")


_UNFIT = "this value does not fit"


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind == "too_long":
        return f"at most {context['max_length']} of them"
    limits = [f"{word} {context[name]:g}" for name, word in _LIMITS.items() if name in context]
    return " and ".join(limits) or _KINDS.get(kind.partition("_")[0], "")


def items_of(annotation: Any) -> str:
    """What the items of a list are called."""
    inner = next((item for item in get_args(annotation) if item is not Ellipsis), None)
    named = [item for item in get_args(inner) if isinstance(item, str)]
    if named:
        return f"these: {', '.join(named)}"
    if inner is SecretStr:
        return "secrets"
    name = getattr(inner, "__name__", "")
    return "sections" if name.endswith("Settings") else {"Path": "paths"}.get(name, "texts")


def found_of(value: Any, *, is_secret: bool) -> str:
    """What was found; never a whole structure, which may hold a secret."""
    if is_secret:
        return ""
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Mapping):
        return "names with a value each"
    if value is None:
        return "nothing"
    shown = redact(f'"{value}"' if isinstance(value, str) else _plain(value))
    return shown if len(shown) < _LONGEST else ""


def _as_list(value: Any, *, in_file: bool) -> str:
    if isinstance(value, Mapping):
        return "put each into a list with a dash in front" if in_file else "write a list as JSON: [...]"
    if value is None or (isinstance(value, str) and len(value) > _LONGEST):
        return "write it in brackets: [...]" if in_file else "write the values with commas between them"
    shown = json.dumps(redact(value) if isinstance(value, str) else str(value), ensure_ascii=False)
    return f"write it in brackets: [{shown}]" if in_file else f"write {_plain(value)}, without quotes"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting that an error is about, and where its value came from."""

    annotation: Any
    """Its type; None where the error is about none."""
    is_secret: bool
    path: str
    """The file, or ``environment CALLBOARD_WEB_PORT``."""
    place: tuple[int, int]
    in_file: bool


def fault_of(error: Mapping[str, Any], name: str, setting: Setting) -> Fault:
    """One of pydantic's errors as a fault.

    Args:
        error: The error.
        name: What it is about: ``catalog.names`` or, inside a list, ``catalog.names.0``.
        setting: The setting.
    """
    message, expected, hint = words_of(error, setting.annotation, in_file=setting.in_file)
    found = found_of(error["input"], is_secret=setting.is_secret)
    hint = "" if setting.is_secret else hint
    return Fault(setting.path, *setting.place, f"{name}: {message}", name, expected, found, hint)
