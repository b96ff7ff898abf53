"""Where a message may go and whose it is: shared by everything that writes, edits or schedules messages."""

import re
from typing import Any

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.content import Content
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.records import Channel, Message, SlackError

PUBLIC = "chat:write.public"


def destination(call: Call, *, may_be_outside: bool = True) -> Channel:
    """The channel that a call posts to; a person's id stands for their direct messages with the app.

    Args:
        call: Names the channel in ``channel``.
        may_be_outside: Whether ``chat:write.public`` opens public channels that the app is not in.

    Raises:
        SlackError: ``channel_not_found``, ``is_archived`` or ``not_in_channel``.
    """
    name = call.text("channel")
    person = call.site.workspace.users.get(name)
    if person is not None and name != call.actor and not person.is_bot:
        return call.site.workspace.direct(name, call.app)
    channel = call.find_channel(name, by_name=True)
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.actor not in channel.members:
        is_open = may_be_outside and PUBLIC in call.speaker.scopes
        if not is_open or call.speaker.kind is not TokenKind.BOT:
            raise SlackError("not_in_channel")
    return channel


def thread_of(call: Call, channel: Channel, argument: str = "thread_ts") -> str | None:
    """The thread to answer in.

    Slack takes any well-formed timestamp and posts also where no such message is (seen in reports of
    callers); a malformed one is ``invalid_thread_ts``. A reply's timestamp leads to its thread here, which
    Slack advises against and does not specify.
    """
    ts = call.text(argument)
    if not ts:
        return None
    if not re.fullmatch(r"[0-9]{9,}\.[0-9]+", ts):
        line = f"[ERROR] {ts[:40]} is not a valid thread_ts"
        raise SlackError("invalid_thread_ts", response_metadata={"messages": [line]})
    found = call.site.workspace.message_at(channel.id, ts)
    return found.thread_ts or ts if found else ts


def message_by(call: Call, channel: Channel, content: Content, **more: Any) -> Message:
    """A message of the caller, not yet posted."""
    message = Message(
        call.site.workspace.next_ts(),
        channel.id,
        call.actor,
        content.text,
        content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        entities=content.entities,
        app_id=call.app.id,
        bot_id=call.app.bot_id,
        **more,
    )
    dress(call, message)
    return message


def dress(call: Call, message: Message) -> None:
    """Give a message the name and icon that the call asks for."""
    name, emoji, url = (call.text(item) for item in ("username", "icon_emoji", "icon_url"))
    if not (name or emoji or url):
        return
    # Reported by callers: without this scope the call is refused, not merely shown under the app's name.
    call.demand("chat:write.customize")
    message.username, message.subtype = name, message.subtype or "bot_message"
    if emoji:
        message.icons = {"emoji": emoji}
    elif url:
        message.icons = {"image_48": url}


def own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """The caller's own message that a call names in ``channel`` and ``ts``.

    Raises:
        SlackError: ``channel_not_found``, ``message_not_found`` (also for an ephemeral one), or the refusal
            where somebody else or another app wrote it.
    """
    channel = call.channel(by_name=True)
    message = call.site.workspace.find_message(channel.id, call.text("ts"))
    if message.only_for:
        raise SlackError("message_not_found")
    if message.user != call.actor:
        raise SlackError(refusal)
    return channel, message


def show(call: Call, message: Message) -> None:
    """Tell open pages that a message looks different."""
    message.revision += 1
    call.site.workspace.tell({"kind": "message", "channel": message.channel, "ts": message.ts})
