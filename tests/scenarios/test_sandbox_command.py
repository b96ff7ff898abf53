"""``callboard sandbox`` as somebody in another process uses it: one line of JSON, then two hosts until it is told to stop."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github, GithubException
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cli.app import run
from bot.sandbox.people import Sandbox

NARROW = """
display_information: {name: Narrow}
features:
  bot_user: {display_name: Narrow}
  slash_commands:
    - {command: /narrow, description: Does little}
oauth_config: {scopes: {bot: [commands, users:read]}}
settings: {socket_mode_enabled: true}
"""


@pytest.fixture
def sandbox() -> Iterator[Callable[..., dict[str, Any]]]:
    """Starts the command with options; gives what it prints."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "bot", "sandbox", "--json", "--until-input-ends", *options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout
        printed: dict[str, Any] = json.loads(process.stdout.readline())
        return printed

    yield start
    for process in running:
        process.communicate(timeout=60)
        assert process.returncode == 0


def slack_of(addresses: dict[str, Any], token: str = "bot_token") -> WebClient:
    return WebClient(token=addresses["slack"][token], base_url=addresses["slack"]["api_url"])


def github_of(addresses: dict[str, Any], token: str = "token") -> Github:
    auth = Auth.Token(addresses["github"][token])
    return Github(base_url=addresses["github"]["api_url"], auth=auth, seconds_between_writes=0)


def test_everything_that_a_client_needs_is_printed(sandbox: Callable[..., dict[str, Any]]) -> None:
    addresses = sandbox()

    assert slack_of(addresses).auth_test()["ok"]
    with github_of(addresses) as github:
        organization = github.get_organization(addresses["github"]["organization"])
        assert organization.create_repo("made-here").name == "made-here"
    with urllib.request.urlopen(addresses["slack"]["url"]) as page:
        assert "text/html" in page.headers["Content-Type"]


def test_an_organisation_for_each_folder_is_on_one_github(
    sandbox: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    options = []
    for name in ("north", "south"):
        (tmp_path / name / "repositories" / "hello").mkdir(parents=True)
        (tmp_path / name / "organization.yaml").write_text(
            f"name: {name}\ntitle: {name.title()}\n"
            f"people: [{{login: {name}-er, name: {name.title()}, email: {name}@shared.example}}]\n"
        )
        options += ["--org", str(tmp_path / name)]

    addresses = sandbox(*options)

    assert addresses["github"]["organization"] == "north"
    assert addresses["github"]["organizations"] == [
        {"name": "north", "installation_id": 1001},
        {"name": "south", "installation_id": 1002},
    ]
    with github_of(addresses) as github:
        assert [github.get_organization(name).get_repo("hello").full_name for name in ("north", "south")] == [
            "north/hello",
            "south/hello",
        ]
    people = slack_of(addresses).users_list()["members"]
    assert {"North", "South"} <= {person.get("real_name") for person in people}


def test_two_folders_with_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "organization.yaml").write_text("name: north\ntitle: North\n")

    code = run(["sandbox", "--org", str(tmp_path), "--org", str(tmp_path)])

    assert code != 0
    assert "two organisations have one name" in capsys.readouterr().err


def test_the_reading_token_writes_nothing(sandbox: Callable[..., dict[str, Any]]) -> None:
    addresses = sandbox()

    with github_of(addresses, "read_token") as github, pytest.raises(GithubException) as refused:
        github.get_organization(addresses["github"]["organization"]).create_repo("made-here")

    assert refused.value.status == 403


def test_the_other_app_touches_nothing_of_the_first(sandbox: Callable[..., dict[str, Any]]) -> None:
    addresses = sandbox()
    posted = slack_of(addresses).chat_postMessage(channel="#general", text="Mine")

    with pytest.raises(SlackApiError, match="cant_update_message"):
        slack_of(addresses, "other_bot_token").chat_update(
            channel=posted["channel"], ts=posted["ts"], text="No, mine"
        )


def test_a_manifest_says_what_the_app_may_do(sandbox: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(NARROW)
    addresses = sandbox("--manifest", str(manifest))

    with pytest.raises(SlackApiError, match="missing_scope"):
        slack_of(addresses).chat_postMessage(channel="#general", text="May I?")
    told = Sandbox(addresses["slack"]["url"]).person("ana").asks("/callboard help")
    assert "/callboard is not a valid command" in told.text


def test_a_made_organisation_has_as_many_repositories_as_asked_for(
    sandbox: Callable[..., dict[str, Any]],
) -> None:
    addresses = sandbox("--repos", "250", "--seed", "7")

    with github_of(addresses) as github:
        repositories = github.get_organization(addresses["github"]["organization"]).get_repos()
        assert repositories.totalCount == 250


def test_a_manifest_that_slack_would_refuse_is_refused_with_every_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"features": {"slash_commands": [\n  {"command": "no-slash"}]}}')

    code = run(["sandbox", "--manifest", str(manifest)])

    told = capsys.readouterr().err
    assert code == 1
    assert f"{manifest}:2:15: /features/slash_commands/0/command: must match" in told
    assert f"{manifest}:1:1: the manifest: must have required property 'display_information'" in told


def test_a_folder_and_a_size_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["sandbox", "--org", str(tmp_path), "--repos", "10"])

    assert code == 1
    assert "exclude each other" in capsys.readouterr().err
