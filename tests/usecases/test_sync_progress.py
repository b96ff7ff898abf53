"""What is told while the sources are synced: the catalog's own result first, then how far the docs are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalog import Catalog
from bot.progress import Progress
from catalog_sync.answers import SyncReport
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import GitAccess
from core.access import OPERATOR
from core.errors import GitHubUnavailable
from core.settings import GitHubSettings, Settings
from tests.fakes.github import FakeGitHub

COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: payments}
"""


class Unreachable(FakeGitHub):
    """GitHub answers; git does not get through."""

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        raise GitHubUnavailable(f"git clone: no way to {name.name}")


class Heard(Progress):
    """Notes what it hears, and what the catalog can answer at that moment."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.first: tuple[SyncReport, str, int] | None = None
        self.counted: list[tuple[int, int]] = []

    def synced(self, report: SyncReport) -> None:
        about = self.catalog.ask.who_owns("shop", OPERATOR).about
        self.first = (report, about, len(self.catalog.ask.docs("roll back the shop", OPERATOR).passages))

    def docs(self, done: int, of: int) -> None:
        self.counted.append((done, of))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    github = Unreachable()
    settings = Settings(data_dir=tmp_path, github=GitHubSettings(organizations=("acme",), host=github.host))
    opened = Catalog(settings, github_port=github)
    yield opened
    opened.database.close()


def test_the_catalog_answers_before_its_docs_are_read(catalog: Catalog, tmp_path: Path) -> None:
    shop = tmp_path / "in" / "shop"
    shop.mkdir(parents=True)
    (shop / "catalog-info.yaml").write_text(COMPONENT)
    (shop / "README.md").write_text("# Shop\n\n## Roll back\n\nRoll back the shop with one command.\n")
    heard = Heard(catalog)

    report = catalog.sync_folder(tmp_path / "in", "acme", heard)

    assert heard.first is not None
    said, about, passages = heard.first
    assert (said.added, said.docs, about, passages) == (("component:default/shop",), None, "entity", 0)
    assert heard.counted == [(0, 1), (1, 1)]
    assert report.docs is not None
    assert (report.docs.repositories, report.docs.failed) == (1, ())
    assert report.docs.sections > 0
    assert catalog.ask.docs("roll back the shop", OPERATOR).passages


def test_docs_that_cannot_be_read_are_named_with_the_cause(catalog: Catalog) -> None:
    github = catalog.github
    assert isinstance(github, FakeGitHub)
    for name in ("shop", "till"):
        github.put(name, {"catalog-info.yaml": COMPONENT.replace("shop", name), "README.md": "# Hello\n"})
    heard = Heard(catalog)

    report = catalog.sync_all(progress=heard)

    assert report.docs is not None
    assert (report.docs.repositories, report.docs.sections) == (0, 0)
    assert [(key.rpartition("/")[2], cause) for key, cause in report.docs.failed] == [
        ("shop", "git clone: no way to shop"),
        ("till", "git clone: no way to till"),
    ]
    assert sorted(heard.counted) == [(0, 2), (1, 2), (2, 2)]
