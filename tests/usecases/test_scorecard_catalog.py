"""From repositories in a folder, through the real catalog, to scores: nothing between is a fake."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_sync.ask import Ask
from catalog_sync.docs.read import DocsReader, pages_in_folder
from catalog_sync.docs.store import DocsStore
from catalog_sync.entity.model import RepositoryName
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR
from core.clock import FixedClock
from core.database import connect, metadata
from core.settings import TeamSettings
from scorecards import definition
from scorecards.catalog import AskCatalog
from scorecards.facts import callboard_facts
from scorecards.model import State
from scorecards.report import Reports
from scorecards.rules import Rules
from scorecards.run import Scorecards
from scorecards.subjects import Subject
from scorecards.vocabulary import Vocabulary

PAYMENTS_API = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments-api
  description: Takes money from people and gives it to others
  annotations: {backstage.io/techdocs-ref: "dir:."}
spec: {type: service, lifecycle: production, owner: payments, system: checkout}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: broken}
spec: {type: service}
"""

PEOPLE = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments
  annotations: {slack.com/bot-notify: payments-help}
spec: {type: team, children: [], parent: commerce, members: [ana, ben]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: commerce
  annotations: {callboard.dev/lead: carol}
spec: {type: department, children: []}
"""


class House:
    """A catalog read from a folder, and the scorecards over it."""

    def __init__(self, folder: Path, database_file: Path) -> None:
        self.database = connect(f"sqlite:///{database_file}")
        metadata.create_all(self.database.engine)
        self.clock = FixedClock(datetime.now(UTC))
        self.folder = folder
        store = CatalogStore(self.database)
        self.provider = FolderProvider(folder, "acme")
        self.sync = Sync(store, self.clock)
        self.docs = DocsReader(DocsStore(self.database))
        self.catalog = AskCatalog(Ask(store, self.clock, TeamSettings()), store)
        sources = callboard_facts()
        rules = Rules(Vocabulary(sources))
        cards = definition.load([definition.LIBRARY], rules)
        self.scorecards = Scorecards(self.database, self.catalog, cards, sources, rules, self.clock)

    def read(self) -> None:
        self.sync.run(self.provider)

    def read_docs(self) -> None:
        self.docs.read_changed(
            self.provider.source,
            lambda row: pages_in_folder(self.folder / RepositoryName("", "", row["name"]).name),
        )

    def subject(self) -> Subject:
        return next(item for item in self.catalog.subjects() if item.ref == "component:default/payments-api")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    repository = tmp_path / "org" / "payments-api"
    (repository / ".github").mkdir(parents=True)
    (repository / "docs").mkdir()
    (repository / "catalog-info.yaml").write_text(PAYMENTS_API)
    (repository / "CODEOWNERS").write_text("* @acme/payments\n!docs @acme/x\n")
    (repository / "README.md").write_text("# Payments API\n\n" + "It takes money. " * 30)
    (repository / "docs" / "runbook.md").write_text("# Runbook\n\nRestart it, then call the bank.\n")
    (repository / ".github" / "dependabot.yml").write_text("version: 2\n")
    people = tmp_path / "org" / "people"
    people.mkdir()
    (people / "catalog-info.yaml").write_text(PEOPLE)
    opened = House(tmp_path / "org", tmp_path / "callboard.db")
    yield opened
    opened.database.close()


def test_a_subject_is_what_the_catalog_holds(house: House) -> None:
    house.read()

    found = house.subject()

    assert found.team is not None
    assert found.repository is not None
    assert (found.team.ref, found.team.channel, len(found.team.members)) == (
        "group:default/payments",
        "#payments-help",
        2,
    )
    assert found.repository.name == "acme/payments-api"
    assert found.repository.root["README.md"] > 300
    assert {".github/dependabot.yml", "docs/"} <= set(found.repository.root)
    assert found.repository.codeowners_owners == ("group:default/payments",)
    assert [fault.split(":")[:2] for fault in found.repository.codeowners_faults] == [["CODEOWNERS", "2"]]
    assert any("broken" in refusal or "owner" in refusal for refusal in found.refusals)


def test_docs_are_unknown_until_they_were_read(house: House) -> None:
    house.read()
    before = house.subject().docs
    house.read_docs()
    after = house.subject().docs

    assert before is None
    assert after is not None
    assert after.pages == 2


def test_a_component_is_scored_from_what_lies_in_its_repository(house: House) -> None:
    house.read()
    house.read_docs()

    (score,) = house.scorecards.score_of("payments-api", OPERATOR).scores

    failed = {result.check for result in score.results if result.state is State.FAIL}
    assert failed == {"catalog.valid", "codeowners.valid", "repo.license"}


def test_a_name_that_is_nearly_right_finds_the_score(house: House) -> None:
    house.read()

    assert house.scorecards.score_of("paymints-api", OPERATOR).subject == "component:default/payments-api"


def test_team_and_manager_are_reported_from_the_groups_of_the_catalog(house: House) -> None:
    house.read()
    house.scorecards.collect_and_judge()
    reports = Reports(house.scorecards)

    report = reports.team_report("group:default/payments", "2026-W48")
    (roll_up,) = reports.roll_ups("2026-W48")

    assert report
    assert (report.channel, report.components) == ("#payments-help", 1)
    assert (roll_up.manager, roll_up.scope) == ("user:default/carol", "group:default/commerce")
    assert (roll_up.passed, roll_up.judged) == (report.passed, report.judged)


def test_an_unchanged_catalog_changes_no_result(house: House) -> None:
    house.read()
    house.scorecards.collect_and_judge()
    house.read()

    assert house.scorecards.collect_and_judge() == 0
