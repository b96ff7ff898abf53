"""A heading's anchor is the one that GitHub gives it."""

import pytest

from catalog_sync.docs.anchors import Anchors, slug
from catalog_sync.docs.sections import read_page


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Rotate the key!", "rotate-the-key"),
        ("C++ & Go", "c--go"),
        ("a - dash", "a---dash"),
        ("an _ underscore", "an-_-underscore"),
        ("file.name.txt", "filenametxt"),
        ("call(a, b [, c])", "calla-b--c"),
        ("Über uns", "über-uns"),
        ("Привет", "привет"),
        ("你好 world", "你好-world"),
        ("हिन्दी", "हिन्दी"),
        ("en–dash", "endash"),
        ("it’s", "its"),
        ("🚀 Start", "-start"),
        ("⚙️ Set up", "️-set-up"),
        (":rocket: Start", "rocket-start"),
        ("Ⅷ x² ½", "ⅷ-x-"),
        ("Step 1/2: go", "step-12-go"),
        ("a   b", "a---b"),
        ("Q&A: 50 % off", "qa-50--off"),
    ],
)
def test_a_heading_becomes_its_anchor(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


@pytest.mark.parametrize(
    ("headings", "anchors"),
    [
        (["a", "a", "a"], ["a", "a-1", "a-2"]),
        (["a", "a", "a 1", "a-1", "a"], ["a", "a-1", "a-1-1", "a-1-2", "a-2"]),
        (["b-1", "b", "b"], ["b-1", "b", "b-2"]),
        (["!", "?"], ["", "-1"]),
    ],
)
def test_twins_get_numbers_that_are_free(headings: list[str], anchors: list[str]) -> None:
    given = Anchors()

    assert [given.of(heading) for heading in headings] == anchors


@pytest.mark.parametrize(
    ("heading", "shown", "anchor"),
    [
        ("## `make` it", "make it", "make-it"),
        ("## A [link](x.md)!", "A link!", "a-link"),
        ("## **Bold** and *it*", "Bold and it", "bold-and-it"),
        ("## Closed ##", "Closed", "closed"),
        ("## With <a name='x'></a>tag", "With tag", "with-tag"),
        ("## Custom {#mine}", "Custom", "custom-mine"),
        ("## Custom {: #mine .big }", "Custom", "custom--mine-big-"),
        ("## ![logo](x.png) Name", "Name", "-name"),
        ("## Q &amp; A", "Q & A", "q--a"),
        ("## :material-home: Home", "Home", "material-home-home"),
        ("Setext\n------", "Setext", "setext"),
        ("Two\nlines\n------", "Two lines", "twolines"),
        ('<h2 align="center">In <b>HTML</b></h2>', "In HTML", "in-html"),
        ("> ## Quoted", "Quoted", "quoted"),
    ],
)
def test_what_stands_in_a_heading_counts_as_the_host_counts_it(heading: str, shown: str, anchor: str) -> None:
    (section,) = read_page(f"{heading}\n\ntext\n", "x").sections

    assert (section.heading, section.anchor) == (shown, anchor)


@pytest.mark.parametrize(
    "page",
    [
        "## a\n\n```\n## a\n```\n\n## a\n\ntext",
        "## a\n\n    ## a\n\n## a\n\ntext",
        "## a\n\n~~~md\n# a\n```\n## a\n~~~\n\n## a\n\ntext",
        "## a\n\n<!--\n## a\n-->\n\n## a\n\ntext",
        "## a\n\n!!! note\n\n    ## a\n\n## a\n\ntext",
        '## a\n\n=== "Tab"\n\n    ## a\n\n## a\n\ntext',
        "---\ntitle: t\n# a\n---\n## a\n\n## a\n\ntext",
        "## a\n\n<details>\n\n#a\n\n</details>\n\n## a\n\ntext",
    ],
)
def test_what_is_no_heading_on_the_host_counts_for_none(page: str) -> None:
    assert read_page(page, "x").sections[-1].anchor == "a-1"


def test_a_heading_that_the_host_does_not_show_leads_to_the_one_above_it() -> None:
    page = read_page('## Install\n\n=== "Linux"\n\n    ### With apt\n\n    Run it.\n', "x")

    assert [(section.heading, section.anchor) for section in page.sections][-1] == (
        "Install › With apt",
        "install",
    )
