"""The ticking of schedules: slots by cron and time zone, and APScheduler that only enqueues."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from core.cron import parse
from core.jobs.model import Schedule

_log = structlog.get_logger(__name__)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LOOK_BACK = (timedelta(hours=2), timedelta(days=2), timedelta(days=32), timedelta(days=400))


def next_slot(schedule: Schedule, after: datetime) -> datetime | None:
    """The first scheduled time later than ``after``, in the schedule's zone."""
    zone = ZoneInfo(schedule.timezone)
    found = _trigger(schedule).get_next_fire_time(None, after.astimezone(zone) + timedelta(microseconds=1))
    return found if isinstance(found, datetime) else None


def latest_slot(schedule: Schedule, now: datetime) -> datetime | None:
    """The last scheduled time that has passed, in the schedule's zone; None if none did in 400 days."""
    for span in _LOOK_BACK:
        found = None
        slot = next_slot(schedule, now - span)
        while slot is not None and slot <= now:
            found = slot
            slot = next_slot(schedule, slot)
        if found is not None:
            return found
    return None


class Ticker:
    """Calls ``enqueue(schedule, slot)`` at each slot; holds nothing that would be lost with it."""

    def __init__(self, schedules: Sequence[Schedule], enqueue: Callable[[Schedule, datetime], None]) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._enqueue = enqueue
        for schedule in schedules:
            self._scheduler.add_job(
                self._tick,
                _trigger(schedule),
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


def _trigger(schedule: Schedule) -> CronTrigger:
    cron = parse(schedule.cron)
    return CronTrigger(
        minute=_list(cron.minutes),
        hour=_list(cron.hours),
        day=_list(cron.days),
        month=_list(cron.months),
        # By name, because APScheduler counts weekdays from Monday.
        day_of_week=",".join(_WEEKDAYS[day] for day in cron.weekdays),
        timezone=ZoneInfo(schedule.timezone),
    )


def _list(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
