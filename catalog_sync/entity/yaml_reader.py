"""Pure: YAML as Backstage reads it (version 1.2, core schema), with limits and with the place of every value.

The files are hostile: documents are built from the parser's events, one value at a time, so that
neither depth, nor aliases, nor the number of documents cost more than their limit.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from catalog_sync.entity.file_text import nul_in, too_large
from catalog_sync.entity.yaml_compose import MAX_DEPTH, Composer, Refused, Spot, spot_of
from core.errors import Fault

MAX_BYTES = 1_000_000
MAX_DOCUMENTS = 1_000

Path = tuple[str | int, ...]

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.2 allows control characters that PyYAML refuses, and knows no line ends but LF and CR. Each of these
# has a stand-in from Unicode's private use area while it is parsed.
_ODD = "".join(
    map(chr, (*range(1, 9), 11, 12, *range(14, 32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF))
)
_STAND_INS = {ord(odd): 0xF600 + number for number, odd in enumerate(_ODD)}
_ORIGINALS = {stand_in: odd for odd, stand_in in _STAND_INS.items()}
_ODD_ONE = re.compile(f"[{re.escape(_ODD)}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Tabs that YAML allows and PyYAML does not: in a line without content, and between a dash and a plain value.
_BLANK_WITH_TAB = re.compile(r"[ \t]*\t[ \t]*(?:#.*)?\r?\Z")
_DASH_AND_TAB = re.compile(r" *-[ \t]*\t[ \t]*[^\s\-?](?:(?!:(?:\s|\Z)).)*\Z")
_MOST_MENDED = 50
_HARMLESS = ("found unknown directive name", "found incompatible YAML document")
_DIRECTIVES = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)*---(?=\s|\Z)")
_MARKER = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its value, the line it starts at, and where everything in it is."""

    value: Any
    line: int
    spot: Spot

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column (from 1) of what a path leads to, or of the nearest thing above it."""
        return spot_of(self.spot, path)


def read_documents(text: str, path: str) -> tuple[tuple[Document, ...], tuple[Fault, ...]]:
    """All documents of a file that can be read, and all faults of those that cannot.

    Empty documents are left out. After a document that is not YAML, reading goes on at the next ``---``.

    Args:
        text: The file's text.
        path: How the file is called in faults.
    """
    documents, faults = read_stream(text, path)
    return tuple(document for document in documents if document.value is not None), faults


def read_stream(text: str, path: str) -> tuple[tuple[Document, ...], tuple[Fault, ...]]:
    """As ``read_documents``, with the empty documents."""
    problem = _unreadable(text, path)
    if problem:
        return (), (problem,)
    documents: list[Document] = []
    faults: list[Fault] = []
    for number, found in enumerate(_Stream(text, path)):
        if number >= MAX_DOCUMENTS:
            line = found.line if isinstance(found, Document) else found[0].line
            faults.append(
                Fault(path, line, 1, f"more than {MAX_DOCUMENTS} documents", hint="the rest is not read")
            )
            break
        if isinstance(found, Document):
            documents.append(found)
        else:
            faults += found
    return tuple(documents), tuple(faults)


def parsed_text(text: str) -> str:
    """A text as the parser reads it, every character in its place: only a byte order mark is left out.

    What the parser is too strict for has a stand-in, so that its lines are those of ``Document.spot``.
    """
    stream = _Stream(text, "")
    for _ in stream:
        """Tabs are mended where the parser comes upon them."""
    return stream.text


def _unreadable(text: str, path: str) -> Fault | None:
    """What makes a file as a whole no text that we read."""
    if len(text) > MAX_BYTES or (not text.isascii() and len(text.encode(errors="surrogatepass")) > MAX_BYTES):
        return too_large(MAX_BYTES).fault(path)
    problem = nul_in(text)
    return problem.fault(path) if problem else None


class _Stream:
    """The documents of a text, one after the other; where one cannot be read its faults come instead."""

    def __init__(self, text: str, path: str) -> None:
        self._has_stand_ins = bool(_ODD_ONE.search(text))
        if self._has_stand_ins:
            text = text.translate(_STAND_INS)
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        self.text = text.removeprefix("\ufeff")
        """What is parsed."""
        self._path = path
        self._mended = 0
        # A line and where it begins; to count from the start each time would take a hostile file's minutes.
        self._known = (0, 0)

    def __iter__(self) -> Iterator[Document | list[Fault]]:
        line: int | None = 0
        while line is not None:
            composer = Composer(_BASE(self.text[self._offset_of(line) :]), line, self._path)
            try:
                yield from self._read(composer)
                return
            except yaml.MarkedYAMLError as error:
                fault = _syntax(self._path, error, line)
                if self._can_go_on(error, fault.line - 1, composer):
                    line = composer.begins
                    continue
                if not self._is_harmless(error, composer):
                    yield [fault]
            except Refused as error:
                yield [error.fault]
            except yaml.YAMLError as error:
                yield [Fault(self._path, line + 1, 1, f"this is not YAML: {error}")]
            finally:
                composer.close()
            line = self._next(composer.begins)

    def _read(self, composer: Composer) -> Iterator[Document | list[Fault]]:
        for value, spot, faults in composer.documents():
            if faults:
                yield faults
            else:
                yield Document(self._original(value) if self._has_stand_ins else value, spot[0], spot)

    def _can_go_on(self, error: yaml.MarkedYAMLError, at: int, composer: Composer) -> bool:
        """Whether the parser is stricter than YAML here, and the present document can be read after all."""
        if composer.is_ended and error.problem == "did not find expected <document start>":
            return True
        start = self._offset_of(at)
        end = self.text.find("\n", start)
        row = self.text[start : end if end >= 0 else None]
        self._mended += 1
        if self._mended > _MOST_MENDED or not (_BLANK_WITH_TAB.match(row) or _DASH_AND_TAB.match(row)):
            return False
        self.text = self.text[:start] + row.replace("\t", " ") + self.text[start + len(row) :]
        return True

    def _is_harmless(self, error: yaml.MarkedYAMLError, composer: Composer) -> bool:
        """Whether it is only a directive that nobody knows, before a document that begins as it has to."""
        is_directive = error.problem in _HARMLESS
        return is_directive and bool(_DIRECTIVES.match(self.text, self._offset_of(composer.begins)))

    def _next(self, begins: int) -> int | None:
        """The line of the document after a broken one: no value can hold a line with ``---``."""
        after = self._offset_of(begins + 1)
        found = _MARKER.search(self.text, after) if after else None
        return begins + 1 + self.text.count("\n", after, found.start()) if found else None

    def _offset_of(self, line: int) -> int:
        """Where a line (from 0) begins; 0 also when there is no such line."""
        known, at = self._known if self._known[0] <= line else (0, 0)
        for _ in range(line - known):
            at = self.text.find("\n", at) + 1
            if not at:
                return 0
        self._known = (line, at)
        return at

    def _original(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.translate(_ORIGINALS)
        if isinstance(value, list):
            return [self._original(item) for item in value]
        if isinstance(value, dict):
            return {self._original(key): self._original(item) for key, item in value.items()}
        return value


def _syntax(path: str, error: yaml.MarkedYAMLError, offset: int) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1 + offset, mark.column + 1) if mark else (0, 0)
    problem = str(error.problem or error.context or "cannot be read")
    if problem == "exceeded maximum nesting depth":
        return Fault(path, line, column, f"nested deeper than {MAX_DEPTH} levels")
    return Fault(path, line, column, f"this is not YAML: {problem}", hint=_HINTS.get(problem, ""))


_HINTS: Mapping[str, str] = {
    "mapping values are not allowed here": "put quotes around text that has a colon in it",
    "mapping values are not allowed in this context": "put quotes around text that has a colon in it",
    "found character that cannot start any token": "indent with spaces, not tabs, and put quotes around text"
    " that begins with @, ` or %",
    "found character '\\t' that cannot start any token": "indent with spaces, never with tabs",
    "found unknown escape character": "write a backslash twice, or use single quotes",
    "could not find expected ':'": "this line, or the one above it, lacks a colon or its indentation",
    "did not find expected key": "look at the indentation of this line, and at quotes that were not closed above",
    "did not find expected '-' indicator": "each item of a list begins with a dash, all at one indentation",
    "did not find expected <document start>": "look at the indentation: this belongs to nothing above",
    "did not find expected ',' or ']'": "a list in [ ] was not closed",
    "did not find expected ',' or '}'": "put quotes around text that has braces in it, such as {{ name }}",
    "did not find expected node content": "a value is missing here, or a bracket or brace above was not closed",
    "found unexpected end of stream": "a quote was not closed",
    "found unexpected document indicator": "a quote was not closed",
}
