"""bookmarks.*: links at the head of a channel."""

import re

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.registry import Argument, Method, Tier, strings
from bot.sandbox.slack.api.shapes import shape_bookmark
from bot.sandbox.slack.records import Bookmark, Channel, Json, SlackError

_MOST = 100


def add(call: Call) -> Json:
    """Put a link up."""
    channel = _channel(call)
    if call.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link, emoji = _link(call), _emoji(call)
    if len(channel.bookmarks) >= _MOST:
        raise SlackError("too_many_bookmarks")
    bookmark = Bookmark(call.site.workspace.new_id("Bk"), call.text("title"), link, emoji)
    bookmark.created, bookmark.updated_by, bookmark.app_id = int(call.site.wall()), call.actor, call.app.id
    channel.bookmarks.append(bookmark)
    return _told(call, channel, bookmark)


def edit(call: Call) -> Json:
    """Change one; what is not sent stays."""
    channel, bookmark = _found(call)
    link = _link(call) if call.get("link") is not None else bookmark.link
    emoji = _emoji(call) if call.get("emoji") is not None else bookmark.emoji
    bookmark.link, bookmark.emoji, bookmark.title = link, emoji, call.text("title") or bookmark.title
    bookmark.updated, bookmark.updated_by = int(call.site.wall()), call.actor
    return _told(call, channel, bookmark)


def remove(call: Call) -> Json:
    """Take one down."""
    channel, bookmark = _found(call)
    channel.bookmarks.remove(bookmark)
    _told(call, channel, bookmark)
    return {}


def list_bookmarks(call: Call) -> Json:
    """What is up in a channel."""
    channel = _channel(call)
    return {"bookmarks": [shape_bookmark(item, channel.id) for item in channel.bookmarks]}


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if channel.kind != "channels" and call.actor not in channel.members:
        raise SlackError("channel_not_found")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _found(call: Call) -> tuple[Channel, Bookmark]:
    channel = _channel(call)
    for bookmark in channel.bookmarks:
        if bookmark.id == call.text("bookmark_id"):
            return channel, bookmark
    raise SlackError("not_found")


def _link(call: Call) -> str:
    link = call.text("link")
    if not re.match(r"https?://\S+$", link):
        raise SlackError("invalid_link")
    return link


def _emoji(call: Call) -> str:
    emoji = call.text("emoji")
    if emoji and not re.fullmatch(r":?[\w+'-]+:?", emoji):
        raise SlackError("invalid_emoji")
    return emoji


def _told(call: Call, channel: Channel, bookmark: Bookmark) -> Json:
    call.site.workspace.tell({"kind": "channel", "channel": channel.id})
    return {"bookmark": shape_bookmark(bookmark, channel.id)}


_CHANNEL, _ID = Argument("channel_id", required=True), Argument("bookmark_id", required=True)
METHODS = (
    Method(
        "bookmarks.add",
        add,
        (
            _CHANNEL,
            *strings("title type", required=True),
            *strings("link emoji entity_id access_level parent_id"),
        ),
        ("bookmarks:write",),
        tier=Tier.T2,
    ),
    Method(
        "bookmarks.edit",
        edit,
        (_CHANNEL, _ID, *strings("title link emoji")),
        ("bookmarks:write",),
        tier=Tier.T2,
    ),
    Method(
        "bookmarks.remove",
        remove,
        (_CHANNEL, _ID, *strings("quip_section_id")),
        ("bookmarks:write",),
        tier=Tier.T2,
    ),
    Method("bookmarks.list", list_bookmarks, (_CHANNEL,), ("bookmarks:read",)),
)
