"""Scorecards in YAML: every mistake of a file at once, each at its place."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Fault, InvalidFile
from scorecards import definition
from scorecards.facts import callboard_facts
from scorecards.model import Exclusion, Level, Risk
from scorecards.rules import Rules
from scorecards.vocabulary import Vocabulary

GOOD = """\
id: own
title: Our own
checks:
  - id: docs.some
    title: It has docs
    level: silver
    risk: M
    why: Because.
    applies: {kind: [Component, API], type: service, even: [archived], else: not for you}
    when:
      all:
        - {fact: docs.pages, op: ">=", value: 1}
        - not: {fact: meta.tags, op: contains, value: no-docs}
    value: docs.pages
    fix: {text: Write some, link: "{repository_url}/new/HEAD", minutes: 30}
    effective_from: 2026-12-01
"""

CHECK = "- {id: a, title: A, level: bronze, risk: H, expr: 'docs.pages > 0', fix: {text: Do it}}"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(Vocabulary(callboard_facts()))


def faults_of(rules: Rules, text: str) -> tuple[Fault, ...]:
    return definition.read(text, "own.yaml", rules)[1]


def with_check(line: str) -> str:
    return f"id: own\ntitle: Our own\nchecks:\n  {line}\n"


def test_a_check_has_everything_that_was_written(rules: Rules) -> None:
    cards, faults = definition.read(GOOD, "own.yaml", rules)

    check = cards[0].checks[0]
    assert faults == ()
    assert (cards[0].id, cards[0].title, cards[0].place) == ("own", "Our own", "own.yaml:1")
    assert (check.id, check.title, check.level, check.risk) == (
        "docs.some",
        "It has docs",
        Level.SILVER,
        Risk.MEDIUM,
    )
    assert (check.kinds, check.types, check.lifts) == (
        ("component", "api"),
        ("service",),
        frozenset({Exclusion.ARCHIVED}),
    )
    assert (check.not_applicable, check.value, check.place) == ("not for you", "docs.pages", "own.yaml:4")
    assert (check.fix.text, check.fix.minutes, check.effective_from) == ("Write some", 30, date(2026, 12, 1))


def place_of(text: str, marker: str) -> tuple[int, int]:
    """Line and column of a marker in a text, counted from 1."""
    before = text[: text.index(marker)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(
    ("text", "marker", "message", "where"),
    [
        ("- a", "- a", "wrong type", ""),
        ("title: A\nchecks: []", "[]", "the list is empty", "checks"),
        (with_check("- 5"), "5", "wrong type", "checks[0]"),
        (with_check(CHECK.replace("title: A", "tilte: A")), "tilte", "there is no such field", "checks[0].tilte"),
        (with_check(CHECK.replace("id: a", "id: a b")), "a b", "this is no id", "checks[0].id"),
        (with_check(CHECK.replace("bronze", "iron")), "iron", "no such value", "checks[0].level"),
        (with_check(CHECK.replace("risk: H", "risk: 1")), "1", "wrong type", "checks[0].risk"),
        (with_check(CHECK.replace("docs.pages", "docs.pagse")), "docs.pagse", "nobody measures docs.pagse", "checks[0].expr"),
        (with_check(CHECK.replace(", fix: {text: Do it}", "")), "{id", "fix is missing", "checks[0].fix"),
        (with_check(CHECK.replace("text: Do it", "text: a, link: xyz")), "xyz", "this link cannot be filled in", "checks[0].fix.link"),
        (with_check(CHECK.replace("id: a,", "id: a, 'id': b,")), "'id'", "the field is there twice", "checks[0].id"),
        (with_check(CHECK.replace("id: a,", "id: a, when: {},")), "{id", "a check needs one rule", "checks[0]"),
        (with_check(CHECK.replace("id: a,", "id: a, effective_from: soon,")), "soon", "this is no date", "checks[0].effective_from"),
        (with_check(CHECK.replace("Do it", "Do it, minutes: 0")), "0}", "wrong value", "checks[0].fix.minutes"),
        (with_check(CHECK.replace("Do it", "Do it, once: yes")), "yes", "wrong type", "checks[0].fix.once"),
        ("a: &x 1\nb: *x", "*x", "this is not YAML: aliases are not taken here", ""),
        ("[" * 30 + "{}" + "]" * 30, "{}", "this is not YAML: deeper than 30 levels", ""),
        ("id: \"a", "", "this is not YAML: found unexpected end of stream", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_at_the_place_where_it_was_made(
    rules: Rules, text: str, marker: str, message: str, where: str
) -> None:
    found = [(fault.line, fault.column, fault.message, fault.where) for fault in faults_of(rules, text)]

    place = place_of(text, marker) if marker else (1, len(text) + 1)
    assert (*place, message, where) in found


def test_an_empty_file_is_a_mistake(rules: Rules) -> None:
    assert [fault.message for fault in faults_of(rules, "# nothing")] == ["the file is empty"]


@pytest.mark.parametrize(
    ("condition", "message", "expected", "hint"),
    [
        ("{fact: docs.pagse, op: '>', value: 1}", "nobody measures docs.pagse", "a declared fact", "did you mean docs.pages?"),
        ("{fact: docs.pages, op: contains, value: 1}", "this operator does not fit", "for docs.pages (int) one of ==, !=, <, <=, >, >=, in, not_in", ""),
        ("{fact: docs.pages, op: '>', value: many}", "this value does not fit", "a value of type int", ""),
        ("{fact: docs.pages, op: '>', value: yes}", "this value does not fit", "a value of type int", ""),
        ("{fact: docs.pages, op: '>'}", "this value does not fit", "a value of type int", ""),
        ("{fact: docs.pages, op: in, value: {a: 1}}", "this value does not fit", "a list of int values", ""),
        ("{all: [], any: []}", "a condition says one thing", "one of all, any, not, or a comparison", ""),
        ("{all: {fact: docs.pages}}", "wrong type", "a list", ""),
        ("{}", "fact is missing", "a text", ""),
    ],
)  # fmt: skip
def test_a_condition_is_checked_against_the_facts(
    rules: Rules, condition: str, message: str, expected: str, hint: str
) -> None:
    faults = faults_of(rules, with_check(CHECK.replace("expr: 'docs.pages > 0'", f"when: {condition}")))

    assert (message, expected, hint) in [(fault.message, fault.expected, fault.hint) for fault in faults]


@pytest.mark.parametrize(
    "written",
    [
        "expr: docs.pages > 0 && docs.pagse > 1",
        "expr: 'docs.pages > 0 && docs.pagse > 1'",
        'expr: "docs.pages > 0 && docs.pagse > 1"',
        "expr: |\n  docs.pages > 0\n  && docs.pagse > 1",
        "expr: >-\n  docs.pages > 0\n  && docs.pagse > 1",
        "expr: docs.pages > 0\n  && docs.pagse > 1",
        "expr: >-\n  docs.pages > 0 &&\n\n  docs.pagse > 1",
        "expr: >-\n  docs.pages > 0 &&\n\n\n  docs.pagse > 1",
        "expr: |\n  docs.pages > 0 &&\n\n  docs.pagse > 1",
        "expr:\n  docs.pages > 0\n    && docs.pagse > 1",
    ],
)
def test_the_place_of_a_mistake_in_an_expression_is_its_place_in_the_file(rules: Rules, written: str) -> None:
    shifted = written.replace("\n", "\n    ")
    text = f"id: own\ntitle: T\nchecks:\n  - id: a\n    {shifted}\n"

    fault = next(fault for fault in faults_of(rules, text) if fault.found == "docs.pagse")

    assert (fault.line, fault.column) == place_of(text, "docs.pagse")


def test_where_escapes_hide_the_place_the_start_of_the_expression_is_named(rules: Rules) -> None:
    text = with_check(CHECK.replace("'docs.pages > 0'", '"docs.pages > 0 \\u0026& docs.pagse > 1"'))

    fault = next(fault for fault in faults_of(rules, text) if fault.found == "docs.pagse")

    assert (fault.line, fault.column) == place_of(text, '"docs.pages')


def test_all_mistakes_of_all_files_are_told_at_once(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        with_check(CHECK.replace("bronze", "iron").replace("risk: H", "risk: Z"))
    )
    (tmp_path / "b.yml").write_text("id: [")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidFile) as caught:
        definition.load([tmp_path, tmp_path / "gone"], rules)

    assert [Path(fault.path).name for fault in caught.value.faults] == [
        "a.yaml",
        "a.yaml",
        "b.yml",
        "c.yaml",
        "gone",
    ]


def test_an_id_that_is_taken_names_both_places(rules: Rules, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(with_check(CHECK))
    (tmp_path / "b.yaml").write_text(with_check(CHECK).replace("id: own", "id: other"))

    with pytest.raises(InvalidFile) as caught:
        definition.load([tmp_path], rules)

    assert [str(fault) for fault in caught.value.faults] == [
        f"{tmp_path}/b.yaml:4:1: the check a is there twice; expected an id of its own; found first at {tmp_path}/a.yaml:4"
    ]


def test_twins_in_one_flow_list_are_found_too(rules: Rules, tmp_path: Path) -> None:
    check = CHECK.removeprefix("- ")
    (tmp_path / "a.yaml").write_text(f"id: own\ntitle: T\nchecks: [{check}, {check}]\n")

    with pytest.raises(InvalidFile):
        definition.load([tmp_path], rules)


def test_the_standard_set_is_valid_and_explains_every_check(rules: Rules) -> None:
    (standard,) = definition.load([definition.LIBRARY], rules)

    assert len(standard.checks) >= 12
    assert {check.level for check in standard.checks} == {Level.BRONZE, Level.SILVER, Level.GOLD}
    assert [check.id for check in standard.checks if not (check.why and check.fix.text)] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 500_001, "the file is too large"),
        ("---\na: 1\n" * 51, "too many documents"),
        ("checks: [" + "1," * 501 + "]", "too many checks"),
        (with_check(CHECK.replace("expr: 'docs.pages > 0'", "when: {all: [" + "{}," * 101 + "]}")), "too many conditions"),
        (with_check(CHECK.replace("docs.pages > 0", "docs.pages > 0 " + " " * 4000)), "the expression is too long"),
        (with_check(CHECK.replace("title: A", f"title: {'A' * 101}")), "the title is too long"),
        ("a: \x07", "this is not YAML: special characters are not allowed"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_file_beyond_the_limits_is_refused(rules: Rules, text: str, message: str) -> None:
    assert message in [fault.message for fault in faults_of(rules, text)]


@given(st.text(max_size=200) | st.text("{}[]:-,'\"|>&*# \n\tabc.019", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    _cards, faults = definition.read(text, "own.yaml", Rules(Vocabulary(callboard_facts())))

    assert faults
