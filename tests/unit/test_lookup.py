"""Finding things by words: which come first, what narrows it, and that an index with changes answers like a new one."""

import json
import random
from typing import Any

import pytest

from catalog_sync.memory.cards import Card, card_of
from catalog_sync.memory.lookup import Hits, Lookup, Narrow, words_of
from catalog_sync.memory.ties import Tie, Ties
from core.access import Visibility

ALL = frozenset(Visibility)


def card(
    name: str, kind: str = "Component", visibility: Visibility = Visibility.INTERNAL, **written: Any
) -> Card:
    """An entity with what is given; ``spec`` and the rest as fields."""
    spec = written.pop("spec", {})
    metadata = {"name": name, **written}
    row = {
        "ref": f"{kind.lower()}:default/{name.lower()}",
        "kind": kind,
        "namespace": "default",
        "name": name,
        "api_version": "backstage.io/v1alpha1",
        "metadata": json.dumps(metadata),
        "spec": json.dumps(spec),
        "provider": "github",
        "location": "",
        "url": "",
        "path": "",
        "line": 0,
        "repository": None,
        "visibility": visibility,
        "digest": json.dumps([metadata, spec]),
        "gone_at": None,
    }
    return card_of(row)


CARDS = (
    card("payments-api", tags=["tier-1"], description="Takes the money."),
    card("payments", "API", spec={"type": "openapi"}),
    card("payments-export", description="Brings money to the ledger."),
    card("ledger", spec={"type": "service", "lifecycle": "deprecated"}),
    card("seats", visibility=Visibility.PRIVATE, description="Money for seats."),
)


def found(
    question: str, lookup: Lookup | None = None, seen: frozenset[Visibility] = ALL, **narrow: Any
) -> list[str]:
    hits = (lookup or Lookup(CARDS)).find(
        words_of(question), seen, 10, Narrow(narrow.pop("also", {}), **narrow)
    )
    return [key.rpartition("/")[2] for key in hits.keys]


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("payments", ["payments", "payments-api", "payments-export"]),
        ("payments api", ["payments", "payments-api"]),
        ("ledger", ["ledger", "payments-export"]),
        ("money", ["seats", "payments-api", "payments-export"]),
        ("money ledger", ["payments-export"]),
        ("tier 1", ["payments-api"]),
        ("deprecated", ["ledger"]),
        ("apis", ["payments", "payments-api"]),
        ("paymets", ["payments", "payments-api", "payments-export"]),
        ("qqzzxx", []),
        ("", ["ledger", "seats", "payments", "payments-api", "payments-export"]),
    ],
)
def test_names_come_before_descriptions_and_shorter_names_before_longer_ones(
    question: str, names: list[str]
) -> None:
    assert found(question) == names


def test_where_nothing_has_all_of_the_words_what_has_the_most_is_shown_and_said_to_be_so() -> None:
    hits = Lookup(CARDS).find(words_of("money ledger seats"), ALL, 10)

    assert (hits.keys, hits.total, hits.is_loose) == (
        ("component:default/seats", "component:default/payments-export"), 2, True
    )  # fmt: skip


def test_a_word_that_nothing_has_is_corrected_and_said_to_be() -> None:
    assert Lookup(CARDS).find(["ledgr"], ALL, 10).corrected == (("ledgr", "ledger"),)


def test_what_may_not_be_told_is_neither_named_nor_counted() -> None:
    hits = Lookup(CARDS).find(["money"], frozenset({Visibility.INTERNAL}), 10)

    assert hits == Hits(("component:default/payments-api", "component:default/payments-export"), 2)


def test_what_a_team_owns_comes_behind_what_is_called_like_the_team() -> None:
    also = {"payment": frozenset({"component:default/ledger"})}

    assert found("payments", also=also) == ["payments", "payments-api", "payments-export", "ledger"]


def test_a_search_can_be_narrowed_to_some_things() -> None:
    assert found("money", among=frozenset({"component:default/seats", "component:default/ledger"})) == [
        "seats"
    ]


def test_many_are_counted_and_few_are_named() -> None:
    hits = Lookup([card(f"shop-{number}") for number in range(500)]).find(["shop"], ALL, 8)

    assert (len(hits.keys), hits.total) == (8, 500)


def test_an_index_with_changes_answers_as_one_that_was_built_anew() -> None:
    chance = random.Random(3)
    words = ["ledger", "seat", "payments", "money", "shop", "export"]
    things = {name: card(name, description=" ".join(chance.sample(words, 2))) for name in map(str, range(60))}
    lookup = Lookup(things.values())
    for _round in range(40):
        name = str(chance.randrange(80))
        gone = {f"component:default/{name}"} if name in things else set()
        new = (
            [] if name in things and chance.random() < 0.5 else [card(name, description=chance.choice(words))]
        )
        things.pop(name, None)
        things.update(zip([name], new, strict=False))
        lookup = lookup.changed(gone, new)
        for word in words:
            assert lookup.find([word], ALL, 100) == Lookup(things.values()).find([word], ALL, 100)


# -- ties ----------------------------------------------------------------------------------------------------------


def tied(ties: Ties, name: str) -> list[tuple[str, str]]:
    return sorted(
        (edge.tie, edge.target.rpartition("/")[2]) for edge in ties.out_of(f"component:default/{name}")
    )


def test_a_tie_is_the_same_from_whichever_end_it_is_told() -> None:
    ties = Ties(
        [
            card(
                "cart",
                spec={"dependsOn": ["component:ledger"], "consumesApis": ["payments"], "system": "shop"},
            ),
            card("ledger", spec={"dependencyOf": ["component:mailer", "not:"]}),
        ]
    )

    assert tied(ties, "cart") == [("consumes", "payments"), ("depends on", "ledger"), ("is part of", "shop")]
    assert tied(ties, "mailer") == [(Tie.DEPENDS_ON, "ledger")]
    assert {edge.source for edge in ties.into("component:default/ledger")} == {
        "component:default/cart", "component:default/mailer"
    }  # fmt: skip


def test_ties_with_changes_are_those_that_are_read_anew() -> None:
    before = [
        card("a", spec={"dependsOn": ["component:b", "component:c"]}),
        card("b", spec={"dependencyOf": ["component:a"]}),
    ]
    after = [card("a", spec={"dependsOn": ["component:c", "component:d"]}), before[1]]

    changed = Ties(before).changed([before[0]], [after[0]])

    for name in "abcd":
        ref = f"component:default/{name}"
        assert sorted(changed.out_of(ref), key=str) == sorted(Ties(after).out_of(ref), key=str)
        assert sorted(changed.into(ref), key=str) == sorted(Ties(after).into(ref), key=str)
