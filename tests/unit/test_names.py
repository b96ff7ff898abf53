"""Names: which thing people mean, however they write it."""

import random

import pytest

from bench.generate import Generated, misspelt
from catalog_sync.names import Match, Named, NameIndex
from catalog_sync.spelling import Spelling
from catalog_sync.word_forms import joined, words_in


def named(name: str, rank: int = 0, *more: str) -> Named:
    return Named("entity", f"component:default/{name}", rank, (name, *more))


def index(*names: str) -> NameIndex:
    return NameIndex([named(name) for name in names])


def found(match: Match) -> list[str]:
    return [thing.names[0] for thing in match.found]


def anything(_thing: Named) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("payments-api", ["payments", "api"]),
        ("PaymentsAPI", ["payments", "api"]),
        ("paymentsApi_v2.beta", ["payments", "api", "v2", "beta"]),
        ("  `payments api`? ", ["payments", "api"]),
        ("Zürich-Dienst", ["zurich", "dienst"]),
        ("APIs of all DBs", ["apis", "of", "all", "dbs"]),
        ("Fares & Pricing", ["fares", "and", "pricing"]),
        ("R&D", ["r", "and", "d"]),
        ("", []),
    ],
)
def test_a_name_is_its_words_without_case_and_accents(text: str, words: list[str]) -> None:
    assert words_in(text) == words
    assert joined(text) == "".join(words)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("ledger", "ledger"),
        ("the ledger", "ledger"),
        ("ledger service", "ledger-service"),
        ("ledgers", "ledger"),
        ("ledger db", "ledger-database"),
        ("pay ments-api", "payments-api"),
    ],
)
def test_the_most_exact_name_goes_first(asked: str, name: str) -> None:
    names = index("ledger", "ledger-service", "ledger-database", "payments-api")

    match = names.find(asked, anything)

    assert (found(match), match.is_corrected) == ([name], False)


def test_what_may_not_be_told_is_as_if_it_were_not_there() -> None:
    names = index("payments-api", "payment-apis")

    assert found(names.find("payments-api", lambda thing: thing.names[0] != "payments-api")) == [
        "payment-apis"
    ]


def test_of_things_with_one_name_the_first_rank_is_meant_and_the_others_are_told() -> None:
    match = NameIndex([named("web", 4), Named("repository", "h/o/web", 18, ("web",))]).find("web", anything)

    assert (found(match), [thing.key for thing in match.others]) == (["web"], ["h/o/web"])


def test_two_names_that_are_as_near_are_both_offered() -> None:
    match = index("order-service-a", "order-service-b").find("order-service-c", anything)

    assert sorted(found(match)) == ["order-service-a", "order-service-b"]


def test_a_name_in_a_sentence_is_found_and_one_among_mere_words_is_not() -> None:
    names = index("ledger-export", "ledger")

    assert found(names.within("my build of ledger export is red", anything) or Match(())) == ["ledger-export"]
    assert names.within("ledger blockchain", anything) is None


def test_an_index_with_changes_answers_as_one_that_was_built_anew() -> None:
    old = index("payments-api", "ledger", "cart")
    new = old.changed({"component:default/ledger"}, [named("general-ledger"), named("wishlist")])

    assert found(new.find("ledger", anything)) == []
    assert found(new.find("general ledger", anything)) == ["general-ledger"]
    assert found(new.find("wishlsit", anything)) == ["wishlist"]
    assert found(new.find("cart", anything)) == ["cart"]
    assert found(old.find("ledger", anything)) == ["ledger"]


def test_many_changes_one_after_the_other_lose_nothing() -> None:
    names = index(*(f"thing-{number}" for number in range(50)))
    for number in range(700):
        names = names.changed(set(), [named(f"new-{number}x")])
    names = names.changed({"component:default/new-3x"}, [])

    assert found(names.find("new-699x", anything)) == ["new-699x"]
    assert found(names.find("new-3x", lambda thing: thing.key == "component:default/new-3x")) == []


def test_the_index_of_letters_finds_what_comparing_everything_finds() -> None:
    """Slips of the keyboard, over names that share all of their words with others."""
    names = [name.replace("-", "") for name in Generated(4_000).components]
    slow, quick = Spelling(names), Spelling(names)
    quick.index()
    slips = [misspelt(name, random.Random(7)) for name in random.Random(5).sample(names, 300)]

    same = [slow.like(slip, 84.0, 1) == quick.like(slip, 84.0, 1) for slip in slips]

    assert sum(same) >= 297
