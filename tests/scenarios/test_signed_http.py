"""Slack over signed HTTP: the same bot, and what it answers to those who are not Slack."""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.sandbox.slack.to_app.signed import signed
from tests.scenarios.world import World

BODY = b'{"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    """The theatre with the bot, over signed HTTP."""
    theatre = World(tmp_path_factory.mktemp("theatre"), mode="http")
    yield theatre
    theatre.stop()


def answer_to(world: World, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """What the bot's web server answers: status and body."""
    web = world.callboard.web
    connection = http.client.HTTPConnection(web.host, web.port, timeout=60)
    try:
        connection.request("POST", "/slack/events", body, {**JSON, **headers})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def by_slack(world: World, body: bytes, *, age_s: int = 0, **changes: str) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    return {**signed(world.slack.signing_secret, body, int(time.time()) - age_s), **changes}


def test_a_command_is_answered(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who payments-api", "random")

    assert "Owned by *Payments*" in answer.text
    assert answer.is_ephemeral


def test_a_mention_is_answered_in_its_thread(world: World) -> None:
    answer = world.person("kofi").asks("@callboard who owns payments-api?", "engineering")

    assert "Owned by *Payments*" in answer.text
    assert answer.thread_ts is not None


def test_a_form_shows_its_errors_at_the_field_and_searches_owners(world: World) -> None:
    ana = world.person("ana")
    ana.types("/callboard new python-service", "random")
    ana.modal(wanted=lambda modal: bool(modal.labels))
    ana.fills({"Repository name": "Not A Name", "What it does": "Nothing.", "Owner": "Checkout"})

    errors = ana.submits()

    assert list(errors) == ["Repository name"]


def test_slack_may_verify_the_address(world: World) -> None:
    status, body = answer_to(world, BODY, by_slack(world, BODY))

    assert (status, json.loads(body)["challenge"]) == (200, json.loads(BODY)["challenge"])


@pytest.mark.parametrize(
    "stamp",
    ["", "yesterday", "-1", "1.5", "\u00b2", "9" * 5000, "1e9", " ", "0x10"],
    ids=lambda stamp: stamp[:9],
)
def test_a_timestamp_that_is_no_number_is_refused(world: World, stamp: str) -> None:
    status, _ = answer_to(world, BODY, by_slack(world, BODY) | {"X-Slack-Request-Timestamp": stamp})

    assert status == 401


@pytest.mark.parametrize("age_s", [301, 86_400, -400])
def test_what_was_signed_long_ago_is_refused(world: World, age_s: int) -> None:
    status, _ = answer_to(world, BODY, by_slack(world, BODY, age_s=age_s))

    assert status == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v0=00", "v1=" + "0" * 64, "v0=\u00e9", "v0=" + "0" * 64])
def test_what_slack_did_not_sign_is_refused(world: World, signature: str) -> None:
    status, _ = answer_to(world, BODY, by_slack(world, BODY) | {"X-Slack-Signature": signature})

    assert status == 401


def test_a_body_that_was_changed_on_the_way_is_refused(world: World) -> None:
    status, _ = answer_to(world, BODY.replace(b"3eZ", b"4eZ"), by_slack(world, BODY))

    assert status == 401


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"x" * 1_100_000, b""], ids=["no text", "too long", "empty"]
)
def test_a_strangers_body_is_never_read(world: World, body: bytes) -> None:
    status, _ = answer_to(world, body, {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=1"})

    assert status == 401


def test_health_is_told_beside_it(world: World) -> None:
    web = world.callboard.web
    connection = http.client.HTTPConnection(web.host, web.port, timeout=60)
    connection.request("GET", "/health")
    body: Any = json.loads(connection.getresponse().read())
    connection.close()

    assert body["ok"] is True
    assert body["synced_at"] is not None
