"""Pure: files that a page includes (``--8<--`` and its like) put in their place, as deep and as much as is allowed."""

import re
from collections.abc import Callable, Iterator, Sequence

from catalog_sync.docs.dialects import Line
from catalog_sync.docs.front_matter import front_matter

Find = Callable[[str, str], tuple[str, str] | None]
"""From what a page names, and the page's path, to a file's path and text; None for what may not be included."""

_DEEPEST = 5
_MOST = 100
"""So many files are put into one page."""
_SCISSORS = r"-+8<-+"
_INLINE = re.compile(rf"""([ \t]*)(;*){_SCISSORS}[ \t]+(?:"([^"\n]+)"|'([^'\n]+)')[ \t]*\Z""")
_BLOCK = re.compile(rf"([ \t]*)(;*){_SCISSORS}[ \t]*\Z")
_MARKER = re.compile(rf"[^\w\n]*;*{_SCISSORS}[ \t]+\[[ \t]*(start|end)[ \t]*:[ \t]*([\w.-]+)[ \t]*\]")
_OTHERS = re.compile(
    r"""([ \t]*)(?:\{!>?[ \t]*([^!\n]+?)[ \t]*!\}|\{\*[ \t]*(\S+)[^\n]*\*\}|"""
    r"""\{%-?[ \t]*include(?:-markdown)?[ \t]+["']([^"'\n]+)["'][^\n]*%\})[ \t]*\Z"""
)
_RANGE = re.compile(r":(\d*(?::\d*)?(?:,\d*(?::\d*)?)*)\Z")
_PART = re.compile(r":([A-Za-z_][\w.-]*)\Z")


def names_in(text: str) -> list[str]:
    """What a page includes, as it names it."""
    if not any(sign in text for sign in ("8<", "{!", "{*", "{%")):
        return []
    return [name for line in _Pieces(text.split("\n")) for name in line.names]


def with_snippets(text: str, path: str, find: Find, most_characters: int) -> tuple[Line, ...]:
    """The lines of a page with what it includes; what cannot be included is mentioned by its name.

    Args:
        text: The page.
        path: Where it lies; files are looked for from there.
        find: Gives the files that may be included.
        most_characters: Where what is included is cut off, all of it together.
    """
    if not any(sign in text for sign in ("8<", "{!", "{*", "{%")):
        return tuple(map(Line, text.split("\n")))
    return tuple(_Inclusion(find, most_characters).lines(text, path, 0))


class _Inclusion:
    def __init__(self, find: Find, most_characters: int) -> None:
        self._find = find
        self._characters = most_characters
        self._files = _MOST

    def lines(self, text: str, path: str, depth: int) -> Iterator[Line]:
        for piece in _Pieces(text.split("\n")):
            if piece.names:
                for name in piece.names:
                    yield from self._included(name, path, piece.indent, depth)
            elif piece.text is not None:
                yield Line(piece.text, is_own=depth == 0)

    def _included(self, name: str, path: str, indent: str, depth: int) -> Iterator[Line]:
        file, part = _split(name)
        found = self._find(file, path) if depth < _DEEPEST and self._files and self._characters > 0 else None
        if found is None:
            yield Line(f"{indent}(see {file})", is_own=False)
            return
        self._files -= 1
        rows = _chosen(found[1], part)
        inner = "\n".join(rows)[: self._characters]
        self._characters -= len(inner)
        for line in self.lines(inner, found[0], depth + 1):
            yield Line(indent + line.text if line.text else "", is_own=False)


class _Piece:
    """A line of text, or files that stand in its place; neither for one that only marks a part."""

    __slots__ = ("indent", "names", "text")

    def __init__(self, text: str | None, names: Sequence[str] = (), indent: str = "") -> None:
        self.text, self.names, self.indent = text, names, indent


class _Pieces:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __iter__(self) -> Iterator[_Piece]:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            at += 1
            block = _BLOCK.match(line) if "8<" in line else None
            if block and not block[2]:
                end = self._end(at)
                if end is None:
                    continue
                yield _Piece(None, [name for name in self._lines[at:end] if _is_named(name)], block[1])
                at = end + 1
            else:
                yield _piece(line)

    def _end(self, at: int) -> int | None:
        """The line that ends a block of names, which is never long."""
        for number in range(at, min(at + _MOST, len(self._lines))):
            if "8<" in self._lines[number] and _BLOCK.match(self._lines[number]):
                return number
        return None


def _is_named(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith(";")


def _piece(line: str) -> _Piece:
    if "8<" in line:
        found = _INLINE.match(line)
        if found and found[2]:
            return _Piece(line.replace(";", "", 1))
        if found:
            return _Piece(None, [found[3] or found[4]], found[1])
        if _MARKER.match(line):
            return _Piece(None)
    other = _OTHERS.match(line) if "{" in line else None
    if other:
        return _Piece(None, [other[2] or other[3] or other[4]], other[1])
    return _Piece(line)


def _split(name: str) -> tuple[str, str]:
    """A file's name and which part of it is meant."""
    name = name.strip()
    found = _RANGE.search(name) or _PART.search(name)
    return (name[: found.start()], found[1]) if found else (name, "")


def _chosen(text: str, part: str) -> list[str]:
    """The lines of a file that are meant by a range (``3:7``, ``4``, ``1:2,8:9``) or by the name of a part."""
    text = text.replace("\r\n", "\n")
    head = front_matter(text)
    rows = text.split("\n")
    if not part:
        return rows[head.lines :]
    if part[0].isdigit() or part[0] in ":,":
        return [row for piece in part.split(",") for row in rows[_slice(piece)]]
    inside, chosen = False, []
    for row in rows:
        mark = _MARKER.match(row) if "8<" in row else None
        if mark and mark[2] == part:
            inside = mark[1] == "start"
        elif inside:
            chosen.append(row)
    return chosen


def _slice(piece: str) -> slice:
    first, colon, last = piece.partition(":")
    start = max(int(first or 1) - 1, 0) if len(first) < 8 else 0
    if not colon:
        return slice(start, start + 1)
    return slice(start, int(last) if last and len(last) < 8 else None)
