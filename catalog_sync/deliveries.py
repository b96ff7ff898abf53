"""The use cases of webhooks: take one in, work on what it names, and make up for those that were missed."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from catalog_sync.delivery_rows import SETTLED, Arrived, DeliveryRows, DeliveryState, Errand
from catalog_sync.github.hooks import FailedDelivery
from catalog_sync.github.webhook import Push, Reading, Refresh, What, read_webhook, touches
from catalog_sync.records import repository_key
from core.clock import Clock
from core.database import Database
from core.errors import GitHubUnavailable, NotAllowed

_log = structlog.get_logger(__name__)

_GATHERED_S: Mapping[What, float] = {What.TEAMS: 2.0, What.SOURCE: 2.0}
"""Changes of teams come in swarms, one for each member and repository; so long they are waited for."""
_PATIENCE_S = 30.0
"""A limit of GitHub's that lasts longer is not waited for."""
_STALE = timedelta(minutes=30)
"""A worker that took something so long ago is not coming back."""
_OVERDUE = timedelta(minutes=2)
"""What waits so long has lost its job."""
_MOST_TRIES = 4
_KEPT = timedelta(days=7)
"""GitHub delivers again what is up to three days old, an Enterprise host up to seven."""
_WINDOW = timedelta(days=3)
_MOST_ASKED = 50
"""So many deliveries are asked for again at once; each is a request, and the sync covers the rest."""
_MOST_ATTEMPTS = 3
"""What failed so often will fail again."""


class HookLog(Protocol):
    """Where a host keeps what it could not deliver."""

    def failed(self, since: datetime) -> Iterable[FailedDelivery]:
        """Attempts that failed, the newest first."""
        ...

    def again(self, delivery: FailedDelivery) -> None:
        """Ask for one more attempt.

        Raises:
            NotAllowed: The log may be read, and nothing asked for.
        """
        ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said to whoever delivered."""

    state: DeliveryState
    reason: str = ""
    subjects: tuple[str, ...] = ()
    """What will be looked at."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What one look for missed deliveries did."""

    missed: int
    """So many never arrived."""
    asked: int
    """So many of them were asked for again."""
    resumed: int
    """So many things had arrived, and lain there."""


