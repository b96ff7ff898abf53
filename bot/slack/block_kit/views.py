"""Pure: the structural table of views, and what only a whole view can get wrong."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.slack.block_kit.blocks import ON_SURFACE
from bot.slack.block_kit.compositions import PLAIN
from bot.slack.block_kit.limits import MAX_VIEW_BYTES
from bot.slack.block_kit.problem import Code, Problem, failed
from bot.slack.block_kit.schema import Flag, Json, Kind, ListOf, Object, Place, Surface, Text, by_name, typed

_IDS: Mapping[str, Kind] = {"private_metadata": Text(), "callback_id": Text(), "external_id": Text()}


def submit_for_inputs(value: Json, place: Place) -> Iterator[Problem]:
    """A modal with an input block has a button to send it; words and pointer are those of a real answer."""
    blocks = value.get("blocks")
    if "submit" in value or not isinstance(blocks, list):
        return
    for number, block in enumerate(blocks):
        if isinstance(block, dict) and block.get("type") == "input":
            yield failed(
                f"{place.pointer}/blocks/{number}/input",
                "must define `submit` to use an `input` block in modals",
            )
            return


def _blocks(surface: Surface) -> Kind:
    return ListOf(Object(ON_SURFACE[surface]))


VIEWS = by_name(
    typed(
        "modal",
        submit_for_inputs,
        required={"title": PLAIN, "blocks": _blocks("modal")},
        optional={
            **_IDS,
            "submit": PLAIN,
            "close": PLAIN,
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
        },
        limits="view",
    ),
    typed("home", required={"blocks": _blocks("home")}, optional=_IDS, limits="view"),
)


def too_large(view: Any) -> Problem | None:
    """The refusal of a view of more than 250 kB, whatever else is wrong with it."""
    size = json_size(view)
    if size <= MAX_VIEW_BYTES:
        return None
    expected = {"type": "max_length", "expected": MAX_VIEW_BYTES, "got": size}
    return Problem("", f"the view is larger than {MAX_VIEW_BYTES} bytes", Code.VIEW_TOO_LARGE, expected)


def json_size(value: Any) -> int:
    """How many bytes a value takes as JSON, however deep it is."""
    total = 0
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, dict):
            total += 2 + 2 * len(item)
            todo.extend(item)
            todo.extend(item.values())
        elif isinstance(item, list):
            total += 2 + len(item)
            todo.extend(item)
        elif isinstance(item, str):
            total += len(json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        else:
            total += _scalar_size(item)
    return total


def _scalar_size(item: Any) -> int:
    if isinstance(item, int) and not isinstance(item, bool):
        return max(1, item.bit_length() // 3)
    return len(str(item))
