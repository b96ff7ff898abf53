"""Pure: a cron line and a time zone in, the moments that they mean out.

Not left to APScheduler: it reads ``mon-fri/2`` as ``mon-fri``, counts weekdays from Monday, and at
the end of summer time gives the same moment again and again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_AHEAD = 366 * 8
"""29 February may be eight years away (1896 to 1904, 2096 to 2104)."""
_DAYS_BACK = 400
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>[1-9]\d*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cron:
    """The values that each field allows, rising; an unrestricted field lists all it has.

    Weekdays count from Sunday, which is 0.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]

    def allows(self, day: date) -> bool:
        """Whether there are moments on a day."""
        return day.day in self.days and day.month in self.months and day.isoweekday() % 7 in self.weekdays


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: Mapping[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    # Sunday is 0 and 7, as crontab(5) has it.
    _Field("weekday", 0, 7, {name: number for number, name in enumerate(_WEEKDAYS)}),
)


def parse(line: str) -> Cron:
    """Read ``minute hour day month weekday``, as crontab(5) has them: ``*``, lists, ranges, steps, names.

    Raises:
        ValueError: The line is not one, or means no day at all; says which field and why. A day of
            the month and a weekday together are refused: crontab means either, others mean both.
    """
    texts = line.split()
    if len(texts) != len(_FIELDS):
        raise ValueError("a cron line has five fields: minute hour day month weekday")
    minutes, hours, days, months, weekdays = (
        _values(field, text) for field, text in zip(_FIELDS, texts, strict=True)
    )
    weekdays = tuple(sorted({day % 7 for day in weekdays}))
    if len(days) < 31 and len(weekdays) < 7:
        raise ValueError(
            "a day of the month and a weekday together are ambiguous; name one and put * for the other"
        )
    if min(days) > max(_LONGEST[month - 1] for month in months):
        raise ValueError(f"none of its months has a day {min(days)}")
    return Cron(minutes, hours, days, months, weekdays)


def next_after(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment later than ``after``, in the zone.

    What falls into the hour that spring leaves out happens an hour later, once. What falls into the
    hour that autumn repeats happens the first time only, unless the line allows every hour.
    """
    start = after.astimezone(zone).date() - timedelta(days=1)
    for number in range(_DAYS_AHEAD):
        for moment in _moments(cron, zone, start + timedelta(days=number)):
            if moment > after:
                return moment.astimezone(zone)
    raise AssertionError("parse refuses lines that mean no day")


def latest_before(cron: Cron, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The last moment that is not later than ``now``, in the zone; None if there was none in 400 days."""
    start = now.astimezone(zone).date() + timedelta(days=1)
    for number in range(_DAYS_BACK):
        passed = [item for item in _moments(cron, zone, start - timedelta(days=number)) if item <= now]
        if passed:
            return passed[-1].astimezone(zone)
    return None


def _moments(cron: Cron, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    """The moments of a day, rising, in UTC: two times of one zone would be compared by the clock on the wall."""
    if not cron.allows(day):
        return
    folds = (0, 1) if len(cron.hours) == 24 else (0,)
    found = {
        datetime.combine(day, time(hour, minute, fold=fold), zone).astimezone(UTC)
        for hour in cron.hours
        for minute in cron.minutes
        for fold in folds
    }
    yield from sorted(found)


def _values(field: _Field, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.lower().split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"the {field.name} {text} is not understood")
        found.update(_range(field, **match.groupdict()))
    return tuple(sorted(found))


def _range(field: _Field, first: str, last: str | None, step: str | None) -> range:
    if first == "*":
        if last:
            raise ValueError(f"the {field.name} *-{last} is not a range")
        return range(field.low, field.high + 1, int(step or 1))
    start = _number(field, first)
    # A step after a single value runs to the end, as in 5/15.
    end = _number(field, last) if last else field.high if step else start
    if end < start:
        raise ValueError(f"the {field.name} {first}-{last} runs backwards")
    return range(start, end + 1, int(step or 1))


def _number(field: _Field, text: str) -> int:
    number = field.names.get(text, int(text) if text.isdecimal() else -1)
    if not field.low <= number <= field.high:
        raise ValueError(f"the {field.name} {text} is not one from {field.low} to {field.high}")
    return number
