"""What the docs say: pages in, the right passage out, on both databases."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog_sync import tables
from catalog_sync.ask import Ask
from catalog_sync.docs.read import Docs, DocsReader, PageFile, Row, pages_in_folder
from catalog_sync.docs.store import DocsStore
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable
from core.settings import TeamSettings

PAGES = {
    "payments-api": {
        "README.md": "# Payments API\n\nTakes payments.\n",
        "docs/keys.md": "# Key rotation\n\n## Rotate the signing key\n\nRun `make rotate-key`.\n\n## Retire the old key\n\nWait a day first.\n",
    },
    "deployer": {
        "docs/index.md": "# Deployer\n\n## Roll back a deploy\n\nRun `deployer rollback <service>`.\n\n## Freeze deploys\n\nUse `freeze`.\n"
    },
    "observability": {
        "docs/alerts.md": "# Alerts\n\n## Silence an alert\n\nUse `alertctl silence`. Every deploy of a service may ring one.\n"
    },
}


class World:
    """Three repositories in a folder, synced and read."""

    def __init__(self, root: Path, database: Database, clock: FixedClock) -> None:
        self.root = root
        for name, files in PAGES.items():
            descriptor = (
                f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n"
                "spec:\n  type: service\n  lifecycle: production\n  owner: group:default/payments\n"
            )
            for path, text in {**files, "catalog-info.yaml": descriptor}.items():
                target = root / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        self.store = CatalogStore(database)
        self.provider = FolderProvider(root, "acme")
        self.sync = Sync(self.store, clock)
        self.reader = DocsReader(DocsStore(database))
        self.ask = Ask(self.store, clock, TeamSettings())

    def read(self) -> tuple[str, ...]:
        self.sync.run(self.provider)
        return self.reader.read_changed(
            self.provider.source, lambda row: pages_in_folder(self.provider.folder / row["name"])
        ).read


@pytest.fixture
def world(tmp_path: Path, database: Database, clock: FixedClock) -> World:
    found = World(tmp_path, database, clock)
    found.read()
    return found


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("rotate signing key", "Rotate the signing key"),
        ("how do I rotate the signing key?", "Rotate the signing key"),
        ("rotat signng key", "Rotate the signing key"),
        ("rollback deploy", "Roll back a deploy"),
        ("how can I roll back a deploy", "Roll back a deploy"),
        ("silencing alerts", "Silence an alert"),
    ],
)
def test_the_best_passage_is_the_section_that_was_asked_for(
    world: World, question: str, heading: str
) -> None:
    answer = world.ask.docs(question, OPERATOR)

    assert answer.passages[0].heading == heading


def test_a_passage_leads_to_its_page_and_heading(world: World) -> None:
    passage = world.ask.docs("rotate signing key", OPERATOR).passages[0]

    assert passage.url.endswith("/payments-api/docs/keys.md#rotate-the-signing-key")
    assert (passage.entity, passage.page) == ("component:default/payments-api", "Key rotation")
    assert passage.owner is not None
    assert passage.owner.ref == "group:default/payments"


def test_nothing_fitting_is_no_answer(world: World) -> None:
    assert world.ask.docs("quarterly tax forms", OPERATOR).passages == ()


def test_a_question_that_names_a_component_without_docs_leads_to_its_owner(world: World) -> None:
    answer = world.ask.docs("payments api holiday calendar", OPERATOR)

    assert answer.passages == ()
    assert answer.owner is not None


def test_a_guest_finds_nothing_in_internal_docs(world: World) -> None:
    assert world.ask.docs("rotate signing key", Asker(Standing.GUEST)).passages == ()


@pytest.mark.parametrize(
    "question", ['"', "key AND (", "NEAR/", "rotate* OR 1=1; --", "', '')", "\\", "&|!<->"]
)
def test_no_question_is_syntax(world: World, question: str) -> None:
    world.ask.docs(question, OPERATOR)


def test_docs_that_did_not_change_are_not_read_again(world: World) -> None:
    assert world.read() == ()


def test_docs_that_changed_are_found_by_their_new_words(world: World) -> None:
    (world.root / "deployer" / "docs" / "index.md").write_text(
        "# Deployer\n\n## Pause the pipeline\n\nUse `hold`.\n"
    )

    assert world.read() == ("folder/acme/deployer",)
    assert world.ask.docs("pause the pipeline", OPERATOR).passages[0].heading == "Pause the pipeline"
    assert world.ask.docs("freeze deploys", OPERATOR).passages == ()


def test_one_repository_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, database: Database, clock: FixedClock
) -> None:
    world = World(tmp_path, database, clock)
    world.sync.run(world.provider)

    def pages(row: Row) -> Docs:
        if row["name"] == "deployer":
            raise GitHubUnavailable("away")
        return pages_in_folder(world.provider.folder / row["name"])

    report = world.reader.read_changed(world.provider.source, pages)

    assert [key for key, _cause in report.failed] == ["folder/acme/deployer"]
    assert len(report.read) == 2
    assert "folder/acme/deployer" in world.read()


def test_old_pages_are_marked(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> None:
    world = World(tmp_path, sqlite_database, clock)
    world.sync.run(world.provider)
    old = datetime(2025, 1, 1, tzinfo=UTC)
    world.reader.read_changed(
        world.provider.source,
        lambda row: Docs(
            tuple(
                PageFile(page.path, page.text, old)
                for page in pages_in_folder(world.provider.folder / row["name"]).pages
            )
        ),
    )

    assert world.ask.docs("rotate signing key", OPERATOR).passages[0].is_stale
    assert clock.now() - old > timedelta(days=180)


def test_a_guest_is_not_told_an_owner_that_only_a_hidden_entry_names(
    world: World, database: Database
) -> None:
    with database.write() as connection:
        for table in (tables.repositories, tables.sections):
            connection.execute(table.update().values(visibility="public"))
        connection.execute(tables.sources.update().values(generation=tables.sources.c.generation + 1))

    (passage, *_) = world.ask.docs("rotate signing key", Asker(Standing.GUEST)).passages

    assert passage.owner is None
    member = world.ask.docs("rotate signing key", Asker(Standing.MEMBER)).passages[0].owner
    assert member is not None
