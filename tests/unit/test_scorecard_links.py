"""Links of fixes: filled in from fields, and no name can change where they lead."""

import pytest

from scorecards.links import faults_of, fill

FIELDS = {"repository_url": "https://github.com/acme/x", "name": "x", "codeowners_path": ".github/CODEOWNERS"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        (
            "{repository_url}/new/HEAD?filename=CODEOWNERS",
            "https://github.com/acme/x/new/HEAD?filename=CODEOWNERS",
        ),
        (
            "{repository_url}/blob/HEAD/{codeowners_path}",
            "https://github.com/acme/x/blob/HEAD/.github/CODEOWNERS",
        ),
        ("https://wiki.example/{name}", "https://wiki.example/x"),
        ("https://wiki.example/{team}", ""),
    ],
)
def test_a_link_is_filled_in_or_left_out(template: str, filled: str) -> None:
    assert fill(template, FIELDS) == filled


@pytest.mark.parametrize("name", ["x?a=b", "x#y", "x y", "x@evil.example", "<x|y>", "{team}"])
def test_a_name_cannot_change_where_a_link_leads(name: str) -> None:
    filled = fill("https://wiki.example/{name}", {"name": name})

    assert filled.startswith("https://wiki.example/")
    assert not set(filled.removeprefix("https://wiki.example/")) & set("?#@ <>|{}")


def test_an_address_that_is_none_gives_no_link() -> None:
    assert fill("{repository_url}", {"repository_url": "javascript:alert(1)"}) == ""


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("https://x.example/{nmae}", "{nmae}"),
        ("https://x.example/{name", "https://x.example/{name"),
        ("https://x.example/{name.__class__}", "{name.__class__}"),
        ("http://x.example", "http://x.example"),
        ("{name}/x", "{name}/x"),
    ],
)
def test_a_link_that_cannot_be_filled_in_is_found_at_load(template: str, found: str) -> None:
    assert found in [fault[1] for fault in faults_of(template)]
