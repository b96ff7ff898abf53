"""Whose a page is, from what a repository describes."""

from typing import Any

import pytest

from catalog_sync.docs.described import Belonging, Described, described, docs_fingerprint, parts_of
from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.model import RepositoryName
from core.access import Visibility

CHECKOUT = Checkout(
    "github", RepositoryName("h.test", "acme", "mono"), "https://h.test/acme/mono", "main", Visibility.PRIVATE
)
REPOSITORY = ("repository:acme/mono", "mono")


def entity(kind: str, name: str, folder: str, techdocs: str | None = None, line: int = 1) -> Described:
    return Described(f"{kind}:default/{name}", name, folder, techdocs, line)


def saying(path: str, *, kind: str = "component", **annotations: str) -> Described | None:
    named = {f"backstage.io/{name.replace('_', '-')}": value for name, value in annotations.items()}
    metadata: dict[str, Any] = {"name": "shop", "title": "Shop", "annotations": named}
    return described(f"{kind}:default/shop", metadata, path, 1, CHECKOUT)


@pytest.mark.parametrize(
    ("path", "annotations", "folder", "techdocs"),
    [
        ("catalog-info.yaml", {}, "", None),
        ("packages/a/catalog-info.yaml", {}, "packages/a", None),
        (".backstage/catalog-info.yaml", {}, "", None),
        ("packages/a/.backstage/catalog-info.yaml", {}, "packages/a", None),
        ("catalog-info.yaml", {"techdocs_ref": "dir:."}, "", ""),
        ("catalog-info.yaml", {"techdocs_ref": "dir:./docs/site/"}, "", "docs/site"),
        ("a/catalog-info.yaml", {"techdocs_ref": "dir:../b"}, "a", "b"),
        ("a/catalog-info.yaml", {"techdocs_ref": "dir:/b"}, "a", "b"),
        ("catalog-info.yaml", {"techdocs_ref": "dir:../../etc"}, "", None),
        ("catalog-info.yaml", {"techdocs_ref": "url:https://h.test/acme/mono/tree/main/b/c"}, "", "b/c"),
        ("catalog-info.yaml", {"techdocs_ref": "url:https://h.test/acme/mono"}, "", ""),
        ("catalog-info.yaml", {"techdocs_ref": "url:https://h.test/acme/mono/tree/main/"}, "", ""),
        ("catalog-info.yaml", {"techdocs_ref": "url:https://h.test/acme/other/tree/main/b"}, "", None),
        ("catalog-info.yaml", {"techdocs_ref": "url:https://h.test/acme/mono/tree/old/b"}, "", None),
        ("catalog-info.yaml", {"techdocs_ref": "nonsense"}, "", None),
        (
            "c/x.yaml",
            {"source_location": "url:https://h.test/acme/mono/tree/main/p/a/", "techdocs_ref": "dir:."},
            "p/a",
            "p/a",
        ),
        ("c/x.yaml", {"source_location": "url:https://h.test/acme/mono/blob/main/p/a/x.yaml"}, "p/a", None),
    ],
)
def test_an_entity_says_where_it_and_its_site_lie(
    path: str, annotations: dict[str, str], folder: str, techdocs: str | None
) -> None:
    found = saying(path, **annotations)

    assert found is not None
    assert (found.folder, found.techdocs) == (folder, techdocs)


@pytest.mark.parametrize("kind", ["location", "user", "group"])
def test_what_is_only_listed_in_a_repository_has_no_docs_there(kind: str) -> None:
    assert saying("org.yaml", kind=kind) is None
    assert saying("org.yaml", kind=kind, techdocs_ref="dir:.") is not None


PAGES: dict[str, tuple[list[Described], dict[str, str], str, str]] = {
    "nobody": ([], {}, "README.md", "mono"),
    "the only one": ([entity("component", "a", "deep/down")], {}, "docs/x.md", "a"),
    "none of several": ([entity("component", n, f"p/{n}") for n in "ab"], {}, "docs/x.md", "mono"),
    "the one above": ([entity("component", n, f"p/{n}") for n in "ab"], {}, "p/b/docs/x.md", "b"),
    "the nearest above": (
        [entity("component", "a", ""), entity("component", "b", "p/b")], {}, "p/b/README.md", "b"
    ),
    "never one whose name only begins so": (
        [entity("component", "a", ""), entity("component", "b", "p/b")], {}, "p/bee/README.md", "a"
    ),
    "the component of a folder": (
        [entity("api", "x", "", line=1), entity("component", "a", "", line=9)], {}, "README.md", "a"
    ),
    "the one called like the repository": (
        [entity("component", "a", ""), entity("component", "mono", ""), entity("system", "s", "")],
        {}, "README.md", "mono",
    ),
    "the first of a few": (
        [entity("component", "b", "", line=1), entity("component", "a", "", line=9)], {}, "README.md", "b"
    ),
    "none of a long list": ([entity("component", f"c{n}", "") for n in range(9)], {}, "README.md", "mono"),
    "the one whose site covers it": (
        [entity("component", "a", ""), entity("system", "s", "", "hand")], {}, "hand/x.md", "s"
    ),
    "the one whose site has its pages elsewhere": (
        [entity("component", "a", ""), entity("system", "s", "", "hand")],
        {"hand": "pages"}, "pages/x.md", "s",
    ),
    "a site before a folder": (
        [entity("component", "a", "docs"), entity("system", "s", "", "")], {"": "docs"}, "docs/x.md", "s"
    ),
    "a folder before the site of all": (
        [entity("component", "a", "p/a"), entity("system", "s", "", "")], {"": ""}, "p/a/x.md", "a"
    ),
    "the deeper of two sites": (
        [entity("component", "a", "", "docs"), entity("component", "b", "", "docs/b")], {}, "docs/b/x.md", "b"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entities", "sites", "path", "name"), PAGES.values(), ids=list(PAGES))
def test_a_page_belongs_to(entities: list[Described], sites: dict[str, str], path: str, name: str) -> None:
    assert Belonging(REPOSITORY, entities, sites).of(path)[1] == name


def test_a_fingerprint_tells_what_changed() -> None:
    a = [entity("component", "a", "p/a")]
    whole = parts_of(docs_fingerprint({"docs": "1"}, ["p=1"], a, ["main"]))
    words = parts_of(docs_fingerprint({"docs": "1"}, ["p=1"], a, ["trunk"]))
    texts = parts_of(docs_fingerprint({"docs": "2"}, ["p=1"], a, ["main"]))
    places = parts_of(docs_fingerprint({"docs": "1"}, ["p=1"], [entity("component", "a", "p/b")], ["main"]))

    same = [
        [one == other for one, other in zip(whole, found, strict=True)] for found in (words, texts, places)
    ]
    assert same == [[True, True, False], [True, False, True], [False, True, False]]
    assert docs_fingerprint({}, [], a, ["main"]) == ""
