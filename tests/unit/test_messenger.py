"""Notices on their way into Slack: what a channel does not take, administrators read to its end."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.slack.blocks import Message
from bot.slack.catalog.messenger import SlackMessenger
from bot.slack.gateway import Gateway
from bot.slack.people import People
from catalog_sync.notices.model import Kind, Notice, NoticeMessage, State
from core.access import UNKNOWN_CHANNEL, Place, PlaceKind, Visibility
from core.errors import UserError

_MEMBERS = Place(PlaceKind.CHANNEL)
_WITH_GUESTS = Place(PlaceKind.CHANNEL, has_guests=True)
AT = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass
class Slack:
    """A workspace in which nobody may post in a channel, unless it is open, and its administrators."""

    admins: tuple[str, ...] = ("U1", "U2")
    shown: dict[str, str] = field(default_factory=dict)
    place: Place = _MEMBERS
    is_open: bool = False
    guests: frozenset[str] = frozenset()

    def has_delivered(self, key: str) -> bool:
        return key in self.shown

    def deliver(self, channel: str, message: Message, key: str) -> None:
        if not self.is_open:
            raise UserError("Slack refused chat_postMessage: restricted_action")
        self.shown[key] = message.text

    def deliver_directly(self, user: str, message: Message, key: str) -> None:
        self.shown[key] = message.text

    def administrators(self) -> tuple[str, ...]:
        return self.admins

    def may_be_told(self, user_id: str, visibility: Visibility) -> bool:
        return user_id not in self.guests or visibility is Visibility.PUBLIC


def messenger(slack: Slack) -> SlackMessenger:
    gateway, people = cast(Gateway, slack), cast(People, slack)
    return SlackMessenger(gateway, people, lambda _ref: None, lambda _channel: slack.place)


def broken(
    state: State, recipient: str = "channel:#pay", visibility: Visibility = Visibility.INTERNAL
) -> NoticeMessage:
    content: dict[str, Any] = {
        "repository": "acme/pay",
        "url": "https://github.test/acme/pay",
        "path": "catalog-info.yaml",
        "head": "h1",
        "commit": "c1",
        "author": "Zoe",
        "subject": "",
        "flaws": [],
    }
    notice = Notice("k", Kind.BROKEN, "s", "", recipient, "m", state, False, content, AT)
    return NoticeMessage("m", Kind.BROKEN, recipient, (notice,), visibility)


def test_what_a_channel_refused_is_mended_where_the_administrators_read_it() -> None:
    slack = Slack()

    assert messenger(slack).show(broken(State.OPEN))
    assert messenger(slack).show(broken(State.MENDED))

    assert list(slack.shown.values()) == ["Mended: acme/pay/catalog-info.yaml"] * 2


@pytest.mark.parametrize("admins", [(), ("U1",)])
def test_what_was_mended_before_anybody_heard_of_it_is_told_to_nobody(admins: tuple[str, ...]) -> None:
    slack = Slack(admins)

    assert messenger(slack).show(broken(State.MENDED))

    assert slack.shown == {}


@pytest.mark.parametrize("place", [_WITH_GUESTS, Place(PlaceKind.CHANNEL, is_shared=True), UNKNOWN_CHANNEL])
def test_a_channel_into_which_somebody_came_since_it_was_chosen_is_not_told(place: Place) -> None:
    slack = Slack(("U1",), place=place, is_open=True)

    assert messenger(slack).show(broken(State.OPEN))

    assert list(slack.shown) == ["catalog:m:U1"]


def test_a_person_who_became_a_guest_since_they_were_chosen_is_not_told() -> None:
    slack = Slack(("U1",), guests=frozenset({"U9"}))

    assert messenger(slack).show(broken(State.OPEN, "user:U9"))

    assert list(slack.shown) == ["catalog:m:U1"]


def test_what_is_public_is_told_whoever_reads_along() -> None:
    slack = Slack(place=_WITH_GUESTS, is_open=True)

    assert messenger(slack).show(broken(State.OPEN, visibility=Visibility.PUBLIC))

    assert list(slack.shown) == ["catalog:m"]


def test_what_was_posted_before_a_guest_came_is_still_edited() -> None:
    slack = Slack(is_open=True)
    assert messenger(slack).show(broken(State.OPEN))
    slack.place = _WITH_GUESTS

    assert messenger(slack).show(broken(State.MENDED))

    assert slack.shown == {"catalog:m": "Mended: acme/pay/catalog-info.yaml"}
