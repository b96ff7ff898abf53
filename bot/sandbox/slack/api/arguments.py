"""From what came over the wire to arguments of the right kind; what cannot be read is refused in Slack's words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.api.registry import Argument, Kind, Method
from bot.sandbox.slack.records import SlackError

_WANTED = {
    Kind.STRING: "must provide a string",
    Kind.TIMESTAMP: "must provide a string",
    Kind.BOOL: "must provide a boolean",
    Kind.INT: "must provide an integer",
    Kind.OBJECT: "must provide an object",
    Kind.ARRAY: "must provide an array",
    Kind.LIST: "must provide a string",
}
_YES_OR_NO = {True: True, False: False, "true": True, "false": False, "1": True, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Stands for a value that is not what the argument takes."""


_UNREADABLE = _Unreadable()


def read_arguments(method: Method, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call; those the method does not know are passed over.

    Raises:
        SlackError: ``invalid_arguments`` with a line for each that is missing or wrong, or the argument's
            own word. Measured by others against Slack: an argument that is missing is refused so, one that
            is there and empty gets the refusal of what it does not name, such as ``channel_not_found``.
    """
    found: dict[str, Any] = {}
    lines: list[str] = []
    word = ""
    for argument in method.arguments:
        value = sent.get(argument.name)
        if value is None:
            if argument.required:
                lines.append(f"missing required field: {argument.name}")
            continue
        read = _read(argument, value)
        if read is _UNREADABLE:
            lines.append(f"{_WANTED[argument.kind]} [json-pointer:/{argument.name}]")
            word = word or argument.error
        elif read is not None:
            found[argument.name] = read
    if lines:
        messages = [f"[ERROR] {line}" for line in lines]
        raise SlackError(word or "invalid_arguments", response_metadata={"messages": messages})
    return found


def parse_json(text: str | bytes) -> Any:
    """What a JSON text says; raises ``ValueError`` also for what cannot be said in JSON again.

    NaN, a half of a surrogate pair and nesting without end are read by Python, and would only fail in an answer.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _read(argument: Argument, value: Any) -> Any:
    kind = argument.kind
    if kind is Kind.STRING:
        return value if isinstance(value, str) else _UNREADABLE
    if kind is Kind.TIMESTAMP:
        return _timestamp(value)
    if kind is Kind.BOOL:
        return _flag(value)
    if kind is Kind.INT:
        return _number(value)
    if kind is Kind.LIST:
        return _names(value)
    return _nested(value, dict if kind is Kind.OBJECT else list)


def _timestamp(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return _UNREADABLE if isinstance(value, bool) or not isinstance(value, int | float) else str(value)


def _flag(value: Any) -> Any:
    if not isinstance(value, bool | int | str):
        return _UNREADABLE
    return _YES_OR_NO.get(value.lower() if isinstance(value, str) else value, _UNREADABLE)


def _number(value: Any) -> Any:
    if isinstance(value, str):
        if not value:
            return None
        return int(value) if re.fullmatch(r"-?[0-9]{1,15}", value) else _UNREADABLE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _UNREADABLE
    return int(value) if abs(value) < 10**15 and value == int(value) else _UNREADABLE


def _names(value: Any) -> Any:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return _UNREADABLE
    return tuple(part.strip() for part in parts if part.strip())


def _nested(value: Any, wanted: type) -> Any:
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = parse_json(value)
        except ValueError:
            return _UNREADABLE
    return value if isinstance(value, wanted) else _UNREADABLE
