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
from core.access import UNKNOWN_CHANNEL
from core.errors import UserError

AT = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass
class Slack:
    """A workspace in which nobody may post in a channel, and its administrators."""

    admins: tuple[str, ...] = ("U1", "U2")
    shown: dict[str, str] = field(default_factory=dict)

    def has_delivered(self, key: str) -> bool:
        return key in self.shown

    def deliver(self, channel: str, message: Message, key: str) -> None:
        raise UserError("Slack refused chat_postMessage: restricted_action")

    def deliver_directly(self, user: str, message: Message, key: str) -> None:
        self.shown[key] = message.text

    def administrators(self) -> tuple[str, ...]:
        return self.admins


def messenger(slack: Slack) -> SlackMessenger:
    gateway, people = cast(Gateway, slack), cast(People, slack)
    return SlackMessenger(gateway, people, lambda _ref: None, lambda _channel: UNKNOWN_CHANNEL)


def broken(state: State) -> NoticeMessage:
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
    notice = Notice("k", Kind.BROKEN, "s", "", "channel:#pay", "m", state, False, content, AT)
    return NoticeMessage("m", Kind.BROKEN, "channel:#pay", (notice,))


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
