"""Pure: what Slack takes as an answer inside an ack, and why it does not take the rest."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack.records import Json
from bot.slack.block_kit import Problem, message_problems, view_problems

MOST_OPTIONS = 100
MODAL_STACK = 3
ACTIONS = ("errors", "update", "push", "clear")
_RESPONSE_TYPES = ("ephemeral", "in_channel")


def command_problem(payload: Json) -> str:
    """Why the answer to a slash command is not shown; empty when it is, or when there is nothing to show."""
    if not payload:
        return ""
    text, blocks, kind = payload.get("text"), payload.get("blocks"), payload.get("response_type")
    if text is not None and not isinstance(text, str):
        return "text: must be a string"
    if kind is not None and kind not in _RESPONSE_TYPES:
        return f"response_type: must be one of {', '.join(_RESPONSE_TYPES)}"
    if blocks is not None and not isinstance(blocks, list):
        return "blocks: must be an array"
    if not isinstance(payload.get("attachments") or [], list):
        return "attachments: must be an array"
    return _said(message_problems(blocks or []), "/blocks")


def options_problem(payload: Json) -> str:
    """Why a select shows an error instead of the options that the app gave."""
    options, groups = payload.get("options"), payload.get("option_groups")
    if (options is None) == (groups is None):
        return "one of options and option_groups is needed"
    name, given = ("options", options) if groups is None else ("option_groups", groups)
    if not isinstance(given, list):
        return f"{name}: must be an array"
    if len(given) > MOST_OPTIONS:
        return f"{name}: no more than {MOST_OPTIONS} items allowed"
    if not given:
        return ""
    # The rules for options are those of a select that brings its own.
    select = {"type": "static_select", "action_id": "select", name: given}
    block = {"type": "section", "text": {"type": "plain_text", "text": "options"}, "accessory": select}
    return _said(message_problems([block]), "", strip="/0/accessory")


def submission_problem(payload: Json, blocks: Sequence[Json], depth: int) -> str:
    """Why Slack has trouble with the answer to a submitted form.

    Args:
        payload: What came with the ack; nothing closes the form.
        blocks: The form's blocks.
        depth: How many forms lie on each other now.
    """
    if not payload:
        return ""
    action = payload.get("response_action")
    if action not in ACTIONS:
        return f"response_action: must be one of {', '.join(ACTIONS)}"
    if action == "errors":
        return _errors_problem(payload.get("errors"), blocks)
    if action == "push" and depth >= MODAL_STACK:
        return "push_limit_reached"
    return _view_problem(payload.get("view")) if action in ("update", "push") else ""


def _errors_problem(errors: Any, blocks: Sequence[Json]) -> str:
    if not isinstance(errors, dict) or not errors:
        return "errors: must be an object with at least one block id"
    inputs = {block.get("block_id") for block in blocks if block.get("type") == "input"}
    for block_id, text in errors.items():
        if block_id not in inputs:
            return f"errors: there is no input block {block_id}"
        if not isinstance(text, str) or not text:
            return f"errors: what is said of {block_id} must be a string"
    return ""


def _view_problem(view: Any) -> str:
    if not isinstance(view, dict) or view.get("type") != "modal":
        return "view: must be a modal"
    return _said(view_problems(view), "/view")


def _said(problems: Sequence[Problem], prefix: str, strip: str = "") -> str:
    lines = [f"{item.message} [json-pointer:{prefix}{item.pointer.removeprefix(strip)}]" for item in problems]
    return "; ".join(lines)


def shown_error(error: str, status: int | None = None) -> str:
    """What a person reads beside a button whose click failed.

    Slack's own sentences, as people quote them; of a click that reached nobody only the word is known.
    """
    if error == "operation_timeout":
        return "Operation timed out. Apps need to respond within 3 seconds."
    return f"This app responded with Status Code {status}." if status else error


NOT_CONFIGURED = (
    "This app is not configured to handle interactive responses. "
    "Please configure interactivity URL for this app under the app config page."
)
TROUBLE = "We had some trouble connecting. Try again?"
