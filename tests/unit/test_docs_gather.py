"""The docs of a repository are found wherever they lie, and nothing else is read."""

import pytest

from catalog_sync.docs import gather
from catalog_sync.docs.described import Described
from catalog_sync.docs.gather import Docs, gather_docs
from catalog_sync.docs.sections import lines_of, page_of
from tests.fakes.docs_tree import LINK, SUBMODULE, FakeTree


def docs(files: dict[str, str], *entities: Described) -> Docs:
    return gather_docs(FakeTree(files), entities)


def paths(found: Docs) -> list[str]:
    return [page.path for page in found.pages]


def in_folder(folder: str, techdocs: str | None = None) -> Described:
    return Described(f"component:default/{folder or 'root'}", folder, folder, techdocs)


@pytest.mark.parametrize(
    ("files", "entities", "expected"),
    [
        (["README.md", "a.md", "src/b.md"], [], ["README.md"]),
        (["readme.markdown"], [], ["readme.markdown"]),
        (["README"], [], ["README"]),
        (["README.md", "README.rst"], [], ["README.md"]),
        (["docs/a.md", "docs/x/y/z.MD", "docs/b.txt"], [], ["docs/a.md", "docs/x/y/z.MD"]),
        (["Docs/a.markdown"], [], ["Docs/a.markdown"]),
        (["docs/node_modules/a.md", "docs/.git/b.md", "docs/c.md"], [], ["docs/c.md"]),
        (["p/a/README.md", "p/a/docs/b.md", "p/c/README.md"], [in_folder("p/a")], ["p/a/README.md", "p/a/docs/b.md"]),
        (["hand/x.md", "hand/y/z.md"], [in_folder("", "hand")], ["hand/x.md", "hand/y/z.md"]),
        (["hand/docs/x.md", "hand/y.md"], [in_folder("", "hand")], ["hand/docs/x.md"]),
        (["docs/b.md", "docs/a/c.md", "docs/a/index.md", "docs/index.md"], [], ["docs/index.md", "docs/b.md", "docs/a/index.md", "docs/a/c.md"]),
    ],
)  # fmt: skip
def test_pages_are_found(files: list[str], entities: list[Described], expected: list[str]) -> None:
    assert paths(docs(dict.fromkeys(files, "x"), *entities)) == expected


def test_a_site_says_where_its_pages_are_and_in_which_order() -> None:
    found = docs(
        {
            "mkdocs.yml": "docs_dir: content\nnav:\n  - Z: z.md\n  - More:\n    - a.md\n",
            "content/a.md": "a",
            "content/left.md": "x",
            "content/z.md": "z",
        }
    )

    assert [(page.path, page.title, page.trail) for page in found.pages] == [
        ("content/z.md", "Z", ""),
        ("content/a.md", "", "More"),
        ("content/left.md", "", ""),
    ]


def test_sites_that_a_site_includes_stand_where_it_has_them() -> None:
    found = docs(
        {
            "mkdocs.yml": "nav:\n  - index.md\n  - Cart: '!include ./p/cart/mkdocs.yml'\n  - '*include q/*/mkdocs.yml'\n",
            "docs/index.md": "x",
            "p/cart/mkdocs.yml": "nav:\n  - Limits: limits.md\n",
            "p/cart/docs/limits.md": "x",
            "q/one/mkdocs.yml": "site_name: One\nnav:\n  - a.md\n",
            "q/one/docs/a.md": "x",
            "q/two/mkdocs.yml": "site_name: Two\n",
            "q/two/docs/b.md": "x",
        }
    )

    assert [(page.path, page.title, page.trail) for page in found.pages] == [
        ("docs/index.md", "", ""),
        ("p/cart/docs/limits.md", "Limits", "Cart"),
        ("q/one/docs/a.md", "", "One"),
        ("q/two/docs/b.md", "", ""),
    ]


def test_a_configuration_inherits_and_never_for_ever() -> None:
    found = docs(
        {
            "mkdocs.yml": "INHERIT: base/a.yml\n",
            "base/a.yml": "INHERIT: b.yml\nnav: [z.md]\n",
            "base/b.yml": "INHERIT: a.yml\ndocs_dir: pages\n",
            "pages/a.md": "x",
            "pages/z.md": "x",
        }
    )

    assert paths(found) == ["pages/z.md", "pages/a.md"]


def test_a_site_whose_configuration_is_broken_has_its_pages_and_a_reason() -> None:
    found = docs({"mkdocs.yml": "nav: [", "docs/a.md": "x"})

    assert paths(found) == ["docs/a.md"]
    assert [(path, why.startswith("mkdocs.yml cannot be read: ")) for path, why in found.skipped] == [
        ("mkdocs.yml", True)
    ]


def test_links_submodules_and_odd_names_are_skipped_with_a_reason() -> None:
    found = docs(
        {
            "docs/a.md": LINK,
            "docs/b": SUBMODULE,
            "docs/c\x07.md": "x",
            "docs/d.md": "version https://git-lfs.github.com/spec/v1\n",
            "docs/e.md": "x",
            "README.rst": "x",
        }
    )

    assert paths(found) == ["docs/e.md"]
    assert dict(found.skipped) == {
        "README.rst": "it is not Markdown",
        "docs/a.md": "it is a link",
        "docs/b": "it is a submodule",
        "'docs/c\\x07.md'": "its name holds characters that cannot be shown",
        "docs/d.md": "it lies in Git LFS",
    }


