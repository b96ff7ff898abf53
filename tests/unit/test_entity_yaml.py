"""YAML is read as Backstage's parser reads it, with a place for every value and a limit for everything."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_sync.entity.check import check_descriptor
from catalog_sync.entity.yaml_compose import MAX_DEPTH, MAX_VALUES
from catalog_sync.entity.yaml_reader import MAX_BYTES, MAX_DOCUMENTS, read_documents, read_stream


def value(text: str) -> Any:
    documents, faults = read_documents(text, "f.yaml")
    assert faults == ()
    return documents[0].value


def faults(text: str) -> list[str]:
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in read_documents(text, "f.yaml")[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: yes", "yes"),
        ("a: on", "on"),
        ("a: 017", 17),
        ("a: 0o17", 15),
        ("a: 0x1F", 31),
        ("a: 1_000", "1_000"),
        ("a: 1e3", 1000),
        ("a: .5", 0.5),
        ("a: +1", 1),
        ("a: 2020-01-01", "2020-01-01"),
        ("a: 12:30:45", "12:30:45"),
        ("a: ~", None),
        ("a:", None),
        ("a: True", True),
        ("a: 'true'", "true"),
        ("a: !!str 5", "5"),
        ("a: !custom 5", "5"),
        ("a: .inf", None),
        ("a: 1e999", None),
        ("a: !!int '7'", 7),
        ("a: |\n  x\n  y\n", "x\ny\n"),
        ("a: x\u0081y", "x\u0081y"),
        ("a: \x01", "\x01"),
        ("a: \ufffe", "\ufffe"),
        ("a: \ud800", "\ufffd"),
        ("\ufeffa: 1", 1),
        ("a: 1\r\nb: 2\r\n", 1),
        ("%YAML 1.2\n---\na: 1", 1),
        ("<<: &x {b: 1}\na: 1", 1),
    ],
)
def test_a_scalar_means_what_it_means_in_yaml_1_2(text: str, expected: Any) -> None:
    assert value(text)["a"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1: x", {"1": "x"}),
        ("1.0: x", {"1": "x"}),
        ("true: x", {"true": "x"}),
        ("~: x", {"": "x"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: {{ x }}", {"a": {"{ }": None}}),
        ("base: &b {x: 1}\nuse:\n  <<: *b\n", {"base": {"x": 1}, "use": {"<<": {"x": 1}}}),
    ],
)
def test_keys_and_aliases_mean_what_they_mean_to_backstage(text: str, expected: Any) -> None:
    assert value(text) == expected


def test_every_value_knows_its_place() -> None:
    (document,) = read_documents("# first\na:\n  - b: 1\n  - c:  2\nd: {e: [f, g]}\n", "f.yaml")[0]

    places = [(), ("a",), ("a", 1), ("a", 1, "c"), ("d", "e"), ("d", "e", 1), ("d", "nothing"), ("a", 7, "x")]

    assert [document.place(path) for path in places] == [
        (2, 1), (2, 1), (4, 5), (4, 5), (5, 5), (5, 12), (5, 1), (2, 1),
    ]  # fmt: skip


def test_after_a_broken_document_reading_goes_on_at_the_next() -> None:
    text = "a: 1\n---\nb: [1, 2\n---\nc: 'open\n---\nd: 4\n---\n\te: 5\n---\nf: 6\n"
    documents, found = read_documents(text, "f.yaml")

    assert [(document.value, document.line) for document in documents] == [
        ({"a": 1}, 1), ({"d": 4}, 7), ({"f": 6}, 11),
    ]  # fmt: skip
    assert [fault.line for fault in found] == [4, 6, 9]
    assert all(fault.hint for fault in found)


def test_empty_documents_are_left_out_and_counted_in_the_stream() -> None:
    assert len(read_documents("a: 1\n---\n---\nb: 2\n", "f.yaml")[0]) == 2
    assert len(read_stream("a: 1\n---\n", "f.yaml")[0]) == 2
    assert read_documents("# nothing\n", "f.yaml") == ((), ())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a:\n  b: 1\n\t\n  c: 2\n", [{"a": {"b": 1, "c": 2}}]),
        ("a: 1\n  \t# why\nb: 2\n", [{"a": 1, "b": 2}]),
        ("a: |\n  x\n\t\n  y\n", [{"a": "x\n\ny\n"}]),
        ("-\tx\n- y\n", [["x", "y"]]),
        ("a: x\u0085y\nb: x\u2028y\n", [{"a": "x\u0085y", "b": "x\u2028y"}]),
        ("%FOO x\n---\na: 1\n", [{"a": 1}]),
        ("a: 1\n...\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("a: 1\n---\nb: 1\n\t\nc: 2\n---\nd: 1\n", [{"a": 1}, {"b": 1, "c": 2}, {"d": 1}]),
    ],
)
def test_what_yaml_allows_is_read_though_the_parser_below_is_stricter(text: str, values: list[Any]) -> None:
    documents, found = read_documents(text, "f.yaml")

    assert ([document.value for document in documents], found) == (values, ())


@pytest.mark.parametrize("text", ["%FOO\na: 1\n", "-\ta: 1\n", "a:\n\tb: 1\n", "a: 1\nb\n...\nc: 2\nd\n"])
def test_what_yaml_does_not_allow_is_a_fault_all_the_same(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", ["3:1 the key a is here twice"]),
        ("a: {x: 1, x: 2}", ["1:11 the key x is here twice"]),
        ("1: a\n'1': b", []),
        ("a: *nobody", ["1:4 the alias *nobody is not defined above"]),
        ("a: &x [*x]", ["1:8 the alias *x lies in what it stands for"]),
        ("a: &x 1\n---\nb: *x", ["3:4 the alias *x is not defined above"]),
        ("a: b: c", ["1:5 this is not YAML: mapping values are not allowed in this context"]),
        ("a:\n\t- 1", ["2:1 this is not YAML: found character that cannot start any token"]),
        ("a: \0b", ["1:4 this is not UTF-8 text"]),
        ('a: "x\\0"', ["1:4 there is a NUL character here"]),
        ("a\0:\0 1", ["1:2 this is not UTF-8 text"]),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, expected: list[str]) -> None:
    assert faults(text) == expected


def test_an_anchor_may_be_used_ninety_nine_times_as_in_backstage() -> None:
    def text(times: int) -> str:
        return "a: &x 1\nb: [" + ", ".join(["*x"] * times) + "]"

    assert faults(text(99)) == []
    assert faults(text(100)) == ["2:401 the alias *x is used too often"]


BOMB = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "is used too often"),
        ("[" * 10_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("[" * 900_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("{a: " * 10_000, f"nested deeper than {MAX_DEPTH} levels"),
        ("- " * 10_000 + "x", f"nested deeper than {MAX_DEPTH} levels"),
        ("? " * 10_000 + "x", f"nested deeper than {MAX_DEPTH} levels"),
        ("\n".join(" " * n + f"k{n}:" for n in range(1000)), f"nested deeper than {MAX_DEPTH} levels"),
        ("- 1\n" * (MAX_BYTES // 4), f"more than {MAX_VALUES:,} values"),
        ("a: &x '" + "y" * 900_000 + "'\nb: [" + "*x, " * 50 + "]", "characters, with aliases followed"),
        ("---\na\n" * 100_000, f"more than {MAX_DOCUMENTS} documents"),
        ("--- '\n" * 100_000, f"more than {MAX_DOCUMENTS} documents"),
        ("\n" * 900_000 + "--- '\n" * 10_000, f"more than {MAX_DOCUMENTS} documents"),
        ("a: 1\n\t\n---\n" * 60_000, f"more than {MAX_DOCUMENTS} documents"),
        ("x" * (MAX_BYTES + 1), "the file is too large"),
        ("\u00e9" * (MAX_BYTES // 2 + 1), "the file is too large"),
        ("a: 1".encode("utf-16").decode("utf-8", "replace"), "this is not UTF-8 text"),
        ("k" * 5000 + ": 1", "this is not YAML"),
        ("\x81\x82\xff\xfe" * 10 + ": [", "this is not YAML"),
        ("&" + "a" * 100_000 + " [*" + "a" * 100_000 + "]", "lies in what it stands for"),
    ],
    ids=lambda text: f"{text[:20]!r}" if len(text) > 40 else None,
)
def test_a_hostile_file_is_refused_with_what_is_wrong_with_it(text: str, message: str) -> None:
    found = faults(text)

    assert found
    assert any(message in fault for fault in found)
    assert all(len(fault) < 300 for fault in found)


@pytest.mark.parametrize("digits", [300, 301, 5000, 900_000])
def test_a_huge_number_is_a_number_or_nothing(digits: int) -> None:
    assert value("a: " + "9" * digits)["a"] == (int("9" * digits) if digits <= 300 else None)


MEASURE = """
import resource, sys
from catalog_sync.entity.yaml_reader import read_documents
from catalog_sync.entity.check import check_descriptor
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for text in eval(sys.stdin.read()):
    read_documents(text, "f.yaml")
    check_descriptor(text, "f.yaml")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux counts it")
