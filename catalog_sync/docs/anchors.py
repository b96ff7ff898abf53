"""Pure: the anchors that GitHub gives the headings of a page."""

import unicodedata

_KEPT = frozenset(("Nd", "Nl", "Pc"))
_ALPHABETIC_SYMBOLS = ((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189))
"""Letters in circles and squares, which Unicode calls alphabetic though their category is a symbol's."""


def slug(heading: str) -> str:
    """The anchor of a heading before it is told from its twins.

    Source: GitHub's table of contents takes the heading's text in lower case, drops what is neither a
    word character, a dash nor a space, and puts a dash for each space.
    """
    return "".join("-" if char == " " else char for char in heading.lower() if _is_kept(char))


def _is_kept(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in "_- "
    category = unicodedata.category(char)
    return (
        category[0] in "LM"
        or category in _KEPT
        or any(first <= ord(char) <= last for first, last in _ALPHABETIC_SYMBOLS)
    )


class Anchors:
    """The anchors of one page, asked for in the order of its headings."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}

    def of(self, heading: str) -> str:
        """The anchor of the next heading; twins get ``-1``, ``-2`` and so on, whichever is free."""
        base = slug(heading)
        anchor = base
        while anchor in self._uses:
            self._uses[base] += 1
            anchor = f"{base}-{self._uses[base]}"
        self._uses[anchor] = 0
        return anchor
