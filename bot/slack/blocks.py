"""Pure: small builders of Block Kit, escaping and cutting in one place."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MEDALS = {0: "⚪", 1: "🥉", 2: "🥈", 3: "🥇"}
_SPARKS = "▁▂▃▄▅▆▇█"
_BROADCAST = re.compile(r"@(here|channel|everyone)\b", re.IGNORECASE)
_MARK = re.compile(r"([*_~`])(?=\S)")
_UNSEEN = dict.fromkeys(
    (*range(9), *range(11, 32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""Control characters, and those that turn round all that follows them: ``\\u202e`` makes ``nimda`` read ``admin``."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: the text that notifications and screen readers get, and the blocks that people see."""

    text: str
    blocks: tuple[Json, ...] = ()


def escape(text: str) -> str:
    """Somebody's words inside mrkdwn: no links, no mentions, no broadcast comes out of them."""
    plain = text.translate(_UNSEEN).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BROADCAST.sub("@\u200b\\1", plain)


def quoted(text: str) -> str:
    """A stranger's words on one line, as they were typed: they cannot look like words of ours.

    mrkdwn has no escape for its marks; a space of no width behind a mark keeps it a plain character.
    """
    return escape(_MARK.sub("\\1\u200b", " ".join(text.split())))


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was cut off."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def link(url: str, title: str) -> str:
    """A link in mrkdwn, on one line; just the words when the address is not one for a browser."""
    title = " ".join(title.split())
    if not url.startswith(("http://", "https://")):
        return escape(title)
    safe = url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace(" ", "%20")
    return f"<{safe}|{escape(title).replace('|', '¦')}>"


def channel_text(channel: str) -> str:
    """A channel in mrkdwn: a link for an id, else its name."""
    return escape(channel) if channel.startswith("#") else f"<#{channel}>"


def person(slack_id: str) -> str:
    """A mention of somebody; only for a person who must act or did something."""
    return f"<@{slack_id}>"


def section(
    text: str, *, accessory: Json | None = None, fields: Sequence[str] = (), block_id: str = ""
) -> Json:
    """A paragraph, with two columns below it where there are fields."""
    block: Json = {"type": "section"}
    if text:
        block["text"] = {"type": "mrkdwn", "text": cut(text, 3000)}
    if fields:
        block["fields"] = [{"type": "mrkdwn", "text": cut(field, 2000)} for field in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    return {**block, "block_id": block_id} if block_id else block


def header(text: str) -> Json:
    """A headline."""
    return {"type": "header", "text": plain(cut(text, 150))}


def context(*texts: str) -> Json:
    """A small line below the rest."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": cut(text, 2000)} for text in texts[:10]],
    }


def actions(elements: Iterable[Json], block_id: str = "") -> list[Json]:
    """A row of buttons; nothing when there are none."""
    found = list(elements)[:25]
    if not found:
        return []
    block: Json = {"type": "actions", "elements": found}
    return [{**block, "block_id": block_id} if block_id else block]


def button(text: str, action: str, value: str = "", *, style: str = "", url: str = "") -> Json:
    """A button; ``action`` is ``area:verb``."""
    element: Json = {"type": "button", "action_id": action, "text": plain(cut(text, 75))}
    if value:
        element["value"] = value[:2000]
    if style:
        element["style"] = style
    if url:
        element["url"] = url
    return element


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text.translate(_UNSEEN) or text, "emoji": True}


def option(text: str, value: str) -> Json:
    """One option of a select."""
    return {"text": plain(cut(text, 75)), "value": value}


def first_input(view: Json) -> str:
    """The block that an error of a whole form is shown at; empty in a view that asks for nothing."""
    return next((str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"), "")


def divider() -> Json:
    """A thin line."""
    return {"type": "divider"}


def table(rows: Sequence[Sequence[str]]) -> Json:
    """A table; the first row is its head, and all columns but the first hold numbers."""
    columns = len(rows[0]) if rows else 0
    return {
        "type": "table",
        "column_settings": [{"align": "right" if number else "left"} for number in range(columns)],
        "rows": [
            [{"type": "raw_text", "text": cell.translate(_UNSEEN) or " "} for cell in row]
            for row in rows[:100]
        ],
    }


def sparkline(values: Sequence[int]) -> str:
    """Percentages as little bars: ``▁▃▅▇``; nothing for fewer than two."""
    if len(values) < 2:
        return ""
    return "".join(_SPARKS[min(len(_SPARKS) - 1, max(0, value * len(_SPARKS) // 101))] for value in values)


def delta(change: int | None) -> str:
    """A change in percentage points: ``▲ 4``, ``▼ 2``, ``±0``; nothing when there is nothing to compare with."""
    if change is None:
        return ""
    return "±0" if change == 0 else f"{'▲' if change > 0 else '▼'} {abs(change)}"


def counted(count: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
