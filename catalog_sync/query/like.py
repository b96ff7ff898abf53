"""Pure: a term as SQL's LIKE understands it: ``%`` is anything, ``_`` is one character."""

import re

_LONGEST = 200
"""Values are no longer; a term that needs more characters is in none of them."""


class Like:
    """A term that may stand anywhere in a value.

    Its parts are looked for one after the other, and never again: the time does not explode, whatever
    the term.

    Args:
        term: In lower case.
    """

    def __init__(self, term: str) -> None:
        parts = [part for part in term.split("%") if part]
        self._is_hopeless = sum(map(len, parts)) > _LONGEST
        self._parts = [] if self._is_hopeless else [_pattern(part) for part in parts]

    def is_in(self, value: str) -> bool:
        """Whether a value, in lower case, has the term in it."""
        end = 0
        for part in self._parts:
            found = part.search(value, end)
            if found is None:
                return False
            end = found.end()
        return not self._is_hopeless


def _pattern(part: str) -> re.Pattern[str]:
    return re.compile("".join("." if char == "_" else re.escape(char) for char in part), re.DOTALL)
