"""Pure: what each kind of input holds, what it holds before anybody touches it, and what Slack's client refuses to send."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.people.elements import found_elements
from bot.sandbox.slack.records import Json, SlackError

REQUIRED = "Please complete this required field."


@dataclass(frozen=True, slots=True)
class Held:
    """Where an input keeps its value, in a view's state and in the element itself."""

    key: str
    initial: str
    is_list: bool = False


HELD: Mapping[str, Held] = {
    **{
        f"{kind}_input": Held("value", "initial_value")
        for kind in ("plain_text", "email_text", "url_text", "number")
    },
    "rich_text_input": Held("rich_text_value", "initial_value"),
    "file_input": Held("files", "", is_list=True),
    "datepicker": Held("selected_date", "initial_date"),
    "timepicker": Held("selected_time", "initial_time"),
    "datetimepicker": Held("selected_date_time", "initial_date_time"),
    "radio_buttons": Held("selected_option", "initial_option"),
    "checkboxes": Held("selected_options", "initial_options", is_list=True),
    **{f"{kind}_select": Held("selected_option", "initial_option") for kind in ("static", "external")},
    **{
        f"multi_{kind}_select": Held("selected_options", "initial_options", is_list=True)
        for kind in ("static", "external")
    },
    **{
        f"{kind}s_select": Held(f"selected_{kind}", f"initial_{kind}")
        for kind in ("user", "channel", "conversation")
    },
    **{
        f"multi_{kind}s_select": Held(f"selected_{kind}s", f"initial_{kind}s", is_list=True)
        for kind in ("user", "channel", "conversation")
    },
}
"""Every kind of element that has a state; buttons and overflow menus have none."""

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "value": str,
    "rich_text_value": dict,
    "selected_option": dict,
    "selected_date_time": int,
}


def state_of(blocks: Sequence[Json], *touched: Mapping[str, Any]) -> Json:
    """The values of every input of some blocks, by block id and action id.

    Args:
        blocks: Where the inputs stand.
        touched: What people have put in, later ones over earlier ones; what names no input is left out.

    Raises:
        SlackError: ``invalid_arguments`` when a value is not of the kind that its input holds.
    """
    values: Json = {}
    for block, element in found_elements(blocks):
        held = HELD.get(str(element.get("type")))
        if held is None:
            continue
        value = element.get(held.initial) if held.initial else None
        for layer in touched:
            value = _touched(layer, block, element, held, value)
        of_block = values.setdefault(str(block.get("block_id", "")), {})
        of_block[element["action_id"]] = {
            "type": element["type"],
            held.key: value if value is not None else ([] if held.is_list else None),
        }
    return values


def _touched(layer: Mapping[str, Any], block: Json, element: Json, held: Held, before: Any) -> Any:
    of_block = layer.get(str(block.get("block_id", "")))
    found = of_block.get(element["action_id"]) if isinstance(of_block, dict) else None
    if not isinstance(found, dict) or held.key not in found:
        return before
    value = found[held.key]
    wanted = list if held.is_list else _TYPES.get(held.key, str)
    if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
        raise SlackError("invalid_arguments", detail=f"{element['action_id']}: {held.key} is of another type")
    return value


def complaints(blocks: Sequence[Json], values: Mapping[str, Any]) -> dict[str, str]:
    """What Slack's client shows at the fields instead of sending a form, by block id; empty when it would send.

    That it refuses is documented with each element's limits; the sentences are our own.
    """
    return {block_id: text for block_id, text in _complaints(blocks, values) if text}


def _complaints(blocks: Sequence[Json], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        element = block.get("element")
        if block.get("type") != "input" or not isinstance(element, dict) or element.get("type") not in HELD:
            continue
        held = HELD[element["type"]]
        block_id = str(block.get("block_id", ""))
        value = values.get(block_id, {}).get(element.get("action_id"), {}).get(held.key)
        yield block_id, complaint(element, value, is_optional=bool(block.get("optional")))


def complaint(element: Json, value: Any, *, is_optional: bool) -> str:
    """What is wrong with the value of one input; empty when nothing is."""
    if value in (None, "", []):
        return "" if is_optional else REQUIRED
    check = _CHECKS.get(element["type"])
    if check:
        return check(element, value)
    most = element.get("max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        return f"Please choose at most {most}."
    return ""


def _text(element: Json, value: str) -> str:
    least, most = element.get("min_length"), element.get("max_length") or 3000
    if least and len(value) < least:
        return f"Please write at least {least} characters."
    return f"Please write at most {most} characters." if len(value) > most else ""


def _email(_element: Json, value: str) -> str:
    is_address = re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", value)
    return "" if is_address else "Please write an email address, like name@example.com."


def _url(_element: Json, value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    is_address = parts.scheme in ("http", "https") and parts.netloc and not re.search(r"\s", value)
    return "" if is_address else "Please write a full address, like https://example.com."


def _number(element: Json, value: str) -> str:
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", value):
        return "Please write a number."
    number = float(value)
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please write a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < float(low):
        return f"Please write a number from {low} on."
    return f"Please write a number up to {high}." if high is not None and number > float(high) else ""


def _files(element: Json, value: list[Any]) -> str:
    most = element.get("max_files") or 10
    if len(value) > most:
        return f"Please choose at most {most} files."
    types = [str(item).lower() for item in element.get("filetypes") or ()]
    for file in value:
        name = str(file.get("name", "")) if isinstance(file, dict) else ""
        _, dot, suffix = name.rpartition(".")
        if types and not (dot and suffix.lower() in types):
            return f"Please choose files of these types: {', '.join(types)}."
    return ""


_CHECKS: Mapping[str, Callable[[Json, Any], str]] = {
    "plain_text_input": _text,
    "email_text_input": _email,
    "url_text_input": _url,
    "number_input": _number,
    "file_input": _files,
}
