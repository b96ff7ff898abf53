"""Signed HTTP: Slack's headers and bodies, two redirects at most, and the check of a new request URL."""

import hashlib
import hmac
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import anyio.to_thread

from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.to_app.transport import ACK_SECONDS, TIMED_OUT, UNREACHABLE, Ack

MOST_REDIRECTS = 2
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
_FORM = "application/x-www-form-urlencoded"
_LONGEST_ANSWER = 1_000_000


@dataclass(frozen=True, slots=True)
class RequestUrls:
    """Where each kind goes; an empty address means that the app is not configured for it."""

    events: str = ""
    interactivity: str = ""
    options: str = ""
    commands: Mapping[str, str] = field(default_factory=dict)
    any_command: str = ""

    @classmethod
    def everywhere(cls, url: str) -> "RequestUrls":
        """One address for everything."""
        return cls(events=url, interactivity=url, options=url, any_command=url)

    @classmethod
    def of(cls, manifest: Json) -> "RequestUrls":
        """The addresses that a manifest names."""
        settings, features = manifest.get("settings") or {}, manifest.get("features") or {}
        interactivity = settings.get("interactivity") or {}
        clicked = str(interactivity.get("request_url") or "")
        return cls(
            events=str((settings.get("event_subscriptions") or {}).get("request_url") or ""),
            interactivity=clicked,
            options=str(interactivity.get("message_menu_options_url") or ""),
            commands={
                item["command"]: str(item.get("url") or "") for item in features.get("slash_commands") or ()
            },
        )

    def for_(self, kind: str, payload: Json) -> str:
        """The address of one envelope."""
        if kind == "events_api":
            return self.events
        if kind == "slash_commands":
            return self.commands.get(str(payload.get("command")), self.any_command)
        return self.options if payload.get("type") == "block_suggestion" else self.interactivity


class HttpTransport:
    """Posts each envelope, signed, and takes any 2xx within ``ack_seconds`` for the acknowledgement.

    Args:
        urls: One address for everything, or one for each kind.
        signing_secret: What the app verifies with.
        skew_s: By how many seconds Slack's clock is off when it signs; asked for every request.
        ack_seconds: How long the app has; Slack gives three seconds.
    """

    timeout_reason = "http_timeout"

    def __init__(
        self,
        urls: str | RequestUrls,
        signing_secret: str,
        skew_s: Callable[[], float] = lambda: 0.0,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self.urls = RequestUrls.everywhere(urls) if isinstance(urls, str) else urls
        self.ack_seconds = ack_seconds
        self._secret = signing_secret
        self._skew_s = skew_s
        # A request that hangs must not take the place of the next one's.
        self._threads: anyio.CapacityLimiter | None = None

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """See ``Transport.deliver``."""
        url = self.urls.for_(kind, payload)
        if not url:
            return Ack(False, error=UNREACHABLE, retry_reason="connection_failed")
        body, content_type = _encoded(kind, payload)
        headers = self._headers(body, content_type)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        self._threads = self._threads or anyio.CapacityLimiter(200)
        with anyio.move_on_after(self.ack_seconds):
            return await anyio.to_thread.run_sync(
                _post, url, body, headers, self.ack_seconds, abandon_on_cancel=True, limiter=self._threads
            )
        return _TIMED_OUT

    def verify(self, url: str = "") -> str:
        """Ask the events' address to repeat a challenge, as Slack does before it keeps a request URL.

        Returns:
            Why Slack would not keep the address; empty when it would.
        """
        challenge = secrets.token_urlsafe(32)
        payload = {"token": "sandbox", "challenge": challenge, "type": "url_verification"}
        body, content_type = _encoded("events_api", payload)
        ack = _post(url or self.urls.events, body, self._headers(body, content_type), self.ack_seconds)
        if not ack.came:
            return f"the request URL did not answer as it should: {ack.error or ack.retry_reason}"
        given = ack.payload.get("challenge", str(ack.payload.get("text", "")).strip())
        if given != challenge and parse_qs(str(given)).get("challenge") != [challenge]:
            return "the request URL did not respond with the value of the challenge parameter"
        return ""

    def _headers(self, body: bytes, content_type: str) -> dict[str, str]:
        return {
            "User-Agent": USER_AGENT,
            "Accept": "application/json,*/*",
            "Accept-Encoding": "identity",
            "Content-Type": content_type,
            **signed(self._secret, body, int(time.time() + self._skew_s())),
        }


def signed(secret: str, body: bytes, at: int) -> Mapping[str, str]:
    """The headers by which an app knows that a request came from Slack."""
    base = b"v0:%d:%s" % (at, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


_TIMED_OUT = Ack(False, error=TIMED_OUT, retry_reason=HttpTransport.timeout_reason)


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> Ack:
    """One envelope, over as many redirects as Slack follows; each hop gets the same signed body."""
    deadline = time.monotonic() + timeout_s
    location = ""
    for _ in range(MOST_REDIRECTS + 1):
        try:
            url = urljoin(url, location)
            status, answered, content = _exchange(url, body, headers, deadline - time.monotonic())
        except TimeoutError:
            return _TIMED_OUT
        except ssl.SSLError:
            return Ack(False, error=UNREACHABLE, retry_reason="ssl_error")
        except (OSError, http.client.HTTPException, ValueError):
            return Ack(False, error=UNREACHABLE, retry_reason="connection_failed")
        if status not in (301, 302, 303, 307, 308) or not answered.get("location"):
            return _as_ack(status, answered, content)
        location = answered["location"]
    return Ack(False, error=UNREACHABLE, retry_reason="too_many_redirects")


def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], timeout_s: float
) -> tuple[int, Mapping[str, str], bytes]:
    if timeout_s <= 0:
        raise TimeoutError
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an address")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout_s)
    try:
        connection.request(
            "POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", body, dict(headers)
        )
        response = connection.getresponse()
        found = {key.lower(): value for key, value in response.getheaders()}
        return response.status, found, response.read(_LONGEST_ANSWER)
    finally:
        connection.close()


def _as_ack(status: int, headers: Mapping[str, str], content: bytes) -> Ack:
    if 200 <= status < 300:
        return Ack(True, _decoded(content), status=status)
    # Slack names 4xx and 5xx apart in the words that a slash command shows.
    error = "http_service_error" if status >= 500 else "http_client_error"
    may_retry = headers.get("x-slack-no-retry") != "1"
    return Ack(False, error=error, retry_reason="http_error", may_retry=may_retry, status=status)


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    if kind == "slash_commands":
        return urlencode(payload).encode(), _FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), _FORM


def _decoded(body: bytes) -> Json:
    """What came with an ack: a JSON object, or plain text under ``text``."""
    text = body.decode(errors="replace")
    if not text.strip():
        return {}
    try:
        decoded = parse_json(text)
    except ValueError:
        return {"text": text}
    return decoded if isinstance(decoded, dict) else {"text": text}
