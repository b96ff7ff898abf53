"""The only SQL of the scorecards: transitions in, scores and history out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from core.access import SlackUser, Visibility
from core.database import Database
from scorecards.evaluate import Memory, Remembered
from scorecards.model import Change, EntityScore, Level, Result, State
from scorecards.tables import (
    check_results,
    entity_scores,
    fix_claims,
    level_changes,
    score_snapshots,
    scorecard_runs,
)

_BATCH = 500
_EVERYTHING = frozenset(Visibility)


@dataclass(frozen=True, slots=True)
class Judged:
    """One entity as it is to be stored: its score, what is remembered, and a change of level."""

    score: EntityScore
    checks: Mapping[str, Remembered]
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One entity's numbers as they stood on some day."""

    entity: str
    owner: str
    passed: int
    judged: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save wrote: rows of results, and entities that are no longer judged."""

    results: int
    removed: tuple[str, ...]


class ScoreStore:
    """Scores on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def memories(self) -> dict[str, Memory]:
        """What is remembered of every judged entity, by reference; two queries."""
        with self._database.read() as connection:
            levels = connection.execute(sa.select(entity_scores.c.entity, entity_scores.c.level)).all()
            checks = _checks_by_entity(connection.execute(sa.select(check_results)))
        return {row.entity: Memory(Level(row.level), checks.get(row.entity, {})) for row in levels}

    def save(self, judged: Sequence[Judged], memories: Mapping[str, Memory], at: datetime) -> Saved:
        """Store an evaluation in one transaction; what did not change is not written.

        Args:
            judged: Every entity that is judged; what is stored of others is removed.
            memories: What ``memories()`` gave before the evaluation.
            at: The moment of the evaluation.
        """
        with self._database.write() as connection:
            known = {score.entity: score for score in _scores(connection, None, _EVERYTHING)}
            removed = tuple(sorted(known.keys() - {item.score.entity for item in judged}))
            self._remove(connection, removed, at)
            count = self._save_results(connection, judged, memories, known, at)
            self._save_scores(connection, [item.score for item in judged], known, at)
            self._save_changes(connection, judged, at)
            run = {"name": "judge", "at": at, "entities": len(judged)}
            self._database.upsert(connection, scorecard_runs, [run])
        return Saved(count, removed)

    def _save_results(
        self,
        connection: sa.Connection,
        judged: Sequence[Judged],
        memories: Mapping[str, Memory],
        known: Mapping[str, EntityScore],
        at: datetime,
    ) -> int:
        rows: list[dict[str, Any]] = []
        gone: list[tuple[str, str]] = []
        for item in judged:
            entity = item.score.entity
            memory = memories.get(entity)
            before = memory.checks if memory else {}
            # Results carry the visibility of their entity, so all of them follow when it changes.
            moved = entity in known and known[entity].visibility is not item.score.visibility
            for name, now in item.checks.items():
                if moved or before.get(name) is not now:
                    rows.append(_result_row(item.score, now, at))
            gone.extend((entity, name) for name in before.keys() - item.checks.keys())
        self._database.upsert(connection, check_results, rows)
        for entity, name in gone:
            connection.execute(
                check_results.delete().where(
                    check_results.c.entity == entity, check_results.c.check_id == name
                )
            )
        return len(rows)

    def _save_scores(
        self,
        connection: sa.Connection,
        scores: Sequence[EntityScore],
        known: Mapping[str, EntityScore],
        at: datetime,
    ) -> None:
        changed = [score for score in scores if _differs(score, known.get(score.entity))]
        self._database.upsert(connection, entity_scores, [_score_row(score, at) for score in changed])
        counted = [score for score in scores if _counts_differ(score, known.get(score.entity))]
        self._database.upsert(connection, score_snapshots, [_snapshot_row(score, at) for score in counted])

    def _save_changes(self, connection: sa.Connection, judged: Iterable[Judged], at: datetime) -> None:
        rows = [
            {
                "entity": item.score.entity,
                "at": at,
                "owner": item.score.owner,
                "title": item.score.title,
                "before": int(item.change.before),
                "after": int(item.change.after),
                "because": item.change.because,
                "visibility": str(item.score.visibility),
            }
            for item in judged
            if item.change
        ]
        self._database.upsert(connection, level_changes, rows)

    def _remove(self, connection: sa.Connection, entities: Sequence[str], at: datetime) -> None:
        for batch in _batches(entities):
            connection.execute(entity_scores.delete().where(entity_scores.c.entity.in_(batch)))
            connection.execute(check_results.delete().where(check_results.c.entity.in_(batch)))
        tombstones = [
            {
                "entity": entity,
                "day": at.date(),
                "owner": "",
                "passed": 0,
                "judged": 0,
                "visibility": "private",
            }
            for entity in entities
        ]
        self._database.upsert(connection, score_snapshots, tombstones)

    def scores(
        self, visible: frozenset[Visibility], owners: Collection[str] | None = None
    ) -> tuple[EntityScore, ...]:
        """Scores with their results in the order of titles; of all owners, or of some."""
        with self._database.read() as connection:
            return _scores(connection, owners, visible)

    def changes(self, since: datetime, owners: Collection[str] | None = None) -> dict[str, list[Change]]:
        """Rises and falls from a moment on, oldest first, by the owner that the entity had then."""
        query = sa.select(level_changes).where(level_changes.c.at > since).order_by(level_changes.c.at)
        if owners is not None:
            query = query.where(level_changes.c.owner.in_(sorted(owners)))
        found: dict[str, list[Change]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(query):
                change = Change(row.entity, row.title, Level(row.before), Level(row.after), row.because)
                found[row.owner].append(change)
        return dict(found)

    def snapshots(self, day: date) -> tuple[Snapshot, ...]:
        """The numbers of all entities as they stood at the end of a day, however old they are."""
        newest = (
            sa.select(score_snapshots.c.entity, sa.func.max(score_snapshots.c.day).label("day"))
            .where(score_snapshots.c.day <= day)
            .group_by(score_snapshots.c.entity)
            .subquery()
        )
        query = sa.select(score_snapshots).join(
            newest,
            sa.and_(score_snapshots.c.entity == newest.c.entity, score_snapshots.c.day == newest.c.day),
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Snapshot(row.entity, row.owner, row.passed, row.judged) for row in rows)

    def first_days(self) -> dict[str, date]:
        """The day on which each owner was first judged."""
        query = (
            sa.select(score_snapshots.c.owner, sa.func.min(score_snapshots.c.day).label("day"))
            .where(score_snapshots.c.owner != "")
            .group_by(score_snapshots.c.owner)
        )
        with self._database.read() as connection:
            return {row.owner: row.day for row in connection.execute(query)}

    def measured_at(self) -> datetime | None:
        """When everything was judged last; None before the first time."""
        query = sa.select(scorecard_runs.c.at).where(scorecard_runs.c.name == "judge")
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
        return found

    def claims(self) -> dict[tuple[str, str], str]:
        """Slack ids of those who took an improvement, by team and key of the improvement."""
        with self._database.read() as connection:
            return {(row.team, row.fix): row.slack_user for row in connection.execute(sa.select(fix_claims))}

    def claim(self, team: str, fix: str, user: SlackUser, at: datetime) -> str:
        """Take an improvement for a person, unless somebody has it already.

        Returns:
            The Slack id of whoever has it now.
        """
        row = {"team": team, "fix": fix, "workspace": user.workspace, "slack_user": user.id, "at": at}
        with self._database.write() as connection:
            self._database.upsert(connection, fix_claims, [row], update=())
            query = sa.select(fix_claims.c.slack_user).where(
                fix_claims.c.team == team, fix_claims.c.fix == fix
            )
            return str(connection.execute(query).scalar_one())


def _scores(
    connection: sa.Connection, owners: Collection[str] | None, visible: frozenset[Visibility]
) -> tuple[EntityScore, ...]:
    query = sa.select(entity_scores).where(entity_scores.c.visibility.in_(sorted(visible)))
    results = sa.select(check_results)
    if owners is not None:
        query = query.where(entity_scores.c.owner.in_(sorted(owners)))
        owned = sa.select(entity_scores.c.entity).where(entity_scores.c.owner.in_(sorted(owners)))
        results = results.where(check_results.c.entity.in_(owned))
    rows = connection.execute(query.order_by(entity_scores.c.title, entity_scores.c.entity)).all()
    by_entity = _checks_by_entity(connection.execute(results.order_by(check_results.c.check_id)))
    return tuple(_score(row, by_entity.get(row.entity, {})) for row in rows)


def _score(row: Any, checks: Mapping[str, Remembered]) -> EntityScore:
    return EntityScore(
        entity=row.entity,
        title=row.title,
        owner=row.owner,
        level=Level(row.level),
        results=tuple(remembered.result for remembered in checks.values()),
        visibility=Visibility(row.visibility),
        is_ranked=row.is_ranked,
        fields=row.fields,
    )


def _checks_by_entity(rows: Iterable[Any]) -> dict[str, dict[str, Remembered]]:
    found: dict[str, dict[str, Remembered]] = defaultdict(dict)
    for row in rows:
        result = Result(row.check_id, State(row.state), row.value, row.why)
        found[row.entity][row.check_id] = Remembered(result, row.since, row.verdict)
    return found


def _result_row(score: EntityScore, now: Remembered, at: datetime) -> dict[str, Any]:
    return {
        "entity": score.entity,
        "check_id": now.result.check,
        "state": str(now.result.state),
        "verdict": now.verdict,
        "value": now.result.value,
        "why": now.result.why,
        "since": now.since,
        "seen_at": at,
        "visibility": str(score.visibility),
    }


def _score_row(score: EntityScore, at: datetime) -> dict[str, Any]:
    return {
        "entity": score.entity,
        "title": score.title,
        "owner": score.owner,
        "level": int(score.level),
        "is_ranked": score.is_ranked,
        "fields": dict(score.fields),
        "visibility": str(score.visibility),
        "seen_at": at,
    }


def _snapshot_row(score: EntityScore, at: datetime) -> dict[str, Any]:
    return {
        "entity": score.entity,
        "day": at.date(),
        "owner": score.owner,
        "passed": score.passed,
        "judged": score.judged,
        "visibility": str(score.visibility),
    }


def _differs(score: EntityScore, known: EntityScore | None) -> bool:
    return known is None or _identity(score) != _identity(known)


def _identity(score: EntityScore) -> tuple[Any, ...]:
    return (score.title, score.owner, score.level, score.is_ranked, dict(score.fields), score.visibility)


def _counts_differ(score: EntityScore, known: EntityScore | None) -> bool:
    if known is None:
        return True
    return (score.owner, score.passed, score.judged) != (known.owner, known.passed, known.judged)


def _batches(entities: Sequence[str]) -> Iterable[Sequence[str]]:
    return (entities[start : start + _BATCH] for start in range(0, len(entities), _BATCH))
