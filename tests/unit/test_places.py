"""Who reads along in a channel, from what Slack says of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.slack.places import Places
from core.access import UNKNOWN_CHANNEL, PlaceKind
from core.errors import SlackUnavailable, UserError

HOME = "T1"
MEMBERS = [{"id": f"U{number}", "team_id": HOME} for number in range(3)]
GUEST = {"id": "UG", "team_id": HOME, "is_ultra_restricted": True}
BOT = {"id": "UB", "team_id": HOME, "is_bot": True, "is_restricted": True}
GONE = {"id": "UX", "team_id": HOME, "deleted": True}


class Slack:
    """A workspace with one channel."""

    workspace = HOME

    def __init__(self, channel: dict[str, Any], members: list[str], users: list[dict[str, Any]]) -> None:
        self.shown, self.inside, self.listed = channel, members, users
        self.later: dict[str, dict[str, Any]] = {}
        self.asked = 0
        self.error: Exception | None = None

    def channel_id(self, channel: str) -> str:
        if channel == "#nowhere":
            raise UserError("Slack has no channel #nowhere")
        return "C1"

    def channel(self, channel_id: str) -> dict[str, Any]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.shown

    def members(self, channel_id: str) -> Iterator[str]:
        return iter(self.inside)

    def users(self) -> Iterator[dict[str, Any]]:
        return iter(self.listed)

    def user(self, user_id: str) -> dict[str, Any]:
        if user_id not in self.later:
            raise UserError("user_not_found")
        return self.later[user_id]


def slack(*members: str, **channel: Any) -> Slack:
    return Slack({"id": "C1", **channel}, list(members), [*MEMBERS, GUEST, BOT, GONE])


@pytest.mark.parametrize(
    ("members", "channel", "is_open"),
    [
        (("U0", "U1"), {}, False),
        (("U0", "UB"), {}, False),
        (("U0", "UG"), {}, True),
        (("U0",), {"is_ext_shared": True}, True),
        (("U0",), {"is_pending_ext_shared": True}, True),
        (("U0",), {"is_shared": True}, True),
        (("U0",), {"is_shared": True, "is_org_shared": True}, False),
        (("U0", "U404"), {}, True),
        (("U0",), {"is_mpim": True}, False),
        (("U0", "UG"), {"is_mpim": True}, True),
    ],
)
def test_a_channel_is_open_where_somebody_from_outside_may_read(
    members: tuple[str, ...], channel: dict[str, Any], is_open: bool
) -> None:
    assert Places(slack(*members, **channel)).of("C1").is_open is is_open


def test_direct_messages_with_the_app_are_no_channel() -> None:
    assert Places(slack("U0", is_im=True)).of("D1").kind is PlaceKind.DIRECT


def test_who_came_after_the_list_of_people_was_read_is_looked_up() -> None:
    workspace = slack("U0", "U9")
    workspace.later["U9"] = {"id": "U9", "team_id": HOME}

    assert not Places(workspace).of("C1").is_open


@pytest.mark.parametrize("error", [SlackUnavailable("away"), UserError("channel_not_found")])
def test_a_channel_that_slack_does_not_tell_about_is_unknown(error: Exception) -> None:
    workspace = slack("U0")
    workspace.error = error

    assert Places(workspace).of("C1") == UNKNOWN_CHANNEL
    assert Places(slack()).of("#nowhere") == UNKNOWN_CHANNEL


def test_a_channel_is_asked_for_once_until_somebody_comes_or_goes() -> None:
    workspace = slack("U0")
    places = Places(workspace)
    assert [places.of("C1").is_open for _ in range(3)] == [False] * 3
    assert workspace.asked == 1

    workspace.inside.append("UG")
    places.forget("C1")

    assert places.of("C1").is_open


def test_what_was_known_by_name_is_forgotten_too() -> None:
    workspace = slack("U0")
    places = Places(workspace)
    assert not places.of("#here").is_open

    workspace.inside.append("UG")
    places.forget("C1")

    assert places.of("#here").is_open
