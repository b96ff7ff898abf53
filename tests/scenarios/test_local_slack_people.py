"""What people do, and what a real Bolt app hears of it, over both transports."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.scenarios.bolt_world import MANIFEST, BoltWorld, Json, form, option, plain, section, until

BOT = "U0CALLBOARD"


@pytest.fixture(scope="module", params=["socket", "http"])
def shared(request: pytest.FixtureRequest) -> Iterator[BoltWorld]:
    made = BoltWorld(request.param)
    yield made
    made.stop()


@pytest.fixture
def world(shared: BoltWorld) -> Iterator[BoltWorld]:
    shared.fresh()
    yield shared
    assert shared.sandbox.refusals() == []


def identity(world: BoltWorld, login: str) -> str:
    return world.slack.workspace.user_by_name(login).id


def buttons(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "buttons", "elements": list(elements)}


def button(text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": text.lower(), "text": plain(text), "value": "1", **more}


# -- what people write -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "kind"), [("general", "channel"), ("backroom", "group"), ("app", "im")])
def test_the_app_hears_what_is_said_where_it_is(world: BoltWorld, channel: str, kind: str) -> None:
    said = world.person("ana").says("good evening", channel)

    event = world.event("message", lambda event: event["text"] == "good evening")
    assert (event["channel_type"], event["ts"], event["user"]) == (kind, said.ts, identity(world, "ana"))
    assert {"client_msg_id", "event_ts", "team", "blocks"} <= set(event)
    (section_,) = event["blocks"][0]["elements"]
    assert section_["elements"] == [{"type": "text", "text": "good evening"}]


def test_an_event_comes_in_slacks_envelope(world: BoltWorld) -> None:
    world.person("ana").says("good evening")

    body = world.body("event")
    assert {
        "token",
        "team_id",
        "context_team_id",
        "context_enterprise_id",
        "api_app_id",
        "event",
        "type",
        "event_id",
        "event_time",
        "event_context",
        "authorizations",
        "is_ext_shared_channel",
    } == set(body)
    assert body["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": body["team_id"],
            "user_id": BOT,
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]


def test_a_mention_is_a_message_and_a_mention(world: BoltWorld) -> None:
    world.person("ana").says("@prompter, line?")

    mention = world.event("app_mention")
    message = world.event("message")
    assert (mention["text"], mention["ts"]) == (f"<@{BOT}>, line?", message["ts"])
    assert {"type": "user", "user_id": BOT} in mention["blocks"][0]["elements"][0]["elements"]


def test_an_answer_in_a_thread_names_whose_thread_it_is(world: BoltWorld) -> None:
    first = world.person("ana").says("who is on?")
    world.person("ben").says("me", thread_ts=first.ts)

    event = world.event("message", lambda event: event["text"] == "me")
    assert (event["thread_ts"], event["parent_user_id"]) == (first.ts, identity(world, "ana"))
    assert [message.text for message in world.person("cleo").reads_thread(first.ts)] == ["who is on?", "me"]


def test_one_cannot_write_in_a_thread_that_is_not_there(world: BoltWorld) -> None:
    with pytest.raises(AssertionError, match="thread_not_found"):
        world.person("ana").says("hello?", thread_ts="1.000001")


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", "[" * 5000])
def test_what_cannot_be_told_again_is_refused(world: BoltWorld, text: str) -> None:
    """It would break every answer that shows it."""
    body = f'{{"person": "ana", "channel": "general", "text": {text}}}'.encode()
    request = urllib.request.Request(f"{world.slack.url}/sandbox/type", body)

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)

    with refused.value:
        assert (refused.value.code, json.loads(refused.value.read())["error"]) == (400, "invalid_json")
    assert world.person("ana").sees() is not None


def test_an_edit_and_a_deletion_say_what_was_there_before(world: BoltWorld) -> None:
    ana = world.person("ana")
    said = ana.says("to bee")
    edited = ana.edits(said, "to be")
    ana.deletes(edited)

    changed = world.event("message", lambda event: event.get("subtype") == "message_changed")
    deleted = world.event("message", lambda event: event.get("subtype") == "message_deleted")
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("to bee", "to be")
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (said.ts, "to be")
    assert changed["hidden"] is True
    assert said.ts not in {message.ts for message in ana.sees()}


def test_nobody_changes_what_somebody_else_wrote(world: BoltWorld) -> None:
    said = world.person("ana").says("mine")

    with pytest.raises(AssertionError, match="cant_update_message"):
        world.person("ben").edits(said, "yours")
    with pytest.raises(AssertionError, match="cant_"):
        world.person("ben").deletes(said)


def test_an_apps_own_message_is_an_event_like_any_other(world: BoltWorld) -> None:
    """Bolt keeps it from the listeners, so it is looked for on the way to the app; over HTTP either may be first."""
    message = world.post("first")
    world.client.chat_update(channel=message.channel, ts=message.ts, text="second")

    def sent() -> list[Json]:
        events = [entry["payload"]["event"] for entry in world.sandbox.journal() if entry["way"] == "out"]
        return [event for event in events if message.ts in (event["ts"], event.get("message", {}).get("ts"))]

    events = until(lambda: len(sent()) == 2 and sent(), "one was not sent")
    posted, changed = sorted(events, key=lambda event: "subtype" in event)
    assert (posted["text"], posted["bot_id"]) == ("first", "B0CALLBOARD")
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "second")


def test_a_link_that_the_app_unfurls_is_told_with_its_domain(world: BoltWorld) -> None:
    said = world.person("ana").says(
        "see https://www.playhouse.example/seats?a=1&b=2 and https://other.example/"
    )

    event = world.event("link_shared")
    assert event["links"] == [
        {"domain": "playhouse.example", "url": "https://www.playhouse.example/seats?a=1&b=2"}
    ]
    assert (event["message_ts"], event["source"], event["is_bot_user_member"]) == (
        said.ts,
        "conversations_history",
        True,
    )
    url = event["links"][0]["url"]
    world.client.chat_unfurl(
        unfurl_id=event["unfurl_id"],
        source=event["source"],
        unfurls={url: {"title": "Seats", "text": "Two left"}},
    )
    seen = world.person("ben").waits_for(lambda message: message.ts == said.ts and "Two left" in message.text)
    assert "Seats" in seen.text


# -- reactions, files, members -----------------------------------------------------------------------------


def test_reactions_come_and_go(world: BoltWorld) -> None:
    message = world.post("Curtain up")
    ana = world.person("ana")
    ana.reacts(":tada:", message)
    seen = ana.waits_for(lambda item: item.ts == message.ts and bool(item.reactions))
    ana.unreacts("tada", message)

    ids = (identity(world, "ana"),)
    assert dict(seen.reactions) == {"tada": ids}
    for kind in ("reaction_added", "reaction_removed"):
        event = world.event(kind)
        assert (event["reaction"], event["user"], event["item_user"]) == ("tada", ids[0], BOT)
        assert event["item"] == {"type": "message", "channel": message.channel, "ts": message.ts}


def test_one_reacts_once(world: BoltWorld) -> None:
    message = world.post("Curtain up")
    ana = world.person("ana")
    ana.reacts("tada", message)

    with pytest.raises(AssertionError, match="already_reacted"):
        ana.reacts("tada", message)
    with pytest.raises(AssertionError, match="no_reaction"):
        world.person("ben").unreacts("tada", message)
    with pytest.raises(AssertionError, match="invalid_name"):
        ana.reacts("no such thing!", message)


def test_a_shared_file_is_a_message_and_can_be_fetched_by_the_app(world: BoltWorld) -> None:
    said = world.person("ana").uploads("script.txt", b"To be", comment="Act one")

    assert (said.text, said.files) == ("Act one", ("script.txt",))
    event = world.event("message", lambda event: event.get("subtype") == "file_share")
    (file,) = event["files"]
    shared = world.event("file_shared")
    assert (shared["file_id"], shared["channel_id"]) == (file["id"], said.channel)
    assert world.client.files_info(file=file["id"])["file"]["size"] == 5


def test_who_joins_and_leaves_is_told(world: BoltWorld) -> None:
    dan, ana = world.person("dan"), world.person("ana")
    dan.leaves("stage")
    left = world.event("member_left_channel")
    ana.invites("dan", "stage")
    joined = world.event("member_joined_channel")

    assert (left["user"], left["channel_type"], left["team"]) == (identity(world, "dan"), "C", "T0CALLBOARD")
    assert joined["inviter"] == identity(world, "ana")
    notice = world.event("message", lambda event: event.get("subtype") == "channel_join")
    assert notice["text"] == f"<@{identity(world, 'dan')}> has joined the channel"


def test_a_channel_can_be_joined_and_a_private_one_not(world: BoltWorld) -> None:
    dan = world.person("dan")
    dan.leaves("stage")
    dan.joins("stage")

    assert dan.sees("stage")
    with pytest.raises(AssertionError, match="channel_not_found"):
        dan.joins("backroom")
    with pytest.raises(AssertionError, match="already_in_channel"):
        dan.joins("stage")


def test_the_app_hears_nothing_of_channels_that_it_is_not_in(world: BoltWorld) -> None:
    world.slack.workspace.channels[world.channel("stage")].members.discard(BOT)
    ana = world.person("ana")
    said = ana.says("behind its back @prompter https://playhouse.example/", "stage")
    ana.reacts("eyes", said)
    world.slack.workspace.channels[world.channel("stage")].members.add(BOT)
    ana.says("and now @prompter", "stage")

    world.event("app_mention")
    assert "behind" not in str(world.heard["event"])
    assert [body for body in world.heard["event"] if body["event"]["type"] == "reaction_added"] == []


# -- shortcuts, the Home, buttons --------------------------------------------------------------------------


def test_a_shortcut_is_used_by_its_name(world: BoltWorld) -> None:
    ana, message = world.person("ana"), world.post("Keep me")
    ana.uses("Call everybody")
    first = world.body("shortcut")
    ana.uses("Keep this", message)
    second = world.body("shortcut", lambda body: body["type"] == "message_action")

    assert (first["type"], first["callback_id"]) == ("shortcut", "call")
    assert (second["callback_id"], second["message"]["ts"], second["message_ts"]) == (
        "keep",
        message.ts,
        message.ts,
    )
    assert {"trigger_id", "response_url", "channel", "action_ts", "team", "user"} <= set(second)


def test_a_shortcut_that_the_manifest_does_not_have_cannot_be_used(world: BoltWorld) -> None:
    with pytest.raises(AssertionError, match="shortcut_not_found"):
        world.person("ana").uses("Keep this")


def test_the_home_is_read_as_the_app_fills_it(world: BoltWorld) -> None:
    def home(body: Json, client: Any, **_: Any) -> None:
        blocks = [section("Tonight: Hamlet"), buttons(button("Refresh"))]
        client.views_publish(user_id=body["event"]["user"], view={"type": "home", "blocks": blocks})

    world.does["event"] = home
    ana = world.person("ana")

    seen = ana.opens("home")

    assert seen
    assert (seen.text, seen.buttons) == ("Tonight: Hamlet\n[Refresh]", ("Refresh",))
    assert ana.clicks("Refresh")["ok"]
    clicked = world.body("action")
    assert (clicked["container"], clicked["view"]["type"]) == ({"type": "view", "view_id": seen.id}, "home")
    world.does.clear()
    ana.opens("home", 0)
    assert world.event("app_home_opened", lambda event: "view" in event)["view"]["id"] == seen.id


def test_a_late_answer_to_an_earlier_line_or_click_is_not_taken_for_the_answer_to_this_one(
    world: BoltWorld,
) -> None:
    """The app acknowledges at once, and answers the first command and the click only after the second command."""
    earlier: list[Any] = []

    def command(ack: Any, respond: Any, body: Json, **_: Any) -> None:
        ack()
        if body["text"] == "second":
            for late in earlier:
                late("Late")
            respond("In time")
        else:
            earlier.append(respond)

    def action(ack: Any, respond: Any, **_: Any) -> None:
        ack()
        earlier.append(lambda text: respond(text, replace_original=False))

    world.does |= {"command": command, "action": action}
    ana = world.person("ana")
    world.sandbox.post("type", person="ana", channel="general", text="/go first")
    ana.clicks("Go", world.post("Well?", buttons(button("Go"))))
    until(lambda: len(earlier) == 2, "the app has heard of both")

    answer = ana.asks("/go second")

    assert answer.text == "In time"
    assert [seen.text for seen in ana.sees()][-3:] == ["Late", "Late", "In time"]


def test_a_late_answer_in_another_thread_is_not_taken_for_the_answer_to_a_mention(world: BoltWorld) -> None:
    def event(say: Any, body: Json, **_: Any) -> None:
        happened = body["event"]
        if happened["type"] == "app_mention":
            say("Late", thread_ts=first.ts)
            say("In time", thread_ts=happened["ts"])

    first = world.post("Earlier")
    world.does["event"] = event

    answer = world.person("ana").asks("@prompter what now?")

    assert answer.text == "In time"


def test_what_somebody_else_writes_is_not_taken_for_an_answer(world: BoltWorld) -> None:
    def command(ack: Any, respond: Any, **_: Any) -> None:
        ack()
        world.person("ben").says("I wonder too")
        respond("In time")

    world.does["command"] = command

    assert world.person("ana").asks("/go").text == "In time"


def test_the_messages_tab_is_told_too(world: BoltWorld) -> None:
    world.person("cleo").opens("messages")

    assert world.event("app_home_opened")["tab"] == "messages"


def test_a_button_that_asks_whether_one_is_sure_sends_nothing_on_no(world: BoltWorld) -> None:
    sure = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    message = world.post("Well?", section("Well?"), buttons(button("Strike", style="danger", confirm=sure)))
    ana = world.person("ana")

    assert ana.clicks("Strike", message, confirm=False)["sent"] is False
    assert "action" not in world.heard
    assert ana.clicks("Strike", message)["ok"]
    assert world.body("action")["actions"][0]["action_id"] == "strike"


def test_a_message_remembers_what_was_chosen_in_it(world: BoltWorld) -> None:
    menu = {
        "type": "static_select",
        "action_id": "act",
        "placeholder": plain("Act"),
        "options": [option("One"), option("Two")],
    }
    day = {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")}
    message = world.post("Plan", section("Plan"), buttons(menu, day, button("Save")))
    ana = world.person("ana")

    ana.chooses("Act", "Two", message)
    ana.chooses("Day", "2026-12-24", message)
    ana.clicks("Save", message)

    saved = world.body("action", lambda body: body["actions"][0]["action_id"] == "save")
    assert saved["state"]["values"]["buttons"] == {
        "act": {"type": "static_select", "selected_option": option("Two")},
        "day": {"type": "datepicker", "selected_date": "2026-12-24"},
    }
    chosen = world.body("action", lambda body: body["actions"][0]["action_id"] == "act")
    assert chosen["actions"][0]["selected_option"] == option("Two")


def test_an_overflow_menu_is_used_by_its_entry(world: BoltWorld) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("Edit"), option("Delete")]}
    message = world.post("A row", section("A row", accessory=menu))

    world.person("ana").clicks("Delete", message)

    assert world.body("action")["actions"][0]["selected_option"]["value"] == "delete"


# -- other manifests ---------------------------------------------------------------------------------------


def test_an_app_that_asked_for_nothing_hears_nothing() -> None:
    deaf = BoltWorld("http", {**MANIFEST, "settings": {"interactivity": {"is_enabled": False}}})
    ana, message = deaf.person("ana"), deaf.post("Well?", section("Well?"), buttons(button("Go")))
    ana.says("@prompter hello")
    ana.reacts("tada", message)
    ana.opens("messages")
    answer = ana.clicks("Go", message)
    ways = {entry["way"] for entry in deaf.sandbox.journal()}
    deaf.stop()

    assert "not configured to handle interactive responses" in answer["error"]
    assert (deaf.heard, ways) == ({}, {"in"})


def test_an_app_that_is_not_interactive_hears_of_no_form_select_or_shortcut() -> None:
    settings = {**MANIFEST["settings"], "interactivity": {"is_enabled": False}}
    deaf = BoltWorld("http", {**MANIFEST, "settings": settings})
    select = {"type": "external_select", "action_id": "find", "placeholder": plain("Find")}
    message = deaf.post("Well?", section("Well?", accessory=select))
    ana = deaf.opens("ana", form(section("Well?"), notify_on_close=True))
    answers = [
        ana.searches("Find", "something", message)["error"],
        ana.uses("Call everybody")["error"],
        ana.submits()[""],
    ]
    ana.closes()
    heard = set(deaf.heard)
    deaf.stop()

    assert all("not configured to handle interactive responses" in answer for answer in answers)
    assert heard == {"command"}


def test_who_arrives_and_who_changes_is_told() -> None:
    names = {"bot_events": ["team_join", "user_change", "message.channels"]}
    world = BoltWorld(
        "http", {**MANIFEST, "settings": {**MANIFEST["settings"], "event_subscriptions": names}}
    )
    eva = world.sandbox.welcomes("eva", "Eva Player", "eva@playhouse.example")
    eva.changes(title="Prompter")
    eva.says("good evening")
    new, changed = world.event("team_join"), world.event("user_change")
    said = world.event("message")
    world.stop()

    assert (new["user"]["name"], new["user"]["profile"].get("email")) == ("eva", None), "no scope, no address"
    assert changed["user"]["profile"]["title"] == "Prompter"
    assert said["user"] == new["user"]["id"]


def test_an_app_that_is_thrown_out_is_told_and_can_do_nothing_more() -> None:
    names = {"bot_events": ["app_uninstalled", "tokens_revoked"]}
    world = BoltWorld(
        "http", {**MANIFEST, "settings": {**MANIFEST["settings"], "event_subscriptions": names}}
    )
    world.sandbox.uninstalls()

    def sent() -> set[str]:
        out = [
            entry["payload"]["event"]["type"] for entry in world.sandbox.journal() if entry["way"] == "out"
        ]
        return set(out)

    until(lambda: sent() == {"app_uninstalled", "tokens_revoked"}, "it was told of both")
    with pytest.raises(SlackApiError) as refused:
        world.client.auth_test()
    world.stop()

    assert refused.value.response["error"] == "account_inactive"


def test_a_work_object_is_opened_by_its_address() -> None:
    names = {"bot_events": ["entity_details_requested"]}
    world = BoltWorld(
        "http", {**MANIFEST, "settings": {**MANIFEST["settings"], "event_subscriptions": names}}
    )
    url = "https://playhouse.example/seats"
    said = world.person("ana").says(f"see {url}")
    entity = {
        "app_unfurl_url": url,
        "url": url,
        "external_ref": {"id": "seats"},
        "entity_type": "slack#/entities/item",
        "entity_payload": {"attributes": {"title": {"text": "Seats"}}},
    }
    world.client.chat_unfurl(channel=said.channel, ts=said.ts, metadata={"entities": [entity]})
    world.person("ben").opens_details(url, said)
    event = world.event("entity_details_requested")
    world.stop()

    assert (event["entity_url"], event["external_ref"], event["message_ts"]) == (
        url,
        {"id": "seats"},
        said.ts,
    )
    assert event["link"] == {"url": url, "domain": "playhouse.example"}
    assert event["trigger_id"]


def test_an_assistant_is_told_when_a_thread_with_it_begins() -> None:
    features = {**MANIFEST["features"], "assistant_view": {"assistant_description": "Prompts"}}
    world = BoltWorld("http", {**MANIFEST, "features": features})
    world.person("ana").opens("messages", beside="stage")
    event = world.event("assistant_thread_started")
    world.person("ana").looks_at("general")
    (root,) = world.person("ana").sees("app")
    world.person("ana").says("line?", "app", thread_ts=root.ts)
    said = world.event("message", lambda event: event["text"] == "line?")
    looked = world.event("assistant_thread_context_changed")
    world.stop()

    thread = event["assistant_thread"]
    assert thread["context"]["channel_id"] == world.channel("stage")
    assert looked["assistant_thread"]["context"]["channel_id"] == world.channel("general")
    assert (thread["thread_ts"], thread["user_id"]) == (root.ts, identity(world, "ana"))
    assert said["thread_ts"] == root.ts
