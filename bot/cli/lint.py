"""The command lint: files are checked where they are written, before anybody reads them for real."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, say, say_json
from bot.slack.blocks import counted
from core.errors import Fault


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
        list[Path], typer.Argument(exists=True, help="Files, or folders with everything below.")
    ],
    shape: Annotated[
        Format, typer.Option("--format", help="text, json, or github for annotations of a pull request.")
    ] = Format.TEXT,
    as_json: AsJson = False,
) -> int:
    """Check descriptors, CODEOWNERS, scorecards, templates and settings; all faults at once."""
    from bot.lint import lint as linted_of

    linted = linted_of(paths)
    if as_json or shape is Format.JSON:
        say_json([_fault_json(fault) for fault in linted.faults])
    else:
        for fault in linted.faults:
            say(_annotation(fault) if shape is Format.GITHUB else str(fault))
    sys.stderr.write(
        f"{counted(len(linted.files), 'file')} checked, {counted(len(linted.faults), 'fault')}\n"
    )
    return 1 if linted.faults else 0


def _fault_json(fault: Fault) -> dict[str, Any]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "where": fault.where,
        "severity": "error",
        "message": fault.message,
        "expected": fault.expected,
        "found": fault.found,
        "hint": fault.hint,
    }


def _annotation(fault: Fault) -> str:
    """A workflow command that GitHub shows at the line.

    Source: GitHub's documentation "Workflow commands", and actions/toolkit for what is escaped.
    """
    place = f",line={fault.line},col={fault.column}" if fault.line else ""
    message = str(fault).removeprefix(f"{fault.place}: ")
    path = _escaped(fault.path).replace(":", "%3A").replace(",", "%2C")
    return f"::error file={path}{place},title=Callboard::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
