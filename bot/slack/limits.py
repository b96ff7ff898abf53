"""Pure: what Slack accepts in Block Kit, as two tables: how long things may be, and what may stand where.

Lengths count Unicode code points. Sources: Slack's type definitions and method documentation; the
limit over all texts of a message is not documented by Slack and was reported by its users.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
Json = Mapping[str, Any]

MAX_MESSAGE_TEXT = 9_500
"""All texts of one message together."""
MAX_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Slack would refuse: a JSON pointer into the payload, and why."""

    pointer: str
    message: str


_ON_SURFACE: Mapping[Surface, frozenset[str]] = {
    "message": frozenset(
        "actions card carousel container context context_actions data_table data_visualization divider file header image"
        " input markdown plan rich_text section table task_card video".split()
    ),
    "modal": frozenset(
        "actions alert card context divider header image input rich_text section video".split()
    ),
    "home": frozenset(
        "actions card carousel container context data_table data_visualization divider header image input rich_text"
        " section table video".split()
    ),
}
_SELECTS = frozenset(
    f"{many}{what}_select"
    for many in ("", "multi_")
    for what in ("static", "external", "users", "conversations", "channels")
)
_BUTTONS = frozenset(("button", "overflow"))
_PICKS = frozenset(("datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons"))
_TYPED = frozenset(
    (
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
    )
)
_ELEMENTS: Mapping[str, frozenset[str]] = {
    "actions": _BUTTONS | _SELECTS | _PICKS | frozenset(("workflow_button", "rich_text_input")),
    "section": _BUTTONS | _SELECTS | _PICKS | frozenset(("image", "workflow_button")),
    "input": _SELECTS | _PICKS | _TYPED,
    "context": frozenset(("image", "mrkdwn", "plain_text")),
}
_TEXT_LIMITS: Mapping[str, int] = {"section": 3000, "header": 150}


def message_problems(blocks: Sequence[Any]) -> tuple[Problem, ...]:
    """What Slack would refuse of a message's blocks."""
    problems = list(_blocks(blocks, "message"))
    total = sum(_text_size(block) for block in blocks)
    if total > MAX_MESSAGE_TEXT:
        problems.append(Problem("", f"msg_blocks_too_long: {total} characters, at most {MAX_MESSAGE_TEXT}"))
    return tuple(problems)


def view_problems(view: Json) -> tuple[Problem, ...]:
    """What Slack would refuse of a modal or an App Home."""
    return tuple(_view(view))


def _view(view: Json) -> Iterator[Problem]:
    kind: Surface = "home" if view.get("type") == "home" else "modal"
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        yield Problem("/blocks", "must be provided")
        return
    for problem in _blocks(blocks, kind):
        yield Problem(f"/blocks{problem.pointer}", problem.message)
    if kind == "modal":
        if "title" not in view:
            yield Problem("/title", "must be provided")
        for field in ("title", "submit", "close"):
            yield from _text(view.get(field), f"/{field}", 24, plain=True)
        if (
            any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
            and "submit" not in view
        ):
            yield Problem("/submit", "must be provided when there is an input block")
    for field, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        yield from _length(view.get(field), f"/{field}", limit)


def _blocks(blocks: Sequence[Any], surface: Surface) -> Iterator[Problem]:
    if len(blocks) > MAX_BLOCKS[surface]:
        yield Problem("", f"no more than {MAX_BLOCKS[surface]} items allowed")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place = f"/{number}"
        if not isinstance(block, dict) or block.get("type") not in _ON_SURFACE[surface]:
            kind = block.get("type") if isinstance(block, dict) else block
            yield Problem(f"{place}/type", f"unsupported type: {kind}")
            continue
        block_id = block.get("block_id")
        if block_id in seen:
            yield Problem(f"{place}/block_id", f"block_id {block_id} already exists")
        if isinstance(block_id, str):
            seen.add(block_id)
        yield from _length(block_id, f"{place}/block_id", 255)
        check = _CHECKS.get(block["type"])
        if check:
            yield from check(block, place)


