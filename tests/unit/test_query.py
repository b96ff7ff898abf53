"""The small parts of the query language: JavaScript's texts, LIKE, cursors, limits."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog_sync.query.filters import parse_filters
from catalog_sync.query.index import Index, Indexed, Segment
from catalog_sync.query.javascript import encoded, length, shown, trimmed
from catalog_sync.query.like import Like
from catalog_sync.query.order import Order, ordered, parse_order
from catalog_sync.query.pages import Asked, Cursor, encoded_cursor, parse_cursor
from catalog_sync.query.predicates import MOST_CONDITIONS, MOST_DEEP, parse_predicate
from catalog_sync.query.requests import check_size, encoded_after, parse_after, parse_locations_cursor
from catalog_sync.query.rows import rows_of
from core.errors import UserError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (1e21, "1e+21"),
        (123456789012345680000, "123456789012345680000"),
        (2**53 + 1, "9007199254740992"),
        (-(10**400), "-Infinity"),
        (float("nan"), "NaN"),
        (True, "true"),
        (None, "null"),
        ([1, None, ["a"]], "1,,a"),
        ({}, "[object Object]"),
    ],
)
def test_values_read_as_in_javascript(value: object, text: str) -> None:
    assert shown(value) == text


def test_texts_are_cut_and_counted_as_in_javascript() -> None:
    assert trimmed("\ufeff\u00a0x\u001f ") == "x\u001f"
    assert (length("a🎭"), length("é")) == (3, 1)
    assert encoded("a b/ü\ud800") == "a%20b%2F%C3%BC%3F"


@pytest.mark.parametrize(
    ("term", "value", "is_in"),
    [
        ("art", "cart", True),
        ("c_rt", "cart", True),
        ("c_rt", "crt", False),
        ("c%t", "a cart", True),
        ("t%c", "cart", False),
        ("%", "", True),
        ("_", "", False),
        (".*", "cart", False),
        ("a%a", "a", False),
        ("x" * 201, "x" * 200, False),
        ("_", "\n", True),
        ("%a" * 5_000, "a" * 200, False),
        ("%a" * 100 + "b", "a" * 200, False),
    ],
)
def test_a_term_is_found_as_by_sql(term: str, value: str, is_in: bool) -> None:
    assert Like(term).is_in(value) is is_in


def test_a_cursor_comes_back_as_it_went() -> None:
    predicate = parse_filters(["kind=api,spec.type=a,spec.type=b", "metadata.tags.x"])
    asked = Asked(predicate, Order("metadata.name", is_descending=True), "a%", ("kind",))
    cursor = Cursor(asked, ("b", "2"), ("a", "1"), is_backwards=True, total=7)

    assert parse_cursor(encoded_cursor(cursor)) == cursor
    assert parse_cursor(encoded_cursor(cursor).rstrip("=").replace("+", "-").replace("/", "_")) == cursor


def packed(content: object) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


WHOLE = {
    "orderFields": [],
    "orderFieldValues": ["x"],
    "firstSortFieldValues": ["x"],
    "isPrevious": False,
    "totalItems": 1,
}


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        None,
        {**WHOLE, "orderFieldValues": []},
        {**WHOLE, "orderFieldValues": [None]},
        {**WHOLE, "orderFieldValues": 5},
        {**WHOLE, "orderFields": [{"field": 1, "order": "asc"}]},
        {**WHOLE, "orderFields": [{"field": "a", "order": "up"}]},
        {**WHOLE, "orderFields": "x"},
        {**WHOLE, "query": {"$not": []}},
        {**WHOLE, "totalItems": "many"},
        {**WHOLE, "fullTextFilter": {"term": 5}},
        {**WHOLE, "fullTextFilter": "x"},
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(content: object) -> None:
    assert parse_cursor(packed(WHOLE))
    with pytest.raises(UserError):
        parse_cursor(packed(content))


@example("e30=")
@given(st.one_of(st.text(), st.binary().map(lambda data: base64.b64encode(data).decode())))
def test_no_text_breaks_a_cursor(text: str) -> None:
    for parse in (parse_cursor, parse_locations_cursor):
        with pytest.raises(UserError):
            parse(text)
    # An object without a limit is one of these: "e30=" is {}.
    with suppress(UserError):
        limit, offset = parse_after(text)
        assert (limit or 1) >= 1
        assert offset >= 0


def test_where_a_list_goes_on_comes_back_as_it_went() -> None:
    assert parse_after(encoded_after(5, 10)) == (5, 10)


def test_a_predicate_has_its_limits() -> None:
    deep: object = {}
    for _ in range(MOST_DEEP + 1):
        deep = {"$not": deep}
    nested: object = {"kind": "x"}
    for _ in range(20):
        nested = {"relations": {"$contains": nested}}

    assert parse_predicate(nested) == nested
    for value in (deep, {"$any": [{}] * MOST_CONDITIONS}, {"kind": {"$in": ["x"] * (MOST_CONDITIONS + 1)}}):
        with pytest.raises(UserError, match="too large"):
            parse_predicate(value)


def test_filters_have_their_limits() -> None:
    check_size(["kind=api"] * 100)
    for filters in (["kind=api"] * 101, ["," * 1_000]):
        with pytest.raises(UserError, match="At most"):
            check_size(filters)
    with pytest.raises(UserError, match="at most 5"):
        parse_order(["asc:kind"] * 6)


def test_many_values_of_many_fields_do_not_multiply_without_end() -> None:
    document = {"metadata": {"name": "x"}, "a": [str(number) for number in range(100)]}
    index = Index([Segment([Indexed("x", "x", rows_of(document))])])

    assert len(ordered([0], index, [Order("a")])) == 100
    assert len(ordered([0], index, [Order("a")] * 5)) == 1_000
