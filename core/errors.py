"""Every error that Callboard raises on purpose, as one tree.

::

    CallboardError
      UserError            the person can fix it; message and hint are shown as they are
        NotFound           nothing by that name, or nothing that the asker may see
        NotAllowed         the asker may not do this
        InvalidFile        all errors of a file at once, each at path:line:column
      Unavailable          a system we depend on did not answer; jobs retry it
        DatabaseUnavailable
        GitHubUnavailable
        SlackUnavailable
      SettingsError        the process cannot start

Anything else that escapes is a bug: it is logged once with a reference number and the person
sees that number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CallboardError(Exception):
    """The root of the tree; never raised itself."""


class UserError(CallboardError):
    """A mistake that the person in front of us can mend.

    Args:
        message: One sentence, shown as it is.
        hint: What to do next, shown below the message; empty when there is nothing to add.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotFound(UserError):
    """Nothing by that name, or nothing that the asker may see: the two read the same on purpose."""


class NotAllowed(UserError):
    """The asker may not do this; the message names who may."""


class Severity(StrEnum):
    """How bad a fault is."""

    ERROR = "error"
    """The file, or a part of it, is refused."""
    WARNING = "warning"
    """It is taken, but probably does not mean what its author thinks."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake at one place of one file.

    ``line`` and ``column`` count from 1; 0 means that the whole file is meant.
    ``where`` is the field inside the document (``metadata.name``), empty when there is none.
    """

    path: str
    line: int
    column: int
    message: str
    where: str = ""
    expected: str = ""
    found: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR

    @property
    def place(self) -> str:
        """``path:line:column``, or the path alone when the whole file is meant."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path

    def __str__(self) -> str:
        parts = [f"{self.place}: {self.message}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found:
            parts.append(f"found {self.found}")
        if self.hint:
            parts.append(self.hint)
        return "; ".join(parts)


class InvalidFile(UserError):
    """A file that somebody wrote is wrong; carries all of its faults at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Unavailable(CallboardError):
    """A system that we depend on did not answer.

    Jobs try again; people are told what still works.

    Args:
        message: What did not answer, and how.
        retry_after_s: Seconds to wait before the next try, where the system named them.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


class DatabaseUnavailable(Unavailable):
    """No connection to the database could be made."""


class GitHubUnavailable(Unavailable):
    """GitHub did not answer, or answered that we have to wait."""


class SlackUnavailable(Unavailable):
    """Slack did not answer, or answered that we have to wait."""


class SettingsError(CallboardError):
    """The process cannot start; the message names the setting and where its value came from."""
