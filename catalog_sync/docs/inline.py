"""Pure: one line of Markdown as the words of it, without what the dialects of Markdown write into them."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from catalog_sync.docs.html_text import mention, tags_of

_ALERT = re.compile(r"\[!(\w{1,20})\][+-]?[ \t]*")
_ICON = re.compile(r":(?:material|octicons|fontawesome|simple|mdi|fa[bsr]?)-[\w-]{1,80}:")
_VALUE = r"""(?:"[^"{}]{0,200}"|'[^'{}]{0,200}'|[\w%.:/-]{1,200})"""
_ATTRIBUTES = re.compile(
    rf"\{{:?[ \t]*(?:[.#][\w:-]{{1,80}}|[\w:-]{{1,40}}={_VALUE}|(?<=:)[ \t]*)"
    rf"(?:[ \t]+(?:[.#]?[\w:-]{{1,80}}|[\w:-]{{1,40}}={_VALUE})){{0,20}}[ \t]*\}}"
)
_UNRESOLVED = re.compile(r"(?<![\w\]])\[([^\[\]]{1,200})\]\[[^\[\]]{0,200}\]")
_BROKEN = re.compile(
    r"\[([^\[\]]{1,200})\]\((?:[a-z]{2,10}://|\.{0,2}/|#)(?:[^()]|\([^()]{0,100}\)){0,500}\)"
)
"""A link whose address has a blank in it is none, but was meant as one."""
_LOST_TAG = re.compile(r"</?a\b[^<>]{0,500}>", re.IGNORECASE)
_ROLE = re.compile(r"\{[a-zA-Z][\w:.-]{0,40}\}\Z")
_ROLE_TARGET = re.compile(r"\s*<[^<>]{0,300}>\Z")
_KEYS = re.compile(
    r"(?<![\w+])\+\+([a-z0-9\"_-]{1,30}(?:\+[a-z0-9\"_-]{1,30}){0,5})\+\+(?![\w+])", re.IGNORECASE
)
_MARKED = re.compile(r"(?<![\w=])==(?=\S)([^=\n]{1,300}?)(?<=\S)==(?![\w=])")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,80})\]")
_SPACES = re.compile(r"[ \t]{2,}")
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}


class Words:
    """Makes words of the lines of one page.

    Args:
        footnotes: The labels that stand for a footnote of the page.
    """

    def __init__(self, footnotes: frozenset[str]) -> None:
        self._footnotes = footnotes

    def of(self, token: Token, *, with_images: bool = True) -> str:
        """A line: links keep their text, images become their description, code its backticks, tags go."""
        line = _Line(self, with_images=with_images)
        for child in token.children or ():
            line.take(child)
        # What is shown takes three backticks for a fence.
        text = line.text().replace("```", "'''")
        text = _SPACES.sub(" ", text) if "`" not in text else text
        return "\n".join(row.strip() for row in text.split("\n")).strip()

    def of_heading(self, token: Token) -> str:
        """A heading in one line, without images; with nothing else in it, what they show."""
        text = self.of(token, with_images=False).replace("\n", " ").replace("`", "")
        text = text.removeprefix(":::").lstrip()
        images = [child for child in token.children or () if child.type == "image"]
        return text or " ".join(child.content for child in images if child.content)

    def polished(self, text: str) -> str:
        """Running text without what extensions of Markdown write into it."""
        if "[" in text:
            text = _ALERT.sub(lambda found: f"{found[1].capitalize()}: ", text, count=1)
            text = _BROKEN.sub(r"\1", _UNRESOLVED.sub(r"\1", text))
            text = _FOOTNOTE.sub(self._footnote, text)
        for sign, pattern, instead in _POLISH:
            if sign in text:
                text = pattern.sub(instead, text)
        return text

    def _footnote(self, found: re.Match[str]) -> str:
        return f" [{found[1]}]" if found[1] in self._footnotes else found[0]


_POLISH: Sequence[tuple[str, re.Pattern[str], str]] = (
    ("{", _ATTRIBUTES, ""),
    (":", _ICON, ""),
    ("<a", _LOST_TAG, ""),
    ("++", _KEYS, r"\1"),
    ("==", _MARKED, r"\1"),
)


class _Line:
    def __init__(self, words: Words, *, with_images: bool) -> None:
        self._polished = words.polished
        self._with_images = with_images
        self._parts: list[str] = []
        self._running: list[str] = []
        self._silent = ""
        """The element that hides what follows."""

    def take(self, child: Token) -> None:
        if child.type == "html_inline":
            self._tag(child.content)
        elif self._silent:
            return
        elif child.type == "code_inline":
            self._code(child.content)
        elif child.type == "image":
            self._image(child.content, str(child.attrGet("src") or ""))
        elif child.type in _BREAKS:
            self._running.append(_BREAKS[child.type])
        elif child.type == "text":
            self._running.append(child.content)

    def text(self) -> str:
        self._flush()
        return "".join(self._parts)

    def _flush(self) -> None:
        if self._running:
            self._parts.append(self._polished("".join(self._running)))
            self._running.clear()

    def _image(self, alt: str, address: str) -> None:
        if self._with_images:
            self._running.append(mention(alt, address))

    def _code(self, content: str) -> None:
        role = _ROLE.search(self._running[-1]) if self._running else None
        if role:
            # A role of MyST: {ref}`text <target>`.
            self._running[-1] = self._running[-1][: role.start()]
            self._running.append(_ROLE_TARGET.sub("", content))
            return
        self._flush()
        self._parts.append(content if "`" in content else f"`{content}`")

    def _tag(self, content: str) -> None:
        # A lone <script> says nothing to the reader of HTML, which would look for its end.
        name = content[1:].split(">")[0].split(" ")[0].lower()
        if self._silent:
            self._silent = "" if name == f"/{self._silent}" else self._silent
            return
        if name in ("script", "style"):
            self._silent = name
            return
        for tag in tags_of(content):
            if tag.name == "br":
                self._running.append("\n")
            elif tag.name == "img":
                self._image(tag.attribute("alt"), tag.attribute("src"))


def seen_in(token: Token) -> str:
    """The text of a heading without its images, tags and marks, as the host takes its anchor from it."""
    kinds = {"text": "", "code_inline": "", "softbreak": "\n", "hardbreak": "\n"}
    children = [child for child in token.children or () if child.type in kinds]
    return "".join(child.content or kinds[child.type] for child in children)
