"""pins.*: messages that a channel keeps in sight."""

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.reactions import item_of
from bot.sandbox.slack.api.registry import CHANNEL, Argument, Kind, Method, Tier
from bot.sandbox.slack.api.shapes import shape_message
from bot.sandbox.slack.records import Channel, Json, Message, SlackError

_MOST_PINS = 100
"""Documented for people; the word for an app that goes on, ``too_many_pins``, is not."""


def add(call: Call) -> Json:
    """Pin a message."""
    channel, message = _item(call)
    if message.ts in channel.pins:
        raise SlackError("already_pinned")
    if len(channel.pins) >= _MOST_PINS:
        raise SlackError("too_many_pins")
    channel.pins.append(message.ts)
    return _told(call, channel)


def remove(call: Call) -> Json:
    """Let it go."""
    channel, message = _item(call)
    if message.ts not in channel.pins:
        raise SlackError("no_pin")
    channel.pins.remove(message.ts)
    return _told(call, channel)


def list_pins(call: Call) -> Json:
    """What is pinned, the newest pin first."""
    channel = call.channel()
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    posts = call.site.workspace.messages[channel.id]
    found = [message for ts in reversed(channel.pins) if (message := posts.at(ts))]
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": channel.created,
            "created_by": message.user,
            "message": shape_message(call.site, message) | {"pinned_to": [channel.id]},
        }
        for message in found
    ]
    return {"items": items}


def _item(call: Call) -> tuple[Channel, Message]:
    channel, message = item_of(call)
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel, message


def _told(call: Call, channel: Channel) -> Json:
    call.site.workspace.tell({"kind": "channel", "channel": channel.id})
    return {}


_TS = Argument("timestamp", Kind.TIMESTAMP, error="bad_timestamp")
METHODS = (
    Method("pins.add", add, (CHANNEL, _TS), ("pins:write",), tier=Tier.T2),
    Method("pins.remove", remove, (CHANNEL, _TS), ("pins:write",), tier=Tier.T2),
    Method("pins.list", list_pins, (CHANNEL,), ("pins:read",), tier=Tier.T2),
)
