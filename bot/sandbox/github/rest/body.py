"""Whether a request's body has the fields and types that a route takes, said in GitHub's words."""

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.refusals import RestError

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "object": dict,
    "array": list,
}


def parsed(raw: bytes) -> dict[str, Any]:
    """The body as an object; an empty one is an empty object.

    Raises:
        RestError: It is no JSON, or no object.
    """
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise RestError(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise RestError(400, "Body should be a JSON object")
    return body


def checked(body: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A body whose fields have the types that they should have.

    Types: ``string``, ``boolean``, ``integer``, ``object``, ``array``, ``[string]`` (a list of), choices as
    ``a|b``; ``!`` behind one says that the field is needed, ``?`` that null means something. Null in another
    field that is not needed is as good as nothing: PyGithub sends it, and GitHub takes it.

    Raises:
        RestError: Every field that is missing or wrong, in one message.
    """
    faults = []
    kept = {
        name: value for name, value in body.items() if value is not None or _keeps_null(fields.get(name, ""))
    }
    for name, kind in fields.items():
        if name not in kept:
            faults += [f'"{name}" wasn\'t supplied.'] if "!" in kind else []
            continue
        fault = _fault(kept[name], kind)
        if fault:
            faults.append(f"For 'properties/{name}', {fault}")
    if faults:
        raise RestError(422, "Invalid request.\n\n" + "\n".join(faults))
    return kept


def _keeps_null(kind: str) -> bool:
    return "?" in kind or "!" in kind


def _fault(value: Any, kind: str) -> str:
    if value is None:
        return "" if "?" in kind else f"nil is not {_a(kind.rstrip('!?'))}."
    plain = kind.rstrip("!?")
    if plain.startswith("["):
        return _list_fault(value, plain[1:-1])
    if "|" in plain:
        return "" if value in plain.split("|") else f"{_show(value)} is not a member of {plain.split('|')}."
    is_right = isinstance(value, _TYPES[plain]) and not (plain == "integer" and isinstance(value, bool))
    return "" if is_right else f"{_show(value)} is not {_a(plain)}."


def _list_fault(value: Any, kind: str) -> str:
    if not isinstance(value, list):
        return f"{_show(value)} is not an array."
    faults = [_fault(item, kind) for item in value]
    return next((fault for fault in faults if fault), "")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aio" else f"a {kind}"


def _show(value: Any) -> str:
    return json.dumps(value)[:80]
