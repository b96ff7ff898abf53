"""The page on which a repository gets its entry: a descriptor that is valid, whatever the repository is called."""

from urllib.parse import parse_qs, urlsplit

import pytest

from catalog_sync.asking.registering import descriptor_for, register_page
from catalog_sync.entity.descriptor import read_descriptor
from catalog_sync.entity.model import Source
from catalog_sync.memory.cards import KnownRepository
from core.access import Visibility


def repository(name: str = "tools", description: str = "", branch: str = "main") -> KnownRepository:
    return KnownRepository(
        key=f"github.com/acme/{name}".lower(),
        host="github.com",
        owner="acme",
        name=name,
        url=f"https://github.com/acme/{name}",
        visibility=Visibility.INTERNAL,
        is_archived=False,
        is_fork=False,
        description=description,
        default_branch=branch,
        codeowners_path="",
        fingerprint="",
    )


def test_the_page_is_the_hosts_own_with_the_file_filled_in() -> None:
    page = urlsplit(register_page(repository(branch="release/1.x"), ("group:default/platform",)))

    assert (page.netloc, page.path) == ("github.com", "/acme/tools/new/release/1.x")
    query = parse_qs(page.query)
    assert query["filename"] == ["catalog-info.yaml"]
    assert 'owner: "platform"' in query["value"][0]


@pytest.mark.parametrize(
    ("name", "description", "owners", "wanted"),
    [
        ("tools", "", ("group:default/platform",), ("tools", "platform")),
        (
            "tools",
            'It\'s "fine": {yes} # no\n\n---\nkind: Evil',
            ("user:default/ana",),
            ("tools", "user:default/ana"),
        ),
        ("Tools_v2.0", "ünïcode", ("group:globex/ops",), ("Tools_v2.0", "group:globex/ops")),
        ("-odd..name-", "", (), ("odd.name", "your-team")),
        ("x" * 90, "y" * 900, (), ("x" * 63, "your-team")),
    ],
)
def test_the_file_is_a_valid_descriptor(
    name: str, description: str, owners: tuple[str, ...], wanted: tuple[str, str]
) -> None:
    text = descriptor_for(repository(name, description), owners)

    found = read_descriptor(text, Source("github", "", "", Visibility.INTERNAL))
    assert found.refusals == ()
    assert [(entity.ref.name, entity.spec["owner"]) for entity in found.entities] == [wanted]
