"""What Slack makes of a line before an app reads it: signs escaped; addresses, people and channels as links."""

import re

from bot.sandbox.slack.state import User, Workspace

_LINKABLE = re.compile(
    r"(?P<code>```[\s\S]*?```|`[^`\n]+`)"
    r"|(?P<address>https?://[^\s<>|]*[^\s<>|.,;:!?)\]}'\"*_~`])"
    r"|(?<![\w@/])@(?P<person>[\w-]+(?:\.[\w-]+)*)"
    r"|(?<![\w&/])#(?P<channel>[\w-]+)"
)


def as_sent(text: str, workspace: Workspace, author: User, *, with_names: bool = False) -> str:
    """A typed line in the form in which apps get it.

    Args:
        text: What was typed.
        workspace: Where its people and channels are looked up.
        author: Who typed; a private channel that they are not in stays a word.
        with_names: Whether a person's id is followed by their name, as in slash commands.
    """

    def linked(found: "re.Match[str]") -> str:
        whole = found.group(0)
        if found["address"]:
            return f"<{whole}>"
        if found["person"]:
            return _person(found["person"], workspace, with_names) or whole
        if found["channel"]:
            return _channel(found["channel"], workspace, author) or whole
        return whole

    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKABLE.sub(linked, escaped)


def _person(name: str, workspace: Workspace, with_name: bool) -> str | None:
    for user in workspace.users.values():
        if name.lower() in (user.name.lower(), user.real_name.lower()):
            return f"<@{user.id}|{user.name}>" if with_name else f"<@{user.id}>"
    return None


def _channel(name: str, workspace: Workspace, author: User) -> str | None:
    channel = workspace.channel_named(name)
    if channel is None or channel.is_im or (channel.is_private and author.id not in channel.members):
        return None
    return f"<#{channel.id}|{channel.name}>"
