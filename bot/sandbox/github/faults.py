"""Faults on demand: what the local GitHub should get wrong next, and how."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatch

from starlette.responses import JSONResponse, Response


class FaultKind(StrEnum):
    """What goes wrong; each looks as it does on GitHub."""

    BAD_GATEWAY = "502"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    SECONDARY_LIMIT = "secondary-limit"
    """Status 403 with Retry-After."""
    SECONDARY_LIMIT_SILENT = "secondary-limit-silent"
    """Status 403 without Retry-After."""
    PRIMARY_LIMIT = "primary-limit"
    """Status 403, nothing remains until the reset."""
    TOO_MANY = "429"
    """The primary limit as 429, without Retry-After."""
    RATE_LIMITED = "rate-limited"
    """GraphQL: status 200 with an error of this type."""
    RESOURCE_LIMITS = "resource-limits"
    """GraphQL: status 200, the query asked for too much."""
    FORBIDDEN = "403"
    UNAUTHORIZED = "401"
    NOT_FOUND = "404"
    SLOW = "slow"
    """The answer comes ``delay_s`` late."""
    LOST = "lost"
    """The request is carried out and the answer is a 502."""
    DROPPED = "dropped"
    """The connection ends without an answer, and nothing is carried out."""
    DROPPED_AFTER = "dropped-after"
    """The request is carried out and the connection ends without an answer."""
    TRUNCATED = "truncated"
    """The request is carried out and the connection ends in the middle of the answer's body."""
    WRONG_TYPE = "wrong-type"
    """The request is carried out and the answer is called text/html."""
    NOT_JSON = "not-json"
    """Status 200 and a page of HTML, as a proxy sends it."""


CARRIED_OUT = frozenset(
    {FaultKind.LOST, FaultKind.DROPPED_AFTER, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE, FaultKind.SLOW}
)
"""Kinds with which the request itself is done."""


@dataclass(slots=True)
class Fault:
    """One planned fault: which requests (``POST /graphql``, ``* /repos/*``), what, and how often."""

    route: str
    kind: FaultKind
    times: int
    delay_s: float = 0.0
    retry_after_s: int = 60


@dataclass(slots=True)
class FaultPlan:
    """The planned faults; each request takes at most one."""

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self, route: str, kind: FaultKind, times: int = 1, delay_s: float = 0.0, retry_after_s: int = 60
    ) -> None:
        """Plan a fault for the next ``times`` requests that fit."""
        with self._lock:
            self._faults.append(Fault(route, kind, times, delay_s, retry_after_s))

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up by it."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fnmatch(f"{method} {path}", fault.route):
                    fault.times -= 1
                    self._faults = [one for one in self._faults if one.times > 0]
                    return fault
        return None


_WORDS: Mapping[FaultKind, str] = {
    FaultKind.FORBIDDEN: "Resource not accessible by integration",
    FaultKind.UNAUTHORIZED: "Bad credentials",
    FaultKind.NOT_FOUND: "Not Found",
    FaultKind.BAD_GATEWAY: "Server Error",
    FaultKind.SERVER_ERROR: "Server Error",
    FaultKind.UNAVAILABLE: "Service unavailable",
    FaultKind.GATEWAY_TIMEOUT: "We couldn't respond to your request in time. Sorry about that. Please try resubmitting "
    "your request and contact us if the problem persists.",
}


def faulty(fault: Fault, reset: int) -> Response:
    """The answer of a fault that has one.

    Args:
        reset: When the hourly budget begins anew, in seconds since 1970.
    """
    kind = fault.kind
    if kind is FaultKind.RATE_LIMITED:
        return JSONResponse({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
    if kind is FaultKind.RESOURCE_LIMITS:
        message = "Resource limits for this query exceeded."
        return JSONResponse(
            {"data": None, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": message}]}
        )
    if kind is FaultKind.NOT_JSON:
        return Response("<html><body>Unicorn!</body></html>", media_type="text/html")
    if kind in (FaultKind.PRIMARY_LIMIT, FaultKind.TOO_MANY):
        return limited("user ID 1", reset, status=403 if kind is FaultKind.PRIMARY_LIMIT else 429)
    if kind in (FaultKind.SECONDARY_LIMIT, FaultKind.SECONDARY_LIMIT_SILENT):
        return slowed(fault.retry_after_s if kind is FaultKind.SECONDARY_LIMIT else 0)
    body = {"message": _WORDS[kind], "documentation_url": "https://docs.github.com/rest", "status": str(kind)}
    return JSONResponse(body, status_code=int(kind))


def limited(owner: str, reset: int, *, status: int = 403) -> Response:
    """The primary limit is used up."""
    page = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
    hint = (
        " (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation "
        "for more details.)"
        if owner[:1].isdigit()
        else ""
    )
    body = {"message": f"API rate limit exceeded for {owner}.{hint}", "documentation_url": page}
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    return Response(
        json.dumps({**body, "status": str(status)}), status, headers, "application/json; charset=utf-8"
    )


def slowed(retry_after_s: int) -> Response:
    """A secondary limit is reached; with 0 without saying how long to wait."""
    page = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
    body = {
        "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you "
        "reach out to GitHub Support for help, please include the request ID.",
        "documentation_url": page,
        "status": "403",
    }
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    return JSONResponse(body, status_code=403, headers=headers)
