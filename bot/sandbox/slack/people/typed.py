"""What Slack makes of a line before an app reads it: signs escaped; addresses, people and channels as links."""

import hashlib
import re

from bot.sandbox.slack.state import Json, User, Workspace

_LINKABLE = re.compile(
    r"(?P<code>```[\s\S]*?```|`[^`\n]+`)"
    r"|(?P<address>https?://[^\s<>|]*[^\s<>|.,;:!?)\]}'\"*_~`])"
    r"|(?<![\w@/])@(?P<person>[\w-]+(?:\.[\w-]+)*)"
    r"|(?<![\w&/])#(?P<channel>[\w-]+)"
)
_SENT = re.compile(
    r"<(?:@(?P<user>[A-Z0-9]+)|#(?P<room>[A-Z0-9]+)|!(?P<wide>here|channel|everyone)|(?P<url>https?://[^|>\s]+))"
    r"(?:\|(?P<label>[^>]*))?>"
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


def as_rich_text(sent: str) -> list[Json]:
    """A person's line as the block that Slack's client makes of it: text, mentions, channels and links."""
    elements: list[Json] = []
    end = 0
    for found in _SENT.finditer(sent):
        if found.start() > end:
            elements.append({"type": "text", "text": plain(sent[end : found.start()])})
        elements.append(_linked(found))
        end = found.end()
    if end < len(sent):
        elements.append({"type": "text", "text": plain(sent[end:])})
    section = {"type": "rich_text_section", "elements": elements or [{"type": "text", "text": " "}]}
    block_id = hashlib.sha256(sent.encode()).hexdigest()[:5]
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def links_in(sent: str) -> list[str]:
    """The addresses in a line as it was sent, each once, in order."""
    return list(dict.fromkeys(plain(found["url"]) for found in _SENT.finditer(sent) if found["url"]))


def plain(sent: str) -> str:
    """A text without Slack's escapes."""
    return sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _linked(found: "re.Match[str]") -> Json:
    if found["user"]:
        return {"type": "user", "user_id": found["user"]}
    if found["room"]:
        return {"type": "channel", "channel_id": found["room"]}
    if found["wide"]:
        return {"type": "broadcast", "range": found["wide"]}
    label = {"text": plain(found["label"])} if found["label"] else {}
    return {"type": "link", "url": plain(found["url"]), **label}
