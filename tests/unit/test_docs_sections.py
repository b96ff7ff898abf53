"""A page in, readable sections out."""

import pytest

from catalog_sync.docs.sections import MAX_SECTION, MAX_SECTIONS, read_page


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


@pytest.mark.parametrize(
    ("page", "navigation", "title"),
    [
        ("# One\n\nx", "", "One"),
        ("# One\n\nx", "Menu", "Menu"),
        ("---\ntitle: Front\n---\n# One\n\nx", "", "Front"),
        ("---\ntitle: Front\n---\n# One\n\nx", "Menu", "Menu"),
        ('+++\ntitle = "Front"\n+++\n# One\n\nx', "", "Front"),
        ("x\n\n## Two\n\nx", "", "File"),
        ("<h1>In HTML</h1>\n\nx", "", "In HTML"),
    ],
)
def test_a_title_comes_from_the_navigation_the_front_matter_the_page_or_the_file(
    page: str, navigation: str, title: str
) -> None:
    assert read_page(page, "File", navigation).title == title


def test_a_first_heading_stays_where_the_page_is_called_otherwise() -> None:
    page = read_page("# Setting up the shop\n\n## Install\n\nx\n", "x", "Set-up")

    assert [section.heading for section in page.sections] == ["Setting up the shop › Install"]


@pytest.mark.parametrize(
    ("front", "tags"),
    [
        ("tags: [a, b]", ("a", "b")),
        ("tags:\n  - a\n  - b c", ("a", "b c")),
        ("keywords: a, b", ("a", "b")),
        ("tags: 7", ()),
        ("{broken: [", ()),
        ("", ()),
    ],
)
def test_front_matter_gives_tags_and_is_no_text(front: str, tags: tuple[str, ...]) -> None:
    page = read_page(f"---\n{front}\n---\nBody.\n", "x")

    assert (page.tags, [section.text for section in page.sections]) == (tags, ["Body."])


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert "".join(texts("---\nFirst words here.\n\n---\n\nBody.\n")).startswith("First words here.")


