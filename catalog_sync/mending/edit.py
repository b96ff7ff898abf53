"""Pure: one changed line of a file, and how it is shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

_BREAK = re.compile(r"(?<=\n)")


@dataclass(frozen=True, slots=True)
class Edit:
    """A file before and after its owner was changed; equal when it named that owner already."""

    path: str
    before: str
    """The whole text; empty for a file that is made anew."""
    after: str
    line: int
    """Where the owner stands afterwards, from 1."""
    old: str
    """The owner as it was written; empty where there was none."""
    new: str
    """The owner as it is written now."""

    @property
    def is_change(self) -> bool:
        """Whether anything changes at all."""
        return self.before != self.after

    def diff(self) -> str:
        """The change as ``git diff`` shows it, without colours; empty when nothing changes."""
        return "\n".join(self._diff_lines())

    def _diff_lines(self) -> Iterator[str]:
        old = f"a/{self.path}" if self.before else "/dev/null"
        lines = unified_diff(_lines(self.before), _lines(self.after), old, f"b/{self.path}", n=2)
        for line in lines:
            yield line.rstrip("\r\n")
            if line[:1] in "+- " and not line.endswith("\n"):
                yield "\\ No newline at end of file"


def _lines(text: str) -> list[str]:
    return [line for line in _BREAK.split(text) if line]
