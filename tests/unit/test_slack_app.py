"""The way in from Slack, alone: what it needs of others before it acknowledges."""

import json

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.slack.app import Inbox, build_app
from bot.slack.gateway import Gateway
from bot.slack.handover import Handover
from bot.slack.people import People
from catalog_sync.people import PeopleBook
from core.clock import FixedClock
from core.database import Database
from core.errors import SlackUnavailable

NOWHERE = "http://127.0.0.1:9/api/"


class Nobody:
    """A catalog without people."""

    def book(self) -> PeopleBook:
        return PeopleBook(())

    def groups_of(self, user: str) -> frozenset[str]:
        return frozenset()


def test_a_command_is_acknowledged_though_slacks_own_api_is_away(
    sqlite_database: Database, clock: FixedClock
) -> None:
    gateway = Gateway(WebClient(token="xoxb-1", base_url=NOWHERE), sqlite_database, clock)
    handover = Handover(workers=1)
    app = build_app(gateway, Inbox((), gateway, People(gateway, Nobody()), handover, "/cb"), "/cb")
    command = {"command": "/cb", "text": "who x", "user_id": "U1", "channel_id": "C1", "team_id": "T1"}
    more = {"response_url": NOWHERE, "trigger_id": "1.2"}

    response = app.dispatch(BoltRequest(body=json.dumps({**command, **more}), mode="socket_mode"))

    assert response.status == 200
    with pytest.raises(SlackUnavailable):
        gateway.workspace  # noqa: B018 - asking is what fails
    handover.stop()
