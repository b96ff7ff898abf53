"""What Callboard can do, from what is registered."""

from collections.abc import Sequence

from bot.slack.blocks import Message, context, escape, quoted, section
from bot.slack.conversation import Conversation


def help_message(
    command: str, conversations: Sequence[Conversation], *, asked: str = "", nearest: str = ""
) -> Message:
    """The list of what can be typed; with what was typed, where nobody understood it."""
    lines = [
        f"`{command} {item.name} {escape(item.hint)}`".replace(" `", "`") + f"  {escape(item.summary)}"
        for item in conversations
    ]
    intro = "I know who owns what, what the docs say, and how to start something new."
    if asked:
        meant = f" Did you mean `{command} {nearest}`?" if nearest else ""
        intro = f"I did not understand “{quoted(asked)}”.{meant} This is what I can do:"
    return Message(
        intro.replace("`", ""),
        (
            section(intro),
            section("\n".join(lines)),
            context(
                "Or mention me, in a thread too: “@Callboard who owns payments-api?” · in a direct message no mention is needed"
            ),
        ),
    )
