"""Commands that run and look after the bot: serve, doctor, manifest, db."""

import signal
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from core.errors import SettingsError
from core.plugins import Plugins

if TYPE_CHECKING:
    from bot.doctor import Finding

_WORDS = ("who", "docs", "find", "team", "deps", "new", "score", "wrong", "me", "home", "previews")
"""The conversations that ship; a manifest is needed before the bot that has them can be built."""

db_app = typer.Typer(
    name="db", help="The database: bring it up to date, check it, copy it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(serve)
    app.command()(doctor)
    app.command()(manifest)
    app.add_typer(db_app)


def serve(context: typer.Context) -> int:
    """Run the bot until it is stopped."""
    from bot.bootstrap import build

    callboard = build(context_of(context).settings())
    ended = threading.Event()
    try:
        callboard.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        say(f"Callboard is running; health at {callboard.web.url}/health")
        ended.wait()
    finally:
        callboard.stop()
    return 0


def doctor(context: typer.Context, as_json: AsJson = False) -> int:
    """Look at settings, tokens, database, schedules, teams and the jail; say what to mend."""
    from bot.doctor import Finding as Found
    from bot.doctor import examine

    code = 1
    try:
        findings = examine(context_of(context).settings())
    except SettingsError as error:
        # Nothing else can be looked at; each of its lines is one mistake.
        findings, code = tuple(Found("settings", False, line) for line in str(error).splitlines()), 2
    if as_json:
        say_json([{"check": f.check, "ok": f.ok, "message": f.message, "fix": f.fix} for f in findings])
    else:
        say(_doctor_text(findings))
    return 0 if all(finding.ok for finding in findings) else code


def _doctor_text(findings: "Sequence[Finding]") -> str:
    """What is wrong stands last: that is where the eye is when a command ends."""
    lines = [
        f"{'✓' if item.ok else '✗'} {item.check}: {item.message}" + (f"\n    {item.fix}" if item.fix else "")
        for item in sorted(findings, key=lambda item: not item.ok)
    ]
    wrong = sum(not item.ok for item in findings)
    return "\n".join([*lines, "", f"{wrong} to mend." if wrong else "All is well."])


def manifest(
    context: typer.Context,
    url: Annotated[str, typer.Option(help="The public address, for http mode.")] = "",
    reasons: Annotated[
        bool, typer.Option(help="Say why each permission is asked for, on standard error.")
    ] = False,
) -> None:
    """Print the Slack app's manifest, from what is registered."""
    from bot.bootstrap import load_plugins
    from bot.slack.aliases import check_aliases
    from bot.slack.manifest import SCOPES
    from bot.slack.manifest import manifest as manifest_of
    from bot.slack.wiring import preview_domains

    settings = context_of(context).settings()
    if reasons:
        for scope, reason in SCOPES.items():
            typer.echo(f"{scope}: {reason}", err=True)
    words = command_words(load_plugins(settings))
    command, aliases = settings.slack.command, settings.slack.aliases
    check_aliases(aliases, command, words)
    domains = preview_domains(settings)
    is_socket = settings.slack.mode == "socket"
    say_json(manifest_of(command, words, socket_mode=is_socket, url=url, domains=domains, aliases=aliases))


def command_words(plugins: Plugins) -> list[str]:
    """What may follow the slash command: the conversations that ship, those of plugins, and help."""
    return [*_WORDS, *(item.name for item in plugins.of("callboard_commands")), "help"]


@db_app.command("upgrade")
def db_upgrade(context: typer.Context) -> None:
    """Bring the tables up to this version."""
    from bot.catalog import open_database

    open_database(context_of(context).settings()).close()
    say("The database is up to date.")


@db_app.command("check")
def db_check(context: typer.Context) -> int:
    """Say whether the tables fit this version; changes nothing."""
    from core.database import connect
    from core.migrate import behind

    with closing(connect(context_of(context).settings().database)) as database:
        is_behind = behind(database)
    say(
        "The database is older than this version; run: callboard db upgrade"
        if is_behind
        else "The database is up to date."
    )
    return 1 if is_behind else 0


@db_app.command("backup")
def db_backup(context: typer.Context, target: Path) -> None:
    """Copy the database into a file while others go on using it."""
    from core.database import connect
    from core.migrate import backup

    with closing(connect(context_of(context).settings().database)) as database:
        say(f"Copied to {backup(database, target)}")
