"""Programs get answers from the catalog as it is now, and of what they may see."""

import random

import pytest

from catalog_sync.entity.rules import DEFAULT_RULES
from catalog_sync.query.filters import parse_filters
from catalog_sync.query.pages import Asked
from catalog_sync.query.stock import Stock
from core.access import Visibility
from core.errors import NotFound
from tests.usecases.query_world import GONE, GUEST, MEMBER, Catalog, card, component, group

OWNED = ["relations.ownedBy=group:default/payments"]


def found(catalog: Catalog, *filters: str, asker: object = MEMBER) -> list[str]:
    answers = catalog.now(asker)  # type: ignore[arg-type]
    return answers.refs(answers.entities(parse_filters(filters))[0])


def test_an_entity_says_who_points_at_it() -> None:
    catalog = Catalog(
        [group("payments"), component("ledger"), component("vault", spec={"dependsOn": ["component:ledger"]})]
    )

    ledger = catalog.now().by_ref("component:default/ledger", "none")

    assert ledger["relations"] == [
        {"type": "dependencyOf", "targetRef": "component:default/vault"},
        {"type": "ownedBy", "targetRef": "group:default/payments"},
    ]


def test_a_relation_that_two_entities_imply_is_told_once() -> None:
    catalog = Catalog([group("a", children=["b"]), group("b", parent="a")])

    assert catalog.now().by_ref("group:default/b", "none")["relations"] == [
        {"type": "childOf", "targetRef": "group:default/a"}
    ]
    catalog.put(group("a"))
    assert found(catalog, "relations.childOf=group:default/a") == ["group:default/b"]
    catalog.put(group("b"))
    assert found(catalog, "relations.childOf=group:default/a") == []


def test_a_change_shows_in_both_directions() -> None:
    catalog = Catalog(
        [group("payments"), group("web"), component("ledger"), *map(component, map(str, range(100)))]
    )
    assert "component:default/ledger" in found(catalog, *OWNED)

    catalog.put(component("ledger", "web"))

    assert "component:default/ledger" not in found(catalog, *OWNED)
    assert found(catalog, "relations.ownerOf=component:default/ledger") == ["group:default/web"]
    catalog.drop("component:default/ledger")
    assert found(catalog, "relations.ownerOf=component:default/ledger") == []
    with pytest.raises(NotFound):
        catalog.now().by_ref("component:default/ledger", "none")


@pytest.mark.parametrize("seed", range(5))
def test_what_is_built_on_an_earlier_state_answers_as_what_is_built_anew(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"c{number}" for number in range(150)]

    def some(name: str) -> object:
        spec = {"dependsOn": [f"component:{other}" for other in chance.sample(names, 3)]}
        return component(
            name, chance.choice(["payments", "web"]), {"tags": [chance.choice("abC")]}, spec=spec
        )

    catalog = Catalog([group("payments"), group("web"), *map(some, names)])  # type: ignore[list-item]
    for _ in range(6):
        catalog.now()
        catalog.put(some(chance.choice(names)))  # type: ignore[arg-type]
        catalog.drop(f"component:default/{chance.choice(names)}")
        grown, anew = catalog.now(), Catalog(catalog.cards.values()).now()
        for facet in ("relations.ownedby", "relations.dependencyof", "metadata.tags", "kind"):
            assert grown.facets([facet]) == anew.facets([facet])
        for filters in (
            OWNED,
            ["metadata.tags.c"],
            ["relations.dependencyOf"],
            ["kind=component,spec.owner=web"],
        ):
            predicate = parse_filters(filters)
            assert grown.refs(grown.entities(predicate)[0]) == anew.refs(anew.entities(predicate)[0])
        every = anew.entities()[0]
        assert list(grown.by_refs(anew.refs(every))) == list(anew.documents(every))


def test_nothing_is_built_again_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog([group("payments"), component("ledger")])
    catalog.now()
    monkeypatch.setattr(Stock, "__init__", lambda *_: pytest.fail("it is built again"))

    assert found(catalog, *OWNED) == ["component:default/ledger"]


def test_a_change_of_one_entity_does_not_index_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog([group("payments"), *map(component, map(str, range(200)))])
    catalog.now()
    indexed: list[str] = []
    whole = Stock._indexed
    monkeypatch.setattr(
        Stock, "_indexed", lambda self, refs: whole(self, [indexed.append(ref) or ref for ref in refs])
    )

    catalog.put(component("7", metadata={"title": "Seven"}))

    assert found(catalog, "metadata.title=seven") == ["component:default/7"]
    assert indexed == ["component:default/7"]


