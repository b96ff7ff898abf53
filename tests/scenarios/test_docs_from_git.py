"""The docs of repositories over a real clone: what is fetched, when, how old it is, and whose it is."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import CommitPlan, Organization, Person, RepositoryRow, SampleRepository, Team
from catalog_sync.docs.read import DocsReport
from catalog_sync.docs.store import SectionRow
from catalog_sync.entity.model import RepositoryName
from core.clock import FixedClock
from core.settings import GitHubSettings, Settings
from tests.usecases.test_sync import component

PEOPLE = (Person(login="ana", name="Ana", email="ana@acme.test"),)
TEAMS = (Team(slug="payments", name="Payments", members=("ana",)),)
PLAIN = {
    "catalog-info.yaml": component("shop"),
    "README.md": "# Shop\n\nSells things.\n",
    "docs/keys.md": "# Keys\n\n## Rotate\n\nTurn it.\n",
    "src/big.py": "x = 1\n" * 200_000,
}
MONO = {
    "catalog-info.yaml": component("mono"),
    "mkdocs.yml": "site_name: Mono\nnav:\n  - Start: index.md\n  - Guides:\n      - Ship it: guides/ship.md\n",
    "README.md": "# Mono\n\nMany things.\n",
    "docs/guides/ship.md": "# Shipping\n\nPush.\n",
    "docs/index.md": "# Welcome\n\nHello.\n",
    "docs/odd name #1?.md": "# Odd\n\nIt works.\n",
    "packages/cart/catalog-info.yaml": component("cart"),
    "packages/cart/README.md": "# Cart\n\nHolds things.\n",
    "packages/cart/docs/limits.md": "# Limits\n\nAt most a hundred.\n",
    "packages/cart/src/main.py": "print(1)\n",
    "handbook/mkdocs.yml": "site_name: Handbook\ndocs_dir: pages\nnav:\n  - Rules: rules.md\n",
    "handbook/pages/rules.md": "# House rules\n\nBe kind.\n",
    "site.yaml": component("handbook").replace(
        "  name: handbook\n",
        "  name: handbook\n  annotations:\n    backstage.io/techdocs-ref: dir:./handbook\n",
    ),
}

ODD = {
    "mkdocs.yaml": "INHERIT: conf/base.yml\nnav:\n  - Last: z.md\n",
    "conf/base.yml": "docs_dir: content\n",
    "content/a.md": "# A\n\nFirst.\n",
    "content/z.md": "# Z\n\nLast.\n",
}


@dataclass
class World:
    """One host, one catalog."""

    host: LocalGitHub
    catalog: Catalog
    clock: FixedClock

    def push(self, name: str, files: dict[str, str]) -> None:
        hosted = self.host.state.repository("acme", name)
        assert hosted
        self.clock.advance(timedelta(hours=1))
        content = {path: text.encode() for path, text in files.items()}
        hosted.git.push(content, self.clock.now(), "Ana <ana@acme.test>")
        self.host.state.pushed(hosted)

    def read(self) -> DocsReport:
        """Look at what changed, and read the docs that did."""
        (source,) = self.catalog.providers
        self.catalog.sync.run(self.catalog.providers[source])
        return self.catalog.read_docs(source)

    def fetched(self) -> int:
        """How often git asked for something."""
        return sum(seen.path.endswith("/git-upload-pack") for seen in self.host.requests)

    def pages(self, name: str) -> dict[str, SectionRow]:
        """The first section of every page of a repository."""
        found: dict[str, SectionRow] = {}
        for section in self.catalog._docs_store.of_repository(f"acme.test/acme/{name}"):
            found.setdefault(section.path, section)
        return found


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    samples = tuple(
        SampleRepository(
            RepositoryRow(name=name, commits=(CommitPlan(days_ago=30),)),
            {path: text.encode() for path, text in files.items()},
        )
        for name, files in (("shop", PLAIN), ("mono", MONO), ("odd", ODD))
    )
    host = LocalGitHub(tmp_path / "host", Organization("acme", "Acme", PEOPLE, TEAMS, (), samples), clock)
    host.start()
    settings = GitHubSettings(
        organizations=("acme",), host="acme.test", api_url=host.api_url, token=SecretStr(host.token)
    )
    descriptors = ("catalog-info.yaml", "site.yaml", "packages/*/catalog-info.yaml")
    catalog = Catalog(
        Settings(data_dir=tmp_path / "data", github=settings, catalog={"descriptors": descriptors}), clock
    )
    with closing(catalog.database):
        yield World(host, catalog, clock)
    host.stop()


def test_docs_are_fetched_once_and_not_again_while_they_are_the_same(world: World) -> None:
    first = world.read()
    fetched = world.fetched()
    again = world.read()

    assert set(first.read) == {f"acme.test/acme/{name}" for name in ("shop", "mono", "odd")}
    assert (first.failed, again.read, again.unchanged) == ((), (), ())
    assert world.fetched() == fetched


def test_a_repository_takes_three_requests_and_one_more_for_a_site(world: World) -> None:
    """Commits and folders, then the pages; what a site says is read before its pages are known."""
    counts = []
    for name in ("shop", "mono"):
        before = world.fetched()
        (source,) = world.catalog.providers
        world.catalog.sync.run(world.catalog.providers[source])
        world.catalog._read_docs(source, [RepositoryName("acme.test", "acme", name)])
        counts.append(world.fetched() - before)

    # A clone asks for the branches and then for what they hold; each look at files is one request more.
    assert counts == [3, 4]


def test_a_site_that_inherits_where_its_pages_are_is_read(world: World) -> None:
    world.read()
    pages = world.pages("odd")

    assert [(path, row.page) for path, row in pages.items()] == [
        ("content/z.md", "Last"),
        ("content/a.md", "A"),
    ]
    world.push("odd", {"conf/base.yml": "docs_dir: docs\n", "docs/new.md": "# New\n\nHere.\n"})
    assert world.read().read == ("acme.test/acme/odd",)
    assert list(world.pages("odd")) == ["docs/new.md"]


def test_a_page_belongs_to_the_entity_that_is_nearest(world: World) -> None:
    world.read()

    assert {path: row.entity.partition("/")[2] for path, row in world.pages("mono").items()} == {
        "README.md": "mono",
        "docs/index.md": "mono",
        "docs/guides/ship.md": "mono",
        "docs/odd name #1?.md": "mono",
        "packages/cart/README.md": "cart",
        "packages/cart/docs/limits.md": "cart",
        "handbook/pages/rules.md": "handbook",
    }


def test_the_navigation_gives_title_place_and_order(world: World) -> None:
    world.read()
    pages = world.pages("mono")

    assert list(pages)[:6] == [
        "README.md",
        "packages/cart/README.md",
        "docs/index.md",
        "docs/guides/ship.md",
        "handbook/pages/rules.md",
        "docs/odd name #1?.md",
    ]
    ship = pages["docs/guides/ship.md"]
    assert (ship.page, ship.trail, ship.heading) == ("Ship it", "Guides", "Shipping")
    assert pages["handbook/pages/rules.md"].page == "Rules"


def test_an_address_leads_to_the_file_whatever_it_is_called(world: World) -> None:
    world.read()
    url = world.pages("mono")["docs/odd name #1?.md"].url

    assert url.endswith("/acme/mono/blob/main/docs/odd%20name%20%231%3F.md#odd")


def test_the_age_of_a_page_is_that_of_its_last_commit(world: World) -> None:
    world.read()
    world.push("shop", {"docs/keys.md": "# Keys\n\nNow turn it twice.\n"})
    pushed = world.clock.now()
    world.clock.advance(timedelta(days=9))
    world.read()
    pages = world.pages("shop")

    assert pages["docs/keys.md"].edited_at == pushed
    readme = pages["README.md"].edited_at
    assert readme is not None
    assert pushed - readme > timedelta(days=29)


def test_only_the_text_of_docs_is_fetched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = world.catalog.git.fetch_blobs
    monkeypatch.setattr(
        world.catalog.git,
        "fetch_blobs",
        lambda access, target, oids: (asked.extend(oids), fetch(access, target, oids))[1],
    )
    world.read()
    hosted = world.host.state.repository("acme", "shop")
    assert hosted

    big, readme = (hosted.git.thing(f"HEAD:{path}") for path in ("src/big.py", "README.md"))
    assert big
    assert readme
    assert readme.oid in asked
    assert big.oid not in asked


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("shop", "src/big.py"),
        ("mono", "packages/cart/src/main.py"),
        ("mono", "handbook/theme.css"),
        ("odd", "src/main.py"),
    ],
)
def test_nothing_is_fetched_when_something_else_changed(world: World, name: str, path: str) -> None:
    world.read()
    fetched, before = world.fetched(), world.pages(name)
    world.push(name, {path: "changed = True\n"})
    report = world.read()

    assert report.read == ()
    assert world.fetched() == fetched
    assert world.pages(name) == before


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("packages/cart/docs/new.md", "# New\n\nA limit.\n"),
        ("packages/cart/README.md", "# Cart\n\nHolds a new thing.\n"),
        ("handbook/pages/rules.md", "# House rules\n\nBe new.\n"),
        ("mkdocs.yml", "site_name: New\n"),
        ("docs/new.md", "# New\n\nA page.\n"),
    ],
)
def test_docs_that_changed_are_fetched_wherever_they_lie(world: World, path: str, text: str) -> None:
    world.read()
    fetched = world.fetched()
    world.push("mono", {path: text})

    assert world.read().read == ("acme.test/acme/mono",)
    assert world.fetched() > fetched


def test_a_new_title_is_seen_without_fetching_anything(world: World) -> None:
    world.read()
    fetched = world.fetched()
    described = component("shop").replace("  name: shop\n", "  name: shop\n  title: The Shop\n")
    world.push("shop", {"catalog-info.yaml": described})
    report = world.read()

    assert report.unchanged == ("acme.test/acme/shop",)
    assert world.fetched() == fetched
    assert {row.entity_title for row in world.pages("shop").values()} == {"The Shop"}


def test_what_cannot_be_read_is_named_with_its_reason(world: World) -> None:
    world.push(
        "shop",
        {
            "docs/large.md": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "docs/binary.md": "a\0b",
            "docs/huge.md": "word " * 500_000,
        },
    )
    report = world.read()

    assert {item for item in report.skipped if item[0].startswith("acme/shop")} == {
        ("acme/shop/docs/large.md", "it lies in Git LFS"),
        ("acme/shop/docs/binary.md", "it is not text"),
        ("acme/shop/docs/huge.md", "it is too large"),
    }
    assert "docs/keys.md" in world.pages("shop")
