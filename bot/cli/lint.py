"""The command lint: files are checked where they are written, before anybody reads them for real."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, say, say_json
from bot.slack.blocks import counted
from core.errors import Fault, Severity

_GLOB = ("*", "?", "[")


class Format(StrEnum):
    """How faults are shown."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(lint)


def lint(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders with everything below, or patterns."),
    ],
    shape: Annotated[
        Format, typer.Option("--format", help="text, json, or github for annotations of a pull request.")
    ] = Format.TEXT,
    as_json: AsJson = False,
) -> int:
    """Check descriptors, CODEOWNERS, scorecards, templates and settings; all faults at once."""
    from bot.lint import lint as linted_of

    linted = linted_of([file for path in paths for file in _named(path)])
    if as_json or shape is Format.JSON:
        say_json([_fault_json(fault) for fault in linted.faults])
    else:
        for fault in linted.faults:
            say(_annotation(fault) if shape is Format.GITHUB else _line(fault))
    errors = sum(fault.severity is Severity.ERROR for fault in linted.faults)
    warnings = len(linted.faults) - errors
    summary = [f"{counted(len(linted.files), 'file')} checked", counted(errors, "fault")]
    summary += [counted(warnings, "warning")] if warnings else []
    sys.stderr.write(f"{', '.join(summary)}\n")
    return 1 if errors else 0


def _named(text: str) -> list[Path]:
    """What a word names: a file or folder that is there, else what fits the pattern; links among these are left out.

    Raises:
        typer.BadParameter: Nothing.
    """
    path = Path(text)
    if path.exists() or path.is_symlink():
        return [path]
    found: list[Path] = []
    if any(sign in text for sign in _GLOB):
        root = Path(path.anchor)
        pattern = text.removeprefix(path.anchor)
        found = sorted(item for item in root.glob(pattern) if not item.is_symlink())
    if not found:
        raise typer.BadParameter(f"there is no file, no folder and no match for {text!r}", param_hint="PATH")
    return found


def _fault_json(fault: Fault) -> dict[str, Any]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "where": fault.where,
        "severity": str(fault.severity),
        "message": fault.message,
        "expected": fault.expected,
        "found": fault.found,
        "hint": fault.hint,
    }


def _line(fault: Fault) -> str:
    """A fault in one line, which neither a terminal nor a job's log takes for a command."""
    text = str(fault)
    if fault.severity is Severity.WARNING:
        text = f"{fault.place}: warning: {text.removeprefix(f'{fault.place}: ')}"
    plain = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
    return f"./{plain}" if plain.startswith(("::", "##[")) else plain


def _annotation(fault: Fault) -> str:
    """A workflow command that GitHub shows at the line.

    Source: GitHub's documentation "Workflow commands", and actions/toolkit for what is escaped.
    """
    place = f",line={fault.line},col={fault.column}" if fault.line else ""
    message = str(fault).removeprefix(f"{fault.place}: ")
    path = _escaped(_from_here(fault.path)).replace(":", "%3A").replace(",", "%2C")
    return f"::{fault.severity} file={path}{place},title=Callboard::{_escaped(message)}"


def _from_here(path: str) -> str:
    """A path as GitHub finds it: from the folder of the checkout, which the job runs in."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
