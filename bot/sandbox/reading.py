"""Pure: what a person reads on the screen: messages, modals, the Home, as lines of text, labels and buttons."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+\|([^>]*)>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]*?\S)\1(?![\w*_])")


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message as a person reads it."""

    ts: str
    channel: str
    text: str
    """All blocks as plain lines."""
    is_ephemeral: bool
    is_edited: bool
    thread_ts: str | None
    author: str
    blocks: Sequence[Json]
    buttons: tuple[str, ...]
    reactions: Mapping[str, tuple[str, ...]]
    """Name to the ids of who reacted so."""
    files: tuple[str, ...]
    """The names of the files that it brings."""
    answers: str = ""
    """The key of the response_url that it came by; empty where it came by none."""
    is_from_person: bool = False


@dataclass(frozen=True, slots=True)
class SeenModal:
    """An open modal as a person reads it: labels to what is asked, and errors by label."""

    id: str
    title: str
    text: str
    labels: tuple[str, ...]
    errors: Mapping[str, str]
    blocks: Sequence[Json]
    buttons: tuple[str, ...] = ()
    depth: int = 1
    """How many modals lie on each other."""


@dataclass(frozen=True, slots=True)
class SeenHome:
    """The app's Home as a person reads it."""

    id: str
    text: str
    blocks: Sequence[Json]
    buttons: tuple[str, ...]
    hash: str = ""
    """Another one each time that the app publishes it."""


def seen_message(message: Json) -> SeenMessage:
    """A message of the control API."""
    blocks = message["blocks"]
    attached = [line for item in message.get("attachments") or () for line in _attached(item)]
    text = readable(blocks) if blocks else message["text"]
    return SeenMessage(
        ts=message["ts"],
        channel=message["channel"],
        text="\n".join([text, *attached]) if attached else text,
        is_ephemeral=message["is_ephemeral"],
        is_edited=message["is_edited"],
        thread_ts=message["thread_ts"],
        author=message["user"],
        blocks=blocks,
        buttons=buttons_of(blocks),
        reactions={name: tuple(users) for name, users in (message.get("reactions") or {}).items()},
        files=tuple(str(file["name"]) for file in message.get("files") or ()),
        answers=str(message.get("answers") or ""),
        is_from_person=bool(message.get("is_from_person")),
    )


def seen_modal(view: Json) -> SeenModal:
    """A modal of the control API."""
    blocks = view["blocks"]
    labels = {block.get("block_id"): input_label(block) for block in blocks}
    return SeenModal(
        id=view["id"],
        title=text_of(view.get("title")),
        text=readable(blocks),
        labels=tuple(label for label in labels.values() if label),
        errors={labels.get(key) or key: text for key, text in view["errors"].items()},
        blocks=blocks,
        buttons=buttons_of(blocks),
        depth=int(view.get("depth") or 1),
    )


def seen_home(view: Json) -> SeenHome:
    """A Home of the control API."""
    blocks = view["blocks"]
    return SeenHome(view["id"], readable(blocks), blocks, buttons_of(blocks), str(view.get("hash") or ""))


