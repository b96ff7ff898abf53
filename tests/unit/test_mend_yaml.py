"""The owner of one entity is changed in its file, and nothing else: by table, and for files that nobody thought of."""

import copy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog_sync.entity.model import EntityRef
from catalog_sync.entity.yaml_reader import read_documents
from catalog_sync.mending.edit import Edit
from catalog_sync.mending.edit_yaml import set_owner
from core.errors import UserError

HEAD = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n"
SHOP = EntityRef("Component", "default", "shop")
LEDGER = EntityRef("Group", "default", "ledger")


def mended(text: str, owner: EntityRef = LEDGER) -> Edit:
    return set_owner(text, "catalog-info.yaml", SHOP, owner)


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("spec:\n  owner: pay # why\n  type: s\n", "spec:\n  owner: ledger # why\n  type: s\n"),
        ("spec:\n  owner: 'pay'", "spec:\n  owner: 'ledger'"),
        ('spec: {type: s, "owner":"pay"}\n', 'spec: {type: s, "owner":"ledger"}\n'),
        ("spec:\n  owner:\n    pay\n  type: s\n", "spec:\n  owner:\n    ledger\n  type: s\n"),
        ("spec:\n  owner: >-\n    pay\n  type: s\n", "spec:\n  owner: >-\n    ledger\n  type: s\n"),
        (
            "spec:\n  owner: |- # x\n      pay\n\n  type: s\n",
            "spec:\n  owner: |- # x\n      ledger\n\n  type: s\n",
        ),
        ("spec:\n  owner: >-\n    pay\n    ments\n  type: s\n", "spec:\n  owner: ledger\n  type: s\n"),
        ("spec:\n  owner: |\n    pay\n  type: s\n", "spec:\n  owner: ledger\n  type: s\n"),
        ("spec:\n  ? owner\n  : pay\n", "spec:\n  ? owner\n  : ledger\n"),
        ("spec:\n  owner: !!str pay\n", "spec:\n  owner: !!str ledger\n"),
        ("spec:\n  owner: &o pay\n  type: s\n", "spec:\n  owner: &o ledger\n  type: s\n"),
        ("x: &o pay\nspec:\n  owner: *o\n", "x: &o pay\nspec:\n  owner: ledger\n"),
        ("spec:\n  owner:\t pay\t# x\n", "spec:\n  owner:\t ledger\t# x\n"),
        ('x: "a\u2028b\x85c\x0b"\nspec:\n  owner: pay\n', 'x: "a\u2028b\x85c\x0b"\nspec:\n  owner: ledger\n'),
        ("spec:\n  type: s\n\t\n  owner: pay\n", "spec:\n  type: s\n\t\n  owner: ledger\n"),
        (
            "spec:\n  type: s\n  x:\n  -\ta\n  owner: pay\n",
            "spec:\n  type: s\n  x:\n  -\ta\n  owner: ledger\n",
        ),
    ],
    ids=lambda text: repr(text)[:40],
)
def test_an_owner_is_replaced_where_it_stands_and_as_it_is_quoted(spec: str, wanted: str) -> None:
    assert mended(HEAD + spec).after == HEAD + wanted


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("spec:\n  owner:\n  type: s\n", "spec:\n  owner: ledger\n  type: s\n"),
        ("spec:\n  owner: # todo\n  type: s\n", "spec:\n  owner: ledger # todo\n  type: s\n"),
        ("spec:\n  owner: ''\n", "spec:\n  owner: 'ledger'\n"),
        ("spec:\n  owner: ~\n", "spec:\n  owner: ledger\n"),
        ("spec: {type: s, owner}\n", "spec: {type: s, owner: ledger}\n"),
        ("spec: {type: s, owner: }\n", "spec: {type: s, owner: ledger}\n"),
    ],
    ids=lambda text: repr(text)[:40],
)
def test_an_owner_that_is_empty_is_filled_in(spec: str, wanted: str) -> None:
    assert mended(HEAD + spec).after == HEAD + wanted


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            "spec:\n  type: s # x\n  lifecycle: l # y\n  dependsOn:\n  - a\n",
            "spec:\n  type: s # x\n  lifecycle: l # y\n  owner: ledger\n  dependsOn:\n  - a\n",
        ),
        ("spec:\n    type: s", "spec:\n    type: s\n    owner: ledger"),
        ("spec: {}\n", "spec: {owner: ledger}\n"),
        ("spec: {a: [b, c],}\n", "spec: {a: [b, c], owner: ledger,}\n"),
        ('spec: {"type": "s"}\n', 'spec: {"type": "s", "owner": "ledger"}\n'),
        ("spec:\n  dependsOn:\n  - a\n", "spec:\n  owner: ledger\n  dependsOn:\n  - a\n"),
        (
            "spec:\n  definition: |\n    a\n\n",
            "spec:\n  owner: ledger\n  definition: |\n    a\n\n",
        ),
        ("spec: &s # x\n  type: s\n", "spec: &s # x\n  type: s\n  owner: ledger\n"),
    ],
    ids=lambda text: repr(text)[:40],
)
def test_an_owner_that_is_missing_gets_a_line_behind_its_neighbours(spec: str, wanted: str) -> None:
    assert mended(HEAD + spec).after == HEAD + wanted


