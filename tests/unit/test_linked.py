"""Which addresses get a preview."""

import pytest

from catalog_sync.asking.linked import is_browsed

HOST = "https://github.acme.example"


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}/acme/payments-api",
        f"{HOST}/acme/payments-api/",
        f"{HOST}/acme/payments-api.git",
        f"{HOST}/acme/payments-api?tab=readme#usage",
        f"{HOST}/acme/payments-api/tree/main",
        f"{HOST}/acme/payments-api/tree/feature/x/docs",
        f"{HOST}/acme/payments-api/blob/main/src/a%20b.py#L3-L9",
        "HTTPS://GitHub.acme.example/Acme/Payments-API/blob/main/README.md",
        "https://backstage.acme.example/catalog/default/component/payments-api",
        "https://backstage.acme.example/docs/default/component/payments-api/runbooks/",
    ],
)
def test_pages_that_show_files_or_an_entity_do(url: str) -> None:
    assert is_browsed(url)


@pytest.mark.parametrize(
    "url",
    [
        HOST,
        f"{HOST}/acme",
        f"{HOST}/orgs/acme",
        f"{HOST}/orgs/acme/teams/payments",
        f"{HOST}/settings/profile",
        f"{HOST}/acme/payments-api/blob",
        f"{HOST}/acme/payments-api/issues/7",
        f"{HOST}/acme/payments-api/pull/7/files#diff-1",
        f"{HOST}/acme/payments-api/commit/0123456789",
        f"{HOST}/acme/payments-api/../other",
        f"{HOST}/acme/payments-api/tree/main/../x",
        f"{HOST}/api/v3/repos/acme/payments-api",
        "https://raw.githubusercontent.com/acme/payments-api/main/README.md",
        "https://acme.slack.com/archives/C0123ABCD",
        "git@github.com:acme/payments-api.git",
        "ssh://git@github.com/acme/payments-api",
        "github.com/acme/payments-api",
        "https://[broken/acme/payments-api",
        "https://",
        "",
    ],
)
def test_all_others_do_not(url: str) -> None:
    assert not is_browsed(url)
