"""The only reader of time: everything else is handed a clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows what time it is."""

    def now(self) -> datetime:
        """The present moment as an aware datetime in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present moment as an aware datetime in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved; for tests and previews."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime; add tzinfo")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was last set to, in UTC."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back, with a negative span)."""
        self._at += by


def age(then: datetime, now: datetime) -> str:
    """How long ago ``then`` was, as people say it: ``just now``, ``12 min ago``, ``3 weeks ago``."""
    seconds = max(0, int((now - then).total_seconds()))
    for limit, size, unit in _AGES:
        if seconds < limit:
            return "just now" if size == 0 else _counted(seconds // size, unit)
    return _counted(seconds // _YEAR, "year")


def _counted(count: int, unit: str) -> str:
    plural = "" if count == 1 or unit in {"min", "h"} else "s"
    return f"{count} {unit}{plural} ago"


_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
_AGES = (
    (_MINUTE, 0, ""),
    (_HOUR, _MINUTE, "min"),
    (_DAY, _HOUR, "h"),
    (2 * _WEEK, _DAY, "day"),
    (2 * _MONTH, _WEEK, "week"),
    (_YEAR, _MONTH, "month"),
)
