"""Templating: what stays out of reach, what stays bounded, and where a fault is said to be."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolds.nunjucks.backstage_filters import backstage_filters, pick
from scaffolds.nunjucks.faults import FaultKind
from scaffolds.nunjucks.numbers import exponential, fixed, in_base, number_text, precise
from scaffolds.nunjucks.patterns import replaced, split
from scaffolds.nunjucks.renderer import UNDEFINED, Grammar, Renderer, TemplateFault
from scaffolds.nunjucks.values import Pattern

PLAIN = Renderer(backstage_filters())
JINJA = Renderer(backstage_filters(), grammar=Grammar(is_cookiecutter=True))


class Secretive:
    """Something of Python's that got into a context by mistake."""

    token = "s3cret"

    def __str__(self) -> str:
        return "a thing"


@pytest.mark.parametrize(
    "expression",
    [
        "x.__class__", "x.__init__.__globals__", "x['__class__']", "''.format", "''.join", "list.append.__self__",
        "x.token", "''.__class__.__mro__", "range.__globals__", "list.__len__", "x['tok' + 'en']", "record.items",
        "record.__dict__", "number.real", "number.__add__", "cycler('a').values", "joiner().between", "list.sort.name",
    ],
)  # fmt: skip
def test_no_attribute_of_python_is_reached(expression: str) -> None:
    context = {"x": Secretive(), "list": [1], "record": {"a": 1}, "number": 5}
    try:
        found = PLAIN.text(f"${{{{ {expression} }}}}", context)
    except TemplateFault:
        found = ""

    assert found == ""


