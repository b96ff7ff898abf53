"""A real Bolt app and the local Slack: the same people, over Socket Mode and over signed HTTP."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.sync.client import connect

from bot.sandbox.organization import Channel, Organization, Person
from bot.sandbox.people import Sandbox, SeenMessage
from bot.sandbox.slack import LocalSlack
from bot.web.server import WebServer
from tests.scenarios.bolt_world import PATIENCE_S, Listeners, come_to_rest, until

LOGINS = ("ana", "ben", "cleo", "dan", "eva", "finn", "gus")
ORGANIZATION = Organization(
    name="playhouse",
    title="Playhouse",
    people=tuple(Person(login=name, name=name.title(), email=f"{name}@playhouse.example") for name in LOGINS),
    teams=(),
    channels=(Channel(name="general"), Channel(name="backroom", members=("ana",), private=True)),
    repositories=(),
)
MANIFEST: dict[str, Any] = {
    "features": {
        "slash_commands": [{"command": "/callboard", "description": "Ask", "usage_hint": "who NAME"}]
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "channels:history",
                "im:write",
                "app_mentions:read",
                "im:history",
                "commands",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im", "app_home_opened"]}},
}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(text: str, action: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(text), "value": "run_7"}


def buttons(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "buttons", "elements": list(elements)}


def modal(title: str = "New repository", **more: Any) -> dict[str, Any]:
    name = {"type": "plain_text_input", "action_id": "value"}
    owner = {"type": "external_select", "action_id": "owner", "min_query_length": 0}
    return {
        "type": "modal",
        "callback_id": "new",
        "private_metadata": "python-service",
        "title": plain(title),
        "submit": plain("Create"),
        "blocks": [
            {"type": "input", "block_id": "name", "label": plain("Name"), "element": name},
            {
                "type": "input",
                "block_id": "owner",
                "label": plain("Owner"),
                "element": owner,
                "optional": True,
            },
        ],
        **more,
    }


@dataclass
class Heard:
    """What the app was told."""

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    mentions: list[dict[str, Any]] = field(default_factory=list)

    def forget(self) -> None:
        """As at the beginning."""
        self.bodies.clear()
        self.errors.clear()
        self.mentions.clear()


def build_app(slack: LocalSlack, heard: Heard, listeners: Listeners) -> App:
    """An app of a few lines that does one of everything."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    app = App(client=client, signing_secret=slack.signing_secret, listener_executor=listeners)
    add_commands(app, heard)
    add_views(app, heard)
    add_clicks(app, heard)
    add_events(app, heard)
    return app


def add_commands(app: App, heard: Heard) -> None:
    @app.command("/callboard")
    def command(ack: Any, respond: Any, client: WebClient, body: dict[str, Any]) -> None:
        heard.bodies["command"] = body
        text = body["text"]
        if text == "quick":
            ack("Here at once")
        elif text == "aloud":
            ack({"response_type": "in_channel", "text": "For everybody"})
        elif text == "later":
            ack()
            respond("Here later")
        elif text == "form":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=modal())
        elif text == "form twice":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=modal())
            try:
                client.views_open(trigger_id=body["trigger_id"], view=modal())
            except SlackApiError as refused:
                heard.errors.append(refused.response["error"])
        elif text == "form that tells":
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))
        elif text == "buttons":
            ack()
            blocks = [section("Shall I?"), buttons(button("Do it", "do"), button("Forget it", "forget"))]
            respond(text="Shall I?", blocks=blocks)


def add_views(app: App, heard: Heard) -> None:
    @app.view("new")
    def submitted(ack: Any, view: dict[str, Any], client: WebClient, body: dict[str, Any]) -> None:
        heard.bodies["view_submission"] = body
        name = view["state"]["values"]["name"]["value"]["value"]
        answers = {
            "Bad Name": {"response_action": "errors", "errors": {"name": "Lower case, please."}},
            "nowhere": {"response_action": "errors", "errors": {"no-such-block": "Lost."}},
            "next": {"response_action": "update", "view": modal("Step two")},
            "more": {"response_action": "push", "view": modal("On top")},
            "done": {"response_action": "clear"},
        }
        if name in answers:
            ack(**answers[name])
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Created {name}")

    @app.view_closed("new")
    def closed(ack: Any, body: dict[str, Any]) -> None:
        ack()
        heard.bodies["view_closed"] = body

    @app.options("owner")
    def owners(ack: Any, payload: dict[str, Any], body: dict[str, Any]) -> None:
        heard.bodies["block_suggestion"] = body
        names = [name for name in ("Payments", "Platform", "Web") if payload["value"].lower() in name.lower()]
        ack(options=[{"text": plain(name), "value": name.lower()} for name in names])


