"""The use case that writes: what a provider saw in, one diff, one transaction, and a report out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog

from catalog_sync.answers import RefusalLine, SyncReport
from catalog_sync.entity.descriptor import file_name
from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, Refusal, RepositoryName, Source
from catalog_sync.github.port import GitHubPort, TeamSnapshot
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.records import Provider, Reading, RepositoryRecord, digest, repository_key
from catalog_sync.store import CatalogStore, entity_row, in_batches, repository_row
from catalog_sync.tables import entities, refusals, repositories, sections, sources, teams
from core.access import Visibility
from core.clock import Clock

_log = structlog.get_logger(__name__)
_FEW = 3
"""So few removals are never held back, whatever their share."""

Row = dict[str, Any]


@dataclass(slots=True)
class _Plan:
    """What one sync will do to the store."""

    entities: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)
    repositories: list[Row] = field(default_factory=list)
    teams: list[Row] = field(default_factory=list)
    gone_entities: list[str] = field(default_factory=list)
    gone_repositories: list[str] = field(default_factory=list)
    gone_teams: list[str] = field(default_factory=list)
    read_again: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refusal_owners: list[str] = field(default_factory=list)
    held: bool = False

    @property
    def is_empty(self) -> bool:
        return not (
            self.entities
            or self.repositories
            or self.teams
            or self.gone_entities
            or self.gone_repositories
            or self.gone_teams
        )


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
            stored = _Stored(connection, source)
            plan = _plan(source, reading, stored, self._hold_over)
            self._write(connection, source, plan)
            count = connection.execute(
                sa.select(sa.func.count()).select_from(entities).where(entities.c.source == source)
            ).scalar_one()
            refused = connection.execute(
                sa.select(refusals.c.place, refusals.c.message)
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
            refused=tuple(RefusalLine(row.place, row.message) for row in refused),
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
        if not self._store.database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(8116303)"))

    def _write(self, connection: sa.Connection, source: str, plan: _Plan) -> None:
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
        for keys in in_batches(plan.read_again):
            connection.execute(
                repositories.update().where(repositories.c.key.in_(keys)).values(fingerprint="")
            )
        self._note(connection, source, plan)

    def _note(self, connection: sa.Connection, source: str, plan: _Plan) -> None:
        """The one row that every sync touches: when the catalog was last known to be right."""
        now = self._clock.now()
        step = 0 if plan.is_empty else 1
        values = {"synced_at": now, "held": plan.held, "generation": sources.c.generation + step}
        touched = connection.execute(sources.update().where(sources.c.source == source).values(**values))
        if touched.rowcount == 0:
            connection.execute(
                sources.insert().values(source=source, synced_at=now, held=plan.held, generation=1)
            )


class _Stored:
    """What the store holds, as far as one sync needs it."""

    def __init__(self, connection: sa.Connection, source: str) -> None:
        statement: sa.Select[Any] = sa.select(
            entities.c.ref,
            entities.c.digest,
            entities.c.source,
            entities.c.provider,
            entities.c.repository,
            entities.c.location,
        )
        self.entities = {row.ref: row for row in connection.execute(statement)}
        statement = sa.select(repositories.c.key, repositories.c.docs_read).where(
            repositories.c.source == source
        )
        self.repositories = {row.key: row for row in connection.execute(statement)}
        statement = sa.select(teams.c.key, teams.c.digest).where(teams.c.source == source)
        self.teams = {row.key: row.digest for row in connection.execute(statement)}
        statement = sa.select(refusals.c.conflict, refusals.c.owner_key).where(
            refusals.c.conflict.is_not(None)
        )
        self.waiting = [(row.conflict, row.owner_key) for row in connection.execute(statement)]


def _plan(source: str, reading: Reading, stored: _Stored, hold_over: float) -> _Plan:
    plan = _Plan()
    records = sorted(reading.changed, key=lambda record: record.created_at)
    changed = {record.key for record in records}
    if reading.is_complete:
        plan.gone_repositories = sorted(set(stored.repositories) - reading.existing)
    leaving = changed | set(plan.gone_repositories)
    mine = {ref: row for ref, row in stored.entities.items() if row.source == source}
    # Names that stay taken: entities whose file was not read again this time.
    taken = {
        ref: row.location
        for ref, row in stored.entities.items()
        if row.repository not in leaving and not _is_team(row)
    }
    kept: set[str] = set()
    for record in records:
        _plan_repository(plan, source, record, taken, kept, stored)
    if reading.teams is not None:
        _plan_teams(plan, source, reading.teams, taken, kept, stored)
    gone = {
        ref
        for ref, row in mine.items()
        if row.repository in leaving or (reading.teams is not None and _is_team(row))
    }
    plan.gone_entities = sorted(gone - kept)
    _hold(plan, len(mine), hold_over)
    freed = set(plan.gone_entities)
    plan.read_again = sorted(
        {owner for ref, owner in stored.waiting if ref in freed and owner not in changed}
    )
    return plan


def _is_team(row: Any) -> bool:
    return bool(row.provider == "github-teams")


def _hold(plan: _Plan, known: int, hold_over: float) -> None:
    """Too many at once looks like a mistake of the source: keep them, and say so."""
    count = len(plan.gone_entities)
    if count > _FEW and count > hold_over * known:
        plan.held = True
        plan.gone_entities, plan.gone_repositories, plan.gone_teams = [], [], []


def _plan_repository(
    plan: _Plan, source: str, record: RepositoryRecord, taken: dict[str, str], kept: set[str], stored: _Stored
) -> None:
    before = stored.repositories.get(record.key)
    plan.repositories.append(repository_row(record, source, before.docs_read if before else ""))
    plan.refusal_owners.append(record.key)
    refused: list[tuple[Refusal, str | None]] = [(refusal, None) for refusal in record.refusals]
    for entity in record.entities:
        ref = str(entity.ref)
        if ref in taken:
            refused.append((_conflict(entity, taken[ref]), ref))
            continue
        taken[ref] = entity.source.location
        kept.add(ref)
        _plan_entity(plan, entity_row(entity, source, record.key), stored)
    plan.refusals += [
        _refusal_row(source, record.key, number, refusal, conflict, record.visibility)
        for number, (refusal, conflict) in enumerate(refused)
    ]


def _plan_entity(plan: _Plan, row: Row, stored: _Stored) -> None:
    before = stored.entities.get(row["ref"])
    if before is not None and before.digest == row["digest"]:
        return
    plan.entities.append(row)
    (plan.changed if before is not None else plan.added).append(row["ref"])


def _conflict(entity: Entity, first: str) -> Refusal:
    place = f"{file_name(entity.source)}:{entity.source.line}:1"
    message = f"{entity.ref} is already described in {first}; the first one is kept"
    return Refusal(place, message, entity.source, "a name of its own", str(entity.ref))


def _refusal_row(
    source: str, owner: str, number: int, refusal: Refusal, conflict: str | None, visibility: Visibility
) -> Row:
    return {
        "owner_key": owner,
        "position": number,
        "source": source,
        "place": refusal.where,
        "message": refusal.message,
        "expected": refusal.expected,
        "found": refusal.found,
        "conflict": conflict,
        "visibility": str(visibility),
    }


def _plan_teams(
    plan: _Plan,
    source: str,
    snapshots: Sequence[TeamSnapshot],
    taken: Mapping[str, str],
    kept: set[str],
    stored: _Stored,
) -> None:
    """Teams become Groups and their members Users, except where a descriptor describes them."""
    seen = set()
    for team in snapshots:
        row = _team_row(source, team)
        seen.add(row["key"])
        if stored.teams.get(row["key"]) != row["digest"]:
            plan.teams.append(row)
    plan.gone_teams = sorted(set(stored.teams) - seen)
    for entity in (*_groups(snapshots), *_users(snapshots)):
        ref = str(entity.ref)
        if ref in taken:
            continue
        kept.add(ref)
        _plan_entity(plan, entity_row(entity, source, None), stored)


def _team_row(source: str, team: TeamSnapshot) -> Row:
    values: Row = {
        "key": f"{team.host}/{team.organization}/{team.slug}".lower(),
        "host": team.host,
        "organization": team.organization,
        "slug": team.slug,
        "source": source,
        "name": team.name,
        "description": team.description,
        "parent_slug": team.parent_slug,
        "url": team.url,
        "members": [
            {"login": m.login, "name": m.name, "email": m.email, "is_maintainer": m.is_maintainer}
            for m in team.members
        ],
        "repositories": dict(team.repositories),
    }
    return {**values, "digest": digest(values)}


def _groups(snapshots: Sequence[TeamSnapshot]) -> list[Entity]:
    return [
        Entity(
            EntityRef("Group", DEFAULT_NAMESPACE, team.slug),
            "backstage.io/v1alpha1",
            {
                "name": team.slug,
                "title": team.name,
                **({"description": team.description} if team.description else {}),
                "annotations": {"github.com/team-slug": f"{team.organization}/{team.slug}"},
            },
            {"type": "team", "children": [], **({"parent": team.parent_slug} if team.parent_slug else {})},
            _team_source(team),
        )
        for team in snapshots
    ]


def _users(snapshots: Sequence[TeamSnapshot]) -> list[Entity]:
    found: dict[str, tuple[Any, list[str], TeamSnapshot]] = {}
    for team in snapshots:
        for member in team.members:
            found.setdefault(member.login, (member, [], team))[1].append(team.slug)
    return [
        Entity(
            EntityRef("User", DEFAULT_NAMESPACE, login),
            "backstage.io/v1alpha1",
            {
                "name": login,
                "annotations": {"github.com/user-login": login},
                **({"title": member.name} if member.name else {}),
            },
            {
                "profile": {
                    key: value
                    for key, value in (("displayName", member.name), ("email", member.email))
                    if value
                },
                "memberOf": sorted(slugs),
            },
            _team_source(team),
        )
        for login, (member, slugs, team) in sorted(found.items())
    ]


def _team_source(team: TeamSnapshot) -> Source:
    return Source(
        provider="github-teams",
        location=f"{team.host}/{team.organization}/teams/{team.slug}",
        url=team.url,
        # Who is in which team is shown to members of the organisation, not to guests.
        visibility=Visibility.INTERNAL,
    )


def _delete(connection: sa.Connection, column: sa.Column[Any], keys: Sequence[str]) -> None:
    for batch in in_batches(keys):
        connection.execute(column.table.delete().where(column.in_(batch)))


__all__ = ["Sync", "repository_key"]
