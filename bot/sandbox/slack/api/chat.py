"""chat.*: messages that are posted, edited, deleted and linked to."""

from bot.sandbox.slack.api import events
from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.content import CONTENT, Content, content_of, kept
from bot.sandbox.slack.api.posting import destination, message_by, own_message, thread_of
from bot.sandbox.slack.api.registry import (
    CHANNEL,
    Argument,
    Kind,
    Method,
    Tier,
    flags,
    strings,
)
from bot.sandbox.slack.api.shapes import shape_message
from bot.sandbox.slack.records import Json, SlackError

_MAX_UPDATE_TEXT = 4_000
_THREAD = Argument("thread_ts", Kind.TIMESTAMP, error="invalid_thread_ts")
_LOOKS = strings("username icon_emoji icon_url parse")
_OPTIONS = flags("as_user link_names mrkdwn reply_broadcast unfurl_links unfurl_media")


def post(call: Call) -> Json:
    """A message for everybody in a channel."""
    channel = destination(call)
    content = content_of(call)
    thread_ts = thread_of(call, channel)
    subtype = "thread_broadcast" if thread_ts and call.flag("reply_broadcast") else ""
    message = message_by(call, channel, content, thread_ts=thread_ts, subtype=subtype)
    call.site.workspace.add_message(message)
    if thread_ts:
        quieten(call, channel.id, thread_ts)
    events.message_posted(call.site, channel, message)
    shown = shape_message(call.site, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def quieten(call: Call, channel: str, thread_ts: str) -> None:
    """Clear what an assistant says that it is doing; Slack does so as soon as it answers."""
    thread = call.site.workspace.assistant_threads.get((channel, thread_ts))
    if thread is not None and thread.app_id == call.app.id and thread.status:
        thread.status, thread.loading_messages = "", ()
        call.site.workspace.tell({"kind": "assistant", "channel": channel, "ts": thread_ts})


def post_ephemeral(call: Call) -> Json:
    """A message that one person sees, until they reload."""
    channel = destination(call)
    user = call.text("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    content = content_of(call)
    thread_ts = thread_of(call, channel)
    message = message_by(call, channel, content, thread_ts=thread_ts, only_for=user)
    message.metadata = None
    call.site.workspace.add_message(message)
    return {"message_ts": message.ts}


def me_message(call: Call) -> Json:
    """A message in the third person."""
    channel = destination(call, may_be_outside=False)
    if not call.text("text"):
        raise SlackError("no_text")
    message = message_by(call, channel, Content(call.text("text")), subtype="me_message")
    call.site.workspace.add_message(message)
    events.message_posted(call.site, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def update(call: Call) -> Json:
    """Another content in place; blocks, attachments and metadata that are not sent stay as they were."""
    channel, message = own_message(call, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    if len(call.text("text")) > _MAX_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    before = message.shaped(with_metadata=True)
    old = Content(message.text, message.blocks, message.attachments, message.metadata, message.entities)
    content = kept(old, content_of(call), call)
    message.attachments, message.metadata = content.attachments, content.metadata
    message.entities = content.entities
    # The way back from a stream that Slack has closed.
    message.is_streaming = False
    call.site.workspace.change_message(message, content.text, content.blocks)
    events.message_changed(call.site, channel, message, before)
    shown = shape_message(call.site, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    """Take the caller's own message away."""
    channel, message = own_message(call, "cant_delete_message")
    call.site.workspace.remove_message(message)
    if message.ts in channel.pins:
        channel.pins.remove(message.ts)
    events.message_deleted(call.site, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: Call) -> Json:
    """The address of a message."""
    channel, ts = call.channel(by_name=True), call.text("message_ts")
    message = call.site.workspace.find_message(channel.id, ts)
    link = f"{call.site.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


_WRITE = ("chat:write",)
METHODS = (
    Method(
        "chat.postMessage",
        post,
        (CHANNEL, *CONTENT, _THREAD, *_LOOKS, *_OPTIONS, Argument("client_msg_id")),
        _WRITE,
        tier=Tier.POSTING,
    ),
    Method(
        "chat.postEphemeral",
        post_ephemeral,
        (CHANNEL, Argument("user", required=True), *CONTENT, _THREAD, *_LOOKS, *_OPTIONS),
        _WRITE,
        tier=Tier.T4,
    ),
    Method("chat.meMessage", me_message, (CHANNEL, Argument("text", required=True)), _WRITE),
    Method(
        "chat.update",
        update,
        (CHANNEL, Argument("ts", Kind.TIMESTAMP, required=True), *CONTENT, Argument("parse"), *_OPTIONS),
        _WRITE,
    ),
    Method("chat.delete", delete, (CHANNEL, Argument("ts", Kind.TIMESTAMP, True), *flags("as_user")), _WRITE),
    Method(
        "chat.getPermalink",
        permalink,
        (CHANNEL, Argument("message_ts", Kind.TIMESTAMP, required=True)),
        tier=Tier.SPECIAL,
    ),
)