WRITTEN = {
    "a link": ("See [the page](x.md) now.\n", "See the page now."),
    "a reference link": ("See [the page][p] and [p].\n\n[p]: x.md\n", "See the page and p."),
    "a reference that the page lacks": ("See [the page][shop.Cart].\n", "See the page."),
    "an address": ("<https://acme.test/a>\n", "https://acme.test/a"),
    "an image": ("![a graph](x.png)\n", "(image: a graph)"),
    "an image without words": ("![](x.png)\n", "(image)"),
    "a badge": ("[![CI](https://img.shields.io/x.svg)](y) Text\n", "Text"),
    "emphasis": ("**a** *b* ***c*** ~~d~~ __e__\n", "a b c d e"),
    "an escape": (r"\*a\* \_b\_ 1\. x" + "\n", "*a* _b_ 1. x"),
    "an entity": ("a &amp; b &lt;c&gt;\n", "a & b <c>"),
    "lines of one paragraph": ("a\nb\n", "a b"),
    "a hard break": ("a  \nb\n", "a\nb"),
    "code in a line": ("Run `make **x**` now.\n", "Run `make **x**` now."),
    "code": ("```sh\nmake <x>\n# no heading\n```\n", "```\nmake <x>\n# no heading\n```"),
    "indented code": ("a\n\n    make x\n", "a\n\n```\nmake x\n```"),
    "code with a fence in it": ("~~~\n```\nx\n```\n~~~\n", "```\n'''\nx\n'''\n```"),
    "code with a title": ('```py title="a.py"\nx\n```\n', "a.py:\n\n```\nx\n```"),
    "code in a step": ("1. a\n\n    ```sh\n    b\n    ```\n\n2. c\n", "1. a\n```\nb\n```\n2. c"),
    "a diagram": ("```mermaid\ngraph TD\n```\n", "(a diagram; see the page)"),
    "a formula": ("$$\nx_1 = **y**\n$$\n", "```\nx_1 = **y**\n```"),
    "a table": ("| a | b |\n|---|:-:|\n| 1 | [2](x) |\n", "a | b\n1 | 2"),
    "a list": ("1. one\n2. two\n   - inner\n", "1. one\n2. two\n  • inner"),
    "a list from three": ("3. one\n4. two\n", "3. one\n4. two"),
    "a list from nought": ("0. one\n1. two\n", "0. one\n1. two"),
    "an item of two paragraphs": ("- one\n\n  more\n", "• one\n  more"),
    "tasks": ("- [ ] a\n- [x] b\n", "☐ a\n☑ b"),
    "a quotation": ("> said\n> so\n", "said so"),
    "a footnote": ("A[^1].\n\n[^1]: Really.\n", "A [1].\n\n[1] Really."),
    "what only looks like a footnote": ("`[^a]` and [^b]\n", "`[^a]` and [^b]"),
    "a definition": ("Term\n:   Meaning.\n", "Term\n\n• Meaning."),
    "an abbreviation": ("The API.\n\n*[API]: Interface\n", "The API."),
    "an admonition": ('!!! warning "Careful"\n    Not twice.\n', "Careful:\n\nNot twice."),
    "an admonition of its kind": ("!!! note\n    a\n\n    b\n\nc\n", "Note:\n\na\n\nb\n\nc"),
    "an admonition without title": ('!!! note ""\n    a\n', "a"),
    "an admonition that opens": ("???+ tip inline end\n    a\n", "Tip:\n\na"),
    "an admonition in an item": ("- a\n\n    !!! note\n        b\n", "• a\n  Note:\n  b"),
    "code in an admonition": ("!!! note\n    ```\n    # x\n    ```\n", "Note:\n\n```\n# x\n```"),
    "an alert": ("> [!NOTE]\n> Read me.\n", "Note: Read me."),
    "colons": (":::note\nRead me.\n:::\n", "Note:\n\nRead me."),
    "colons with a title": (":::tip[My title]\nRead.\n:::\n", "My title:\n\nRead."),
    "colons in braces": (":::{warning} Hot\nRead.\n:::\n", "Hot:\n\nRead."),
    "slashes": ("/// details | Title\n    open: true\n\nBody.\n\n///\n", "Title:\n\nBody."),
    "tabs": ('=== "Linux"\n\n    apt\n\n=== "Mac"\n\n    brew\n', "Linux:\n\napt\n\nMac:\n\nbrew"),
    "a tab in a tab": ('=== "A"\n\n    === "B"\n\n        c\n', "A:\n\nB:\n\nc"),
    "what looks like a tab in code": ('```\n=== "A"\n```\n', '```\n=== "A"\n```'),
    "generated reference": (
        "::: shop.cart\n    options:\n      a: b\n\nText.\n",
        "(reference of `shop.cart`; see the page)\n\nText.",
    ),
    "generated reference under its heading": (
        "## ::: shop.cart\n    options: x\n\nText.\n",
        "(reference of `shop.cart`; see the page)\n\nText.",
    ),
    "text after a list": ("- a\n\nb\n", "• a\n\nb"),
    "an attribute list": ("[a](b){ .md-button } x{: .y }\n", "a x"),
    "braces that are none": ("Use {name} and {{ x }} and {a: b}.\n", "Use {name} and {{ x }} and {a: b}."),
    "an icon": (":material-home: Home :smile:\n", "Home :smile:"),
    "keys": ("Press ++ctrl+c++.\n", "Press ctrl+c."),
    "a marked text": ("==this== but a==b and c==d\n", "this but a==b and c==d"),
    "an include that cannot be read": ('--8<-- "a.md"\n', "(see a.md)"),
    "a contents mark": ("[TOC]\n\nText.\n", "Text."),
    "a tag of a template": ("{% raw %}\n\nText.\n\n{% endraw %}\n", "Text."),
    "a tag in a line": ("a <b>bold</b><br>word\n", "a bold\nword"),
    "an image in HTML": ('<p align="center"><img src="x" alt="Logo"></p>\n', "(image: Logo)"),
    "an element": ("<div>raw <a href='x'>link</a></div>\n", "raw link"),
    "Markdown in an element": ("<div markdown>\n**b** [x](y)\n</div>\n", "b x"),
    "details": ("<details><summary>More</summary>\n\nHidden.\n\n</details>\n", "More\n\nHidden."),
    "a list in HTML": ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n", "• a\n• b"),
    "a table in HTML": (
        "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td>2</td></tr>\n</table>\n",
        "a | b\n1 | 2",
    ),
    "a comment": ("<!-- hidden -->\n\nseen <!-- not this --> too\n", "seen too"),
    "a script": ("<script>\nx < 1\n</script>\n\nseen\n", "seen"),
    "a style": ("<style>a{b:c}</style>\n\nseen\n", "seen"),
    "a lone bracket": ("a < b and c > d\n", "a < b and c > d"),
}


@pytest.mark.parametrize(("markdown", "text"), WRITTEN.values(), ids=list(WRITTEN))
def test_what_people_write_stays_readable(markdown: str, text: str) -> None:
    assert "\n".join(texts(markdown)) == text


def test_windows_line_ends_and_a_byte_order_mark_are_no_text() -> None:
    page = read_page("\ufeff---\r\ntitle: T\r\n---\r\n# A\r\n\r\nb\r\n", "x")

    assert (page.title, page.sections[0].text) == ("T", "b")


def test_a_long_section_becomes_several_of_one_heading() -> None:
    page = read_page("# A\n\n## B\n\n" + "Some words in a paragraph.\n\n" * 1_000, "x")

    assert {(section.heading, section.anchor) for section in page.sections} == {("B", "b")}
    assert max(len(section.text) for section in page.sections) <= MAX_SECTION
    assert sum(section.text.count("paragraph") for section in page.sections) == 1_000


def test_code_that_is_cut_stays_code_in_both_parts() -> None:
    parts = texts("```\n" + "line of code\n" * 1_000 + "```\n")

    assert len(parts) > 1
    assert all(part.startswith("```\n") and part.endswith("\n```") for part in parts)


def test_a_page_of_any_size_is_cut_off_and_never_refused() -> None:
    assert sum(len(text) for text in texts("word " * 300_000)) <= 8_000
    assert len(texts("# a\nb\n" * 10_000)) == MAX_SECTIONS
