"""What apps hear of when a call changes something: events in the Events API's shapes."""

from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.records import Channel, File, Json, Message

_TYPES = {"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}


def message_posted(site: Site, channel: Channel, message: Message) -> None:
    """A message came; nobody hears of an ephemeral one."""
    if message.only_for is None:
        _announce_message(site, channel, {**message.shaped(with_metadata=True), "event_ts": message.ts})


def message_changed(site: Site, channel: Channel, message: Message, before: Json) -> None:
    """A message was edited."""
    at = message.edited_ts or message.ts
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message.shaped(with_metadata=True),
        "previous_message": before,
        "ts": at,
        "event_ts": at,
    }
    _announce_message(site, channel, event)


def message_deleted(site: Site, channel: Channel, message: Message) -> None:
    """A message is gone."""
    at = site.workspace.next_ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message.ts,
        "previous_message": message.shaped(),
        "ts": at,
        "event_ts": at,
    }
    _announce_message(site, channel, event)


def reaction(site: Site, kind: str, user: str, name: str, message: Message) -> None:
    """Somebody reacted (``reaction_added``) or took it back (``reaction_removed``)."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event = {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user}
    site.announce({**event, "event_ts": site.workspace.next_ts()}, "")


def membership(site: Site, kind: str, user: str, channel: Channel, inviter: str = "") -> None:
    """Somebody is in a channel now (``member_joined_channel``), or no longer (``member_left_channel``)."""
    letter = "C" if channel.kind == "channels" else "G"
    event: Json = {"type": kind, "user": user, "channel": channel.id, "channel_type": letter}
    if inviter:
        event["inviter"] = inviter
    site.announce({**event, "event_ts": site.workspace.next_ts()}, "")


def channel_event(site: Site, kind: str, channel: Channel, **more: object) -> None:
    """A channel came, went or got another name, such as ``channel_created``."""
    site.announce({"type": kind, "channel": channel.id, **more, "event_ts": site.workspace.next_ts()}, "")


def _announce_message(site: Site, channel: Channel, event: Json) -> None:
    whole = {**event, "channel": channel.id, "channel_type": _TYPES[channel.kind]}
    site.announce(whole, f"message.{channel.kind}")


def file_shared(site: Site, file: File, channel: Channel) -> None:
    """A file was put into a channel."""
    event = {"type": "file_shared", "file_id": file.id, "user_id": file.user, "file": {"id": file.id}}
    site.announce({**event, "channel_id": channel.id, "event_ts": site.workspace.next_ts()}, "")
