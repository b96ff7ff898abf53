"""Pure: reads a cron line into the minutes, hours, days, months and weekdays that it means.

Strict on purpose: APScheduler reads ``mon-fri/2`` as ``mon-fri`` and counts weekdays from Monday.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
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
