"""Pure: one page of a sorted list, whose cursors hold the place in the order and so outlive additions and removals."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_MARK = "cursor:v2:"
_Item = TypeVar("_Item")
Key = tuple[Any, ...]


class WrongCursor(ValueError):
    """A cursor that this list never gave out; the message is the cursor."""


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """Neighbours in a list, and what lies around them."""

    items: Sequence[_Item]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


def encode(key: Key) -> str:
    """The cursor of a place in the order."""
    return base64.b64encode((_MARK + json.dumps(key, separators=(",", ":"))).encode()).decode()


def decode(cursor: str, shape: Key | None) -> Key:
    """The place that a cursor stands for.

    Args:
        shape: Any key of the same list; a cursor of another kind of list, or order, is refused.

    Raises:
        WrongCursor: It is none.
    """
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        key = json.loads(text.removeprefix(_MARK))
    except (ValueError, RecursionError) as error:
        raise WrongCursor(cursor) from error
    if not text.startswith(_MARK) or not isinstance(key, list) or not key:
        raise WrongCursor(cursor)
    if shape is not None and [type(part) for part in key] != [type(part) for part in shape]:
        raise WrongCursor(cursor)
    return tuple(key)


def page(
    items: Sequence[_Item],
    key: Callable[[_Item], Key],
    *,
    descending: bool = False,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[_Item]:
    """The page that GitHub's four arguments name.

    Args:
        items: In any order.
        key: What they are sorted by: different for any two, of strings and numbers, the same types for all.

    Raises:
        WrongCursor: ``after`` or ``before`` is none of this list.
    """
    unsorted = [key(item) for item in items]
    order = sorted(range(len(items)), key=unsorted.__getitem__, reverse=descending)
    keys = [unsorted[place] for place in order]
    shape = keys[0] if keys else None
    start = _place(keys, decode(after, shape), descending, behind=True) if after is not None else 0
    end = _place(keys, decode(before, shape), descending, behind=False) if before is not None else len(keys)
    low, high = start, max(start, end)
    if first is not None:
        high = min(high, low + first)
    elif last is not None:
        low = max(low, high - last)
    return Page(
        items=[items[place] for place in order[low:high]],
        cursors=[encode(place) for place in keys[low:high]],
        has_next=high < len(keys),
        has_previous=low > 0,
    )


def _place(keys: Sequence[Key], key: Key, descending: bool, *, behind: bool) -> int:
    """Where a key stands or would stand; ``behind`` it, or before it."""
    if not descending:
        return bisect_right(keys, key) if behind else bisect_left(keys, key)
    rising = keys[::-1]
    place = bisect_left(rising, key) if behind else bisect_right(rising, key)
    return len(keys) - place
