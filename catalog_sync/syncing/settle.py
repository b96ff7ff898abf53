"""The end of a walk: what was not seen goes, unless it is so much that it looks like a mistake; then it is held."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from catalog_sync.providers.teams import PROVIDER as TEAMS
from catalog_sync.records import digest
from catalog_sync.syncing.plan import Leaving, is_too_much
from catalog_sync.syncing.rows import count, delete, waiting_for
from catalog_sync.tables import entities, holds, refusals, repositories, sections, sources, teams
from core.database import Database


@dataclass(frozen=True, slots=True)
class Settled:
    """What the end of a walk did."""

    removed: tuple[str, ...] = ()
    """References."""
    is_held: bool = False
    waiting: tuple[str, ...] = ()
    """Ids of repositories that may have a name now which was taken."""
    has_changed: bool = False
    is_waiting: bool = False
    """Whether the next walk decides: one by one so much went that it looks like a mistake of the source."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What would go, and waits for an administrator's word."""

    source: str
    digest: str
    """Of exactly what would go; an approval is for that and nothing else."""
    repositories: tuple[str, ...]
    entities: tuple[str, ...]
    known: int
    """How many entities the source has in all."""
    found_at: datetime
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What may go at the end of a walk.

    Args:
        hold_over: The share of the source's entities, or repositories, above which nothing goes unasked.
        orphans_before: Entities that no file describes since this moment or longer go.
        ends_walk: Whether everything was looked at just now; else something of it between two walks.
    """

    hold_over: float
    orphans_before: datetime
    ends_walk: bool


def settle(
    database: Database, connection: sa.Connection, source: str, walk: int, rules: Rules, now: datetime
) -> Settled:
    """Remove what a complete walk did not see, or hold it."""
    leaving = _leaving(connection, source, walk, rules)
    is_approved = _is_approved(connection, source, leaving)
    if is_too_much(leaving, rules.hold_over) and not is_approved:
        if not rules.ends_walk and not held(connection, source):
            return Settled(is_waiting=True)
        _hold(database, connection, source, leaving, now)
        return Settled(is_held=True)
    delete(connection, holds.c.source, [source])
    _note_lost(connection, source, None if rules.ends_walk or is_approved else leaving)
    gone_teams = list(
        connection.execute(
            sa.select(teams.c.key).where(teams.c.source == source, teams.c.walk < walk)
        ).scalars()
    )
    waiting = waiting_for(connection, source, leaving.entities)
    delete(connection, entities.c.ref, leaving.entities)
    for column in (refusals.c.owner_key, sections.c.repository, repositories.c.key):
        delete(connection, column, leaving.repositories)
    delete(connection, teams.c.key, gone_teams)
    has_changed = bool(leaving.entities or leaving.repositories or gone_teams)
    return Settled(tuple(leaving.entities), waiting=tuple(waiting), has_changed=has_changed)


def held(connection: sa.Connection, source: str | None = None) -> list[Hold]:
    """What is held, of one source or of all."""
    statement = sa.select(holds).order_by(holds.c.source)
    if source is not None:
        statement = statement.where(holds.c.source == source)
    return [
        Hold(
            row.source,
            row.digest,
            tuple(row.repositories),
            tuple(row.entities),
            row.known,
            row.found_at,
            row.approved_by,
        )
        for row in connection.execute(statement)
    ]


def approve(connection: sa.Connection, source: str, digest: str, by: str, now: datetime) -> bool:
    """Let go exactly what is held; False when something else is held by now, or nothing."""
    done = connection.execute(
        holds.update()
        .where(holds.c.source == source, holds.c.digest == digest)
        .values(approved_at=now, approved_by=by)
    )
    return done.rowcount == 1


def _leaving(connection: sa.Connection, source: str, walk: int, rules: Rules) -> Leaving:
    mine = repositories.c.source == source
    unseen = sa.select(repositories.c.key).where(mine, repositories.c.walk < walk)
    is_due = sa.and_(
        entities.c.gone_at.is_not(None),
        # A team that was dissolved is no slip of somebody's file.
        sa.or_(entities.c.provider == TEAMS, entities.c.gone_at <= rules.orphans_before),
    )
    ours = entities.c.source == source
    refs = connection.execute(
        sa.select(entities.c.ref).where(ours, sa.or_(is_due, entities.c.repository.in_(unseen)))
    ).scalars()
    lost = sa.select(sources.c.lost_repositories, sources.c.lost_entities).where(sources.c.source == source)
    before = (0, 0) if rules.ends_walk else connection.execute(lost).one()
    return Leaving(
        sorted(connection.execute(unseen).scalars()),
        sorted(refs),
        count(connection, repositories, mine),
        count(connection, entities, ours),
        *before,
    )


def _note_lost(connection: sa.Connection, source: str, leaving: Leaving | None) -> None:
    """Count what leaves between two walks; None begins anew."""
    repositories_lost = leaving.lost_repositories + len(leaving.repositories) if leaving else 0
    entities_lost = leaving.lost_entities + len(leaving.entities) if leaving else 0
    values = {"lost_repositories": repositories_lost, "lost_entities": entities_lost}
    connection.execute(sources.update().where(sources.c.source == source).values(**values))


def _digest(leaving: Leaving) -> str:
    return digest(list(leaving.repositories), list(leaving.entities))


def _is_approved(connection: sa.Connection, source: str, leaving: Leaving) -> bool:
    statement = sa.select(holds.c.approved_at).where(
        holds.c.source == source, holds.c.digest == _digest(leaving)
    )
    return connection.execute(statement).scalar() is not None


def _hold(
    database: Database, connection: sa.Connection, source: str, leaving: Leaving, now: datetime
) -> None:
    """Write down what would go; the moment and an approval stay as long as it is the same."""
    known = held(connection, source)
    if known and known[0].digest == _digest(leaving):
        return
    row = {
        "source": source,
        "digest": _digest(leaving),
        "repositories": list(leaving.repositories),
        "entities": list(leaving.entities),
        "known": leaving.known_entities,
        "found_at": now,
        "approved_at": None,
        "approved_by": None,
    }
    database.upsert(connection, holds, [row])
