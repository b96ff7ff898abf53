"""Pure: raw HTML as the text that a reader sees of it, in one pass whatever is left open in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_ATTRIBUTE = re.compile(r"""(?<![a-zA-Z-])([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SILENT = frozenset(("script", "style", "template", "svg", "head", "noscript"))
_BREAKS = frozenset(
    """p div br hr ul ol dl dt dd table thead tbody tr details summary section article header footer aside
    nav figure figcaption blockquote center pre h1 h2 h3 h4 h5 h6""".split()
)
_CELLS = frozenset(("td", "th"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BADGE = re.compile(r"badge|shields\.io|/actions/workflows/.*\.svg", re.IGNORECASE)
_LONGEST_TAG = 5_000


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag, or the text before the next one (``name`` is empty)."""

    name: str
    text: str
    is_closing: bool = False

    def attribute(self, name: str) -> str:
        """The value of an attribute; empty where there is none."""
        for found in _ATTRIBUTE.finditer(self.text[:_LONGEST_TAG]):
            if found[1].lower() == name:
                return unescape(next((value for value in found.groups()[1:] if value is not None), ""))
        return ""


def mention(alt: str, address: str) -> str:
    """How an image is mentioned; a badge is not."""
    if _BADGE.search(address[:500]):
        return ""
    alt = " ".join(alt.split())
    return f"(image: {alt})" if alt else "(image)"


def tags_of(html: str) -> Iterator[Tag]:
    """The tags and texts of a piece of HTML; comments and what nobody sees are left out."""
    at = 0
    while at < len(html):
        begins = html.find("<", at)
        if begins < 0:
            yield Tag("", html[at:])
            return
        if begins > at:
            yield Tag("", html[at:begins])
        if html.startswith(("<!", "<?"), begins):
            at = _after_comment(html, begins)
            continue
        name = _NAME.match(html, begins)
        ends = html.find(">", begins) if name else -1
        if name is None:
            yield Tag("", "<")
            at = begins + 1
            continue
        if ends < 0:
            yield Tag("", html[begins:])
            return
        tag = Tag(name[1].lower(), html[begins : ends + 1], html.startswith("</", begins))
        at = ends + 1
        if tag.name in _SILENT and not tag.is_closing:
            at = _after_element(html, at, tag.name)
            continue
        yield tag


def _after_comment(html: str, begins: int) -> int:
    closing = "-->" if html.startswith("<!--", begins) else ">"
    ends = html.find(closing, begins + 2)
    return len(html) if ends < 0 else ends + len(closing)


def _after_element(html: str, at: int, name: str) -> int:
    found = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
    ends = html.find(">", found.end()) if found else -1
    return len(html) if ends < 0 else ends + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading (``level`` from 1) or a text (0) of a piece of HTML."""

    level: int
    text: str
    seen: str = ""
    """The text of a heading as the host takes its anchor from it: without its images."""


def pieces_of(html: str) -> list[Piece]:
    """The headings and texts of a piece of HTML in order; a table's row is one line."""
    reader = _Reader()
    for tag in tags_of(html):
        reader.take(tag)
    reader.close(0)
    return reader.pieces


class _Reader:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._level = 0
        self._parts: list[str] = []
        self._seen: list[str] = []

    def take(self, tag: Tag) -> None:
        if not tag.name:
            text = unescape(tag.text)
            self._parts.append(text)
            self._seen.append(text)
        elif tag.name in _HEADINGS:
            self.close(0 if tag.is_closing else _HEADINGS[tag.name])
        elif tag.name == "img":
            self._parts.append(mention(tag.attribute("alt"), tag.attribute("src")))
        elif tag.name in _CELLS and not tag.is_closing:
            self._parts.append("\0")
        elif tag.name == "li" and not tag.is_closing:
            self._parts.append("\n• ")
        elif tag.name in _BREAKS:
            self._parts.append("\n")

    def close(self, level: int) -> None:
        text = tidy("".join(self._parts))
        if text or self._level:
            self.pieces.append(Piece(self._level, text, " ".join("".join(self._seen).split())))
        self._level, self._parts, self._seen = level, [], []


def tidy(text: str) -> str:
    """A text without needless blanks and empty lines; the cells of a row (after a NUL) get bars between them."""
    lines = []
    for line in text.split("\n"):
        cells = [" ".join(cell.split()) for cell in line.split("\0")]
        cells = cells[1:] if len(cells) > 1 and not cells[0] else cells
        row = " | ".join(cells).strip() if len(cells) > 1 else cells[0]
        if row and row != "•":
            lines.append(row)
    return "\n".join(lines)
