"""Pure: a template cut into text, values and tags; white space around tags is taken away here."""

import re
from dataclasses import dataclass
from enum import StrEnum

from scaffolds.nunjucks.faults import syntax
from scaffolds.nunjucks.numbers import SPACE
from scaffolds.nunjucks.tokens import CODE_SPACE, end_of_code

_NEWLINE = re.compile(r"\r?\n")
_SPACES = re.compile(f"[{SPACE}]*")
_TAG_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RAW = ("raw", "verbatim")


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a template is written."""

    is_cookiecutter: bool = False
    """``{{ }}`` for values, and a few of Jinja's names and methods."""
    trims_blocks: bool = False
    """The line break after a tag is taken away."""
    lstrips_blocks: bool = False
    """White space before a tag that begins its line is taken away."""

    @property
    def opening(self) -> str:
        """What begins a value."""
        return "{{" if self.is_cookiecutter else "${{"


class Kind(StrEnum):
    """What a piece is."""

    TEXT = "text"
    VALUE = "value"
    TAG = "tag"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its text or code without the signs around it, and where that begins."""

    kind: Kind
    code: str
    at: int

    @property
    def name(self) -> str:
        """The name of a tag; empty when it has none."""
        found = _TAG_NAME.match(self.code)
        return found[0] if found else ""

    @property
    def rest(self) -> str:
        """What stands in a tag after its name."""
        return self.code[len(self.name) :].strip(CODE_SPACE)

    @property
    def rest_at(self) -> int:
        """Where that begins."""
        after = self.code[len(self.name) :]
        return self.at + len(self.name) + len(after) - len(after.lstrip(CODE_SPACE))


_CLOSING = {Kind.VALUE: "}}", Kind.TAG: "%}", Kind.COMMENT: "#}"}


def scan(source: str, grammar: Grammar) -> list[Piece]:
    """All pieces of a template in order; comments are left out, and so is text of no length."""
    return _Scanner(source, grammar).pieces()


class _Scanner:
    def __init__(self, source: str, grammar: Grammar) -> None:
        self._source = source
        self._grammar = grammar
        self._openings = {Kind.VALUE: grammar.opening, Kind.TAG: "{%", Kind.COMMENT: "{#"}
        self._at = 0
        self._text = ""
        self._text_at = 0
        self._line_has_content = False
        self._places: dict[str, int] = {}
        self._found: list[Piece] = []

    def pieces(self) -> list[Piece]:
        while self._at < len(self._source):
            opening = self._next_opening()
            stray = self._next("#}")
            if stray < len(self._source) and (opening is None or stray < opening[0]):
                raise syntax("a comment ends here that never began", stray)
            if opening is None:
                self._keep(len(self._source))
                break
            self._keep(opening[0])
            self._open(opening[1])
        self._flush()
        return self._found

    def _next_opening(self) -> tuple[int, Kind] | None:
        places = [(self._next(sign), kind) for kind, sign in self._openings.items()]
        found = min(places, key=lambda place: place[0])
        return found if found[0] < len(self._source) else None

    def _next(self, sign: str) -> int:
        """Where a sign stands next; the end of the source when nowhere. Each stretch is searched once."""
        known = self._places.get(sign, -1)
        if known < self._at:
            found = self._source.find(sign, self._at)
            known = self._places[sign] = found if found >= 0 else len(self._source)
        return known

    def _open(self, kind: Kind) -> None:
        begins, sign = self._at, self._openings[kind]
        if kind is Kind.TAG and self._grammar.lstrips_blocks and not self._line_has_content:
            self._text = self._without_indent()
        if self._source.startswith("-", begins + len(sign)):
            self._text = self._text.rstrip(SPACE)
            sign += "-"
        self._flush()
        self._pass(begins + len(sign))
        code, at, is_trimmed = self._code(kind, begins)
        piece = Piece(kind, code, at)
        if kind is Kind.TAG and piece.name in _RAW:
            self._raw(piece, is_trimmed)
            return
        if kind is not Kind.COMMENT:
            self._found.append(piece)
        if is_trimmed:
            self._skip(_SPACES)
        elif kind is Kind.TAG and self._grammar.trims_blocks:
            self._skip(_NEWLINE)

    def _code(self, kind: Kind, begins: int) -> tuple[str, int, bool]:
        closing, start = _CLOSING[kind], self._at
        is_comment = kind is Kind.COMMENT
        end = self._source.find(closing, start) if is_comment else end_of_code(self._source, start, closing)
        if end < 0:
            raise syntax(f"this {kind} has no {closing}", begins)
        is_trimmed = self._source[end - 1] == "-"
        content = self._source[start : end - 1 if is_trimmed else end]
        self._pass(end + len(closing))
        code = content.lstrip(CODE_SPACE)
        at = start + len(content) - len(code)
        return (code.rstrip(CODE_SPACE) if kind is Kind.TAG else code), at, is_trimmed

    def _raw(self, piece: Piece, is_trimmed: bool) -> None:
        if piece.rest:
            raise syntax(f"{piece.name} takes nothing after its name", piece.at)
        if self._grammar.trims_blocks:
            self._skip(_NEWLINE)
        start, end = self._end_of_raw(piece)
        if "\n" in self._source[start:end]:
            raise syntax(f"end{piece.name} has to stand on one line", start)
        self._keep(start)
        self._pass(end)
        if is_trimmed:
            self._skip(_SPACES)

    def _end_of_raw(self, piece: Piece) -> tuple[int, int]:
        """Where the tag stands that ends it; a raw within it has its own end."""
        marker = re.compile(f"{{%[{SPACE}]*(end)?{piece.name}[{SPACE}]*%}}")
        depth = 1
        for found in marker.finditer(self._source, self._at):
            depth += -1 if found[1] else 1
            if depth == 0:
                return found.start(), found.end()
        raise syntax(f"{piece.name} has no end{piece.name}", piece.at)

    def _without_indent(self) -> str:
        line = self._text.rfind("\n") + 1
        return self._text[:line] if not self._text[line:].strip(SPACE) else self._text

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._source, self._at)
        if found:
            self._pass(found.end())

    def _keep(self, end: int) -> None:
        if not self._text:
            self._text_at = self._at
        self._text += self._source[self._at : end]
        self._pass(end)

    def _pass(self, end: int) -> None:
        before, newline, line = self._source[self._at : end].rpartition("\n")
        del before
        self._line_has_content = bool(line.strip(SPACE)) or (self._line_has_content and not newline)
        self._at = end

    def _flush(self) -> None:
        if self._text:
            self._found.append(Piece(Kind.TEXT, self._text, self._text_at))
        self._text = ""
