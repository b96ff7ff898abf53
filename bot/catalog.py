"""The catalog with its sources, built from the settings: all that the command line needs of the house."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.progress import QUIET, Count, Progress
from catalog_sync.answers import DocsRead, SyncReport
from catalog_sync.ask import Ask
from catalog_sync.docs.read import Docs, DocsReader, DocsReport, PagesOf, Row, pages_by_git, pages_in_folder
from catalog_sync.docs.store import DocsStore
from catalog_sync.docs.synonyms import synonyms_of
from catalog_sync.entity.model import Entity, RepositoryName
from catalog_sync.entity.rules import KindRules
from catalog_sync.notices.first import note_first
from catalog_sync.notices.store import NoticeStore
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.providers.teams import PROVIDER as TEAMS
from catalog_sync.records import Provider, repository_key
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Visibility
from core.clock import Clock, SystemClock
from core.database import Database, connect
from core.errors import CallboardError, GitHubUnavailable, SettingsError, UserError
from core.plugins import Plugins, assemble, installed
from core.settings import GitHubSettings, Settings

if TYPE_CHECKING:
    from catalog_sync.github.git import Git
    from catalog_sync.github.port import GitHubPort
    from catalog_sync.github.pulls import PullsPort
    from catalog_sync.mending.mend import Mending
    from catalog_sync.providers.repositories import Chosen, GitHubProvider
    from catalog_sync.query.questions import Questions

_log = structlog.get_logger(__name__)


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
    plugins: Plugins | None = None
    """What is plugged in; left out, what is installed is looked up when it is needed."""

    def __post_init__(self) -> None:
        self.database = self.database or open_database(self.settings)
        self.store = CatalogStore(self.database)
        settings = self.settings
        self.sync = Sync(
            self.store,
            self.clock,
            hold_removals_over=settings.catalog.hold_removals_over,
            orphan_grace=timedelta(days=settings.catalog.orphan_grace_days),
        )
        self.ask = Ask(
            self.store,
            self.clock,
            settings.teams,
            default_channel=settings.slack.default_channel,
            stale_docs_days=settings.catalog.stale_docs_days,
            committers=self._committers,
            synonyms=synonyms_of(settings.docs.synonyms),
        )
        self.notice_store = NoticeStore(self.database, TEAMS)
        self._docs_store = DocsStore(self.database)
        self._reader = DocsReader(self._docs_store)
        self._one_reading = threading.Lock()
        self._clients: dict[tuple[str, str | None], GitHubPort] = {}

    @cached_property
    def github(self) -> "GitHubPort":
        """The way to the main GitHub host; built when it is first needed, because it is slow to import.

        Raises:
            NotAllowed: No token is configured.
        """
        organizations = self.settings.github.organizations
        return self.github_port or self._connected(
            self.settings.github, organizations[0] if organizations else None
        )

    def github_of(self, host: str, organization: str) -> "GitHubPort":
        """The way to an organisation of any of the hosts; the main host where it is not configured.

        Raises:
            NotAllowed: No token is configured for it.
        """
        for settings in self.hosts:
            known = {name.lower(): name for name in settings.organizations}
            if settings.host.lower() == host.lower() and organization.lower() in known:
                return self._connected(settings, known[organization.lower()])
        return self.github

    def _connected(self, settings: GitHubSettings, organization: str | None) -> "GitHubPort":
        """A client; an App signs in for each organisation by itself, a token for all of a host."""
        if self.github_port is not None and settings is self.settings.github:
            return self.github_port
        key = (settings.host, organization if settings.token is None else None)
        if key not in self._clients:
            from catalog_sync.github.client import connect_github
            from catalog_sync.providers.repositories import first_path

            catalog = self.settings.catalog
            self._clients[key] = connect_github(
                settings,
                self.clock,
                organization=organization,
                descriptor=first_path(self.descriptors) or catalog.descriptor,
                branch=catalog.branch,
                with_topics=self._chosen.needs_topics,
            )
        return self._clients[key]

    @cached_property
    def mending(self) -> "Mending":
        """Proposals of other owners, as pull requests."""
        from catalog_sync.mending.mend import Mending

        return Mending(self.ask, self._pulls_of, self.settings.catalog.branch)

    def _committers(self, name: RepositoryName, path: str) -> Sequence[str]:
        """Who committed lately; nobody where that cannot be asked, because it is only a hint."""
        if not any(name.host.lower() == host.host.lower() for host in self.hosts):
            return ()
        from catalog_sync.github.committers import recent_committers

        try:
            transport = getattr(self.github_of(name.host, name.owner), "transport", None)
            return recent_committers(transport, name, path) if transport else ()
        except CallboardError as error:
            _log.info("catalog.no_committers", repository=str(name), problem=str(error))
            return ()

    def _pulls_of(self, name: RepositoryName) -> "PullsPort":
        """The way to change files on the host of a repository.

        Raises:
            UserError: It lies on no host that is configured, as what was read from a folder does.
            NotAllowed: No token is configured for it.
        """
        from catalog_sync.github.pulls import connect_pulls

        settings = next((host for host in self.hosts if host.host.lower() == name.host.lower()), None)
        if settings is None:
            raise UserError(
                f"{name.full_name} was not read from a GitHub that Callboard is connected to.",
                "Change its file by hand.",
            )
        return connect_pulls(settings, self.clock, name.owner)

    @property
    def hosts(self) -> tuple[GitHubSettings, ...]:
        """Every GitHub host that is configured, the main one first."""
        return (self.settings.github, *self.settings.github_hosts)

    @property
    def descriptors(self) -> tuple[str, ...]:
        """The paths and patterns at which descriptors are looked for."""
        return self.settings.catalog.descriptors or (self.settings.catalog.descriptor,)

    @cached_property
    def kind_rules(self) -> KindRules:
        """Which kinds of entities are taken: Backstage's, those of plugins, and by setting all others."""
        disabled = self.settings.plugins.disabled
        plugged = self.plugins or assemble(installed(disabled), disabled)
        return KindRules(self.settings.catalog.unknown_kinds == "keep", plugged.of("callboard_kinds"))

    @cached_property
    def git(self) -> "Git":
        """The git program."""
        from catalog_sync.github.git import Git

        return Git()

    @cached_property
    def providers(self) -> "dict[str, GitHubProvider]":
        """The configured sources by their name."""
        found = [
            self._provider(self._connected(host, name), name)
            for host in self.hosts
            for name in host.organizations
        ]
        return {provider.source: provider for provider in found}

    def _provider(self, github: "GitHubPort", organization: str) -> "GitHubProvider":
        from catalog_sync.providers.repositories import GitHubProvider

        return GitHubProvider(
            github,
            organization,
            self.descriptors,
            chosen=self._chosen,
            rules=lambda: self.kind_rules,
            branch=self.settings.catalog.branch,
        )

    @cached_property
    def _chosen(self) -> "Chosen":
        from catalog_sync.providers.repositories import Chosen

        catalog = self.settings.catalog
        return Chosen(
            names=catalog.names,
            visibilities=frozenset(map(Visibility, catalog.visibilities)),
            topics=frozenset(catalog.topics),
            topics_without=frozenset(catalog.topics_without),
            archived=catalog.archived,
            forks=catalog.forks,
        )

    @property
    def source_names(self) -> tuple[str, ...]:
        """The configured sources' names, without reaching for GitHub."""
        return tuple(
            f"github:{host.host}/{name}".lower() for host in self.hosts for name in host.organizations
        )

    def sync_source(self, source: str, *, full: bool = False) -> SyncReport:
        """Sync one configured source now; what was wrong before is noted, so that nobody is told of it later."""
        report = self.sync.run(self.providers[source], full=full)
        note_first(self.notice_store, self.clock, source)
        return report

    def sync_all(self, *, full: bool = False, progress: Progress = QUIET) -> SyncReport:
        """Sync every configured source now, and then read the docs that changed.

        A source that cannot be looked at keeps no other one from it.

        Raises:
            SettingsError: No organisation is configured.
            CallboardError: None of the sources could be looked at; the first one's problem.
        """
        if not self.source_names:
            raise SettingsError(
                "github.organizations: name at least one organisation, or use sync --from FOLDER"
            )
        reports: list[SyncReport] = []
        problems: dict[str, CallboardError] = {}
        for source in self.providers:
            try:
                reports.append(self.sync_source(source, full=full))
            except (UserError, GitHubUnavailable) as error:
                problems[source] = error
        if not reports:
            raise next(iter(problems.values()))
        failed = tuple(f"{source}: {str(error).rstrip('.')}" for source, error in problems.items())
        whole = replace(_together(reports), failed=failed)
        progress.synced(whole)
        read = {report.source: self._pages_by_git for report in reports}
        return replace(whole, docs=self._read_all_docs(read, progress))

    def sync_folder(self, folder: Path, organization: str, progress: Progress = QUIET) -> SyncReport:
        """Sync a folder in which each subfolder is a repository, and then read its docs."""
        provider = self._folder_provider(folder, organization)
        report = self.sync.run(provider)
        progress.synced(report)

        def pages_of(row: Row) -> Docs:
            return pages_in_folder(provider.folder / row["name"], row["described"], self.git)

        read = {provider.source: pages_of}
        return replace(report, docs=self._read_all_docs(read, progress))

    def _read_all_docs(self, read: Mapping[str, PagesOf], progress: Progress) -> DocsRead:
        """Read the docs of some sources, each in its own way."""
        started = time.monotonic()
        with self._one_reading:
            wanted = [len(self._docs_store.docs_to_read(source)) for source in read]
            count = Count(sum(wanted), progress.docs)
            reports = [
                self._reader.read_changed(source, count.of_calls(pages_of))
                for source, pages_of in read.items()
            ]
        return DocsRead(
            repositories=sum(len(report.read) for report in reports),
            sections=sum(report.sections for report in reports),
            failed=tuple(item for report in reports for item in report.failed),
            took_s=time.monotonic() - started,
        )

    def _folder_provider(self, folder: Path, organization: str) -> FolderProvider:
        return FolderProvider(folder, organization, self.descriptors, rules=lambda: self.kind_rules)

    def approve_held(self, folder: Path | None, organization: str, by: str) -> SyncReport:
        """Let go everything that is held back of a folder, or of the configured sources.

        Raises:
            UserError: Nothing is held.
        """
        providers: list[Provider] = (
            [self._folder_provider(folder, organization)] if folder else [*self.providers.values()]
        )
        digests = {hold.source: hold.digest for hold in self.sync.holds()}
        reports = [
            report
            for provider in providers
            if provider.source in digests
            and (report := self.sync.approve_hold(provider, digests[provider.source], by))
        ]
        if not reports and not digests.keys().isdisjoint(provider.source for provider in providers):
            raise UserError(
                "Nothing was removed: by now more would go than was shown.",
                "callboard sync shows what is held back now; then say --approve-held again.",
            )
        if not reports:
            others = ", ".join(sorted(digests))
            raise UserError(
                "Nothing is held back here.",
                f"What is held back is of {others}: a folder needs the same --from and --org."
                if others
                else "A sync that holds something back says so.",
            )
        return _together(reports)

    def read_docs(self, source: str) -> DocsReport:
        """Read the docs of one source that changed."""
        with self._one_reading:
            return self._read_docs(source)

    def _read_docs(self, source: str, only: Sequence[RepositoryName] | None = None) -> DocsReport:
        return self._reader.read_changed(
            source, self._pages_by_git, None if only is None else [repository_key(name) for name in only]
        )

    def _pages_by_git(self, row: Row) -> Docs | None:
        return pages_by_git(self.github_of(row["host"], row["owner"]), self.git, row)

    def refresh(self, name: RepositoryName) -> None:
        """Look at one repository now, and at its docs; one that is gone leaves the catalog."""
        self.look_at(name)

    def look_at(self, name: RepositoryName) -> SyncReport:
        """As ``refresh``, and say what was found."""
        provider = self.providers.get(f"github:{name.host}/{name.owner}".lower())
        provider = provider or self._provider(self.github, name.owner)
        report = self.sync.refresh(provider, name)
        # Not of the whole source, which may take a while: people wait for this one.
        if report.docs_changed:
            self._read_docs(provider.source, report.docs_changed)
        return report

    def refresh_teams(self, host: str, organization: str) -> None:
        """Look at the teams of one organisation now; nothing where it is not read."""
        provider = self.providers.get(f"github:{host}/{organization}".lower())
        if provider is not None:
            self.sync.refresh_teams(provider)

    def poll(self, source: str) -> SyncReport:
        """Look at what was pushed to in one source since the last look."""
        return self.sync.poll(self.providers[source])

    @cached_property
    def questions(self) -> "Questions":
        """What programs ask, in Backstage's words."""
        from catalog_sync.query.questions import Questions

        return Questions(self.ask.estate, lambda: self.kind_rules)

    def entities(self, filters: Sequence[str]) -> list[Entity]:
        """The entities that pass Backstage's filters, in the order of their references.

        Raises:
            UserError: A filter has a part without a key.
        """
        from catalog_sync.query.filters import parse_filters

        answers = self.questions.now(OPERATOR)
        numbers, _more = answers.entities(parse_filters(filters))
        return [answers.card(ref).entity() for ref in answers.refs(numbers)]

    def knows(self, name: RepositoryName) -> bool:
        """Whether the catalog has a repository of that name."""
        return repository_key(name) in self.ask.estate().repositories

    def entity_of(self, name: RepositoryName) -> str:
        """The reference of the entity that stands for a repository; empty where there is none."""
        return self.ask.estate().entity_of_repository.get(repository_key(name), "")


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
        would_remove=tuple(ref for report in reports for ref in report.would_remove),
        took_s=sum(report.took_s for report in reports),
        unread=tuple(line for report in reports for line in report.unread),
    )


def _import_tables() -> None:
    """Every slice's tables have to be known before the schema is looked at."""
    for module in ("bot.slack.tables", "catalog_sync.docs.fulltext", "scaffolds.tables", "scorecards.tables"):
        import_module(module)
