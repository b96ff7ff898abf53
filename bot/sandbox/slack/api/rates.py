"""How often an app may call: a bucket for each app and method, and for posting one for each channel."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.api.registry import Method, Tier

_BUCKETS = {
    # size, and how much comes back a second. Slack documents the tiers as so many calls or more a minute and
    # tolerates bursts without saying of what size; a whole minute's worth at once is the reading here.
    Tier.T1: (1.0, 1 / 60),
    Tier.T2: (20.0, 20 / 60),
    Tier.T3: (50.0, 50 / 60),
    Tier.T4: (100.0, 100 / 60),
    Tier.SPECIAL: (600.0, 10.0),
    Tier.POSTING: (600.0, 10.0),
}
_CHANNEL = (10.0, 1.0)
"""About one message a second in one channel, with a short burst."""


@dataclass(frozen=True, slots=True)
class RateLimited(Exception):
    """Too many calls; ``retry_after`` is whole seconds, at least one."""

    retry_after: int


@dataclass(slots=True)
class _Bucket:
    size: float
    per_second: float
    left: float
    at: float

    def refill(self, now: float) -> None:
        self.left = min(self.size, self.left + (now - self.at) * self.per_second)
        self.at = now

    @property
    def wait(self) -> float:
        return 0.0 if self.left >= 1 else (1 - self.left) / self.per_second


class Rates:
    """Counts the calls that did something; one that is refused for its arguments costs nothing.

    Slack does not say whether it does. An app that is tested here with many wrong payloads shall be told what is
    wrong with them, and not to wait.
    """

    def __init__(self, monotonic: Callable[[], float], *, is_on: bool = True) -> None:
        self._monotonic = monotonic
        self._is_on = is_on
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def take(self, app_id: str, method: Method, channel: str = "") -> None:
        """Count one call; raises ``RateLimited``, and then counts nothing.

        Args:
            app_id: Who calls.
            method: What.
            channel: The id of the channel that it posts to; empty for every other call.
        """
        if not self._is_on:
            return
        buckets = self._buckets_of(app_id, method, channel)
        wait = max(bucket.wait for bucket in buckets)
        if wait > 0:
            raise RateLimited(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.left -= 1

    def give_back(self, app_id: str, method: Method, channel: str = "") -> None:
        """Count a call as if it had not been made: it was refused for what it carried, and nothing was done."""
        if self._is_on:
            for bucket in self._buckets_of(app_id, method, channel):
                bucket.left = min(bucket.size, bucket.left + 1)

    def forget(self) -> None:
        """Begin anew: nobody has called anything yet."""
        self._buckets.clear()

    def _buckets_of(self, app_id: str, method: Method, channel: str) -> list[_Bucket]:
        of_method = self._bucket((app_id, method.name), *_BUCKETS[method.tier])
        return (
            [of_method, self._bucket((app_id, method.name, channel), *_CHANNEL)] if channel else [of_method]
        )

    def _bucket(self, key: tuple[str, ...], size: float, per_second: float) -> _Bucket:
        now = self._monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(size, per_second, size, now))
        bucket.refill(now)
        return bucket
