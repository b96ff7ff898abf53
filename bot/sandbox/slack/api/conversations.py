"""conversations.*: reading channels and what is in them, and opening direct conversations."""

import re

from bot.sandbox.slack.api.call import Call, by_kind
from bot.sandbox.slack.api.paging import limit_of, new_cursor, page_of, read_cursor
from bot.sandbox.slack.api.registry import (
    CHANNEL,
    PAGING,
    Argument,
    Kind,
    Method,
    Tier,
    flags,
    of_conversation,
)
from bot.sandbox.slack.api.shapes import shape_channel, shape_message
from bot.sandbox.slack.records import Channel, Json, Message, SlackError

_TYPES = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
_MOST_MESSAGES = 999
_MOST_IN_GROUP_DM = 8


def list_channels(call: Call) -> Json:
    """Channels and conversations of the kinds that are asked for, as far as the caller may know of them."""
    kinds = types_of(call)
    skip_archived = call.flag("exclude_archived")
    found = [
        channel
        for channel in call.site.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channels" or call.actor in channel.members)
        and not (skip_archived and channel.is_archived)
    ]
    page, cursor = page_of(call, found, most=1000)
    return {
        "channels": [shape_channel(item, call.actor) for item in page],
        "response_metadata": {"next_cursor": cursor},
    }


def types_of(call: Call) -> list[str]:
    """The kinds in ``types``, as scopes name them; raises ``invalid_types``."""
    names = call.names("types") or ("public_channel",)
    if any(name not in _TYPES for name in names):
        raise SlackError("invalid_types")
    return [_TYPES[name] for name in names]


def needs_types(call: Call) -> tuple[str, ...]:
    """The scope that the asked kinds need and the token lacks; Slack wants every one of them."""
    needed = [f"{kind}:read" for kind in types_of(call)]
    missing = [scope for scope in needed if scope not in call.speaker.scopes]
    return (missing[0],) if missing else (needed[0],)


def info(call: Call) -> Json:
    """One channel."""
    channel = call.channel()
    shape = shape_channel(channel, call.actor)
    if not call.flag("include_num_members"):
        shape.pop("num_members", None)
    return {"channel": shape}


def members(call: Call) -> Json:
    """Who is in it."""
    page, cursor = page_of(call, sorted(call.channel().members), most=1000)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    """What stands in a channel, the newest first."""
    channel = _readable(call)
    found = [
        item
        for item in reversed(_visible(call, channel))
        if item.is_top_level and _is_between(call, item.ts, "latest", "oldest")
    ]
    found, cursor = _messages(call, found, newest_first=True)
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [shape_message(call.site, item, with_metadata=with_metadata) for item in found],
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def replies(call: Call) -> Json:
    """A thread, the first message first and on every page; a reply's timestamp shows that reply alone."""
    channel, ts = _readable(call), call.text("ts")
    posts = call.site.workspace.messages[channel.id]
    first = posts.at(ts)
    if first is None or first.only_for:
        raise SlackError("thread_not_found")
    rest = [item for item in posts.replies(ts) if _is_between(call, item.ts, "latest", "oldest")]
    rest, cursor = _messages(call, rest, newest_first=False)
    with_metadata = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [shape_message(call.site, item, with_metadata=with_metadata) for item in (first, *rest)],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _readable(call: Call) -> Channel:
    channel = call.channel()
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _visible(call: Call, channel: Channel) -> list[Message]:
    return [item for item in call.site.workspace.messages[channel.id] if item.only_for is None]


def _is_between(call: Call, ts: str, latest: str, oldest: str) -> bool:
    """Whether a message lies between the two, themselves included only with ``inclusive``."""
    at, upper, lower = micros(ts), _bound(call, latest), _bound(call, oldest)
    if call.flag("inclusive"):
        return (upper is None or at <= upper) and (lower is None or at >= lower)
    return (upper is None or at < upper) and (lower is None or at > lower)


def _bound(call: Call, name: str) -> int | None:
    text = call.text(name)
    if text in ("", "0"):
        return None
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6}[0-9]*)?", text):
        raise SlackError(f"invalid_ts_{name}")
    return micros(text)