def test_hostile_files_cost_bounded_memory() -> None:
    files = """[
        "[" * 1_000_000,
        "- " * 499_999,
        "- 1\\n" * 250_000,
        "---\\na: [1]\\n" * 90_000,
        "a: &x '" + "y" * 900_000 + "'\\nb: [" + "*x, " * 90 + "]",
        "a0: &a0 x\\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\\n" for n in range(1, 30)),
        "a: " + "9" * 900_000,
        "? [" * 200_000,
        "{" * 1_000_000,
        "a: |\\n" + "  x\\n" * 240_000,
    ]"""
    run = subprocess.run(
        [sys.executable, "-c", MEASURE], input=files, capture_output=True, text=True, check=True
    )

    assert int(run.stdout) < 400  # megabytes; without limits it is gigabytes


TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?, \n\t\0\x81\ufeff\ud800~01.e"),
    st.lists(
        st.sampled_from(
            ["apiVersion: backstage.io/v1alpha1\n", "kind: Component\n", "kind: Location\n", "metadata:\n", "spec:\n",
             "  name: a\n", "  owner: [1]\n", "---\n", "...\n", "  $text: x\n", "- a\n", "&a ", "*a ", "{", "}", "[", "\n",
             "  annotations: {a: 1}\n", "  links: [{url: x}]\n", "  dependsOn: ['']\n", "{{ x }}", "%YAML 1.2\n", "\r\n",
             "  targets: [./a, '*']\n", "? ", "!!int ", "!!binary ", "|\n", "1e999", "  tags: [A]\n"]
        ),
        max_size=25,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_text_makes_anything_but_faults(text: str) -> None:
    for fault in check_descriptor(text, "f.yaml", read_file=lambda _path: None):
        assert fault.line >= 0
        assert fault.message
