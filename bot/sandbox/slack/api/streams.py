"""chat.startStream, appendStream and stopStream: a message that people see while it is written."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.slack.api import events
from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.chat import quieten
from bot.sandbox.slack.api.content import (
    MAX_MARKDOWN,
    Content,
    checked_blocks,
    metadata_of,
    with_ids,
)
from bot.sandbox.slack.api.posting import destination, message_by, show, thread_of
from bot.sandbox.slack.api.registry import CHANNEL, Argument, Kind, Method, Tier, strings
from bot.sandbox.slack.api.shapes import shape_message
from bot.sandbox.slack.records import TEAM_ID, Channel, Json, Message, SlackError

STREAM_SECONDS = 300.0
"""Not documented: callers report that Slack ends a stream after about five minutes."""
_MAX_BLOCKS = 50
_STATUSES = ("pending", "in_progress", "complete", "error")


def start(call: Call) -> Json:
    """A message in a thread that grows from now on."""
    channel = destination(call, may_be_outside=False)
    thread_ts = thread_of(call, channel)
    if thread_ts is None:
        raise SlackError("invalid_thread_ts")
    if not channel.is_im:
        _check_recipient(call)
    mode = call.text("task_display_mode") or "timeline"
    if mode not in ("timeline", "plan"):
        raise SlackError("invalid_arguments", response_metadata={"messages": _enum_line()})
    chunks = _chunks(call)
    message = message_by(call, channel, Content(), thread_ts=thread_ts, is_streaming=True)
    message.stream_mode = mode
    message.stream_ends_at = call.site.monotonic() + STREAM_SECONDS
    _grow(message, chunks)
    call.site.workspace.add_message(message)
    quieten(call, channel.id, thread_ts)
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """More of it."""
    channel, message = _streaming(call)
    chunks = _chunks(call, message.chunks)
    if not chunks:
        raise SlackError("no_text")
    _grow(message, chunks)
    show(call, message)
    return {"channel": channel.id, "ts": message.ts}


def stop(call: Call) -> Json:
    """The rest, and what stands below it; from then on an ordinary message."""
    channel, message = _streaming(call)
    chunks, blocks = _chunks(call, message.chunks), call.get("blocks") or []
    closing = checked_blocks(blocks)
    _grow(message, chunks)
    message.blocks = [*message.blocks, *closing]
    message.metadata = metadata_of(call)
    message.is_streaming, message.chunks = False, []
    show(call, message)
    events.message_posted(call.site, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": shape_message(call.site, message)}


def _enum_line() -> list[str]:
    return ["[ERROR] must be a valid enum value [json-pointer:/task_display_mode]"]


def _check_recipient(call: Call) -> None:
    """Outside direct messages somebody is streamed to."""
    user, team = call.text("recipient_user_id"), call.text("recipient_team_id")
    if not user:
        raise SlackError("missing_recipient_user_id")
    if not team:
        raise SlackError("missing_recipient_team_id")
    if user not in call.site.workspace.users or team != TEAM_ID:
        raise SlackError("user_not_found")


def _streaming(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.site.workspace.find_message(channel.id, call.text("ts"))
    if message.user != call.actor:
        raise SlackError("message_not_owned_by_app")
    if message.is_streaming and call.site.monotonic() >= message.stream_ends_at:
        message.is_streaming = False
        show(call, message)
    if not message.is_streaming:
        raise SlackError("message_not_in_streaming_state")
    return channel, message


def _chunks(call: Call, before: Sequence[Json] = ()) -> list[Json]:
    """What the call adds, as chunks; raises ``invalid_chunks`` or ``msg_too_long``.

    ``before`` is what was streamed so far: a message takes fifty blocks through chunks, and fifty at its end.
    """
    text = call.text("markdown_text")
    found: list[Json] = [{"type": "markdown_text", "text": text}] if text else []
    for number, chunk in enumerate(call.get("chunks") or []):
        problem = _chunk_problem(chunk)
        if problem:
            line = f"[ERROR] {problem} [json-pointer:/chunks/{number}]"
            raise SlackError("invalid_chunks", response_metadata={"messages": [line]})
        found.append(chunk)
    blocks = _streamed_blocks(found)
    if len(blocks) + len(_streamed_blocks(before)) > _MAX_BLOCKS:
        raise SlackError("invalid_chunks")
    checked_blocks(blocks, "/chunks")
    if sum(len(chunk["text"]) for chunk in found if chunk["type"] == "markdown_text") > MAX_MARKDOWN:
        raise SlackError("msg_too_long")
    return [
        {**chunk, "blocks": with_ids(chunk["blocks"])} if chunk["type"] == "blocks" else chunk
        for chunk in found
    ]


def _streamed_blocks(chunks: Sequence[Json]) -> list[Json]:
    return [block for chunk in chunks if chunk["type"] == "blocks" for block in chunk["blocks"]]


def _chunk_problem(chunk: Any) -> str:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    check = _CHUNK_CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        return "must be a markdown_text, task_update, plan_update or blocks chunk"
    return check(chunk)


def _task_problem(chunk: Json) -> str:
    if not all(isinstance(chunk.get(name), str) and chunk[name] for name in ("id", "title")):
        return "missing required field: id or title"
    return "" if chunk.get("status") in _STATUSES else "must be a valid enum value: status"


_CHUNK_CHECKS: dict[str, Callable[[Json], str]] = {
    "markdown_text": lambda c: "" if isinstance(c.get("text"), str) else "missing required field: text",
    "task_update": _task_problem,
    "plan_update": lambda c: "" if isinstance(c.get("title"), str) else "missing required field: title",
    "blocks": lambda c: "" if isinstance(c.get("blocks"), list) else "missing required field: blocks",
}


def _grow(message: Message, chunks: list[Json]) -> None:
    message.chunks = [*message.chunks, *chunks]
    message.text = "".join(str(chunk["text"]) for chunk in message.chunks if chunk["type"] == "markdown_text")
    message.blocks = _blocks(message.chunks, message.stream_mode)


def _blocks(chunks: list[Json], mode: str) -> list[Json]:
    """What a stream looks like so far: texts that follow each other are one; a task changes where it stands."""
    found: list[Json] = []
    tasks: dict[str, Json] = {}
    plan: Json = {"type": "plan", "block_id": "plan", "title": "", "tasks": []}
    for chunk in chunks:
        kind = chunk["type"]
        if kind == "markdown_text":
            _add_text(found, chunk["text"])
        elif kind == "blocks":
            found += chunk["blocks"]
        elif kind == "plan_update":
            plan["title"] = chunk["title"]
            if plan not in found:
                found.append(plan)
        elif chunk["id"] in tasks:
            tasks[chunk["id"]].update(_task(chunk))
        else:
            tasks[chunk["id"]] = _task(chunk)
            _place_task(found, tasks[chunk["id"]], plan, mode)
    return found


def _add_text(found: list[Json], text: str) -> None:
    last = found[-1] if found else {}
    if last.get("type") == "markdown" and last.get("block_id", "").startswith("stream"):
        last["text"] += text
    else:
        found.append({"type": "markdown", "block_id": f"stream{len(found)}", "text": text})


def _place_task(found: list[Json], task: Json, plan: Json, mode: str) -> None:
    if mode != "plan":
        found.append(task)
        return
    plan["tasks"].append(task)
    if plan not in found:
        found.append(plan)


def _task(chunk: Json) -> Json:
    card: Json = {
        "type": "task_card",
        "block_id": f"task{chunk['id']}"[:255],
        "task_id": chunk["id"],
        "title": chunk["title"],
        "status": chunk["status"],
    }
    for name in ("details", "output"):
        if isinstance(chunk.get(name), str):
            card[name] = _rich_text(chunk[name])
    if isinstance(chunk.get("sources"), list):
        card["sources"] = chunk["sources"]
    return card


def _rich_text(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


_CHUNKS = (Argument("markdown_text"), Argument("chunks", Kind.ARRAY, error="invalid_chunks"))
_TS = Argument("ts", Kind.TIMESTAMP, required=True)
METHODS = (
    Method(
        "chat.startStream",
        start,
        (
            CHANNEL,
            Argument("thread_ts", Kind.TIMESTAMP, required=True),
            *_CHUNKS,
            *strings("recipient_user_id recipient_team_id task_display_mode username icon_emoji icon_url"),
        ),
        ("chat:write",),
        tier=Tier.T2,
    ),
    Method("chat.appendStream", append, (CHANNEL, _TS, *_CHUNKS), ("chat:write",), tier=Tier.T4),
    Method(
        "chat.stopStream",
        stop,
        (
            CHANNEL,
            _TS,
            *_CHUNKS,
            Argument("blocks", Kind.ARRAY, error="invalid_blocks_format"),
            Argument("metadata", Kind.OBJECT, error="invalid_metadata_format"),
            Argument("session_status"),
        ),
        ("chat:write",),
        tier=Tier.T2,
    ),
)
