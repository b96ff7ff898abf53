"""Pure: what GitHub's refusals mean, and how long to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_TIMEOUT_TEXT = "something went wrong while executing your query"
_SECONDARY_WAIT_S = 60.0


class Refusal(StrEnum):
    """Why GitHub did not do what was asked."""

    WAIT = "wait"
    """A rate limit; ``retry_after_s`` says how long."""
    SMALLER = "smaller"
    """The query took too long or too much; ask for less at once."""
    AGAIN = "again"
    """A passing fault."""
    DENIED = "denied"
    """The token may not do this."""
    BAD_TOKEN = "bad-token"  # noqa: S105 - the name of a verdict
    NOT_FOUND = "not-found"
    INVALID = "invalid"
    """The request itself was refused, such as a name that is taken."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal with what follows from it."""

    refusal: Refusal
    message: str
    retry_after_s: float | None = None


def judge_http(
    status: int, headers: Mapping[str, str], body: Any, now_epoch_s: float, *, is_query: bool
) -> Verdict:
    """What an HTTP refusal means.

    Args:
        status: The HTTP status, 400 or more.
        headers: Response headers, names in lower case.
        body: The parsed body, if there was one.
        now_epoch_s: The present in seconds since 1970.
        is_query: Whether it was a GraphQL query: one that takes over 10 s ends as 502 or 504.
    """
    message = _message(body) or f"HTTP {status}"
    if status == 401:
        return Verdict(Refusal.BAD_TOKEN, message)
    if status in (403, 429):
        wait = _wait_s(status, headers, message, now_epoch_s)
        if wait is not None:
            return Verdict(Refusal.WAIT, message, wait)
        needed = headers.get("x-accepted-github-permissions", "")
        return Verdict(Refusal.DENIED, f"{message} (needs {needed})" if needed else message)
    if status in (404, 410):
        return Verdict(Refusal.NOT_FOUND, message)
    if status in (502, 504) and is_query:
        return Verdict(Refusal.SMALLER, message)
    if status >= 500:
        return Verdict(Refusal.AGAIN, message)
    return Verdict(Refusal.INVALID, message)


def judge_graphql(
    errors: Sequence[Mapping[str, Any]], headers: Mapping[str, str], now_epoch_s: float
) -> Verdict | None:
    """What the ``errors`` of a GraphQL answer with status 200 mean; None when the data is usable."""
    for error in errors:
        kind = str(error.get("type", ""))
        message = str(error.get("message", ""))
        if kind == "RATE_LIMITED":
            return Verdict(Refusal.WAIT, message, _until_reset_s(headers, now_epoch_s) or _SECONDARY_WAIT_S)
        if kind == "RESOURCE_LIMITS_EXCEEDED" or _TIMEOUT_TEXT in message.lower():
            return Verdict(Refusal.SMALLER, message)
        if kind == "NOT_FOUND":
            return Verdict(Refusal.NOT_FOUND, message)
        if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
            return Verdict(Refusal.DENIED, message)
        return Verdict(Refusal.INVALID, message)
    return None


def is_hole(error: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether an error is about something below a place of the data, so that the rest of the data is whole.

    Args:
        error: One of a GraphQL answer's errors.
        path: The place, as names of fields; numbers in between do not count.
    """
    if str(error.get("type", "")) in ("RATE_LIMITED", "RESOURCE_LIMITS_EXCEEDED"):
        return False
    if _TIMEOUT_TEXT in str(error.get("message", "")).lower():
        return False
    found = [part for part in error.get("path") or () if isinstance(part, str)]
    return len(error.get("path") or ()) > len(path) and found[: len(path)] == list(path)


def _wait_s(status: int, headers: Mapping[str, str], message: str, now_epoch_s: float) -> float | None:
    if "retry-after" in headers:
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0":
        return _until_reset_s(headers, now_epoch_s)
    if status == 429 or "secondary rate limit" in message.lower():
        return _SECONDARY_WAIT_S
    return None


def _until_reset_s(headers: Mapping[str, str], now_epoch_s: float) -> float | None:
    reset = headers.get("x-ratelimit-reset", "")
    return max(1.0, float(reset) - now_epoch_s + 1) if reset.isdigit() else None


def _message(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    details = [
        str(item.get("message") or item.get("code"))
        for item in body.get("errors", [])
        if isinstance(item, Mapping) and (item.get("message") or item.get("code"))
    ]
    return ": ".join(part for part in (str(body.get("message", "")), "; ".join(details)) if part)
