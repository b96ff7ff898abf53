"""The address that GitHub delivers to: only what is signed with one of our secrets is read, and nothing breaks it."""

import asyncio
import hashlib
import hmac
import json
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from bot.web.github_webhook import MAX_BODY, WebhookSecrets, github_route
from catalog_sync.deliveries import Receipt
from catalog_sync.delivery_rows import DeliveryState
from catalog_sync.github.hooks import WEBHOOK_PATH
from core.errors import DatabaseUnavailable

NEW, OLD, ENTERPRISE = "the new secret", "the old secret", "the enterprise's secret"
BODY = b'{"zen": "Speak like a human."}'


class Desk:
    """What is behind the address: it notes what it was handed."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str, Mapping[str, Any]]] = []
        self.is_away = False
        secrets = WebhookSecrets("github.com", {"github.com": [NEW, OLD], "ghes.acme.test": [ENTERPRISE]})
        self._application = Starlette(routes=[github_route(secrets, self._receive)])

    def _receive(self, guid: str, event: str, host: str, payload: Mapping[str, Any]) -> Receipt:
        if self.is_away:
            raise DatabaseUnavailable("the database does not answer")
        self.taken.append((guid, event, host, payload))
        if event == "ping":
            return Receipt(DeliveryState.IGNORED, "a greeting")
        return Receipt(DeliveryState.WAITING, "", ("teams:github.com/acme",))

    def post(self, body: Any = BODY, secret: str | None = NEW, **headers: str | None) -> tuple[int, str]:
        """Deliver; a header that is None is left out."""
        sent: dict[str, str | None] = {
            "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "X-GitHub-Event": "ping",
            "Content-Type": "application/json",
        }
        if secret is not None and isinstance(body, bytes):
            sent["X-Hub-Signature-256"] = signature(body, secret)
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        known = {name: value for name, value in sent.items() if value is not None}
        answer = self.ask("POST", body, known)
        return answer.status_code, str(answer.json().get("message", ""))

    def ask(self, method: str, body: Any = b"", headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Any request, over the application's own door."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._application)
            async with httpx.AsyncClient(transport=transport, base_url="http://callboard.test") as client:
                return await client.request(method, WEBHOOK_PATH, content=body, headers=headers)

        return asyncio.run(send())


def signature(body: bytes, secret: str) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_signature_is_the_one_that_github_documents() -> None:
    """The vector of GitHub's page "Validating webhook deliveries"."""
    documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert signature(b"Hello, World!", "It's a Secret to Everybody") == documented


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_either_secret_is_taken_while_they_are_being_changed(desk: Desk, secret: str) -> None:
    assert desk.post(secret=secret)[0] == 200
    assert desk.taken == [
        ("72d3162e-cc78-11e3-81ab-4c9367dc0958", "ping", "github.com", {"zen": "Speak like a human."})
    ]


def test_what_is_handed_over_is_said(desk: Desk) -> None:
    headers = {
        "X-GitHub-Delivery": "1",
        "X-GitHub-Event": "team",
        "X-Hub-Signature-256": signature(BODY, NEW),
    }
    answer = desk.ask("POST", BODY, headers)

    assert answer.status_code == 202
    assert answer.json() == {"state": "waiting", "reason": "", "refreshes": ["teams:github.com/acme"]}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Hub_Signature_256": ""},
        {"X_Hub_Signature_256": "sha256="},
        {"X_Hub_Signature_256": signature(BODY, "another secret")},
        {"X_Hub_Signature_256": signature(BODY, "")},
        {"X_Hub_Signature_256": signature(BODY + b" ", NEW)},
        {"X_Hub_Signature_256": signature(BODY, NEW).removeprefix("sha256=")},
        {"X_Hub_Signature_256": signature(BODY, NEW).upper()},
        {"X_Hub_Signature_256": signature(BODY, NEW)[:-2]},
        {"X_Hub_Signature_256": signature(BODY, NEW) + "00"},
        {"X_Hub_Signature": f"sha1={hmac.new(NEW.encode(), BODY, hashlib.sha1).hexdigest()}"},
        {"X_Hub_Signature_256": signature(BODY, ENTERPRISE)},
        {"X_Hub_Signature_256": signature(BODY, NEW), "X_GitHub_Enterprise_Host": "ghes.acme.test"},
        {"X_Hub_Signature_256": signature(BODY, NEW), "X_GitHub_Enterprise_Host": "a b"},
    ],
)
def test_without_a_right_signature_nothing_is_read(desk: Desk, headers: dict[str, str]) -> None:
    status, message = desk.post(secret=None, **headers)

    assert (status, desk.taken) == (403, [])
    assert "signature" in message


