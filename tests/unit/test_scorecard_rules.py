"""Expressions: what is wrong with them is said at load, and an error is never a pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scorecards.model import Fact, Unknown
from scorecards.rules import ExpressionError, Rules
from scorecards.vocabulary import Declaration, FactType, Vocabulary

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Source:
    """Declares one fact of every type; measures nothing."""

    name = "test"
    facts = {
        "docs.pages": Declaration(FactType.INT, ""),
        "docs.ratio": Declaration(FactType.NUMBER, ""),
        "docs.edited_at": Declaration(FactType.TIME, ""),
        "repo.files": Declaration(FactType.TEXTS, ""),
        "repo.name": Declaration(FactType.TEXT, ""),
        "repo.ok": Declaration(FactType.BOOL, ""),
    }

    def collect(self, subjects: Any, now: datetime) -> dict[str, tuple[Fact, ...]]:
        return {}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(Vocabulary([Source()]))


def known(rules: Rules, **values: Any) -> Any:
    facts = {
        name.replace("__", "."): Fact(name.replace("__", "."), value, NOW, "test")
        for name, value in values.items()
    }
    return rules.known(facts, NOW)


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("docs.pagez > 3", 1, 1, "nobody measures docs.pagez", "did you mean docs.pages?"),
        ("repo.ok &&\n  docs.pagez > 1", 2, 3, "nobody measures docs.pagez", "did you mean docs.pages?"),
        ("docs.pages > 'three'", 1, 12, "these types cannot be combined", ""),
        ("docs.pages + 1", 1, 1, "the expression gives no verdict", ""),
        ("docs.pages >", 1, 13, "Syntax error: mismatched input 'the end'", ""),
        ("wholly_unlike == 1", 1, 1, "nobody measures wholly_unlike", ""),
    ],
)
def test_a_mistake_in_an_expression_is_found_at_load_with_its_place(
    rules: Rules, text: str, line: int, column: int, message: str, hint: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        rules.condition(text)

    fault = caught.value.faults[0]
    assert (fault.line, fault.column, fault.hint) == (line, column, hint)
    assert fault.message.startswith(message)


def test_every_mistake_of_an_expression_is_told(rules: Rules) -> None:
    with pytest.raises(ExpressionError) as caught:
        rules.condition("docs.pagez > 1 && repo.okay")

    assert [fault.found for fault in caught.value.faults] == ["docs.pagez", "repo.okay"]


def test_a_comparison_of_wrong_types_names_both(rules: Rules) -> None:
    with pytest.raises(ExpressionError) as caught:
        rules.condition("docs.pages > 'three'")

    assert caught.value.faults[0].found == "> between int and string"


@pytest.mark.parametrize(
    ("text", "values", "verdict"),
    [
        ("docs.pages > 3", {"docs__pages": 4}, True),
        ("docs.pages > 3", {"docs__pages": 3}, False),
        ("docs.ratio > 0.5", {"docs__ratio": 1}, True),
        ("'README' in repo.files", {"repo__files": ("README",)}, True),
        ("now - docs.edited_at < duration('48h')", {"docs__edited_at": NOW - timedelta(hours=47)}, True),
        ("docs.pages > 3 || repo.ok", {"repo__ok": True}, True),
        ("docs.pages > 3 && repo.ok", {"repo__ok": False}, False),
    ],
)
def test_an_expression_judges_the_facts(
    rules: Rules, text: str, values: dict[str, Any], verdict: bool
) -> None:
    assert rules.condition(text)(known(rules, **values)) is verdict


@pytest.mark.parametrize(
    ("text", "values", "reason"),
    [
        ("docs.pages > 3", {}, "docs.pages was not collected"),
        ("1 / docs.pages > 0", {"docs__pages": 0}, "divide by zero"),
        ("repo.name.matches('(')", {"repo__name": "x"}, "invalid regular expression: missing ): ("),
        ("docs.pages > 3 || repo.ok", {"repo__ok": False}, "docs.pages was not collected"),
        (
            "repo.files.all(a, repo.files.all(b, repo.files.all(c, a + b + c != '')))",
            {"repo__files": tuple(map(str, range(300)))},
            "Iteration budget exceeded",
        ),
        ("docs.pages + 9223372036854775807 > 0", {"docs__pages": 5}, "integer overflow"),
    ],
)
def test_an_expression_that_cannot_be_worked_out_is_unknown_and_never_true(
    rules: Rules, text: str, values: dict[str, Any], reason: str
) -> None:
    assert rules.condition(text)(known(rules, **values)) == Unknown(reason)


def test_a_fact_without_a_value_says_why(rules: Rules) -> None:
    facts = {"docs.pages": Fact("docs.pages", None, NOW, "test", "403: the token lacks contents:read")}

    verdict = rules.condition("docs.pages > 3")(rules.known(facts, NOW))

    assert verdict == Unknown("403: the token lacks contents:read")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("docs.pages", True),
        ("docs.pages", "4"),
        ("docs.pages", 2**64),
        ("docs.edited_at", datetime(2026, 1, 1)),
        ("repo.files", ["a", 1]),
        ("repo.files", "README"),
        ("repo.ok", 1),
    ],
)
def test_a_value_of_another_type_than_declared_is_not_measured(
    rules: Rules, name: str, value: object
) -> None:
    found = rules.known({name: Fact(name, value, NOW, "test")}, NOW)

    assert name not in found.values
    assert found.problems[name].startswith(f"test gave {name} as {type(value).__name__}")


@pytest.mark.parametrize(
    ("text", "values", "shown"),
    [
        ("docs.pages", {"docs__pages": 4}, "4"),
        ("string(docs.pages) + ' pages'", {"docs__pages": 4}, "4 pages"),
        ("repo.ok", {"repo__ok": False}, "no"),
        ("repo.files", {"repo__files": ("a", "b")}, "a, b"),
        ("docs.edited_at", {"docs__edited_at": NOW}, "2026-11-24"),
        ("docs.ratio * 2.0", {"docs__ratio": 0.25}, "0.5"),
        ("docs.pages", {}, ""),
        ("1 / docs.pages", {"docs__pages": 0}, ""),
        ("repo.name", {"repo__name": "x" * 5000}, "x" * 200),
    ],
)
def test_the_measured_value_is_shown_as_people_read_it(
    rules: Rules, text: str, values: dict[str, Any], shown: str
) -> None:
    assert rules.value(text)(known(rules, **values)) == shown


@pytest.mark.parametrize("text", ["(" * 300 + "repo.ok" + ")" * 300, "repo.ok && " * 1000 + "repo.ok"])
def test_a_bomb_is_refused_at_load(rules: Rules, text: str) -> None:
    with pytest.raises(ExpressionError):
        rules.condition(text)
