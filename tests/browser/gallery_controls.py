"""Everything in Slack's blocks that can be pressed, picked or filled in: one message and one form."""

from tests.browser.parts import Json, field, mrkdwn, option, plain


def actions() -> list[Json]:
    """Everything that can be pressed or picked in a message."""
    sure = {
        "title": plain("Delete it?"),
        "text": mrkdwn("It does *not* come back."),
        "confirm": plain("Delete"),
        "deny": plain("Keep"),
        "style": "danger",
    }
    three = [option("Lisbon"), option("Osaka", description="Far away"), option("Quito")]
    return [
        {
            "type": "section",
            "block_id": "menu",
            "text": mrkdwn("*payments-api* is at level silver"),
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": [option("Open the docs"), option("Mute for a week")],
            },
        },
        {
            "type": "section",
            "block_id": "pick",
            "text": mrkdwn("Where does it run?"),
            "accessory": {
                "type": "static_select",
                "action_id": "where",
                "placeholder": plain("Pick a place"),
                "option_groups": [
                    {"label": plain("Europe"), "options": three[:1]},
                    {"label": plain("Elsewhere"), "options": three[1:]},
                ],
            },
        },
        {
            "type": "actions",
            "block_id": "press",
            "elements": [
                {
                    "type": "button",
                    "text": plain("Approve"),
                    "style": "primary",
                    "action_id": "approve",
                    "value": "1",
                },
                {
                    "type": "button",
                    "text": plain("Delete"),
                    "style": "danger",
                    "action_id": "delete",
                    "confirm": sure,
                },
                {
                    "type": "button",
                    "text": plain("Dashboard"),
                    "action_id": "link",
                    "url": "https://example.com/dashboard",
                },
                {
                    "type": "external_select",
                    "action_id": "service",
                    "placeholder": plain("Find a service"),
                    "min_query_length": 2,
                },
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-25"},
                {"type": "timepicker", "action_id": "time", "initial_time": "09:30"},
                {"type": "users_select", "action_id": "who", "placeholder": plain("Somebody")},
            ],
        },
        {
            "type": "section",
            "block_id": "tick",
            "text": mrkdwn("What is done?"),
            "accessory": {
                "type": "checkboxes",
                "action_id": "done",
                "options": [option("Tests", description="All of them"), option("Docs")],
            },
        },
        {
            "type": "section",
            "block_id": "choose",
            "text": mrkdwn("How sure are you?"),
            "accessory": {
                "type": "radio_buttons",
                "action_id": "sure",
                "options": [option("Very"), option("A little")],
            },
        },
    ]


def form() -> Json:
    """A modal with every kind of input."""
    places = [option("Lisbon"), option("Osaka"), option("Quito")]
    return {
        "type": "modal",
        "callback_id": "everything",
        "title": plain("Every kind of field"),
        "submit": plain("Send"),
        "close": plain("Not now"),
        "blocks": [
            {"type": "alert", "level": "info", "text": mrkdwn("Fields with a limit say how much is left.")},
            field(
                "title",
                "Title",
                {
                    "type": "plain_text_input",
                    "min_length": 3,
                    "max_length": 40,
                    "placeholder": plain("In a few words"),
                    "focus_on_load": True,
                },
                hint=plain("Three letters or more."),
            ),
            field("story", "Story", {"type": "plain_text_input", "multiline": True}, optional=True),
            field(
                "notes",
                "Notes",
                {"type": "rich_text_input", "placeholder": plain("With some shape")},
                optional=True,
            ),
            field("mail", "Email", {"type": "email_text_input"}, optional=True),
            field("site", "Address", {"type": "url_text_input"}, optional=True),
            field(
                "seats",
                "Seats",
                {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "900"},
                optional=True,
            ),
            field("day", "Day", {"type": "datepicker"}, optional=True),
            field("hour", "Hour", {"type": "timepicker"}, optional=True),
            field("moment", "Moment", {"type": "datetimepicker"}, optional=True),
            field(
                "place",
                "Place",
                {"type": "static_select", "placeholder": plain("Pick one"), "options": places},
                optional=True,
            ),
            field(
                "places",
                "Places",
                {"type": "multi_static_select", "options": places, "max_selected_items": 2},
                optional=True,
            ),
            field(
                "service",
                "Service",
                {"type": "external_select", "min_query_length": 2, "placeholder": plain("Find a service")},
                optional=True,
            ),
            field("people", "People", {"type": "multi_users_select"}, optional=True),
            field("channel", "Channel", {"type": "channels_select"}, optional=True),
            field("talk", "Conversation", {"type": "conversations_select"}, optional=True),
            field(
                "done",
                "Done",
                {"type": "checkboxes", "options": [option("Tests"), option("Docs")]},
                optional=True,
            ),
            field(
                "sure",
                "How sure?",
                {"type": "radio_buttons", "options": [option("Very"), option("A little")]},
                optional=True,
            ),
            field(
                "proof",
                "Proof",
                {"type": "file_input", "filetypes": ["png", "txt"], "max_files": 2},
                optional=True,
            ),
        ],
    }
