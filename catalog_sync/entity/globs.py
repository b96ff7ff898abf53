"""Pure: patterns for paths, as Locations and settings write them: ``*``, ``?``, ``**``, ``[ab]``, ``{a,b}``.

Source: minimatch, which Backstage uses; ``*`` does not match a leading dot.
"""

import re

MAX_ALTERNATIVES = 100
MAX_LENGTH = 500
MAX_DOUBLE_STARS = 4
"""A pattern beyond these limits fits nothing but itself: it could take for ever to compare."""
_SPECIAL = re.compile(r"[*?\[{]")


def is_glob(path: str) -> bool:
    """Whether a path is a pattern; a plain path is one that holds none of ``* ? [ {``."""
    return _SPECIAL.search(path) is not None


class Glob:
    """One pattern, ready to be compared with many paths."""

    def __init__(self, pattern: str) -> None:
        self._regex = re.compile(rf"(?:{'|'.join(_expressions(pattern))})\Z", re.DOTALL)

    def matches(self, path: str) -> bool:
        """Whether a path, without a leading slash, fits."""
        return self._regex.match(path) is not None


def _expressions(pattern: str) -> list[str]:
    if len(pattern) > MAX_LENGTH or pattern.count("**") > MAX_DOUBLE_STARS:
        return [re.escape(pattern)]
    return [_translated(text) for text in _alternatives(pattern)]


def _alternatives(pattern: str) -> list[str]:
    """The patterns that braces stand for; too many, or unbalanced ones, are taken as plain characters."""
    done, todo = [], [pattern]
    while todo:
        text = todo.pop()
        found = re.search(r"\{([^{}]*,[^{}]*)\}", text)
        if not found:
            done.append(text)
        else:
            todo += [text[: found.start()] + part + text[found.end() :] for part in found[1].split(",")]
        if len(done) + len(todo) > MAX_ALTERNATIVES:
            return [pattern]
    return done


def _translated(pattern: str) -> str:
    parts = re.sub(r"/+", "/", pattern).strip("/").split("/")
    text = ""
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part == "**":
            if number and parts[number - 1] == "**":
                continue
            text += r"(?:(?!\.)[^/]+/)*(?!\.)[^/]+" if is_last else r"(?:(?!\.)[^/]+/)*"
        else:
            text += _segment(part) + ("" if is_last else "/")
    return text


def _segment(part: str) -> str:
    """One name between slashes; what lies between stars is taken where it comes first, and never tried again."""
    pieces = [_piece(text) for text in re.split(r"\*+", part)]
    guard = r"(?!\.)" if part[:1] in "*?[" else ""
    if len(pieces) == 1:
        return guard + pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1])
    return f"{guard}{pieces[0]}{middle}[^/]*{pieces[-1]}"


def _piece(text: str) -> str:
    return re.sub(r"\[[!^]?[^\]/]+\]|.", _one, text, flags=re.DOTALL)


def _one(found: "re.Match[str]") -> str:
    """One character of a name: itself, any (``?``), or one of a class (``[a-c]``, ``[!x]``)."""
    text = found[0]
    if text == "?":
        return "[^/]"
    if len(text) == 1:
        return re.escape(text)
    negated = text[1] in "!^"
    body = re.sub(r"[\\\[^&~|]", r"\\\g<0>", text[2 if negated else 1 : -1])
    expression = f"[{'^/' if negated else ''}{body}]"
    try:
        re.compile(expression)
    except re.error:
        return re.escape(text)
    return expression
