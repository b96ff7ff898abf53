"""The root of the command line: global options, how errors end a command, and all commands."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import catalog, demo, operations, plugins, scorecard, templates
from bot.cli.context import Context
from core import log
from core.errors import CallboardError, SettingsError, Unavailable, UserError


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


for group in (catalog, scorecard, templates, operations, demo, plugins):
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
    return 0


def _explain(error: CallboardError) -> int:
    sys.stderr.write(f"callboard: {error}\n")
    if isinstance(error, UserError) and error.hint:
        sys.stderr.write(f"{error.hint}\n")
    if isinstance(error, SettingsError):
        sys.stderr.write("`callboard doctor` shows every setting with its source.\n")
        return 2
    return 3 if isinstance(error, Unavailable) else 1
