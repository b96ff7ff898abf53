"""Pure: the structural table of blocks, and which block may stand on which surface."""

from collections.abc import Mapping

from bot.slack.block_kit.compositions import ANY_TEXT, IMAGE, PLAIN
from bot.slack.block_kit.elements import IN_ACTIONS, IN_CONTEXT, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from bot.slack.block_kit.rules import (
    any_of,
    at_most_one,
    exactly_one,
    excludes,
    needs,
    no_dispatch_of_files,
    no_pending_alone,
    one_needed,
    plain_header,
    row_header_exists,
    rows_alike,
    series_fit_categories,
    text_or_fields,
    unique_items,
)
from bot.slack.block_kit.schema import (
    Choice,
    Flag,
    Format,
    Kind,
    ListOf,
    Object,
    Rule,
    Shape,
    Surface,
    Text,
    Whole,
    by_name,
    typed,
)

_CELL = Object(("raw_text", "raw_number", "rich_text"))
_RICH_TEXT = Object(("rich_text",))
_IN_CONTAINER = tuple("actions context divider file header image input rich_text section table video".split())


def _block(
    kind: str,
    *rules: Rule,
    required: Mapping[str, Kind] | None = None,
    optional: Mapping[str, Kind] | None = None,
) -> Shape:
    return typed(kind, *rules, required=required, optional={"block_id": Text(), **(optional or {})})


def _task(name: str, *rules: Rule, may_omit_type: bool) -> Shape:
    """A task, alone or in a plan; only there may it wait, and Slack's own example leaves its type out."""
    return typed(
        "task_card",
        *rules,
        required={
            "task_id": Text(),
            "title": Text(),
            "status": Choice(("pending", "in_progress", "complete", "error")),
        },
        optional={
            "block_id": Text(),
            "details": _RICH_TEXT,
            "output": _RICH_TEXT,
            "sources": ListOf(Object(("url_source",))),
            "icon": Object(("task_icon",)),
        },
        name=name,
        limits="task_card",
        may_omit_type=may_omit_type,
    )


def _axis_chart(kind: str) -> Shape:
    return typed(
        kind,
        series_fit_categories,
        required={"series": ListOf(Object(("series",))), "axis_config": Object(("axis_config",))},
        limits="chart",
    )


BLOCKS = by_name(
    _block("actions", required={"elements": ListOf(Object(IN_ACTIONS))}),
    _block(
        "alert",
        required={"text": ANY_TEXT},
        optional={"level": Choice(("default", "info", "warning", "error", "success"))},
    ),
    _block(
        "card",
        any_of("hero_image", "title", "actions", "body"),
        at_most_one("icon", "slack_icon"),
        optional={
            "hero_image": IMAGE,
            "icon": IMAGE,
            "slack_icon": Object(("slack_icon",)),
            "title": ANY_TEXT,
            "subtitle": ANY_TEXT,
            "body": ANY_TEXT,
            "subtext": ANY_TEXT,
            "actions": ListOf(Object(("button",))),
        },
    ),
    _block("carousel", required={"elements": ListOf(Object(("card",)))}),
    _block(
        "container",
        one_needed("title", "rich_text_title"),
        needs("default_collapsed", "is_collapsible"),
        excludes("has_header_divider", "is_collapsible"),
        required={"child_blocks": ListOf(Object(_IN_CONTAINER))},
        optional={
            "title": PLAIN,
            "rich_text_title": _RICH_TEXT,
            "subtitle": ANY_TEXT,
            "width": Choice(("narrow", "standard", "wide", "full")),
            "icon": IMAGE,
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
    ),
    _block("context", required={"elements": ListOf(Object(IN_CONTEXT))}),
    _block("context_actions", required={"elements": ListOf(Object(IN_CONTEXT_ACTIONS))}),
    _block(
        "data_table",
        rows_alike,
        plain_header,
        row_header_exists,
        required={"rows": ListOf(ListOf(_CELL)), "caption": Text()},
        optional={"page_size": Whole(), "row_header_column_index": Whole()},
    ),
    _block(
        "data_visualization",
        required={"title": Text(), "chart": Object(("pie", "bar", "area", "line"))},
    ),
    _block("divider"),
    _block("file", required={"source": Choice(("remote",)), "external_id": Text()}),
    _block("header", required={"text": PLAIN}, optional={"level": Whole()}),
    _block(
        "image",
        exactly_one("image_url", "slack_file"),
        required={"alt_text": Text()},
        optional={
            "image_url": Text(Format.ADDRESS),
            "slack_file": Object(("slack_file",)),
            "title": PLAIN,
        },
    ),
    _block(
        "input",
        no_dispatch_of_files,
        required={"label": PLAIN, "element": Object(IN_INPUT)},
        optional={"hint": PLAIN, "optional": Flag(), "dispatch_action": Flag()},
    ),
    _block("markdown", required={"text": Text()}),
    _block(
        "plan",
        unique_items("tasks", "task_id"),
        required={"title": Text()},
        optional={"tasks": ListOf(Object(("plan_task",)))},
    ),
    _block(
        "section",
        text_or_fields,
        optional={
            "text": ANY_TEXT,
            "fields": ListOf(ANY_TEXT),
            "accessory": Object(IN_SECTION),
            "expand": Flag(),
        },
    ),
    _block(
        "table",
        rows_alike,
        required={"rows": ListOf(ListOf(_CELL))},
        optional={"column_settings": ListOf(Object(("column_settings",)), with_gaps=True)},
    ),
    _task("task_card", no_pending_alone, may_omit_type=False),
    _task("plan_task", may_omit_type=True),
    _block(
        "video",
        required={
            "video_url": Text(Format.SECURE_ADDRESS),
            "thumbnail_url": Text(Format.ADDRESS),
            "alt_text": Text(),
            "title": PLAIN,
        },
        optional={
            "title_url": Text(Format.SECURE_ADDRESS),
            "author_name": Text(),
            "provider_name": Text(),
            "provider_icon_url": Text(Format.ADDRESS),
            "description": PLAIN,
        },
    ),
    typed("pie", required={"segments": ListOf(Object(("segment",)))}),
    _axis_chart("bar"),
    _axis_chart("area"),
    _axis_chart("line"),
)

ON_SURFACE: Mapping[Surface, tuple[str, ...]] = {
    "message": tuple(
        "actions card carousel container context context_actions data_table data_visualization divider file header"
        " image input markdown plan rich_text section table task_card video".split()
    ),
    "modal": tuple("actions alert card context divider header image input rich_text section video".split()),
    "home": tuple(
        "actions card carousel container context data_table data_visualization divider header image input rich_text"
        " section table video".split()
    ),
}
"""Which blocks may stand where [B `_surfaces.py` D]."""
