"""The use case that writes: a source is looked at, the catalog follows, and a report says what happened."""

import time
from datetime import timedelta

import sqlalchemy as sa
import structlog

from catalog_sync.answers import RefusalLine, SyncReport
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import Unread
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.records import Provider, repository_key
from catalog_sync.store import CatalogStore
from catalog_sync.syncing.rows import count
from catalog_sync.syncing.settle import Hold, approve, held
from catalog_sync.syncing.walk import Walk
from catalog_sync.tables import entities, refusals, repositories
from core.clock import Clock

_log = structlog.get_logger(__name__)


class Sync:
    """Brings the catalog in line with its sources.

    Args:
        store: The catalog's rows.
        clock: Tells the present.
        hold_removals_over: The share of a source's entities, or repositories, above which nothing goes unasked.
        orphan_grace: How long an entity stays of which its file says nothing any more.
    """

    def __init__(
        self,
        store: CatalogStore,
        clock: Clock,
        *,
        hold_removals_over: float = 0.2,
        orphan_grace: timedelta = timedelta(days=7),
    ) -> None:
        self._store = store
        self._clock = clock
        self._hold_over = hold_removals_over
        self._grace = orphan_grace

    def run(self, provider: Provider, *, full: bool = False) -> SyncReport:
        """Look at everything of one source and write what changed; a look that was cut off goes on.

        Args:
            provider: The source.
            full: Read every repository again, changed or not, from the first.

        Raises:
            GitHubUnavailable: The source did not answer; what was learnt before is kept, nothing is removed.
        """
        started, before = time.monotonic(), provider.requests
        walk = self._walk(provider)
        walk.walk(full=full)
        return self._report(provider, walk, provider.requests - before, started)

    def poll(self, provider: Provider) -> SyncReport:
        """Look only at what was pushed to since the last look.

        Raises:
            GitHubUnavailable: The source did not answer; what was learnt before is kept.
        """
        started, before = time.monotonic(), provider.requests
        walk = self._walk(provider)
        walk.poll()
        return self._report(provider, walk, provider.requests - before, started)

    def refresh(self, provider: GitHubProvider, name: RepositoryName) -> SyncReport:
        """Look at one repository now; one that is gone while its organisation can be read leaves the catalog.

        Raises:
            GitHubUnavailable: GitHub did not answer; nothing was changed.
        """
        started, before = time.monotonic(), provider.requests
        walk = self._walk(provider)
        record = provider.one(name)
        if isinstance(record, Unread):
            walk.tally.unread.append(record)
        elif record is not None:
            walk.take([record])
        elif provider.is_readable():
            walk.lose(repository_key(name))
        return self._report(provider, walk, provider.requests - before, started)

    def refresh_teams(self, provider: Provider) -> SyncReport:
        """Look at the teams of one source now; one that is gone leaves the catalog.

        Raises:
            GitHubUnavailable: The source did not answer; nothing was changed.
        """
        started, before = time.monotonic(), provider.requests
        walk = self._walk(provider)
        walk.look_at_teams()
        return self._report(provider, walk, provider.requests - before, started)

    def holds(self) -> list[Hold]:
        """What is held back, and waits for an administrator's word."""
        with self._store.database.read() as connection:
            return held(connection)

    def approve_hold(self, provider: Provider, digest: str, by: str) -> SyncReport | None:
        """Let go exactly what is held; None when something else is held by now, or nothing.

        Args:
            provider: The source.
            digest: ``Hold.digest`` of what was shown to whoever decides.
            by: Who decided, for the record.
        """
        started = time.monotonic()
        with self._store.database.write() as connection:
            if not approve(connection, provider.source, digest, by, self._clock.now()):
                return None
        walk = self._walk(provider)
        if walk.settle().is_held:
            # It became more since the last look; that is for the next question.
            return None
        _log.info("catalog.hold_approved", source=provider.source, by=by, removed=len(walk.tally.removed))
        return self._report(provider, walk, 0, started)

    def _would_remove(self, source: str) -> tuple[str, ...]:
        with self._store.database.read() as connection:
            return tuple(
                ref for hold in held(connection, source) for ref in hold.entities or hold.repositories
            )

    def _walk(self, provider: Provider) -> Walk:
        return Walk(self._store, self._clock, provider, self._hold_over, self._grace)

    def _report(self, provider: Provider, walk: Walk, requests: int, started: float) -> SyncReport:
        tally, source = walk.tally, provider.source
        with self._store.database.read() as connection:
            described = count(connection, entities, entities.c.source == source, entities.c.gone_at.is_(None))
            there = count(connection, repositories, repositories.c.source == source)
            refused = connection.execute(
                sa.select(
                    refusals.c.place,
                    refusals.c.message,
                    refusals.c.expected,
                    refusals.c.found,
                    refusals.c.hint,
                )
                .where(refusals.c.source == source)
                .order_by(refusals.c.owner_key, refusals.c.position)
            ).all()
        report = SyncReport(
            source=source,
            requests=requests,
            repositories=there,
            added=tuple(tally.added),
            changed=tuple(tally.changed),
            removed=tuple(dict.fromkeys(tally.removed)),
            unchanged=described - len(set(tally.added) | set(tally.changed)),
            refused=tuple(RefusalLine(*row) for row in refused),
            held=tally.is_held,
            would_remove=self._would_remove(source) if tally.is_held else (),
            took_s=time.monotonic() - started,
            docs_changed=tuple(dict.fromkeys(tally.docs_changed)),
            unread=tuple(f"{item.id}: {item.problem}" for item in tally.unread),
        )
        _log.info(
            "catalog.synced",
            source=source,
            added=len(report.added),
            changed=len(report.changed),
            removed=len(report.removed),
            refused=len(report.refused),
            unread=len(report.unread),
            requests=report.requests,
            held=report.held,
            took_s=round(report.took_s, 2),
        )
        return report