def add_clicks(app: App, heard: Heard) -> None:
    @app.action(re.compile("do|forget"))
    def clicked(ack: Any, body: dict[str, Any], client: WebClient, respond: Any) -> None:
        ack()
        heard.bodies["block_actions"] = body
        if body["container"]["is_ephemeral"]:
            respond(delete_original=True) if body["actions"][0]["action_id"] == "forget" else respond("Done")
            return
        message = body["message"]
        client.chat_update(
            channel=body["channel"]["id"], ts=message["ts"], text="Done", blocks=[section("Done")]
        )


def add_events(app: App, heard: Heard) -> None:
    @app.event("app_mention")
    def mentioned(event: dict[str, Any], body: dict[str, Any], say: Any) -> None:
        heard.bodies["app_mention"] = body
        heard.mentions.append(event)
        say(text="You called?", thread_ts=event["ts"])

    @app.event("message")
    def told(event: dict[str, Any], say: Any) -> None:
        say(f"You said: {event['text']}")

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section("Good morning")]}
        )


class Endpoint:
    """Where signed HTTP goes: the app, which can be told to fail first."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.failures = 0
        self.headers: list[dict[str, str]] = []
        self.server = WebServer(
            Starlette(routes=[Route("/slack", self._serve, methods=["POST"])]), "127.0.0.1", 0
        )

    async def _serve(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        if self.failures:
            self.failures -= 1
            return Response("not now", status_code=503)
        body = (await request.body()).decode()
        query = request.url.query
        headers: Any = dict(request.headers)
        answer = await run_in_threadpool(
            self.app.dispatch, BoltRequest(body=body, query=query, headers=headers)
        )
        return Response(
            answer.body, status_code=answer.status, headers=answer.first_headers_without_set_cookie()
        )


@dataclass
class World:
    """A workspace, the app in it, and who lives there."""

    slack: LocalSlack
    heard: Heard
    client: WebClient
    listeners: Listeners
    endpoint: Endpoint | None = None

    def person(self, name: str) -> Any:
        return Sandbox(self.slack.url).person(name)

    def post(self, text: str, *blocks: dict[str, Any], channel: str = "general") -> str:
        answer = self.client.chat_postMessage(channel=channel, text=text, blocks=list(blocks) or None)
        return str(answer["ts"])

    def body(self, kind: str) -> dict[str, Any]:
        """What the app heard of this kind; waits, for events come when they come."""
        until(lambda: kind in self.heard.bodies, f"the app has heard of {kind}")
        return self.heard.bodies[kind]


@pytest.fixture(scope="module", params=["socket", "http"])
def shared(request: pytest.FixtureRequest) -> Iterator[World]:
    slack, heard, listeners = LocalSlack(ORGANIZATION, MANIFEST, patience_s=PATIENCE_S), Heard(), Listeners()
    slack.start()
    app = build_app(slack, heard, listeners)
    made = World(slack, heard, app.client, listeners)
    if request.param == "socket":
        handler = SocketModeHandler(app, slack.app_token)
        handler.connect()
        yield made
        handler.close()
    else:
        made.endpoint = Endpoint(app)
        made.endpoint.server.start()
        slack.deliver_to(f"{made.endpoint.server.url}/slack")
        yield made
        made.endpoint.server.stop()
    slack.stop()
    listeners.shutdown()


@pytest.fixture
def world(shared: World) -> World:
    """The workspace as no earlier test has left anything under way in it."""
    come_to_rest(shared.slack, shared.listeners)
    shared.heard.forget()
    Sandbox(shared.slack.url).post("limits")
    return shared


def says(text: str) -> Any:
    return lambda message: message.text == text


def seen(person: Any, ts: str, channel: str = "general") -> SeenMessage:
    return next(message for message in person.sees(channel) if message.ts == ts)


# -- slash commands ----------------------------------------------------------------------------------------


def test_the_text_of_an_ack_is_seen_by_who_asked_alone(world: World) -> None:
    ana, ben = world.person("ana"), world.person("ben")

    reply = ana.types("/callboard quick")

    assert (reply.text, reply.is_ephemeral) == ("Here at once", True)
    assert reply.ts not in {message.ts for message in ben.sees()}


def test_an_ack_in_channel_is_seen_by_everybody(world: World) -> None:
    reply = world.person("ana").types("/callboard aloud")

    assert seen(world.person("ben"), reply.ts).text == "For everybody"


def test_an_answer_may_come_later_by_response_url(world: World) -> None:
    reply = world.person("ana").asks("/callboard later")

    assert (reply.text, reply.is_ephemeral) == ("Here later", True)


def test_a_command_carries_what_slacks_does(world: World) -> None:
    world.person("ben").types("/callboard quick")

    body = world.body("command")

    assert {key: body[key] for key in ("command", "text", "user_name", "channel_name", "team_domain")} == {
        "command": "/callboard",
        "text": "quick",
        "user_name": "ben",
        "channel_name": "general",
        "team_domain": "playhouse",
    }
    assert {"token", "team_id", "channel_id", "user_id", "api_app_id", "response_url", "trigger_id"} <= set(
        body
    )


@pytest.mark.parametrize("text", ["/nothing", "/callboardx who"])
def test_a_command_that_no_app_has_is_refused_in_the_channel(world: World, text: str) -> None:
    reply = world.person("ana").types(text)

    assert (reply.text, reply.is_ephemeral) == (f"{text.split()[0]} is not a valid command.", True)


def test_a_command_does_not_work_in_a_thread(world: World) -> None:
    ana, ts = world.person("ana"), world.post("a thread")

    reply = ana.types("/callboard quick", thread_ts=ts)

    assert "not supported in threads" in reply.text


# -- modals ------------------------------------------------------------------------------------------------


def test_a_form_is_refused_at_its_field_and_then_taken(world: World) -> None:
    cleo = world.person("cleo")
    cleo.types("/callboard form")

    cleo.fills({"Name": "Bad Name"})
    refused = cleo.submits()
    cleo.fills({"Name": "ledger-export"})
    taken = cleo.submits()

    assert (refused, taken) == ({"Name": "Lower case, please."}, {})
    assert not cleo.has_modal()
    assert cleo.waits_for(says("Created ledger-export"), channel="app").author == "U0CALLBOARD"


def test_a_submission_carries_what_slacks_does(world: World) -> None:
    cleo = world.person("cleo")
    cleo.types("/callboard form")
    cleo.fills({"Name": "one", "Owner": "Payments"})
    cleo.submits()

    body = world.body("view_submission")

    assert body["view"]["private_metadata"] == "python-service"
    assert body["view"]["state"]["values"] == {
        "name": {"value": {"type": "plain_text_input", "value": "one"}},
        "owner": {
            "owner": {
                "type": "external_select",
                "selected_option": {"text": plain("Payments"), "value": "payments"},
            }
        },
    }
    assert {"user", "team", "api_app_id", "trigger_id", "response_urls"} <= set(body)
    assert {"id", "hash", "root_view_id", "team_id", "app_id", "bot_id", "callback_id"} <= set(body["view"])


def test_errors_at_a_block_that_is_not_there_are_trouble_not_silence(world: World) -> None:
    cleo = world.person("cleo")
    cleo.types("/callboard form")
    cleo.fills({"Name": "nowhere"})

    assert list(cleo.submits().values()) == ["We had some trouble connecting. Try again?"]
    cleo.fills({"Name": "done"})
    cleo.submits()


def test_an_ack_can_put_the_next_step_in_the_forms_place(world: World) -> None:
    dan = world.person("dan")
    dan.types("/callboard form")
    before = dan.modal().id
    dan.fills({"Name": "next"})
    dan.submits()

    assert (dan.modal().title, dan.modal().id) == ("Step two", before)
    dan.fills({"Name": "done"})
    dan.submits()


def test_clearing_closes_the_whole_stack(world: World) -> None:
    dan = world.person("dan")
    dan.types("/callboard form")
    dan.fills({"Name": "more"})
    dan.submits()
    on_top = dan.modal().title
    dan.fills({"Name": "done"})
    dan.submits()

    assert (on_top, dan.has_modal()) == ("On top", False)


def test_a_select_asks_the_app_for_its_options(world: World) -> None:
    eva = world.person("eva")
    eva.types("/callboard form")
    view = eva.modal()

    answer = Sandbox(world.slack.url).post(
        "options", person="eva", view_id=view.id, block_id="owner", action_id="owner", value="p"
    )

    assert [option["value"] for option in answer["options"]] == ["payments", "platform"]
    assert world.body("block_suggestion")["type"] == "block_suggestion"


def test_the_app_hears_of_a_closed_form_when_it_asked_to(world: World) -> None:
    finn = world.person("finn")
    finn.types("/callboard form that tells")
    Sandbox(world.slack.url).post("close", person="finn", view_id=finn.modal().id)

    assert world.body("view_closed")["is_cleared"] is False
    assert not finn.has_modal()


def test_a_trigger_opens_one_form_and_no_second(world: World) -> None:
    world.person("gus").types("/callboard form twice")

    until(lambda: world.heard.errors, "the second form is refused")
    assert world.heard.errors == ["exchanged_trigger_id"]


# -- clicks ------------------------------------------------------------------------------------------------


def test_a_button_edits_its_message_in_place(world: World) -> None:
    ana = world.person("ana")
    ts = world.post("Shall I?", section("Shall I?"), buttons(button("Do it", "do")))

    ana.clicks("Do it", seen(ana, ts))
    changed = ana.waits_for(lambda message: message.ts == ts and message.is_edited)

    assert (changed.text, changed.buttons) == ("Done", ())


def test_a_click_carries_what_slacks_does(world: World) -> None:
    ana = world.person("ana")
    ts = world.post("Shall I?", section("Shall I?"), buttons(button("Do it", "do")))
    ana.clicks("Do it", seen(ana, ts))

    body = world.body("block_actions")

    assert {"user", "team", "channel", "message", "container", "response_url", "trigger_id", "state"} <= set(
        body
    )
    assert {key: body["container"][key] for key in ("type", "is_ephemeral")} == {
        "type": "message",
        "is_ephemeral": False,
    }
    (action,) = body["actions"]
    assert {key: action[key] for key in ("type", "action_id", "block_id", "value", "text")} == {
        "type": "button",
        "action_id": "do",
        "block_id": "buttons",
        "value": "run_7",
        "text": plain("Do it"),
    }


@pytest.mark.parametrize(("label", "left"), [("Do it", ["Done"]), ("Forget it", [])])
def test_a_response_url_replaces_or_takes_away_what_only_one_person_saw(
    world: World, label: str, left: list[str]
) -> None:
    dan = world.person("dan")
    asked = dan.asks("/callboard buttons")

    dan.clicks(label, asked)
    until(lambda: asked not in dan.sees(), "the app has answered the click")

    assert [message.text for message in dan.sees() if message.ts == asked.ts] == left


def test_nobody_else_can_press_what_only_one_person_sees(world: World) -> None:
    asked = world.person("eva").asks("/callboard buttons")

    with pytest.raises(AssertionError, match="message_not_found"):
        world.person("finn").clicks("Do it", asked)


# -- events ------------------------------------------------------------------------------------------------


def test_a_mention_is_answered_in_its_thread(world: World) -> None:
    ben = world.person("ben")

    answer = ben.asks("@callboard who owns payments-api?")

    mention = next(message for message in ben.sees() if message.ts == answer.thread_ts)
    assert (answer.text, mention.text) == ("You called?", "<@U0CALLBOARD> who owns payments-api?")


def test_an_event_carries_what_slacks_does(world: World) -> None:
    world.person("ben").asks("@callboard hello")

    body = world.body("app_mention")

    assert {"team_id", "api_app_id", "event", "type", "event_id", "event_time", "authorizations"} <= set(body)
    assert body["event_id"].startswith("Ev")


def test_a_direct_message_reaches_the_app(world: World) -> None:
    answer = world.person("gus").asks("good evening", channel="app")

    assert answer.text == "You said: good evening"


def test_a_line_to_nobody_in_a_channel_stays_among_people(world: World) -> None:
    before = len(world.slack.journal)
    world.person("ben").says("just us")
    come_to_rest(world.slack, world.listeners)

    assert [entry for entry in world.slack.journal[before:] if entry["way"] == "out"] == []


def test_opening_home_lets_the_app_fill_it(world: World) -> None:
    sandbox = Sandbox(world.slack.url)
    sandbox.post("home", person="ana")
    until(lambda: sandbox.get("views", person="ana")["home"], "the app fills the Home")

    (block,) = sandbox.get("views", person="ana")["home"]["blocks"]
    assert block.pop("block_id"), "Slack gives every block an id"
    assert block == section("Good morning")


@pytest.mark.parametrize("shared", ["http"], indirect=True)
def test_an_event_that_was_refused_comes_again_and_says_so(world: World) -> None:
    assert world.endpoint
    world.endpoint.failures = 1
    before = len(world.endpoint.headers)

    world.person("ben").asks("@callboard are you there?")

    first, second = world.endpoint.headers[before : before + 2]
    assert "x-slack-retry-num" not in first
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == ("1", "http_error")


def test_an_event_that_nobody_acknowledged_comes_again_over_the_socket() -> None:
    slack = LocalSlack(ORGANIZATION, MANIFEST)
    slack.socket.ack_seconds = 0.2
    slack.start()
    address = WebClient(slack.app_token, base_url=slack.api_url).apps_connections_open(
        app_token=slack.app_token
    )["url"]
    with connect(address) as socket:
        hello = json.loads(socket.recv(PATIENCE_S))
        Sandbox(slack.url).post("type", person="ben", channel="general", text="@callboard are you there?")
        first, second = json.loads(socket.recv(PATIENCE_S)), json.loads(socket.recv(PATIENCE_S))
        socket.send(json.dumps({"envelope_id": second["envelope_id"]}))
    slack.stop()

    assert hello["type"] == "hello"
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert [(one["retry_attempt"], one["retry_reason"]) for one in (first, second)] == [
        (0, ""),
        (1, "timeout"),
    ]


# -- the Web API over real connections -----------------------------------------------------------------------


def test_a_rate_limit_says_how_long_to_wait(world: World) -> None:
    world.slack.faults.add("chat.postMessage", status=429, retry_after_s=7)

    with pytest.raises(SlackApiError) as refused:
        world.post("too fast")

    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    assert world.post("slower")


def test_a_fault_hits_only_the_method_it_was_planned_for(world: World) -> None:
    world.slack.faults.add("chat.update", status=500)
    ts = world.post("still fine")

    with pytest.raises(SlackApiError):
        world.client.chat_update(channel=world.slack.workspace.channel_named("general").id, ts=ts, text="x")  # type: ignore[union-attr]
    assert world.client.chat_update(
        channel=world.slack.workspace.channel_named("general").id,  # type: ignore[union-attr]
        ts=ts,
        text="x",
    )["ok"]


def test_a_person_cannot_look_into_a_room_that_they_are_not_in(world: World) -> None:
    with pytest.raises(AssertionError, match="not_in_channel"):
        world.person("ben").sees("backroom")
    assert world.person("ana").sees("backroom") == ()


def test_the_journal_knows_what_came_in_and_went_out(world: World) -> None:
    before = len(world.slack.journal)
    world.person("ana").asks("/callboard later")

    ways = [
        (entry["way"], entry.get("kind") or entry.get("method")) for entry in world.slack.journal[before:]
    ]
    assert sorted(ways) == [("in", "response_url"), ("out", "slash_commands")]


def test_people_who_write_at_once_all_get_an_answer(world: World) -> None:
    answers: dict[str, str] = {}

    def ask(name: str) -> None:
        reply = world.person(name).types("/callboard quick")
        answers[name] = reply.text if reply else ""

    threads = [threading.Thread(target=ask, args=(name,)) for name in LOGINS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == dict.fromkeys(LOGINS, "Here at once")
