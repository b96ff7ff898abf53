"""What is said of a setting that does not fit: its name and line, what was expected, what was found, how to mend it."""

from pathlib import Path

import pytest

from catalog_sync.entity import globs
from core import path_patterns
from core.errors import Fault, SettingsError
from core.settings import check_settings, load, rows

LISTS = [row.name for row in rows() if row.type in ("list", "list of sections")]


def only(text: str) -> Fault:
    faults = check_settings(text, Path("callboard.yaml"))
    assert len(faults) == 1, faults
    return faults[0]


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("", "this names no file", "leave it out, or name a file"),
        ("  ", "this names no file", "leave it out, or name a file"),
        ("../../x", "this leads out of the repository", "without .."),
        ("**/../x", "this leads out of the repository", "without .."),
        ("..", "this leads out of the repository", "without .."),
        ("/abs", "this begins with /", "write abs"),
        ("/", "this begins with /", "write a file"),
        ("services/", "this names a folder", "add the file: services/catalog-info.yaml"),
        ("./x.yaml", "there is a folder without a name", "write x.yaml"),
        ("a//x.yaml", "there is a folder without a name", "write a/x.yaml"),
        ("a\\b.yaml", "folders are separated by /", "write a/b.yaml"),
        ("[a", "a [ is not closed", "[ab]"),
        ("x/[a/b].yaml", "a [ is not closed", "[ab]"),
        ("[]", "a [ is not closed", "[ab]"),
        ("[z-a].yaml", "z-a runs backwards", "write a-z"),
        ("{a,b/x.yaml", "a { is not closed", "{a,b}"),
        ("!legacy/**", "a path cannot be left out with !", "only the paths that are read"),
        ("a\nb", "there is a line break", "take it out"),
        ("a/" * 260 + "x", "this is longer than 500 characters", "shorter"),
        ("a/**/" * 5 + "x.yaml", "there are more than 4 **", "one ** is enough"),
        ("{a,b,c,d}" * 4, "the braces stand for more than 100 patterns", "write several patterns"),
    ],
)
def test_a_path_that_no_file_can_have_is_refused_with_the_mend(path: str, message: str, hint: str) -> None:
    text = f"catalog:\n  descriptors:\n    - catalog-info.yaml\n    - {_quoted(path)}\n"

    fault = only(text)

    assert (fault.line, fault.column, fault.where) == (4, 7, "catalog.descriptors.1")
    assert fault.message.startswith(f"catalog.descriptors.1: {message}")
    assert fault.expected.startswith("the path of a file from the repository's root")
    assert hint in fault.hint
    assert fault.found or len(path) > 50
    assert only(f"catalog: {{descriptor: {_quoted(path)}}}\n").where == "catalog.descriptor"


@pytest.mark.parametrize(
    "path",
    [
        "catalog-info.yaml",
        ".backstage/catalog-info.yaml",
        "services/*/catalog-info.yaml",
        "**/catalog-info.{yml,yaml}",
        "[abc]/[!x-z]*.yaml",
        "a file with blanks.yaml",
        "x..y/catalog-info.yaml",
        "docs/größe.yaml",
    ],
)
def test_a_path_that_a_file_can_have_is_taken(path: str) -> None:
    assert check_settings(f"catalog: {{descriptors: [{_quoted(path)}]}}\n", Path("x.yaml")) == ()


def test_the_limits_of_patterns_are_those_that_comparing_has() -> None:
    names = ("MAX_LENGTH", "MAX_DOUBLE_STARS", "MAX_ALTERNATIVES")

    assert [getattr(path_patterns, name) for name in names] == [getattr(globs, name) for name in names]


@pytest.mark.parametrize("pattern", ["", "!", "acme/x", "!acme/x"])
def test_a_name_that_no_repository_can_have_is_refused(pattern: str) -> None:
    fault = only(f"catalog: {{names: [{_quoted(pattern)}]}}\n")

    assert (fault.line, fault.column, fault.where) == (1, 19, "catalog.names.0")
    assert "!sandbox-*" in fault.expected
    assert fault.hint


@pytest.mark.parametrize("name", LISTS)
def test_a_text_where_a_list_is_expected_is_told_in_plain_words(name: str) -> None:
    section, _, inner = name.rpartition(".")
    text = f"{section}:\n  {inner}: '!x'\n" if section else f"{inner}: '!x'\n"

    fault = only(text)

    assert fault.message == f"{name}: this value does not fit"
    assert fault.expected.startswith("a list of ")
    assert "tuple" not in str(fault)
    if "secret" not in name:
        assert fault.found == '"!x"'
        assert fault.hint == 'write it in brackets: ["!x"]'


def test_a_secret_is_never_repeated() -> None:
    fault = only("github: {webhook_secrets: hunter2hunter2}\n")

    assert "hunter2" not in str(fault)
    assert fault.expected == "a list of secrets"


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("catalog: {visibilities: [secret]}\n", "public, internal or private", '"secret"'),
        ("teams: {leads: [ana]}\n", "names with a value each", "a list"),
        ("github: 3\n", "settings by their names", ""),
        ("catalog: {archived: maybe}\n", "true or false", '"maybe"'),
        ("github: {timeout_s: 0}\n", "more than 0", "0"),
        ("catalog: {branch: 3}\n", "text", "3"),
        (
            "github: {api_url: ghe.acme.test}\n",
            "an address such as https://api.github.com",
            '"ghe.acme.test"',
        ),
        ("github: {api_url: 'http://a:b'}\n", "an address such as https://api.github.com", '"http://a:b"'),
    ],
)
def test_what_was_expected_and_found_is_told(text: str, expected: str, found: str) -> None:
    fault = only(text)

    assert (fault.expected, fault.found) == (expected, found)


def test_a_setting_of_a_further_host_is_told_at_its_own_line() -> None:
    fault = only("github_hosts:\n  - host: ghe.acme.test\n    timeout_s: never\n")

    assert (fault.line, fault.column, fault.where) == (3, 5, "github_hosts.0.timeout_s")


def test_a_list_in_a_variable_is_mended_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_CATALOG_NAMES", '"!x"')

    with pytest.raises(SettingsError) as refused:
        load()

    assert "environment CALLBOARD_CATALOG_NAMES: catalog.names: this value does not fit" in str(refused.value)
    assert "write !x, without quotes" in str(refused.value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"') + '"'
