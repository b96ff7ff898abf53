"""Filling in a form of every kind of input by what stands on the screen, and what reaches a real Bolt app."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.scenarios.bolt_world import BoltWorld, Json, field, form, option, plain, section

ACTS = [option("One"), option("Two"), option("Three")]
GROUPS = [
    {"label": plain("First half"), "options": ACTS[:2]},
    {"label": plain("Second half"), "options": ACTS[2:]},
]


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


def element(kind: str, **more: Any) -> Json:
    return {"type": kind, **more}


def sent(world: BoltWorld, label: str) -> Json:
    """What the app was sent for a field."""
    values: Json = world.body("view")["view"]["state"]["values"]
    held: Json = values[label.lower()]["value"]
    return held


@pytest.mark.parametrize(
    ("kind", "more", "value", "held"),
    [
        ("plain_text_input", {}, "Hamlet", {"value": "Hamlet"}),
        ("number_input", {"is_decimal_allowed": True}, "1.5", {"value": "1.5"}),
        ("email_text_input", {}, "ana@playhouse.example", {"value": "ana@playhouse.example"}),
        ("url_text_input", {}, "https://playhouse.example/a", {"value": "https://playhouse.example/a"}),
        ("datepicker", {}, date(2026, 12, 24), {"selected_date": "2026-12-24"}),
        ("timepicker", {}, time(19, 30), {"selected_time": "19:30"}),
        (
            "datetimepicker",
            {},
            datetime(2026, 12, 24, 19, 30, tzinfo=UTC),
            {"selected_date_time": 1798140600},
        ),
        ("static_select", {"options": ACTS}, "Two", {"selected_option": ACTS[1]}),
        ("static_select", {"option_groups": GROUPS}, "Three", {"selected_option": ACTS[2]}),
        ("multi_static_select", {"options": ACTS}, ["Two", "One"], {"selected_options": [ACTS[1], ACTS[0]]}),
        ("radio_buttons", {"options": ACTS}, "One", {"selected_option": ACTS[0]}),
        ("checkboxes", {"options": ACTS}, "One, Three", {"selected_options": [ACTS[0], ACTS[2]]}),
    ],
)
def test_a_field_holds_what_was_put_in(
    world: BoltWorld, kind: str, more: Json, value: Any, held: Json
) -> None:
    if kind == "number_input":
        more = {**more, "min_value": "0"}
    ana = world.opens("ana", form(field("Field", element(kind, **more))))

    ana.fills({"Field": value})

    assert ana.submits() == {}
    assert sent(world, "Field") == {"type": kind, **held}


def test_people_and_channels_are_chosen_by_name(world: BoltWorld) -> None:
    ana = world.opens(
        "ana",
        form(
            field("Who", element("users_select")),
            field("All", element("multi_users_select")),
            field("Where", element("channels_select")),
            field("Places", element("multi_conversations_select")),
        ),
    )
    ana.fills(
        {"Who": "Ben Player", "All": ["ana", "cleo"], "Where": "#stage", "Places": ["general", "backroom"]}
    )
    ana.submits()

    ids = {user.name: user.id for user in world.slack.workspace.users.values()}
    assert sent(world, "Who")["selected_user"] == ids["ben"]
    assert sent(world, "All")["selected_users"] == [ids["ana"], ids["cleo"]]
    assert sent(world, "Where")["selected_channel"] == world.channel("stage")
    assert sent(world, "Places")["selected_conversations"] == [
        world.channel("general"),
        world.channel("backroom"),
    ]


@pytest.mark.parametrize("kind", ["external_select", "multi_external_select"])
def test_an_external_select_is_searched_for_what_is_wanted(world: BoltWorld, kind: str) -> None:
    ana = world.opens("ana", form(field("Act", element(kind))))
    world.does["options"] = lambda ack, **_: ack(option_groups=GROUPS)

    ana.fills({"Act": "Three"})
    ana.submits()

    assert world.body("options")["value"] == "Three"
    held = sent(world, "Act")
    assert held.get("selected_option", held.get("selected_options")) in (ACTS[2], [ACTS[2]])


def test_rich_text_is_written_as_plain_text(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Notes", element("rich_text_input"))))
    ana.fills({"Notes": "Enter left"})
    ana.submits()

    (part,) = sent(world, "Notes")["rich_text_value"]["elements"]
    assert part["elements"] == [{"type": "text", "text": "Enter left"}]


def test_files_are_put_in_by_name_and_content(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Script", element("file_input", max_files=2, filetypes=["txt"]))))
    ana.fills({"Script": ("script.txt", b"To be")})
    ana.submits()

    (file,) = sent(world, "Script")["files"]
    assert (file["name"], file["size"]) == ("script.txt", 5)


def test_what_nobody_touched_is_sent_as_it_was(world: BoltWorld) -> None:
    blocks = [
        field("Name", element("plain_text_input", initial_value="Hamlet")),
        field("Act", element("static_select", options=ACTS, initial_option=ACTS[1])),
        field("Days", element("multi_static_select", options=ACTS), optional=True),
        field("When", element("datepicker"), optional=True),
        section("Extra", block_id="extra", accessory=element("checkboxes", action_id="value", options=ACTS)),
    ]
    world.opens("ana", form(*blocks)).submits()

    assert world.body("view")["view"]["state"]["values"] == {
        "name": {"value": {"type": "plain_text_input", "value": "Hamlet"}},
        "act": {"value": {"type": "static_select", "selected_option": ACTS[1]}},
        "days": {"value": {"type": "multi_static_select", "selected_options": []}},
        "when": {"value": {"type": "datepicker", "selected_date": None}},
        "extra": {"value": {"type": "checkboxes", "selected_options": []}},
    }


@pytest.mark.parametrize(
    ("kind", "more", "value", "said"),
    [
        ("plain_text_input", {}, "", "Please complete this required field."),
        ("plain_text_input", {"min_length": 3}, "ab", "Please write at least 3 characters."),
        ("plain_text_input", {"max_length": 3}, "abcd", "Please write at most 3 characters."),
        ("number_input", {"is_decimal_allowed": False}, "1.5", "Please write a whole number."),
        ("number_input", {"is_decimal_allowed": False}, "many", "Please write a number."),
        (
            "number_input",
            {"is_decimal_allowed": True, "min_value": "2"},
            "1",
            "Please write a number from 2 on.",
        ),
        (
            "number_input",
            {"is_decimal_allowed": True, "max_value": "2"},
            "3",
            "Please write a number up to 2.",
        ),
        ("email_text_input", {}, "ana", "Please write an email address, like name@example.com."),
        ("url_text_input", {}, "playhouse", "Please write a full address, like https://example.com."),
        (
            "multi_static_select",
            {"options": ACTS, "max_selected_items": 1},
            ["One", "Two"],
            "Please choose at most 1.",
        ),
        ("static_select", {"options": ACTS}, None, "Please complete this required field."),
        ("checkboxes", {"options": ACTS}, [], "Please complete this required field."),
    ],
)
def test_slacks_client_refuses_by_itself_and_sends_nothing(
    world: BoltWorld, kind: str, more: Json, value: Any, said: str
) -> None:
    ana = world.opens("ana", form(field("Field", element(kind, **more))))
    ana.fills({"Field": value})

    assert ana.submits() == {"Field": said}
    assert ana.modal().errors == {"Field": said}
    assert "view" not in world.heard


def test_errors_of_the_app_stand_at_their_fields_until_it_is_content(world: BoltWorld) -> None:
    ana = world.opens("ana", form(field("Name", element("plain_text_input"))))
    world.does["view"] = lambda ack, **_: ack(response_action="errors", errors={"name": "Taken."})
    ana.fills({"Name": "hamlet"})

    assert ana.submits() == {"Name": "Taken."}
    assert ana.modal().errors == {"Name": "Taken."}
    world.does.clear()
    assert ana.submits() == {}
    assert not ana.has_modal()


def test_a_field_that_acts_at_once_tells_the_app_while_the_form_is_open(world: BoltWorld) -> None:
    select = element("static_select", options=ACTS, action_id="act")
    ana = world.opens("ana", form(field("Act", select, dispatch_action=True)))

    ana.fills({"Act": "Two"})

    body = world.body("action")
    assert body["actions"][0]["selected_option"] == ACTS[1]
    assert body["view"]["state"]["values"]["act"]["act"]["selected_option"] == ACTS[1]
    assert "response_url" not in body


def test_a_button_in_a_form_carries_what_was_filled_in(world: BoltWorld) -> None:
    row = {
        "type": "actions",
        "block_id": "row",
        "elements": [{"type": "button", "action_id": "check", "text": plain("Check")}],
    }
    ana = world.opens("ana", form(field("Name", element("plain_text_input")), row))
    ana.fills({"Name": "hamlet"})

    ana.clicks("Check")

    assert world.body("action")["view"]["state"]["values"]["name"]["value"]["value"] == "hamlet"


def test_what_was_left_in_a_closed_form_is_not_in_the_next(world: BoltWorld) -> None:
    view = form(field("Name", element("plain_text_input"), optional=True))
    ana = world.opens("ana", view)
    ana.fills({"Name": "hamlet"})
    ana.closes()
    ana = world.opens("ana", view)
    ana.submits()

    assert sent(world, "Name")["value"] is None


@pytest.mark.parametrize(
    ("kind", "more", "value", "complaint"),
    [
        ("static_select", {"options": ACTS}, "Four", "there is no option Four"),
        ("users_select", {}, "Nobody", "there is no person Nobody"),
        ("channels_select", {}, "#nowhere", "there is no channel nowhere"),
        ("datetimepicker", {}, "2026-12-24T19:30", "say in which time zone"),
    ],
)
def test_what_is_not_on_the_screen_cannot_be_chosen(
    world: BoltWorld, kind: str, more: Json, value: Any, complaint: str
) -> None:
    ana = world.opens("ana", form(field("Field", element(kind, **more))))

    with pytest.raises(AssertionError, match=complaint):
        ana.fills({"Field": value})


@pytest.mark.parametrize("value", [7, ["x"], {"text": "x"}, True])
def test_a_value_of_another_type_is_refused(world: BoltWorld, value: Any) -> None:
    modal = world.opens("ana", form(field("Name", element("plain_text_input"), optional=True))).modal()
    values = {"name": {"value": {"value": value}}}

    with pytest.raises(AssertionError, match="invalid_arguments"):
        world.sandbox.post("submit", person="ana", view_id=modal.id, values=values)


@pytest.mark.parametrize(
    "values", [{"name": 7}, {"name": {"value": None}}, {"nowhere": {"value": {"value": "x"}}}]
)
def test_values_of_nothing_in_the_form_are_passed_over(world: BoltWorld, values: Json) -> None:
    modal = world.opens("ana", form(field("Name", element("plain_text_input"), optional=True))).modal()

    assert world.sandbox.post("submit", person="ana", view_id=modal.id, values=values)["ok"]
    assert sent(world, "Name")["value"] is None
