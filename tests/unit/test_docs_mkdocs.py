"""An mkdocs.yml says which pages there are; nothing in it is obeyed."""

from typing import Any

import pytest

from catalog_sync.docs.mkdocs import MAX_NAV, config_of, inside, merged, parent_of, site_of


def site(text: str, folder: str = "") -> Any:
    config, problem = config_of(text, "mkdocs.yml")
    return site_of(config, folder, problem)


def nav(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(entry.path, entry.title, entry.trail) for entry in site(text).nav]


def test_a_navigation_gives_titles_and_what_they_lie_in() -> None:
    assert nav(
        "nav:\n  - index.md\n  - Start: start.md\n  - Guides:\n    - guides/index.md\n"
        "    - Deep:\n      - One: guides/one.md#part\n  - Web: https://acme.test/x.md\n  - Empty:\n"
    ) == [
        ("docs/index.md", "", ()),
        ("docs/start.md", "Start", ()),
        ("docs/guides/index.md", "", ("Guides",)),
        ("docs/guides/one.md", "One", ("Guides", "Deep")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "nav:\n  A: a.md\n",
        "pages:\n  - A: a.md\n",
        "nav:\n  - {A: a.md}\n",
        "nav: [{A: ./a.md}]\n",
        "nav:\n  - A: /a.md\n",
        "docs_dir: !ENV [DIR, docs]\nnav:\n  - A: a.md\n",
        "docs_dir: ./docs/\nnav:\n  - A: a.md\n",
        "markdown_extensions:\n  - x:\n      y: !!python/name:os.system\nnav:\n  - A: a.md\n",
        "x: !!python/object/apply:os.system [ls]\nnav:\n  - A: a.md\n",
        "x: !relative $config_dir\nnav:\n  - A: a.md\n",
        "site_name: {{ name }}\nnav:\n  - A: a.md\n",
        "\ufeffnav:\n  - A: a.md\n",
    ],
)
def test_a_navigation_is_read_however_it_is_written(text: str) -> None:
    assert nav(text) == [("docs/a.md", "A", ())]


@pytest.mark.parametrize(
    "text",
    [
        "nav: 7\n",
        "nav:\n  - 7\n  - [x]\n  - ../../etc/passwd\n  - A: ../../x.md\n",
        "nav:\n  - A: /../../x.md\n",
        "- a\n- b\n",
        "nav: [unclosed\n",
        "",
        "a: &a [x]\n"
        + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 90)}]\n" for a, b in zip("abcd", "bcde", strict=True)),
        "nav:\n" + "- " * 300 + "a.md\n",
    ],
)
def test_what_makes_no_sense_gives_no_navigation(text: str) -> None:
    assert nav(text) == []


def test_an_endless_navigation_is_cut_off() -> None:
    assert len(nav("nav:\n" + "  - a.md\n" * (MAX_NAV + 100))) == MAX_NAV


@pytest.mark.parametrize(
    ("text", "folder", "docs_dir"),
    [
        ("", "", "docs"),
        ("", "packages/a", "packages/a/docs"),
        ("docs_dir: content", "", "content"),
        ("docs_dir: .", "handbook", "handbook"),
        ("docs_dir: ../shared", "handbook", "shared"),
        ("docs_dir: ../../etc", "handbook", "handbook/docs"),
        ("docs_dir: /etc", "", "docs"),
        ("docs_dir: {a: b}", "", "docs"),
    ],
)
def test_pages_lie_in_the_repository_whatever_is_written(text: str, folder: str, docs_dir: str) -> None:
    assert site(text, folder).docs_dir == docs_dir


@pytest.mark.parametrize(
    "value",
    ["'!include ./a/mkdocs.yml'", "!include ./a/mkdocs.yml", "./a/mkdocs.yml"],
)
def test_a_site_that_stands_in_a_navigation_is_known_for_one(value: str) -> None:
    (entry,) = site(f"nav:\n  - A: {value}\n").nav

    assert (entry.path, entry.title, entry.is_site) == ("a/mkdocs.yml", "A", True)


def test_what_is_inherited_is_put_together_and_replaced() -> None:
    child, _ = config_of("INHERIT: ../base.yml\nextra: {b: 2}\nnav: [b.md]\n", "x/mkdocs.yml")
    parent, _ = config_of("site_name: Base\nextra: {a: 1}\nnav: [a.md]\n", "base.yml")

    assert parent_of(child, "x/mkdocs.yml") == "base.yml"
    whole = merged(parent, child)
    assert (whole["site_name"], whole["extra"], whole["nav"]) == ("Base", {"a": 1, "b": 2}, ["b.md"])


@pytest.mark.parametrize("path", ["", "/etc", "..", "../x", "a/../../x", "https://x", "c:/x", "//x", "a\nb"])
def test_a_path_that_leaves_the_repository_is_none(path: str) -> None:
    assert inside("", path) is None
