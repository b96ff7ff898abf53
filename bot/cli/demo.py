"""Commands that need nothing but this machine: demo, sandbox."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import AsJson, say, say_json

if TYPE_CHECKING:
    from bot.bootstrap import Callboard
    from bot.sandbox.github import LocalGitHub
    from bot.sandbox.process import SandboxProcess
    from bot.sandbox.slack import LocalSlack

_PORT = 4747


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)
    app.command()(sandbox)


def demo(
    tour: Annotated[bool, typer.Option(help="Play the main job without a browser, and exit.")] = False,
    port: Annotated[int, typer.Option(help="The page's port; a free one when it is taken.")] = _PORT,
    as_json: AsJson = False,
) -> int:
    """Try everything on a sample organisation: a local Slack in the browser, a local GitHub, and the bot."""
    with _demo_bot(0 if tour else port) as (callboard, outside):
        if tour:
            return _tour(callboard, outside, as_json)
        say(_WELCOME.format(page=outside.page))
        _until_stopped()
    return 0


def sandbox(
    slack_port: Annotated[int, typer.Option(help="Port of the local Slack; 0 takes a free one.")] = 0,
    github_port: Annotated[int, typer.Option(help="Port of the local GitHub; 0 takes a free one.")] = 0,
    org: Annotated[
        Path | None, typer.Option(help="A folder with organization.yaml; the sample by default.")
    ] = None,
    until_input_ends: Annotated[
        bool, typer.Option(help="Stop when standard input ends, as it does when the parent dies.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run only the local Slack and GitHub, for tests and for the authors of plugins."""
    from bot.bootstrap import load_plugins
    from bot.cli.operations import command_words
    from bot.sandbox.github import LocalGitHub
    from bot.sandbox.organization import load_organization
    from bot.sandbox.slack import LocalSlack
    from bot.slack.manifest import manifest
    from core.clock import SystemClock
    from core.settings import Settings

    organization = load_organization(org or sample_organization())
    root = Path(tempfile.mkdtemp(prefix="callboard-sandbox-"))
    github = LocalGitHub(root, organization, SystemClock(), port=github_port)
    words = command_words(load_plugins(Settings()))
    slack = LocalSlack(organization, manifest("/callboard", words), port=slack_port)
    github.start()
    slack.start()
    addresses = _addresses(slack, github)
    if as_json:
        say(json.dumps(addresses))
    else:
        say(
            f"Slack   {slack.url}\nGitHub  {github.url}/{organization.name}\n\n{json.dumps(addresses, indent=2)}"
        )
    _until_stopped(or_input_ends=until_input_ends)
    slack.stop()
    github.stop()
    shutil.rmtree(root, ignore_errors=True)


def _addresses(slack: "LocalSlack", github: "LocalGitHub") -> dict[str, dict[str, str]]:
    return {
        "slack": {
            "api_url": slack.api_url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
        },
        "github": {
            "api_url": github.api_url,
            "graphql_url": github.graphql_url,
            "token": github.token,
            "publish_token": github.publish_token,
            "webhook_secret": github.webhook_secret,
        },
    }


def sample_organization() -> Path:
    """The sample organisation's folder: in the repository, or beside the installed package."""
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "examples" / "playhouse", here.parents[1] / "examples" / "playhouse"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the sample organisation is missing from this installation")


@contextmanager
def _demo_bot(port: int) -> "Iterator[tuple[Callboard, SandboxProcess]]":
    """The sandbox in a process of its own, and a bot that knows nothing about that."""
    from bot.bootstrap import build
    from bot.sandbox.organization import load_organization
    from bot.sandbox.process import SandboxProcess, settings_text
    from core import log
    from core.settings import load

    for name in [name for name in os.environ if name.startswith("CALLBOARD_")]:
        # The demo must never talk to the workspace that somebody has configured for real.
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="callboard-demo-"))
    organization = sample_organization()
    outside = SandboxProcess(organization, slack_port=_free(port))
    try:
        name = load_organization(organization).name
        config = folder / "callboard.yaml"
        config.write_text(settings_text(outside.addresses, name, folder / "data"), encoding="utf-8")
        config.chmod(0o600)
        settings = load(config)
        log.set_up(settings.log.level)
        callboard = build(settings)
        callboard.catalog.sync_all()
        callboard.scorecards.collect_and_judge()
        callboard.start()
        _report(callboard)
        try:
            yield callboard, outside
        finally:
            callboard.stop()
    finally:
        outside.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _report(callboard: "Callboard") -> None:
    """Send this week's reports now: nobody who looks at the demo waits for Tuesday."""
    from scorecards.jobs import week_of

    week = week_of(callboard.catalog.clock.now())
    for job in ("scorecards.weekly-all", "scorecards.rollup-all"):
        callboard.jobs.enqueue(job, f"demo:{job}:{week}", {"week": week})


def _tour(callboard: "Callboard", outside: "SandboxProcess", as_json: bool) -> int:
    from bot.sandbox.tour import Tour

    steps = Tour(callboard, outside.page).play()
    ok = all(step.ok for step in steps)
    if as_json:
        shaped = [
            {"name": step.name, "ok": step.ok, "took_s": round(step.took_s, 3), "shown": step.shown}
            for step in steps
        ]
        say_json({"steps": shaped, "ok": ok})
    else:
        for step in steps:
            say(f"{'✓' if step.ok else '✗'} {step.name} ({step.took_s:.1f} s)\n{step.shown}\n")
    return 0 if ok else 1


def _free(port: int) -> int:
    """The port when nobody has it, else 0, which takes any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _until_stopped(*, or_input_ends: bool = False) -> None:
    ended = threading.Event()
    if or_input_ends:
        threading.Thread(target=_at_end_of_input, args=[ended.set], daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()


def _at_end_of_input(do: Callable[[], None]) -> None:
    while sys.stdin.read(4096):
        pass
    do()


_WELCOME = """\
Callboard is running with a sample organisation. Open

    {page}

and try, in any channel:

    /callboard who payments-api          who owns it, and why we believe it
    /callboard docs rotate signing key   what the docs say
    /callboard new                       a new repository from a form
    @callboard who owns the ledger?      the same by mention

This week's scorecards are in #payments-help, #checkout, #identity-help and others; switch to Mira to see
a manager's roll-up in her direct messages. Press Ctrl+C to stop; nothing is kept."""
