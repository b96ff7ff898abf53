"""Scores in the database: transitions in, what holds now out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import Visibility
from core.database import Database
from scorecards.evaluate import Memory, Remembered
from scorecards.model import Change, EntityScore, Level, Result, State
from scorecards.tables import check_results, entity_scores, level_changes, score_snapshots, scorecard_runs

_BATCH = 500
_RUN = "judge"


@dataclass(frozen=True, slots=True)
class Judged:
    """One entity as it is to be stored: its score, what is remembered, and a change of level."""

    score: EntityScore
    checks: Mapping[str, Remembered]
    change: Change | None = None


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
            known = {
                row.entity: _score(row, memories[row.entity].checks)
                for row in connection.execute(sa.select(entity_scores))
                if row.entity in memories
            }
            removed = tuple(sorted(known.keys() - {item.score.entity for item in judged}))
            self._remove(connection, removed, at)
            rows = [row for item in judged for row in _changed_results(item, known, memories, at)]
            self._database.upsert(connection, check_results, rows)
            _drop_results(connection, judged, memories)
            self._save_scores(connection, [item.score for item in judged], known, at)
            changes = [_change_row(item.score, item.change, at) for item in judged if item.change]
            self._database.upsert(connection, level_changes, changes)
            run = {"name": _RUN, "at": at, "entities": len(judged)}
            self._database.upsert(connection, scorecard_runs, [run])
        return Saved(len(rows), removed)

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

    def _remove(self, connection: sa.Connection, entities: Sequence[str], at: datetime) -> None:
        for batch in _batches(entities):
            connection.execute(entity_scores.delete().where(entity_scores.c.entity.in_(batch)))
            connection.execute(check_results.delete().where(check_results.c.entity.in_(batch)))
        ends = [
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
        self._database.upsert(connection, score_snapshots, ends)

    def scores(
        self, visible: frozenset[Visibility], owners: Collection[str] | None = None
    ) -> tuple[EntityScore, ...]:
        """Scores with their results, in the order of titles; of all owners, or of some; two queries."""
        seen = entity_scores.c.visibility.in_(sorted(visible))
        if owners is None:
            return self._read(seen)
        return self._read(sa.and_(seen, entity_scores.c.owner.in_(sorted(owners))))

    def score(self, entity: str, visible: frozenset[Visibility]) -> EntityScore | None:
        """One entity's score with its results; None where there is none to see."""
        where = sa.and_(entity_scores.c.entity == entity, entity_scores.c.visibility.in_(sorted(visible)))
        return next(iter(self._read(where)), None)

    def _read(self, where: sa.ColumnElement[bool]) -> tuple[EntityScore, ...]:
        query = sa.select(entity_scores).where(where).order_by(entity_scores.c.title, entity_scores.c.entity)
        entities = sa.select(entity_scores.c.entity).where(where)
        results = sa.select(check_results).where(check_results.c.entity.in_(entities))
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            checks = _checks_by_entity(connection.execute(results.order_by(check_results.c.check_id)))
        return tuple(_score(row, checks.get(row.entity, {})) for row in rows)

    def measured_at(self) -> datetime | None:
        """When everything was judged last; None before the first time."""
        query = sa.select(scorecard_runs.c.at).where(scorecard_runs.c.name == _RUN)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
        return found


def _changed_results(
    item: Judged, known: Mapping[str, EntityScore], memories: Mapping[str, Memory], at: datetime
) -> Iterable[dict[str, Any]]:
    """Rows of the results that are new or other than remembered."""
    stored, memory = known.get(item.score.entity), memories.get(item.score.entity)
    before = memory.checks if memory else {}
    # Results carry the visibility of their entity, so all of them follow when it changes.
    moved = stored is not None and stored.visibility is not item.score.visibility
    for name, now in item.checks.items():
        if moved or before.get(name) is not now:
            yield _result_row(item.score, now, at)


def _drop_results(
    connection: sa.Connection, judged: Iterable[Judged], memories: Mapping[str, Memory]
) -> None:
    """Forget results of checks that are no more."""
    gone: dict[str, list[str]] = defaultdict(list)
    for item in judged:
        memory = memories.get(item.score.entity)
        for name in (memory.checks.keys() - item.checks.keys()) if memory else ():
            gone[name].append(item.score.entity)
    for name, entities in gone.items():
        for batch in _batches(entities):
            connection.execute(
                check_results.delete().where(
                    check_results.c.check_id == name, check_results.c.entity.in_(batch)
                )
            )


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


def _change_row(score: EntityScore, change: Change, at: datetime) -> dict[str, Any]:
    return {
        "entity": score.entity,
        "at": at,
        "owner": score.owner,
        "title": score.title,
        "before": int(change.before),
        "after": int(change.after),
        "because": change.because,
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