def readable(blocks: Sequence[Json]) -> str:
    """The blocks of a message as the lines that a person reads."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def spoken(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup as it reads on the screen: links by their words, people and channels by their names.

    Args:
        text: mrkdwn.
        names: User id to the person's name.
    """
    shown = _PERSON.sub(lambda found: f"@{names.get(found.group(1), found.group(1))}", text)
    shown = _CHANNEL.sub(r"#\1", shown)
    shown = _LINK.sub(lambda found: found.group(2) or found.group(1), shown)
    shown = _EMPHASIS.sub(r"\2", shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(value: Any) -> str:
    """The text of a text object; empty for anything else."""
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def input_label(block: Json) -> str | None:
    """What an input block is called; None for every other block."""
    return text_of(block.get("label")) if block.get("type") == "input" else None


def elements_of(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every element of some blocks with the block that it stands in, however deep."""
    for block in blocks:
        for name in ("elements", "accessory", "element", "actions", "child_blocks"):
            held = block.get(name)
            for element in held if isinstance(held, list) else [held]:
                if isinstance(element, dict):
                    yield block, element
                    yield from elements_of([element])


def buttons_of(blocks: Sequence[Json]) -> tuple[str, ...]:
    """What the buttons read."""
    return tuple(
        text_of(element.get("text")) for _, element in elements_of(blocks) if element.get("type") == "button"
    )


def _lines(block: Json) -> list[str]:
    reader = _READERS.get(str(block.get("type")))
    return reader(block) if reader else []


def _section(block: Json) -> list[str]:
    return [text_of(block.get("text")), *(text_of(field) for field in block.get("fields") or ())]


def _actions(block: Json) -> list[str]:
    shown = (
        text_of(element.get("text")) or text_of(element.get("placeholder")) for element in block["elements"]
    )
    return [" ".join(f"[{text}]" for text in shown)]


def _input(block: Json) -> list[str]:
    return [f"{text_of(block.get('label'))}: {text_of(block.get('hint'))}".rstrip(": ")]


def _context(block: Json) -> list[str]:
    return [" ".join(text_of(element) or str(element.get("text") or "") for element in block["elements"])]


def _card(block: Json) -> list[str]:
    parts = [text_of(block.get(name)) for name in ("title", "subtitle", "body", "subtext")]
    return [*parts, " ".join(f"[{text}]" for text in buttons_of([block]))]


def _inner(block: Json) -> list[str]:
    inside = block.get("child_blocks") or block.get("elements") or block.get("tasks") or ()
    return [
        text_of(block.get("title")) or _word(block.get("title")),
        *(line for item in inside for line in _lines(item)),
    ]


def _task(block: Json) -> list[str]:
    return [f"{_word(block.get('title'))} ({block.get('status', '')})", rich(block.get("output") or {})]


def _cells(block: Json) -> list[str]:
    return [text_of(block.get("caption")) or _word(block.get("caption")), *_table(block)]


def _table(block: Json) -> list[str]:
    return [" | ".join(_cell(cell) for cell in row) for row in block["rows"]]


def _cell(cell: Json) -> str:
    return rich(cell) if cell.get("type") == "rich_text" else str(cell.get("text", cell.get("value", "")))


def rich(block: Json) -> str:
    """A rich_text block as plain lines."""
    return "\n".join(_rich_part(part) for part in block.get("elements") or ())


def _rich_part(part: Json) -> str:
    inside = part.get("elements") or ()
    if part.get("type") == "rich_text_list":
        return "\n".join(f"• {_rich_part(item)}" for item in inside)
    return "".join(_rich_word(item) for item in inside)


def _rich_word(item: Json) -> str:
    kind = item.get("type")
    if kind == "user":
        return f"<@{item.get('user_id')}>"
    if kind == "channel":
        return f"<#{item.get('channel_id')}>"
    if kind == "emoji":
        return f":{item.get('name')}:"
    return str(item.get("text") or item.get("url") or "")


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _attached(item: Json) -> list[str]:
    if item.get("blocks"):
        return [readable(item["blocks"])]
    names = ("pretext", "title", "text", "fallback")
    shown = [_word(item.get(name)) for name in names[:3]]
    return [line for line in shown if line] or [_word(item.get("fallback"))]


_READERS: Mapping[str, Callable[[Json], list[str]]] = {
    "section": _section,
    "header": _section,
    "alert": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "table": _table,
    "data_table": _cells,
    "markdown": lambda block: [str(block.get("text", ""))],
    "rich_text": lambda block: [rich(block)],
    "image": lambda block: [text_of(block.get("title")), str(block.get("alt_text", ""))],
    "video": lambda block: [text_of(block.get("title")), text_of(block.get("description"))],
    "card": _card,
    "carousel": _inner,
    "container": _inner,
    "plan": _inner,
    "task_card": _task,
}