def test_a_docs_folder_that_is_a_link_is_not_followed() -> None:
    assert docs({"docs": LINK, "README.md": "x"}).skipped == (("docs", "it is a link"),)


def test_pages_beyond_the_limit_are_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MAX_PAGES", 2)
    found = docs({"README.md": "x", "docs/a.md": "x", "docs/b.md": "x"})

    assert (len(found.pages), [path for path, _why in found.skipped]) == (2, ["docs/b.md"])


def test_bytes_beyond_the_limit_are_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MAX_BYTES", 15)
    found = docs({"README.md": "x" * 10, "docs/a.md": "x" * 10})

    assert (paths(found), [path for path, _why in found.skipped]) == (["README.md"], ["docs/a.md"])


INCLUDES = {
    "beside the page": ('--8<-- "part.md"', "Part."),
    "from the root": ("--8<-- 'docs/inc/code.py'", "one\ntwo\nthree"),
    "of the folder of pages": ('--8<-- "inc/code.py"', "one\ntwo\nthree"),
    "some lines": ('```py\n--8<-- "inc/code.py:2:3"\n```', "```\ntwo\nthree\n```"),
    "one line": ('--8<-- "inc/code.py:2"', "two"),
    "a named part": ('--8<-- "inc/parts.py:mid"', "inside"),
    "several": ("--8<--\npart.md\n; no.md\ninc/parts.py:mid\n--8<--", "Part.\ninside"),
    "one in another": ('--8<-- "deep.md"', "Deep.\n\nPart."),
    "in a circle": ('--8<-- "circle.md"', "(see circle.md)"),
    "as another extension": ("{!inc/code.py!}", "one\ntwo\nthree"),
    "as a third": ('{% include-markdown "./part.md" %}', "Part."),
    "a README elsewhere": ('--8<-- "tools/README.md"', "Tools."),
    "no docs": ('--8<-- "src/secret.py"', "(see src/secret.py)"),
    "out of the repository": ('--8<-- "../../etc/passwd"', "(see ../../etc/passwd)"),
    "an address": ('--8<-- "https://acme.test/x.md"', "(see https://acme.test/x.md)"),
    "nothing there": ('--8<-- "missing.md"', "(see missing.md)"),
    "escaped": (';--8<-- "part.md"', '--8<-- "part.md"'),
}


@pytest.mark.parametrize(("written", "text"), INCLUDES.values(), ids=list(INCLUDES))
def test_what_a_page_includes_is_put_there(written: str, text: str) -> None:
    files = {
        "docs/page.md": written,
        "docs/part.md": "---\ntitle: x\n---\nPart.\n",
        "docs/deep.md": 'Deep.\n\n--8<-- "part.md"\n',
        "docs/circle.md": '--8<-- "circle.md"\n',
        "docs/inc/code.py": "one\ntwo\nthree",
        "docs/inc/parts.py": "# --8<-- [start:mid]\ninside\n# --8<-- [end:mid]\noutside",
        "tools/README.md": "Tools.",
        "src/secret.py": "secret",
    }
    found = docs(files)

    (page,) = (page for page in found.pages if page.path == "docs/page.md")
    text_of_page = page_of(page.lines or lines_of(page.text), "x").sections[0].text
    assert "".join(text_of_page.split()) == "".join(text.split())


def test_a_heading_from_another_file_leads_to_the_one_above_it() -> None:
    found = docs({"docs/a.md": '## Own\n\n--8<-- "b.md"\n', "docs/b.md": "## Other\n\ntext\n"})
    (page,) = (page for page in found.pages if page.path == "docs/a.md")

    assert [(section.heading, section.anchor) for section in page_of(page.lines, "x").sections] == [
        ("Other", "own")
    ]


def test_everything_is_read_in_a_few_rounds() -> None:
    tree = FakeTree(
        {
            "mkdocs.yml": "INHERIT: base.yml\n",
            "base.yml": "site_name: x\n",
            **{f"docs/{number}.md": '--8<-- "inc/a.txt"\n' for number in range(50)},
            "docs/inc/a.txt": "x",
        }
    )
    gather_docs(tree, ())

    assert [len(read) for read in tree.reads] == [1, 1, 50, 1]


@pytest.mark.parametrize(
    ("path", "text", "is_changed"),
    [
        ("docs/a.md", "y", True),
        ("docs/new.md", "y", True),
        ("README.md", "y", True),
        ("mkdocs.yml", "site_name: y", True),
        ("p/a/README.md", "y", True),
        ("p/a/docs/new.md", "y", True),
        ("tools/README.md", "y", True),
        ("src/x.py", "y", False),
        ("p/a/x.py", "y", False),
        ("p/b/README.md", "y", False),
    ],
)
def test_what_was_looked_at_tells_whether_docs_changed(path: str, text: str, is_changed: bool) -> None:
    files = {
        "docs/a.md": '--8<-- "tools/README.md"\n',
        "tools/README.md": "x",
        "p/a/x.py": "x",
        "src/x.py": "x",
    }
    before = docs(files, in_folder("p/a")).sources
    after = docs({**files, path: text}, in_folder("p/a")).sources

    assert (before != after) == is_changed
