"""The SQL of webhooks: which deliveries came, who works on what they name, and what became of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from catalog_sync.store import in_batches
from catalog_sync.tables import deliveries, repositories
from core.database import Database

_LOCK = 8116304
"""Two who claim at once would both believe that nobody works yet."""


class DeliveryState(StrEnum):
    """What became of a delivery, for one thing that it names."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    IGNORED = "ignored"
    """Nothing follows from it."""
    FAILED = "failed"


SETTLED = (DeliveryState.DONE, DeliveryState.IGNORED)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery as it came in."""

    guid: str
    host: str
    event: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to look at on behalf of a delivery; ``tries`` tells one attempt from the next."""

    guid: str
    subject: str
    tries: int

    @property
    def key(self) -> str:
        """The key of its job: the same for every replica that gets the same delivery."""
        return f"webhook:{self.guid}:{self.tries}:{self.subject}"


class DeliveryRows:
    """The rows of ``github_deliveries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self, guid: str) -> dict[str, DeliveryState]:
        """What became of a delivery, by subject; empty when it never came."""
        statement = sa.select(deliveries.c.subject, deliveries.c.state).where(deliveries.c.guid == guid)
        with self._database.read() as connection:
            return {row.subject: DeliveryState(row.state) for row in connection.execute(statement)}

    def known(self, guids: Collection[str]) -> set[str]:
        """Those of some deliveries that came."""
        found: set[str] = set()
        with self._database.read() as connection:
            for batch in in_batches(sorted(guids)):
                statement = sa.select(deliveries.c.guid).where(deliveries.c.guid.in_(batch))
                found |= set(connection.execute(statement).scalars())
        return found

    def read_paths(self, key: str) -> tuple[str, ...] | None:
        """The files that a repository's entities were made from; None when the repository is not known."""
        statement = sa.select(repositories.c.read_paths).where(repositories.c.key == key)
        with self._database.read() as connection:
            found = connection.execute(statement).scalar_one_or_none()
        return None if found is None else tuple(found)

    def ignore(self, arrived: Arrived, reason: str) -> None:
        """Note that nothing follows from a delivery."""
        with self._database.write() as connection:
            values = _row(arrived, "", DeliveryState.IGNORED, reason)
            self._database.upsert(
                connection, deliveries, [{**values, "settled_at": arrived.at}], update=("problem",)
            )

    def note(self, arrived: Arrived, subjects: Sequence[str]) -> list[Errand]:
        """Note what a delivery names; what failed before waits again. Returns what has to be worked on."""
        with self._database.write() as connection:
            rows = [_row(arrived, subject, DeliveryState.WAITING, "") for subject in subjects]
            self._database.upsert(connection, deliveries, rows, update=())
            mine = deliveries.c.guid == arrived.guid
            failed = sa.and_(mine, deliveries.c.state == DeliveryState.FAILED)
            connection.execute(_again(deliveries.update().where(failed)))
            waiting = sa.and_(mine, deliveries.c.state == DeliveryState.WAITING)
            return _errands(connection, waiting)

    def claim(self, subject: str, worker: str, now: datetime, stale: datetime) -> bool:
        """Take everything that waits for one thing; one worker at a time has it.

        Args:
            subject: The thing.
            worker: Who takes it; whoever had it before a crash, and asks again, still has it.
            now: The present.
            stale: Whoever took it before this moment is not coming back.

        Returns:
            Whether there is something to do: false when nothing waits, or somebody else works on it, who
            will look for what came meanwhile before they leave.
        """
        of_subject = deliveries.c.subject == subject
        working = sa.and_(of_subject, deliveries.c.state == DeliveryState.WORKING)
        with self._database.write_in_turn(deliveries, _LOCK) as connection:
            holders = {
                row.worker: row.claimed_at
                for row in connection.execute(
                    sa.select(deliveries.c.worker, deliveries.c.claimed_at).where(working)
                )
            }
            if any(name != worker and at > stale for name, at in holders.items()):
                return False
            waiting = sa.and_(of_subject, deliveries.c.state == DeliveryState.WAITING)
            values = {"state": DeliveryState.WORKING, "worker": worker, "claimed_at": now}
            taken = connection.execute(
                deliveries.update().where(sa.or_(waiting, working)).values(**values)
            ).rowcount
        return taken > 0

    def settle(
        self, subject: str, worker: str, now: datetime, state: DeliveryState, problem: str = ""
    ) -> int:
        """Say what became of all that a worker had taken; returns how many deliveries that were."""
        mine = sa.and_(
            deliveries.c.subject == subject,
            deliveries.c.state == DeliveryState.WORKING,
            deliveries.c.worker == worker,
        )
        values = {"state": state, "problem": problem, "settled_at": now}
        with self._database.write() as connection:
            return connection.execute(deliveries.update().where(mine).values(**values)).rowcount

    def left_over(self, before: datetime, stale: datetime, most_tries: int) -> list[Errand]:
        """What nobody works on although it waits, or failed and may be tried again; each gets a new try.

        Args:
            before: What came later has a job of its own that is still to come.
            stale: Whoever took something before this moment is not coming back.
            most_tries: What was tried so often stays as it is.
        """
        old = deliveries.c.received_at < before
        waits = sa.and_(deliveries.c.state == DeliveryState.WAITING, old)
        may_again = sa.and_(deliveries.c.state == DeliveryState.FAILED, deliveries.c.tries < most_tries)
        lost = sa.and_(deliveries.c.state == DeliveryState.WORKING, deliveries.c.claimed_at < stale)
        wanted = sa.or_(waits, may_again, lost)
        with self._database.write_in_turn(deliveries, _LOCK) as connection:
            found = _errands(connection, wanted)
            connection.execute(_again(deliveries.update().where(wanted)))
        # One look answers all that wait for the same thing.
        latest = {one.subject: Errand(one.guid, one.subject, one.tries + 1) for one in found}
        return list(latest.values())

    def forget(self, before: datetime) -> int:
        """Forget what came before a moment; returns how many rows."""
        with self._database.write() as connection:
            return connection.execute(deliveries.delete().where(deliveries.c.received_at < before)).rowcount

    def last_at(self) -> datetime | None:
        """When the last delivery came; None when none is known."""
        newest = sa.func.max(deliveries.c.received_at, type_=deliveries.c.received_at.type)
        with self._database.read() as connection:
            return connection.execute(sa.select(newest)).scalar()

    def counts(self) -> dict[DeliveryState, int]:
        """How many rows there are in each state."""
        statement = sa.select(deliveries.c.state, sa.func.count()).group_by(deliveries.c.state)
        with self._database.read() as connection:
            return {DeliveryState(state): count for state, count in connection.execute(statement)}


def _row(arrived: Arrived, subject: str, state: DeliveryState, problem: str) -> dict[str, object]:
    return {
        "guid": arrived.guid,
        "subject": subject,
        "host": arrived.host,
        "event": arrived.event,
        "action": arrived.action,
        "state": state,
        "problem": problem,
        "tries": 1,
        "worker": "",
        "received_at": arrived.at,
    }


def _again(update: sa.Update) -> sa.Update:
    return update.values(
        state=DeliveryState.WAITING, problem="", worker="", settled_at=None, tries=deliveries.c.tries + 1
    )


def _errands(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Errand]:
    columns = (deliveries.c.guid, deliveries.c.subject, deliveries.c.tries)
    statement = sa.select(*columns).where(condition).order_by(deliveries.c.received_at, deliveries.c.subject)
    return [Errand(row.guid, row.subject, row.tries) for row in connection.execute(statement)]
