"""Pure: the structural table of block elements: buttons, menus, pickers, inputs."""

from collections.abc import Mapping

from bot.slack.block_kit.compositions import PLAIN, STYLE
from bot.slack.block_kit.rules import (
    exactly_one,
    initial_among_options,
    needs,
    only_in_modal_inputs,
    ordered,
)
from bot.slack.block_kit.schema import Flag, Format, Kind, ListOf, Object, Shape, Text, Whole, by_name, typed

_OPTION = Object(("option",))
_MARKED_OPTION = Object(("marked_option",))
_FILTER = Object(("filter",))
_FEEDBACK = Object(("feedback_button",))
_RICH_TEXT = Object(("rich_text",))

_ACTION: Mapping[str, Kind] = {"action_id": Text()}
_CONFIRM: Mapping[str, Kind] = {"confirm": Object(("confirm",))}
_FOCUS: Mapping[str, Kind] = {"focus_on_load": Flag()}
_PLACEHOLDER: Mapping[str, Kind] = {"placeholder": PLAIN}
_PICKED = {**_ACTION, **_CONFIRM, **_FOCUS}
_MENU = {**_PICKED, **_PLACEHOLDER}
_MULTI: Mapping[str, Kind] = {**_MENU, "max_selected_items": Whole()}
_TYPED = {
    **_ACTION,
    **_FOCUS,
    **_PLACEHOLDER,
    "dispatch_action_config": Object(("dispatch_action_config",)),
}
_LISTED: Mapping[str, Kind] = {"options": ListOf(_OPTION), "option_groups": ListOf(Object(("option_group",)))}


def _menu(what: str, *, field: str, kind: Kind, more: Mapping[str, Kind] | None = None) -> Shape:
    """A menu to choose one thing from."""
    own = {field: kind, **(more or {})}
    rules = [initial_among_options(field)]
    if what == "static":
        rules.append(exactly_one("options", "option_groups"))
    if "response_url_enabled" in own:
        rules.append(only_in_modal_inputs("response_url_enabled"))
    return typed(f"{what}_select", *rules, optional={**_MENU, **own}, limits="select")


def _multi_menu(what: str, *, field: str, kind: Kind, more: Mapping[str, Kind] | None = None) -> Shape:
    """A menu to choose several things from."""
    rules = [initial_among_options(field)]
    if what == "static":
        rules.append(exactly_one("options", "option_groups"))
    own = {field: ListOf(kind), **(more or {})}
    return typed(f"multi_{what}_select", *rules, optional={**_MULTI, **own}, limits="select")


_CURRENT: Mapping[str, Kind] = {"default_to_current_conversation": Flag(), "filter": _FILTER}
_RESPONDS: Mapping[str, Kind] = {"response_url_enabled": Flag()}
_QUERY: Mapping[str, Kind] = {"min_query_length": Whole()}

ELEMENTS = by_name(
    typed(
        "button",
        needs("agent_prompt_display", "agent_prompt"),
        required={"text": PLAIN},
        optional={
            **_ACTION,
            **_CONFIRM,
            "value": Text(),
            "url": Text(Format.LINK),
            "style": STYLE,
            "accessibility_label": Text(),
            "agent_prompt": Text(),
            "agent_prompt_display": Text(),
        },
    ),
    typed(
        "workflow_button",
        required={"text": PLAIN, "workflow": Object(("workflow",))},
        optional={**_ACTION, **_CONFIRM, "style": STYLE, "accessibility_label": Text()},
        limits="button",
    ),
    typed(
        "icon_button",
        required={"icon": Text(), "text": PLAIN},
        optional={
            **_ACTION,
            **_CONFIRM,
            "accessibility_label": Text(),
            "value": Text(),
            "visible_to_user_ids": ListOf(Text()),
        },
    ),
    typed(
        "feedback_buttons",
        required={"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        optional=_ACTION,
    ),
    typed(
        "overflow",
        required={"options": ListOf(Object(("overflow_option",)))},
        optional={**_ACTION, **_CONFIRM},
    ),
    typed(
        "image",
        exactly_one("image_url", "slack_file"),
        required={"alt_text": Text()},
        optional={"image_url": Text(Format.ADDRESS), "slack_file": Object(("slack_file",))},
        name="image_element",
    ),
    typed("url", required={"url": Text(Format.ADDRESS), "text": Text()}, name="url_source"),
    _menu("static", field="initial_option", kind=_OPTION, more=_LISTED),
    _menu("external", field="initial_option", kind=_OPTION, more=_QUERY),
    _menu("users", field="initial_user", kind=Text()),
    _menu("conversations", field="initial_conversation", kind=Text(), more={**_CURRENT, **_RESPONDS}),
    _menu("channels", field="initial_channel", kind=Text(), more=_RESPONDS),
    _multi_menu("static", field="initial_options", kind=_OPTION, more=_LISTED),
    _multi_menu("external", field="initial_options", kind=_OPTION, more=_QUERY),
    _multi_menu("users", field="initial_users", kind=Text()),
    _multi_menu("conversations", field="initial_conversations", kind=Text(), more=_CURRENT),
    _multi_menu("channels", field="initial_channels", kind=Text()),
    typed(
        "checkboxes",
        initial_among_options("initial_options"),
        required={"options": ListOf(_MARKED_OPTION)},
        optional={**_PICKED, "initial_options": ListOf(_MARKED_OPTION)},
    ),
    typed(
        "radio_buttons",
        initial_among_options("initial_option"),
        required={"options": ListOf(_MARKED_OPTION)},
        optional={**_PICKED, "initial_option": _MARKED_OPTION},
    ),
    typed("datepicker", optional={**_MENU, "initial_date": Text(Format.DATE)}),
    typed("timepicker", optional={**_MENU, "initial_time": Text(Format.TIME), "timezone": Text()}),
    typed("datetimepicker", optional={**_PICKED, "initial_date_time": Whole()}),
    typed(
        "plain_text_input",
        ordered("min_length", "max_length"),
        optional={
            **_TYPED,
            "initial_value": Text(),
            "multiline": Flag(),
            "min_length": Whole(),
            "max_length": Whole(),
        },
    ),
    typed("email_text_input", optional={**_TYPED, "initial_value": Text()}),
    typed("url_text_input", optional={**_TYPED, "initial_value": Text()}),
    typed(
        "number_input",
        ordered("min_value", "max_value"),
        required={"is_decimal_allowed": Flag()},
        optional={
            **_TYPED,
            "initial_value": Text(Format.DECIMAL),
            "min_value": Text(Format.DECIMAL),
            "max_value": Text(Format.DECIMAL),
        },
    ),
    typed(
        "rich_text_input",
        ordered("min_lines", "max_lines"),
        optional={**_TYPED, "initial_value": _RICH_TEXT, "min_lines": Whole(), "max_lines": Whole()},
    ),
    typed("file_input", optional={**_ACTION, "filetypes": ListOf(Text()), "max_files": Whole()}),
)

_SELECTS = tuple(
    f"{many}{what}_select"
    for many in ("", "multi_")
    for what in ("static", "external", "users", "conversations", "channels")
)
_PICKS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
_TEXT_INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)

IN_ACTIONS = (
    "button",
    "overflow",
    *_SELECTS,
    *_PICKS,
    "datetimepicker",
    "workflow_button",
    "rich_text_input",
)
IN_SECTION = ("button", "overflow", *_SELECTS, *_PICKS, "image_element", "workflow_button")
IN_INPUT = (*_SELECTS, *_PICKS, "datetimepicker", *_TEXT_INPUTS)
IN_CONTEXT = ("image_element", "plain_text", "mrkdwn")
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
