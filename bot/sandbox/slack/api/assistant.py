"""assistant.threads.* and functions.*: what an assistant shows around a thread, and the end of a workflow's step."""

import re
from typing import Any

from bot.sandbox.slack.api.call import Call, invalid_arguments
from bot.sandbox.slack.api.registry import Argument, Kind, Method, Tier, strings
from bot.sandbox.slack.records import AssistantThread, Channel, Json, SlackError

_MOST_PROMPTS = 4
"""Documented for the assistant container; a fifth is refused here, which nobody has reported of Slack."""


def set_status(call: Call) -> Json:
    """Say what the app is doing; an empty status clears it."""
    channel = _channel(call)
    thread = _thread(call, channel)
    lines = call.get("loading_messages") or []
    if not all(isinstance(item, str) for item in lines):
        raise invalid_arguments("must provide a string [json-pointer:/loading_messages/0]")
    thread.status, thread.loading_messages = call.text("status"), tuple(lines)
    return _told(call, channel)


def set_title(call: Call) -> Json:
    """Name the thread in the list of threads."""
    channel = _direct(call)
    _thread(call, channel).title = call.text("title")
    return _told(call, channel)


def set_prompts(call: Call) -> Json:
    """Suggest what to ask."""
    channel, prompts = _direct(call), call.get("prompts") or []
    lines = [
        f"{problem} [json-pointer:/prompts/{n}]" for n, p in enumerate(prompts) if (problem := _wrong(p))
    ]
    if lines:
        raise invalid_arguments(*lines)
    if not 1 <= len(prompts) <= _MOST_PROMPTS:
        raise invalid_arguments(f"must have 1 to {_MOST_PROMPTS} items [json-pointer:/prompts]")
    thread = _thread(call, channel)
    thread.prompts, thread.prompts_title = list(prompts), call.text("title")
    return _told(call, channel)


def _wrong(prompt: Any) -> str:
    if not isinstance(prompt, dict):
        return "must provide an object"
    missing = [name for name in ("title", "message") if not isinstance(prompt.get(name), str)]
    return f"missing required field: {missing[0]}" if missing else ""


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _direct(call: Call) -> Channel:
    channel = _channel(call)
    # Titles and prompts belong to a conversation with the app; the word is that of streams, and a guess here.
    if channel.kind != "im":
        raise SlackError("channel_type_not_supported")
    return channel


def _thread(call: Call, channel: Channel) -> AssistantThread:
    ts = call.text("thread_ts")
    if ts and not re.fullmatch(r"[0-9]+\.[0-9]+", ts):
        raise SlackError("invalid_thread_ts")
    found = call.site.workspace.assistant_threads
    return found.setdefault((channel.id, ts), AssistantThread(call.app.id))


def _told(call: Call, channel: Channel) -> Json:
    call.site.workspace.tell({"kind": "assistant", "channel": channel.id, "ts": call.text("thread_ts")})
    return {}


def complete(call: Call) -> Json:
    """A step of a workflow ended well, with what it found out."""
    return _end(call, {"outputs": call.get("outputs") or {}})


def fail(call: Call) -> Json:
    """A step of a workflow could not be carried out."""
    return _end(call, {"error": call.text("error")})


def _end(call: Call, result: Json) -> Json:
    key = call.text("function_execution_id")
    execution = call.site.workspace.executions.get(key)
    # The word is a guess: Slack's pages name none for an execution that does not exist.
    if execution is None:
        raise SlackError("function_execution_not_found")
    execution |= result
    return {}


_CHANNEL, _TS = Argument("channel_id", required=True), Argument("thread_ts", Kind.TIMESTAMP, required=True)
_EXECUTION = Argument("function_execution_id", required=True)
METHODS = (
    Method(
        "assistant.threads.setStatus",
        set_status,
        (
            _CHANNEL,
            _TS,
            Argument("status", required=True),
            Argument("loading_messages", Kind.ARRAY),
            *strings("username icon_emoji icon_url"),
        ),
        ("chat:write", "assistant:write"),
        tier=Tier.SPECIAL,
    ),
    Method(
        "assistant.threads.setTitle",
        set_title,
        (_CHANNEL, _TS, Argument("title", required=True)),
        ("assistant:write", "chat:write"),
        tier=Tier.T4,
    ),
    Method(
        "assistant.threads.setSuggestedPrompts",
        set_prompts,
        (
            _CHANNEL,
            Argument("thread_ts", Kind.TIMESTAMP),
            Argument("prompts", Kind.ARRAY, required=True),
            Argument("title"),
        ),
        ("assistant:write", "chat:write"),
        tier=Tier.T4,
    ),
    Method(
        "functions.completeSuccess",
        complete,
        (_EXECUTION, Argument("outputs", Kind.OBJECT, required=True)),
    ),
    Method("functions.completeError", fail, (_EXECUTION, Argument("error", required=True))),
)
