"""Pure: the table of numbers: how long a text may be, how many items a list may have, how large a number is.

A row's key is ``object.field``; ``object.field[]`` is one item of that list, and ``*.field`` stands for the field
of that name wherever it has no row of its own. Texts are counted in Unicode code points (Slack names no unit).

Sources: T the comments of @slack/types, S slack_sdk.models, B the limits of slackblocks 3.0, D the pages of
docs.slack.dev, K the method pages, L an answer of the live service that somebody published, O our own caution.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """Least and most, both allowed; None means no end on that side."""

    least: int | None
    most: int | None
    source: str


def _from(least: int, most: int | None, source: str) -> Limit:
    return Limit(least, most, source)


def _at_most(most: int, source: str) -> Limit:
    return Limit(None, most, source)


LIMITS: Mapping[str, Limit] = {
    # Everywhere
    "*.block_id": _at_most(255, "T S"),
    "*.action_id": _at_most(255, "T S"),
    "*.alt_text": _from(1, 2000, "T S B"),
    "*.image_url": _from(1, 3000, "T S B"),
    "*.placeholder": _from(1, 150, "T S B"),
    "*.accessibility_label": _at_most(75, "T S B"),
    "*.initial_options": _from(1, None, "L"),
    "*.initial_date_time": _from(1_000_000_000, 9_999_999_999, "T"),
    # Composition objects
    "text.text": _from(1, 3000, "T B"),
    "raw_text.text": _from(1, None, "T D"),
    "raw_number.text": _from(1, None, "T D"),
    "option.text": _from(1, 75, "T S B"),
    "option.value": _at_most(150, "S B"),  # the comment of T still says 75
    "option.description": _from(1, 75, "T S B"),
    "option.url": _from(1, 3000, "T B"),
    "option_group.label": _from(1, 75, "T S B"),
    "option_group.options": _from(1, 100, "T S B"),
    "confirm.title": _from(1, 100, "T S B"),
    "confirm.text": _from(1, 300, "T S B"),
    "confirm.confirm": _from(1, 30, "T S B"),
    "confirm.deny": _from(1, 30, "T S B"),
    "filter.include": _from(1, None, "T B"),
    "dispatch_action_config.trigger_actions_on": _from(1, 2, "B"),
    # Elements
    "button.text": _from(1, 75, "T S B"),
    "button.value": _at_most(2000, "T S B"),
    "button.url": _at_most(3000, "T S B"),
    "button.agent_prompt": _at_most(4000, "S B"),
    "select.options": _from(1, 100, "T S B"),
    "select.option_groups": _from(1, 100, "T S B"),
    "select.min_query_length": _from(0, None, "B"),
    "select.max_selected_items": _from(1, None, "T B"),
    "overflow.options": _from(1, 5, "T S B"),
    "checkboxes.options": _from(1, 10, "T B"),
    "radio_buttons.options": _from(1, 10, "T B"),
    "plain_text_input.min_length": _from(0, 3000, "T B"),
    "plain_text_input.max_length": _from(1, 3000, "T B"),
    "rich_text_input.min_lines": _from(1, 100, "T B"),
    "rich_text_input.max_lines": _from(1, 100, "T B"),
    "file_input.max_files": _from(1, 10, "T B"),
    "feedback_button.text": _from(1, 75, "B"),
    "feedback_button.value": _at_most(2000, "B"),
    "icon_button.value": _at_most(2000, "B"),
    "icon_button.visible_to_user_ids": _at_most(10, "B"),
    # Rich text
    "rich_text_list.indent": _from(0, 8, "T B"),
    "rich_text_list.offset": _from(0, None, "B"),
    "rich_text_text.text": _from(1, None, "L"),
    "rich_text_link.url": _from(1, None, "T"),
    "rich_text_emoji.name": _from(1, None, "B"),
    # Blocks
    "section.text": _from(1, 3000, "T S B L"),
    "section.fields": _from(1, 10, "T S B L"),
    "section.fields[]": _from(1, 2000, "T B"),
    "header.text": _from(1, 150, "T S B"),
    "header.level": _from(1, 4, "D"),
    "actions.elements": _from(1, 25, "T S B"),
    "context.elements": _from(1, 10, "T S B L"),
    "context_actions.elements": _from(1, 5, "T B D"),
    "image.title": _from(1, 2000, "T S B"),
    "input.label": _from(1, 2000, "T S B"),
    "input.hint": _from(1, 2000, "T S B"),
    "markdown.text": _from(1, 12_000, "T S B L"),
    "video.title": _from(1, 199, "T"),  # "must be less than 200"
    "video.author_name": _at_most(49, "T"),  # "must be less than 50"
    "video.provider_name": _at_most(50, "B"),
    "video.description": _from(1, 200, "B"),
    "video.thumbnail_url": _from(1, 3000, "B"),
    "video.video_url": _from(1, 3000, "B"),
    "video.title_url": _at_most(2000, "B"),
    "video.provider_icon_url": _at_most(2000, "B"),
    "alert.text": _from(1, 200, "B D"),
    "card.title": _from(1, 150, "T S B"),
    "card.subtitle": _from(1, 150, "T S B"),
    "card.body": _from(1, 200, "T S B"),
    "card.subtext": _from(1, 200, "B D"),
    "card.actions": _at_most(3, "B D"),
    "carousel.elements": _from(1, 10, "T S B"),
    "container.title": _from(1, 150, "T S B"),
    "container.subtitle": _from(1, 150, "T S B"),
    "container.child_blocks": _from(1, 10, "T S B"),
    "table.rows": _from(1, 100, "T D B"),
    "table.rows[]": _from(1, 20, "T D B"),
    "table.column_settings": _at_most(20, "T D B"),
    # Pages of different age say 101 and 201 rows; the smaller number is sure to be taken.
    "data_table.rows": _from(2, 101, "D O"),
    "data_table.rows[]": _from(1, 20, "B D"),
    "data_table.caption": _from(1, None, "B"),
    "data_table.page_size": _from(1, 100, "T B D"),
    "data_table.row_header_column_index": _from(0, None, "T B"),
    "data_visualization.title": _from(1, 50, "B D"),
    "pie.segments": _from(1, 12, "B D"),
    "segment.label": _from(1, 20, "B D"),
    "chart.series": _from(1, 12, "B D"),
    "series.name": _from(1, 20, "B D"),
    "series.data": _from(1, 20, "B D"),
    "point.label": _from(1, 20, "B D"),
    "axis_config.categories": _from(1, 20, "B D"),
    "axis_config.categories[]": _from(1, 20, "B D"),
    "axis_config.x_label": _at_most(50, "B D"),
    "axis_config.y_label": _at_most(50, "B D"),
    "task_card.task_id": _from(1, None, "B"),
    "task_card.title": _from(1, None, "B"),
    "plan.title": _from(1, None, "B"),
    "plan.tasks": _at_most(50, "B"),
    # Surfaces
    "message.blocks": _at_most(50, "T B K L"),
    "view.blocks": _at_most(100, "T S B"),
    "view.title": _from(1, 24, "T S B K L"),
    "view.submit": _from(1, 24, "T S B K"),
    "view.close": _from(1, 24, "T S B K"),
    "view.private_metadata": _at_most(3000, "T S B K L"),
    "view.callback_id": _at_most(255, "T S B K"),
    "view.external_id": _at_most(255, "T S B K"),
}

MAX_ATTACHMENTS = 100
"""Attachments of one message [K]."""
MAX_VIEW_BYTES = 250_000
"""A view as JSON: Slack's page says 250 kB [K]."""
MAX_MARKDOWN_TEXT = 12_000
"""All markdown blocks of a message together [T S B]."""
MAX_TABLE_TEXT = 10_000
"""The cells of all ``table`` blocks of a message together [D]."""
MAX_DATA_TABLE_TEXT = 20_000
"""The cells of all ``data_table`` blocks of a message together [B D]."""
MAX_CHARTS = 2
"""Charts in one message [B D]."""

MAX_MESSAGE_TEXT = 9_500
"""So much text do we send in one message [O]: below everything that was ever refused for its length."""
SURE_MESSAGE_TEXT = 9_597
"""A message of this much text was taken, whatever its blocks [slackapi/bolt-js#2867]."""
MAX_PLAIN_TEXT = 11_000
"""Text outside of markdown blocks; 9,597 was taken and 11,341 refused [slackapi/bolt-js#2867]."""
MAX_ALL_TEXT = 13_297
"""All texts of a message that consists of markdown blocks [slackapi/bolt-js#2509]."""
BLOCK_COST = 125
"""What one block of another kind takes off that [slackapi/bolt-js#2509: one divider, 13,172 left]."""


def limit_of(key: str) -> Limit | None:
    """The row of a field, or of every field of its name."""
    return LIMITS.get(key) or LIMITS.get(f"*.{key.partition('.')[2]}")
