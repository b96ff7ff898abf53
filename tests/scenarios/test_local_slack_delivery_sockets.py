"""Socket Mode as a client of it sees it: tickets, hello, turns, disconnects, frames that are not what they should be."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.to_app import sockets
from tests.scenarios.bolt_world import MANIFEST, ORGANIZATION, PATIENCE_S, BoltWorld, Json, until

MENTION = "@prompter hello"


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    made = LocalSlack(ORGANIZATION, MANIFEST, app_name="Prompter", patience_s=PATIENCE_S)
    made.start()
    yield made
    made.stop()


def address(slack: LocalSlack) -> str:
    client = WebClient(slack.app_token, base_url=slack.api_url)
    return str(client.apps_connections_open(app_token=slack.app_token)["url"])


def opened(slack: LocalSlack) -> ClientConnection:
    """A connection that has said hello."""
    connection = connect(address(slack))
    assert frame(connection)["type"] == "hello"
    return connection


def frame(connection: ClientConnection) -> Json:
    received: Json = json.loads(connection.recv(PATIENCE_S))
    return received


def acknowledge(connection: ClientConnection, envelope: Json, **payload: Any) -> None:
    more = {"payload": payload} if payload else {}
    connection.send(json.dumps({"envelope_id": envelope["envelope_id"], **more}))


def mentions(slack: LocalSlack) -> None:
    Sandbox(slack.url).person("ana").says(MENTION)


def test_hello_says_how_many_connections_there_are(slack: LocalSlack) -> None:
    with opened(slack), connect(address(slack)) as second:
        hello = frame(second)

    assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    assert hello["connection_info"] == {"app_id": "A0CALLBOARD"}
    assert {"host", "approximate_connection_time"} <= set(hello["debug_info"])


def test_an_envelope_says_what_it_takes(slack: LocalSlack) -> None:
    with opened(slack) as connection:
        mentions(slack)
        event = frame(connection)
        acknowledge(connection, event)

    assert {
        key: event[key] for key in ("type", "accepts_response_payload", "retry_attempt", "retry_reason")
    } == {
        "type": "events_api",
        "accepts_response_payload": False,
        "retry_attempt": 0,
        "retry_reason": "",
    }
    assert (
        event["payload"]["event"]["type"] == "app_mention" or event["payload"]["event"]["type"] == "message"
    )


def test_connections_take_turns(slack: LocalSlack) -> None:
    with opened(slack) as first, opened(slack) as second:
        for _ in range(2):
            mentions(slack)
        # Each line is two events here: a message in a channel, and a mention.
        taken = [[frame(one), frame(one)] for one in (first, second)]
        for one, envelopes in zip((first, second), taken, strict=True):
            for envelope in envelopes:
                acknowledge(one, envelope)

    ids = [envelope["payload"]["event_id"] for envelopes in taken for envelope in envelopes]
    assert len(set(ids)) == 4


def test_the_eleventh_connection_is_refused(slack: LocalSlack) -> None:
    ten = [opened(slack) for _ in range(10)]
    with connect(address(slack)) as eleventh:
        told = frame(eleventh)
        with pytest.raises(ConnectionClosed):
            eleventh.recv(PATIENCE_S)
    for connection in ten:
        connection.close()

    assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")


def test_a_ticket_is_good_once(slack: LocalSlack) -> None:
    url = address(slack)

    with connect(url) as connection:
        frame(connection)
        with pytest.raises(InvalidStatus):
            connect(url)


def test_a_ticket_is_not_good_for_long(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "TICKET_SECONDS", -1.0)

    with pytest.raises(InvalidStatus):
        connect(address(slack))


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "hello",
        "[1]",
        "7",
        "{",
        '{"envelope_id": []}',
        "[" * 5000,
        b"\xff\x00",
        '{"envelope_id": NaN}',
        '{"envelope_id": "\\ud800"}',
    ],
)
def test_frames_that_make_no_sense_are_passed_over(slack: LocalSlack, rubbish: str | bytes) -> None:
    with opened(slack) as connection:
        connection.send(rubbish)
        mentions(slack)
        for _ in range(2):
            acknowledge(connection, frame(connection))
        until(lambda: len([1 for entry in slack.journal if entry.get("acked")]) == 2, "both are acknowledged")


def test_an_ack_of_something_else_acknowledges_nothing(slack: LocalSlack) -> None:
    slack.socket.ack_seconds = 0.3
    with opened(slack) as connection:
        mentions(slack)
        connection.send(json.dumps({"envelope_id": "somebody-elses"}))
        came = [frame(connection) for _ in range(4)]

    tries = sorted((item["retry_attempt"], item["retry_reason"]) for item in came)
    assert tries == [(0, ""), (0, ""), (1, "timeout"), (1, "timeout")]
    first, again = (
        {item["payload"]["event_id"] for item in came if item["retry_attempt"] == number} for number in (0, 1)
    )
    assert first == again


def test_a_refreshed_connection_may_still_acknowledge_and_gets_nothing_new(slack: LocalSlack) -> None:
    with opened(slack) as old:
        mentions(slack)
        under_way = [frame(old), frame(old)]
        slack.faults.disconnect()
        told = frame(old)
        with opened(slack) as new:
            mentions(slack)
            fresh = [frame(new), frame(new)]
            for envelope in fresh:
                acknowledge(new, envelope)
            for envelope in under_way:
                acknowledge(old, envelope)
            until(
                lambda: len([1 for entry in slack.journal if entry.get("acked")]) == 4, "all are acknowledged"
            )

    assert (told["type"], told["reason"]) == ("disconnect", "refresh_requested")


def test_a_connection_that_has_drained_is_closed(slack: LocalSlack) -> None:
    slack.socket.drain_seconds = 0.1
    with opened(slack) as connection:
        slack.faults.disconnect()
        frame(connection)
        with pytest.raises(ConnectionClosed):
            connection.recv(PATIENCE_S)


def test_a_warning_closes_nothing(slack: LocalSlack) -> None:
    slack.socket.drain_seconds = slack.socket.settle_seconds = 0.0
    with opened(slack) as connection:
        slack.faults.disconnect(reason="warning")
        told = frame(connection)
        mentions(slack)
        for _ in range(2):
            acknowledge(connection, frame(connection))

    assert told["reason"] == "warning"


def test_a_disabled_link_is_closed_at_once(slack: LocalSlack) -> None:
    with opened(slack) as connection:
        slack.faults.disconnect(reason="link_disabled")
        told = frame(connection)
        with pytest.raises(ConnectionClosed):
            connection.recv(PATIENCE_S)

    assert told["reason"] == "link_disabled"


def test_a_storm_of_disconnects_is_one_after_another(slack: LocalSlack) -> None:
    with opened(slack) as connection:
        Sandbox(slack.url).plans(sockets="disconnect", times=3, gap_s=0.05)

        assert [frame(connection)["reason"] for _ in range(3)] == ["refresh_requested"] * 3


def test_a_connection_can_be_cut_without_a_word(slack: LocalSlack) -> None:
    with opened(slack) as connection:
        Sandbox(slack.url).plans(sockets="cut")
        with pytest.raises(ConnectionClosed) as cut:
            connection.recv(PATIENCE_S)

    assert cut.value.rcvd is None, "no close frame came"


def test_without_a_connection_a_command_fails(slack: LocalSlack) -> None:
    reply = Sandbox(slack.url).person("ana").types("/go")

    assert reply
    assert reply.text == "/go failed with the error “dispatch_failed”"


def test_a_payload_with_an_ack_that_takes_none_is_noted(slack: LocalSlack) -> None:
    with opened(slack) as connection:
        mentions(slack)
        for _ in range(2):
            acknowledge(connection, frame(connection), text="Hi")
        until(lambda: len(Sandbox(slack.url).refusals()) == 2, "it is noted")

    assert Sandbox(slack.url).refusals()[0]["reason"] == "this envelope takes no payload with its ack"


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_a_real_client_that_is_asked_to_come_back_loses_nothing(reason: str) -> None:
    world = BoltWorld("socket")
    world.does["command"] = lambda ack, **_: ack("Gone")
    world.slack.faults.disconnect(reason=reason)

    replies = [world.person("ana").types("/go") for _ in range(3)]
    world.stop()

    assert [reply.text if reply else None for reply in replies] == ["Gone"] * 3


@pytest.mark.parametrize("storm", [{"times": 3, "gap_s": 0.05}, {"reason": "link_disabled"}])
def test_a_real_client_is_back_after_a_storm(storm: Json) -> None:
    """While it rages, a command may be sent to a connection that the client is leaving, as with Slack."""
    world = BoltWorld("socket")
    world.does["command"] = lambda ack, **_: ack("Gone")
    world.patience(3.0)
    world.slack.socket.settle_seconds = world.slack.socket.drain_seconds = 1.0
    world.slack.faults.disconnect(**storm)

    def answered() -> bool:
        reply = world.person("ana").types("/go")
        return reply is not None and reply.text == "Gone"

    def struck() -> int:
        return sum(entry["way"] == "fault" for entry in world.slack.journal)

    until(lambda: struck() == storm.get("times", 1), "the storm is over")
    until(answered, "the client is back", timeout_s=90)
    world.stop()
