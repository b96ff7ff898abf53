"""Pure: what is wrong with a list of blocks as a whole: names that stand twice, sums that are too large."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack.block_kit.limits import (
    BLOCK_COST,
    MAX_ALL_TEXT,
    MAX_CHARTS,
    MAX_DATA_TABLE_TEXT,
    MAX_MARKDOWN_TEXT,
    MAX_PLAIN_TEXT,
    MAX_TABLE_TEXT,
    SURE_MESSAGE_TEXT,
)
from bot.slack.block_kit.problem import Code, Problem, failed, quoted

Placed = tuple[str, dict[str, Any]]
"""An object and the pointer to it."""


def name_problems(blocks: Sequence[Any]) -> Iterator[Problem]:
    """A ``block_id`` that stands twice in the payload, an ``action_id`` twice in its block, a second focus."""
    placed = list(_blocks(blocks))
    # Slack keeps no block_id of a markdown block [D].
    yield from _doubles("block_id", [one for one in placed if one[1].get("type") != "markdown"])
    focused = 0
    for pointer, block in placed:
        elements = list(_elements(pointer, block))
        yield from _doubles("action_id", elements)
        for at, element in elements:
            focused += element.get("focus_on_load") is True
            if focused > 1 and element.get("focus_on_load") is True:
                yield failed(f"{at}/focus_on_load", "only one element can have `focus_on_load` set to true")


def sum_problems(blocks: Sequence[Any]) -> Iterator[Problem]:
    """Texts and charts of one message together, apart from the text that ``text_problem`` counts."""
    for kind, most in (("table", MAX_TABLE_TEXT), ("data_table", MAX_DATA_TABLE_TEXT)):
        size = sum(
            text_size(block.get("rows")) for pointer, block in _blocks(blocks) if block.get("type") == kind
        )
        if size > most:
            expected = {"type": "max_length", "expected": most, "got": size}
            yield failed("", f"all {kind} blocks together must be less than {most + 1} characters", expected)
    charts = [pointer for pointer, block in _blocks(blocks) if block.get("type") == "data_visualization"]
    for pointer in charts[MAX_CHARTS:]:
        expected = {"type": "max_items", "expected": MAX_CHARTS, "got": len(charts)}
        yield failed(pointer, f"no more than {MAX_CHARTS} data_visualization blocks allowed", expected)


def text_problem(blocks: Sequence[Any]) -> Problem | None:
    """Whether Slack would take so much text in one posted message.

    Slack documents no such limit. What users measured: markdown blocks alone pass up to 13,297 characters, one
    divider beside them takes 125 off that; without markdown blocks 9,597 characters passed and 11,341 did not;
    markdown blocks together are documented to hold 12,000. So: text outside of markdown blocks at most 11,000;
    all text at most 13,297 less 125 for every block that is not markdown, but never less than 9,597. The cells of
    a ``data_table`` have their own, larger sum and count here as nothing.
    """
    objects = [block for block in blocks if isinstance(block, dict)]
    markdown = [text_size(block) for block in objects if block.get("type") == "markdown"]
    plain = [text_size(block) for block in objects if block.get("type") not in ("markdown", "data_table")]
    room = max(SURE_MESSAGE_TEXT, MAX_ALL_TEXT - BLOCK_COST * (len(objects) - len(markdown)))
    for size, most in (
        (sum(markdown), MAX_MARKDOWN_TEXT),
        (sum(plain), MAX_PLAIN_TEXT),
        (sum(markdown) + sum(plain), room),
    ):
        if size > most:
            return _too_long(size, most)
    return None


def careful_text_problem(blocks: Sequence[Any], most: int) -> Problem | None:
    """Whether a message holds more text than we send at once."""
    size = text_size(list(blocks))
    return _too_long(size, most) if size > most else None


def text_size(value: Any) -> int:
    """How many characters stand in the ``text`` fields of a value, however deep it is."""
    size = 0
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, list):
            todo.extend(item)
        elif isinstance(item, dict):
            text = item.get("text")
            size += len(text) if isinstance(text, str) else 0
            todo.extend(child for child in item.values() if isinstance(child, dict | list))
    return size


def _too_long(size: int, most: int) -> Problem:
    return Problem(
        "",
        f"the text of all blocks together must be less than {most + 1} characters",
        Code.BLOCKS_TOO_LONG,
        {"type": "max_length", "expected": most, "got": size},
    )


def _blocks(blocks: Sequence[Any]) -> Iterator[Placed]:
    """The blocks that carry names of their own, those inside of containers and carousels too."""
    for number, block in enumerate(blocks):
        if isinstance(block, dict):
            yield f"/{number}", block
            for name in ("child_blocks", "elements"):
                if block.get("type") == ("container" if name == "child_blocks" else "carousel"):
                    yield from _objects(f"/{number}/{name}", block.get(name))


def _elements(pointer: str, block: dict[str, Any]) -> Iterator[Placed]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield f"{pointer}/{name}", block[name]
    if block.get("type") in ("actions", "context_actions"):
        yield from _objects(f"{pointer}/elements", block.get("elements"))
    yield from _objects(f"{pointer}/actions", block.get("actions"))


def _objects(pointer: str, value: Any) -> Iterator[Placed]:
    for number, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield f"{pointer}/{number}", item


def _doubles(name: str, placed: Sequence[Placed]) -> Iterator[Problem]:
    seen: set[str] = set()
    for pointer, item in placed:
        value = item.get(name)
        if not isinstance(value, str) or not value:
            continue
        if value in seen:
            yield failed(f"{pointer}/{name}", f'`{name}` "{quoted(value)}" already exists')
        seen.add(value)
