"""Three seconds to acknowledge, and what may stand in an ack: a real Bolt app, over both transports."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.slack import LocalSlack
from tests.scenarios.bolt_world import (
    MANIFEST,
    ORGANIZATION,
    BoltWorld,
    Json,
    field,
    form,
    option,
    plain,
    section,
    until,
)

TEXT = {"type": "plain_text_input"}
ASKING = {"type": "external_select", "min_query_length": 0, "action_id": "value"}
TROUBLE = {"": "We had some trouble connecting. Try again?"}
TOO_LATE = "Operation timed out. Apps need to respond within 3 seconds."


@pytest.fixture(scope="module", params=["socket", "http"])
def shared(request: pytest.FixtureRequest) -> Iterator[BoltWorld]:
    made = BoltWorld(request.param)
    yield made
    made.stop()


@pytest.fixture
def world(shared: BoltWorld) -> BoltWorld:
    shared.fresh()
    return shared


def late(ack: Any, **_: Any) -> None:
    time.sleep(0.6)
    ack()


def button(label: str = "Go", **more: Any) -> Json:
    element = {"type": "button", "action_id": "go", "text": plain(label), "value": "1", **more}
    return {"type": "actions", "block_id": "buttons", "elements": [element]}


# -- too late ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_an_app_has_three_seconds(transport: str) -> None:
    slack = LocalSlack(ORGANIZATION, MANIFEST)
    if transport == "http":
        slack.deliver_to("http://127.0.0.1:9/slack")
    used: Any = slack.delivery.transport
    slack.stop()

    assert used.ack_seconds == 3.0


def test_a_command_that_is_acknowledged_too_late_has_failed(world: BoltWorld) -> None:
    world.patience(0.2)
    world.does["command"] = late

    reply = world.person("ana").types("/go slowly")

    assert reply
    assert (reply.text, reply.is_ephemeral) == ("/go failed with the error “operation_timeout”", True)


def test_a_click_that_is_acknowledged_too_late_says_so(world: BoltWorld) -> None:
    message = world.post("Well?", section("Well?"), button())
    world.patience(0.2)
    world.does["action"] = late

    answer = world.person("ana").clicks("Go", message)

    assert (answer["ok"], answer["error"]) == (False, TOO_LATE)


def test_a_form_that_is_acknowledged_too_late_stays_open(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Name", TEXT)))
    world.patience(0.2)
    world.does["view"] = late
    ana.fills({"Name": "one"})

    assert ana.submits() == TROUBLE
    assert ana.has_modal()


def test_options_that_come_too_late_are_an_error_in_the_select(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Owner", ASKING)))
    world.patience(0.2)
    world.does["options"] = late

    answer = ana.searches("Owner", "x")

    assert (answer["options"], answer["error"]) == ([], TOO_LATE)


def test_the_journal_says_how_long_an_ack_took(world: BoltWorld) -> None:
    def slow(ack: Any, **_: Any) -> None:
        time.sleep(0.25)
        ack()

    world.does["command"] = slow
    world.sandbox.post("type", person="ana", channel="general", text="/go now")

    (entry,) = [entry for entry in world.sandbox.journal() if entry["way"] == "out"]
    assert entry["acked"]
    assert entry["took_ms"] >= 250


# -- commands ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"text": "x", "response_type": "whispered"}, "response_type: must be one of ephemeral, in_channel"),
        ({"text": "x", "blocks": [{"type": "fireworks"}]}, "json-pointer:/blocks/0"),
        ({"text": "x", "blocks": [section("x" * 3001)]}, "json-pointer:/blocks/0/text/text"),
    ],
)
def test_an_answer_to_a_command_that_slack_does_not_take_is_a_failure_with_a_reason(
    world: BoltWorld, answer: Json, reason: str
) -> None:
    world.does["command"] = lambda ack, **_: ack(answer)

    reply = world.person("ana").types("/go")

    assert reply
    assert reply.text.startswith("/go failed with the error")
    assert reason in world.refusals()[0]


def test_a_good_answer_is_no_refusal(world: BoltWorld) -> None:
    world.does["command"] = lambda ack, **_: ack(text="Gone", blocks=[section("Gone")])

    reply = world.person("ana").types("/go")

    assert reply
    assert (reply.text, world.refusals()) == ("Gone", [])


def test_a_command_in_a_private_channel_does_not_tell_its_name(world: BoltWorld) -> None:
    world.sandbox.post("type", person="ana", channel="backroom", text="/go")

    assert world.body("command")["channel_name"] == "privategroup"


# -- options -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"options": [option(f"o{number}") for number in range(101)]}, "no more than 100 items allowed"),
        ({"options": [option("x" * 76)]}, "/options/0/text/text"),
        ({"options": [{"text": "bare", "value": "bare"}]}, "/options/0/text"),
        ({"options": [option("a")], "option_groups": []}, "one of options and option_groups"),
    ],
)
def test_options_that_slack_does_not_take_are_an_error_with_a_reason(
    world: BoltWorld, answer: Json, reason: str
) -> None:
    ana = world.opens("ana", form(field("Owner", ASKING)))
    world.does["options"] = lambda ack, **_: ack(answer)

    shown = ana.searches("Owner", "x")

    assert (shown["options"], bool(shown["error"])) == ([], True)
    assert reason in world.refusals()[0]


def test_a_hundred_options_and_no_options_are_taken(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Owner", ASKING)))
    many = [option(f"o{number}") for number in range(100)]
    answers = iter([many, []])
    world.does["options"] = lambda ack, **_: ack(options=next(answers))

    assert len(ana.searches("Owner", "o")["options"]) == 100
    assert ana.searches("Owner", "p") == {"options": [], "option_groups": []}
    assert world.refusals() == []


def test_a_select_asks_only_when_enough_is_typed(world: BoltWorld) -> None:
    asking = {"type": "external_select", "action_id": "value"}
    ana = world.opens("ana", form(field("Owner", asking)))

    answer = ana.searches("Owner", "pa")

    assert answer["hint"] == "Type at least 3 characters."
    assert "options" not in world.heard


# -- forms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "Lost."}}, "there is no input block nowhere"),
        ({"response_action": "errors", "errors": {"words": "No input."}}, "there is no input block words"),
        ({"response_action": "errors", "errors": {}}, "at least one block id"),
        ({"response_action": "errors", "errors": {"name": 7}}, "must be a string"),
        ({"response_action": "update", "view": form(section("x" * 3001))}, "/view/blocks/0/text/text"),
        ({"response_action": "update", "view": {"type": "home", "blocks": []}}, "view: must be a modal"),
        ({"response_action": "push"}, "view: must be a modal"),
        ({"response_action": "applaud"}, "response_action: must be one of"),
    ],
)
def test_an_answer_to_a_form_that_slack_does_not_take_is_trouble_with_a_reason(
    world: BoltWorld, answer: Json, reason: str
) -> None:
    ana = world.opens("ana", form(section("Words", block_id="words"), field("Name", TEXT)))
    world.does["view"] = lambda ack, **_: ack(answer)
    ana.fills({"Name": "one"})

    assert ana.submits() == TROUBLE
    assert ana.has_modal()
    assert reason in world.refusals()[0]


def test_a_fourth_form_does_not_fit_on_the_stack(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Name", TEXT)))
    world.does["view"] = lambda ack, **_: ack(response_action="push", view=form(field("Name", TEXT)))

    results = []
    for _ in range(3):
        ana.fills({"Name": "one"})
        results.append(dict(ana.submits()))

    assert results == [{}, {}, TROUBLE]
    assert ana.modal().depth == 3
    assert world.refusals() == ["push_limit_reached"]


def test_closing_all_tells_the_app_of_each_form_that_asked(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Name", TEXT), notify_on_close=True))
    pushed = form(field("Name", TEXT), title="On top", notify_on_close=True)
    world.does["view"] = lambda ack, **_: ack(response_action="push", view=pushed)
    ana.fills({"Name": "one"})
    ana.submits()

    ana.closes(clear=True)

    until(lambda: len(world.heard.get("closed", [])) == 2, "the app heard of both")
    told = [(body["view"]["title"]["text"], body["is_cleared"]) for body in world.heard["closed"]]
    assert told == [("On top", True), ("A form", True)]
    assert not ana.has_modal()


def test_a_form_that_asks_for_a_response_url_gets_one(world: BoltWorld) -> None:
    where = {"type": "conversations_select", "response_url_enabled": True}
    ana = world.opens("ana", form(field("Where", where)))
    ana.fills({"Where": "#stage"})
    ana.submits()

    (given,) = world.body("view")["response_urls"]
    assert (given["channel_id"], given["block_id"], given["action_id"]) == (
        world.channel("stage"),
        "where",
        "value",
    )


# -- faults on the way to the app --------------------------------------------------------------------------


def test_an_event_can_come_twice_with_the_same_id(world: BoltWorld) -> None:
    world.slack.faults.disturb("duplicated", kind="app_mention")

    world.person("ana").says("@prompter hello")

    mentions = until(lambda: len(named(world, "app_mention")) == 2 and named(world, "app_mention"), "twice")
    assert len({body["event_id"] for body in mentions}) == 1
    until(lambda: len(out(world, "app_mention")) == 2, "both were acknowledged")
    assert sorted(entry["duplicate"] for entry in out(world, "app_mention")) == [False, True]


def test_two_events_can_come_out_of_order(world: BoltWorld) -> None:
    world.slack.faults.disturb("held", kind="reaction_added")
    message = world.post("React!")
    ana = world.person("ana")
    ana.reacts("tada", message)
    ana.says("and then this")

    until(lambda: named(world, "reaction_added"), "the one that was held")
    until(lambda: out(world, "reaction_added"), "it was acknowledged")
    events = [entry["payload"]["event"] for entry in world.sandbox.journal() if entry["way"] == "out"]
    order = [event.get("text") or event["type"] for event in events]
    assert order.index("reaction_added") > order.index("and then this")


def test_an_ack_that_is_lost_makes_slack_send_the_event_again(world: BoltWorld) -> None:
    world.slack.faults.disturb("ack_dropped", kind="app_mention")

    world.person("ana").says("@prompter hello")

    until(lambda: len(named(world, "app_mention")) == 2, "it comes again")
    until(lambda: len(out(world, "app_mention")) == 2, "both are in the journal")
    assert [entry["retry"] for entry in out(world, "app_mention")] == [0, 1]
    reason = "timeout" if world.transport == "socket" else "http_timeout"
    assert out(world, "app_mention")[1]["retry_reason"] == reason


def test_a_command_can_be_late(world: BoltWorld) -> None:
    world.sandbox.plans(delivery="delayed", kind="/go", delay_s=0.3)

    started = time.monotonic()
    world.sandbox.post("type", person="ana", channel="general", text="/go")

    assert time.monotonic() - started > 0.3
    assert world.heard["command"]


def named(world: BoltWorld, kind: str) -> list[Json]:
    return [body for body in world.heard.get("event", []) if body["event"]["type"] == kind]


def out(world: BoltWorld, kind: str) -> list[Json]:
    entries = (entry for entry in world.sandbox.journal() if entry["way"] == "out")
    return [entry for entry in entries if entry["payload"].get("event", {}).get("type") == kind]