@pytest.mark.parametrize("before", ["", "\ufeff", "# ü 😀\n", "kind: Group\nmetadata: {name: shop}\n---\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_stands_around_it_does_not_matter(before: str, end: str) -> None:
    text = (before + HEAD + "spec:\n  type: s\n  owner: pay").replace("\n", end)

    edit = mended(text)

    assert edit.after == text.replace("owner: pay", "owner: ledger")
    assert (edit.line, edit.old, edit.new) == (len(text.split("\n")), "pay", "ledger")


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("spec:\n  owner: &o pay\n  type: *o\n", "with an alias"),
        ("x: &s {type: a}\nspec: *s\n", "its spec is repeated from another place"),
        ("spec: &s\n  type: a\nx: *s\n", "with an alias"),
        ("spec:\n  owner: {$text: ./owner.txt}\n", "it is not written as text there"),
        ("spec: [a]\n", "its spec has no fields"),
    ],
)
def test_what_one_line_cannot_change_is_left_to_people_with_the_reason(spec: str, reason: str) -> None:
    with pytest.raises(UserError) as caught:
        mended(HEAD + spec)

    assert reason in caught.value.message
    assert "catalog-info.yaml:" in caught.value.message


def test_a_file_that_does_not_describe_the_entity_is_refused() -> None:
    with pytest.raises(UserError, match="does not describe component:default/shop"):
        mended(HEAD.replace("shop", "till") + "spec: {owner: a}\n")


def test_a_file_that_is_no_yaml_further_down_is_refused_at_its_line() -> None:
    with pytest.raises(UserError, match=r"catalog-info\.yaml:8:1 is not YAML"):
        mended(HEAD + "spec: {owner: a}\n---\na: [\n")


@pytest.mark.parametrize(
    ("old", "owner", "new"),
    [
        ("pay", EntityRef("Group", "default", "Ledger"), "Ledger"),
        ("pay", EntityRef("User", "default", "ana"), "user:ana"),
        ("pay", EntityRef("Group", "emea", "ledger"), "emea/ledger"),
        ("group:pay", LEDGER, "group:ledger"),
        ("Group:default/pay", LEDGER, "Group:default/ledger"),
        ("user:default/ana", LEDGER, "group:default/ledger"),
        ("pay", EntityRef("Group", "default", "2026-01-01"), '"2026-01-01"'),
        ("pay", EntityRef("Group", "default", "no"), '"no"'),
        ("'pay'", EntityRef("Group", "default", "null"), "'null'"),
    ],
)
def test_the_new_owner_is_written_as_the_old_one_was(old: str, owner: EntityRef, new: str) -> None:
    text = HEAD + "spec:\n  owner: {}\n"

    assert mended(text.format(old), owner).after == text.format(new)


