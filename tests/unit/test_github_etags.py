"""Answers of REST that are remembered by their ETags."""

from catalog_sync.github import etags
from catalog_sync.github.etags import Etags


def test_the_latest_answer_of_an_address_is_known_with_its_etag() -> None:
    known = Etags()
    known.keep("/a", {"etag": "1", "link": "next"}, "[1]", [1])
    known.keep("/a", {"etag": "2"}, "[2]", [2])

    found = known.known("/a")
    assert found
    assert (found.etag, found.answer, known.known("/b")) == ("2", [2], None)


def test_an_answer_without_an_etag_takes_the_earlier_ones_place() -> None:
    known = Etags()
    known.keep("/a", {"etag": "1"}, "[1]", [1])
    known.keep("/a", {}, "[2]", [2])

    assert known.known("/a") is None


def test_a_long_answer_is_not_kept() -> None:
    known = Etags()
    known.keep("/a", {"etag": "1"}, "x" * 64_001, {})

    assert known.known("/a") is None


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    known = Etags()
    for number in range(etags._MOST):
        known.keep(f"/{number}", {"etag": "1"}, "{}", {})
    assert known.known("/0")
    known.keep("/new", {"etag": "1"}, "{}", {})

    assert known.known("/0")
    assert known.known("/1") is None
