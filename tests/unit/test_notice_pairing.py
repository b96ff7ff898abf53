"""Faults that were told are recognised again where lines move and where several are alike."""

from datetime import UTC, datetime

import pytest

from catalog_sync.notices.model import Flaw, Kind, Notice, Place, State
from catalog_sync.notices.pairing import Spot, paired
from core.access import Visibility

AT = datetime(2026, 11, 24, tzinfo=UTC)


def flaw(fault: str, line: int) -> Flaw:
    place = Place("acme/x", None, "", "", "catalog-info.yaml", line, Visibility.PUBLIC)
    return Flaw(fault, place, "wrong", "", "")


def told(key: str, *flaws: tuple[str, int, bool]) -> Notice:
    content = {
        "flaws": [{"id": fault, "line": line, "is_mended": is_mended} for fault, line, is_mended in flaws],
    }
    return Notice(key, Kind.BROKEN, "s", "acme/x", "", "", State.OPEN, True, content, AT)


@pytest.mark.parametrize(
    ("before", "now", "still", "new"),
    [
        ([], [("a", 3)], [], [3]),
        ([("a", 3)], [("a", 9)], [0], []),
        ([("a", 3)], [("b", 3)], [], [3]),
        ([("a", 5), ("a", 15)], [("a", 5), ("a", 15)], [0, 1], []),
        ([("a", 5), ("a", 15)], [("a", 16)], [1], []),
        ([("a", 5), ("a", 15)], [("a", 6)], [0], []),
        ([("a", 5)], [("a", 5), ("a", 15)], [0], [15]),
        ([("a", 15)], [("a", 5), ("a", 16)], [0], [5]),
        ([("a", 5), ("a", 15), ("a", 25)], [("a", 4), ("a", 26)], [0, 2], []),
        ([("a", 10), ("b", 1)], [("b", 90), ("a", 2), ("a", 11)], [0, 1], [2]),
        ([("a", 1), ("a", 2)], [("a", 101), ("a", 102), ("a", 103)], [0, 1], [103]),
        ([("a", 1), ("a", 2)], [], [], []),
    ],
)
def test_each_fault_is_taken_for_the_one_that_it_is(
    before: list[tuple[str, int]], now: list[tuple[str, int]], still: list[int], new: list[int]
) -> None:
    notice = told("n", *[(fault, line, False) for fault, line in before])

    found = paired([notice], [flaw(*item) for item in now])

    assert found.still == {Spot("n", number) for number in still}
    assert [item.place.line for item in found.new] == new


def test_what_was_mended_is_not_taken_for_what_is_still_wrong() -> None:
    found = paired([told("n", ("a", 5, True), ("a", 15, False))], [flaw("a", 5)])

    assert found.still == {Spot("n", 1)}


def test_equal_faults_of_two_commits_are_told_apart() -> None:
    found = paired([told("ana", ("a", 5, False)), told("ben", ("a", 15, False))], [flaw("a", 14)])

    assert found.still == {Spot("ben", 0)}


def test_very_many_equal_faults_are_paired_in_order() -> None:
    notice = told("n", *[("a", line, False) for line in range(0, 1000, 2)])

    found = paired([notice], [flaw("a", line + 7) for line in range(0, 1000, 2)])

    assert len(found.still) == 500
    assert found.new == ()
