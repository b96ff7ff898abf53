"""Pure: the structural table of rich text: the block, its four kinds of paragraph, and what stands in them."""

from collections.abc import Mapping

from bot.slack.block_kit.schema import (
    Choice,
    Flag,
    Kind,
    ListOf,
    Object,
    Shape,
    Text,
    Whole,
    by_name,
    typed,
    untyped,
)

_BORDER: Mapping[str, Kind] = {"border": Choice((0, 1))}
_STYLE: Mapping[str, Kind] = {"style": Object(("text_style",))}
_MENTION_STYLE: Mapping[str, Kind] = {"style": Object(("mention_style",))}
_MARKS: Mapping[str, Kind] = {
    "bold": Flag(),
    "code": Flag(),
    "italic": Flag(),
    "strike": Flag(),
    "underline": Flag(),
}


def _word(
    kind: str,
    style: Mapping[str, Kind],
    required: Mapping[str, Kind],
    optional: Mapping[str, Kind] | None = None,
) -> Shape:
    return typed(kind, required=required, optional={**style, **(optional or {})}, name=f"rich_text_{kind}")


_WORDS = (
    _word("broadcast", _STYLE, {"range": Choice(("here", "channel", "everyone"))}),
    _word("color", _STYLE, {"value": Text()}),
    _word("channel", _MENTION_STYLE, {"channel_id": Text()}),
    _word("date", _STYLE, {"timestamp": Whole(), "format": Text()}, {"url": Text(), "fallback": Text()}),
    _word("emoji", _STYLE, {"name": Text()}, {"unicode": Text(), "url": Text(), "skin_tone": Whole()}),
    _word("link", _STYLE, {"url": Text()}, {"text": Text(), "unsafe": Flag()}),
    _word("team", _STYLE, {"team_id": Text()}),
    _word("text", _STYLE, {"text": Text()}),
    _word("user", _MENTION_STYLE, {"user_id": Text()}),
    _word("usergroup", _MENTION_STYLE, {"usergroup_id": Text()}),
)
_ANY_WORD = ListOf(Object(tuple(shape.name for shape in _WORDS)))

RICH_TEXT = by_name(
    *_WORDS,
    untyped("text_style", optional=_MARKS),
    untyped(
        "mention_style",
        optional={**_MARKS, "highlight": Flag(), "client_highlight": Flag(), "unlink": Flag()},
    ),
    typed("rich_text_section", required={"elements": _ANY_WORD}),
    typed("rich_text_quote", required={"elements": _ANY_WORD}, optional=_BORDER),
    typed(
        "rich_text_preformatted",
        required={"elements": ListOf(Object(("rich_text_text", "rich_text_link")))},
        optional=_BORDER,
    ),
    typed(
        "rich_text_list",
        required={
            "elements": ListOf(Object(("rich_text_section",))),
            "style": Choice(("bullet", "ordered")),
        },
        optional={**_BORDER, "indent": Whole(), "offset": Whole()},
    ),
    typed(
        "rich_text",
        required={
            "elements": ListOf(
                Object(("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"))
            )
        },
        optional={"block_id": Text()},
    ),
)
