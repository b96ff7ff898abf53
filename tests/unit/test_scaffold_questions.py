"""Answers checked against a template's questions."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.expressions import MARKERS
from scaffolds.model import AnswerFault, Choice, FieldKind, Question, Template
from scaffolds.questions import check, fill, repository_name, shown_default
from scaffolds.repository_names import problem_with_name


def template(*questions: Question, **changes: object) -> Template:
    """A template that asks for a repository, an owner and what is given."""
    asked = (
        Question("repo", "Name", FieldKind.TEXT),
        Question("owner", "Owner", FieldKind.OWNER),
        *questions,
    )
    variables: dict[str, object] = {question.name: question.default for question in asked}
    values = {
        "name": "t",
        "title": "T",
        "description": "",
        "path": Path("t"),
        "version": "1",
        "questions": asked,
        "variables": variables,
        "repository_question": "repo",
        "owner_question": "owner",
        "path_variables": frozenset({"repo"}),
        **changes,
    }
    return Template(**values)  # type: ignore[arg-type]


def faults(*questions: Question, **answers: str) -> tuple[AnswerFault, ...]:
    return check(template(*questions), {"repo": "my-thing", "owner": "group:default/payments", **answers})


def text(name: str = "x", **changes: object) -> Question:
    return Question(name, name, changes.pop("kind", FieldKind.TEXT), **changes)  # type: ignore[arg-type]


def test_good_answers_have_no_faults() -> None:
    assert faults(text(), x="A fine text, with / and \\ and: signs.") == ()


CHOICE = text(kind=FieldKind.CHOICE, default="a", choices=(Choice("a", "An a"), Choice("b", "A b")))
DERIVED = text(
    kind=FieldKind.CHOICE,
    default="{{ cookiecutter.repo }}!",
    choices=(Choice("{{ cookiecutter.repo }}!", "x"), Choice("no", "no")),
)


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        (text(is_required=True), "  ", "This is needed."),
        (text(max_length=3), "abcd", "At most 3 characters; this has 4."),
        (text(pattern="[a-z]+", pattern_hint="lower case"), "Abc", "This has to be lower case."),
        (text(pattern="[a-z]+"), "Abc", "This has to be of the form [a-z]+."),
        (CHOICE, "c", "Choose one of An a, A b."),
        (DERIVED, "anything", "Choose one of x, no."),
        (text(kind=FieldKind.BOOLEAN), "perhaps", "Answer yes or no."),
        (text(kind=FieldKind.NUMBER), "1e9", "This has to be a number."),
        (text(kind=FieldKind.OWNER), "user:default/ana", "Choose a team."),
        (
            text(),
            "{{ cycler.__init__.__globals__.os.system('touch /tmp/x') }}",
            "would be read as a template",
        ),
        (text(), "a {% raw %}", "would be read as a template"),
        (text(), "a {# b", "would be read as a template"),
        (CHOICE, "{{ x }}", "would be read as a template"),
        (text(), "a\x1bb", "U+001B"),
        (text(), "a\nb", "U+000A"),
        (text(kind=FieldKind.MULTILINE), "a\u202eb", "U+202E"),
        (text(), "a\u2028b", "U+2028"),
    ],
)
def test_a_bad_answer_is_told_at_its_field(question: Question, answer: str, message: str) -> None:
    found = faults(question, x=answer)

    assert [fault.field for fault in found] == ["x"]
    assert message in found[0].message


@pytest.mark.parametrize("slug", ["../../escape", "a/b", "a\\b", "..", ".", "-rf", "~root"])
def test_a_name_never_leads_out_of_its_folder(slug: str) -> None:
    assert [fault.field for fault in faults(repo=slug)] == ["repo"]
    assert (
        check(template(text(), path_variables=frozenset({"x"})), {"repo": "a", "owner": "b", "x": slug})[
            0
        ].field
        == "x"
    )


def test_several_lines_are_fine_where_they_are_asked_for() -> None:
    assert faults(text(kind=FieldKind.MULTILINE), x="one\r\ntwo\tthree\n") == ()


def test_an_answer_to_nothing_is_a_fault_of_the_form() -> None:
    assert faults(y="x")[0] == AnswerFault("", "This template does not ask for y.")


def test_an_empty_answer_counts_as_its_default() -> None:
    question = text(default="{{ cookiecutter.repo|replace('-', '_') }}", is_required=True)

    assert faults(question, x="") == ()
    assert fill(template(question), {"repo": "my-thing"})["x"] == "my_thing"


def test_a_worked_out_default_has_to_fit_too() -> None:
    question = text(default="{{ cookiecutter.repo }}", pattern="[a-z]+", pattern_hint="letters")

    assert faults(question)[0].message == "This has to be letters."


def test_the_repository_can_be_named_by_a_default() -> None:
    named = template(
        text("title"),
        questions=(
            text("title"),
            text("repo", default="{{ cookiecutter.title|lower|replace(' ', '-') }}"),
            text("owner"),
        ),
        variables={"title": "", "repo": "{{ cookiecutter.title|lower|replace(' ', '-') }}", "owner": ""},
    )

    assert repository_name(named, {"title": "My Thing"}) == "my-thing"
    assert repository_name(named, {"title": "My Thing", "repo": "other"}) == "other"


def test_a_value_is_never_worked_out() -> None:
    values = fill(template(text(), text("y", default="{{ cookiecutter.x }}")), {"x": "{{ 7 * 7 }}"})

    assert (values["x"], values["y"]) == ("{{ 7 * 7 }}", "{{ 7 * 7 }}")


def test_a_chosen_expression_is_the_templates_own_and_is_worked_out() -> None:
    answers = {"repo": "my-thing", "x": "{{ cookiecutter.repo }}!"}

    assert fill(template(DERIVED), answers)["x"] == "my-thing!"
    assert faults(DERIVED, x="{{ cookiecutter.repo }}!") == ()


def test_booleans_are_understood_as_people_write_them() -> None:
    question = text(kind=FieldKind.BOOLEAN, default="false")

    assert [fill(template(question), {"x": answer})["x"] for answer in ("yes", "True", "0", "")] == [
        "true",
        "true",
        "false",
        "false",
    ]


def test_what_only_the_jail_can_work_out_is_left_out() -> None:
    assert "x" not in fill(template(text(default="{% now 'utc', '%Y' %}")), {"repo": "a"})


def test_private_variables_take_part_in_defaults() -> None:
    question = text(default="{{ cookiecutter._org }}/{{ cookiecutter.__slug }}")
    made = template(
        question,
        variables={"repo": "", "_org": "acme", "__slug": "{{ cookiecutter.repo }}s", "x": question.default},
    )

    assert fill(made, {"repo": "tool"})["x"] == "acme/tools"


def test_a_form_shows_a_default_as_soon_as_it_is_known() -> None:
    question = text(default="{{ cookiecutter.repo }}s")
    made = template(question)

    assert shown_default(made, question, {"repo": "tool"}) == "tools"
    assert shown_default(made, question, {}) == "s"


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ("payments-api", True),
        ("a", True),
        ("a.b_c-D9", True),
        ("_x", True),
        ("", False),
        ("x" * 100, True),
        ("x" * 101, False),
        ("a b", False),
        ("ä", False),
        (".github", False),
        ("-x", False),
        ("..", False),
        ("x.git", False),
        ("x.WIKI", False),
        ("a/b", False),
        ("a\n", False),
    ],
)
def test_names_that_github_would_change_or_refuse_are_refused_first(name: str, is_fine: bool) -> None:
    assert (problem_with_name(name) == "") is is_fine


@given(st.text(max_size=60))
def test_no_value_with_a_marker_or_a_hidden_character_gets_through(value: str) -> None:
    made = template(text())
    if any(marker in value for marker in MARKERS) or any(ord(character) < 32 for character in value):
        assert [fault.field for fault in check(made, {"repo": "a", "owner": "b", "x": value})] == ["x"]
