"""What slack_sdk's own builders make has no problem: they know Slack too, from another side."""

from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    AlertBlock,
    Block,
    ButtonElement,
    CardBlock,
    CarouselBlock,
    ChannelMultiSelectElement,
    ChannelSelectElement,
    CheckboxesElement,
    ConfirmObject,
    ContainerBlock,
    ContextActionsBlock,
    ContextBlock,
    ConversationFilter,
    ConversationSelectElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    EmailInputElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    FileBlock,
    HeaderBlock,
    IconButtonElement,
    ImageBlock,
    ImageElement,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    NumberInputElement,
    Option,
    OptionGroup,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    PlanBlock,
    RadioButtonsElement,
    RawTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextInputElement,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    StaticMultiSelectElement,
    StaticSelectElement,
    TableBlock,
    TaskCardBlock,
    TimePickerElement,
    UrlInputElement,
    UrlSourceElement,
    UserSelectElement,
    VideoBlock,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from bot.slack.block_kit import message_problems, view_problems

ADDRESS = "https://playhouse.example/a.png"
OPTIONS = [
    Option(text="One", value="1", description="first"),
    Option(text=PlainTextObject(text="Two", emoji=True), value="2"),
]
MARKED = [Option(text=MarkdownTextObject(text="*One*"), value="1")]
SURE = ConfirmObject(title="Sure?", text="This stays.", confirm="Yes", deny="No", style="danger")
WORD = RichTextElementParts
ELEMENTS = [
    ButtonElement(text="Go", action_id="a", value="v", style="primary", confirm=SURE, url=ADDRESS),
    StaticSelectElement(
        placeholder="Pick", action_id="b", options=OPTIONS, initial_option=OPTIONS[0], confirm=SURE
    ),
    StaticSelectElement(
        placeholder="Pick", action_id="c", option_groups=[OptionGroup(label="G", options=OPTIONS)]
    ),
    StaticMultiSelectElement(
        action_id="d", options=OPTIONS, initial_options=[OPTIONS[1]], max_selected_items=2
    ),
    ExternalDataSelectElement(action_id="e", min_query_length=1, initial_option=OPTIONS[0]),
    ExternalDataMultiSelectElement(action_id="f", initial_options=OPTIONS),
    UserSelectElement(action_id="g", initial_user="U1"),
    ConversationSelectElement(action_id="h", filter=ConversationFilter(include=["im"])),
    ChannelSelectElement(action_id="i"),
    ChannelMultiSelectElement(action_id="j", initial_channels=["C1"]),
    OverflowMenuElement(action_id="k", options=OPTIONS),
    DatePickerElement(action_id="l", initial_date="2026-11-25"),
    TimePickerElement(action_id="m", initial_time="09:30"),
    DateTimePickerElement(action_id="n", initial_date_time=1628633820),
    CheckboxesElement(action_id="o", options=MARKED, initial_options=MARKED),
    RadioButtonsElement(action_id="p", options=MARKED, initial_option=MARKED[0], focus_on_load=True),
]
WORDS = [
    WORD.Text(text="x", style=WORD.TextStyle(bold=True)),
    WORD.Emoji(name="wave"),
    WORD.Link(url=ADDRESS, text="here"),
    WORD.User(user_id="U1"),
    WORD.UserGroup(usergroup_id="S1"),
    WORD.Channel(channel_id="C1"),
    WORD.Broadcast(range="here"),
    WORD.Date(timestamp=1, format="{date}"),
    WORD.Color(value="#ff0000"),
]
BLOCKS: list[Block] = [
    ActionsBlock(elements=ELEMENTS),
    SectionBlock(
        text="*Hello*",
        fields=["a", "b"],
        accessory=ImageElement(image_url=ADDRESS, alt_text="x"),
        expand=True,
    ),
    HeaderBlock(text="Hello"),
    ContextBlock(elements=[MarkdownTextObject(text="x"), ImageElement(image_url=ADDRESS, alt_text="x")]),
    DividerBlock(),
    ImageBlock(image_url=ADDRESS, alt_text="x", title="x"),
    MarkdownBlock(text="# Hello"),
    RichTextBlock(
        elements=[
            RichTextSectionElement(elements=WORDS),
            RichTextListElement(
                elements=[RichTextSectionElement(elements=[])], style="bullet", indent=0, offset=0, border=0
            ),
            RichTextPreformattedElement(elements=[WORD.Text(text="x")], border=0),
            RichTextQuoteElement(elements=[WORD.Text(text="x")]),
        ]
    ),
    ContextActionsBlock(
        elements=[
            FeedbackButtonsElement(
                action_id="f",
                positive_button=FeedbackButtonObject(text="+", value="1"),
                negative_button=FeedbackButtonObject(text="-", value="2"),
            ),
            IconButtonElement(icon="trash", text="Delete", action_id="i"),
        ]
    ),
    TableBlock(rows=[[RawTextObject(text="a").to_dict()]]),
    TaskCardBlock(
        task_id="1", title="x", status="complete", sources=[UrlSourceElement(url=ADDRESS, text="x")]
    ),
    PlanBlock(title="x", tasks=[TaskCardBlock(task_id="1", title="x", status="pending")]),
    CardBlock(title="x", body="x", actions=[ELEMENTS[0]]),
    CarouselBlock(elements=[CardBlock(title="x")]),
    ContainerBlock(title="x", child_blocks=[DividerBlock()]),
    VideoBlock(alt_text="x", video_url=ADDRESS, thumbnail_url=ADDRESS, title="x"),
    FileBlock(external_id="1"),
]
INPUTS: list[Any] = [
    PlainTextInputElement(action_id="a", multiline=True, min_length=1, max_length=2, placeholder="x"),
    NumberInputElement(action_id="b", is_decimal_allowed=True, min_value="1"),
    EmailInputElement(action_id="c"),
    UrlInputElement(action_id="d"),
    RichTextInputElement(action_id="e"),
    FileInputElement(action_id="f", max_files=1),
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.type)
def test_a_block_that_the_sdk_builds_is_taken(block: Block) -> None:
    assert message_problems([block.to_dict()]) == ()


def test_a_modal_that_the_sdk_builds_is_taken() -> None:
    blocks = [InputBlock(label="x", element=element, hint="x", optional=True) for element in INPUTS]
    view = View(
        type="modal",
        title="New",
        submit="Go",
        close="No",
        blocks=[*blocks, AlertBlock(text="x", level="info")],
    )

    assert view_problems(view.to_dict()) == ()


def test_a_home_that_the_sdk_builds_is_taken() -> None:
    assert view_problems(View(type="home", blocks=[DividerBlock()]).to_dict()) == ()
