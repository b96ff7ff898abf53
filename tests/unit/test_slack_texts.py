"""Somebody's words in Slack's markup: what they are made of turns nothing round and breaks no line of ours."""

import pytest

from bot.slack.blocks import escape, link, plain, quoted, table

PAGE = "https://github.test/acme/pay"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u202enimda", "nimda"),
        ("\u2066a\u2069", "a"),
        ("bell\x07\x1b[31mred\x9b", "bell[31mred"),
        ("\x00\x08\x7fa", "a"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("two\nlines\tand more", "two\nlines\tand more"),
    ],
)
def test_a_name_turns_nothing_round_and_rings_no_bell(name: str, shown: str) -> None:
    assert escape(name) == shown
    assert plain(name)["text"] == shown
    assert quoted(name) == " ".join(shown.split())
    assert table([[name]])["rows"][0][0]["text"] == shown


def test_the_words_of_a_link_are_one_line() -> None:
    """A line that begins with ``>`` would be a quotation."""
    assert link(PAGE, "Payments\n> *Approved*  by all") == f"<{PAGE}|Payments &gt; *Approved* by all>"


def test_words_without_anything_that_shows_leave_a_button_as_it_is() -> None:
    assert plain("\u202e")["text"] == "\u202e"