@pytest.mark.parametrize("written", ["ledger", "Ledger", "group:ledger", "group:default/ledger"])
def test_an_owner_that_is_named_already_changes_nothing(written: str) -> None:
    edit = mended(HEAD + f"spec:\n  owner: {written}\n")

    assert (edit.is_change, edit.line, edit.old) == (False, 6, written)


def test_of_two_descriptions_the_first_is_changed() -> None:
    one = HEAD + "spec: {owner: a}\n"

    assert mended(f"{one}---\n{one}").after == f"{one.replace(': a', ': ledger')}---\n{one}"


def test_the_change_is_shown_as_git_shows_it() -> None:
    assert mended(HEAD + "spec:\n  type: s\n  owner: pay").diff() == (
        "--- a/catalog-info.yaml\n+++ b/catalog-info.yaml\n@@ -5,3 +5,3 @@\n spec:\n   type: s\n"
        "-  owner: pay\n\\ No newline at end of file\n+  owner: ledger\n\\ No newline at end of file"
    )


_words = st.text("abcäß😀 _-#:'\"{}[],&*!|>%@`\t", max_size=12)
_comments = st.one_of(st.just(""), st.text("abc ä'\"{}#:", max_size=8).map(lambda text: f" #{text}"))
_plain = st.sampled_from(["service", "'it''s'", '"a\\u00e9"', "17", "true", "~", "a: b"[:1], "x # y"[:1]])


@st.composite
def _specs(draw: st.DrawFn) -> str:
    """The lines of a spec, in some order, with or without an owner."""
    indent = " " * draw(st.integers(1, 6))
    fields = [
        f"{name}: {draw(_plain)}{draw(_comments)}"
        for name in draw(st.lists(st.sampled_from(["type", "lifecycle", "system", "x"]), unique=True))
    ]
    if draw(st.booleans()):
        fields.append(f"dependsOn:{draw(_comments)}\n{indent}- a\n{indent}- {{b: [c]}}")
    if draw(st.booleans()):
        fields.append(
            f"definition: |{draw(st.sampled_from(['', '-', '+']))}\n{indent}  a\n\n{indent}   # b\n"
        )
    if draw(st.booleans()):
        owner = draw(st.sampled_from(["pay", "'pay'", '"pay"', "group:default/pay", "", "~", "&o pay"]))
        fields.append(f"owner: {owner}{draw(_comments)}")
    fields = draw(st.permutations(fields)) or ["type: s"]
    return f"spec:{draw(_comments)}\n" + "\n".join(f"{indent}{field}" for field in fields)


@st.composite
def _files(draw: st.DrawFn) -> str:
    before = draw(st.sampled_from(["", "\ufeff", "# head\n", "---\n", "%YAML 1.2\n---\n", "a: 1\n---\n"]))
    after = draw(st.sampled_from(["", "\n", "\n\n", "\n# end", "\n---\nkind: Group\n", "\n...\n"]))
    middle = f"kind: Component\nmetadata:\n  name: shop\n  x: {draw(_words)}\n"
    return (before + middle + draw(_specs()) + after).replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=400, deadline=None)
@given(_files())
def test_whatever_the_file_only_the_owner_is_another_afterwards(text: str) -> None:
    before, faults = read_documents(text, "f")
    named = [item.value for item in before if isinstance(item.value, dict) and item.value.get("metadata")]
    assume(not faults and named and isinstance(named[0]["metadata"], dict) and named[0].get("spec"))

    edit = mended(text)

    after, _faults = read_documents(edit.after, "f")
    wanted = [copy.deepcopy(item.value) for item in before]
    next(item for item in wanted if item.get("metadata"))["spec"]["owner"] = edit.new
    assert [item.value for item in after] == wanted
    assert edit.new.endswith("ledger")
    assert taken_out(text, edit.after) in ("", "~", "pay")


def taken_out(before: str, after: str) -> str:
    """What of a text is not in the other, where the two have beginning and end in common."""
    start = shared(before, after)
    return before[start : len(before) - shared(before[start:][::-1], after[start:][::-1])]


def shared(one: str, other: str) -> int:
    """How many characters two texts have in common from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))
