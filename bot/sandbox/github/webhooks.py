"""Webhooks of the local GitHub: who gets which event, signed, delivered beside the requests, kept for redelivery."""

import hashlib
import hmac
import json
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import requests

from core.clock import Clock

Json = dict[str, Any]
HookKind = Literal["integration", "repository", "organization"]
_TIMEOUT_S = 10
_MAX_BYTES = 25 * 1024 * 1024
EVENTS = (
    "branch_protection_rule",
    "create",
    "custom_property_values",
    "delete",
    "membership",
    "ping",
    "pull_request",
    "push",
    "repository",
    "repository_ruleset",
    "team",
    "team_add",
)
"""Every event that is ever sent."""
_MOST_KEPT = 2_000
"""So many deliveries are kept; GitHub keeps those of three days."""
_KEPT_BYTES = 10_000
"""So much of an answer's body is kept in the log."""


@dataclass(slots=True)
class Hook:
    """One subscription; an App's has no number on the API but sends one.

    Args:
        target: The App, repository (its number) or organisation that it belongs to.
    """

    id: int
    kind: HookKind
    target: int
    url: str
    secret: str
    events: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    content_type: str = "json"
    insecure_ssl: str = "0"
    is_active: bool = True
    last_response: Json = field(default_factory=lambda: {"code": None, "status": "unused", "message": None})

    def wants(self, event: str, repository: int | None, organization: int = 1) -> bool:
        """Whether an event of an organisation, about a repository or none, goes out to it."""
        if not self.is_active or not self.url:
            return False
        if self.kind == "repository" and repository != self.target:
            return False
        if self.kind == "organization" and organization != self.target:
            return False
        return event == "ping" or "*" in self.events or event in self.events


@dataclass(slots=True)
class Delivery:
    """One attempt to deliver an event; a redelivery is another with the same ``guid``."""

    id: int
    guid: str
    hook: Hook
    event: str
    payload: Json
    at: datetime
    is_redelivery: bool = False
    repository: int | None = None
    installation: int | None = None
    """The installation that it is for, where it goes to the App."""
    status: str = "pending"
    status_code: int = 0
    took_s: float = 0.0
    sent_headers: Mapping[str, str] = field(default_factory=dict)
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""

    @property
    def action(self) -> str | None:
        """The action within the event, where it has one."""
        action = self.payload.get("action")
        return action if isinstance(action, str) else None


@dataclass(slots=True)
class Origin:
    """Where an event comes from: an organisation, and the App's installation there.

    Args:
        is_installed: Whether the App is told of what happens there.
    """

    organization: int
    installation: int
    is_installed: bool = True


