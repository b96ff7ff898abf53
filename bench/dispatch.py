"""The Bolt app alone, without a network: verify, parse, route, acknowledge, hand over to nobody."""

import json
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr
from slack_bolt import App, BoltRequest

from bench.measure import each_ms
from bot.bootstrap import build, people_of
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.to_app.signed import signed
from bot.slack.app import Inbox, build_app
from bot.slack.handover import Handover, Tell, Work
from core import log
from core.settings import GitHubSettings, Settings, SlackSettings

_SECRET = "not a secret"
_FORM = "application/x-www-form-urlencoded"
_WARM_UP = 200


class _Nowhere(Handover):
    """Takes work and leaves it."""

    def run(self, name: str, work: Work, tell: Tell) -> bool:  # noqa: ARG002 - the signature is Handover's
        return True


def dispatch_ms(
    folder: Path, database: str, api_url: str, token: str, name: str, count: int
) -> dict[str, list[float]]:
    """Milliseconds of each dispatch of a slash command, over a socket and over signed HTTP.

    Args:
        folder: Where the bot keeps its files.
        database: A catalog.
        api_url: A Slack that knows the token; Bolt asks it who the bot is, once.
        token: The bot's token.
        name: What is asked for.
        count: How many dispatches of each kind.
    """
    log.set_up("warning")
    settings = Settings(
        data_dir=folder / "data",
        database_url=SecretStr(database),
        github=GitHubSettings(token=SecretStr("unused")),
        slack=SlackSettings(bot_token=SecretStr(token), api_url=api_url),
    )
    callboard = build(settings)
    handover = _Nowhere()
    people = people_of(callboard.catalog, callboard.gateway)
    inbox = Inbox(callboard.conversations, callboard.gateway, people, handover, settings.slack.command)
    command = settings.slack.command
    body = _command(command, f"who {name}")
    over_socket = build_app(callboard.gateway, inbox, command)
    over_http = build_app(callboard.gateway, inbox, command, _SECRET)
    form = urlencode(body)
    found = {
        "socket": _times(over_socket, partial(BoltRequest, body=body, mode="socket_mode"), count),
        "http": _times(over_http, partial(BoltRequest, body=form, headers=_headers(form)), count),
    }
    callboard.catalog.database.close()
    return found


def _times(app: App, request: "partial[BoltRequest]", count: int) -> list[float]:
    def dispatch() -> None:
        response = app.dispatch(request())
        if response.status != 200:
            raise RuntimeError(f"not acknowledged: {response.status} {json.dumps(response.body)}")

    return each_ms([dispatch] * (count + _WARM_UP))[_WARM_UP:]


def _headers(form: str) -> dict[str, str | Sequence[str]]:
    signature = signed(_SECRET, form.encode(), int(time.time()))
    return {"content-type": _FORM, **{name.lower(): value for name, value in signature.items()}}


def _command(command: str, text: str) -> Json:
    """A slash command as Slack sends it."""
    return {
        "token": "unused",
        "team_id": "T0BENCH",
        "team_domain": "bench",
        "channel_id": "C0BENCH",
        "channel_name": "general",
        "user_id": "U0BENCH",
        "user_name": "user-0001",
        "command": command,
        "text": text,
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/response/unused",
        "trigger_id": "1.bench",
    }
