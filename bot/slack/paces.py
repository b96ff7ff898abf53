"""How fast we may call Slack: a gap in each channel, and so many calls of a method in a minute."""

import threading
import time
from collections import deque

from core.errors import SlackUnavailable

_MINUTE_S = 60.0


class MinuteBudget:
    """Calls of one method in the last minute; whoever comes too late is told when to come again, and waits nowhere.

    Args:
        method: As Slack calls it.
        calls: So many a minute.
    """

    def __init__(self, method: str, calls: int) -> None:
        self._method = method
        self._calls = calls
        self._lock = threading.Lock()
        self._made: deque[float] = deque()

    def take(self) -> None:
        """Count one call.

        Raises:
            SlackUnavailable: There is none left; says in how many seconds there is.
        """
        with self._lock:
            now = time.monotonic()
            while self._made and now - self._made[0] >= _MINUTE_S:
                self._made.popleft()
            if len(self._made) >= self._calls:
                wait_s = self._made[0] + _MINUTE_S - now
                raise SlackUnavailable(f"Slack takes {self._calls} {self._method} a minute", wait_s)
            self._made.append(now)


class ChannelPace:
    """Lets one caller at a time through per channel, a gap apart; who waits is a worker, never a listener."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, channel: str) -> None:
        """Return when it is one's turn."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next.get(channel, 0.0))
            self._next[channel] = at + self._gap_s
        if at > now:
            time.sleep(at - now)