def test_a_guest_finds_only_what_is_public() -> None:
    catalog = Catalog(
        [group("payments", members=[]), component("secret"), component("open", visibility=Visibility.PUBLIC)]
    )

    answers = catalog.now(GUEST)

    assert answers.refs(answers.entities()[0]) == ["component:default/open"]
    assert answers.facets(["kind"]) == {"kind": [{"value": "Component", "count": 1}]}
    assert answers.by_ref("component:default/open", "none")["relations"] == []
    assert answers.first_page(Asked(), 10, 0).total == 1
    assert [place.target for place in answers.locations.values()] == [
        "https://github.com/acme/open/blob/main/catalog-info.yaml"
    ]
    for ref in ("component:default/secret", "component:default/nothing"):
        with pytest.raises(NotFound, match="none"):
            answers.by_ref(ref, "none")


def test_an_entity_that_its_file_no_longer_describes_is_marked_as_orphan() -> None:
    catalog = Catalog([component("ledger"), component("left", gone_at=GONE)])

    assert found(catalog, "metadata.annotations.backstage.io/orphan=true") == ["component:default/left"]


def test_ids_stay_and_the_etag_follows_what_changes() -> None:
    catalog = Catalog([component("ledger")])
    before = catalog.now().by_ref("component:default/ledger", "none")["metadata"]
    again = Catalog([component("ledger")]).now().by_ref("component:default/ledger", "none")["metadata"]
    assert again == before

    catalog.put(component("ledger", metadata={"title": "The ledger"}))

    after = catalog.now().by_ref("component:default/ledger", "none")["metadata"]
    assert after["uid"] == before["uid"]
    assert after["etag"] != before["etag"]


def test_an_author_sets_annotations_but_no_ids() -> None:
    written = {
        "uid": "mine",
        "etag": "mine",
        "annotations": {
            "backstage.io/view-url": "https://example.org/x",
            "backstage.io/edit-url": "java\nscript:alert(1)",
            "backstage.io/source-location": "url:https://example.org/src/",
        },
    }
    metadata = (
        Catalog([component("x", metadata=written)]).now().by_ref("component:default/x", "none")["metadata"]
    )

    assert "mine" not in (metadata["uid"], metadata["etag"])
    assert metadata["annotations"] == {
        "backstage.io/managed-by-location": "url:https://github.com/acme/x/blob/main/catalog-info.yaml",
        "backstage.io/managed-by-origin-location": "url:https://github.com/acme/x/blob/main/catalog-info.yaml",
        "backstage.io/view-url": "https://example.org/x",
        "backstage.io/edit-url": "https://backstage.io/annotation-rejected-for-security-reasons",
        "backstage.io/source-location": "url:https://example.org/src/",
    }


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"url": f"https://ghe.acme.test/acme/x/blob/{'a' * 40}/services/a/catalog-info.yaml"},
            {
                "view-url": f"https://ghe.acme.test/acme/x/blob/{'a' * 40}/services/a/catalog-info.yaml",
                "source-location": f"url:https://ghe.acme.test/acme/x/tree/{'a' * 40}/services/a/",
            },
        ),
        (
            {"url": "https://github.com/orgs/acme/teams/x"},
            {"view-url": "https://github.com/orgs/acme/teams/x"},
        ),
        ({"url": "file:///srv/x/catalog-info.yaml"}, {}),
    ],
)
def test_the_pages_of_an_entity_follow_from_where_it_was_read(
    row: dict[str, str], expected: dict[str, str]
) -> None:
    entity = Catalog([card("Component", "x", {}, **row)]).now().by_ref("component:default/x", "none")

    told = {
        key.removeprefix("backstage.io/"): value for key, value in entity["metadata"]["annotations"].items()
    }
    assert {key: value for key, value in told.items() if not key.startswith("managed-by")} == expected
    assert not told["managed-by-location"].startswith("url:file:"), "no path of the machine is told"


def test_rules_of_other_kinds_make_other_relations() -> None:
    """A state that was built by other rules is not gone on from."""
    from catalog_sync.entity.rules import CustomKind, KindRules, RelationRule

    cards = Catalog([card("Board", "b", {"shows": ["component:default/ledger"]}), component("ledger")]).cards
    rule = RelationRule("shows", "Component", "shows", "shownOn")
    rules = KindRules(custom=(CustomKind("Board", ("backstage.io/v1alpha1",), relations=(rule,)),))

    before = Stock(cards, DEFAULT_RULES)
    after = Stock(cards, rules, before)

    assert not before.index.having("relations.shows")
    assert len(after.index.having("relations.shows")) == 1
