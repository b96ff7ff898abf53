"""Pure: whether a document is more than a server should read, found before it is read."""

import re

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 100
MAX_NAMES = 20_000
"""Names and numbers in the document; every field, argument and fragment is at least one."""
_STRING = re.compile(r'"""(?:\\"""|(?!""").)*"""|"(?:\\.|[^"\\\n])*"|#[^\n]*', re.DOTALL)
_WORD = re.compile(r"\.\.\.\s*\w*|\w+")


def is_too_large(text: str) -> bool:
    """Whether a document is too long, too deep, or asks the same thing too often."""
    if len(text) > MAX_CHARACTERS:
        return True
    bare = _STRING.sub('""', text)
    words = _WORD.findall(bare)
    return len(words) > MAX_NAMES or _depth(bare) > MAX_DEPTH


def _depth(text: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[{}()\[\]]", text):
        depth += 1 if mark in "{([" else -1
        deepest = max(deepest, depth)
    return deepest
