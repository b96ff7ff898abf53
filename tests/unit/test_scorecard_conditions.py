"""Condition trees: three-valued logic, and the same verdicts as CEL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.conditions import OPERATORS, all_of, any_of, compare, negate, value_fits
from scorecards.model import Known, Unknown, Verdict
from scorecards.vocabulary import FactType

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LACKING = Unknown("nobody looked")


def known(**values: Any) -> Known:
    return Known(values, {"gone": "nobody looked"}, NOW, None)


@pytest.mark.parametrize(
    ("name", "found", "value", "verdict"),
    [
        ("==", "a", "a", True),
        ("!=", "a", "a", False),
        ("<", 1, 2, True),
        ("<=", 2, 2, True),
        (">", 2, 2, False),
        (">=", 2, 2, True),
        ("in", "a", ["a", "b"], True),
        ("not_in", "a", ["a", "b"], False),
        ("contains", ["a", "b"], "a", True),
        ("contains", "abc", "bc", True),
        ("does_not_contain", ["a"], "a", False),
        ("starts_with", "abc", "ab", True),
        ("ends_with", "abc", "ab", False),
        ("is_empty", "", None, True),
        ("is_not_empty", ["a"], None, True),
        ("older_than_days", NOW - timedelta(days=8), 7, True),
        ("older_than_days", NOW - timedelta(days=7), 7, False),
        ("newer_than_days", NOW - timedelta(days=7), 7, True),
        ("newer_than_days", NOW - timedelta(days=8), 7, False),
    ],
)
def test_an_operator_compares_a_fact_with_a_value(name: str, found: Any, value: Any, verdict: bool) -> None:
    assert compare("x", name, value)(known(x=found)) is verdict


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_missing_fact_is_unknown_with_its_reason_whatever_the_operator(name: str) -> None:
    assert compare("gone", name, 1)(known()) == LACKING


def fixed(verdict: Verdict) -> Any:
    return lambda _known: verdict


verdicts = st.lists(st.sampled_from([True, False, LACKING]), min_size=1, max_size=6)


@given(verdicts)
def test_all_is_false_where_one_is_false_and_unknown_where_one_is_only_unknown(parts: list[Verdict]) -> None:
    expected: Verdict = False if False in parts else LACKING if LACKING in parts else True

    assert all_of([fixed(part) for part in parts])(known()) == expected


@given(verdicts)
def test_any_is_not_all_of_the_negated(parts: list[Verdict]) -> None:
    judges = [fixed(part) for part in parts]

    assert any_of(judges)(known()) == negate(all_of([negate(judge) for judge in judges]))(known())


@pytest.mark.parametrize(
    ("fact", "name", "value", "expected"),
    [
        (FactType.INT, ">", 3, ""),
        (FactType.INT, ">", "3", "a value of type int"),
        (FactType.INT, ">", None, "a value of type int"),
        (FactType.BOOL, "==", 1, "a value of type bool"),
        (FactType.TEXT, "in", ["a"], ""),
        (FactType.TEXT, "in", [], "a list of text values"),
        (FactType.TEXT, "in", "a", "a list of text values"),
        (FactType.TEXTS, "contains", "a", ""),
        (FactType.TEXTS, "is_empty", "a", "no value"),
        (FactType.TIME, "older_than_days", 30, ""),
        (FactType.TIME, "older_than_days", -1, "a number of days"),
    ],
)
def test_a_value_has_to_fit_the_fact_and_the_operator(
    fact: FactType, name: str, value: Any, expected: str
) -> None:
    assert value_fits(fact, name, value) == expected
