"""conversations.*: making, naming, filling and closing channels."""

import re

from bot.sandbox.slack.api import events
from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.registry import CHANNEL, Argument, Kind, Method, Tier
from bot.sandbox.slack.api.shapes import shape_channel
from bot.sandbox.slack.records import Channel, Json, SlackError

_LONGEST_NAME, _LONGEST_TOPIC, _MOST_INVITED = 80, 250, 100
_ROOMS = ("channels", "groups")


def create(call: Call) -> Json:
    """A new channel, with the caller in it."""
    workspace, name = call.site.workspace, _good_name(call)
    is_private = call.flag("is_private")
    key = workspace.new_id("C")
    channel = Channel(key, name, {call.actor}, is_private=is_private, creator=call.actor)
    workspace.add_channel(channel)
    shown = {"id": key, "name": name, "created": channel.created, "creator": call.actor}
    if not is_private:
        call.site.announce({"type": "channel_created", "channel": shown}, "")
    return {"channel": shape_channel(channel, call.actor)}


def _good_name(call: Call) -> str:
    name = call.text("name")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > _LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.search(r"\w", name):
        raise SlackError("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if any(item.name == name for item in call.site.workspace.channels.values() if item.kind in _ROOMS):
        raise SlackError("name_taken")
    return name


def _room(call: Call, *, may_be_archived: bool = False) -> Channel:
    """The channel, which is not a direct conversation and not archived."""
    channel = call.channel()
    if channel.kind not in _ROOMS:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived and not may_be_archived:
        raise SlackError("is_archived")
    return channel


def _own_room(call: Call) -> Channel:
    """A channel that the caller is in."""
    channel = _room(call)
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _told(call: Call, channel: Channel) -> Json:
    """The answer, after open pages were told."""
    call.site.workspace.tell({"kind": "channel", "channel": channel.id})
    return {"channel": shape_channel(channel, call.actor)}


def join(call: Call) -> Json:
    """Walk into a public channel."""
    channel = _room(call)
    if channel.kind != "channels":
        raise SlackError("method_not_supported_for_channel_type")
    if call.actor in channel.members:
        call.warn("already_in_channel")
    else:
        channel.members.add(call.actor)
        events.membership(call.site, "member_joined_channel", call.actor, channel)
    return _told(call, channel)


def leave(call: Call) -> Json:
    """Walk out."""
    channel = _room(call)
    if call.actor not in channel.members:
        return {"not_in_channel": True}
    if channel.name == "general":
        raise SlackError("cant_leave_general")
    if channel.is_private and len(channel.members) == 1:
        raise SlackError("last_member")
    channel.members.discard(call.actor)
    events.membership(call.site, "member_left_channel", call.actor, channel)
    _told(call, channel)
    return {}


def invite(call: Call) -> Json:
    """Bring people in: all of them, or with ``force`` those that can be."""
    channel, users = _own_room(call), call.names("users")
    if not users:
        raise SlackError("no_user")
    # A guess: documented is only that a hundred may be named.
    if len(users) > _MOST_INVITED:
        raise SlackError("too_many_users")
    refused = {user: word for user in users if (word := _uninvitable(call, channel, user))}
    if refused and (len(refused) == len(users) or not call.flag("force")):
        first = next(iter(refused.values()))
        lines = [{"user": user, "ok": False, "error": word} for user, word in refused.items()]
        raise SlackError(first, errors=lines)
    for user in users:
        if user not in refused:
            channel.members.add(user)
            events.membership(call.site, "member_joined_channel", user, channel, call.actor)
    return _told(call, channel)


def _uninvitable(call: Call, channel: Channel, user: str) -> str:
    if user == call.actor:
        return "cant_invite_self"
    if user not in call.site.workspace.users:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else ""


def kick(call: Call) -> Json:
    """Put somebody out."""
    channel, user = _own_room(call), call.text("user")
    if user not in call.site.workspace.users:
        raise SlackError("user_not_found")
    if user == call.actor:
        raise SlackError("cant_kick_self")
    if channel.name == "general":
        raise SlackError("cant_kick_from_general")
    if user not in channel.members:
        raise SlackError("not_in_channel")
    channel.members.discard(user)
    events.membership(call.site, "member_left_channel", user, channel)
    _told(call, channel)
    return {"errors": {}}


def archive(call: Call) -> Json:
    """Close a channel; it can be read, and nothing more."""
    channel = _room(call, may_be_archived=True)
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    channel.is_archived = True
    events.channel_event(call.site, "channel_archive", channel, user=call.actor, is_moved=0)
    _told(call, channel)
    return {}


def unarchive(call: Call) -> Json:
    """Open it again."""
    channel = _room(call, may_be_archived=True)
    if not channel.is_archived:
        raise SlackError("not_archived")
    channel.is_archived = False
    events.channel_event(call.site, "channel_unarchive", channel, user=call.actor)
    _told(call, channel)
    return {}


def rename(call: Call) -> Json:
    """Another name; only who made a channel may give it, administrators aside."""
    channel = _own_room(call)
    name = _good_name(call)
    if channel.creator != call.actor:
        raise SlackError("not_authorized")
    channel.name = name
    shown = {"id": channel.id, "name": name, "created": channel.created}
    call.site.announce({"type": "channel_rename", "channel": shown}, "")
    return _told(call, channel)


def set_topic(call: Call) -> Json:
    """What it is about now."""
    channel = _describable(call, "topic")
    channel.topic = call.text("topic")
    return _told(call, channel)


def set_purpose(call: Call) -> Json:
    """What it is for."""
    channel = _describable(call, "purpose")
    channel.purpose = call.text("purpose")
    return _told(call, channel) | {"purpose": channel.purpose}


def _describable(call: Call, argument: str) -> Channel:
    channel = call.channel()
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    if len(call.text(argument)) > _LONGEST_TOPIC:
        raise SlackError("too_long")
    return channel


def _needs_manage(call: Call) -> tuple[str, ...]:
    return _MANAGE[call.channel().kind]


def _needs_create(call: Call) -> tuple[str, ...]:
    return _MANAGE["groups" if call.flag("is_private") else "channels"]


def _needs_invite(call: Call) -> tuple[str, ...]:
    kind = call.channel().kind
    return (*_MANAGE[kind], f"{kind}:write.invites")


def _needs_topic(call: Call) -> tuple[str, ...]:
    kind = call.channel().kind
    return (*_MANAGE[kind], f"{kind}:write.topic")


_MANAGE = {
    "channels": ("channels:manage", "channels:write"),
    "groups": ("groups:write",),
    "im": ("im:write",),
    "mpim": ("mpim:write",),
}
_ANY = ("channels:manage", "channels:write", "groups:write", "im:write", "mpim:write")
_INVITE = (*_ANY, "channels:write.invites", "groups:write.invites")
_TOPIC = (*_ANY, "channels:write.topic", "groups:write.topic", "im:write.topic", "mpim:write.topic")
_NAME = Argument("name", required=True)
METHODS = (
    Method(
        "conversations.create",
        create,
        (_NAME, Argument("is_private", Kind.BOOL), Argument("team_id")),
        _ANY,
        tier=Tier.T2,
        needs=_needs_create,
    ),
    Method("conversations.join", join, (CHANNEL,), ("channels:join", "channels:write")),
    Method("conversations.leave", leave, (CHANNEL,), _ANY, needs=_needs_manage),
    Method(
        "conversations.invite",
        invite,
        (CHANNEL, Argument("users", Kind.LIST, required=True), Argument("force", Kind.BOOL)),
        _INVITE,
        needs=_needs_invite,
    ),
    Method("conversations.kick", kick, (CHANNEL, Argument("user", required=True)), _ANY, needs=_needs_manage),
    Method("conversations.archive", archive, (CHANNEL,), _ANY, tier=Tier.T2, needs=_needs_manage),
    Method("conversations.unarchive", unarchive, (CHANNEL,), _ANY, tier=Tier.T2, needs=_needs_manage),
    Method("conversations.rename", rename, (CHANNEL, _NAME), _ANY, tier=Tier.T2, needs=_needs_manage),
    Method(
        "conversations.setTopic",
        set_topic,
        (CHANNEL, Argument("topic", required=True)),
        _TOPIC,
        tier=Tier.T2,
        needs=_needs_topic,
    ),
    Method(
        "conversations.setPurpose",
        set_purpose,
        (CHANNEL, Argument("purpose", required=True)),
        _TOPIC,
        tier=Tier.T2,
        needs=_needs_topic,
    ),
)
