"""Pure: plain Markdown as its headings and as text that a person can read, without marks and tags."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from catalog_sync.docs.html_text import pieces_of
from catalog_sync.docs.inline import Words, seen_in

LONGEST_PARAGRAPH = 8_000
"""Characters; what an inline parser does with an endless paragraph may take its square."""
DIAGRAM = "(a diagram; see the page)"

_DIAGRAMS = re.compile(
    r"mermaid|plantuml|puml|graphviz|dot|kroki|d2|vega|drawio|wavedrom|nomnoml|bpmn", re.IGNORECASE
)
_TASK = re.compile(r"\[([ xX])\][ \t]+")


def _short_paragraphs(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            whole = token.content[:LONGEST_PARAGRAPH]
            # Not in the middle of a word or a link.
            token.content = whole[: max(whole.rfind(" "), whole.rfind("\n"))] or whole


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.core.ruler.before("inline", "short_paragraphs", _short_paragraphs)
    return parser


_MARKDOWN = _parser()
"""Made once: making it takes as long as reading a short page."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (``level`` from 1) or a piece of readable text (0), of one or more lines."""

    level: int
    text: str
    seen: str = ""
    """A heading as the host takes its anchor from it."""
    line: int | None = None
    """The line (from 0) at which a heading stands."""


def blocks_of(markdown: str, footnotes: frozenset[str] = frozenset()) -> Iterator[Block]:
    """The headings and texts of a page in order.

    Code keeps its fence of three backticks, and code in a line its backticks, because what is shown later
    knows these; everything else is plain text. An empty text stands between paragraphs.

    Args:
        markdown: Plain Markdown.
        footnotes: The labels that stand for a footnote.
    """
    yield from _Blocks(_MARKDOWN.parse(markdown), footnotes)


class _Blocks:
    def __init__(self, tokens: Sequence[Token], footnotes: frozenset[str]) -> None:
        self._tokens = tokens
        self._words = Words(footnotes)
        self._lists = _Lists()

    def __iter__(self) -> Iterator[Block]:
        position = 0
        while position < len(self._tokens):
            token = self._tokens[position]
            if token.type == "heading_open":
                position += 1
                inline = self._tokens[position]
                line = token.map[0] if token.map else None
                yield Block(int(token.tag[1]), self._words.of_heading(inline), seen_in(inline), line)
            elif token.type == "table_open":
                position, rows = self._table(position)
                yield from rows
            elif not self._lists.take(token):
                yield from self._readable(token)
            elif not self._lists.depth:
                yield Block(0, "")
            position += 1

    def _readable(self, token: Token) -> Iterator[Block]:
        """What a token of running text is to a reader; nothing for most of them."""
        if token.type == "inline":
            text = self._words.of(token)
            if text:
                yield Block(0, self._lists.placed(text))
        elif token.type in ("fence", "code_block"):
            mark = self._lists.mark().rstrip()
            yield from [Block(0, mark)] if mark else []
            yield Block(0, _code(token))
        elif token.type == "html_block":
            yield from self._html(token)
        elif token.type == "paragraph_close" and not self._lists.depth:
            yield Block(0, "")

    def _table(self, position: int) -> tuple[int, list[Block]]:
        """The rows of the table that begins at a position, and where it ends."""
        rows: list[Block] = []
        cells: list[str] = []
        while self._tokens[position].type != "table_close":
            token = self._tokens[position]
            if token.type == "inline":
                cells.append(self._words.of(token).replace("\n", " "))
            elif token.type == "tr_close":
                rows.append(Block(0, " | ".join(cells)))
                cells = []
            position += 1
        return position, [*rows, Block(0, "")]

    def _html(self, token: Token) -> Iterator[Block]:
        line = token.map[0] if token.map else None
        for piece in pieces_of(token.content):
            text = self._in_html(piece.text)
            yield Block(piece.level, text, piece.seen, line)
            if not piece.level:
                yield Block(0, "")

    def _in_html(self, text: str) -> str:
        """Text between tags, which is Markdown to some who write it."""
        if not any(sign in text for sign in ("](", "**", "`", "__")):
            return self._words.polished(text)
        lines = []
        for row in text.split("\n"):
            (token,) = _MARKDOWN.parseInline(row[:LONGEST_PARAGRAPH])
            lines.append(self._words.of(token))
        return "\n".join(lines)


class _Lists:
    """The lists that a place is in, and the mark that its next line gets."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        """The next number of each list, outermost first; -1 for one with bullets."""
        self._mark = ""

    @property
    def depth(self) -> int:
        return len(self._numbers)

    def take(self, token: Token) -> bool:
        """Whether a token is about lists, and nothing else."""
        if token.type == "ordered_list_open":
            start = token.attrGet("start")
            self._numbers.append(int(start) if start is not None else 1)
        elif token.type == "bullet_list_open":
            self._numbers.append(-1)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._mark = "  " * (self.depth - 1) + (f"{number}. " if number >= 0 else "• ")
            self._numbers[-1] += 1 if number >= 0 else 0
        elif token.type == "list_item_close":
            self._mark = ""
        else:
            return False
        return True

    def mark(self) -> str:
        """``• `` or ``3. `` for the first line of an item, else nothing."""
        mark, self._mark = self._mark, ""
        return mark

    def placed(self, text: str) -> str:
        """A text with the mark of its item, or below it."""
        mark = self.mark()
        task = _TASK.match(text) if mark else None
        if task:
            done = "☑" if task[1] in "xX" else "☐"
            mark, text = mark.replace("•", done), text[task.end() :]
        below = "  " * self.depth
        return (mark or below) + text.replace("\n", f"\n{below}")


def _code(token: Token) -> str:
    language = token.info.strip().split(" ")[0].strip("{}.")
    if language and _DIAGRAMS.match(language):
        return DIAGRAM
    code = token.content.strip("\n").rstrip()
    # A fence inside of the code would end the code that is shown.
    code = code.replace("```", "'''")
    return f"```\n{code}\n```" if code.strip() else ""
