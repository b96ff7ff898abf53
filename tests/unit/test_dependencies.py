"""What depends on what: sentences that ask for it, and counts that end where everything hangs together."""

import pytest

from catalog_sync.answers import MOST_BEYOND
from catalog_sync.asking.depending import DependencyQuestions, read_dependency
from catalog_sync.estate import Estate
from catalog_sync.memory.shelf import Shelf
from core.access import Visibility
from core.settings import TeamSettings
from tests.unit.test_lookup import card

ALL = frozenset(Visibility)


@pytest.mark.parametrize(
    ("asked", "subject", "direction"),
    [
        ("ledger", "ledger", "both"),
        ("what depends on ledger?", "ledger", "used by"),
        ("which services depend on the payments api", "the payments api", "used by"),
        ("who uses ledger-db?", "ledger-db", "used by"),
        ("what breaks if ledger is down", "ledger", "used by"),
        ("consumers of the payments api", "the payments api", "used by"),
        ("what does checkout depend on?", "checkout", "uses"),
        ("what does the cart call?", "the cart", "uses"),
        ("ledger's dependencies", "ledger", "uses"),
        ("dependencies of ledger", "ledger", "uses"),
        ("what do I need to deploy?", "what do I need to deploy?", "both"),
        ("what needs to be done?", "what needs to be done?", "both"),
        ("how do I use ledger?", "how do I use ledger?", "both"),
    ],
)
def test_a_sentence_says_what_it_is_about_and_which_way_it_asks(
    asked: str, subject: str, direction: str
) -> None:
    assert read_dependency(asked) == (subject, direction)


def chain(length: int) -> DependencyQuestions:
    """Each needs the next one, and the last one the first."""
    cards = [
        card(f"link-{n}", spec={"dependsOn": [f"component:link-{(n + 1) % length}"]}) for n in range(length)
    ]
    return DependencyQuestions(
        Estate(Shelf({item.ref: item for item in cards}, {}, ()), TeamSettings(), None), ALL
    )


@pytest.mark.parametrize(("length", "beyond"), [(2, 0), (3, 1), (40, 38), (MOST_BEYOND * 3, MOST_BEYOND)])
def test_what_is_further_away_is_counted_once_and_up_to_a_limit(length: int, beyond: int) -> None:
    answer = chain(length).answer("link-0")

    assert [item.near.title for item in answer.uses] == ["link-1"]
    assert [item.near.title for item in answer.used_by] == [f"link-{length - 1}"]
    assert (answer.uses_beyond, answer.used_by_beyond) == (beyond, beyond)
