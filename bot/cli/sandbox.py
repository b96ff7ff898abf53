"""The sandbox alone: a local Slack and a local GitHub, for tests and for the authors of plugins."""

import json
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import AsJson, say
from core.errors import UserError

if TYPE_CHECKING:
    from bot.sandbox.github import LocalGitHub
    from bot.sandbox.organization import Organization
    from bot.sandbox.slack import LocalSlack


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(sandbox)


def sandbox(
    slack_port: Annotated[int, typer.Option(help="Port of the local Slack; 0 takes a free one.")] = 0,
    github_port: Annotated[int, typer.Option(help="Port of the local GitHub; 0 takes a free one.")] = 0,
    org: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder with organization.yaml; the sample by default. Given again, it is another "
            "organisation on the same GitHub."
        ),
    ] = None,
    repos: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="A generated organisation of so many repositories instead."),
    ] = None,
    seed: Annotated[int, typer.Option(help="What the generated organisation is made from.")] = 1,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="The manifest of the app, JSON or YAML: its scopes, events and commands are enforced. "
            "By default Callboard's own, with every scope and event."
        ),
    ] = None,
    request_url: Annotated[
        str | None, typer.Option(help="Deliver there by signed HTTP; over Socket Mode by default.")
    ] = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="Deliver the GitHub App's webhooks there; nowhere by default.")
    ] = None,
    until_input_ends: Annotated[
        bool, typer.Option(help="Stop when standard input ends, as it does when the parent dies.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run only the local Slack and GitHub, for tests and for the authors of plugins."""
    from bot.sandbox.organization import together
    from bot.sandbox.slack import LocalSlack

    if org and repos:
        raise UserError("--org and --repos exclude each other.", "Name a folder, or the size of a made one.")
    organizations = _organizations(org or (), repos, seed)
    asked = _manifest(manifest)
    root = Path(tempfile.mkdtemp(prefix="callboard-sandbox-"))
    try:
        github = _local_github(root, organizations, github_port)
        slack = LocalSlack(together(*organizations), asked, port=slack_port, request_url=request_url)
        if webhook_url:
            github.webhooks.deliver_to(webhook_url)
        github.start()
        slack.start()
        _tell(addresses(slack, github, organizations[0].name), as_json=as_json)
        until_stopped(or_input_ends=until_input_ends)
        slack.stop()
        github.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def sample_organization() -> Path:
    """The sample organisation's folder: in the repository, or beside the installed package."""
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "examples" / "playhouse", here.parents[1] / "examples" / "playhouse"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the sample organisation is missing from this installation")


def until_stopped(*, or_input_ends: bool = False) -> None:
    """Wait for an interrupt, for the signal to end, or also for the end of standard input."""
    ended = threading.Event()
    if or_input_ends:
        threading.Thread(target=_at_end_of_input, args=[ended.set], daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()


def addresses(slack: "LocalSlack", github: "LocalGitHub", organization: str) -> dict[str, dict[str, Any]]:
    """Where the two answer, and every secret that a client needs."""
    from bot.sandbox.slack.manifests import may_do_everything

    # One that has to be asked into a channel: with this scope nobody would see that it is not in there.
    wide = may_do_everything("Other app")
    wide["oauth_config"]["scopes"]["bot"].remove("chat:write.public")
    app, other = slack.app, slack.install(wide, "Other app")
    return {
        "slack": {
            "url": slack.url,
            "api_url": slack.api_url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "app_id": app.id,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "config_token": app.config_token,
            "other_bot_token": other.bot_token,
        },
        "github": {
            "url": github.url,
            "api_url": github.api_url,
            "graphql_url": github.graphql_url,
            "organization": organization,
            "organizations": [
                {"name": host.state.name, "installation_id": host.app.installation_id}
                for host in github.hosts.values()
            ],
            # One that may do everything, one that only reads, and the first again by its old name.
            "token": github.publish_token,
            "read_token": github.token,
            "publish_token": github.publish_token,
            "webhook_secret": github.webhook_secret,
            "app_id": github.app.id,
            "installation_id": github.app.installation_id,
            "private_key": github.app.private_key,
        },
    }


def _local_github(root: Path, organizations: "Sequence[Organization]", port: int) -> "LocalGitHub":
    from bot.sandbox.github import LocalGitHub
    from core.clock import SystemClock

    first, *others = organizations
    try:
        return LocalGitHub(root, first, SystemClock(), others, port=port)
    except ValueError as error:
        raise UserError(f"{error}.", "Give each organization.yaml a name of its own.") from error


def _organizations(folders: Sequence[Path], repositories: int | None, seed: int) -> "Sequence[Organization]":
    from bot.sandbox.generated import generated
    from bot.sandbox.organization import load_organization

    if repositories:
        return [generated(repositories, seed)]
    return [load_organization(folder) for folder in folders or [sample_organization()]]


def own_manifest() -> dict[str, Any]:
    """Callboard's own manifest, with the plugins that are installed."""
    from bot.bootstrap import load_plugins
    from bot.cli.operations import command_words
    from bot.slack.manifest import manifest
    from bot.slack.wiring import preview_domains
    from core.settings import Settings

    # The local GitHub's pages are on this machine.
    domains = [*preview_domains(Settings()), "127.0.0.1", "localhost"]
    return manifest("/callboard", command_words(load_plugins(Settings())), domains=domains)


def _manifest(path: Path | None) -> dict[str, Any]:
    from bot.sandbox.slack.manifest_file import read_manifest
    from bot.sandbox.slack.manifests import widened

    return widened(own_manifest()) if path is None else read_manifest(path)


def _tell(found: dict[str, dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(found))
        return
    slack, github = found["slack"], found["github"]
    say(f"Slack   {slack['url']}\nGitHub  {github['url']}/{github['organization']}\n")
    say(
        json.dumps(
            {
                name: {**part, "private_key": "…"} if "private_key" in part else part
                for name, part in found.items()
            },
            indent=2,
            ensure_ascii=False,
        )
    )
    say("\nThe private key is in the output of --json. Press Ctrl+C to stop; nothing is kept.")


def _at_end_of_input(do: Callable[[], None]) -> None:
    while sys.stdin.read(4096):
        pass
    do()
