"""Pure: what people are told when somebody from outside may read along in a channel."""

from bot.slack.blocks import Message, context, escape, section
from bot.slack.conversation import Request
from core.access import ALONE, Asker, Place, visible_in, visible_to


def with_note(message: Message, asker: Asker) -> Message:
    """An answer in a channel, with a line that says when its asker would see more elsewhere."""
    if visible_to(asker) == visible_in(asker, ALONE):
        return message
    note = f"Only what is public is shown here: {_who_reads(asker.place)}. Ask me in a direct message for the rest."
    blocks = message.blocks or (section(message.text),)
    return Message(message.text, (*blocks, context(note)))


def not_shared(title: str, request: Request) -> Message:
    """What the asker alone reads when something may not be shared in their channel."""
    place = request.asker_in_channel().place
    hint = "" if place.is_known else " Invite me with `/invite`, and share it again."
    return Message(
        f"I did not share {escape(title)}: it comes from a repository that is not public, and"
        f" {_who_reads(place)}.{hint}"
    )


def _who_reads(place: Place) -> str:
    if place.is_shared:
        return "this channel is shared with another organisation"
    if place.has_guests:
        return "there are guests in this channel"
    return "I cannot see who reads along in this channel"
