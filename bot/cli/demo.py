"""The demo: a sample organisation, a local Slack in the browser, a local GitHub, and the bot between them."""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import AsJson, say, say_json
from bot.cli.sandbox import own_manifest, sample_organization, until_stopped

if TYPE_CHECKING:
    from bot.bootstrap import Callboard
    from bot.sandbox.process import SandboxProcess

_PORT = 4747


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(demo)


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
        until_stopped()
    return 0


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
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(own_manifest()), encoding="utf-8")
    outside = SandboxProcess(organization, manifest=manifest, slack_port=_free(port))
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
