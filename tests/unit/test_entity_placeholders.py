"""What files put into an entity is as bounded and as storable as the entity's own text."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.gather import Absent, gather
from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.placeholders import Reason, substitute
from core.access import Visibility

HERE = Checkout(
    "github",
    RepositoryName("h.example", "acme", "shop"),
    "https://h.example/acme/shop",
    "main",
    Visibility.PUBLIC,
)


def put_in(kind: str, text: str) -> Any:
    found = substitute({kind: "x"}, lambda _reference: text)
    return found.refused[0][1].reason if found.refused else found.value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("$json", "[" * 5_000 + "]" * 5_000),
        ("$json", "[" * 200 + "]" * 200),
        ("$json", '{"a": NaN}'),
        ("$json", "[Infinity]"),
        ("$json", '"\\u0000"'),
        ("$json", '{"\\u0000": 1}'),
        ("$json", "\ufeff{}"),
        ("$json", ""),
        ("$json", "{'a': 1}"),
        ("$yaml", "[" * 5_000),
        ("$yaml", "a: \0"),
        ("$yaml", "a: *x"),
        ("$text", "a\0b"),
    ],
)
def test_what_cannot_be_stored_is_refused(kind: str, text: str) -> None:
    assert put_in(kind, text) in (Reason.BAD_JSON, Reason.BAD_YAML, Reason.UNREADABLE)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("$json", "1e999", None),
        ("$json", "9" * 5_000, None),
        ("$json", '"\\ud800x"', "\ufffdx"),
        ("$json", '"\\ud83d\\ude00"', "\U0001f600"),
        ("$json", '{"a": 1, "a": 2}', {"a": 2}),
        ("$yaml", ".inf", None),
        ("$text", "a\r\nb", "a\r\nb"),
    ],
)
def test_what_no_json_can_say_becomes_what_javascript_makes_of_it(kind: str, text: str, value: Any) -> None:
    assert put_in(kind, text) == value


def test_an_object_with_another_dollar_is_left_alone_with_all_that_is_in_it() -> None:
    value = {"$ref": {"$text": "x"}, "y": {"$text": "x"}}

    assert substitute(value, lambda _reference: "no").value == value


def test_every_placeholder_of_an_entity_is_told_not_only_the_first() -> None:
    found = substitute({"a": {"$text": 5}, "b": [{"$json": "x"}]}, lambda _reference: "{")

    assert [path for path, _ in found.refused] == [("a", "$text"), ("b", 0, "$json")]


REFERENCES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["./a", "../a", "/a", "a%2f..%2f..", "https://h.example/acme/shop/blob/main/a", "https://[", "http://a:99999/x",
         "https://h.example/acme/shop/blob/main/*", "{a,b}/[z-a]", "**/**/**/**/**", "file:///a", "\\\\a\\b", "a\x00b"]
    ),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(REFERENCES, max_size=4),
    REFERENCES,
    st.dictionaries(st.sampled_from("ab"), st.text(max_size=20)),
    st.booleans(),
)
def test_no_repository_makes_anything_but_entities_and_refusals(
    targets: list[str], include: str, files: dict[str, str], has_tree: bool
) -> None:
    documents = [
        {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Location",
            "metadata": {"name": "a"},
            "spec": {"targets": targets},
        },
        {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "API",
            "metadata": {"name": "b"},
            "spec": {"type": "x", "lifecycle": "y", "owner": "z", "definition": {"$yaml": include}},
        },
    ]
    have: dict[str, str | Absent] = {"c": "\n---\n".join(map(json.dumps, documents)), **files}

    for _ in range(5):
        found = gather(["c"], have, sorted(files) if has_tree else None, HERE)
        have |= dict.fromkeys(found.wanted, Absent.MISSING)

    assert not found.wanted
    assert all(refusal.message and refusal.where for refusal in found.refusals)
