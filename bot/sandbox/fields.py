"""From what a person would say to what an input holds: options by their labels, people by their names, dates as dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.sandbox.reading import Json, text_of
from bot.sandbox.slack.people.inputs import HELD


@dataclass(frozen=True, slots=True)
class Directory:
    """What a person picks from, besides the options that stand in the form itself.

    Args:
        search: The options of this input for a text; asks the app.
        people: Name, login or id to the id.
        channels: Name or id to the id, conversations among them.
        keeps_file: Puts a file into the form: name and content to what the form holds.
    """

    search: Callable[[str], list[Json]]
    people: Callable[[], Mapping[str, str]]
    channels: Callable[[], Mapping[str, str]]
    keeps_file: Callable[[str, bytes], Json]


def value_for(element: Json, value: Any, directory: Directory) -> Json:
    """What an input holds after somebody has put ``value`` into it.

    Args:
        element: The input.
        value: A text for anything that is typed, labels for what is chosen (one, or several in a list or
            with commas between), a ``date``, ``time`` or ``datetime`` or its text, ``(name, content)`` for files.
            None or an empty text empties it.
        directory: What a person picks from.

    Raises:
        AssertionError: nothing there is called so.
    """
    kind = str(element["type"])
    held = HELD[kind]
    if value is None or value in ("", [], ()):
        return {"type": kind, held.key: [] if held.is_list else None}
    if held.is_list:
        chosen: Any = [_one(element, part, directory) for part in _parts(value, kind)]
    else:
        chosen = _one(element, value, directory)
    return {"type": kind, held.key: chosen}


def option_named(options: Sequence[Json], wanted: str) -> Json:
    """The option that reads so, or has this value; raises ``AssertionError``."""
    for option in options:
        if wanted in (text_of(option.get("text")), option.get("value")):
            return option
    raise AssertionError(
        f"there is no option {wanted}; there are {[text_of(option.get('text')) for option in options]}"
    )


def options_of(element: Json) -> list[Json]:
    """The options that stand in an element, those of groups among them."""
    groups = [group.get("options") or [] for group in element.get("option_groups") or ()]
    return [*(element.get("options") or ()), *(option for group in groups for option in group)]


def _parts(value: Any, kind: str) -> list[Any]:
    if kind == "file_input":
        return [value] if isinstance(value, tuple) else list(value)
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value)


def _one(element: Json, value: Any, directory: Directory) -> Any:
    kind = str(element["type"]).removeprefix("multi_")
    if kind in ("static_select", "radio_buttons", "checkboxes"):
        return option_named(options_of(element), str(value))
    if kind == "external_select":
        return option_named(directory.search(str(value)), str(value))
    if kind == "users_select":
        return _called(directory.people(), str(value), "person")
    if kind in ("channels_select", "conversations_select"):
        return _called(directory.channels(), str(value).lstrip("#"), "channel")
    if kind == "file_input":
        return directory.keeps_file(*value)
    return _WRITTEN.get(kind, str)(value)


def _called(names: Mapping[str, str], wanted: str, what: str) -> str:
    if wanted not in names:
        raise AssertionError(f"there is no {what} {wanted}; there are {sorted(set(names))}")
    return names[wanted]


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()


def _hour(value: Any) -> str:
    return (value if isinstance(value, time) else time.fromisoformat(str(value))).strftime("%H:%M")


def _moment(value: Any) -> int:
    if isinstance(value, int):
        return value
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise AssertionError(f"{value}: say in which time zone")
    return int(at.timestamp())


def _rich(value: Any) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
    return {"type": "rich_text", "elements": [section]}


_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "datepicker": _day,
    "timepicker": _hour,
    "datetimepicker": _moment,
    "rich_text_input": _rich,
}
