"""The root of the command line: global options, how errors end a command, and all commands."""

import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot.cli import (
    asking,
    catalog,
    demo,
    entities,
    lint,
    mend,
    operations,
    owners,
    people,
    plugins,
    sandbox,
    scorecard,
    templates,
)
from bot.cli.context import Context, harmless
from core import log
from core.errors import CallboardError, SettingsError, Unavailable, UserError

BUG = 70
"""The exit code of a bug, as sysexits.h has it: never to be taken for an answer."""
_log = structlog.get_logger(__name__)


def _leave(code: object, **_options: object) -> None:
    """What a command returns is the exit code of the process."""
    raise typer.Exit(code if isinstance(code, int) else 0)


app = typer.Typer(
    name="callboard",
    result_callback=_leave,
    help="Backstage inside Slack: who owns it, how to run it, how to start it, how well it is kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _global_options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The settings file; callboard.yaml by default.")] = None,
    database: Annotated[
        str | None,
        typer.Option(help="The database's address; an SQLite file in the data directory by default."),
    ] = None,
) -> None:
    context.obj = Context(config, database)


for group in (
    catalog,
    owners,
    asking,
    entities,
    people,
    scorecard,
    lint,
    mend,
    templates,
    operations,
    demo,
    sandbox,
    plugins,
):
    group.register(app)


def run(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (see ``bot.cli.main``)."""
    log.set_up("warning")
    try:
        app(args=arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except CallboardError as error:
        return _explain(error)
    except Exception as error:  # noqa: BLE001 - the command line is an outer rim
        return _bug(error)
    return 0


def _bug(error: Exception) -> int:
    reference = log.new_reference()
    _log.error("command.bug", reference=reference, exc_info=error)
    sys.stderr.write(f"callboard: something broke inside; its reference is {reference}, logged above.\n")
    return BUG


def _explain(error: CallboardError) -> int:
    sys.stderr.write(f"callboard: {harmless(str(error))}\n")
    if isinstance(error, UserError) and error.hint:
        sys.stderr.write(f"{harmless(error.hint)}\n")
    if isinstance(error, SettingsError):
        return 2
    return 3 if isinstance(error, Unavailable) else 1
