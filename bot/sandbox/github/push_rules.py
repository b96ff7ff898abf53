"""What a push asks for, read from its first lines, and which of that rules forbid: a hook of git's says it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.sandbox.github import rules
from bot.sandbox.github.plumbing import EMPTY_TREE, NO_OBJECT
from bot.sandbox.github.state import HostedRepository, State

_HOOK = """#!/bin/sh
# Called by git for each reference of a push: name, old and new object.
say() { echo "error: $1" >&2; exit 1; }
while read -r name words; do
  [ "$name" = "$1" ] && say "GH013: Repository rule violations found for $1. $words"
done <<END
$CALLBOARD_REFUSED
END
zero=0000000000000000000000000000000000000000
for name in $CALLBOARD_NO_FORCE; do
  if [ "$name" = "$1" ] && [ "$2" != $zero ] && [ "$3" != $zero ]; then
    git merge-base --is-ancestor "$2" "$3" || say "GH003: Sorry, force-pushing to $1 is not allowed."
  fi
done
if [ -n "$CALLBOARD_NO_WORKFLOWS" ] && [ "$3" != $zero ]; then
  base=$2
  [ "$base" = $zero ] && base=$(git rev-parse --verify --quiet HEAD^{commit} || echo "$CALLBOARD_NO_WORKFLOWS")
  file=$(git diff --name-only "$base" "$3" -- .github/workflows | head -n 1)
  [ -n "$file" ] && say "refusing to allow a token to create or update workflow \\`$file\\` without \\`workflows\\` permission"
fi
exit 0
"""


@dataclass(frozen=True, slots=True)
class Command:
    """One reference that a push changes; None is no object."""

    old: str | None
    new: str | None
    reference: str


def commands(head: bytes) -> list[Command] | None:
    """The commands at the begin of a push; None as long as not all of them have come."""
    found: list[Command] = []
    position = 0
    while True:
        length = head[position : position + 4]
        if length == b"0000":
            return found
        try:
            size = int(length, 16)
        except ValueError:
            return None if len(length) < 4 else found
        if size < 4 or position + size > len(head):
            return None if size >= 4 else found
        line = head[position + 4 : position + size].partition(b"\0")[0].decode(errors="replace").strip()
        position += size
        parts = line.split(" ", 2)
        if len(parts) == 3:
            old, new = (None if oid == NO_OBJECT else oid for oid in parts[:2])
            found.append(Command(old, new, parts[2]))


def verdicts(
    state: State, item: HostedRepository, asked: Sequence[Command], *, may_workflows: bool
) -> dict[str, str]:
    """The environment that tells git's hook what to refuse; empty where nothing is forbidden."""
    refused, unforced = [], []
    for command in asked:
        verdict = rules.pushed(state, item, command.reference, command.old, command.new)
        if verdict.words:
            refused.append(f"{command.reference} {verdict.words}")
        elif verdict.is_unforced:
            unforced.append(command.reference)
    if not refused and not unforced and may_workflows:
        return {}
    return {
        "CALLBOARD_REFUSED": "\n".join(refused),
        "CALLBOARD_NO_FORCE": " ".join(unforced),
        "CALLBOARD_NO_WORKFLOWS": "" if may_workflows else EMPTY_TREE,
        "GIT_CONFIG_COUNT": "3",
        "GIT_CONFIG_KEY_2": "core.hooksPath",
        "GIT_CONFIG_VALUE_2": _hooks().name,
    }


@cache
def _hooks() -> "tempfile.TemporaryDirectory[str]":
    """A folder with the hook; it goes away with the process."""
    folder = tempfile.TemporaryDirectory(prefix="callboard-hooks-")
    hook = Path(folder.name) / "update"
    hook.write_text(_HOOK)
    hook.chmod(0o755)
    return folder
