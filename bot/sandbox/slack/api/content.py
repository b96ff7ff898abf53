"""What a message may hold: text, blocks, attachments, Markdown and metadata, refused as Slack refuses them."""

import json
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.entities import known_entities
from bot.sandbox.slack.api.registry import Argument, Kind
from bot.sandbox.slack.records import Json, SlackError
from bot.slack.block_kit import Problem, attachments_problems, error_word, message_problems

MAX_TEXT = 40_000
MAX_MARKDOWN = 12_000
MAX_METADATA_BYTES = 16_384
"""Slack does not document its own limit (``metadata_too_large``); this one is a guess on the generous side."""

CONTENT = (
    Argument("text"),
    Argument("blocks", Kind.ARRAY, error="invalid_blocks_format"),
    Argument("attachments", Kind.ARRAY, error="invalid_attachments"),
    Argument("markdown_text"),
    Argument("metadata", Kind.OBJECT, error="invalid_metadata_format"),
)
"""The arguments of every method that writes a message."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a message."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    entities: list[Json] = field(default_factory=list)


def content_of(call: Call) -> Content:
    """The content that a call sends, with ids and warnings.

    Raises:
        SlackError: ``no_text``, ``invalid_blocks``, ``invalid_attachments``, ``too_many_attachments``,
            ``msg_blocks_too_long``, ``markdown_text_conflict``, ``msg_too_long`` or ``metadata_too_large``.
    """
    text, blocks, attachments = call.text("text"), call.get("blocks") or [], call.get("attachments") or []
    markdown = call.text("markdown_text")
    entities, metadata = _entities(call), metadata_of(call)
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        return Content(markdown, markdown_blocks(markdown), metadata=metadata, entities=entities)
    if not (text or blocks or attachments or entities):
        raise SlackError("no_text")
    if blocks and not text:
        # The word is not documented; people report it, and slack_sdk warns of the same thing by itself.
        call.warn("missing_text_in_message", "blocks without text leave notifications empty")
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        call.warn("message_truncated", f"text was cut after {MAX_TEXT} characters")
    return Content(text, checked_blocks(blocks), check_attachments(attachments), metadata, entities)


def check_content(text: str, blocks: Any, *, with_text_limit: bool = True) -> list[Json]:
    """The blocks of a message with their ids, refused as Slack refuses them.

    Args:
        text: The message's text; it may be empty where there are blocks.
        blocks: Anything that JSON can hold.
        with_text_limit: Whether all texts together count; they do not in answers to a ``response_url``.
    """
    if not text and not blocks:
        raise SlackError("no_text")
    return checked_blocks(blocks or [], with_text_limit=with_text_limit)


def checked_blocks(blocks: Any, place: str = "/blocks", *, with_text_limit: bool = True) -> list[Json]:
    """Blocks with their ids; refused with a JSON pointer below ``place`` for each problem."""
    problems = message_problems(blocks, with_text_limit=with_text_limit)
    if problems:
        raise refusal("invalid_blocks", problems, place)
    return with_ids(blocks)


def refusal(otherwise: str, problems: tuple[Problem, ...], place: str) -> SlackError:
    """The refusal of something nested, with a line for each problem."""
    lines = [f"{problem.message} [json-pointer:{place}{problem.pointer}]" for problem in problems]
    return SlackError(
        error_word(problems, otherwise=otherwise),
        errors=lines,
        response_metadata={"messages": [f"[ERROR] {line}" for line in lines]},
    )


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: each with an id, made up where the app gave none."""
    return [
        block if block.get("block_id") else {**block, "block_id": secrets.token_urlsafe(4)}
        for block in blocks
    ]


def markdown_blocks(text: str) -> list[Json]:
    """Markdown as the block that shows it."""
    if len(text) > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    return with_ids([{"type": "markdown", "text": text}])


def check_attachments(attachments: Any) -> list[Json]:
    """Attachments with the ids that Slack numbers them by, refused as Slack refuses them."""
    problems = attachments_problems(attachments)
    if problems:
        raise refusal("invalid_attachments", problems, "/attachments")
    return [_attachment(item, number) for number, item in enumerate(attachments, 1)]


def _attachment(item: Json, number: int) -> Json:
    shown = {"id": number, "fallback": "[no preview available]", **item}
    return {**shown, "blocks": with_ids(item["blocks"])} if item.get("blocks") else shown


def metadata_of(call: Call, name: str = "metadata") -> Json | None:
    """The event metadata of a message.

    Slack posts the message without metadata that is not of the right form, and says so in a warning;
    ``event_type`` takes letters, digits, ``_`` and ``-`` (a full stop makes it drop everything).
    """
    metadata = call.get(name)
    if not metadata:
        return None
    if len(json.dumps(metadata)) > MAX_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    if _is_event(metadata):
        return {name: value for name, value in metadata.items() if name != "entities"}
    if isinstance(metadata.get("entities"), list):
        return None
    call.warn("invalid_metadata_format", "metadata was left out: event_type and event_payload are needed")
    return None


def _entities(call: Call) -> list[Json]:
    """The Work Objects that came with the metadata."""
    entities = (call.get("metadata") or {}).get("entities")
    return known_entities(call, entities) if isinstance(entities, list) else []


def _is_event(metadata: Json) -> bool:
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    return isinstance(kind, str) and bool(re.fullmatch(r"[\w-]+", kind)) and isinstance(payload, dict)


def kept(before: Content, sent: Content, call: Call) -> Content:
    """What a message holds after an update: what the call does not name stays."""
    blocks = sent.blocks if call.get("blocks") is not None or call.text("markdown_text") else before.blocks
    attachments = sent.attachments if call.get("attachments") is not None else before.attachments
    metadata = sent.metadata if call.get("metadata") is not None else before.metadata
    entities = sent.entities if call.get("metadata") is not None else before.entities
    return replace(sent, blocks=blocks, attachments=attachments, metadata=metadata, entities=entities)


def is_true(value: Any) -> bool:
    """Whether an argument means yes, in any of the ways in which apps say so."""
    return value is True or value in ("true", "1") or (isinstance(value, int) and value == 1)
