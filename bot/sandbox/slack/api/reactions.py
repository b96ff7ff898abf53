"""reactions.*: emoji on messages."""

import re

from bot.sandbox.slack.api import events
from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.paging import page_of
from bot.sandbox.slack.api.posting import show
from bot.sandbox.slack.api.registry import PAGING, Argument, Kind, Method, Tier, flags, strings
from bot.sandbox.slack.api.shapes import shape_message
from bot.sandbox.slack.records import Channel, Json, Message, SlackError

_MOST_EMOJI = 23
"""Different ones on one message, and of one person."""


def add(call: Call) -> Json:
    """React; the name of an emoji is checked for its form, not for being known."""
    channel, message = _own_item(call)
    name = _name(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    users = message.reactions.get(name, [])
    if call.actor in users:
        raise SlackError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= _MOST_EMOJI:
        raise SlackError("too_many_emoji")
    if sum(call.actor in item for item in message.reactions.values()) >= _MOST_EMOJI:
        raise SlackError("too_many_reactions")
    message.reactions[name] = [*users, call.actor]
    show(call, message)
    events.reaction(call.site, "reaction_added", call.actor, name, message)
    return {}


def remove(call: Call) -> Json:
    """Take a reaction back."""
    _channel, message = _own_item(call)
    name = _name(call)
    users = message.reactions.get(name, [])
    if call.actor not in users:
        raise SlackError("no_reaction")
    rest = [user for user in users if user != call.actor]
    if rest:
        message.reactions[name] = rest
    else:
        del message.reactions[name]
    show(call, message)
    events.reaction(call.site, "reaction_removed", call.actor, name, message)
    return {}


def get(call: Call) -> Json:
    """A message with what people said to it."""
    channel, message = item_of(call)
    return {"type": "message", "channel": channel.id, "message": shape_message(call.site, message)}


def list_reactions(call: Call) -> Json:
    """What somebody reacted to, the newest first."""
    user = call.text("user") or call.actor
    if user not in call.site.workspace.users:
        raise SlackError("user_not_found")
    found = [
        {"type": "message", "channel": channel.id, "message": message}
        for channel in call.site.workspace.channels.values()
        if channel.kind == "channels" or call.actor in channel.members
        for message in call.site.workspace.messages[channel.id]
        if any(user in users for users in message.reactions.values())
    ]
    found.sort(key=lambda item: _ts(item["message"]), reverse=True)
    page, cursor = page_of(call, found, most=1000)
    items = [{**item, "message": _shaped(call, item["message"])} for item in page]
    return {"items": items, "response_metadata": {"next_cursor": cursor}}


def _ts(message: object) -> str:
    return message.ts if isinstance(message, Message) else ""


def _shaped(call: Call, message: object) -> Json:
    return shape_message(call.site, message) if isinstance(message, Message) else {}


def item_of(call: Call) -> tuple[Channel, Message]:
    """The message that a call names in ``channel`` and ``timestamp``."""
    if not call.text("channel") or not call.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.channel()
    if not re.fullmatch(r"[0-9]+\.[0-9]+", call.text("timestamp")):
        raise SlackError("bad_timestamp")
    message = call.site.workspace.find_message(channel.id, call.text("timestamp"))
    if message.only_for:
        raise SlackError("message_not_found")
    return channel, message


def _own_item(call: Call) -> tuple[Channel, Message]:
    """A message where the caller is; callers report ``not_in_channel`` also for public channels."""
    channel, message = item_of(call)
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel, message


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not re.fullmatch(r"[\w+'-]{1,100}(::skin-tone-[2-6])?", name) or name != name.lower():
        raise SlackError("invalid_name")
    return name


_READ, _WRITE = ("reactions:read",), ("reactions:write",)
_NAME = Argument("name", required=True)
_ITEM = (Argument("channel"), Argument("timestamp", Kind.TIMESTAMP, error="bad_timestamp"))
METHODS = (
    Method("reactions.add", add, (*_ITEM, _NAME), _WRITE),
    Method("reactions.remove", remove, (*_ITEM, _NAME), _WRITE, tier=Tier.T2),
    Method("reactions.get", get, (*_ITEM, *flags("full")), _READ),
    Method(
        "reactions.list",
        list_reactions,
        (*PAGING, *strings("user team_id"), *flags("full")),
        _READ,
        tier=Tier.T2,
    ),
)
