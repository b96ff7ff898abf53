"""What ``callboard lint`` says of a CODEOWNERS file."""

import pytest

from catalog_sync.ownership.codeowners_check import check_codeowners
from core.errors import Severity


def told(text: str, severity: Severity = Severity.ERROR) -> list[tuple[int, int, str, str]]:
    """Line, column, message and what was found of each fault."""
    faults = check_codeowners(text, "CODEOWNERS")
    return [(one.line, one.column, one.message, one.found) for one in faults if one.severity is severity]


COMMA = "this is no owner: blanks stand between owners, not commas"
AT = "this is no owner: the @ is missing"
NONE = "this is no owner"


@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("* @a, @b", [(1, 3, COMMA, "@a,")]),
        ("* @acme/x,acme/y", [(1, 3, COMMA, "@acme/x,acme/y")]),
        ("* @a , @b", [(1, 6, COMMA, ",")]),
        ("* @a ben acme/z", [(1, 6, AT, "ben"), (1, 10, AT, "acme/z")]),
        ("* acme/z", [(1, 3, AT, "acme/z")]),
        ("* global owner", [(1, 3, NONE, "global"), (1, 10, NONE, "owner")]),
        ("\t/my\\ docs/  @a\tüber", [(1, 17, NONE, "über")]),
        ("* a@b", [(1, 3, NONE, "a@b")]),
        ("!x ben, @@", [(1, 1, "GitHub knows no negated patterns here", "!x"), (1, 4, COMMA, "ben,"), (1, 9, NONE, "@@")]),
        ("\ufeff* x", [(1, 4, NONE, "x")]),
        ("^[Docs][2] all of them", [(1, 1, "GitHub knows no sections in CODEOWNERS", "^[Docs][2] all of them")]),
    ],
)  # fmt: skip
def test_each_odd_owner_has_a_fault_of_its_own(line: str, faults: list[tuple[int, int, str, str]]) -> None:
    assert told(line) == faults


@pytest.mark.parametrize(
    ("line", "expected", "hint"),
    [
        ("* @a,ben", "@a @ben", ""),
        ("* @a ben", "@ben", ""),
        ("* ben", "@organisation/team, @login or a mail address", "write @ben if that is a login"),
        ("* für", "@organisation/team, @login or a mail address", "put # before a remark"),
    ],
)
def test_an_odd_owner_is_told_how_to_be_mended(line: str, expected: str, hint: str) -> None:
    (fault,) = check_codeowners(line, "CODEOWNERS")

    assert fault.expected == expected
    assert hint in fault.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* @a\n",
        "* @acme/b c@d.e # and so on, of course\r\n",
        "/x/\n",
        "# a, b\n\n",
        "*.js @a\n/src/ @b\n",
    ],
)
def test_what_github_takes_has_no_fault(text: str) -> None:
    assert check_codeowners(text, "CODEOWNERS") == ()


def test_rules_that_a_later_one_leaves_nothing_are_warned_of() -> None:
    text = "/a @a\n/b @b\n/a @c\n* @d\n/e @e\n"

    never = "this rule never decides: line {} comes later and matches all that it does"
    assert told(text, Severity.WARNING) == [
        (1, 1, never.format(3), "/a"),
        (2, 1, never.format(4), "/b"),
        (3, 1, never.format(4), "/a"),
    ]
    assert told(text) == []


def test_ranges_that_github_does_not_know_are_warned_of() -> None:
    assert told("/x[ab] @a\n[Docs] @b\n", Severity.WARNING) == [
        (1, 1, "GitHub knows no ranges here: [ and ] stand for themselves", "/x[ab]"),
        (2, 1, "GitHub knows no sections here: [ and ] stand for themselves", "[Docs]"),
    ]


def test_a_file_that_github_does_not_read_has_one_fault() -> None:
    assert told("# x\n" * 800_000) == [(0, 0, "the file is too large for GitHub", "")]
