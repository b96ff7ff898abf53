"""Pure: what MkDocs, Material, Docusaurus and Python-Markdown add to Markdown, as plain Markdown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_KINDS = """note abstract summary tldr info todo tip hint important success check done question help faq warning
caution attention failure fail missing danger error bug example quote cite seealso details admonition""".split()
_ADMONITION = re.compile(r'(?:!!!|\?\?\?\+?)\s+([\w -]*?)(?:\s+"(.*)")?\s*\Z')
_TAB = re.compile(r"""===[!+]?\s+(["'])(.+)\1\s*\Z""")
_COLONS = re.compile(r":{3,}\s*(?:\{?([\w-]+)\}?)?\s*(?:\[(.*)\]|(.*?))?\s*(?:\{[^{}]*\})?\s*\Z")
_SLASHES = re.compile(r"/{3,}\s*(?:([\w-]+)\s*(?:\|\s*(.*?))?)?\s*\Z")
_REFERENCE = re.compile(r":::\s+([A-Za-z_][\w.]*(?:\[[\w, .]*\])?)\s*\Z")
_REFERENCE_HEADING = re.compile(r"#{1,6}[ \t]+:::\s+([A-Za-z_][\w.]*)\s*\Z")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)\Z")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,80})\]:[ \t]*(.*)\Z")
_DEFINITION = re.compile(r":[ \t]{1,4}(\S.*)\Z")
_DROPPED = re.compile(
    r"(?:\*\[[^\]]{1,100}\]:.*|\[TOC\]|\[\[_?TOC_?\]\]|\{:?\s*:?\s*\.?toc\b[^}]*\}|\{%[^%]*%\}|\{:[^}]*\}|<!-- ?.{0,300}-->)\s*\Z",
    re.IGNORECASE,
)
_MATH = re.compile(r"\$\$\s*\Z")
_TITLE = re.compile(r"""title\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LIST = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|\Z)")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; ``is_own`` tells whether the host shows it as it is here, headings with their anchors."""

    text: str
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Plain:
    """A page in plain Markdown."""

    lines: tuple[Line, ...]
    footnotes: frozenset[str]
    """The labels of its footnotes."""


def in_plain_markdown(lines: Iterable[Line]) -> Plain:
    """Rewrite what is no plain Markdown: admonitions and tabs become a title in bold with their text, and so on.

    What is inside of code stays as it is. A host that does not know these forms shows their content as
    code, so that no heading in it is one: such lines are not its own.
    """
    reader = _Reader()
    for line in lines:
        reader.take(line)
    reader.end()
    return Plain(tuple(reader.out), frozenset(reader.footnotes))


class _Reader:
    def __init__(self) -> None:
        self.out: list[Line] = []
        self.footnotes: set[str] = set()
        self._inside: list[int] = []
        """The columns at which the contents of what is open begin."""
        self._fence = ""
        self._is_code = False
        self._skips_deeper_than = -1

    def take(self, line: Line) -> None:
        text = line.text.expandtabs(4) if "\t" in line.text[:40] else line.text
        body = text.lstrip(" ")
        indent = len(text) - len(body)
        if not body:
            if self.out and self.out[-1].text:
                self._skips_deeper_than = -1
            if self._fence == "$$":
                # A formula has no empty line; without this an open one would take the rest of the page.
                self._put("```", line.is_own)
                self._fence = ""
            self._put("", line.is_own)
            return
        while self._inside and indent < self._inside[-1]:
            self._leave()
        is_own = line.is_own and not self._inside
        # What is inside of n forms was indented by four for each.
        indent -= 4 * len(self._inside)
        if self._fence:
            self._in_fence(body, indent, is_own)
        elif self._skips_deeper_than >= 0 and indent > self._skips_deeper_than:
            return
        else:
            self._skips_deeper_than = -1
            self._outside(body, indent, is_own)

    def end(self) -> None:
        while self._inside:
            self._leave()

    def _leave(self) -> None:
        self._inside.pop()
        if self._fence:
            self._put("```" if self._fence == "$$" else self._fence, False)
            self._fence = ""

    def _put(self, text: str, is_own: bool) -> None:
        self.out.append(Line(text, is_own))

    def _in_fence(self, body: str, indent: int, is_own: bool) -> None:
        self._put(" " * max(indent, 0) + body, is_own)
        mark = body.rstrip()
        if self._fence == "$$":
            closes = mark.endswith("$$")
            if closes:
                self.out[-1] = Line("```", is_own)
        else:
            closes = len(mark) >= len(self._fence) and not mark.strip(self._fence[0])
        if closes:
            self._fence = ""

    def _outside(self, body: str, indent: int, is_own: bool) -> None:
        pad = " " * max(indent, 0)
        if self._opens(body, indent, pad, is_own) or _DROPPED.match(body):
            return
        fence = _FENCE.match(body)
        if fence and not (fence[1][0] == "`" and "`" in fence[2]):
            self._fence = fence[1]
            title = _TITLE.search(fence[2])
            if title:
                self._put(f"{pad}{title[1] or title[2]}:", is_own)
            self._put(pad + body, is_own)
        elif _MATH.match(body):
            self._fence = "$$"
            self._put(f"{pad}```math", is_own)
        else:
            self._put(pad + self._small(body, indent), is_own)
            reference = _REFERENCE_HEADING.match(body) if body.startswith("#") else None
            if reference:
                self._reference(reference[1], indent, pad, is_own)

    def _opens(self, body: str, indent: int, pad: str, is_own: bool) -> bool:
        """Whether a line begins, or ends, one of the forms."""
        found = _ADMONITION.match(body) if body[0] in "!?" else None
        if found:
            kind = found[1].split(" ")[0].capitalize()
            self._title(pad, kind if found[2] is None else found[2], is_own, deeper=indent + 4)
            return True
        tab = _TAB.match(body) if body.startswith("===") else None
        if tab:
            self._title(pad, tab[2], is_own, deeper=indent + 4)
            return True
        if body.startswith("///"):
            return self._slashes(body, indent, pad, is_own)
        return body.startswith(":::") and self._colons(body, indent, pad, is_own)

    def _slashes(self, body: str, indent: int, pad: str, is_own: bool) -> bool:
        found = _SLASHES.match(body)
        if found and found[1]:
            self._title(pad, (found[2] or found[1].capitalize()).strip(), is_own)
            # Its options stand indented below it.
            self._skips_deeper_than = indent + 3
        return found is not None

    def _colons(self, body: str, indent: int, pad: str, is_own: bool) -> bool:
        found = _COLONS.match(body)
        if found and not found[1]:
            return True
        if found and found[1].lower() in _KINDS:
            title = (found[2] or found[3] or "").strip() or found[1].capitalize()
            self._title(pad, title, is_own)
            return True
        reference = _REFERENCE.match(body)
        if reference:
            self._reference(reference[1], indent, pad, is_own)
            return True
        return bool(found)

    def _reference(self, name: str, indent: int, pad: str, is_own: bool) -> None:
        # mkdocstrings: the text is made from the code when the site is built, the options below are no text.
        self._put(f"{pad}(reference of `{name}`; see the page)", is_own)
        self._skips_deeper_than = indent

    def _title(self, pad: str, title: str, is_own: bool, deeper: int = -1) -> None:
        # A title between two empty lines is a paragraph of its own, wherever it stands.
        for text in ("", f"{pad}**{title}:**" if title else "", ""):
            self._put(text, is_own)
        if deeper >= 0 and len(self._inside) < _DEEPEST:
            self._inside.append(deeper + 4 * len(self._inside))

    def _small(self, body: str, indent: int) -> str:
        """A line whose form is its own affair: a footnote, a definition."""
        footnote = _FOOTNOTE.match(body)
        if footnote:
            self.footnotes.add(footnote[1])
            return f"\\[{footnote[1]}\\] {footnote[2]}"
        definition = _DEFINITION.match(body) if indent < 4 else None
        if definition and self._follows_a_term():
            return f"- {definition[1]}"
        return body

    def _follows_a_term(self) -> bool:
        before = next((line.text for line in reversed(self.out[-2:]) if line.text), "")
        return bool(before) and not before.startswith(("#", "|", ">"))


def markdown_of(plain: Plain) -> tuple[str, frozenset[int]]:
    """The text of a page, and the numbers of the lines (from 0) that are not the host's own."""
    text = "\n".join(line.text for line in plain.lines)
    return text, frozenset(_foreign(plain.lines))


def _foreign(lines: Iterable[Line]) -> Iterator[int]:
    return (number for number, line in enumerate(lines) if not line.is_own)
