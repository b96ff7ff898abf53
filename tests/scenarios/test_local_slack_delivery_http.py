"""Signed HTTP as an app's web server sees it: headers, bodies, redirects, errors, retries, challenges."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.to_app.delivery import RETRY_GAPS_S
from bot.sandbox.slack.to_app.signed import HttpTransport, RequestUrls
from bot.web.server import WebServer
from tests.scenarios.bolt_world import MANIFEST, ORGANIZATION, PATIENCE_S, Json, until


@dataclass
class Came:
    """One request of Slack's."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form body."""
        return {
            name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()
        }


@dataclass
class Endpoint:
    """An app's web server that answers whatever the test wants."""

    came: list[Came] = field(default_factory=list)
    answers: Callable[[Came], Response] = lambda _came: Response()

    def __post_init__(self) -> None:
        self.server = WebServer(
            Starlette(routes=[Route("/{path:path}", self._serve, methods=["POST"])]), "127.0.0.1", 0
        )

    async def _serve(self, request: Request) -> Response:
        came = Came(request.url.path, dict(request.headers), await request.body(), time.monotonic())
        self.came.append(came)
        return self.answers(came)


QUIET = {**MANIFEST, "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}
"""One line of a person's is one event."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    made.server.start()
    yield made
    made.server.stop()


@pytest.fixture
def slack(endpoint: Endpoint) -> Iterator[LocalSlack]:
    made = LocalSlack(ORGANIZATION, QUIET, app_name="Prompter", patience_s=PATIENCE_S)
    made.start()
    made.deliver_to(f"{endpoint.server.url}/slack")
    made.delivery.retry_gaps_s = (0.0, 0.2, 0.4)
    yield made
    made.stop()


def command(slack: LocalSlack) -> str:
    """What Ana reads after a command."""
    reply = Sandbox(slack.url).person("ana").types("/go now")
    return reply.text if reply else ""


def go(slack: LocalSlack) -> None:
    """Ana sends a command and reads nothing."""
    Sandbox(slack.url).post("type", person="ana", channel="general", text="/go now")


def mention(slack: LocalSlack) -> None:
    Sandbox(slack.url).person("ana").says("@prompter hello")


def redirects(times: int) -> Callable[[Came], Response]:
    """Sends on from /slack to /1, to /2 and so on, so many times."""

    def answer(came: Came) -> Response:
        number = 0 if came.path == "/slack" else int(came.path.strip("/"))
        return RedirectResponse(f"/{number + 1}", 307) if number < times else PlainTextResponse("Arrived")

    return answer


def tries(endpoint: Endpoint) -> list[tuple[str | None, str | None]]:
    return [
        (item.headers.get("x-slack-retry-num"), item.headers.get("x-slack-retry-reason"))
        for item in endpoint.came
    ]


# -- what a request looks like -----------------------------------------------------------------------------


def test_a_request_is_signed_over_its_time_and_body(slack: LocalSlack, endpoint: Endpoint) -> None:
    go(slack)

    (came,) = endpoint.came
    stamp = came.headers["x-slack-request-timestamp"]
    base = b"v0:" + stamp.encode() + b":" + came.body
    digest = hmac.new(slack.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    assert came.headers["x-slack-signature"] == f"v0={digest}"
    assert abs(int(stamp) - time.time()) < 10


def test_slack_says_who_it_is_and_what_it_sends(slack: LocalSlack, endpoint: Endpoint) -> None:
    go(slack)
    mention(slack)

    first, second = until(lambda: len(endpoint.came) == 2 and endpoint.came, "both came")
    assert first.headers["user-agent"].startswith("Slackbot 1.0 (+https://")
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert first.form["command"] == "/go"
    assert second.headers["content-type"] == "application/json"
    assert json.loads(second.body)["type"] == "event_callback"


def test_an_interaction_is_one_field_of_a_form(slack: LocalSlack, endpoint: Endpoint) -> None:
    Sandbox(slack.url).person("ana").uses("Call everybody")

    (came,) = endpoint.came
    assert list(came.form) == ["payload"]
    assert json.loads(came.form["payload"])["type"] == "shortcut"


def test_each_kind_can_have_an_address_of_its_own(slack: LocalSlack, endpoint: Endpoint) -> None:
    base = endpoint.server.url
    manifest: Json = {
        "features": {"slash_commands": [{"command": "/go", "url": f"{base}/commands"}]},
        "settings": {
            "event_subscriptions": {"request_url": f"{base}/events"},
            "interactivity": {"request_url": f"{base}/clicks", "message_menu_options_url": f"{base}/options"},
        },
    }
    slack.deliver_to(RequestUrls.of(manifest))

    go(slack)
    Sandbox(slack.url).person("ana").uses("Call everybody")
    mention(slack)

    until(lambda: len(endpoint.came) == 3, "all came")
    assert [item.path for item in endpoint.came] == ["/commands", "/clicks", "/events"]


def test_a_clock_that_is_off_shows_in_the_time_that_is_signed(slack: LocalSlack, endpoint: Endpoint) -> None:
    Sandbox(slack.url).plans(clock_skew_s=-400)

    go(slack)

    assert int(endpoint.came[0].headers["x-slack-request-timestamp"]) < time.time() - 390


# -- what a person reads when the app fails ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "http_client_error"),
        (401, "http_client_error"),
        (404, "http_client_error"),
        (500, "http_service_error"),
        (503, "http_service_error"),
    ],
)
def test_a_command_fails_with_slacks_word_for_the_status(
    slack: LocalSlack, endpoint: Endpoint, status: int, word: str
) -> None:
    endpoint.answers = lambda _came: Response("no", status_code=status)

    assert command(slack) == f"/go failed with the error “{word}”"


def test_a_command_to_nobody_fails_with_slacks_word_for_it(slack: LocalSlack) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        slack.deliver_to(f"http://127.0.0.1:{closed.getsockname()[1]}/slack")

        assert command(slack) == "/go failed with the error “dispatch_failed”"


def test_a_click_that_is_refused_shows_the_status(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = lambda _came: Response("no", status_code=404)

    answer = Sandbox(slack.url).person("ana").uses("Call everybody")

    assert (answer["ok"], answer["error"]) == (False, "This app responded with Status Code 404.")


def test_plain_text_is_an_answer_to_a_command(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = lambda _came: PlainTextResponse("Gone already")

    assert command(slack) == "Gone already"


def test_an_answer_that_drips_is_too_late_all_the_same(slack: LocalSlack) -> None:
    """The limit is for the whole answer, not for the time between two bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        slack.deliver_to(f"http://127.0.0.1:{listener.getsockname()[1]}/slack")
        transport = slack.delivery.transport
        assert isinstance(transport, HttpTransport)
        transport.ack_seconds = 0.4

        assert command(slack) == "/go failed with the error “operation_timeout”"


# -- redirects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "seen"), [(1, "Arrived"), (2, "Arrived"), (3, "/go failed with the error “dispatch_failed”")]
)
def test_slack_follows_two_redirects_and_no_third(
    slack: LocalSlack, endpoint: Endpoint, times: int, seen: str
) -> None:
    endpoint.answers = redirects(times)

    assert command(slack) == seen


