"""Docs come from everybody: no page takes for ever, and none fails."""

import string
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_sync.docs.blocks import LONGEST_PARAGRAPH
from catalog_sync.docs.html_text import pieces_of
from catalog_sync.docs.mkdocs import config_of, site_of
from catalog_sync.docs.sections import MAX_PAGE_BYTES, MAX_SECTION, MAX_SECTIONS, read_page
from catalog_sync.docs.snippets import with_snippets

SIZE = 16_000
BOMBS = {
    name: (unit * (SIZE // len(unit) + 1))[:SIZE]
    for name, unit in {
        "one line": "x",
        "words": "word ",
        "quotations": ">",
        "lists": "- ",
        "numbers": "1. ",
        "brackets": "[",
        "links": "[a](",
        "images": "![a](<",
        "references": "[a][b]",
        "definitions": "[a]: b\n",
        "stars": "*a _b ",
        "backticks": "`a``",
        "tags": "<a ",
        "open tags": "<div>\n",
        "comments": "<!-- ",
        "instructions": "<?",
        "scripts": "<script>",
        "attributes": "<img a=' ",
        "tables": "|a",
        "rows": "|a|b|\n|-|-|\n",
        "headings": "# a\n",
        "underlines": "a\n-\n",
        "admonitions": "!!! note\n    ",
        "tabs": '=== "a"\n',
        "colons": ":::note\n",
        "slashes": "/// a | b\n",
        "footnotes": "[^a]: b\n",
        "braces": "{.a ",
        "broken links": "[a](./(",
        "includes": '--8<-- "a"\n',
        "open includes": "--8<--\n",
        "keys": "++a+b",
        "marks": "== a",
        "entities": "&#1;",
        "fences": "```\n~~~\n",
        "formulas": "$$\n\n",
        "front matter": "---\na: b\n",
        "indentation": " " * 999 + "a\n",
        "tabulators": "\t" * 99 + "a\n",
        "NUL": "\0\n",
        "surrogates": "\udcff\n",
    }.items()
}
NESTED = {
    "quotations": "> " * 5_000 + "a",
    "lists": "\n".join("  " * depth + "- a" for depth in range(300)),
    "admonitions": "\n".join("    " * depth + "!!! note" for depth in range(200)),
    "tags": "<div>" * 5_000 + "a",
}


def steps_of(text: str) -> int:
    """How many functions are called while a page is read; a measure that no other process changes."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        del frame, argument
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        read_page(text, "x")
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", BOMBS)
def test_twice_the_page_is_no_more_than_twice_the_work(name: str) -> None:
    half, whole = BOMBS[name][: SIZE // 2], BOMBS[name]

    assert steps_of(whole) <= 2.5 * steps_of(half) + 10_000


@pytest.mark.parametrize("text", NESTED.values(), ids=list(NESTED))
def test_what_lies_deep_costs_no_more_than_its_length(text: str) -> None:
    assert steps_of(text) < 60 * len(text) + 10_000


@pytest.mark.parametrize("name", BOMBS)
def test_a_page_is_cut_at_its_limits(name: str) -> None:
    page = read_page(BOMBS[name], "x")

    assert len(page.sections) <= MAX_SECTIONS
    assert all(len(section.text) <= MAX_SECTION + 8 for section in page.sections)
    assert len(page.title) <= 300


def test_a_line_of_five_megabytes_is_cut_off() -> None:
    (section, *rest) = read_page("word " * 1_000_000, "x").sections

    assert len(section.text) + sum(len(part.text) for part in rest) <= LONGEST_PARAGRAPH
    assert steps_of("x" * 5_000_000) <= steps_of("x" * MAX_PAGE_BYTES) + 1_000


def test_a_page_that_includes_itself_ends() -> None:
    lines = with_snippets(
        "a\n" + '--8<-- "x"\n' * 50, "x", lambda _name, _path: ("x", "b\n" + '--8<-- "x"\n' * 50), 10_000
    )

    assert sum(len(line.text) for line in lines) < 20_000


_MARKS = st.sampled_from(
    ["# ", "\n", "\n\n", "    ", "- ", "1. ", "> ", "```", "`", "**", "_", "[", "](", ")", "]", "![", "<", ">", "</", "<!--",
     "-->", "<div>", "|", "---\n", "===", "!!! note\n", ':::tip\n', '=== "a"\n', "$$\n", "[^1]", "[^1]: ", ": ", "{#a}",
     '--8<-- "a"\n', "{%", "&amp;", "\\", "\0", "\r\n", "é", "🚀", "<script>", "</script>", "<h1>", "<td>", "<summary>"]
)  # fmt: skip


@given(st.lists(_MARKS | st.text(string.ascii_letters + " ", max_size=8), max_size=60).map("".join))
def test_any_text_becomes_sections_with_whole_code_and_plain_headings(text: str) -> None:
    page = read_page(text, "x")

    for section in page.sections:
        assert section.text.strip()
        assert section.text.count("```") % 2 == 0
        assert "\n" not in section.heading
        assert "\0" not in section.text + section.heading + section.anchor


@given(st.text(max_size=300))
def test_any_html_becomes_text(text: str) -> None:
    assert all("\0" not in piece.text for piece in pieces_of(text.replace("\0", "")))


@given(st.text("nav: []{}-!&*#'\"\n\tab.md|>%@`,?", max_size=200))
def test_any_configuration_is_a_site(text: str) -> None:
    config, problem = config_of(text, "mkdocs.yml")

    assert site_of(config, "", problem).docs_dir
