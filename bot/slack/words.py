"""Pure: which conversation a line is for, whether typed after the slash command, in a mention or in a direct message."""

import re
from collections.abc import Sequence

from rapidfuzz import process

from bot.slack.conversation import Conversation

_NAMED = re.compile(r"<@[UW][A-Z0-9]+\|([^>]+)>")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+\|?>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[CG][A-Z0-9]+\|([^>]+)>")
_WHO = re.compile(
    r"^(who(?:'s|\s+is|\s+are|\s+owns?|\s+maintains?)?\b|owners?\b|whose\b|which\s+team\b)", re.IGNORECASE
)
_HOW = re.compile(r"^(how|where|what|when|why|can\s+i|is\s+there|show\s+me\s+the\s+docs)\b", re.IGNORECASE)
_NEAR = 75


def route(line: str, conversations: Sequence[Conversation]) -> tuple[Conversation | None, str]:
    """The conversation that a line is for, and the rest of the line; None when no one can tell.

    A first word that names a conversation decides; else a question's own words do: "who ..." asks
    for an owner, "how ..." asks the docs.
    """
    text = plain_line(line)
    word, _, rest = text.partition(" ")
    by_word = {name: item for item in conversations for name in (item.name, *item.also)}
    first = word.lower().rstrip(":,")
    if first in by_word:
        return by_word[first], rest.strip()
    for pattern, name in ((_WHO, "who"), (_HOW, "docs")):
        if pattern.match(text) and name in by_word:
            return by_word[name], text
    return None, text


def nearest_word(line: str, conversations: Sequence[Conversation]) -> str:
    """The conversation that a misspelt first word perhaps meant; empty when none is near."""
    word = plain_line(line).partition(" ")[0].lower()
    found = (
        process.extractOne(word, [item.name for item in conversations], score_cutoff=_NEAR) if word else None
    )
    return str(found[0]) if found else ""


def plain_line(line: str) -> str:
    """A line without the mention of the app, and without Slack's marks around people, links and channels."""
    text = _NAMED.sub(r"@\1", line)
    text = _MENTION.sub(" ", text)
    text = _CHANNEL.sub(r"#\1", text)
    text = _LINK.sub(r"\1", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())
