"""Pure: a Markdown page in, its sections with GitHub's heading anchors and readable text out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_PAGE_BYTES = 400_000
MAX_SECTION = 6_000
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""Made once: making it takes as long as reading a short page."""
_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)
_ADMONITION = re.compile(r"^(\s*)(?:!!!|\?\?\?\+?)\s+(\w+)(?:\s+\"([^\"]*)\")?\s*$")
_TAB = re.compile(r'^(\s*)===\+?\s+"([^"]+)"\s*$')
_ALERT = re.compile(r"^\[!(\w+)\]\s*")
_TAGS = re.compile(r"<!--.*?-->|</?[a-zA-Z][^>]*>", re.DOTALL)
_SPACES = re.compile(r"[ \t]{2,}")


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


def read_page(text: str, fallback_title: str) -> Page:
    """Cut a Markdown page into sections.

    Args:
        text: The page; what is beyond ``MAX_PAGE_BYTES`` is left out.
        fallback_title: The title of a page without a heading of the first level.
    """
    plain = _without_extensions(_FRONT_MATTER.sub("", text[:MAX_PAGE_BYTES]))
    tokens = _MARKDOWN.parse(plain)
    title, anchors = "", _Anchors()
    trail: list[tuple[int, str]] = []
    sections: list[Section] = []
    heading, anchor = "", ""
    body: list[str] = []

    def close() -> None:
        content = "\n".join(body).strip()
        if content:
            sections.append(Section(heading, anchor, content[:MAX_SECTION]))
        body.clear()

    for block in _blocks(tokens):
        if not block.level:
            body.append(block.text)
            continue
        close()
        anchor = anchors.of(block.text)
        if block.level == 1 and not title:
            title = block.text
        trail = [(level, name) for level, name in trail if level < block.level] + [(block.level, block.text)]
        heading = " › ".join(name for level, name in trail if level > 1 or name != title) or block.text
    close()
    return Page(title or fallback_title, tuple(sections))


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading, before it tells twins apart."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


class _Anchors:
    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, heading: str) -> str:
        base = slug(heading)
        count = self._seen.get(base, 0)
        self._seen[base] = count + 1
        return f"{base}-{count}" if count else base


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading (``level`` from 1) or a piece of readable text (0)."""

    level: int
    text: str


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    lists, position = _Lists(), 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            position += 1
            yield _Block(int(token.tag[1]), _inline(tokens[position]))
        elif token.type == "table_open":
            end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
            yield from (_Block(0, row) for row in _rows(tokens[position:end]))
            position = end
        elif not lists.take(token):
            yield from _readable(token, lists)
        position += 1


def _readable(token: Token, lists: "_Lists") -> Iterator[_Block]:
    """What a token of running text is to a reader; nothing for most of them."""
    if token.type == "inline":
        yield _Block(0, lists.mark() + _inline(token))
    elif token.type in ("fence", "code_block"):
        yield _Block(0, _code(token))
    elif token.type == "html_block":
        text = _SPACES.sub(" ", _TAGS.sub("", token.content)).strip()
        if text:
            yield _Block(0, text)
    elif token.type == "paragraph_close" and not lists.depth:
        yield _Block(0, "")


class _Lists:
    """The lists that a place is in, and the mark that its next line gets."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        """The next number of each list, outermost first; 0 for one with bullets."""
        self._mark = ""

    @property
    def depth(self) -> int:
        return len(self._numbers)

    def take(self, token: Token) -> bool:
        """Whether a token is about lists, and nothing else."""
        if token.type == "ordered_list_open":
            self._numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self._numbers.append(0)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._mark = "  " * (self.depth - 1) + (f"{number}. " if number else "• ")
            self._numbers[-1] += 1 if number else 0
        else:
            return False
        return True

    def mark(self) -> str:
        """``• `` or ``3. `` for the first line of an item, else nothing."""
        mark, self._mark = self._mark, ""
        return mark


def _code(token: Token) -> str:
    language = token.info.strip().partition(" ")[0].lower()
    if language in ("mermaid", "plantuml", "graphviz", "dot"):
        return "(a diagram; see the page)"
    return token.content.rstrip()


def _rows(tokens: Sequence[Token]) -> Iterator[str]:
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_inline(token))
        elif token.type == "tr_close":
            yield " | ".join(cells)
            cells = []


def _inline(token: Token) -> str:
    """The words of a line: links keep their text, images become their description, HTML goes."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type == "image":
            parts.append(f"(image: {child.content})" if child.content else "(image)")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
    text = "".join(parts)
    return _ALERT.sub(lambda found: f"{found.group(1).capitalize()}: ", text).strip()


def _without_extensions(text: str) -> str:
    """Admonitions and tabs of the usual extensions as plain Markdown: a bold title, then their text."""
    lines: list[str] = []
    shift = 0
    for line in text.split("\n"):
        found = _ADMONITION.match(line)
        tab = _TAB.match(line)
        if found:
            shift = len(found.group(1)) + 4
            title = found.group(3) if found.group(3) is not None else found.group(2).capitalize()
            lines += ["", f"{found.group(1)}**{title}:**" if title else "", ""]
        elif tab:
            shift = len(tab.group(1)) + 4
            lines += ["", f"{tab.group(1)}**{tab.group(2)}:**", ""]
        elif shift and (not line.strip() or line.startswith(" " * shift)):
            lines.append(line[4:] if line.strip() else line)
        else:
            shift = 0
            lines.append(line)
    return "\n".join(lines)