def micros(ts: str) -> int:
    """A timestamp as whole microseconds, so that comparing loses nothing."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction[:6].ljust(6, "0") or "0")


def _messages(call: Call, found: list[Message], *, newest_first: bool) -> tuple[list[Message], str]:
    """One page; the cursor names a message, so that new ones do not shift the pages."""
    after, limit = read_cursor(call.text("cursor"), call.method), limit_of(call, _MOST_MESSAGES)
    if after:
        found = [
            item for item in found if (micros(item.ts) <= after if newest_first else micros(item.ts) >= after)
        ]
    more = found[limit:]
    return found[:limit], new_cursor(str(micros(more[0].ts)), call.method) if more else ""


def open_direct(call: Call) -> Json:
    """A direct conversation with one person, or with up to eight."""
    users, name = call.names("users"), call.text("channel")
    if not users and not name:
        raise SlackError("users_list_not_supplied")
    channel = _direct(call, name) if name else _with(call, users)
    shape = shape_channel(channel, call.actor) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shape, "no_op": True, "already_open": True} if name else {"channel": shape}


def _direct(call: Call, name: str) -> Channel:
    channel = call.find_channel(name)
    if channel.kind not in ("im", "mpim"):
        raise SlackError("method_not_supported_for_channel_type")
    return channel


def _with(call: Call, users: tuple[str, ...]) -> Channel:
    workspace = call.site.workspace
    others = sorted({user for user in users if user != call.actor})
    if any(user not in workspace.users for user in users) or not others:
        raise SlackError("user_not_found")
    if len(others) > _MOST_IN_GROUP_DM:
        raise SlackError("too_many_users")
    if any(workspace.users[user].is_bot for user in others):
        # Apps have no direct messages with each other.
        raise SlackError("cannot_dm_bot")
    if len(others) == 1 and call.actor == call.app.bot_user:
        return workspace.direct(others[0], call.app)
    members = {*others, call.actor}
    for channel in workspace.channels.values():
        if channel.kind in ("im", "mpim") and channel.members == members:
            return channel
    names = sorted(workspace.users[user].name for user in members)
    is_im = len(others) == 1
    key = workspace.new_id("D" if is_im else "G")
    title = workspace.users[others[0]].name if is_im else f"mpdm-{'--'.join(names)}-1"
    return workspace.add_channel(Channel(key, title, members, is_im=is_im, is_mpim=not is_im))


def _needs_open(call: Call) -> tuple[str, ...]:
    return ("mpim:write",) if len(call.names("users")) > 1 else ("im:write",)


def close(call: Call) -> Json:
    """Put a direct conversation out of sight; nothing in it is lost."""
    _direct(call, call.text("channel"))
    return {}


def mark(call: Call) -> Json:
    """Say up to where the caller has read."""
    channel = _readable(call)
    if not re.fullmatch(r"[0-9]+\.[0-9]+", call.text("ts")):
        raise SlackError("invalid_timestamp")
    call.site.workspace.read[(call.actor, channel.id)] = call.text("ts")
    return {}


_READ, _HISTORY, _WRITE = of_conversation("read"), of_conversation("history"), of_conversation("write")
_SPAN = (
    Argument("latest", Kind.TIMESTAMP, error="invalid_ts_latest"),
    Argument("oldest", Kind.TIMESTAMP, error="invalid_ts_oldest"),
    *flags("inclusive include_all_metadata"),
)
METHODS = (
    Method(
        "conversations.list",
        list_channels,
        (*PAGING, Argument("types", Kind.LIST), Argument("exclude_archived", Kind.BOOL), Argument("team_id")),
        _READ,
        tier=Tier.T2,
        needs=needs_types,
    ),
    Method(
        "conversations.info",
        info,
        (CHANNEL, *flags("include_locale include_num_members")),
        _READ,
        needs=by_kind("read"),
    ),
    Method("conversations.members", members, (CHANNEL, *PAGING), _READ, tier=Tier.T4, needs=by_kind("read")),
    Method("conversations.history", history, (CHANNEL, *PAGING, *_SPAN), _HISTORY, needs=by_kind("history")),
    Method(
        "conversations.replies",
        replies,
        (CHANNEL, Argument("ts", Kind.TIMESTAMP, required=True), *PAGING, *_SPAN),
        _HISTORY,
        needs=by_kind("history"),
    ),
    Method(
        "conversations.open",
        open_direct,
        (Argument("channel"), Argument("users", Kind.LIST), *flags("return_im prevent_creation")),
        ("im:write", "mpim:write"),
        needs=_needs_open,
    ),
    Method(
        "conversations.close",
        close,
        (CHANNEL,),
        ("im:write", "mpim:write"),
        tier=Tier.T2,
        needs=by_kind("write"),
    ),
    Method(
        "conversations.mark",
        mark,
        (CHANNEL, Argument("ts", Kind.TIMESTAMP, required=True)),
        _WRITE,
        needs=by_kind("write"),
    ),
)
