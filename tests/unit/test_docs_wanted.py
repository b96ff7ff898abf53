"""A sync sees from what it reads anyway whether docs may have changed."""

from dataclasses import replace

import pytest

from catalog_sync.docs.described import is_exact, parts_of
from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.model import Entity, EntityRef, RepositoryName, Source
from catalog_sync.github.port import FileText, RepositoryDetail, TreeEntry
from catalog_sync.providers.docs_wanted import docs_wanted
from core.access import Visibility
from tests.fakes.github import FakeGitHub

NAME = RepositoryName("h.test", "acme", "shop")
CHECKOUT = Checkout("github", NAME, "https://h.test/acme/shop", "main", Visibility.PRIVATE)


def detail(root: dict[str, str], mkdocs: str | None = None, head: str = "h1") -> RepositoryDetail:
    """A repository with some names and oids at its root."""
    whole = FakeGitHub().put("shop", {"x": "x"})
    entries = tuple(TreeEntry(name, "blob" if "." in name else "tree", oid) for name, oid in root.items())
    files = {"mkdocs.yml": FileText("mkdocs.yml", "m", 1, mkdocs)} if mkdocs is not None else {}
    return replace(whole, root=entries, files=files, light=replace(whole.light, head_oid=head))


def entity(name: str, path: str, techdocs: str = "") -> Entity:
    annotations = {"backstage.io/techdocs-ref": techdocs} if techdocs else {}
    source = Source("github", path, "", Visibility.PRIVATE, NAME, path, 1)
    metadata = {"name": name, "annotations": annotations}
    return Entity(EntityRef("Component", "default", name), "v1", metadata, {}, source)


ROOT = {"README.md": "1", "docs": "1", "src": "1", "packages": "1", "content": "1"}
DEEP = entity("cart", "packages/cart/catalog-info.yaml")
SHOP = entity("shop", "catalog-info.yaml")


@pytest.mark.parametrize(
    ("mkdocs", "entities", "changed", "may_have_changed"),
    [
        (None, [SHOP], "docs", True),
        (None, [SHOP], "README.md", True),
        (None, [SHOP], "src", False),
        (None, [SHOP], "packages", False),
        (None, [SHOP, DEEP], "packages", True),
        (None, [entity("shop", "catalog-info.yaml", "dir:./content")], "content", True),
        ("docs_dir: content", [SHOP], "content", True),
        ("docs_dir: content", [SHOP], "src", False),
        ("nav:\n  - A: '!include ./packages/a/mkdocs.yml'\n", [SHOP], "packages", True),
        ("nav:\n  - A: '*include packages/*/mkdocs.yml'\n", [SHOP], "packages", True),
    ],
)
def test_only_what_docs_lie_in_counts(
    mkdocs: str | None, entities: list[Entity], changed: str, may_have_changed: bool
) -> None:
    root = {**ROOT, "mkdocs.yml": "1"} if mkdocs else ROOT
    before = docs_wanted(detail(root, mkdocs), entities, CHECKOUT)
    after = docs_wanted(detail({**root, changed: "2"}, mkdocs, head="h2"), entities, CHECKOUT)

    assert (before != after) is may_have_changed


@pytest.mark.parametrize(
    ("root", "mkdocs"),
    [
        ({"mkdocs.yaml": "1"}, None),
        ({"mkdocs.yml": "1"}, "INHERIT: conf/base.yml"),
        ({"mkdocs.yml": "1"}, "docs_dir: ."),
    ],
)
def test_where_pages_may_lie_anywhere_every_commit_counts(root: dict[str, str], mkdocs: str | None) -> None:
    before, after = (
        docs_wanted(detail({**ROOT, **root}, mkdocs, head), [SHOP], CHECKOUT) for head in ("h1", "h2")
    )

    assert before != after
    assert not is_exact(after)


@pytest.mark.parametrize(
    ("mkdocs", "entities", "expected"),
    [
        (None, [SHOP], True),
        ("docs_dir: content", [SHOP], True),
        ("docs_dir: content/pages", [SHOP], False),
        (None, [SHOP, DEEP], False),
        ("nav:\n  - A: '!include ./a/mkdocs.yml'\n", [SHOP], False),
    ],
)
def test_what_lies_deep_is_asked_for_before_it_is_fetched(
    mkdocs: str | None, entities: list[Entity], expected: bool
) -> None:
    root = {**ROOT, "mkdocs.yml": "1"} if mkdocs else ROOT

    assert is_exact(docs_wanted(detail(root, mkdocs), entities, CHECKOUT)) is expected


def test_a_repository_without_docs_wants_none() -> None:
    assert docs_wanted(detail({"src": "1", "catalog-info.yaml": "1"}), [SHOP], CHECKOUT) == ""


def test_another_name_changes_only_whose_the_docs_are() -> None:
    one, other = (
        docs_wanted(detail(ROOT), [entity(name, "catalog-info.yaml")], CHECKOUT) for name in ("a", "b")
    )

    assert parts_of(one)[:2] == parts_of(other)[:2]
    assert one != other
