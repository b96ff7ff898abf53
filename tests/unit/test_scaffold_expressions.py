"""Defaults that depend on earlier answers: what is worked out here, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.expressions import MAX_LENGTH, TooMuchError, is_expression, problem_in, variables_in, work_out

KNOWN = {"name": "My Thing", "kind": "b", "flag": True}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("{{ cookiecutter.name }}", "My Thing"),
        ("{{ cookiecutter.name.lower()|replace(' ', '_')|trim() }}", "my_thing"),
        ("{{ cookiecutter['name'] ~ '!' }}", "My Thing!"),
        ("{{ cookiecutter.name|lower|replace('my ', '') }}-{{ cookiecutter.kind }}", "thing-b"),
        (
            "{% if cookiecutter.kind == 'a' %}x{% elif cookiecutter.kind in ['b'] %}y{% else %}z{% endif %}",
            "y",
        ),
        ("{{ 'yes' if cookiecutter.flag else 'no' }}", "yes"),
        ("{{ cookiecutter.name[:2] }}", "My"),
    ],
)
def test_a_default_follows_earlier_answers(text: str, expected: str) -> None:
    assert work_out(text, KNOWN) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10 ** 9 }}",
        "{% for i in range(10 ** 9) %}x{% endfor %}",
        "{{ cycler.__init__.__globals__.os.system('touch /tmp/x') }}",
        "{{ cookiecutter.__class__.__mro__ }}",
        "{{ cookiecutter.name.__class__.__base__.__subclasses__() }}",
        "{{ cookiecutter.name.format(cookiecutter) }}",
        "{{ cookiecutter.name|attr('upper') }}",
        "{{ cookiecutter.name|center(1000000000) }}",
        "{{ '%999999999d' % 1 }}",
        "{% set x = 1 %}{{ x }}",
        "{% include '/etc/passwd' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% now 'utc', '%Y' %}",
        "{{ uuid4() }}",
        "{{ cookiecutter.missing }}",
        "{{ cookiecutter.name|replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')|replace('a', 'bbbbbbbbbbbbbbbb') }}",
    ],
)
def test_what_could_cost_or_reach_too_much_is_left_to_the_jail(text: str) -> None:
    with pytest.raises(TooMuchError):
        work_out(text, KNOWN)


@given(st.text(max_size=200))
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert work_out("{{ cookiecutter.it }}", {"it": value}) == value


def test_a_value_with_an_expression_in_it_stays_text() -> None:
    assert work_out("<{{ cookiecutter.it }}>", {"it": "{{ 7 * 7 }}"}) == "<{{ 7 * 7 }}>"


def test_a_default_never_grows_beyond_its_limit() -> None:
    with pytest.raises(TooMuchError):
        work_out("{{ cookiecutter.it }}{{ cookiecutter.it }}", {"it": "x" * (MAX_LENGTH - 1)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ cookiecutter.a }}{{ cookiecutter['b'] }}{{ cookiecutter.a }}", ("a", "b")),
        ("{% now 'utc', '%Y' %}", ()),
        ("plain", ()),
    ],
)
def test_the_variables_of_a_default_are_known_before_it_is_worked_out(
    text: str, expected: tuple[str, ...]
) -> None:
    assert variables_in(text) == expected


def test_a_broken_expression_says_what_is_wrong_with_it() -> None:
    assert "expected" in problem_in("{{ cookiecutter.a | }}")
    assert problem_in("{{ cookiecutter.a }}") == ""


@pytest.mark.parametrize(
    ("value", "expected"), [("a {# b", True), ("{%", True), ("{{", True), ("{ {", False), (3, False)]
)
def test_markers_are_recognised_wherever_they_stand(value: object, expected: bool) -> None:
    assert is_expression(value) is expected
