"""Pure: a template's questions as a modal, and a submitted modal as answers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blocks import Json, cut, option, plain
from scaffolds.model import FieldKind, Question, Template

FORM = "create:form"
CHOOSE = "create:template"
OWNER = "create:owner"
_VALUE = "value"


def choosing_modal(templates: Sequence[Template]) -> Json:
    """Which template?"""
    options = [
        {
            **option(template.title, template.name),
            "description": plain(cut(template.description or template.name, 75)),
        }
        for template in templates[:100]
    ]
    select = {
        "type": "static_select",
        "action_id": CHOOSE,
        "placeholder": plain("Choose a template"),
        "options": options,
    }
    return {
        "type": "modal",
        "callback_id": "create:choose",
        "title": plain("New repository"),
        "close": plain("Cancel"),
        "blocks": [
            {
                "type": "section",
                "block_id": "template",
                "text": {
                    "type": "mrkdwn",
                    "text": "*What would you like to start?*\nEach one is born with its owner, docs, CI and catalog entry.",
                },
                "accessory": select,
            }
        ],
    }


def form_modal(template: Template, defaults: Mapping[str, str], owners: Sequence[tuple[str, str]]) -> Json:
    """A template's questions.

    Args:
        template: The template.
        defaults: Question name to what its field holds at first.
        owners: Reference and title of the groups that are offered first (the asker's own).
    """
    blocks: list[Json] = []
    if template.description:
        blocks.append(
            {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(template.description, 300)}]}
        )
    blocks += [_field(question, defaults.get(question.name, ""), owners) for question in template.questions]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(cut(template.title, 24)),
        "submit": plain("Create"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps({"template": template.name}),
        "blocks": blocks[:100],
    }


def loading_modal() -> Json:
    """What is shown while the questions are looked up."""
    return {
        "type": "modal",
        "callback_id": "create:loading",
        "title": plain("New repository"),
        "close": plain("Cancel"),
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "One moment…"}}],
    }


def template_of(view: Json) -> str:
    """The template's name of a submitted form."""
    return str(json.loads(view["private_metadata"])["template"])


def answers_of(view: Json) -> dict[str, str]:
    """Question name to answer of a submitted form; what was left empty is an empty text."""
    answers = {}
    for block_id, fields in view["state"]["values"].items():
        for held in fields.values():
            answers[block_id] = _answer(held)
    return answers


def options_of(groups: Sequence[tuple[str, str]]) -> list[Json]:
    """Groups as options of the owner picker."""
    return [option(title, ref) for ref, title in groups[:100]]


def _answer(held: Json) -> str:
    chosen = held.get("selected_option")
    if chosen:
        return str(chosen["value"])
    if "selected_options" in held:
        return "true" if held["selected_options"] else "false"
    return str(held.get("value") or "").strip()


def _field(question: Question, default: str, owners: Sequence[tuple[str, str]]) -> Json:
    block: Json = {
        "type": "input",
        "block_id": question.name,
        "optional": not question.is_required or question.kind is FieldKind.BOOLEAN,
        "label": plain(cut(question.label, 2000)),
        "element": _element(question, default, owners),
    }
    if question.hint:
        block["hint"] = plain(cut(question.hint, 2000))
    return block


def _element(question: Question, default: str, owners: Sequence[tuple[str, str]]) -> Json:
    if question.kind is FieldKind.OWNER:
        return _owner_element(default, owners)
    if question.kind is FieldKind.CHOICE:
        options = [option(choice.label or choice.value, choice.value) for choice in question.choices[:100]]
        chosen = next((item for item in options if item["value"] == default), None)
        return _with(
            {"type": "static_select", "action_id": _VALUE, "options": options}, "initial_option", chosen
        )
    if question.kind is FieldKind.BOOLEAN:
        yes = option("Yes", "true")
        initial = [yes] if default.lower() in ("true", "yes", "y", "1") else None
        return _with(
            {"type": "checkboxes", "action_id": _VALUE, "options": [yes]}, "initial_options", initial
        )
    return _text_element(question, default)


def _owner_element(default: str, owners: Sequence[tuple[str, str]]) -> Json:
    element: Json = {
        "type": "external_select",
        "action_id": OWNER,
        "min_query_length": 0,
        "placeholder": plain("Search a team"),
    }
    chosen = next((option(title, ref) for ref, title in owners if ref == default), None)
    return _with(element, "initial_option", chosen)


def _text_element(question: Question, default: str) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": _VALUE,
        "multiline": question.kind is FieldKind.MULTILINE,
        "max_length": max(1, min(question.max_length, 3000)),
    }
    element = _with(element, "initial_value", default or None)
    return _with(
        element, "placeholder", plain(cut(question.placeholder, 150)) if question.placeholder else None
    )


def _with(element: Json, key: str, value: Any) -> Json:
    return element if value is None else {**element, key: value}
