"""The SQL of corrections: one wish at a time for each thing and owner, and every change of it in one transaction."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.entity.model import RepositoryName
from catalog_sync.mending.correction import (
    UNSETTLED,
    Correction,
    CorrectionState,
    content_of,
    correction_of,
)
from catalog_sync.records import repository_key
from catalog_sync.tables import corrections
from core.clock import Clock
from core.database import Database

_LOCK = 8116307
"""Two who ask for the same at once would both be the first."""
_C = corrections.c


class CorrectionRows:
    """The rows of ``catalog_corrections``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, id: str) -> Correction | None:
        """A correction by its id."""
        return next(iter(self._found(_C.id == id)), None)

    def begin(self, topic: str, make: Callable[[Correction | None], Correction]) -> Correction:
        """Write down a wish, or what becomes of the one that is under way, while nobody else does.

        Args:
            topic: Of the thing and the new owner.
            make: From the wish of this topic that is not settled to what is written, with any id and version
                where there is none.
        """
        with self._database.write_in_turn(corrections, _LOCK) as connection:
            rows = connection.execute(sa.select(corrections).where(_C.topic == topic)).all()
            earlier = [correction_of(row._asdict()) for row in rows]
            under_way = next((one for one in earlier if one.state in UNSETTLED), None)
            wish = make(under_way)
            if under_way is not None:
                if wish == under_way:
                    return wish
                wish = replace(wish, version=under_way.version + 1)
                self._update(connection, wish)
                return wish
            wish = replace(wish, id=f"{topic}-{len(earlier) + 1}", version=1)
            row = {"id": wish.id, "topic": topic, "shown": 0, **self._values(wish)}
            connection.execute(corrections.insert().values(row))
            return wish

    def change(
        self,
        id: str,
        states: Collection[CorrectionState],
        changed: Callable[[Correction], Correction],
        *,
        is_news: bool = True,
    ) -> Correction | None:
        """Change a correction that is in one of some states; None where it is in none of them any more.

        Args:
            id: Which.
            states: The states that it may be in.
            changed: From what is there to what is written.
            is_news: Whether people have to be shown it.
        """
        with self._database.write_in_turn(corrections, _LOCK) as connection:
            row = connection.execute(sa.select(corrections).where(_C.id == id)).first()
            if row is None or row.state not in set(states):
                return None
            before = correction_of(row._asdict())
            after = changed(before)
            if after == before:
                return before
            if after.state is not before.state:
                after = replace(after, changed_at=self._clock.now())
            after = replace(after, version=before.version + is_news)
            self._update(connection, after)
            return after

    def claim(self, id: str, worker: str, stale: datetime) -> bool:
        """Take it for showing; False while another worker shows it, who will see to every later version too.

        Args:
            id: Which.
            worker: The job; the same after a crash.
            stale: Whoever took it before this moment is not coming back.
        """
        is_free = _C.worker.is_(None) | (_C.worker == worker) | (_C.worked_at < stale)
        values = {"worker": worker, "worked_at": self._clock.now()}
        with self._database.write() as connection:
            changed = connection.execute(corrections.update().where(_C.id == id, is_free).values(values))
            return changed.rowcount > 0

    def let_go(self, id: str, worker: str) -> None:
        """Give it back without having shown it."""
        where = (_C.id == id) & (_C.worker == worker)
        with self._database.write() as connection:
            connection.execute(corrections.update().where(where).values(worker=None))

    def note_shown(self, id: str, version: int) -> bool:
        """People have seen a version, and whoever showed it is done; False where there is a newer one by now."""
        where = (_C.id == id) & (_C.version == version)
        with self._database.write() as connection:
            changed = connection.execute(corrections.update().where(where).values(shown=version, worker=None))
            return changed.rowcount > 0

    def note_checked(self, id: str) -> None:
        """The host was asked about its pull request."""
        with self._database.write() as connection:
            connection.execute(corrections.update().where(_C.id == id).values(checked_at=self._clock.now()))

    def in_states(self, states: Collection[CorrectionState]) -> tuple[Correction, ...]:
        """Those in some states, the ones that were looked at longest ago first."""
        return self._found(_C.state.in_(states), _C.checked_at.is_not(None), _C.checked_at, _C.asked_at)

    def left_over(self) -> tuple[Correction, ...]:
        """Those that people have not seen as they are, or that are being opened; mostly their jobs are at it."""
        return self._found((_C.shown < _C.version) | (_C.state == CorrectionState.OPENING), _C.changed_at)

    def of_pull(self, name: RepositoryName, number: int) -> tuple[Correction, ...]:
        """Those that a pull request belongs to."""
        return self._found((_C.repository == repository_key(name)) & (_C.pull == number))

    def latest(self, topic: str, state: CorrectionState, since: datetime) -> Correction | None:
        """The last one of a topic that came into a state since a moment."""
        where = (_C.topic == topic) & (_C.state == state) & (_C.changed_at >= since)
        found = self._found(where, _C.changed_at)
        return found[-1] if found else None

    def _found(self, where: sa.ColumnElement[bool], *order: Any) -> tuple[Correction, ...]:
        statement = sa.select(corrections).where(where).order_by(*(order or (_C.asked_at,)), _C.id)
        with self._database.read() as connection:
            return tuple(correction_of(row._asdict()) for row in connection.execute(statement))

    def _update(self, connection: sa.Connection, wish: Correction) -> None:
        connection.execute(corrections.update().where(_C.id == wish.id).values(self._values(wish)))

    def _values(self, wish: Correction) -> dict[str, Any]:
        return {
            "state": wish.state,
            "version": wish.version,
            "subject": wish.subject,
            "title": wish.title,
            "repository": repository_key(wish.repository),
            "visibility": wish.visibility,
            "owner": wish.owner,
            "current": list(wish.current),
            "content": content_of(wish),
            "pull": wish.pull.number if wish.pull else None,
            "asked_at": wish.asked_at,
            "changed_at": wish.changed_at,
            "checked_at": wish.checked_at,
        }
