"""The Block Kit check tells what Slack would refuse, where, and in Slack's words; the payload suite says what that is."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.block_kit import (
    MAX_MESSAGE_TEXT,
    Problem,
    attachments_problems,
    error_word,
    message_problems,
    outgoing_problems,
    view_problems,
)
from bot.slack.block_kit.blocks import ON_SURFACE
from bot.slack.block_kit.limits import LIMITS
from bot.slack.block_kit.schema import Kind, ListOf, Object
from bot.slack.block_kit.walk import SHAPES
from tests.payloads.suite import Case, cases

VALID = cases(valid=True)
INVALID = cases(valid=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = sorted({name for shape in SHAPES.values() for name in shape.fields})
KINDS = sorted({shape.type for shape in SHAPES.values() if shape.type})
NEARLY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "x", *KINDS]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
        | st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)).map(
            lambda pair: {**pair[1], "type": pair[0]}
        )
    ),
    max_leaves=30,
)
"""Values that are made of Slack's own words, so that they get far into the tables."""


def problems_of(case: Case) -> tuple[Problem, ...]:
    return message_problems(case.payload) if case.surface == "message" else view_problems(case.payload)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def said(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return sorted((problem.pointer, problem.message) for problem in problems)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_what_slack_takes_has_no_problem(case: Case) -> None:
    assert problems_of(case) == ()


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_what_slack_refuses_is_told_with_its_place_and_its_words(case: Case) -> None:
    assert said(problems_of(case)) == sorted(case.problems)


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_a_method_answers_a_refusal_with_its_word(case: Case) -> None:
    otherwise = "invalid_blocks" if case.surface == "message" else "invalid_arguments"

    assert error_word(problems_of(case), otherwise=otherwise) == case.error


def test_the_suite_has_both_kinds_for_every_surface() -> None:
    assert {(case.surface, case.error == "") for case in cases()} == {
        (surface, taken) for surface in ("message", "modal", "home") for taken in (True, False)
    }


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every object in a value; of a list only to the first and the last item."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from objects(item, (*path, key))
    elif isinstance(value, list):
        for index in sorted({0, len(value) - 1} if value else ()):
            yield from objects(value[index], (*path, index))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_an_unknown_field_is_refused_wherever_it_stands(case: Case) -> None:
    """Slack takes no field that it does not know, at any depth."""
    missed = []
    for path in objects(case.payload):
        changed = deepcopy(case.payload)
        at(changed, path)["surprise"] = 1
        wanted = ("".join(f"/{step}" for step in path), "invalid additional property: surprise")
        found = said(problems_of(Case(case.name, case.surface, changed, "", ())))
        if wanted not in found:
            missed.append(path)

    assert missed == []


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_a_value_of_another_json_type_is_refused_wherever_it_stands(case: Case) -> None:
    missed = []
    for path in objects(case.payload):
        for name in at(case.payload, path):
            changed = deepcopy(case.payload)
            at(changed, path)[name] = {"surprise": []}
            if not problems_of(Case(case.name, case.surface, changed, "", ())):
                missed.append((*path, name))

    assert missed == []


@given(JSON | NEARLY)
def test_no_payload_breaks_the_check(value: Any) -> None:
    """Whatever comes from outside gets an answer, never an exception."""
    message_problems(value)
    outgoing_problems(value)
    view_problems(value)
    view_problems({"type": "home", "blocks": value})
    attachments_problems([{"blocks": value}, value])
    message_problems([{"type": "section", "accessory": value}, {"type": "table", "rows": [[value], value]}])


def test_a_deep_payload_is_answered() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = {"text": [deep]}
    problems = view_problems({"type": "modal", "title": deep, "blocks": [deep]})

    assert error_word(problems, otherwise="invalid_arguments") in ("invalid_arguments", "view_too_large")
    while isinstance(deep, dict):  # or the interpreter would free it by recursion
        deep = deep["text"].pop()


def test_half_a_character_is_answered() -> None:
    """JSON can carry half of a surrogate pair, which is no text that can be encoded."""
    title = {"type": "plain_text", "text": "\ud83c"}

    assert view_problems({"type": "modal", "title": title, "blocks": []}) == ()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), True, "3"])
def test_what_is_no_number_is_refused_as_one(number: Any) -> None:
    cell = {"type": "raw_number", "value": number, "text": "3"}

    assert said(message_problems([{"type": "table", "rows": [[cell]]}])) == [
        ("/0/rows/0/0/value", "must provide a number")
    ]