def test_each_host_has_secrets_of_its_own(desk: Desk) -> None:
    assert desk.post(secret=ENTERPRISE, X_GitHub_Enterprise_Host="GHES.acme.test")[0] == 200
    assert desk.taken[0][2] == "ghes.acme.test"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe{}",
        b'{"a": "\xff"}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"n": ' + b"9" * 10_000 + b"}",
    ],
)
def test_a_signed_body_that_is_no_object_is_a_mistake_and_not_a_fault(desk: Desk, body: bytes) -> None:
    status, message = desk.post(body)

    assert (status, desk.taken) == (400, [])
    assert "JSON" in message


def test_a_hook_may_send_forms(desk: Desk) -> None:
    body = urlencode({"payload": BODY.decode()}).encode()

    assert desk.post(body, Content_Type="application/x-www-form-urlencoded")[0] == 200
    assert desk.taken[0][3] == {"zen": "Speak like a human."}


@pytest.mark.parametrize("body", [b"", b"other=1", b"payload=%7B", b"payload", b"a=1&" * 9 + b"a=1"])
def test_a_form_without_a_payload_is_a_mistake(desk: Desk, body: bytes) -> None:
    assert desk.post(body, Content_Type="application/x-www-form-urlencoded; charset=utf-8")[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"X_GitHub_Delivery": None},
        {"X_GitHub_Event": None},
        {"X_GitHub_Delivery": "x" * 65},
        {"X_GitHub_Delivery": "../.."},
        {"X_GitHub_Event": "Push"},
        {"X_GitHub_Event": "push; drop table"},
    ],
)
def test_what_does_not_say_what_it_is_is_not_taken(desk: Desk, headers: dict[str, str | None]) -> None:
    assert (desk.post(**headers)[0], desk.taken) == (400, [])


def test_25_mb_are_taken_and_a_byte_more_is_not(desk: Desk) -> None:
    filler = MAX_BODY - len(b'{"a": ""}')
    body = b'{"a": "' + b"x" * filler + b'"}'

    assert desk.post(body)[0] == 200
    assert desk.post(body + b" ")[0] == 413


def test_a_body_of_unknown_length_is_read_no_further_than_25_mb(desk: Desk) -> None:
    sent = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(100):
            sent.append(number)
            yield b"x" * 1024 * 1024

    assert desk.post(endless(), X_Hub_Signature_256="sha256=" + "0" * 64)[0] == 413
    assert len(sent) <= 27


def test_a_large_body_is_refused_by_its_length_alone(desk: Desk) -> None:
    tracemalloc.start()
    status, _ = desk.post(BODY, X_Hub_Signature_256="sha256=" + "0" * 64, Content_Length=str(10**12))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (status, peak < 5_000_000) == (413, True)


def test_what_was_read_is_let_go_whatever_came_of_it(desk: Desk) -> None:
    large = b"x" * (20 * 1024 * 1024)
    for _ in range(8):
        assert desk.post(large, secret="another secret")[0] == 403


def test_while_the_database_is_away_github_is_told_to_try_again(desk: Desk) -> None:
    desk.is_away = True

    assert desk.post()[0] == 503


def test_only_post_is_answered(desk: Desk) -> None:
    assert desk.ask("GET").status_code == 405


def test_the_answer_is_json_for_whoever_reads_the_log_of_the_hook(desk: Desk) -> None:
    answer = desk.ask("POST", b"{}")

    assert json.loads(answer.text)["message"].endswith("(github.webhook_secrets)")
