"""What one token may still ask for: GitHub's hourly points and its limits by the minute, over a clock."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import Clock

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
CONCURRENT = 100
"""So many requests of one token may be under way, REST and GraphQL together."""


@dataclass(slots=True)
class Window:
    """Points within one hour (or ``lasts``), which begins with the first that is spent."""

    clock: Clock
    limit: int = 5_000
    used: int = 0
    lasts: timedelta = _HOUR
    reset_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.reset_at = self.clock.now() + self.lasts

    @property
    def remaining(self) -> int:
        """What is left until ``reset_at``."""
        self._roll()
        return max(self.limit - self.used, 0)

    def spend(self, points: int) -> bool:
        """Take points; false, and nothing taken, where none are left."""
        if self.remaining == 0:
            return False
        self.used += points
        return True

    def _roll(self) -> None:
        now = self.clock.now()
        if now >= self.reset_at:
            self.used, self.reset_at = 0, now + self.lasts


@dataclass(slots=True)
class PerMinute:
    """A secondary limit: points of the last sixty seconds (or ``span``)."""

    clock: Clock
    limit: int
    span: timedelta = _MINUTE
    _spent: deque[tuple[datetime, int]] = field(default_factory=deque)

    def spend(self, points: int) -> int:
        """Take points; the seconds to wait where there are too many, else 0."""
        now = self.clock.now()
        while self._spent and self._spent[0][0] <= now - self.span:
            self._spent.popleft()
        if sum(item[1] for item in self._spent) + points > self.limit:
            oldest = self._spent[0][0] if self._spent else now
            return max(int((oldest + self.span - now).total_seconds()) + 1, 1)
        self._spent.append((now, points))
        return 0


@dataclass(slots=True)
class Budget:
    """All limits of one token.

    Args:
        owner: How GitHub's message names whose limit it is (``user ID 4711``).
        hourly: REST requests and GraphQL points an hour.
    """

    clock: Clock
    owner: str = "user"
    hourly: int = 5_000
    core: Window = field(init=False)
    graphql: Window = field(init=False)
    search: Window = field(init=False)
    code_search: Window = field(init=False)
    rest_per_minute: PerMinute = field(init=False)
    graphql_per_minute: PerMinute = field(init=False)
    content_per_minute: PerMinute = field(init=False)
    content_per_hour: PerMinute = field(init=False)
    under_way: int = 0

    def __post_init__(self) -> None:
        self.core, self.graphql = Window(self.clock, self.hourly), Window(self.clock, self.hourly)
        self.search = Window(self.clock, 30, lasts=_MINUTE)
        self.code_search = Window(self.clock, 10, lasts=_MINUTE)
        self.rest_per_minute = PerMinute(self.clock, 900)
        self.graphql_per_minute = PerMinute(self.clock, 2_000)
        self.content_per_minute = PerMinute(self.clock, 80)
        self.content_per_hour = PerMinute(self.clock, 500, _HOUR)

    def window(self, path: str) -> tuple[str, Window]:
        """The hourly limit that a REST request counts for, and its name."""
        if path == "/search/code":
            return "code_search", self.code_search
        return ("search", self.search) if path.startswith("/search/") else ("core", self.core)

    def secondary(self, *, is_write: bool, creates: bool) -> int:
        """Take a REST request from the limits by the minute; the seconds to wait where that is too much."""
        wait = self.rest_per_minute.spend(5 if is_write else 1)
        if not wait and creates:
            wait = self.content_per_minute.spend(1) or self.content_per_hour.spend(1)
        return wait