@pytest.mark.parametrize(
    "location", ["http://[", "file:///etc/passwd", "ftp://x/", "//", "http://127.0.0.1:99999/"]
)
def test_a_redirect_to_nowhere_is_a_failure(slack: LocalSlack, endpoint: Endpoint, location: str) -> None:
    endpoint.answers = lambda _came: Response(status_code=302, headers={"Location": location})

    assert command(slack) == "/go failed with the error “dispatch_failed”"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b'{"text": NaN}', b'{"text": "\\ud800"}', b"[" * 5000, b"7"]
)
def test_an_answer_that_is_no_json_object_is_plain_text(
    slack: LocalSlack, endpoint: Endpoint, content: bytes
) -> None:
    endpoint.answers = lambda _came: Response(content)

    assert command(slack) == content.decode(errors="replace")


# -- events again ------------------------------------------------------------------------------------------


def test_an_event_comes_four_times_and_says_so(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = lambda _came: Response("no", status_code=500)

    mention(slack)

    until(lambda: len(endpoint.came) == 4, "four tries")
    assert tries(endpoint) == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({item.body for item in endpoint.came}) == 1
    gaps = [
        round(after.at - before.at, 1)
        for before, after in zip(endpoint.came, endpoint.came[1:], strict=False)
    ]
    assert gaps[1] >= 0.2
    assert gaps[2] >= 0.4


def test_the_gaps_are_none_a_minute_and_five() -> None:
    assert RETRY_GAPS_S == (0.0, 60.0, 300.0)


def test_an_app_can_ask_for_no_second_try(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = lambda _came: Response("no", status_code=500, headers={"X-Slack-No-Retry": "1"})

    mention(slack)
    until(lambda: slack.journal, "the try is in the journal")
    endpoint.answers = lambda _came: Response()
    mention(slack)

    until(lambda: len(endpoint.came) == 2, "the next event")
    assert tries(endpoint) == [(None, None), (None, None)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(redirects(3), "too_many_redirects"), (lambda _came: Response(status_code=404), "http_error")],
)
def test_the_next_try_says_why(
    slack: LocalSlack, endpoint: Endpoint, answer: Callable[[Came], Response], reason: str
) -> None:
    endpoint.answers = answer

    mention(slack)

    again = until(
        lambda: [item for item in endpoint.came if "x-slack-retry-num" in item.headers], "it comes again"
    )
    assert again[0].headers["x-slack-retry-reason"] == reason


def test_a_try_that_is_too_late_is_a_timeout_to_the_next_one(slack: LocalSlack, endpoint: Endpoint) -> None:
    transport = slack.delivery.transport
    assert isinstance(transport, HttpTransport)
    transport.ack_seconds = 0.0

    mention(slack)
    until(lambda: slack.journal, "the first try is over")
    transport.ack_seconds = PATIENCE_S

    until(lambda: [item for item in endpoint.came if "x-slack-retry-num" in item.headers], "it comes again")
    assert endpoint.came[-1].headers["x-slack-retry-reason"] == "http_timeout"


# -- a new request URL -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "form"])
def test_an_address_that_repeats_the_challenge_is_kept(
    slack: LocalSlack, endpoint: Endpoint, form: str
) -> None:
    def answer(came: Came) -> Response:
        challenge = json.loads(came.body)["challenge"]
        shapes = {
            "text": challenge,
            "json": json.dumps({"challenge": challenge}),
            "form": f"challenge={challenge}",
        }
        return Response(shapes[form])

    endpoint.answers = answer
    transport = slack.delivery.transport
    assert isinstance(transport, HttpTransport)

    assert transport.verify() == ""
    assert json.loads(endpoint.came[0].body)["type"] == "url_verification"


def test_an_address_that_does_not_is_not_kept(slack: LocalSlack, endpoint: Endpoint) -> None:
    endpoint.answers = lambda _came: PlainTextResponse("hello")
    transport = slack.delivery.transport
    assert isinstance(transport, HttpTransport)

    assert "challenge" in transport.verify()
