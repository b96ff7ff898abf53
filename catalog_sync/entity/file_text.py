"""Pure: the bytes of a file as text, or why they are none, and at which line and column that shows."""

from dataclasses import dataclass

from core.errors import Fault

NOT_TEXT = "this is not UTF-8 text"
TOO_LARGE = "the file is too large"
_EXPECTED = "a file that was saved as UTF-8"
_HINT = "save the file as UTF-8"
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
"""What files of other encodings begin with."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file is not read; line and column are 0 where nobody can tell the place."""

    message: str
    expected: str
    found: str = ""
    hint: str = ""
    line: int = 0
    column: int = 0

    def fault(self, path: str) -> Fault:
        """The same as a fault of a file."""
        return Fault(
            path,
            self.line,
            self.column,
            self.message,
            expected=self.expected,
            found=self.found,
            hint=self.hint,
        )


BINARY = Unreadable(NOT_TEXT, _EXPECTED, "a binary file", _HINT)
"""What is said of a file of which the host tells no more than that it is no text."""


def too_large(most: int) -> Unreadable:
    """What is said of a file of more than so many bytes."""
    return Unreadable(TOO_LARGE, f"at most {most:,} bytes")


def text_of(content: bytes) -> str | Unreadable:
    """The text of a file; a byte order mark of UTF-8 stays in front of it."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return not_text(name, 1, 1)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        start = before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8").removeprefix("\ufeff")) + 1
        nul = before.find(b"\0")
        if nul < 0:
            return not_text(f"the byte 0x{content[error.start]:02X}", line, column)
        text = before.decode("utf-8")
    return nul_in(text) or text


def nul_in(text: str) -> Unreadable | None:
    """What is said of a text with a NUL character in it: it was saved as UTF-16, or is no text at all."""
    at = text.find("\0")
    if at < 0:
        return None
    line = text.count("\n", 0, at) + 1
    return not_text("a NUL character", line, at - text.rfind("\n", 0, at))


def not_text(found: str, line: int, column: int) -> Unreadable:
    """What is said of a file that is no UTF-8 text."""
    return Unreadable(NOT_TEXT, _EXPECTED, found, _HINT, line, column)
