"""The use case that writes: what a provider saw in, one diff, one transaction, and a report out."""

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog

from catalog_sync.answers import RefusalLine, SyncReport
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import GitHubPort
from catalog_sync.plan import Plan, Stored, StoredEntity, plan_of
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.records import Provider, Reading
from catalog_sync.store import CatalogStore, in_batches
from catalog_sync.tables import entities, refusals, repositories, sections, sources, teams
from core.clock import Clock

_log = structlog.get_logger(__name__)


class Sync:
    """Brings the catalog in line with its sources."""

    def __init__(self, store: CatalogStore, clock: Clock, *, hold_removals_over: float = 0.2) -> None:
        self._store = store
        self._clock = clock
        self._hold_over = hold_removals_over

    def run(self, provider: Provider, *, full: bool = False) -> SyncReport:
        """Look at everything of one source and write what changed.

        Args:
            provider: The source.
            full: Read every repository again, changed or not.

        Raises:
            GitHubUnavailable: The source did not answer; nothing was changed.
        """
        started = time.monotonic()
        known = {} if full else self._store.fingerprints(provider.source)
        reading = provider.read(known)
        return self._apply(provider.source, reading, started)

    def refresh(
        self, github: GitHubPort, name: RepositoryName, descriptor: str = "catalog-info.yaml"
    ) -> SyncReport:
        """Look at one repository now; one that is not there (any more) changes nothing here.

        Raises:
            GitHubUnavailable: GitHub did not answer; nothing was changed.
        """
        started, before = time.monotonic(), github.requests
        provider = GitHubProvider(github, name.owner, descriptor)
        detail = github.repository(name)
        changed = (provider.record(detail),) if detail else ()
        existing = frozenset(record.key for record in changed)
        reading = Reading(existing, changed, None, github.requests - before, is_complete=False)
        return self._apply(provider.source, reading, started)

    def _apply(self, source: str, reading: Reading, started: float) -> SyncReport:
        with self._store.database.write() as connection:
            self._lock(connection)
            plan = plan_of(source, reading, _stored(connection, source), self._hold_over)
            self._write(connection, plan)
            self._note(connection, source, plan, reading.is_complete)
            count = connection.execute(
                sa.select(sa.func.count()).select_from(entities).where(entities.c.source == source)
            ).scalar_one()
            refused = connection.execute(
                sa.select(refusals.c.place, refusals.c.message, refusals.c.expected, refusals.c.found)
                .where(refusals.c.source == source)
                .order_by(refusals.c.owner_key, refusals.c.position)
            ).all()
        report = SyncReport(
            source=source,
            requests=reading.requests,
            repositories=len(reading.existing),
            added=tuple(plan.added),
            changed=tuple(plan.changed),
            removed=tuple(plan.gone_entities),
            unchanged=count - len(plan.added) - len(plan.changed),
            refused=tuple(RefusalLine(*row) for row in refused),
            held=plan.held,
            took_s=time.monotonic() - started,
            docs_changed=tuple(
                RepositoryName(row["host"], row["owner"], row["name"])
                for row in plan.repositories
                if row["docs_wanted"] != row["docs_read"]
            ),
        )
        _log.info(
            "catalog.synced",
            source=source,
            added=len(report.added),
            changed=len(report.changed),
            removed=len(report.removed),
            refused=len(report.refused),
            requests=report.requests,
            held=report.held,
            took_s=round(report.took_s, 2),
        )
        return report

    def _lock(self, connection: sa.Connection) -> None:
        """One sync writes at a time: two would both think that they are first to claim a name."""
        if self._store.database.is_sqlite:
            # Touches no row, yet makes this transaction the writer before it reads.
            connection.execute(sources.update().where(sa.false()).values(held=False))
        else:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(8116303)"))

    def _write(self, connection: sa.Connection, plan: Plan) -> None:
        database = self._store.database
        _delete(connection, entities.c.ref, plan.gone_entities)
        _delete(connection, refusals.c.owner_key, [*plan.gone_repositories, *plan.refusal_owners])
        _delete(connection, sections.c.repository, plan.gone_repositories)
        _delete(connection, repositories.c.key, plan.gone_repositories)
        _delete(connection, teams.c.key, plan.gone_teams)
        database.upsert(connection, repositories, plan.repositories)
        database.upsert(connection, entities, plan.entities)
        database.upsert(connection, refusals, plan.refusals)
        database.upsert(connection, teams, plan.teams)
        for key, visibility in plan.shown_to.items():
            # At once, not when the docs change: a repository that was closed is closed.
            connection.execute(
                sections.update().where(sections.c.repository == key).values(visibility=visibility)
            )
        for keys in in_batches(plan.read_again):
            connection.execute(
                repositories.update().where(repositories.c.key.in_(keys)).values(fingerprint="")
            )

    def _note(self, connection: sa.Connection, source: str, plan: Plan, is_complete: bool) -> None:
        """The one row that every sync touches: when the catalog was last known to be right."""
        now = self._clock.now()
        values: dict[str, Any] = {"generation": sources.c.generation + (0 if plan.is_empty else 1)}
        if is_complete:
            # One repository looked at alone says nothing about the others.
            values |= {"synced_at": now, "held": plan.held}
        touched = connection.execute(sources.update().where(sources.c.source == source).values(**values))
        if touched.rowcount == 0:
            connection.execute(
                sources.insert().values(source=source, synced_at=now, held=plan.held, generation=1)
            )


def _stored(connection: sa.Connection, source: str) -> Stored:
    columns = (entities.c.digest, entities.c.source, entities.c.provider, entities.c.repository)
    found = connection.execute(sa.select(entities.c.ref, *columns, entities.c.location))
    known = connection.execute(
        sa.select(repositories.c.key, repositories.c.docs_read, repositories.c.visibility).where(
            repositories.c.source == source
        )
    ).all()
    groups = connection.execute(sa.select(teams.c.key, teams.c.digest).where(teams.c.source == source))
    waiting = connection.execute(
        sa.select(refusals.c.conflict, refusals.c.owner_key).where(refusals.c.conflict.is_not(None))
    )
    return Stored(
        entities={
            row.ref: StoredEntity(row.digest, row.source, row.provider, row.repository, row.location)
            for row in found
        },
        docs_read={row.key: row.docs_read for row in known},
        visibility={row.key: row.visibility for row in known},
        teams={row.key: row.digest for row in groups},
        waiting=[(row.conflict, row.owner_key) for row in waiting],
    )


def _delete(connection: sa.Connection, column: sa.Column[Any], keys: Sequence[str]) -> None:
    for batch in in_batches(keys):
        connection.execute(column.table.delete().where(column.in_(batch)))
