"""What GitHub could not deliver to our webhook: the log of an App or of an organisation's hook, and asking again.

GitHub tries once and never again by itself; its log reaches back three days (seven on an Enterprise host).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from catalog_sync.github.sign_in import app_auth, reading_auth, writing_auth
from catalog_sync.github.transport import Transport
from core.clock import Clock
from core.errors import NotAllowed, NotFound
from core.settings import GitHubSettings

_log = structlog.get_logger(__name__)
WEBHOOK_PATH = "/api/github/webhook"
"""Where Callboard listens, whatever its address is."""
_PER_PAGE = 100
_MOST_PAGES = 10
"""A thousand failures are more than will ever be asked for again."""


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """One attempt that failed."""

    id: int
    """Names the attempt; asking for another one needs it."""
    guid: str
    """Names the delivery; every attempt has the same."""
    event: str
    at: datetime


class GitHubHookLog:
    """The log of one hook.

    Args:
        transport: Signs in as whoever the hook belongs to.
        base: The hook's address: ``/app/hook``, or ``/orgs/acme/hooks/17``.
    """

    def __init__(self, transport: Transport, base: str) -> None:
        self._transport = transport
        self._base = base

    def failed(self, since: datetime) -> Iterator[FailedDelivery]:
        """Attempts that failed since then, the newest first; at most a thousand.

        Raises:
            NotFound: The hook is gone, or whoever signs in may not see it.
            CallboardError: See ``GitHubPort``.
        """
        path: str | None = f"{self._base}/deliveries?per_page={_PER_PAGE}&status=failure"
        for _ in range(_MOST_PAGES):
            if path is None:
                return
            found, path = self._transport.page(path)
            for item in found:
                delivery = _delivery(item)
                if delivery.at < since:
                    return
                # An older Enterprise host does not know the filter.
                if not 200 <= int(item.get("status_code") or 0) < 400:
                    yield delivery

    def again(self, delivery: FailedDelivery) -> None:
        """Ask for one more attempt.

        Raises:
            NotAllowed: Whoever signs in may only read the log.
            CallboardError: See ``GitHubPort``.
        """
        try:
            self._transport.rest("POST", f"{self._base}/deliveries/{delivery.id}/attempts")
        except NotFound:
            # It left GitHub's log between the two requests.
            _log.info("webhook.not_redelivered", guid=delivery.guid)


def hook_logs(settings: GitHubSettings, clock: Clock) -> list[GitHubHookLog]:
    """The logs that can be read: the App's, else those of the organisations' own hooks that point to us.

    Raises:
        NotAllowed: Neither App nor token is configured, or GitHub does not take it.
        GitHubUnavailable: GitHub did not answer.
    """
    app = app_auth(settings)
    if app:
        return [GitHubHookLog(Transport(settings, app, app, clock), "/app/hook")]
    token = reading_auth(settings)
    transport = Transport(settings, token, writing_auth(settings, token), clock)
    return [
        GitHubHookLog(transport, f"/orgs/{name}/hooks/{number}")
        for name in settings.organizations
        for number in _hooks_to_us(transport, name)
    ]


def _hooks_to_us(transport: Transport, organization: str) -> Sequence[int]:
    """The numbers of an organisation's hooks that point to our path; none where the token may not see them."""
    try:
        found, _ = transport.page(f"/orgs/{organization}/hooks?per_page={_PER_PAGE}")
    except (NotAllowed, NotFound):
        return ()
    return [hook["id"] for hook in found if _points_to_us(hook)]


def _points_to_us(hook: Mapping[str, Any]) -> bool:
    return str((hook.get("config") or {}).get("url", "")).rstrip("/").endswith(WEBHOOK_PATH)


def _delivery(item: Mapping[str, Any]) -> FailedDelivery:
    return FailedDelivery(
        int(item["id"]), str(item["guid"]), str(item["event"]), datetime.fromisoformat(item["delivered_at"])
    )
