"""The ticking of schedules: slots by cron and time zone, and APScheduler that only enqueues."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from core.jobs.model import Schedule

_log = structlog.get_logger(__name__)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
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
    """APScheduler counts weekdays from Monday; a cron line counts them from Sunday."""
    minute, hour, day, month, weekday = schedule.cron.split()
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=_weekdays(weekday),
        timezone=ZoneInfo(schedule.timezone),
    )


def _weekdays(field: str) -> str:
    return ",".join(_weekday_part(part) for part in field.split(","))


def _weekday_part(part: str) -> str:
    days, slash, step = part.partition("/")
    if not any(character.isdigit() for character in days):
        return part.lower()
    first, _, last = days.partition("-")
    if not last:
        return _WEEKDAYS[int(first)] + slash + step
    numbers = range(int(first), int(last) + 1, int(step) if step else 1)
    # Named one by one, because Sunday first would be a range that runs backwards.
    return ",".join(_WEEKDAYS[number] for number in numbers)
