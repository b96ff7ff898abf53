"""A local Slack may run for days: what cannot matter any more is forgotten, and what can is found without a search."""

import pytest

from bot.sandbox.slack import state
from bot.sandbox.slack.api.rates import Rates
from bot.sandbox.slack.api.registry import Method, Tier
from bot.sandbox.slack.journal import MOST_ENTRIES, Journal
from bot.sandbox.slack.posts import MOST_WHISPERS, Posts
from bot.sandbox.slack.records import Message, SlackError
from bot.sandbox.slack.state import RESPONSE_URL_SECONDS, TRIGGER_SECONDS, Workspace
from bot.sandbox.slack.to_app.faults import SlackFaults
from bot.sandbox.slack.to_app.sockets import SocketTransport
from tests.unit.test_sandbox_slack_web_api import ORGANIZATION


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(state, "_MOST_KEPT", 10)
    return Workspace(ORGANIZATION, "Callboard", clock)


def said(number: int, **more: str) -> Message:
    return Message(f"1700000000.{number:06}", "C1", "U1", str(number), **more)


def test_the_journal_keeps_the_newest_entries() -> None:
    journal = Journal()
    for number in range(3 * MOST_ENTRIES):
        journal.append({"number": number})

    assert MOST_ENTRIES <= len(journal) <= 1.1 * MOST_ENTRIES
    assert journal[-1] == {"number": 3 * MOST_ENTRIES - 1}


def test_trigger_ids_that_ran_out_are_forgotten_when_there_are_many(
    workspace: Workspace, clock: Clock
) -> None:
    for _ in range(100):
        workspace.new_trigger("U1")
        clock.now += TRIGGER_SECONDS / 5

    assert len(workspace.triggers) == 10


def test_a_trigger_id_that_is_good_is_never_forgotten(workspace: Workspace) -> None:
    first = workspace.new_trigger("U1")
    for _ in range(100):
        workspace.new_trigger("U1")

    assert workspace.use_trigger(first) == "U1"


def test_a_trigger_id_that_ran_out_just_now_says_so(workspace: Workspace, clock: Clock) -> None:
    key = workspace.new_trigger("U1")
    clock.now += TRIGGER_SECONDS + 1
    workspace.new_trigger("U1")

    with pytest.raises(SlackError, match="expired_trigger_id"):
        workspace.use_trigger(key)


def test_response_urls_that_ran_out_are_forgotten_when_there_are_many(
    workspace: Workspace, clock: Clock
) -> None:
    for _ in range(100):
        workspace.new_response_url("C1", "U1")
        clock.now += RESPONSE_URL_SECONDS / 5

    assert len(workspace.response_urls) == 10


def test_of_what_was_said_to_one_person_alone_the_oldest_goes() -> None:
    posts = Posts()
    posts.add(said(0))
    for number in range(1, MOST_WHISPERS + 3):
        posts.add(said(number, only_for="U1"))

    assert len(posts) == MOST_WHISPERS + 1
    assert posts.at(said(0).ts) is not None
    assert posts.at(said(2).ts) is None
    assert posts.at(said(3).ts) is not None


def test_a_reply_that_is_gone_is_in_no_thread() -> None:
    posts = Posts()
    first, second = said(1, thread_ts=said(0).ts), said(2, thread_ts=said(0).ts)
    for message in (said(0), first, second, said(3, thread_ts=said(0).ts, only_for="U1")):
        posts.add(message)
    posts.remove(first)

    assert posts.replies(said(0).ts) == [second]
    posts.remove(second)
    assert posts.replies(said(0).ts) == []
    assert [message.text for message in posts] == ["0", "3"]


def test_a_fault_that_has_struck_is_forgotten() -> None:
    faults = SlackFaults()
    for _ in range(50):
        faults.disturb("duplicated")
        assert faults.disturbance("events_api", {})

    assert len(faults._deliveries) == 1


def test_an_address_of_a_socket_that_nobody_came_with_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sandbox.slack.to_app.sockets.TICKET_SECONDS", -1.0)
    sockets = SocketTransport()
    for _ in range(50):
        newest = sockets.new_ticket()

    assert list(sockets._tickets) == [newest]


def test_a_channel_that_there_is_not_leaves_nothing_behind() -> None:
    rates = Rates(Clock())
    method = Method("chat.postMessage", lambda _call: {}, tier=Tier.POSTING)
    for _ in range(20):
        rates.take("A1", method, "")

    assert len(rates._buckets) == 1
