"""Finds the interactive elements of blocks, however deep they stand: in sections, cards, carousels, containers."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.slack.state import Json

_INNER = ("elements", "child_blocks", "actions", "accessory", "element")
_DEEPEST = 8


def found_elements(blocks: Sequence[Any], depth: int = 0) -> Iterator[tuple[Json, Json]]:
    """Every element with an ``action_id``, with the innermost block that it stands in."""
    if depth > _DEEPEST:
        return
    for block in blocks:
        if not isinstance(block, dict):
            continue
        for inner in _inner_of(block):
            if inner.get("action_id"):
                yield block, inner
            else:
                yield from found_elements([inner], depth + 1)


def _inner_of(block: Json) -> Iterator[Json]:
    for name in _INNER:
        held = block.get(name)
        for inner in held if isinstance(held, list) else [held]:
            if isinstance(inner, dict):
                yield inner
