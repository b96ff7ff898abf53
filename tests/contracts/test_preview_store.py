"""Who may show a preview: one of all replicas, once in half an hour, on every database that Callboard runs on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from bot.slack.previews.store import QUIET_FOR, PreviewStore
from core.clock import FixedClock
from core.database import Database

A, B = "component:default/a", "component:default/b"


@pytest.fixture
def store(database: Database, clock: FixedClock) -> PreviewStore:
    return PreviewStore(database, clock)


def test_a_subject_is_given_once_in_a_channel_until_half_an_hour_is_over(
    store: PreviewStore, clock: FixedClock
) -> None:
    assert store.claim("T", "C1", "1.0", [A, B, A]) == (A, B)
    store.shown("T", "C1", "1.0")

    assert store.claim("T", "C1", "2.0", [A]) == ()
    assert store.claim("T", "C2", "2.0", [A]) == (A,)
    assert store.claim("U", "C1", "2.0", [A]) == (A,)
    clock.advance(QUIET_FOR - timedelta(seconds=1))
    assert store.claim("T", "C1", "3.0", [A]) == ()
    clock.advance(timedelta(seconds=1))
    assert store.claim("T", "C1", "4.0", [A]) == (A,)


def test_what_was_shown_is_not_shown_again_when_slack_tells_of_the_message_twice(store: PreviewStore) -> None:
    store.claim("T", "C1", "1.0", [A])
    store.shown("T", "C1", "1.0")

    assert store.claim("T", "C1", "1.0", [A]) == ()


def test_what_could_not_be_shown_is_tried_again_for_the_same_message_alone(store: PreviewStore) -> None:
    store.claim("T", "C1", "1.0", [A])

    assert store.claim("T", "C1", "2.0", [A]) == ()
    assert store.claim("T", "C1", "1.0", [A]) == (A,)


def test_what_is_given_back_is_free_and_what_was_shown_is_not(store: PreviewStore) -> None:
    store.claim("T", "C1", "1.0", [A])
    store.shown("T", "C1", "1.0")
    store.claim("T", "C1", "2.0", [B])

    store.release("T", "C1", "1.0")
    store.release("T", "C1", "2.0")

    assert store.claim("T", "C1", "3.0", [A, B]) == (B,)


def test_of_many_replicas_one_shows_it(
    database_url: str, open_database: Callable[[str], Database], clock: FixedClock
) -> None:
    stores = [PreviewStore(open_database(database_url), clock) for _ in range(4)]
    together = Barrier(len(stores))

    def claim(number: int) -> tuple[str, ...]:
        together.wait(30)
        return stores[number].claim("T", "C1", f"{number}.0", [A])

    with ThreadPoolExecutor(len(stores)) as pool:
        given = list(pool.map(claim, range(len(stores))))

    assert sorted(given) == [(), (), (), (A,)]


def test_a_channel_is_quiet_until_somebody_says_otherwise(store: PreviewStore) -> None:
    store.quiet("T", "C1", "U1")
    store.quiet("T", "C1", "U2")

    assert (store.is_quiet("T", "C1"), store.is_quiet("T", "C2"), store.is_quiet("U", "C1")) == (
        True,
        False,
        False,
    )
    store.unquiet("T", "C1")
    assert not store.is_quiet("T", "C1")
