"""Pages of a list that changes while somebody walks through it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.github.graph.cursors import WrongCursor, encode, page

Item = tuple[int, str]


def key(item: Item) -> Item:
    return item


ITEMS = [(number // 3, f"r{number}") for number in range(10)]


@pytest.mark.parametrize("descending", [False, True])
def test_forwards_and_backwards_give_the_same_list(descending: bool) -> None:
    forwards, backwards = [], []
    after = before = None
    while True:
        found = page(ITEMS, key, descending=descending, first=3, after=after)
        forwards += found.items
        after = found.cursors[-1]
        if not found.has_next:
            break
    while True:
        found = page(ITEMS, key, descending=descending, last=3, before=before)
        backwards = [*found.items, *backwards]
        before = found.cursors[0]
        if not found.has_previous:
            break

    assert forwards == backwards == sorted(ITEMS, reverse=descending)


@given(
    st.sets(st.integers(0, 60), min_size=1),
    st.sets(st.integers(0, 60)),
    st.integers(1, 7),
    st.booleans(),
)
def test_whoever_stays_is_met_once_while_others_come_and_go(
    begin: set[int], end: set[int], size: int, descending: bool
) -> None:
    """The list becomes another one after the first page, the cursor's own item gone or not."""
    first = page(sorted(begin), lambda number: (number,), descending=descending, first=size)
    met = list(first.items)
    after = first.cursors[-1]
    while True:
        found = page(sorted(end), lambda number: (number,), descending=descending, first=size, after=after)
        met += found.items
        if not found.has_next:
            break
        after = found.cursors[-1]

    assert len(met) == len(set(met))
    assert begin & end <= set(met)


def test_both_ends_bound_a_page() -> None:
    found = page(ITEMS, key, first=5, after=encode(ITEMS[2]), before=encode(ITEMS[5]))

    assert (found.items, found.has_next, found.has_previous) == ([ITEMS[3], ITEMS[4]], True, True)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "100",
        "ÄÖ",
        base64.b64encode(b"cursor:v2:").decode(),
        base64.b64encode(b"cursor:v2:[1").decode(),
        base64.b64encode(b"cursor:v2:{}").decode(),
        base64.b64encode(b"cursor:v2:[]").decode(),
        base64.b64encode(b'[1,"r1"]').decode(),
        base64.b64encode(b"cursor:v2:" + json.dumps(["a", 1]).encode()).decode(),
        base64.b64encode(b"cursor:v2:" + b"[" * 100_000).decode(),
        base64.b64encode(b"cursor:v2:[1]").decode(),
    ],
)
def test_a_cursor_that_was_never_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(WrongCursor):
        page(ITEMS, key, first=1, after=cursor)
