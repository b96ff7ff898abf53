"""The ticking of schedules: slots by cron and time zone, and APScheduler that only enqueues."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from core.cron import latest_before, next_after, parse
from core.jobs.model import Schedule

_log = structlog.get_logger(__name__)


def next_slot(schedule: Schedule, after: datetime) -> datetime:
    """The first scheduled time later than ``after``, in the schedule's zone."""
    return next_after(parse(schedule.cron), ZoneInfo(schedule.timezone), after)


def latest_slot(schedule: Schedule, now: datetime) -> datetime | None:
    """The last scheduled time that has passed, in the schedule's zone; None if none did in 400 days."""
    return latest_before(parse(schedule.cron), ZoneInfo(schedule.timezone), now)


class _Slots(BaseTrigger):  # type: ignore[misc]
    """Tells APScheduler the slots of a schedule."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        # In UTC: APScheduler compares, and two times of one zone are compared by the clock on the wall.
        return next_slot(self._schedule, previous_fire_time or now).astimezone(UTC)


class Ticker:
    """Calls ``enqueue(schedule, slot)`` at each slot; holds nothing that would be lost with it."""

    def __init__(self, schedules: Sequence[Schedule], enqueue: Callable[[Schedule, datetime], None]) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._enqueue = enqueue
        for schedule in schedules:
            self._scheduler.add_job(
                self._tick,
                _Slots(schedule),
                args=[schedule],
                id=schedule.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; a tick under way is finished."""
        self._scheduler.shutdown(wait=True)

    def _tick(self, schedule: Schedule) -> None:
        slot = latest_slot(schedule, datetime.now(ZoneInfo(schedule.timezone)))
        if slot is None:
            _log.warning("jobs.slot_not_found", schedule=schedule.name, cron=schedule.cron)
            return
        self._enqueue(schedule, slot)
