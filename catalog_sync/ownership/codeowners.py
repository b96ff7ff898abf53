"""Pure: CODEOWNERS as GitHub reads it: the last rule that matches decides; a bad line is skipped, never the file.

Source: GitHub's documentation "About code owners".
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef
from core.errors import Fault

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in this order."""

MAX_BYTES = 3_000_000
_EVERYTHING = frozenset(("*", "**", "/**", "**/*", "/**/*"))
_ANYTHING = "\0"
"""A name that no file has: only a rule about all that lies in its folder matches it."""
_TEAM = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+\Z")
_LOGIN = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:_[A-Za-z0-9]+)?\Z")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: a pattern and who owns what it matches; no owners means that nobody does."""

    line: int
    pattern: str
    owners: tuple[str, ...]

    @property
    def is_catch_all(self) -> bool:
        """Whether it is about the repository as a whole."""
        return self.pattern in _EVERYTHING

    def matches(self, path: str) -> bool:
        """Whether the pattern covers a path (relative to the repository's root)."""
        return _matcher(self.pattern)(path)


@dataclass(frozen=True)
class Codeowners:
    """A whole file."""

    path: str
    rules: tuple[Rule, ...]
    faults: tuple[Fault, ...]

    def owners_of(self, path: str) -> Rule | None:
        """The rule that decides about a path: the last that matches; None when none does."""
        plain = path.lstrip("/")
        return next((rule for rule in self._latest_first if rule.matches(plain)), None)

    def owners_of_folder(self, folder: str) -> Rule | None:
        """The rule that decides about all that lies in a folder, the root for an empty one.

        A rule about some of its files (``*.md``, ``/docs/index.html``) is not looked at.
        """
        return self.owners_of(f"{folder}/{_ANYTHING}" if folder else _ANYTHING)

    def owners_of_either(self, path: str) -> Rule | None:
        """The rule that decides about a path of which nobody knows whether it is a file or a folder.

        A later rule that is only about what lies in it says that it is a folder.
        """
        rules = [rule for rule in (self.owners_of(path), self.owners_of_folder(path.strip("/"))) if rule]
        return max(rules, key=lambda rule: rule.line, default=None)

    @property
    def catch_all(self) -> Rule | None:
        """The last ``*`` rule, which stands for the repository as a whole."""
        return next((rule for rule in self._latest_first if rule.is_catch_all), None)

    @cached_property
    def _latest_first(self) -> tuple[Rule, ...]:
        return tuple(reversed(self.rules))


def parse(text: str, path: str = "CODEOWNERS") -> Codeowners:
    """Read a CODEOWNERS file; what GitHub would skip is skipped, and named in ``faults``."""
    if len(text) > MAX_BYTES:
        return Codeowners(
            path, (), (Fault(path, 0, 0, "the file is too large for GitHub", expected="less than 3 MB"),)
        )
    rules: list[Rule] = []
    faults: list[Fault] = []
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        words = _words(raw.rstrip("\r"))
        if not words:
            continue
        pattern, owners = words[0], words[1:]
        problem = _problem(pattern, owners)
        if problem:
            column = raw.find(problem[1]) + 1
            faults.append(
                Fault(path, number, max(column, 1), problem[0], expected=problem[2], found=problem[1])
            )
            continue
        rules.append(Rule(number, pattern, tuple(owners)))
    return Codeowners(path, tuple(rules), tuple(faults))


def is_owner(word: str) -> bool:
    """Whether a word is written as GitHub takes owners; whether there is such a one is another question."""
    return bool(_TEAM.match(word) or _LOGIN.match(word) or _MAIL.match(word))


def owner_ref(owner: str) -> EntityRef:
    """The catalog reference for an owner as CODEOWNERS writes it.

    ``@org/team`` is a Group, ``@login`` a User, a mail address the User of its local part.
    """
    if owner.startswith("@") and "/" in owner:
        return EntityRef("Group", DEFAULT_NAMESPACE, owner.partition("/")[2])
    return EntityRef("User", DEFAULT_NAMESPACE, owner.lstrip("@").partition("@")[0])


def _words(line: str) -> list[str]:
    """The words of a line up to a comment; a backslash keeps a blank inside a word."""
    words: list[str] = []
    current, escaped = "", False
    for character in line:
        if escaped:
            current += character if character == " " else f"\\{character}"
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "#" and not current:
            break
        elif character in " \t":
            words, current = ([*words, current], "") if current else (words, current)
        else:
            current += character
    current += "\\" if escaped else ""
    return [*words, current] if current else words


def _problem(pattern: str, owners: list[str]) -> tuple[str, str, str] | None:
    """What is wrong with a line: message, the word that is wrong, what was expected."""
    if pattern.startswith("!"):
        return "GitHub knows no negated patterns here", pattern, "a pattern without !"
    if pattern.startswith("\\#"):
        return "GitHub knows no escaped # here", pattern, "a pattern that does not start with #"
    for owner in owners:
        if not is_owner(owner):
            return "this is no owner", owner, "@organisation/team, @login or a mail address"
    return None


@lru_cache(maxsize=16_384)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Made when it is first needed: a file may have thousands of rules, and a regex takes 100 us to make."""
    if re.search(r"[*?\\]", pattern) or pattern == "/":
        regex = _regex(pattern)
        return lambda path: regex.match(path) is not None
    body, is_inside = pattern.strip("/"), pattern.endswith("/")
    if pattern.startswith("/") or "/" in body:
        return lambda path: path.startswith(f"{body}/") or (path == body and not is_inside)
    return lambda path: f"/{body}/" in (f"/{path}" if is_inside else f"/{path}/")


def _regex(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; a match of a folder covers everything in it, except for ``dir/*``."""
    anchored = pattern.startswith("/") or "/" in pattern.strip("/")
    body = pattern.strip("/") if pattern != "/" else ""
    only_inside = pattern.endswith("/")
    parts = body.split("/")
    translated = _parts(parts)
    prefix = "" if anchored else r"(?:.*/)?"
    last_is_star = (parts[-1] == "*" and len(parts) > 1) or pattern == "/*"
    if parts[-1] == "**" or (last_is_star and not only_inside):
        suffix = ""
    else:
        suffix = "/.*" if only_inside else r"(?:/.*)?"
    return re.compile(prefix + translated + suffix + r"\Z", re.DOTALL)


def _parts(parts: list[str]) -> str:
    """The parts of a pattern; what stands between two ``**`` is sought once, at its first place.

    An earlier place leaves more for the rest, so nothing is lost by not trying the later ones, and a
    pattern with many stars costs no more than one with few.
    """
    text, opened = "", 0
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part != "**":
            text += _segment(part) + ("" if is_last else "/")
            continue
        text, opened = text + ")" * opened, 0
        if is_last:
            text += ".*"
        elif "**" in parts[number + 1 :]:
            text, opened = text + r"(?>(?:.*?/)??", 1
        else:
            text += r"(?:.*/)?"
    return text


def _segment(part: str) -> str:
    """One name between slashes: ``*`` and ``?`` stay inside it; of several stars only the last tries again."""
    pieces, escaped = [""], False
    for character in part:
        if escaped or character not in "\\*?":
            pieces[-1] += re.escape(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "?":
            pieces[-1] += "[^/]"
        elif pieces[-1] or len(pieces) == 1:  # several stars in a row are one
            pieces.append("")
    first, *rest = pieces
    sought = "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1])
    return first + sought + (f"[^/]*{rest[-1]}" if rest else "")
