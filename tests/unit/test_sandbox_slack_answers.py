"""What the local Slack takes inside an ack, what its client refuses to send, and how a typed line is sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.people.inputs import HELD, complaint, complaints, state_of
from bot.sandbox.slack.people.typed import as_rich_text, links_in
from bot.sandbox.slack.records import SlackError
from bot.sandbox.slack.to_app.answers import command_problem, options_problem, shown_error, submission_problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    [
        "text",
        "blocks",
        "attachments",
        "response_type",
        "options",
        "option_groups",
        "response_action",
        "errors",
        "view",
    ]
)
PAYLOADS = st.dictionaries(WORDS, JSON | st.sampled_from(["errors", "update", "push", "clear"]), max_size=4)


@given(PAYLOADS)
def test_whatever_an_app_answers_is_taken_or_refused_with_a_reason(payload: dict[str, Any]) -> None:
    for problem in (command_problem(payload), options_problem(payload), submission_problem(payload, [], 1)):
        assert isinstance(problem, str)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, ""),
        ({"text": "Hi", "response_type": "in_channel"}, ""),
        ({"text": 7}, "text: must be a string"),
        ({"blocks": {"type": "section"}}, "blocks: must be an array"),
        ({"blocks": "[]"}, "blocks: must be an array"),
        ({"attachments": {}}, ""),
        ({"attachments": "none"}, "attachments: must be an array"),
        ({"response_type": ["in_channel"]}, "response_type: must be one of ephemeral, in_channel"),
    ],
)
def test_an_answer_to_a_command(payload: dict[str, Any], reason: str) -> None:
    assert command_problem(payload) == reason


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"options": []}, ""),
        ({"option_groups": []}, ""),
        ({}, "one of options and option_groups is needed"),
        ({"options": "all"}, "options: must be an array"),
        ({"option_groups": {}}, "option_groups: must be an array"),
    ],
)
def test_options(payload: dict[str, Any], reason: str) -> None:
    assert options_problem(payload) == reason


@pytest.mark.parametrize(
    "option", [7, None, "one", [], {}, {"text": "bare"}, {"text": {"type": "plain_text", "text": ""}}]
)
def test_options_that_are_none_are_refused_where_they_stand(option: Any) -> None:
    good = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}

    assert "[json-pointer:/options/1" in options_problem({"options": [good, option]})


@pytest.mark.parametrize(
    ("error", "status", "read"),
    [
        ("operation_timeout", None, "Operation timed out. Apps need to respond within 3 seconds."),
        ("http_client_error", 404, "This app responded with Status Code 404."),
        ("http_service_error", 500, "This app responded with Status Code 500."),
        ("dispatch_failed", None, "dispatch_failed"),
    ],
)
def test_what_is_read_beside_a_button(error: str, status: int | None, read: str) -> None:
    assert shown_error(error, status) == read


# -- inputs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(HELD))
def test_every_input_is_required_unless_it_says_otherwise(kind: str) -> None:
    block = {"type": "input", "block_id": "b", "element": {"type": kind, "action_id": "a"}}
    state = state_of([block])

    assert complaints([block], state) == {"b": "Please complete this required field."}
    assert complaints([{**block, "optional": True}], state) == {}


@given(st.dictionaries(st.sampled_from(["b", "c"]), JSON, max_size=2), st.sampled_from(sorted(HELD)))
def test_whatever_is_put_in_is_held_or_refused(values: dict[str, Any], kind: str) -> None:
    block = {"type": "input", "block_id": "b", "element": {"type": kind, "action_id": "a"}}
    state, word = {}, ""
    try:
        state = state_of([block], values, {"b": {"a": values}})
    except SlackError as refused:
        word = refused.error

    assert word in ("", "invalid_arguments")
    assert isinstance(complaints([block], state), dict)


@pytest.mark.parametrize(
    ("element", "value", "is_fine"),
    [
        ({"type": "number_input"}, "-3", True),
        ({"type": "number_input"}, "3.0", True),
        ({"type": "number_input"}, "1e3", False),
        ({"type": "number_input"}, "٣", False),
        ({"type": "number_input", "is_decimal_allowed": True}, ".5", True),
        ({"type": "number_input", "is_decimal_allowed": True}, ".", False),
        ({"type": "email_text_input"}, "a@b.c", True),
        ({"type": "email_text_input"}, "a b@c.d", False),
        ({"type": "url_text_input"}, "http://x", True),
        ({"type": "url_text_input"}, "ftp://x", False),
        ({"type": "url_text_input"}, "https://[", False),
        ({"type": "plain_text_input"}, "x" * 3000, True),
        ({"type": "plain_text_input"}, "x" * 3001, False),
        ({"type": "file_input", "max_files": 1}, [{"name": "a"}, {"name": "b"}], False),
        ({"type": "file_input", "filetypes": ["pdf"]}, [{"name": "a.PDF"}], True),
        ({"type": "file_input", "filetypes": ["pdf"]}, [{"name": "pdf"}], False),
        ({"type": "file_input", "filetypes": ["pdf"]}, ["a.pdf"], False),
        ({"type": "multi_users_select", "max_selected_items": 2}, ["U1", "U2"], True),
        ({"type": "multi_users_select", "max_selected_items": 2}, ["U1", "U2", "U3"], False),
    ],
)
def test_what_an_input_takes(element: dict[str, Any], value: Any, is_fine: bool) -> None:
    assert (complaint(element, value, is_optional=False) == "") is is_fine


# -- typed lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "elements"),
    [
        ("hello", [{"type": "text", "text": "hello"}]),
        ("<@U1> &amp; you", [{"type": "user", "user_id": "U1"}, {"type": "text", "text": " & you"}]),
        ("in <#C1|stage>", [{"type": "text", "text": "in "}, {"type": "channel", "channel_id": "C1"}]),
        ("<https://x.example/?a=1&amp;b=2>", [{"type": "link", "url": "https://x.example/?a=1&b=2"}]),
        ("<https://x.example|here>", [{"type": "link", "url": "https://x.example", "text": "here"}]),
        ("<!here> now", [{"type": "broadcast", "range": "here"}, {"type": "text", "text": " now"}]),
        ("a &lt; b", [{"type": "text", "text": "a < b"}]),
    ],
)
def test_a_line_is_also_a_block(sent: str, elements: list[dict[str, Any]]) -> None:
    (block,) = as_rich_text(sent)

    assert block["elements"][0]["elements"] == elements


def test_links_are_found_once_and_in_order() -> None:
    sent = "<https://b.example> <https://a.example|A> <https://b.example> https://bare.example"

    assert links_in(sent) == ["https://b.example", "https://a.example"]
