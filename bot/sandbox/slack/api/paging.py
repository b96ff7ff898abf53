"""Pages of long lists: opaque cursors, limits of each method, and the old page and count."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.records import Json, SlackError

Item = TypeVar("Item")


def limit_of(call: Call, most: int, usual: int = 100) -> int:
    """How many items the call asks for.

    Raises:
        SlackError: ``invalid_limit`` for a negative one; more than the method gives at most is that much,
            as callers report that Slack gives less then, and does not refuse.
    """
    limit = call.number("limit", 0)
    if limit < 0:
        raise SlackError("invalid_limit")
    return min(limit or usual, most)


def page_of(call: Call, items: Sequence[Item], *, most: int, usual: int = 100) -> tuple[list[Item], str]:
    """The page that the call asks for, and the cursor of the next one; empty after the last."""
    start, limit = read_cursor(call.text("cursor"), call.method), limit_of(call, most, usual)
    end = start + limit
    return list(items[start:end]), new_cursor(str(end), call.method) if end < len(items) else ""


def new_cursor(place: str, method: str) -> str:
    """A cursor of one method; callers can read nothing from it."""
    return base64.b64encode(f"{method}:{place}".encode()).decode()


def read_cursor(cursor: str, method: str) -> int:
    """The place behind a cursor; raises ``invalid_cursor`` also for another method's."""
    if not cursor:
        return 0
    try:
        owner, _, place = base64.b64decode(cursor, validate=True).decode().rpartition(":")
    except (binascii.Error, ValueError) as error:
        raise SlackError("invalid_cursor") from error
    if owner != method or not place.isascii() or not place.isdigit() or len(place) > 18:
        raise SlackError("invalid_cursor")
    return int(place)


def numbered_page(call: Call, items: Sequence[Item]) -> tuple[list[Item], Json]:
    """A page by ``page`` and ``count``, and the ``paging`` that describes it."""
    count = min(max(call.number("count", 100), 1), 1000)
    page = max(call.number("page", 1), 1)
    start = (page - 1) * count
    pages = -(-len(items) // count)
    return list(items[start : start + count]), {
        "count": count,
        "total": len(items),
        "page": page,
        "pages": pages,
    }
