"""Pure: what stands in a message of Slack, wherever in it: text, blocks, attachments, code, quotes, links, mentions."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog_sync.asking.mentioned import Told

People = Callable[[str], str]
"""From a Slack id to who that is in the catalog, as it can be asked for; empty for nobody."""

_SIGN = re.compile(
    r"```(?P<block>[\s\S]*?)```|`(?P<code>[^`\n]+)`"
    r"|<(?:(?P<url>https?://[^|>\s]+|mailto:[^|>\s]+)(?:\|(?P<words>[^>]*))?"
    r"|@(?P<person>[UW][A-Z0-9]+)(?:\|[^>]*)?|#(?P<channel>[CG][A-Z0-9]+)(?:\|(?P<name>[^>]*))?"
    r"|![^>]*)>"
)
_ADDRESSES = ("url", "title_link", "from_url", "original_url", "author_link")
_TEXTS = ("pretext", "title", "text", "value", "fallback", "footer", "author_name", "alt_text")
_DEEPEST = 14
_MOST = 20_000
"""So many characters of one message are looked at; Slack's limit is twice that."""


@dataclass(slots=True)
class _Found:
    people: People
    spans: list[str] = field(default_factory=list)
    persons: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    length: int = 0

    def say(self, text: str) -> None:
        """Take a plain text in."""
        if self.length < _MOST:
            self.length += len(text)
            self.prose.append(text)

    def mark(self, text: str) -> None:
        """Take something in that stands for itself: an address, a name as code."""
        if text and len(self.spans) < 200:
            self.spans.append(text)

    def person(self, user_id: str) -> None:
        """Take a mentioned person in."""
        who = self.people(user_id) if len(self.persons) < 10 else ""
        if who:
            self.persons.append(who)

    def mrkdwn(self, text: str) -> None:
        """Take a text in Slack's markup in."""
        end = 0
        for sign in _SIGN.finditer(text[:_MOST]):
            self.say(_plain(text[end : sign.start()]))
            end = sign.end()
            self._sign(sign)
        self.say(_plain(text[end:_MOST]))

    def _sign(self, sign: re.Match[str]) -> None:
        if sign["block"] is not None or sign["code"]:
            self.code(_plain(sign["block"] or sign["code"] or ""))
        elif sign["url"]:
            self.mark(_plain(sign["url"]).removeprefix("mailto:"))
            self.say(_plain(sign["words"] or ""))
        elif sign["person"]:
            self.person(sign["person"])
        elif sign["channel"]:
            self.mark(f"#{sign['name']}" if sign["name"] else sign["channel"])

    def code(self, text: str) -> None:
        """Take something in that is set as code; of several lines each may be a name or hold some."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) == 1:
            self.mark(lines[0])
        self.say("\n".join(lines))


def told_in(message: Mapping[str, Any], people: People) -> Told:
    """A message taken apart.

    Args:
        message: As Slack hands it over, a bot's too.
        people: Who a mentioned Slack user is.
    """
    found = _Found(people)
    for part in ("blocks", "attachments"):
        _walk(message.get(part) or [], found, 0)
    found.mrkdwn(str(message.get("text") or ""))
    return Told(
        tuple(dict.fromkeys(found.spans)), "\n".join(found.prose), tuple(dict.fromkeys(found.persons))
    )


def _walk(value: Any, found: _Found, depth: int) -> None:
    if depth > _DEEPEST or found.length >= _MOST:
        return
    if isinstance(value, list):
        for item in value:
            _walk(item, found, depth + 1)
    elif isinstance(value, dict) and not _taken(value, found):
        _texts_of(value, found)
        for inner in value.values():
            if isinstance(inner, list | dict):
                _walk(inner, found, depth + 1)


def _texts_of(value: Mapping[str, Any], found: _Found) -> None:
    """The addresses and texts that stand in one part of a message."""
    for name in _ADDRESSES:
        if isinstance(value.get(name), str):
            found.mark(value[name])
    for name in _TEXTS:
        if isinstance(value.get(name), str):
            found.mrkdwn(value[name])


def _taken(value: Mapping[str, Any], found: _Found) -> bool:
    """Whether a part of a message is of a kind that is read in its own way; then it is taken in."""
    kind = value.get("type")
    if kind == "link":
        found.mark(str(value.get("url") or ""))
        found.say(str(value.get("text") or ""))
    elif kind == "user":
        found.person(str(value.get("user_id") or ""))
    elif kind == "channel":
        found.mark(str(value.get("channel_id") or ""))
    elif kind == "rich_text_preformatted":
        found.code("".join(_texts(value)))
    elif kind == "text" and isinstance(value.get("style"), dict) and value["style"].get("code"):
        found.code(str(value.get("text") or ""))
    elif kind in ("text", "plain_text", "raw_text"):
        found.say(str(value.get("text") or ""))
    else:
        return False
    return True


def _texts(value: Mapping[str, Any]) -> Iterator[str]:
    for item in value.get("elements") or ():
        if isinstance(item, dict):
            yield str(item.get("text") or item.get("url") or "")


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
