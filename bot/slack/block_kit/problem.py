"""Pure: one thing that Slack would refuse, in the words and codes that Slack itself uses.

The words are those of Slack's own JSON schema library (slackhq/hack-json-schema), which its answers quote:
``must be less than 3001 characters``, ``missing required field: text``, ``must be a valid enum value``.
Words for the few rules that are no schema come from answers that people published; where no answer is known
they are ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_LONGEST_QUOTE = 100
"""So much of a stranger's word is repeated in a message."""


class Code(StrEnum):
    """Why something is refused: the first three are those of ``blocks.validate``, the others name a method's error."""

    MISSING_FIELD = "missing_field"
    INVALID_TYPE = "invalid_type"
    FAILED_CONSTRAINT = "failed_constraint"
    BLOCKS_TOO_LONG = "msg_blocks_too_long"
    VIEW_TOO_LARGE = "view_too_large"
    TOO_MANY_ATTACHMENTS = "too_many_attachments"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that Slack would refuse: where, in which words, under which code.

    ``pointer`` is a JSON pointer from the value that was checked (the list of blocks, or the view); empty means
    the value as a whole. ``constraint`` is what was expected and found, as ``blocks.validate`` tells it.
    """

    pointer: str
    message: str
    code: str
    constraint: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def under(self, prefix: str) -> "Problem":
        """The same problem, seen from further up."""
        return Problem(prefix + self.pointer, self.message, self.code, self.constraint)


def missing(pointer: str, name: str) -> Problem:
    """A required field is not there; Slack points at the object, not at the field."""
    return Problem(pointer, f"missing required field: {name}", Code.MISSING_FIELD)


def wrong_type(pointer: str, wanted: str) -> Problem:
    """The JSON type is another one; ``wanted`` completes the sentence (``must provide a string``)."""
    return Problem(pointer, wanted, Code.INVALID_TYPE)


def unknown_field(pointer: str, name: str) -> Problem:
    """Slack takes no field that it does not know; it points at the object."""
    shown = quoted(name)
    return failed(
        pointer, f"invalid additional property: {shown}", {"type": "additional_properties", "got": shown}
    )


def unsupported(pointer: str, kind: str, allowed: Iterable[str]) -> Problem:
    """The object is of a kind that may not stand here; ``pointer`` is that of the object."""
    return failed(
        f"{pointer}/type",
        f"unsupported type: {quoted(kind)}",
        {"type": "enum", "expected": list(allowed)},
    )


def not_in(pointer: str, allowed: Iterable[str | int]) -> Problem:
    """The value is none of the few that are allowed."""
    return failed(pointer, "must be a valid enum value", {"type": "enum", "expected": list(allowed)})


def failed(pointer: str, message: str, constraint: Mapping[str, Any] | None = None) -> Problem:
    """Any other rule that does not hold."""
    return Problem(pointer, message, Code.FAILED_CONSTRAINT, constraint or {})


def quoted(text: str) -> str:
    """A stranger's word, cut where it would fill the answer."""
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
