"""CODEOWNERS beyond the conformance table: folders, faults, and files that are hostile."""

import pytest

from catalog_sync.ownership.codeowners import parse

FILE = "* @acme/all\n/docs/ @acme/docs\n*.md @writer\n/src/* @acme/src\n/vendor/\n"


@pytest.mark.parametrize(
    ("folder", "line"),
    [("", 1), ("docs", 2), ("docs/deep", 2), ("src", 4), ("src/deep", 1), ("vendor", 5), ("other", 1)],
)
def test_a_folder_is_decided_by_the_rule_about_all_that_lies_in_it(folder: str, line: int) -> None:
    rule = parse(FILE).owners_of_folder(folder)

    assert rule is not None
    assert rule.line == line


@pytest.mark.parametrize(
    ("path", "line"), [("docs", 2), ("docs/a.md", 3), ("a.md", 3), ("x.py", 1), ("src/x.py", 4)]
)
def test_a_path_may_be_a_folder_or_a_file(path: str, line: int) -> None:
    rule = parse(FILE).owners_of_either(path)

    assert rule is not None
    assert rule.line == line


@pytest.mark.parametrize("pattern", ["*", "**", "/**", "**/*", "/**/*"])
def test_a_rule_about_everything_is_known_as_one(pattern: str) -> None:
    codeowners = parse(f"{pattern} @acme/all\n/x/ @acme/x\n")

    assert codeowners.rules[0].is_catch_all
    assert codeowners.catch_all == codeowners.rules[0]
    assert codeowners.rules[0].matches("any/where.txt")


def test_a_bad_line_is_skipped_with_its_place_and_the_others_hold() -> None:
    codeowners = parse("* @acme/web, @acme/mobile\n/ok/ @acme/ok\n!no @acme/x\n")

    assert [(fault.line, fault.column, fault.found) for fault in codeowners.faults] == [
        (1, 3, "@acme/web,"),
        (3, 1, "!no"),
    ]
    assert [rule.pattern for rule in codeowners.rules] == ["/ok/"]


def test_only_a_line_feed_ends_a_line_and_a_mark_before_the_first_is_no_part_of_it() -> None:
    codeowners = parse("\ufeff* @acme/a\r\n/x\u2028y/ @acme/b\r\n")

    assert [(rule.line, rule.pattern) for rule in codeowners.rules] == [(1, "*"), (2, "/x\u2028y/")]


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "*b", "a" * 400),
        ("**/a/" * 30 + "b", "a/" * 300 + "c"),
        ("/" + "*a" * 60, "a" * 1_000 + "b"),
    ],
)
def test_a_pattern_of_many_stars_is_answered_at_all(pattern: str, path: str) -> None:
    """Trying every way to share a path among the stars would take longer than the world is old."""
    assert parse(f"{pattern} @acme/x\n").owners_of(path) is None


@pytest.mark.parametrize(
    ("pattern", "path", "covers"),
    [
        ("a*b*c", "aXbYbZc", True),
        ("a*b*c", "aXbYbZd", False),
        ("/**/a/**/b/c", "x/a/b/a/y/b/c", True),
        ("**/a/*/b", "a/a/x/b", True),
        ("/x/***/y", "x/z/y", True),
    ],
)
def test_a_star_gives_way_to_what_follows(pattern: str, path: str, covers: bool) -> None:
    assert (parse(f"{pattern} @acme/x\n").owners_of(path) is not None) is covers
