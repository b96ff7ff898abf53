"""A small real Bolt app in a local Slack, over Socket Mode or signed HTTP; each test says what the app does."""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.organization import Channel, Organization, Person
from bot.sandbox.people import Person as Player
from bot.sandbox.people import Sandbox, SeenMessage
from bot.sandbox.slack import LocalSlack
from bot.web.server import WebServer

Json = dict[str, Any]

LOGINS = ("ana", "ben", "cleo", "dan")
ORGANIZATION = Organization(
    name="playhouse",
    title="Playhouse",
    people=tuple(
        Person(login=name, name=f"{name.title()} Player", email=f"{name}@playhouse.example")
        for name in LOGINS
    ),
    teams=(),
    channels=(
        Channel(name="general"),
        Channel(name="stage"),
        Channel(name="backroom", members=("ana", "ben"), private=True),
    ),
    repositories=(),
)
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "reactions:read",
    "reactions:write",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "file_shared",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
)
MANIFEST: Json = {
    "display_information": {"name": "Prompter"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/go", "description": "Go"}],
        "shortcuts": [
            {"name": "Call everybody", "type": "global", "callback_id": "call", "description": "Calls"},
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keeps"},
        ],
        "unfurl_domains": ["playhouse.example"],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {
        "event_subscriptions": {"bot_events": list(EVENTS)},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def option(text: str, value: str = "") -> Json:
    return {"text": plain(text), "value": value or text.lower()}


def field(label: str, element: Json, **more: Any) -> Json:
    """An input block whose block id is its label in small letters."""
    named = {"action_id": "value", **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": named, **more}


def form(*blocks: Json, title: str = "A form", **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


def until(look: Callable[[], Any], what: str, timeout_s: float = 30.0) -> Any:
    """What ``look`` finds, as soon as it is something."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {timeout_s} s")


PATIENCE_S = 30.0
"""How long the local Slack waits for an app where no test is about that: a busy machine stands still for seconds."""


class Listeners(ThreadPoolExecutor):
    """The threads of a Bolt app's listeners, which go on after the acknowledgement; knows whether one is at work."""

    def __init__(self) -> None:
        super().__init__(10)
        self._lock = threading.Lock()
        self._open = 0

    @property
    def is_idle(self) -> bool:
        """Whether every listener has come to its end."""
        with self._lock:
            return self._open == 0

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        """Run a listener."""
        self._count(1)
        future = super().submit(work, *given, **named)
        future.add_done_callback(lambda _future: self._count(-1))
        return future

    def _count(self, by: int) -> None:
        with self._lock:
            self._open += by


def come_to_rest(slack: LocalSlack, listeners: Listeners) -> None:
    """Wait until what an earlier test has set off is over."""

    def is_over() -> bool:
        return not slack.delivery.is_busy and listeners.is_idle

    # Twice: a listener that ends may have said something that the app hears of.
    until(lambda: is_over() and is_over(), "what the test before has set off is over", 2 * PATIENCE_S)


class BoltWorld:
    """A workspace and an app whose listeners do what the test has put into ``does``.

    Keys of ``does``: command, action, view, closed, options, shortcut, event; each is called with Bolt's
    arguments as keywords. What is not there is only acknowledged. ``heard`` is what came, by the same keys.
    """

    def __init__(self, transport: str, manifest: Json | None = None) -> None:
        self.slack = LocalSlack(
            ORGANIZATION, manifest or MANIFEST, app_name="Prompter", patience_s=PATIENCE_S
        )
        # Longer than a storm of disconnects, however slow the client is to come back.
        self.slack.socket.settle_seconds = self.slack.socket.drain_seconds = PATIENCE_S
        self.slack.start()
        self.sandbox = Sandbox(self.slack.url)
        self.client = WebClient(self.slack.bot_token, base_url=self.slack.api_url)
        self.does: dict[str, Callable[..., None]] = {}
        self.heard: dict[str, list[Json]] = {}
        self.transport = transport
        self._listeners = Listeners()
        self._app = App(
            client=self.client,
            signing_secret=self.slack.signing_secret,
            listener_executor=self._listeners,
        )
        self._listen()
        self._handler: SocketModeHandler | None = None
        self._web: WebServer | None = None
        if transport == "socket":
            self._handler = SocketModeHandler(self._app, self.slack.app_token)
            self._handler.connect()
        else:
            route = Route("/slack", self._serve, methods=["POST"])
            self._web = WebServer(Starlette(routes=[route]), "127.0.0.1", 0)
            self._web.start()
            self.slack.deliver_to(f"{self._web.url}/slack")

    def person(self, login: str) -> Player:
        """Somebody of the workspace."""
        return self.sandbox.person(login)

    def fresh(self) -> None:
        """As at the beginning, for the next test."""
        self.does.clear()
        self.slack.faults.clear()
        come_to_rest(self.slack, self._listeners)
        self.patience(PATIENCE_S)
        self.heard.clear()
        self.slack.journal.clear()
        # How often the tests before have called must not depend on how quick they were.
        self.sandbox.post("limits")
        self.slack.workspace.modals.clear()

    def patience(self, seconds: float) -> None:
        """How long Slack waits for an ack."""
        transport: Any = self.slack.delivery.transport
        transport.ack_seconds = seconds

    def post(self, text: str, *blocks: Json, channel: str = "general") -> SeenMessage:
        """The app posts a message; as Ana sees it."""
        ts = self.client.chat_postMessage(
            channel=self.channel(channel), text=text, blocks=list(blocks) or None
        )["ts"]
        return next(message for message in self.person("ana").sees(channel) if message.ts == ts)

    def channel(self, name: str) -> str:
        """A channel's id."""
        found = self.slack.workspace.channel_named(name)
        assert found
        return found.id

    def opens(self, login: str, view: Json) -> Player:
        """Somebody asks for a form and has it before them."""

        def command(client: WebClient, body: Json, ack: Any, **_: Any) -> None:
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=view)

        self.does["command"] = command
        person = self.person(login)
        person.types("/go form")
        person.modal(wanted=lambda seen: seen.title == view["title"]["text"])
        return person

    def body(self, kind: str, wanted: Callable[[Json], bool] = lambda _body: True) -> Json:
        """The newest thing of a kind that the app has heard and that fits; waits for it."""
        return until(
            lambda: next((body for body in reversed(self.heard.get(kind, [])) if wanted(body)), None),
            f"the app has heard no such {kind}; it heard {self.heard.get(kind)}",
        )

    def event(self, kind: str, wanted: Callable[[Json], bool] = lambda _event: True) -> Json:
        """The newest event of a type that the app has heard and that fits."""
        body = self.body("event", lambda body: body["event"]["type"] == kind and wanted(body["event"]))
        event: Json = body["event"]
        return event

    def refusals(self) -> list[str]:
        """Why the local Slack refused what the app answered, oldest first."""
        return [entry["reason"] for entry in self.sandbox.refusals() if entry["way"] == "refused"]

    def stop(self) -> None:
        """End everything."""
        if self._handler:
            self._handler.close()
        if self._web:
            self._web.stop()
        self.slack.stop()
        self._listeners.shutdown()

    def _listen(self) -> None:
        anything = re.compile(".*", re.DOTALL)
        self._app.command(anything)(self._listener("command"))
        self._app.action(anything)(self._listener("action"))
        self._app.view_submission(anything)(self._listener("view"))
        self._app.view_closed(anything)(self._listener("closed"))
        self._app.options(anything)(self._listener("options"))
        self._app.shortcut(anything)(self._listener("shortcut"))
        self._app.event(anything)(self._listener("event"))

    def _listener(self, kind: str) -> Callable[..., None]:
        def listener(ack: Any, respond: Any, client: WebClient, body: Json, say: Any) -> None:
            self.heard.setdefault(kind, []).append(body)
            does = self.does.get(kind)
            if does is None:
                ack()
                return
            does(ack=ack, respond=respond, client=client, body=body, say=say)

        return listener

    async def _serve(self, request: Request) -> Response:
        body = (await request.body()).decode()
        headers: Any = dict(request.headers)
        answer = await run_in_threadpool(self._app.dispatch, BoltRequest(body=body, headers=headers))
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())
