"""A start that cannot work says by the name of which setting, and begins nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import build
from bot.cli.app import run
from bot.sandbox.process import settings_text
from core.errors import SettingsError, SlackUnavailable
from core.settings import load
from tests.scenarios.world import World

NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Started:
    """How ``callboard serve`` ended."""

    code: int
    told: str


@pytest.fixture
def serve(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Started]:
    """Runs ``callboard serve`` with settings of which some are wrong."""

    def with_slack(**wrong: str) -> Started:
        file = tmp_path / "callboard.yaml"
        file.write_text(settings_text(addresses(world), "playhouse", tmp_path / "data", slack=wrong))
        code = run(["--config", str(file), "serve"])
        return Started(code, capsys.readouterr().err.strip().splitlines()[-1])

    return with_slack


def addresses(world: World) -> dict[str, dict[str, str]]:
    slack, github = world.slack, world.github
    return {
        "slack": {
            name: getattr(slack, name) for name in ("api_url", "bot_token", "app_token", "signing_secret")
        },
        "github": {
            "api_url": github.api_url,
            "read_token": github.token,
            "publish_token": github.publish_token,
        },
    }


def test_a_wrong_app_token_is_named(serve: Callable[..., Started]) -> None:
    ended = serve(app_token="xapp-1-wrong")

    assert ended.code == 2
    assert "apps_connections_open: invalid_auth" in ended.told
    assert "slack.app_token" in ended.told


def test_a_wrong_bot_token_is_named(serve: Callable[..., Started]) -> None:
    ended = serve(bot_token="xoxb-wrong")

    assert ended.code == 2
    assert "slack.bot_token" in ended.told


def test_a_slack_that_is_away_is_said_to_be_away(serve: Callable[..., Started]) -> None:
    ended = serve(api_url=f"{NOWHERE}/api/")

    assert (ended.code, ended.told) == (3, "callboard: Slack did not answer (URLError)")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"bot_token": "xoxb-wrong"}, SettingsError), ({"api_url": NOWHERE}, SlackUnavailable)],
)
def test_nothing_is_begun_by_a_start_that_fails(
    world: World, tmp_path: Path, wrong: dict[str, str], error: type[Exception]
) -> None:
    file = tmp_path / "callboard.yaml"
    file.write_text(settings_text(addresses(world), "playhouse", tmp_path / "data", slack=wrong))
    callboard = build(load(file))

    with pytest.raises(error):
        callboard.start()

    assert callboard.jobs.unfinished() == ()
    callboard.stop()