class Deliveries:
    """Webhooks, from the moment that their signature was checked.

    Args:
        database: Where they are kept.
        clock: Tells the present.
        sources: The names of the sources that are read; what belongs to none is ignored.
        descriptors: The paths and globs at which descriptors are looked for.
        branch: The branch that is read; None for each repository's default one.
        enqueue: Hands an errand over to a durable job.
        refresh: Looks at one part of the catalog as it is now.
        pause: Waits for so many seconds.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        sources: Sequence[str],
        descriptors: Sequence[str],
        branch: str | None,
        enqueue: Callable[[Errand], object],
        refresh: Callable[[Refresh], object],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rows = DeliveryRows(database)
        self._clock = clock
        self._sources = frozenset(sources)
        self._descriptors = tuple(descriptors)
        self._branch = branch
        self._enqueue = enqueue
        self._refresh = refresh
        self._pause = pause

    def receive(self, guid: str, event: str, host: str, payload: Mapping[str, Any]) -> Receipt:
        """Take a delivery in; what follows from it is handed over, and not waited for.

        One that came before and is settled is not worked on again; one that failed is.

        Args:
            guid: Names the delivery; a redelivery has the same.
            event: Its kind.
            host: The host that sent it, in lower case.
            payload: Its body.

        Raises:
            DatabaseUnavailable: Nothing was kept; whoever delivered should try again.
        """
        before = self._rows.states(guid)
        if before and all(state in SETTLED for state in before.values()):
            return Receipt(DeliveryState.DONE, "it came before")
        action = payload.get("action")
        arrived = Arrived(guid, host, event, action if isinstance(action, str) else "", self._clock.now())
        reading = read_webhook(event, payload, host)
        wanted, reason = self._wanted(reading)
        if not wanted:
            self._rows.ignore(arrived, reason)
            _log.info("webhook.ignored", event_name=event, action=arrived.action, guid=guid, reason=reason)
            return Receipt(DeliveryState.IGNORED, reason)
        subjects = tuple(refresh.subject for refresh in wanted)
        for errand in self._rows.note(arrived, subjects):
            self._enqueue(errand)
        _log.info("webhook.received", event_name=event, action=arrived.action, guid=guid, subjects=subjects)
        return Receipt(DeliveryState.WAITING, "", subjects)

    def work(self, subject: str, worker: str) -> int:
        """Look at one part of the catalog, for all deliveries that wait for it.

        What comes in meanwhile is looked at once more: the last state wins. When somebody else is at
        it, they do the same, and nothing is left to do here.

        Args:
            subject: ``Refresh.subject``.
            worker: The key of the job; the same after a crash.

        Returns:
            For how many deliveries.

        Raises:
            Unavailable: GitHub or the database did not answer; ask again with the same ``worker``.
            UserError: GitHub refused; say so with ``fail``.
        """
        refresh, count = Refresh.of(subject), 0
        while self._claim(subject, worker):
            gathered_s = _GATHERED_S.get(refresh.what, 0.0)
            if gathered_s:
                self._pause(gathered_s)
                self._claim(subject, worker)
            try:
                self._refresh(refresh)
            except GitHubUnavailable as error:
                if (error.retry_after_s or 0.0) <= _PATIENCE_S:
                    raise
                # Whoever slept through a long limit would keep other work waiting; ``catch_up`` takes it up.
                self.fail(subject, worker, error.message)
                return count
            count += self._rows.settle(subject, worker, self._clock.now(), DeliveryState.DONE)
        return count

    def fail(self, subject: str, worker: str, cause: str) -> None:
        """Note that a worker gave up."""
        count = self._rows.settle(subject, worker, self._clock.now(), DeliveryState.FAILED, cause)
        _log.warning("webhook.failed", subject=subject, deliveries=count, cause=cause)

    def catch_up(self, logs: Iterable[HookLog]) -> Caught:
        """Ask for deliveries that never arrived, and take up what arrived and was left lying.

        Args:
            logs: What the hosts could not deliver.

        Raises:
            Unavailable: GitHub or the database did not answer; asking again does no harm.
            UserError: GitHub refused.
        """
        now = self._clock.now()
        self._rows.forget(now - _KEPT)
        errands = self._rows.left_over(now - _OVERDUE, now - _STALE, _MOST_TRIES)
        for errand in errands:
            self._enqueue(errand)
        counts = [self._ask_again(log, now - _WINDOW) for log in logs]
        caught = Caught(sum(missed for missed, _ in counts), sum(asked for _, asked in counts), len(errands))
        if caught != Caught(0, 0, 0):
            _log.info("webhook.caught_up", missed=caught.missed, asked=caught.asked, resumed=caught.resumed)
        return caught

    def last_at(self) -> datetime | None:
        """When the last delivery came; None when none came for a week."""
        return self._rows.last_at()

    def _claim(self, subject: str, worker: str) -> bool:
        now = self._clock.now()
        return self._rows.claim(subject, worker, now, now - _STALE)

    def _wanted(self, reading: Reading) -> tuple[list[Refresh], str]:
        """What is looked at, else why nothing is."""
        refreshes, reason = list(reading.refreshes), reading.reason
        if reading.push:
            name = reading.push.repository
            reason = self._why_not(reading.push)
            refreshes = [] if reason else [Refresh(What.REPOSITORY, name.host, name.owner, name.name)]
        ours = [refresh for refresh in refreshes if refresh.source in self._sources]
        if refreshes and not ours:
            reason = (
                f"{refreshes[0].source.removeprefix('github:')} is not one of the organisations that are read"
            )
        return ours, reason

    def _why_not(self, push: Push) -> str:
        """Why a push changes nothing here; empty when it may."""
        read_paths = self._rows.read_paths(repository_key(push.repository))
        is_read = push.is_into(self._branch)
        # A repository that we do not know may be new, however little was pushed to it.
        is_new = read_paths is None and is_read
        if is_new or touches(push, self._branch, self._descriptors, read_paths or ()):
            return ""
        return "it touches no file that is read" if is_read else f"the branch {push.branch} is not read"

    def _ask_again(self, log: HookLog, since: datetime) -> tuple[int, int]:
        """How many deliveries of a hook never arrived, and how many of them were asked for again."""
        attempts: Counter[str] = Counter()
        oldest_last: dict[str, FailedDelivery] = {}
        for delivery in log.failed(since):
            attempts[delivery.guid] += 1
            oldest_last.setdefault(delivery.guid, delivery)
        known = self._rows.known(oldest_last)
        missed = [delivery for guid, delivery in oldest_last.items() if guid not in known]
        hopeful = [one for one in reversed(missed) if attempts[one.guid] < _MOST_ATTEMPTS]
        asked = 0
        for delivery in hopeful[:_MOST_ASKED]:
            try:
                log.again(delivery)
            except NotAllowed as error:
                _log.warning("webhook.may_not_ask_again", missed=len(missed), cause=error.message)
                break
            asked += 1
        return len(missed), asked
