"""Pure: every fault of a CODEOWNERS file, for ``callboard lint``: each odd owner by itself, and rules that never decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_sync.ownership.codeowners import Codeowners, is_owner, parse
from core.errors import Fault, Severity

_WORD = re.compile(r"(?:\\.|[^ \t\\]|\\\Z)+")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+\Z")
_SECTION = re.compile(r"\s*\^?\[")
_BOM = "\ufeff"
_OWNER = "@organisation/team, @login or a mail address"
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line, with where it begins and ends (from 0)."""

    text: str
    start: int
    end: int


def words_of(line: str) -> tuple[Word, ...]:
    """The words of a line up to a comment: the pattern, then the owners."""
    start = len(_BOM) if line.startswith(_BOM) else 0
    found = []
    for word in _WORD.finditer(line.rstrip("\r"), start):
        if word[0].startswith("#"):
            break
        found.append(Word(word[0], word.start(), word.end()))
    return tuple(found)


def check_codeowners(text: str, path: str) -> tuple[Fault, ...]:
    """Every fault of the file, in the order of its lines; GitHub skips a line with an error and reads the others.

    Args:
        text: The whole file.
        path: How it is called.
    """
    codeowners = parse(text, path)
    if codeowners.faults and not codeowners.faults[0].line:
        return codeowners.faults
    lines = text.split("\n")
    found = [
        fault for error in codeowners.faults for fault in _line_faults(error, words_of(lines[error.line - 1]))
    ]
    found = list(dict.fromkeys(_as_section(fault, lines) for fault in found))
    found += _never_deciding(codeowners)
    found += _ranges(codeowners)
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.column)))


def _line_faults(error: Fault, words: Sequence[Word]) -> Iterator[Fault]:
    """What is wrong with a pattern, and one fault for each owner that GitHub does not take."""
    owners = words[1:]
    if error.found == words[0].text:
        yield error
    has_owner = any(word.text.startswith("@") for word in owners)
    for word in owners:
        if not is_owner(word.text):
            yield _owner_fault(error.path, error.line, word, has_owner=has_owner)


def _owner_fault(path: str, line: int, word: Word, *, has_owner: bool) -> Fault:
    text = word.text
    message, expected, hint = "this is no owner", _OWNER, ""
    parts = [part for part in text.split(",") if part]
    if "," in text and all(is_owner(part) or is_owner(f"@{part}") for part in parts):
        message += ": blanks stand between owners, not commas"
        expected = " ".join(part if is_owner(part) else f"@{part}" for part in parts) or "no comma"
    elif "," in text:
        message += ": blanks stand between owners, not commas"
    elif is_owner(f"@{text}") and (has_owner or _TEAM.match(text)):
        message += ": the @ is missing"
        expected = f"@{text}"
    elif "@" not in text:
        hint = (
            f"write @{text} if that is a login, or put # before a remark"
            if is_owner(f"@{text}")
            else "put # before a remark"
        )
    return Fault(
        path, line, word.start + 1, message, expected=expected[:_LONGEST], found=text[:_LONGEST], hint=hint
    )


def _as_section(fault: Fault, lines: Sequence[str]) -> Fault:
    """A heading of GitLab's is one mistake, not one for each of its words."""
    if not _SECTION.match(lines[fault.line - 1]):
        return fault
    shown = lines[fault.line - 1].strip()[:_LONGEST]
    return Fault(
        fault.path,
        fault.line,
        1,
        "GitHub knows no sections in CODEOWNERS",
        expected="a pattern and its owners",
        found=shown,
        hint="put # before the line to keep it as a heading",
    )


def _ranges(codeowners: Codeowners) -> Iterator[Fault]:
    for rule in codeowners.rules:
        if "[" in rule.pattern:
            is_section = rule.pattern.startswith(("[", "^["))
            yield _warning(
                codeowners.path,
                rule.line,
                f"GitHub knows no {'sections' if is_section else 'ranges'} here: [ and ] stand for themselves",
                rule.pattern,
                "write one line for each pattern that is meant",
            )


def _never_deciding(codeowners: Codeowners) -> Iterator[Fault]:
    """Rules that a later one takes everything from: the last rule that matches decides."""
    later: dict[str, int] = {}
    everything = 0
    for rule in reversed(codeowners.rules):
        winner = later.get(rule.pattern) or everything
        if winner:
            yield _warning(
                codeowners.path,
                rule.line,
                f"this rule never decides: line {winner} comes later and matches all that it does",
                rule.pattern,
                "the last rule that matches decides, so general rules go above special ones",
            )
        later.setdefault(rule.pattern, rule.line)
        if rule.is_catch_all and not everything:
            everything = rule.line


def _warning(path: str, line: int, message: str, found: str, hint: str) -> Fault:
    return Fault(path, line, 1, message, found=found[:_LONGEST], hint=hint, severity=Severity.WARNING)
