"""Pure: a Markdown page in, its sections with GitHub's heading anchors and readable text out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog_sync.docs.anchors import Anchors, slug
from catalog_sync.docs.blocks import Block, blocks_of
from catalog_sync.docs.dialects import Line, in_plain_markdown, markdown_of
from catalog_sync.docs.front_matter import front_matter
from catalog_sync.docs.snippets import with_snippets

MAX_PAGE_BYTES = 400_000
MAX_SECTION = 6_000
"""Characters; what is longer becomes several sections of one heading."""
MAX_SECTIONS = 1_000
"""Sections of one page; what is beyond is left out."""
_LONGEST_HEADING = 300
_LONGEST_LINE = 100_000

__all__ = ["MAX_PAGE_BYTES", "MAX_SECTION", "Page", "Section", "read_page", "slug"]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the headings above it joined by `` › ``, its anchor, its text."""

    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its title and its sections in order."""

    title: str
    sections: tuple[Section, ...]
    tags: tuple[str, ...] = ()
    """The tags of its front matter."""


def read_page(text: str, fallback_title: str, title: str = "") -> Page:
    """Cut a Markdown page into sections.

    Args:
        text: The page; what is beyond ``MAX_PAGE_BYTES`` is left out.
        fallback_title: The title of a page that has neither front matter with one nor a first-level heading.
        title: What the site's navigation calls the page, before all others.
    """
    return page_of(lines_of(text), fallback_title, title)


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a page; what it includes is mentioned by its name."""
    return with_snippets(clean(text), "", lambda _name, _path: None, 0)


def clean(text: str) -> str:
    """A page as it is read: cut off at its limit, with one kind of line ends and without what is no text."""
    text = text[:MAX_PAGE_BYTES].removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def page_of(lines: tuple[Line, ...], fallback_title: str, title: str = "") -> Page:
    """As ``read_page``, for the lines of a page with what it includes."""
    head = front_matter("\n".join(line.text for line in lines[:_MOST_FRONT]))
    plain = in_plain_markdown(Line(line.text[:_LONGEST_LINE], line.is_own) for line in lines[head.lines :])
    markdown, foreign = markdown_of(plain)
    cut = _Cut(foreign, title or head.title)
    for block in blocks_of(markdown, plain.footnotes):
        if len(cut.sections) >= MAX_SECTIONS:
            break
        cut.take(block)
    cut.close()
    return Page(cut.title or fallback_title, tuple(cut.sections[:MAX_SECTIONS]), head.tags)


_MOST_FRONT = 1_000


@dataclass(slots=True)
class _Cut:
    """The sections of a page while its blocks come in."""

    foreign: frozenset[int]
    """The lines that the host does not show as they are: their headings have no anchor there."""
    title: str
    sections: list[Section] = field(default_factory=list)
    _anchors: Anchors = field(default_factory=Anchors)
    _trail: list[tuple[int, str]] = field(default_factory=list)
    _heading: str = ""
    _anchor: str = ""
    _body: list[str] = field(default_factory=list)

    def take(self, block: Block) -> None:
        if not block.level:
            self._body.append(block.text)
            return
        self.close()
        if block.line not in self.foreign:
            self._anchor = self._anchors.of(block.seen)
        name = " ".join(block.text.split())[:_LONGEST_HEADING]
        if not name:
            return
        if block.level == 1 and not self.title:
            self.title = name
        self._trail = [(level, above) for level, above in self._trail if level < block.level]
        self._trail.append((block.level, name))
        shown = [above for level, above in self._trail if level > 1 or above != self.title]
        self._heading = " › ".join(shown) or name

    def close(self) -> None:
        text = _joined(self._body)
        self._body.clear()
        self.sections += [Section(self._heading, self._anchor, part) for part in _parts(text)]


def _joined(body: list[str]) -> str:
    """The texts of a section one below the other, with no more than one empty line between them."""
    kept: list[str] = []
    for text in body:
        if text or (kept and kept[-1]):
            kept.append(text)
    return "\n".join(kept).strip("\n").rstrip()


def _parts(text: str) -> Iterator[str]:
    """A text in parts of at most ``MAX_SECTION`` characters, cut between paragraphs or lines where there are any."""
    while len(text) > MAX_SECTION:
        end = next(
            (
                at
                for mark in ("\n\n", "\n", " ")
                if (at := text.rfind(mark, MAX_SECTION // 2, MAX_SECTION)) > 0
            ),
            MAX_SECTION,
        )
        part, text = text[:end].rstrip(), text[end:].lstrip("\n")
        if part.count("```") % 2:
            part, text = f"{part}\n```", f"```\n{text}"
        yield part
    if text.strip():
        yield text
