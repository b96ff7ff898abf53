"""Faults on demand: what the local GitHub should get wrong next, and how."""

import threading
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatch


class FaultKind(StrEnum):
    """What goes wrong; each looks as it does on GitHub."""

    BAD_GATEWAY = "502"
    SERVER_ERROR = "500"
    SECONDARY_LIMIT = "secondary-limit"
    RATE_LIMITED = "rate-limited"
    """GraphQL: status 200 with an error of this type."""
    RESOURCE_LIMITS = "resource-limits"
    """GraphQL: status 200, the query asked for too much."""
    FORBIDDEN = "403"
    UNAUTHORIZED = "401"
    SLOW = "slow"
    """The answer comes ``delay_s`` late."""
    LOST = "lost"
    """The request is carried out and the answer is a 502."""


@dataclass(slots=True)
class Fault:
    """One planned fault: which requests (``POST /graphql``, ``* /repos/*``), what, and how often."""

    route: str
    kind: FaultKind
    times: int
    delay_s: float = 0.0


class FaultPlan:
    """The planned faults; each request takes at most one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, route: str, kind: FaultKind, times: int = 1, delay_s: float = 0.0) -> None:
        """Plan a fault for the next ``times`` requests that fit."""
        with self._lock:
            self._faults.append(Fault(route, kind, times, delay_s))

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up by it."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fnmatch(f"{method} {path}", fault.route):
                    fault.times -= 1
                    return fault
        return None
