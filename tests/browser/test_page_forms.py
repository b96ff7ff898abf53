"""Forms on the local Slack's page: every kind of field, what the client refuses, what the app says, the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.gallery_controls import form
from tests.browser.parts import field, option, plain
from tests.browser.stage import Screen
from tests.scenarios.bolt_world import BoltWorld, section

pytestmark = pytest.mark.needs_browser


def opens(world: BoltWorld, screen: Screen, view: Any) -> None:
    """The app opens a form for whoever types the command."""
    world.does["command"] = lambda ack, client, body, **_: (
        ack(),
        client.views_open(trigger_id=body["trigger_id"], view=view),
    )
    screen.types("/go")
    expect(screen.modal).to_be_visible()


def modal(*blocks: Any, title: str = "A form", **more: Any) -> Any:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks), **more}


def sent(world: BoltWorld) -> Any:
    """What the app heard of each field, by its block."""
    values = world.body("view")["view"]["state"]["values"]
    return {block: next(iter(actions.values())) for block, actions in values.items()}


def picks(screen: Screen, label: str, *options: str) -> None:
    """Choose in a select of the form; one that takes several stays open until Escape."""
    screen.modal.get_by_label(label, exact=True).click()
    for name in options:
        screen.page.get_by_role("option", name=name).click()
    if len(options) > 1:
        screen.page.keyboard.press("Escape")


def test_every_kind_of_field_reaches_the_app_as_slack_sends_it(world: BoltWorld, ana: Screen) -> None:
    world.does["options"] = lambda ack, **_: ack(options=[option("payments-api"), option("seat-map")])
    opens(world, ana, form())
    page, labelled = ana.page, ana.modal.get_by_label
    labelled("Title").fill("Opening night")
    labelled("Story").fill("One line\nand another")
    labelled("Email").fill("ana@playhouse.example")
    labelled("Address").fill("https://playhouse.example")
    labelled("Seats").fill("812")
    labelled("Day").fill("2026-12-24")
    labelled("Hour").fill("19:30")
    labelled("Moment").fill("2026-12-24T19:30")
    picks(ana, "Place (optional)", "Osaka")
    picks(ana, "Places (optional)", "Lisbon", "Quito")
    labelled("Service").click()
    page.get_by_role("combobox", name="Search Service").fill("se")
    page.get_by_role("option", name="seat-map").click()
    picks(ana, "People (optional)", "Ben Player", "Cleo Player")
    picks(ana, "Channel (optional)", "#general")
    picks(ana, "Conversation (optional)", "#backroom")
    labelled("Docs").check()
    labelled("A little").check()
    given: Any = [{"name": "proof.txt", "mimeType": "text/plain", "buffer": b"proof"}]
    ana.modal.locator("input[type=file]").set_input_files(given)
    expect(ana.modal.locator(".file-card")).to_contain_text("proof.txt")
    ana.presses("Send", ana.modal)
    expect(ana.modal).to_have_count(0)

    values, workspace = sent(world), world.slack.workspace
    assert values["title"]["value"] == "Opening night"
    assert values["story"]["value"] == "One line\nand another"
    assert values["mail"]["value"] == "ana@playhouse.example"
    assert values["site"]["value"] == "https://playhouse.example"
    assert values["seats"]["value"] == "812"
    assert values["day"]["selected_date"] == "2026-12-24"
    assert values["hour"]["selected_time"] == "19:30"
    assert values["moment"]["selected_date_time"] == 1798140600
    assert values["place"]["selected_option"]["value"] == "osaka"
    assert [one["value"] for one in values["places"]["selected_options"]] == ["lisbon", "quito"]
    assert values["service"]["selected_option"]["value"] == "seat-map"
    assert values["people"]["selected_users"] == [workspace.user_by_name(name).id for name in ("ben", "cleo")]
    assert values["channel"]["selected_channel"] == world.channel("general")
    assert values["talk"]["selected_conversation"] == world.channel("backroom")
    assert [one["value"] for one in values["done"]["selected_options"]] == ["docs"]
    assert values["sure"]["selected_option"]["value"] == "a little"
    assert [file["name"] for file in values["proof"]["files"]] == ["proof.txt"]


def test_rich_text_becomes_sections_and_lists_with_their_styles(world: BoltWorld, ana: Screen) -> None:
    opens(world, ana, modal(field("notes", "Notes", {"type": "rich_text_input"})))
    page = ana.page
    ana.modal.get_by_role("textbox", name="Notes").click()
    page.keyboard.type("Be ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    ana.presses("Bulleted list", ana.modal)
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    ana.presses("Send", ana.modal)
    expect(ana.modal).to_have_count(0)

    words = [{"type": "text", "text": "Be "}, {"type": "text", "text": "bold", "style": {"bold": True}}]
    items = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in ("one", "two")
    ]
    assert sent(world)["notes"]["rich_text_value"] == {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": words},
            {"type": "rich_text_list", "style": "bullet", "elements": items},
        ],
    }


REFUSED: tuple[tuple[Any, str, str], ...] = (
    ({"type": "plain_text_input"}, "", "Please complete this required field."),
    ({"type": "plain_text_input", "min_length": 5}, "four", "at least 5 characters"),
    ({"type": "plain_text_input", "max_length": 5}, "sixsix", "at most 5 characters"),
    ({"type": "email_text_input"}, "nobody", "email address"),
    ({"type": "url_text_input"}, "playhouse", "full address"),
    ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
    ({"type": "number_input", "is_decimal_allowed": True, "max_value": "9"}, "10", "up to 9"),
)


def test_what_slack_itself_would_refuse_is_said_at_each_field_and_not_sent(
    world: BoltWorld, ana: Screen
) -> None:
    names = [f"Field {at}" for at in range(len(REFUSED))]
    rows = list(zip(names, REFUSED, strict=True))
    opens(world, ana, modal(*(field(name, name, element) for name, (element, _, _) in rows)))
    for name, (_, text, _) in rows:
        ana.modal.get_by_label(name).fill(text)

    ana.presses("Send", ana.modal)

    for name, (_, _, complaint) in rows:
        place = ana.modal.locator(f"[data-block='{name}']")
        expect(place.get_by_role("alert")).to_contain_text(complaint)
        expect(place.locator("input")).to_have_attribute("aria-invalid", "true")
    expect(ana.modal.get_by_label("Field 0")).to_be_focused()
    assert "view" not in world.heard


def test_an_error_of_the_app_stands_at_its_field_alone_and_goes_when_it_is_right(
    world: BoltWorld, ana: Screen
) -> None:
    def check(ack: Any, body: Any, **_: Any) -> None:
        values = body["view"]["state"]["values"]
        if values["name"]["value"]["value"] == "taken":
            ack(response_action="errors", errors={"name": "That name is taken"})
        else:
            ack()

    world.does["view"] = check
    text = {"type": "plain_text_input"}
    opens(world, ana, modal(field("name", "Name", text), field("why", "Why", text, optional=True)))
    ana.modal.get_by_label("Name").fill("taken")
    ana.presses("Send", ana.modal)
    expect(ana.modal.get_by_role("alert").filter(has_text="That name is taken")).to_have_count(1)
    expect(ana.modal.get_by_label("Why")).not_to_have_attribute("aria-invalid", "true")

    ana.modal.get_by_label("Name").fill("free")
    ana.presses("Send", ana.modal)

    expect(ana.modal).to_have_count(0)


def test_a_select_that_takes_two_takes_no_third(world: BoltWorld, ana: Screen) -> None:
    places = {
        "type": "multi_static_select",
        "options": [option(name) for name in ("Lisbon", "Osaka", "Quito")],
    }
    opens(world, ana, modal(field("places", "Places", {**places, "max_selected_items": 2})))

    picks(ana, "Places", "Lisbon", "Osaka", "Quito")

    expect(ana.modal.locator(".chip")).to_have_text(["Lisbon", "Osaka"])


def test_a_field_that_acts_at_once_changes_the_form_and_keeps_what_is_filled_in(
    world: BoltWorld, ana: Screen
) -> None:
    text = {"type": "plain_text_input"}
    kinds = {"type": "static_select", "options": [option("Service"), option("Library")]}
    first = modal(field("name", "Name", text), field("kind", "Kind", kinds, dispatch_action=True))
    more = field("port", "Port", {"type": "number_input", "is_decimal_allowed": False})

    def change(ack: Any, client: Any, body: Any, **_: Any) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view={**first, "blocks": [*first["blocks"], more]})

    world.does["action"] = change
    opens(world, ana, first)
    ana.modal.get_by_label("Name").fill("page-scanner")

    picks(ana, "Kind", "Service")

    expect(ana.modal.get_by_label("Port")).to_be_visible()
    expect(ana.modal.get_by_label("Name")).to_have_value("page-scanner")


def test_a_form_on_a_form_goes_back_with_escape_and_away_with_the_cross(
    world: BoltWorld, ana: Screen
) -> None:
    button = {"type": "button", "text": plain("Deeper"), "action_id": "deeper"}
    deeper = {"type": "actions", "elements": [button]}

    def push(ack: Any, client: Any, body: Any, **_: Any) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=modal(section("Below"), title="Second"))

    world.does["action"] = push
    opens(world, ana, modal(deeper, title="First"))
    ana.presses("Deeper", ana.modal)
    expect(ana.modal.get_by_role("heading", name="Second")).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.modal.get_by_role("heading", name="First")).to_be_visible()

    ana.presses("Deeper", ana.modal)
    expect(ana.modal.get_by_role("heading", name="Second")).to_be_visible()
    ana.presses("Close", ana.modal)

    expect(ana.modal).to_have_count(0)
    expect(ana.field).to_be_focused()


def test_a_whole_conversation_is_possible_with_the_keyboard_alone(world: BoltWorld, ana: Screen) -> None:
    button = {"type": "button", "text": plain("Start"), "action_id": "start"}
    answer = [section("Ready?"), {"type": "actions", "elements": [button]}]
    world.does["command"] = lambda ack, **_: ack(text="Ready?", blocks=answer)
    view = modal(
        field("name", "Name", {"type": "plain_text_input"}),
        field("kind", "Kind", {"type": "static_select", "options": [option("Service"), option("Library")]}),
    )
    world.does["action"] = lambda ack, client, body, **_: (
        ack(),
        client.views_open(trigger_id=body["trigger_id"], view=view),
    )
    keys = ana.page.keyboard
    keys.type("/go")
    keys.press("Enter")
    ana.reads("Ready?")

    # The button stands before the field that is written in.
    for _ in range(12):
        keys.press("Shift+Tab")
        if ana.page.evaluate("document.activeElement.textContent") == "Start":
            break
    keys.press("Enter")
    expect(ana.modal).to_be_visible()
    keys.type("page-scanner")
    keys.press("Tab")
    keys.press("ArrowDown")
    expect(ana.page.get_by_role("option", name="Library")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(ana.modal).to_have_count(0)

    values = sent(world)
    assert values["name"]["value"] == "page-scanner"
    assert values["kind"]["selected_option"]["value"] == "library"
