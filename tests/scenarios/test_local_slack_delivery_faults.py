"""Faults of the Web API as a client meets them: refused, slow, dropped, carried out and lost; planned and counted."""

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from tests.scenarios.bolt_world import MANIFEST, ORGANIZATION, Json


@pytest.fixture(scope="module")
def running() -> Iterator[LocalSlack]:
    made = LocalSlack(ORGANIZATION, MANIFEST, app_name="Prompter")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def slack(running: LocalSlack) -> LocalSlack:
    running.faults.clear()
    running.journal.clear()
    return running


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def post(slack: LocalSlack, client: WebClient, text: str) -> None:
    channel = slack.workspace.channel_named("general")
    assert channel
    client.chat_postMessage(channel=channel.id, text=text)


def texts(slack: LocalSlack) -> list[str]:
    return [message.text for message in Sandbox(slack.url).person("ana").sees()]


def raw(slack: LocalSlack, text: str) -> bytes:
    """Everything that comes back over a plain connection until the other side closes it."""
    channel = slack.workspace.channel_named("general")
    assert channel
    body = json.dumps({"channel": channel.id, "text": text}).encode()
    head = (
        "POST /api/chat.postMessage HTTP/1.1\r\nHost: slack\r\nConnection: close\r\n"
        f"Authorization: Bearer {slack.bot_token}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    where = urlsplit(slack.url)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return received


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_the_next_calls_are_refused_and_then_no_more(
    slack: LocalSlack, client: WebClient, status: int
) -> None:
    slack.faults.add("chat.*", status=status, times=2, retry_after_s=9)

    seen = []
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            post(slack, client, "refused")
        seen.append((refused.value.response.status_code, refused.value.response.headers.get("Retry-After")))
    post(slack, client, "taken")

    assert seen == [(status, "9" if status == 429 else None)] * 2
    assert "refused" not in texts(slack)
    assert texts(slack)[-1] == "taken"


def test_a_call_can_be_slow(slack: LocalSlack, client: WebClient) -> None:
    slack.faults.add("auth.test", delay_s=0.3)
    started = time.monotonic()

    assert client.auth_test()["ok"]
    assert time.monotonic() - started >= 0.3


def test_a_dropped_call_gets_not_one_byte_and_does_nothing(slack: LocalSlack) -> None:
    slack.faults.add("chat.postMessage", connection="dropped")

    assert raw(slack, "dropped") == b""
    assert "dropped" not in texts(slack)
    assert raw(slack, "answered").startswith(b"HTTP/1.1 200")


def test_a_lost_call_gets_not_one_byte_and_is_carried_out(slack: LocalSlack) -> None:
    slack.faults.add("chat.postMessage", connection="lost")

    assert raw(slack, "lost") == b""
    assert texts(slack)[-1] == "lost"


def test_a_fault_can_hit_a_response_url(slack: LocalSlack) -> None:
    ana, general = slack.workspace.user_by_name("ana"), slack.workspace.channel_named("general")
    assert general
    key = slack.workspace.new_response_url(general.id, ana.id)
    slack.faults.add("response_url", status=500)
    where = urlsplit(slack.url)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=60) as connection:
        connection.sendall(
            f"POST /response/{key} HTTP/1.1\r\nHost: slack\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        )

        assert connection.recv(100).startswith(b"HTTP/1.1 500")


def test_what_has_struck_is_in_the_journal_and_is_no_refusal(slack: LocalSlack, client: WebClient) -> None:
    slack.faults.add("chat.postMessage", status=429)
    with pytest.raises(SlackApiError):
        post(slack, client, "x")

    struck = [(entry["kind"], entry["did"]) for entry in slack.journal if entry["way"] == "fault"]
    assert struck == [("chat.postMessage", "429")]
    assert Sandbox(slack.url).refusals() == []


def test_faults_can_be_planned_and_listed_from_another_process(slack: LocalSlack, client: WebClient) -> None:
    sandbox = Sandbox(slack.url)
    sandbox.plans(method="users.*", status=503, times=2)
    sandbox.plans(delivery="held", kind="app_mention")
    sandbox.plans(clock_skew_s=301)

    (call, delivery, skew) = sandbox.get("faults")["faults"]
    assert (call["method"], call["status"], call["times"]) == ("users.*", 503, 2)
    assert (delivery["delivery"], delivery["kind"]) == ("held", "app_mention")
    assert skew == {"clock_skew_s": 301}
    sandbox.plans(clear=True)
    assert sandbox.get("faults")["faults"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"method": "chat.*", "status": "many"},
        {"method": "chat.*", "unknown": 1},
        {"method": "chat.*", "times": [1]},
        {"method": "chat.*", "connection": "painted"},
        {"delivery": "painted"},
        {"delivery": 7, "delay_s": {}},
        {"sockets": "disconnect", "reason": "tired"},
        {"sockets": 3},
        {"clock_skew_s": None},
        {"clock_skew_s": "early"},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(slack: LocalSlack, wrong: Json) -> None:
    with pytest.raises(AssertionError, match="invalid_arguments"):
        Sandbox(slack.url).plans(**wrong)


def test_what_slack_refused_or_warned_of_is_told(slack: LocalSlack, client: WebClient) -> None:
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C404", text="x")
    client.auth_test()

    (refused,) = Sandbox(slack.url).refusals()
    assert (refused["method"], refused["answer"]["error"]) == ("chat.postMessage", "channel_not_found")