def _section(block: Json, place: str) -> Iterator[Problem]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield Problem(place, "must have text or fields")
    yield from _text(block.get("text"), f"{place}/text", 3000)
    if fields is not None:
        if not 1 <= len(fields) <= 10:
            yield Problem(f"{place}/fields", "must have 1 to 10 items")
        for number, field in enumerate(fields):
            yield from _text(field, f"{place}/fields/{number}", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{place}/accessory", "section")


def _header(block: Json, place: str) -> Iterator[Problem]:
    if "text" not in block:
        yield Problem(f"{place}/text", "must be provided")
    yield from _text(block.get("text"), f"{place}/text", 150, plain=True)


def _actions(block: Json, place: str) -> Iterator[Problem]:
    yield from _children(block, place, "actions", 25)


def _context(block: Json, place: str) -> Iterator[Problem]:
    yield from _children(block, place, "context", 10)


def _children(block: Json, place: str, kind: str, most: int) -> Iterator[Problem]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield Problem(f"{place}/elements", f"must have 1 to {most} items")
        return
    seen: set[str] = set()
    for number, element in enumerate(elements):
        at = f"{place}/elements/{number}"
        yield from _element(element, at, kind)
        action = element.get("action_id") if isinstance(element, dict) else None
        if action and action in seen:
            yield Problem(f"{at}/action_id", f"action_id {action} already exists")
        seen.add(str(action))


def _input(block: Json, place: str) -> Iterator[Problem]:
    yield from _text(block.get("label"), f"{place}/label", 2000, plain=True, required=True)
    yield from _text(block.get("hint"), f"{place}/hint", 2000, plain=True)
    if "element" not in block:
        yield Problem(f"{place}/element", "must be provided")
        return
    yield from _element(block["element"], f"{place}/element", "input")


def _image(block: Json, place: str) -> Iterator[Problem]:
    if not block.get("alt_text"):
        yield Problem(f"{place}/alt_text", "must be provided")
    yield from _length(block.get("alt_text"), f"{place}/alt_text", 2000)
    yield from _length(block.get("image_url"), f"{place}/image_url", 3000)


def _markdown(block: Json, place: str) -> Iterator[Problem]:
    yield from _length(block.get("text"), f"{place}/text", 12_000, required=True)


def _table(block: Json, place: str) -> Iterator[Problem]:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        yield Problem(f"{place}/rows", "must have 1 to 100 items")
        return
    width = len(rows[0]) if isinstance(rows[0], list) else 0
    for number, row in enumerate(rows):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            yield Problem(f"{place}/rows/{number}", "must have 1 to 20 cells")
        elif len(row) != width:
            yield Problem(f"{place}/rows/{number}", "must have as many cells as the first row")


def _element(element: Any, place: str, parent: str) -> Iterator[Problem]:
    if not isinstance(element, dict) or element.get("type") not in _ELEMENTS[parent]:
        kind = element.get("type") if isinstance(element, dict) else element
        yield Problem(f"{place}/type", f"unsupported type: {kind}")
        return
    kind = element["type"]
    if kind in ("mrkdwn", "plain_text"):
        yield from _text(element, place, 2000)
        return
    yield from _length(element.get("action_id"), f"{place}/action_id", 255)
    yield from _confirm(element.get("confirm"), f"{place}/confirm")
    yield from _text(element.get("placeholder"), f"{place}/placeholder", 150, plain=True)
    if kind == "button":
        yield from _button(element, place)
    elif kind in ("overflow", "checkboxes", "radio_buttons"):
        yield from _options(element.get("options"), f"{place}/options", 5 if kind == "overflow" else 10)
    elif kind in ("static_select", "multi_static_select"):
        yield from _static_select(element, place)
    elif kind == "plain_text_input":
        for field, least in (("min_length", 0), ("max_length", 1)):
            value = element.get(field)
            if value is not None and not least <= value <= 3000:
                yield Problem(f"{place}/{field}", f"must be between {least} and 3000")


def _button(element: Json, place: str) -> Iterator[Problem]:
    yield from _text(element.get("text"), f"{place}/text", 75, plain=True, required=True)
    yield from _length(element.get("value"), f"{place}/value", 2000)
    yield from _length(element.get("url"), f"{place}/url", 3000)
    if element.get("style") not in (None, "primary", "danger"):
        yield Problem(f"{place}/style", "must be primary or danger")


def _static_select(element: Json, place: str) -> Iterator[Problem]:
    if ("options" in element) == ("option_groups" in element):
        yield Problem(place, "must have exactly one of options and option_groups")
        return
    if "options" in element:
        yield from _options(element["options"], f"{place}/options", 100)
        return
    for number, group in enumerate(element["option_groups"]):
        yield from _text(group.get("label"), f"{place}/option_groups/{number}/label", 75, plain=True)
        yield from _options(group.get("options"), f"{place}/option_groups/{number}/options", 100)


def _options(options: Any, place: str, most: int) -> Iterator[Problem]:
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        yield Problem(place, f"must have 1 to {most} items")
        return
    for number, option in enumerate(options):
        yield from _text(option.get("text"), f"{place}/{number}/text", 75, required=True)
        yield from _length(option.get("value"), f"{place}/{number}/value", 150)
        yield from _text(option.get("description"), f"{place}/{number}/description", 75)


def _confirm(confirm: Any, place: str) -> Iterator[Problem]:
    if confirm is None:
        return
    for field, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from _text(confirm.get(field), f"{place}/{field}", limit)


def _text(
    value: Any, place: str, limit: int, *, plain: bool = False, required: bool = False
) -> Iterator[Problem]:
    if value is None:
        if required:
            yield Problem(place, "must be provided")
        return
    if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
        yield Problem(f"{place}/type", "must be plain_text or mrkdwn")
        return
    if plain and value["type"] != "plain_text":
        yield Problem(f"{place}/type", "must be plain_text")
    yield from _length(value.get("text"), f"{place}/text", limit, required=True)


def _length(value: Any, place: str, limit: int, *, required: bool = False) -> Iterator[Problem]:
    if value is None and not required:
        return
    if not isinstance(value, str):
        yield Problem(place, "must be a string")
    elif required and not value:
        yield Problem(place, "must be more than 0 characters")
    elif len(value) > limit:
        yield Problem(place, f"must be less than {limit + 1} characters")


def _text_size(value: Any) -> int:
    """How many characters of text a block holds, at any depth."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_text_size(item) for item in value.values() if isinstance(item, dict | list))
    if isinstance(value, list):
        return sum(_text_size(item) for item in value)
    return 0


_CHECKS = {
    "section": _section,
    "header": _header,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
}
