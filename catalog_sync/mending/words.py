"""Pure: what a pull request that mends an owner says, in words that nobody's text can turn into something else."""

import re

from catalog_sync.mending.edit import Edit
from catalog_sync.mending.wanted import Wanted

_LONGEST_REASON = 2_000
_FENCE = re.compile(r"`{3,}")
_LINK = re.compile(r"https?://[^\s<>()\[\]\"'`\\]+\Z")


def title_of(wanted: Wanted) -> str:
    """The title of the pull request, and the first line of its commit."""
    thing = wanted.entity.name if wanted.entity else wanted.path or wanted.repository.name
    return f"Name {_plain(wanted.owner.name)} as the owner of {_plain(thing)}"


def message_of(wanted: Wanted, asked_by: str) -> str:
    """The message of the commit."""
    return f"{title_of(wanted)}\n\nAsked for by {_plain(asked_by)}, proposed by Callboard."


def body_of(wanted: Wanted, edit: Edit, asked_by: str, reason: str, link: str, agreed: str = "") -> str:
    """The description of the pull request.

    Args:
        wanted: What is mended.
        edit: The change.
        asked_by: Who asked for it, in words.
        reason: Why, in the asker's own words; may be empty.
        link: Where it was asked for; left out where it is no web address.
        agreed: Who of the owners agreed, in words; empty where nobody was asked.
    """
    old = f"{_code(edit.old)} is named there now." if edit.old else "Nobody is named there now."
    parts = [
        f"{_code(asked_by)} says that {_code(wanted.title)} belongs to {_code(wanted.owner_title)}"
        f" ({_code(str(wanted.owner))}).",
        f"This changes one line: {_code(f'{edit.path}:{edit.line}')}. {old}"
        + ("" if wanted.entity else " It is the rule that decides about all that it matches."),
    ]
    if reason.strip():
        parts.append(f"Why, in their words:\n\n{_quoted(reason.strip())}")
    if agreed:
        parts.append(f"{_code(agreed)} was asked, and agreed.")
    parts.append(
        "If that is right, merge it; the catalog follows within minutes. If it is not, close it: nothing else"
        " happens, and a word to whoever asked helps."
    )
    if _LINK.match(link):
        parts.append(f"Asked for here: <{link}>")
    parts.append("Proposed by Callboard.")
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """A text in a title or a commit: one line that mentions nobody and closes no issue."""
    line = " ".join(text.split())[:120]
    return line.replace("@", "@\u200b").replace("#", "#\u200b")


def _code(text: str) -> str:
    line = " ".join(text.split())[:200].replace("`", "'")
    return f"`{line}`"


def _quoted(text: str) -> str:
    """Somebody's words as they are: in a fence, so that they mention nobody and link to nothing."""
    shown = text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
    longest = max((len(found) for found in _FENCE.findall(shown)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{shown}\n{fence}"