@pytest.mark.parametrize(
    "template",
    [
        "${{ range(1000000000) | length }}",
        "${{ range(0, 1, 0.0000001) }}",
        "{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}",
        "{% set x = 'ab' %}{% for i in range(60) %}{% set x = x ~ x %}{% endfor %}",
        "{% set x = [1] %}{% for i in range(60) %}{% set x = x.concat(x) %}{% endfor %}",
        "{% set x = [1] %}{% for i in range(60) %}{% set x = [x, x] %}{% endfor %}${{ x }}",
        "{% set x = [1] %}{% for i in range(3000) %}{% set x = [x] %}{% endfor %}${{ x | dump }}",
        "{% set x = [1] %}{% for i in x %}${{ x.push(1) }}{% endfor %}",
        "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}",
        "${{ 'x' | center(1000000000) }}",
        "${{ 'a' | indent(1000000000, true) }}",
        "${{ [1] | batch(1000000000, 'x') }}",
        "${{ [1] | slice(1000000000) }}",
        "${{ {length: 1000000000} | sort }}",
        "${{ 'aaaa' | replace('', 'x' | center(20000000)) }}",
        "${{ 5[1:] }}",
        "${{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
        "${{ " + "not " * 3000 + "1 }}",
        "${{ 1" + " + 1" * 5000 + " }}",
        "{% if true %}" * 1000 + "{% endif %}" * 1000,
    ],
)
def test_a_template_that_asks_for_too_much_is_stopped(template: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        Renderer(max_steps=100_000, max_characters=4_000_000).text(template, {})

    assert caught.value.kind is FaultKind.LIMIT


def test_a_regular_expression_runs_where_it_is_allowed_only() -> None:
    with pytest.raises(TemplateFault):
        PLAIN.text("${{ 'a'.replace(r/a/, 'b') }}", {})

    assert Renderer(runs_patterns=True).text("${{ 'a'.replace(r/a/, 'b') }}", {}) == "b"
    assert PLAIN.value("${{ r/a+/g }}", {}) == "/a+/g"


def test_what_a_template_changes_is_its_own_copy() -> None:
    context = {"list": [1], "record": {"a": [1]}}

    assert (
        PLAIN.text("${{ list.push(2) }}${{ record.a.push(3) }}${{ list }}|${{ record.a }}", context)
        == "221,2|1,3"
    )
    assert context == {"list": [1], "record": {"a": [1]}}


@pytest.mark.parametrize(
    ("template", "line", "column"),
    [
        ("${{ 1 + }}", 1, 9),
        ("a\nb ${{ x | nofilter }}", 2, 11),
        ("a\n\n  {% nope %}", 3, 6),
        ("{% if x %}", 1, 4),
        ("😀 ${{ y() }}", 1, 7),
        ("{% for a in [1] %}\n${{ a.upper() }}{% endfor %}", 2, 7),
    ],
)
def test_a_fault_is_said_with_its_place(template: str, line: int, column: int) -> None:
    with pytest.raises(TemplateFault) as caught:
        PLAIN.text(template, {})

    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_name_that_is_nearly_right_is_offered() -> None:
    with pytest.raises(TemplateFault, match="did you mean parseRepoUrl"):
        PLAIN.text("${{ x | parseRepoURL }}", {})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (7.0, "7"), (-0.0, "0"), (0.1, "0.1"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (1.5e-7, "1.5e-7"),
        (123456789.125, "123456789.125"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (float("nan"), "NaN"), (float("-inf"), "-Infinity"), (1e-6, "0.000001"),
    ],
)  # fmt: skip
def test_a_number_is_printed_as_javascript_prints_it(number: float, text: str) -> None:
    assert number_text(number) == text


def test_digits_of_a_number_are_rounded_as_in_javascript() -> None:
    assert [fixed(1.005, 2), fixed(2.5, 0), fixed(-2.5, 0), fixed(1e21, 2)] == ["1.00", "3", "-3", "1e+21"]
    assert [precise(123.456, 4), precise(0.000001, 2), precise(1e21, 3)] == ["123.5", "0.0000010", "1.00e+21"]
    assert [exponential(12345.0, 2), exponential(0.0, None)] == ["1.23e+4", "0e+0"]
    assert [in_base(255.0, 16), in_base(-0.5, 2), in_base(0.1, 3)[:8]] == ["ff", "-0.1", "0.002200"]


@pytest.mark.parametrize(
    ("source", "flags", "text", "replacement", "expected"),
    [
        ("(a)(b)?", "", "ac", "[$1$2$3]", "[a$3]c"),
        ("^", "gm", "a\nb", "> ", "> a\n> b"),
        ("$", "", "a\n", "!", "a\n!"),
        (r"\s+", "g", "a\u00a0 b", "_", "a_b"),
        (r"\w", "g", "é1", "x", "éx"),
        ("(?<n>a)", "", "ab", "<$<n>>", "<a>b"),
        (r"[^\d\-x]", "g", "1-xa", "", "1-x"),
        (r"(x)?\1b", "", "ab", "c", "ac"),
        ("a{", "", "a{", "b", "b"),
        (r"[]|a", "", "a", "b", "b"),
        ("A", "i", "a", "$&$&$$`", "aa$`"),
    ],
)
def test_a_regular_expression_means_what_it_means_in_javascript(
    source: str, flags: str, text: str, replacement: str, expected: str
) -> None:
    assert replaced(Pattern(source, flags), text, replacement) == expected


def test_a_text_is_split_as_in_javascript() -> None:
    assert split(Pattern("(-)|,", ""), "a-b,c") == ["a", "-", "b", None, "c"]
    assert split(Pattern("", ""), "abc") == ["a", "b", "c"]
    assert split(Pattern("x*", ""), "axb") == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a.b", 1), ("['a'].b", 1), ("a[b]", 1), (["a", "b"], 1), ("l[1]", 3), ("l.length", 2), ("x.y", UNDEFINED), ("c.d", 4)],
)  # fmt: skip
def test_pick_follows_a_path(path: Any, expected: Any) -> None:
    assert pick({"a": {"b": 1}, "l": [2, 3], "c.d": 4}, path) == expected


def test_jinjas_methods_are_there_in_cookiecutter_files_only() -> None:
    context = {"cookiecutter": {"o": {"a": 1}}}

    assert (
        JINJA.text("{{ cookiecutter.o.items() | dump }} {{ cookiecutter.o | jsonify }}", context)
        == '[["a",1]] {"a":1}'
    )
    with pytest.raises(TemplateFault):
        PLAIN.text("${{ cookiecutter.o.items() }}", context)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="${}%#- \n()[].,|'\"ab1+=:/rifnset", max_size=60))
def test_any_text_is_rendered_or_refused(text: str) -> None:
    assert [outcome(engine, text) for engine in (PLAIN, JINJA)] == ["well", "well"]


def outcome(engine: Renderer, text: str) -> str:
    """Whether a text is rendered, or refused at a place."""
    try:
        found = engine.text(text, {"a": [1], "b": {"a": "x"}})
    except TemplateFault as fault:
        return "well" if fault.line >= 1 and fault.column >= 1 else str(fault)
    return "well" if isinstance(found, str) else repr(found)