class Webhooks:
    """All hooks and their deliveries.

    Args:
        app: The number of the App whose events go to ``deliver_to``.
        installation: The number of its installation on the first organisation.
    """

    def __init__(self, clock: Clock, *, secret: str, app: int, installation: int) -> None:
        self._clock = clock
        self._first = Origin(1, installation)
        now = clock.now()
        self.app_hook = Hook(app, "integration", app, "", secret, ("*",), now, now)
        self.hooks: list[Hook] = []
        self._log: deque[Delivery] = deque(maxlen=_MOST_KEPT)
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._held: list[Delivery] | None = None
        self._lock = threading.RLock()
        self._worker: threading.Thread | None = None
        self._drops = self._twice = 0
        self._delay_s = 0.0
        self._number = 10_000

    def deliver_to(self, url: str) -> None:
        """Send the App's events there; nothing is sent before."""
        self.app_hook.url = url
        self.app_hook.updated_at = self._clock.now()

    @property
    def deliveries(self) -> list[Delivery]:
        """The last attempts to deliver something, the oldest first."""
        with self._lock:
            return list(self._log)

    @property
    def is_wanted(self) -> bool:
        """Whether anybody gets anything."""
        return bool(self.app_hook.url) or bool(self.hooks)

    def add(self, kind: HookKind, target: int, config: Mapping[str, str], events: tuple[str, ...]) -> Hook:
        """Make a hook of a repository or of the organisation."""
        now = self._clock.now()
        hook = Hook(self._next(), kind, target, config["url"], config.get("secret", ""), events, now, now)
        hook.content_type = config.get("content_type", "form")
        hook.insecure_ssl = config.get("insecure_ssl", "0")
        with self._lock:
            self.hooks.append(hook)
        return hook

    def emit(
        self, event: str, payload: Json, repository: int | None = None, origin: Origin | None = None
    ) -> None:
        """Send an event (one of ``EVENTS``) to everybody who wants it; returns at once."""
        assert event in EVENTS, event
        where = origin or self._first
        for hook in (self.app_hook, *self.hooks):
            is_told = where.is_installed or hook.kind != "integration"
            if is_told and hook.wants(event, repository, where.organization):
                self.send(hook, event, payload, repository, where)

    def send(
        self,
        hook: Hook,
        event: str,
        payload: Json,
        repository: int | None = None,
        origin: Origin | None = None,
    ) -> None:
        """Send an event to one hook; returns at once."""
        shaped, number = dict(payload), (origin or self._first).installation
        is_app = hook.kind == "integration"
        if is_app and event not in ("installation", "installation_repositories", "ping"):
            shaped["installation"] = {"id": number, "node_id": f"IN_{number}"}
        delivery = Delivery(
            self._next(),
            str(uuid.uuid4()),
            hook,
            event,
            shaped,
            self._clock.now(),
            repository=repository,
            installation=number if is_app else None,
        )
        self._enqueue(delivery)

    def redeliver(self, number: int) -> bool:
        """Send a delivery of the log again, with its guid; false where there is none."""
        old = next((one for one in self.deliveries if one.id == number), None)
        if old is None:
            return False
        again = Delivery(
            self._next(), old.guid, old.hook, old.event, old.payload, self._clock.now(), is_redelivery=True
        )
        again.repository, again.installation = old.repository, old.installation
        self._enqueue(again)
        return True

    def hold(self) -> None:
        """Keep every event back until ``release``."""
        with self._lock:
            self._held = self._held or []

    def release(self, order: str = "sent") -> None:
        """Let go what was held back, as it was ``sent`` or ``reversed``."""
        with self._lock:
            held, self._held = self._held or [], None
        for delivery in reversed(held) if order == "reversed" else held:
            self._put(delivery)

    def drop(self, count: int = 1) -> None:
        """Lose the next events: the log says that nobody could be reached."""
        self._drops += count

    def duplicate(self, count: int = 1) -> None:
        """Deliver the next events twice."""
        self._twice += count

    def delay(self, seconds: float) -> None:
        """Deliver late from now on."""
        self._delay_s = seconds

    def settled(self, timeout_s: float = 60.0) -> bool:
        """Wait until everything that is not held back is delivered; false where that takes too long."""
        end = time.monotonic() + timeout_s
        while self._queue.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.005)
        return not self._queue.unfinished_tasks

    def stop(self) -> None:
        """Deliver nothing any more."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker:
            self._queue.put(None)
            worker.join(timeout=_TIMEOUT_S)

    def _next(self) -> int:
        with self._lock:
            self._number += 1
            return self._number

    def _enqueue(self, delivery: Delivery) -> None:
        with self._lock:
            if self._held is not None:
                self._held.append(delivery)
                return
        self._put(delivery)

    def _put(self, delivery: Delivery) -> None:
        with self._lock:
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="webhooks", daemon=True)
                self._worker.start()
            copies = 2 if self._twice else 1
            self._twice = max(self._twice - 1, 0)
        for _ in range(copies):
            self._queue.put(delivery)

    def _work(self) -> None:
        while (delivery := self._queue.get()) is not None:
            try:
                self._attempt(delivery)
            finally:
                self._queue.task_done()
        self._queue.task_done()

    def _attempt(self, delivery: Delivery) -> None:
        body = encoded(delivery)
        if len(body) > _MAX_BYTES:
            # GitHub sends nothing that is larger, and keeps no trace of it.
            return
        if self._delay_s:
            time.sleep(self._delay_s)
        started = time.monotonic()
        delivery.sent_headers = self._headers(delivery, body)
        if self._drops:
            self._drops -= 1
            delivery.status, delivery.status_code = "failed to connect to host", 502
        else:
            _post(delivery, body)
        delivery.took_s = round(time.monotonic() - started, 3)
        delivery.hook.last_response = {
            "code": delivery.status_code,
            "status": "active",
            "message": delivery.status,
        }
        with self._lock:
            # What is delivered twice is one delivery.
            if not any(one is delivery for one in self._log):
                self._log.append(delivery)

    def _headers(self, delivery: Delivery, body: bytes) -> Mapping[str, str]:
        hook = delivery.hook
        kind = "json" if hook.content_type == "json" else "x-www-form-urlencoded"
        headers = {
            "Accept": "*/*",
            "Content-Type": f"application/{kind}",
            "User-Agent": "GitHub-Hookshot/0ca11b0",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(hook.id),
            "X-GitHub-Hook-Installation-Target-ID": str(hook.target),
            "X-GitHub-Hook-Installation-Target-Type": hook.kind,
        }
        if hook.secret:
            key = hook.secret.encode()
            headers["X-Hub-Signature"] = f"sha1={hmac.new(key, body, hashlib.sha1).hexdigest()}"
            headers["X-Hub-Signature-256"] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
        return headers


def encoded(delivery: Delivery) -> bytes:
    """The bytes that are sent and signed."""
    text = json.dumps(delivery.payload, separators=(",", ":"))
    if delivery.hook.content_type == "json":
        return text.encode()
    return urlencode({"payload": text}).encode()


def _post(delivery: Delivery, body: bytes) -> None:
    try:
        with requests.Session() as session:
            # A proxy of this machine's environment would not find a listener on this machine.
            session.trust_env = False
            answer = session.post(
                delivery.hook.url,
                data=body,
                headers=dict(delivery.sent_headers),
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
    except requests.Timeout:
        delivery.status, delivery.status_code = "timed out", 504
    except requests.RequestException:
        delivery.status, delivery.status_code = "failed to connect to host", 502
    else:
        delivery.status_code = answer.status_code
        delivery.status = "OK" if answer.ok else f"Invalid HTTP Response: {answer.status_code}"
        delivery.answer_headers = dict(answer.headers)
        delivery.answer = answer.text[:_KEPT_BYTES]
