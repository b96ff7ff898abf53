"""A page in, readable sections with GitHub's anchors out."""

import pytest

from catalog_sync.docs.sections import read_page, slug


def texts(markdown: str) -> list[str]:
    return [section.text for section in read_page(markdown, "x").sections]


def test_a_page_is_cut_at_its_headings() -> None:
    page = read_page(
        "# Title\n\nIntro.\n\n## One\n\nFirst.\n\n### Deep\n\nBelow.\n\n## Two\n\nSecond.\n", "x"
    )

    assert page.title == "Title"
    assert [(section.heading, section.anchor, section.text) for section in page.sections] == [
        ("Title", "title", "Intro."),
        ("One", "one", "First."),
        ("One › Deep", "deep", "Below."),
        ("Two", "two", "Second."),
    ]


def test_twins_get_anchors_of_their_own() -> None:
    page = read_page("## Setup\n\na\n\n## Setup\n\nb\n", "x")

    assert [section.anchor for section in page.sections] == ["setup", "setup-1"]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Rotate the key!", "rotate-the-key"),
        ("C++ & Go", "c--go"),
        ("`make` it", "make-it"),
        ("Über uns", "über-uns"),
    ],
)
def test_anchors_are_githubs(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("---\ntitle: x\n---\nBody.\n", "Body."),
        ("See [the page](x.md) now.\n", "See the page now."),
        ("![a graph](x.png)\n", "(image: a graph)"),
        ("a <b>bold</b> word\n", "a bold word"),
        ("<div>raw</div>\n", "raw"),
        ("<!-- hidden -->\n\nseen\n", "seen"),
        ("```sh\nmake x\n```\n", "make x"),
        ("```mermaid\ngraph TD\n```\n", "(a diagram; see the page)"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "a | b\n1 | 2"),
        ("1. one\n2. two\n   - inner\n", "1. one\n2. two\n  • inner"),
        ('!!! warning "Careful"\n    Not twice.\n', "Careful:\n\nNot twice."),
        ("> [!NOTE]\n> Read me.\n", "Note: Read me."),
        ('=== "Linux"\n\n    apt\n', "Linux:\n\napt"),
    ],
)
def test_what_people_write_stays_readable(markdown: str, text: str) -> None:
    assert "\n".join(texts(markdown)) == text


def test_a_page_without_a_title_is_called_after_its_file() -> None:
    assert read_page("just text", "Runbook").title == "Runbook"


def test_a_page_of_any_size_is_cut_off_and_never_refused() -> None:
    assert sum(len(text) for text in texts("word " * 300_000)) <= 6_000
