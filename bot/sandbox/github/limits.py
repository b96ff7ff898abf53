"""What one token may still ask for: GitHub's hourly points and its limits by the minute, over a clock."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import Clock

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Window:
    """Points within one hour, which begins with the first that is spent."""

    clock: Clock
    limit: int = 5_000
    used: int = 0
    reset_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.reset_at = self.clock.now() + _HOUR

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
            self.used, self.reset_at = 0, now + _HOUR


@dataclass(slots=True)
class PerMinute:
    """A secondary limit: points of the last sixty seconds."""

    clock: Clock
    limit: int
    _spent: deque[tuple[datetime, int]] = field(default_factory=deque)

    def spend(self, points: int) -> int:
        """Take points; the seconds to wait where there are too many, else 0."""
        now = self.clock.now()
        while self._spent and self._spent[0][0] <= now - _MINUTE:
            self._spent.popleft()
        if sum(item[1] for item in self._spent) + points > self.limit:
            oldest = self._spent[0][0] if self._spent else now
            return max(int((oldest + _MINUTE - now).total_seconds()) + 1, 1)
        self._spent.append((now, points))
        return 0


@dataclass(slots=True)
class Budget:
    """All limits of one token."""

    clock: Clock
    core: Window = field(init=False)
    graphql: Window = field(init=False)
    rest_per_minute: PerMinute = field(init=False)
    graphql_per_minute: PerMinute = field(init=False)
    content_per_minute: PerMinute = field(init=False)

    def __post_init__(self) -> None:
        self.core, self.graphql = Window(self.clock), Window(self.clock)
        self.rest_per_minute = PerMinute(self.clock, 900)
        self.graphql_per_minute = PerMinute(self.clock, 2_000)
        self.content_per_minute = PerMinute(self.clock, 80)
