"""The small parts that blocks are made of, for the browser tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str = "", description: str = "") -> Json:
    """An option; its value is its text unless told."""
    more = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": value or text.lower(), **more}


def words(text: str, **style: bool) -> Json:
    """A text element of rich text."""
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def section(*elements: Json) -> Json:
    """A line of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def rich(*parts: Json) -> Json:
    """A rich_text block."""
    return {"type": "rich_text", "elements": list(parts)}


def field(name: str, label: str, element: Json, **more: Any) -> Json:
    """An input block, known by ``name``."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }
