"""The structural tables of the Block Kit check say what Slack's own TypeScript types say, but for reasoned differences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from bot.slack.block_kit.blocks import ON_SURFACE
from bot.slack.block_kit.schema import Choice, Flag, Kind, ListOf, Object, Text
from bot.slack.block_kit.walk import SHAPES
from tests.tools import official

FILES = (
    "block-kit/blocks.d.ts",
    "block-kit/block-elements.d.ts",
    "block-kit/composition-objects.d.ts",
    "block-kit/extensions.d.ts",
    "views.d.ts",
)

SHAPE_OF: Mapping[str, str] = {
    **{
        f"{name}Block": name.lower()
        for name in ("Actions", "Alert", "Card", "Carousel", "Container", "Context")
    },
    **{f"{name}Block": name.lower() for name in ("Divider", "File", "Header", "Image", "Input", "Markdown")},
    **{f"{name}Block": name.lower() for name in ("Plan", "Section", "Table", "Video")},
    "ContextActionsBlock": "context_actions",
    "DataTableBlock": "data_table",
    "RichTextBlock": "rich_text",
    "TaskCardBlock": "task_card",
    "TableBlockColumnSettings": "column_settings",
    "Button": "button",
    "Checkboxes": "checkboxes",
    "Datepicker": "datepicker",
    "DateTimepicker": "datetimepicker",
    "Timepicker": "timepicker",
    "EmailInput": "email_text_input",
    "URLInput": "url_text_input",
    "NumberInput": "number_input",
    "PlainTextInput": "plain_text_input",
    "RichTextInput": "rich_text_input",
    "FileInput": "file_input",
    "FeedbackButtons": "feedback_buttons",
    "FeedbackButtons.positive_button": "feedback_button",
    "FeedbackButtons.negative_button": "feedback_button",
    "IconButton": "icon_button",
    "ImageElement": "image_element",
    "Overflow": "overflow",
    "RadioButtons": "radio_buttons",
    "URLSourceElement": "url_source",
    "WorkflowButton": "workflow_button",
    "WorkflowButton.workflow": "workflow",
    "WorkflowButton.workflow.trigger": "trigger",
    "WorkflowButton.workflow.trigger.customizable_input_parameters": "input_parameter",
    **{
        f"{what}Select": f"{what.lower()}_select" for what in ("Static", "External", "Users", "Conversations")
    },
    **{f"Multi{what}Select": f"multi_{what.lower()}_select" for what in ("Static", "External", "Users")},
    "ChannelsSelect": "channels_select",
    "MultiChannelsSelect": "multi_channels_select",
    "MultiConversationsSelect": "multi_conversations_select",
    "StaticSelect.option_groups": "option_group",
    "MultiStaticSelect.option_groups": "option_group",
    "ConversationsSelect.filter": "filter",
    "MultiConversationsSelect.filter": "filter",
    "BaseConversationFilter": "filter",
    **{
        f"RichText{name}": f"rich_text_{name.lower()}"
        for name in ("Color", "Date", "Emoji", "Link", "Text", "Section", "List", "Quote", "Preformatted")
    },
    "RichTextBroadcastMention": "rich_text_broadcast",
    "RichTextChannelMention": "rich_text_channel",
    "RichTextTeamMention": "rich_text_team",
    "RichTextUserMention": "rich_text_user",
    "RichTextUsergroupMention": "rich_text_usergroup",
    "RichTextStyleable.style": "text_style",
    "Confirm": "confirm",
    "ConfirmationDialog": "confirm",
    "DispatchActionConfig": "dispatch_action_config",
    "MrkdwnOption": "marked_option",
    "PlainTextOption": "overflow_option",
    "OptionGroup": "option_group",
    "PlainTextElement": "plain_text",
    "MrkdwnElement": "mrkdwn",
    "RawNumberElement": "raw_number",
    "RawTextElement": "raw_text",
    "SlackFileViaId": "slack_file",
    "SlackFileViaUrl": "slack_file",
    "HomeView": "home",
    "ModalView": "modal",
}

PARTS = frozenset(
    "Block Action Actionable Confirmable Dispatchable Focusable MaxItemsSelectable Placeholdable URLRespondable"
    " RichTextBorderable RichTextStyleable OptionDescriptor UrlImageObject SlackFileImageObject BaseView".split()
)
"""Interfaces that only lend their fields to others."""

LEFT_OUT = {"WorkflowStepView": "steps from apps are gone since September 2024"}

SAME = {
    "overflow_option": "option",
    "marked_option": "option",
    "plan_task": "task_card",
    "mention_style": "text_style",
}
"""Shapes that the types do not tell apart."""

DIFFERENCES: Mapping[str, str] = {
    "button.agent_prompt": "newer than the types; slack_sdk and the page know it",
    "button.agent_prompt_display": "newer than the types; slack_sdk and the page know it",
    "header.level": "newer than the types; the page knows it",
    "card.slack_icon": "newer than the types; the page knows it",
    "card.subtext": "newer than the types; the page knows it",
    "card.title": "the page takes plain text too",
    "card.subtitle": "the page takes plain text too",
    "card.body": "the page takes plain text too",
    "task_card.icon": "newer than the types; the live service takes it",
    "file.source": "the page: always remote",
    "rich_text_emoji.skin_tone": "what Slack's own composer sends",
    "rich_text_list.offset": "the page knows it",
    "overflow_option.value": "the page: required",
    "marked_option.value": "the page: required",
    "marked_option.text": "one shape for both kinds of text",
    "marked_option.description": "Block Kit Builder's own checkboxes have it in mrkdwn",
    "marked_option.url": "the comment: only in overflow menus",
    "slack_file.id": "one shape for a file by id or by address; a rule holds them apart",
    "slack_file.url": "one shape for a file by id or by address; a rule holds them apart",
    "home.blocks": "the types take any block in any view; the surfaces are held apart",
    "modal.blocks": "the types take any block in any view; the surfaces are held apart",
}
"""Where our tables say something else than the types, and why; a line that is no difference any more must go."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an interface."""

    type: str
    required: bool


@cache
def source() -> str:
    folder = official("@slack/types") / "dist"
    text = "\n".join((folder / name).read_text(encoding="utf-8") for name in FILES)
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


def closing(text: str, start: int) -> int:
    """Where the bracket closes that opens at ``start``."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "{(<[") - (text[index] in "})>]")
        if depth == 0:
            return index
    raise AssertionError(f"a bracket does not close: {text[start : start + 40]}")


def split(text: str, separator: str) -> Iterator[str]:
    """The parts of a text between separators that stand in no bracket."""
    depth, begin = 0, 0
    for index, letter in enumerate(text):
        depth += (letter in "{(<[") - (letter in "})>]")
        if letter == separator and depth == 0:
            yield text[begin:index].strip()
            begin = index + 1
    yield text[begin:].strip()


def members(body: str) -> dict[str, Member]:
    found = {}
    for line in split(body, ";"):
        match = re.match(r"(\w+)(\??):\s*(.*)", line, re.DOTALL)
        if match:
            found[match[1]] = Member(match[3], required=not match[2])
    return found


@cache
def interfaces() -> dict[str, dict[str, Member]]:
    """Every interface with the fields that it has or inherits, and every object that stands within one."""
    found: dict[str, dict[str, Member]] = {}
    bases: dict[str, list[str]] = {}
    text = source()
    for match in re.finditer(r"interface (\w+)(?: extends ([\w, ]+))? \{", text):
        found[match[1]] = members(text[match.end() : closing(text, match.end() - 1)])
        bases[match[1]] = re.findall(r"\w+", match[2] or "")
    for name in ("ImageBlock", "ImageElement"):
        start = text.index("{", text.index(f"type {name} ="))
        end = closing(text, start)
        found[name] = members(text[start + 1 : end])
        bases[name] = [
            part for part in re.findall(r"\w+", text[end : text.index(";", end)]) if part == "Block"
        ]
        for part in ("UrlImageObject", "SlackFileImageObject"):
            found[name] |= {field: Member(one.type, required=False) for field, one in found[part].items()}

    def whole(name: str) -> dict[str, Member]:
        inherited: dict[str, Member] = {}
        for base in bases[name]:
            inherited |= whole(base)
        return inherited | found[name]

    every = {name: whole(name) for name in found}
    for name in list(every):
        every |= dict(inner(name, every[name]))
    return every


def inner(name: str, fields: Mapping[str, Member]) -> Iterator[tuple[str, dict[str, Member]]]:
    for field, member in fields.items():
        if member.type.startswith("{"):
            own = members(member.type[1 : closing(member.type, 0)])
            yield f"{name}.{field}", own
            yield from inner(f"{name}.{field}", own)


@cache
def aliases() -> dict[str, str]:
    return {match[1]: match[2] for match in re.finditer(r"export type (\w+) = ([^;{]+);", source())}


def meant(text: str, path: str) -> str:
    """A TypeScript type in the words of ``held``."""
    text = text.strip()
    if text.startswith("["):  # a tuple that only says "not empty"
        return f"list of {meant(next(split(text[1:-1], ',')), path)}"
    if text.endswith("[]"):
        return f"list of {meant(text[:-2].strip().removeprefix('(').removesuffix(')'), path)}"
    parts = set()
    for part in split(text, "|"):
        if part.startswith("{"):
            end = closing(part, 0)
            name = shape_name(path)
            return f"list of {name}" if part[end + 1 :] == "[]" else name
        if part in aliases():
            parts |= set(meant(aliases()[part], path).split("|"))
        elif not part.startswith("Record<"):
            parts.add(SHAPE_OF.get(part, part.replace("'", "")))
    return "|".join(sorted(SAME.get(part, part) for part in parts))


def shape_name(path: str) -> str:
    return SHAPE_OF.get(path) or SHAPE_OF["RichTextStyleable.style"]


def held(kind: Kind) -> str:
    """A kind of our tables in words that both sides use."""
    if isinstance(kind, ListOf):
        return f"list of {held(kind.item)}"
    if isinstance(kind, Object):
        return "|".join(sorted({SAME.get(name, name) for name in kind.shapes}))
    if isinstance(kind, Choice):
        return "|".join(sorted(str(value) for value in kind.values))
    if isinstance(kind, Text):
        return "string"
    return "boolean" if isinstance(kind, Flag) else "number"


def differences(interface: str) -> set[str]:
    shape, fields = SHAPES[SHAPE_OF[interface]], interfaces()[interface]
    wrong = set(shape.fields) ^ set(fields)
    for name in set(shape.fields) & set(fields):
        ours = (held(shape.fields[name]), name in shape.required)
        theirs = (meant(fields[name].type, f"{interface}.{name}"), fields[name].required)
        if ours != theirs:
            wrong.add(name)
    return {f"{shape.name}.{name}" for name in wrong}


@pytest.mark.parametrize("interface", sorted(SHAPE_OF))
def test_a_shape_has_the_fields_of_its_type(interface: str) -> None:
    """The same names, the same ones required, holding the same things."""
    assert differences(interface) - set(DIFFERENCES) == set()


def test_every_named_difference_is_one() -> None:
    found = set().union(*(differences(interface) for interface in SHAPE_OF))

    assert set(DIFFERENCES) - found == set()


def test_every_interface_is_held_against_a_shape() -> None:
    unknown = {name for name in interfaces() if "." not in name} - set(SHAPE_OF) - PARTS - set(LEFT_OUT)

    assert unknown == set()


def test_every_known_block_may_stand_somewhere() -> None:
    known = set(meant(aliases()["KnownBlock"], "").split("|"))

    assert known - {name for names in ON_SURFACE.values() for name in names} == set()