def test_nobody_reads_more_than_a_hundred_problems() -> None:
    noisy = {"type": "divider", **{f"field_{number}": 1 for number in range(1000)}}

    assert len(message_problems([noisy])) == 100


def test_a_long_word_of_a_stranger_is_not_repeated_at_full_length() -> None:
    problem = message_problems([{"type": "x" * 5000}])[0]

    assert problem.message == f"unsupported type: {'x' * 100}…"


def test_a_problem_says_what_was_expected_as_blocks_validate_does() -> None:
    problem = message_problems([{"type": "section", "text": {"type": "invalid", "text": "x"}}])[0]

    assert (problem.pointer, problem.code, problem.message, problem.constraint) == (
        "/0/text/type",
        "failed_constraint",
        "unsupported type: invalid",
        {"type": "enum", "expected": ["plain_text", "mrkdwn"]},
    )


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"type": "header"}, "missing_field"),
        ({"type": "header", "text": "x"}, "invalid_type"),
        ({"type": "divider", "x": 1}, "failed_constraint"),
    ],
)
def test_a_problem_has_the_code_of_blocks_validate(block: dict[str, Any], code: str) -> None:
    assert [problem.code for problem in message_problems([block])] == [code]


def test_our_own_messages_keep_below_what_slack_was_ever_seen_to_refuse() -> None:
    blocks = [section("x" * 3000)] * 3 + [section("x" * 501)]

    assert (message_problems(blocks), outgoing_problems(blocks)[0].code) == ((), "msg_blocks_too_long")
    assert outgoing_problems([section("x" * 3000)] * 3 + [section("x" * (MAX_MESSAGE_TEXT - 9000))]) == ()


def test_only_a_posted_message_is_limited_in_all_its_text() -> None:
    blocks = [section("x" * 3000)] * 5

    assert message_problems(blocks)[0].code == "msg_blocks_too_long"
    assert message_problems(blocks, with_text_limit=False) == ()
    assert message_problems(blocks, surface="modal") == ()


def test_blocks_alone_can_be_checked_for_another_surface() -> None:
    alert = {"type": "alert", "text": {"type": "plain_text", "text": "x"}}

    assert message_problems([alert], surface="modal") == ()
    assert message_problems([alert], surface="home") != ()


@pytest.mark.parametrize(
    ("attachments", "wanted", "error"),
    [
        ([{"color": "#439FE0", "text": "old", "ts": 1}, {"blocks": [section("x")]}], [], ""),
        ([{"blocks": [section("")]}], [("/0/blocks/0/text/text", "must be more than 0 characters")], "other"),
        (
            [{"text": "x"}, {"blocks": [{"type": "alert"}]}],
            [("/1/blocks/0/type", "unsupported type: alert")],
            "other",
        ),
        ([{"blocks": {}}], [("/0/blocks", "must provide an array")], "other"),
        (["x"], [("/0", "must provide an object")], "other"),
        ({}, [("", "must provide an array")], "other"),
        ([{}] * 101, [("", "no more than 100 items allowed")], "too_many_attachments"),
    ],
)
def test_the_blocks_of_attachments_are_checked(
    attachments: Any, wanted: list[tuple[str, str]], error: str
) -> None:
    problems = attachments_problems(attachments)

    assert said(problems) == wanted
    assert not problems or error_word(problems, otherwise="other") == error


def test_every_number_is_that_of_a_field_that_exists() -> None:
    """A row with a misspelt name would limit nothing."""
    known = {f"{shape.limits}.{name}" for shape in SHAPES.values() for name in shape.fields}
    known |= {f"*.{name}" for shape in SHAPES.values() for name in shape.fields}
    known.add("message.blocks")

    assert sorted(key for key in LIMITS if key.removesuffix("[]") not in known) == []


def reached(kind: Kind) -> set[str]:
    if isinstance(kind, ListOf):
        return reached(kind.item)
    return set(kind.shapes) if isinstance(kind, Object) else set()


def test_every_shape_can_be_reached_from_a_surface() -> None:
    found = {name for names in ON_SURFACE.values() for name in names} | {"modal", "home"}
    for shape in SHAPES.values():
        for kind in shape.fields.values():
            found |= reached(kind)

    assert set(SHAPES) - found == set()
