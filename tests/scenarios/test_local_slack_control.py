"""The local Slack's control API, over HTTP: what the page asks for, and what it refuses."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from tests.scenarios.bolt_world import MANIFEST, ORGANIZATION

ACTS = (
    "type edit delete react click options submit close home look details shortcut upload file join leave"
    " invite read faults patience"
).split()
READS = "state people messages views journal faults".split()
GOOD = {
    "person": "ana",
    "channel": "general",
    "text": "hello",
    "name": "tada",
    "content": "aGVsbG8=",
    "who": "ben",
    "tab": "home",
    "callback_id": "call",
    "url": "https://playhouse.example",
}
WRONG = (None, 7, True, [], ["x"], {}, {"a": 1}, "", "\x00", "nobody", "é" * 5000)


@pytest.fixture(scope="module")
def slack() -> Iterator[LocalSlack]:
    running = LocalSlack(ORGANIZATION, MANIFEST)
    running.start()
    yield running
    running.stop()


def post(slack: LocalSlack, route: str, body: bytes) -> tuple[int, Any]:
    return _answer(urllib.request.Request(f"{slack.url}/sandbox/{route}", body, method="POST"))


def get(slack: LocalSlack, route: str, **values: str) -> tuple[int, Any]:
    return _answer(urllib.request.Request(f"{slack.url}/sandbox/{route}?{urllib.parse.urlencode(values)}"))


def _answer(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


@pytest.mark.parametrize("route", ACTS)
def test_a_body_that_is_no_json_object_is_refused(slack: LocalSlack, route: str) -> None:
    assert post(slack, route, b"{") == (400, {"ok": False, "error": "invalid_json"})
    assert post(slack, route, b"[1]") == (400, {"ok": False, "error": "json_not_object"})


@pytest.mark.parametrize("route", ACTS)
def test_no_value_of_a_wrong_kind_brings_the_sandbox_down(slack: LocalSlack, route: str) -> None:
    names = (
        *GOOD,
        "ts",
        "thread_ts",
        "view_id",
        "action_id",
        "block_id",
        "values",
        "chosen",
        "remove",
        "clear",
        "seconds",
    )
    for name in names:
        for value in WRONG:
            status, answer = post(slack, route, json.dumps({**GOOD, name: value}).encode())
            assert status in (200, 400), (name, value, answer)


@pytest.mark.parametrize("route", READS)
@pytest.mark.parametrize("person", ["", "nobody", "\x00"])
def test_what_is_read_for_nobody_is_refused(slack: LocalSlack, route: str, person: str) -> None:
    status, answer = get(slack, route, person=person, channel="general")

    assert status == (200 if route in ("people", "journal", "faults") else 400), answer


def test_a_private_channel_is_not_read_by_others(slack: LocalSlack) -> None:
    assert get(slack, "messages", person="cleo", channel="backroom") == (
        400,
        {"ok": False, "error": "not_in_channel"},
    )
    names = [item["name"] for item in Sandbox(slack.url).get("state", person="cleo")["others"]]
    assert "backroom" not in names


def test_a_drawing_is_downloaded_and_never_opened_in_the_page(slack: LocalSlack) -> None:
    sandbox = Sandbox(slack.url)
    key = sandbox.post("file", person="ana", name="a.svg", content="PHN2Zy8+")["file"]["id"]

    with urllib.request.urlopen(f"{slack.url}/sandbox/files/{key}?person=ana") as response:
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a.svg"
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in response.headers["Content-Security-Policy"]


def test_somebody_joins_a_channel_and_sees_it_among_their_own(slack: LocalSlack) -> None:
    sandbox = Sandbox(slack.url)
    sandbox.post("leave", person="dan", channel="stage")
    assert [item["name"] for item in sandbox.get("state", person="dan")["others"]] == ["stage"]

    sandbox.post("join", person="dan", channel="stage")

    assert "stage" in [item["name"] for item in sandbox.get("state", person="dan")["channels"]]


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_an_app_is_given_more_time_from_now_on(slack: LocalSlack, transport: str) -> None:
    if transport == "http":
        slack.deliver_to("http://127.0.0.1:9/slack")

    Sandbox(slack.url).waits_for_app(9)

    used: Any = slack.delivery.transport
    assert (used.ack_seconds, slack.workspace.trigger_seconds) == (9, 9)
