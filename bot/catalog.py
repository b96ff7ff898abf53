"""The catalog with its sources, built from the settings: all that the command line needs of the house."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog_sync.answers import SyncReport
from catalog_sync.ask import Ask
from catalog_sync.docs.read import DocsReader, DocsReport, pages_by_git, pages_in_folder
from catalog_sync.docs.store import DocsStore
from catalog_sync.entity.model import Entity, RepositoryName
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.records import Provider, repository_key
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import Clock, SystemClock
from core.database import Database, connect
from core.errors import SettingsError
from core.settings import Settings

if TYPE_CHECKING:
    from catalog_sync.github.git import Git
    from catalog_sync.github.port import GitHubPort


def open_database(settings: Settings) -> Database:
    """The database of the settings, with its schema brought up to date."""
    from core.migrate import behind, upgrade

    _import_tables()
    database = connect(settings.database)
    if behind(database):
        upgrade(database)
    return database


@dataclass
class Catalog:
    """The catalog and its sources."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    database: Database = None  # type: ignore[assignment]
    github_port: "GitHubPort | None" = None

    def __post_init__(self) -> None:
        self.database = self.database or open_database(self.settings)
        self.store = CatalogStore(self.database)
        settings = self.settings
        self.sync = Sync(self.store, self.clock, hold_removals_over=settings.catalog.hold_removals_over)
        self.ask = Ask(
            self.store,
            self.clock,
            settings.teams,
            default_channel=settings.slack.default_channel,
            stale_docs_days=settings.catalog.stale_docs_days,
        )
        self._reader = DocsReader(DocsStore(self.database))
        self._one_reading = threading.Lock()

    @cached_property
    def github(self) -> "GitHubPort":
        """The way to GitHub; built when it is first needed, because it is slow to import.

        Raises:
            NotAllowed: No token is configured.
        """
        if self.github_port is not None:
            return self.github_port
        from catalog_sync.github.client import connect_github

        return connect_github(self.settings.github, self.clock, descriptor=self.settings.catalog.descriptor)

    @cached_property
    def git(self) -> "Git":
        """The git program."""
        from catalog_sync.github.git import Git

        return Git()

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """The configured sources by their name."""
        from catalog_sync.providers.repositories import GitHubProvider

        descriptor = self.settings.catalog.descriptor
        found = [GitHubProvider(self.github, name, descriptor) for name in self.settings.github.organizations]
        return {provider.source: provider for provider in found}

    @property
    def source_names(self) -> tuple[str, ...]:
        """The configured sources' names, without reaching for GitHub."""
        host = self.settings.github.host
        return tuple(f"github:{host}/{name}".lower() for name in self.settings.github.organizations)

    def sync_source(self, source: str, *, full: bool = False) -> SyncReport:
        """Sync one configured source now."""
        return self.sync.run(self.providers[source], full=full)

    def sync_all(self, *, full: bool = False) -> SyncReport:
        """Sync every configured source now, and read the docs that changed.

        Raises:
            SettingsError: No organisation is configured.
        """
        if not self.settings.github.organizations:
            raise SettingsError(
                "github.organizations: name at least one organisation, or use sync --from FOLDER"
            )
        reports = [self.sync_source(source, full=full) for source in self.providers]
        for source in self.providers:
            self.read_docs(source)
        return _together(reports)

    def sync_folder(self, folder: Path, organization: str) -> SyncReport:
        """Sync a folder in which each subfolder is a repository, and read its docs."""
        provider = FolderProvider(folder, organization, self.settings.catalog.descriptor)
        report = self.sync.run(provider)
        self._reader.read_changed(provider.source, lambda row: pages_in_folder(Path(row["node_id"])))
        return report

    def read_docs(self, source: str) -> DocsReport:
        """Read the docs of one source that changed."""
        with self._one_reading:
            return self._reader.read_changed(source, lambda row: pages_by_git(self.github, self.git, row))

    def refresh(self, name: RepositoryName) -> None:
        """Look at one repository now, and at its docs."""
        report = self.sync.refresh(self.github, name, self.settings.catalog.descriptor)
        self.read_docs(report.source)

    def entities(self, filters: Sequence[str]) -> list[Entity]:
        """The entities that pass Backstage's filters, in the order of their references."""
        from catalog_sync.entity.filters import compile_filter
        from catalog_sync.entity.relations import relations_of

        keep = compile_filter(filters)
        found = self.ask.estate().entities
        relations = [relation for entity in found.values() for relation in relations_of(entity)]
        of: dict[str, list[Any]] = {}
        for relation in relations:
            of.setdefault(str(relation.source), []).append(relation)
        return [entity for ref, entity in sorted(found.items()) if keep(entity, of.get(ref, []))]

    def knows(self, name: RepositoryName) -> bool:
        """Whether the catalog has a repository of that name."""
        return repository_key(name) in self.ask.estate().repositories

    def entity_of(self, name: RepositoryName) -> str:
        """The reference of the entity that stands for a repository; empty where there is none."""
        return self.ask.estate().entity_of_repository.get(repository_key(name), "")

    def mail_of(self, user: str) -> str | None:
        """The mail address of a user, by reference."""
        entity = self.ask.entity(user)
        profile = entity.spec.get("profile") if entity else None
        return str(profile["email"]) if isinstance(profile, dict) and profile.get("email") else None


def _together(reports: Sequence[SyncReport]) -> SyncReport:
    """One report of several sources."""
    if len(reports) == 1:
        return reports[0]
    return SyncReport(
        source=", ".join(report.source for report in reports),
        requests=sum(report.requests for report in reports),
        repositories=sum(report.repositories for report in reports),
        added=tuple(ref for report in reports for ref in report.added),
        changed=tuple(ref for report in reports for ref in report.changed),
        removed=tuple(ref for report in reports for ref in report.removed),
        unchanged=sum(report.unchanged for report in reports),
        refused=tuple(line for report in reports for line in report.refused),
        held=any(report.held for report in reports),
        took_s=sum(report.took_s for report in reports),
    )


def _import_tables() -> None:
    """Every slice's tables have to be known before the schema is looked at."""
    for module in ("bot.slack.tables", "catalog_sync.docs.fulltext", "scaffolds.tables", "scorecards.tables"):
        import_module(module)
