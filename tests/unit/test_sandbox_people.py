"""What a person reads on the screen, and what an input holds after they have put something in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.fields import Directory, value_for
from bot.sandbox.reading import readable, spoken


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*<https://x.test/a|Payments API>* · service", "Payments API · service"),
        ("asked by <@U0001ANA>", "asked by @Ana"),
        ("asked by <@U0009ZZZ>", "asked by @U0009ZZZ"),
        ("ask in <#C0003PAY|payments-help>", "ask in #payments-help"),
        ("see <https://x.test/a>", "see https://x.test/a"),
        ("_Takes &lt;cards&gt; &amp; cash._", "Takes <cards> & cash."),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ],
)
def test_markup_reads_as_it_looks(text: str, read: str) -> None:
    assert spoken(text, {"U0001ANA": "Ana"}) == read


def plain(words: str) -> dict[str, str]:
    return {"type": "plain_text", "text": words}


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Ask "},
                {"type": "user", "user_id": "U1"},
                {"type": "text", "text": " in "},
                {"type": "channel", "channel_id": "C1"},
                {"type": "emoji", "name": "tada"},
                {"type": "link", "url": "https://x.test"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
    ],
}


@pytest.mark.parametrize(
    ("block", "read"),
    [
        ({"type": "section", "text": plain("A"), "fields": [plain("B"), plain("C")]}, "A\nB\nC"),
        ({"type": "header", "text": plain("A")}, "A"),
        ({"type": "divider"}, ""),
        (
            {"type": "context", "elements": [plain("A"), {"type": "image", "alt_text": "x"}, plain("B")]},
            "A  B",
        ),
        (
            {
                "type": "actions",
                "elements": [{"type": "button", "text": plain("Go")}, {"placeholder": plain("Act")}],
            },
            "[Go] [Act]",
        ),
        ({"type": "input", "label": plain("Name"), "hint": plain("Short")}, "Name: Short"),
        ({"type": "input", "label": plain("Name")}, "Name"),
        ({"type": "markdown", "text": "# A"}, "# A"),
        (
            {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, RICH]]},
            "a | Ask <@U1> in <#C1>:tada:https://x.test\n• one",
        ),
        (RICH, "Ask <@U1> in <#C1>:tada:https://x.test\n• one"),
        ({"type": "image", "title": plain("Poster"), "alt_text": "A face"}, "Poster\nA face"),
        ({"type": "video", "title": plain("Trailer"), "description": plain("Short")}, "Trailer\nShort"),
        (
            {
                "type": "card",
                "title": plain("Hamlet"),
                "body": plain("To be"),
                "actions": [{"type": "button", "text": plain("Book")}],
            },
            "Hamlet\nTo be\n[Book]",
        ),
        (
            {
                "type": "container",
                "title": plain("Box"),
                "child_blocks": [{"type": "section", "text": plain("In")}],
            },
            "Box\nIn",
        ),
        (
            {
                "type": "plan",
                "title": "Plan",
                "tasks": [{"type": "task_card", "title": "Sweep", "status": "complete"}],
            },
            "Plan\nSweep (complete)",
        ),
        ({"type": "never_heard_of"}, ""),
        ({}, ""),
    ],
)
def test_a_block_reads_as_its_lines(block: dict[str, Any], read: str) -> None:
    assert readable([block]) == read


DIRECTORY = Directory(
    search=lambda text: [{"text": plain(text.upper()), "value": text}],
    people=lambda: {"Ana": "U1", "ana": "U1", "U1": "U1"},
    channels=lambda: {"stage": "C1"},
    keeps_file=lambda name, content: {"name": name, "size": len(content)},
)


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        ("plain_text_input", 7, {"value": "7"}),
        ("plain_text_input", "", {"value": None}),
        ("users_select", "Ana", {"selected_user": "U1"}),
        ("multi_users_select", "Ana, ana", {"selected_users": ["U1", "U1"]}),
        ("channels_select", "#stage", {"selected_channel": "C1"}),
        ("multi_conversations_select", ["stage"], {"selected_conversations": ["C1"]}),
        ("external_select", "abc", {"selected_option": {"text": plain("ABC"), "value": "abc"}}),
        ("multi_external_select", None, {"selected_options": []}),
        ("datepicker", "2026-12-24", {"selected_date": "2026-12-24"}),
        ("datepicker", datetime(2026, 12, 24, 19, 30, tzinfo=UTC), {"selected_date": "2026-12-24"}),
        ("timepicker", "07:05", {"selected_time": "07:05"}),
        ("datetimepicker", 1_798_140_600, {"selected_date_time": 1_798_140_600}),
        ("datetimepicker", "2026-12-24T20:30:00+01:00", {"selected_date_time": 1_798_140_600}),
        ("file_input", ("a.txt", b"abc"), {"files": [{"name": "a.txt", "size": 3}]}),
        (
            "file_input",
            [("a", b""), ("b", b"1")],
            {"files": [{"name": "a", "size": 0}, {"name": "b", "size": 1}]},
        ),
    ],
)
def test_what_a_person_says_becomes_what_the_input_holds(kind: str, value: Any, held: dict[str, Any]) -> None:
    assert value_for({"type": kind}, value, DIRECTORY) == {"type": kind, **held}
