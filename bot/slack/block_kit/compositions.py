"""Pure: the structural table of composition objects: texts, options, dialogs, files, and the parts of charts."""

from bot.slack.block_kit.rules import any_of, exactly_one, positive, unique_items
from bot.slack.block_kit.schema import (
    Choice,
    Flag,
    Format,
    ListOf,
    Number,
    Object,
    Text,
    by_name,
    typed,
    untyped,
)

PLAIN = Object(("plain_text",))
ANY_TEXT = Object(("plain_text", "mrkdwn"))
IMAGE = Object(("image_element",))
STYLE = Choice(("primary", "danger"))

CARD_ICONS = tuple(
    "archive book bookmark bot bug calendar call caret-left caret-right check clipboard code comment compass copy"
    " cube download edit email eye-closed eye-open file flag folder gear globe heart help image info key lightbulb"
    " link map mobile new-window pin plus refine refresh rocket save screen share sparkle star star-filled tag"
    " thumbs-down thumbs-up trash upload user warning".split()
)
"""The names of Slack's own icons [B D]."""
TASK_ICONS = tuple(name for name in CARD_ICONS if name not in ("call", "email", "file", "link", "user"))
"""The names that a task's icon may have: those that the live service listed in a refusal [L]."""


COMPOSITIONS = by_name(
    typed("plain_text", required={"text": Text()}, optional={"emoji": Flag()}, limits="text"),
    typed("mrkdwn", required={"text": Text()}, optional={"verbatim": Flag()}, limits="text"),
    typed("raw_text", required={"text": Text()}),
    typed("raw_number", required={"value": Number(), "text": Text()}),
    # Options: in menus plain text only, an address in overflow menus only, mrkdwn beside boxes and buttons only.
    untyped(
        "option",
        required={"text": PLAIN, "value": Text()},
        optional={"description": PLAIN},
    ),
    untyped(
        "overflow_option",
        required={"text": PLAIN, "value": Text()},
        optional={"description": PLAIN, "url": Text(Format.LINK)},
        limits="option",
    ),
    untyped(
        "marked_option",
        required={"text": ANY_TEXT, "value": Text()},
        optional={"description": ANY_TEXT},
        limits="option",
    ),
    untyped("option_group", required={"label": PLAIN, "options": ListOf(Object(("option",)))}),
    untyped(
        "confirm",
        required={"text": ANY_TEXT},
        optional={"title": PLAIN, "confirm": PLAIN, "deny": PLAIN, "style": STYLE},
    ),
    untyped(
        "filter",
        any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
        optional={
            "include": ListOf(Choice(("im", "mpim", "private", "public"))),
            "exclude_external_shared_channels": Flag(),
            "exclude_bot_users": Flag(),
        },
    ),
    untyped(
        "dispatch_action_config",
        optional={"trigger_actions_on": ListOf(Choice(("on_enter_pressed", "on_character_entered")))},
    ),
    untyped("slack_file", exactly_one("id", "url"), optional={"id": Text(), "url": Text(Format.ADDRESS)}),
    untyped("workflow", required={"trigger": Object(("trigger",))}),
    untyped(
        "trigger",
        required={"url": Text(Format.ADDRESS)},
        optional={"customizable_input_parameters": ListOf(Object(("input_parameter",)))},
    ),
    untyped("input_parameter", required={"name": Text(), "value": Text()}),
    untyped(
        "feedback_button",
        required={"text": PLAIN, "value": Text()},
        optional={"accessibility_label": Text()},
    ),
    typed("icon", required={"name": Choice(CARD_ICONS)}, name="slack_icon"),
    typed("icon", required={"name": Choice(TASK_ICONS)}, name="task_icon"),
    untyped("column_settings", optional={"align": Choice(("left", "center", "right")), "is_wrapped": Flag()}),
    untyped("segment", positive("value"), required={"label": Text(), "value": Number()}),
    untyped("series", required={"name": Text(), "data": ListOf(Object(("point",)))}),
    untyped("point", required={"label": Text(), "value": Number()}),
    untyped(
        "axis_config",
        unique_items("categories"),
        required={"categories": ListOf(Text())},
        optional={"x_label": Text(), "y_label": Text()},
    ),
)
