"""CODEOWNERS decides as GitHub does; and, read as Backstage's module reads it, gives that module's answer."""

from typing import Any

import pytest

from catalog_sync.ownership.backstage_codeowners import module_owner, normalized
from catalog_sync.ownership.codeowners import parse
from tests.conformance.cases import Case, cases


@pytest.mark.parametrize(("given", "expect"), cases("codeowners", "github-pattern"))
def test_a_pattern_covers_what_it_covers_for_github(given: Case, expect: Case) -> None:
    assert (parse(f"{given['pattern']} @a\n").owners_of(given["path"]) is not None) == expect["match"]


@pytest.mark.parametrize(("given", "expect"), cases("codeowners", "github-file"))
def test_a_file_decides_as_it_does_for_github(given: Case, expect: Case) -> None:
    rule = parse(given["codeowners"]).owners_of(given["path"])
    found: dict[str, Any] = {"match": rule is not None}
    if rule:
        found |= {"line": rule.line, "owners": list(rule.owners)}
    assert {key: found.get(key) for key in expect} == expect


@pytest.mark.parametrize(("given", "expect"), cases("codeowners", "backstage"))
def test_the_compatible_reading_names_the_owner_that_the_module_names(given: Case, expect: Case) -> None:
    if "error" in expect:
        with pytest.raises(ValueError, match="path"):
            module_owner(given["codeowners"], given["url"])
        return
    assert module_owner(given["codeowners"], given["url"]) == expect["owner"]


@pytest.mark.parametrize(("given", "expect"), cases("codeowners", "normalize"))
def test_the_compatible_reading_writes_an_owner_as_the_module_does(given: Case, expect: Case) -> None:
    assert normalized(given["owner"]) == expect["ref"]
