"""Pure: changes the owner of a path in CODEOWNERS; every other rule keeps its line, its owners and its comment.

The rule that decides about the path gets the new owner. Where that rule is for everything and only a
part is meant, or where there is none, a rule is added at the one place where it changes nothing else.
"""

import re
from collections.abc import Sequence

from catalog_sync.mending.edit import Edit
from catalog_sync.ownership.codeowners import Codeowners, Rule, parse
from catalog_sync.ownership.codeowners_check import words_of
from core.errors import UserError

NEW_FILE = ".github/CODEOWNERS"
"""Where a file is made for a repository that has none: GitHub looks there first."""
_SPECIAL = re.compile(r"[*?\[\]\\\x00-\x1f\x7f]")
_BOM = "\ufeff"


def set_owner(text: str, path: str, subject: str, owner: str, *, is_folder: bool = False) -> Edit:
    """Name the owner of a path, or of the repository as a whole.

    Args:
        text: The whole file; empty for one that is to be made.
        path: How the file is called.
        subject: A path below the repository's root; empty for the repository as a whole.
        owner: ``@organisation/team``, ``@login`` or a mail address.
        is_folder: Whether the path is a folder's; then all that lies in it is meant.

    Raises:
        UserError: The path has characters that CODEOWNERS cannot say, or the file is larger than GitHub reads.
    """
    subject = subject.strip("/")
    before = parse(text, path)
    if text and not before.rules and before.faults and not before.faults[0].line:
        raise UserError(f"{path} is too large for GitHub to read.", "Make it smaller than 3 MB first.")
    is_whole = is_folder or not subject
    rule = _deciding(before, subject, is_folder=is_whole)
    if rule is not None and [name.lower() for name in rule.owners] == [owner.lower()]:
        return Edit(path, text, text, rule.line, owner, owner)
    lines = text.split("\n")
    if rule is not None and not (rule.is_catch_all and subject):
        line = rule.line
        lines[line - 1] = _with_owner(lines[line - 1], owner)
    else:
        line = rule.line + 1 if rule else _first_place(lines, before)
        _insert(lines, line, f"{_pattern(subject, is_folder=is_whole)} {owner}")
    after = "\n".join(lines)
    found = _deciding(parse(after, path), subject, is_folder=is_whole)
    if found is None or found.line != line or found.owners != (owner,):
        raise UserError(f"The owner at {path}:{line} cannot be changed alone.", "Change it by hand.")
    return Edit(path, text, after, line, " ".join(rule.owners) if rule else "", owner)


def _deciding(codeowners: Codeowners, subject: str, *, is_folder: bool) -> Rule | None:
    return codeowners.owners_of_folder(subject) if is_folder else codeowners.owners_of(subject)


def _with_owner(line: str, owner: str) -> str:
    """A rule's line with another owner: indentation, pattern, spacing and comment stay."""
    pattern, *owners = words_of(line)
    if owners:
        return f"{line[: owners[0].start]}{owner}{line[owners[-1].end :]}"
    return f"{line[: pattern.end]} {owner}{line[pattern.end :]}"


def _pattern(subject: str, *, is_folder: bool) -> str:
    """The pattern for a path and all below it; ``*`` for the repository.

    Raises:
        UserError: CODEOWNERS cannot say it.
    """
    if _SPECIAL.search(subject):
        raise UserError(
            f"CODEOWNERS cannot name {subject} alone: it has characters that mean something there.",
            "Name a folder above it.",
        )
    whole = "/" + subject.replace(" ", "\\ ") + ("/" if is_folder else "")
    return whole if subject else "*"


def _first_place(lines: Sequence[str], codeowners: Codeowners) -> int:
    """The line where a rule takes nothing from the others: above them, and above the comments of the first."""
    if not codeowners.rules:
        return len(lines) + bool(lines[-1])
    first = codeowners.rules[0].line
    above = first
    while above > 1 and lines[above - 2].lstrip(f" \t{_BOM}").startswith("#"):
        above -= 1
    # What stands at the head of the file is about all of it.
    return above if above > 1 else first


def _insert(lines: list[str], line: int, rule: str) -> None:
    """Put a rule into a line of its own, ended as the others are."""
    end = "\r" if lines[0].endswith("\r") else ""
    if line > len(lines):
        # The last line had no end.
        lines[-1] += end
        lines.append(rule)
    else:
        is_bom = line == 1 and lines[0].startswith(_BOM)
        lines[0] = lines[0].removeprefix(_BOM) if is_bom else lines[0]
        lines.insert(line - 1, (_BOM if is_bom else "") + rule + end)
