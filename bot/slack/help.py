"""What Callboard can do, from what is registered."""

from collections.abc import Mapping, Sequence

from bot.slack.blocks import Message, context, cut, escape, quoted, section
from bot.slack.conversation import Conversation


def help_message(
    command: str,
    conversations: Sequence[Conversation],
    *,
    asked: str = "",
    nearest: str = "",
    aliases: Mapping[str, str] | None = None,
) -> Message:
    """The list of what can be typed; with what was typed, where nobody understood it.

    Args:
        command: The slash command.
        conversations: What may follow it.
        asked: What nobody understood.
        nearest: What was perhaps meant by that.
        aliases: Slash commands of their own, each with the name of its conversation.
    """
    if asked:
        return _not_understood(command, asked, nearest)
    lines = [
        f"`{command} {item.name} {escape(item.hint)}`".replace(" `", "`")
        + f"  {escape(item.summary)}{_aliases(item.name, aliases or {})}"
        for item in conversations
    ]
    intro = "I know who owns what, what the docs say, and how to start something new."
    return Message(
        intro.replace("`", ""),
        (
            section(intro),
            section("\n".join(lines)),
            context(
                "Or ask in your own words: “@Callboard who owns payments-api?”, “what depends on ledger?” · in a thread too, where"
                " “who owns this?” is about its first message · in a direct message no mention is needed · the menu of"
                " every message has “Who owns this?”"
            ),
        ),
    )


def _not_understood(command: str, asked: str, nearest: str) -> Message:
    """Short: in a channel everybody reads it."""
    meant = f" Did you mean `{command} {nearest}`?" if nearest else ""
    intro = f"I did not understand “{quoted(cut(asked, 150))}”.{meant}"
    ways = (
        "Ask for example “who owns payments-api?”, “find seats”, “what depends on ledger?” or “how do I rotate the key?”."
        f" `{command} help` lists everything."
    )
    return Message(f"{intro} {ways}".replace("`", ""), (section(intro), context(ways)))


def _aliases(name: str, aliases: Mapping[str, str]) -> str:
    own = [f"`{alias}`" for alias, of in aliases.items() if of == name]
    return f" (also {', '.join(own)})" if own else ""
