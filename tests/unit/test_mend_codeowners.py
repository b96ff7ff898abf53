"""The owner of a path is changed in CODEOWNERS, and no other rule says anything else afterwards."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_sync.mending.edit_codeowners import set_owner
from catalog_sync.ownership.codeowners import parse
from core.errors import UserError

LEDGER = "@acme/ledger"


def mended(text: str, subject: str = "", *, is_folder: bool = False) -> str:
    return set_owner(text, "CODEOWNERS", subject, LEDGER, is_folder=is_folder).after


@pytest.mark.parametrize(
    ("text", "subject", "wanted"),
    [
        ("* @a  # all\n", "", "* @acme/ledger  # all\n"),
        ("*   @a @b c@d.e\t# all", "", "*   @acme/ledger\t# all"),
        ("\ufeff* @a\r\n/x @b\r\n", "", "\ufeff* @acme/ledger\r\n/x @b\r\n"),
        ("* @a\n/docs/ @d\n", "docs/x.md", "* @a\n/docs/ @acme/ledger\n"),
        ("\t/docs/\t@a\n", "docs/x.md", "\t/docs/\t@acme/ledger\n"),
        ("* @a\n/docs/ # nobody\n", "docs/x.md", "* @a\n/docs/ @acme/ledger # nobody\n"),
        ("/my\\ docs/ @d\n", "my docs/x", "/my\\ docs/ @acme/ledger\n"),
        ("*.md @a\n*.md @b\n", "README.md", "*.md @a\n*.md @acme/ledger\n"),
    ],
)
def test_the_rule_that_decides_gets_the_owner_and_keeps_all_else(
    text: str, subject: str, wanted: str
) -> None:
    assert mended(text, subject) == wanted


@pytest.mark.parametrize(
    ("text", "subject", "is_folder", "wanted"),
    [
        ("* @a\n/docs/ @d\n", "src", True, "* @a\n/src/ @acme/ledger\n/docs/ @d\n"),
        ("* @a", "src/a b.py", False, "* @a\n/src/a\\ b.py @acme/ledger"),
        ("* @a\r\n/b @b\r\n", "src", True, "* @a\r\n/src/ @acme/ledger\r\n/b @b\r\n"),
        ("/docs/ @d\n", "src", True, "/src/ @acme/ledger\n/docs/ @d\n"),
        ("*.md @a\n", "", False, "* @acme/ledger\n*.md @a\n"),
        ("# head\n\n# docs\n/docs/ @d\n", "", False, "# head\n\n* @acme/ledger\n# docs\n/docs/ @d\n"),
        ("# head\n/docs/ @d\n", "", False, "# head\n* @acme/ledger\n/docs/ @d\n"),
        ("\ufeff/docs/ @d\n", "", False, "\ufeff* @acme/ledger\n/docs/ @d\n"),
        ("# nothing yet", "", False, "# nothing yet\n* @acme/ledger"),
        ("", "", False, "* @acme/ledger\n"),
        ("", "src", True, "/src/ @acme/ledger\n"),
    ],
)
def test_a_rule_is_added_where_it_takes_nothing_from_the_others(
    text: str, subject: str, is_folder: bool, wanted: str
) -> None:
    assert mended(text, subject, is_folder=is_folder) == wanted


def test_an_owner_that_is_named_already_changes_nothing() -> None:
    assert mended("* @Acme/Ledger\n") == "* @Acme/Ledger\n"


@pytest.mark.parametrize("subject", ["a*b", "a[b]", "a\\b", "a\nb", "what?"])
def test_a_path_that_codeowners_cannot_say_is_refused(subject: str) -> None:
    with pytest.raises(UserError, match="CODEOWNERS cannot name"):
        mended("* @a\n", subject)


_patterns = st.sampled_from(
    ["*", "/src/", "src", "*.py", "/src/a.py", "/docs/*", "**/a.py", "/", "!x", "a[b"]
)
_owners = st.sampled_from(["", " @a", " @acme/b", "\t@a  @b", " nobody", " a@b.c", " @a # x @y", " #z"])
_lines = st.one_of(
    st.tuples(_patterns, _owners).map("".join), st.sampled_from(["", "  ", "# c", "#", "\t# d"])
)
_PATHS = ("src/a.py", "src/b/a.py", "docs/x", "README", "src/b")


@settings(max_examples=400, deadline=None)
@given(
    st.lists(_lines, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", *_PATHS]),
    st.booleans(),
)
def test_whatever_the_file_one_rule_is_another_afterwards(
    lines: list[str], end: str, is_ended: bool, subject: str, is_folder: bool
) -> None:
    text = end.join(lines) + (end if is_ended and lines else "")
    before = parse(text)

    edit = set_owner(text, "CODEOWNERS", subject, LEDGER, is_folder=is_folder)

    after = parse(edit.after)
    rule = after.owners_of_folder(subject) if is_folder or not subject else after.owners_of(subject)
    assert rule is not None
    assert (rule.line, rule.owners) == (edit.line, (LEDGER,))
    assert len(after.faults) == len(before.faults)
    others = [(one.pattern, one.owners) for one in after.rules if one.line != edit.line]
    known = [(one.pattern, one.owners) for one in before.rules]
    assert others == known if len(after.rules) > len(known) else set(others) <= set(known)
    kept = [line for number, line in enumerate(edit.after.split("\n"), 1) if number != edit.line]
    assert [line.rstrip("\r") for line in kept if line.strip()] == [
        line
        for number, line in enumerate(lines, 1)
        if line.strip() and (len(after.rules) > len(known) or number != edit.line)
    ]
