"""Pure: lines of docs as mrkdwn: prose that formats nothing, code that stays as it is."""

import re
from collections.abc import Iterator

from bot.slack.blocks import cut, escape
from catalog_sync.docs.excerpts import FENCE

_CODE = re.compile(r"(`[^`\n]+`)")
_MARK = re.compile(r"(?<![^\s(\[{\"'])([*_~])(?=\S)")
"""A mark of mrkdwn where it would format what follows; one inside a word, as in ``snake_case``, does nothing."""
_NO_WIDTH = "\u200b"
_LONGEST_LINE, _LONGEST = 450, 2_600
"""Characters of one line and of all of them, escaped; a block takes 3,000."""


def mrkdwn(excerpt: str) -> str:
    """An excerpt as it stands in a block; what would be too long is cut at the end of a line, outside of code."""
    lines: list[str] = []
    length, is_code = 0, False
    for line, in_code in _lines(excerpt):
        text = _fitted(line, in_code=in_code)
        length += len(text) + 8
        if length > _LONGEST:
            lines += [FENCE] if is_code else []
            return "\n".join([*lines, "…"])
        lines += [FENCE] if in_code != is_code else []
        lines.append(text)
        is_code = in_code
    return "\n".join(lines + ([FENCE] if is_code else []))


def prose(text: str) -> str:
    """A line of prose: its code between backticks stays, nothing else formats, links or mentions."""
    parts = _CODE.split(text)
    return "".join(
        escape(part) if number % 2 else escape(_MARK.sub(f"\\1{_NO_WIDTH}", part.replace("`", "'")))
        for number, part in enumerate(parts)
    )


def plain(excerpt: str) -> str:
    """An excerpt on one line, for notifications and screen readers."""
    return " ".join(" ".join(line for line, _is_code in _lines(excerpt)).split())


def _lines(excerpt: str) -> Iterator[tuple[str, bool]]:
    is_code = False
    for line in excerpt.splitlines():
        if line.startswith(FENCE):
            is_code = not is_code
        else:
            yield line, is_code


def _fitted(line: str, *, in_code: bool) -> str:
    shown = escape(line.replace(FENCE, "'''")) if in_code else prose(line)
    while len(shown) > _LONGEST_LINE:
        line = cut(line, max(1, len(line) * 3 // 4))
        shown = escape(line.replace(FENCE, "'''")) if in_code else prose(line)
    return shown
