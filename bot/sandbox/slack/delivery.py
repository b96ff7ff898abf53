"""How things reach the app: Socket Mode envelopes or signed HTTP, three seconds to acknowledge, events again."""

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.state import APP_ID, Json

ACK_SECONDS = 3.0
EVENT_RETRIES_S = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's acknowledgement: whether one came in time, and what it carried."""

    came: bool
    payload: Json = field(default_factory=dict)
    error: str = "operation_timeout"


class Transport(Protocol):
    """One way to the app."""

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """Hand over one envelope (``slash_commands``, ``interactive`` or ``events_api``) and wait for the ack."""
        ...


class Delivery:
    """Hands over what people do, and keeps a journal of it."""

    def __init__(self, transport: Transport, journal: list[Json]) -> None:
        self.transport = transport
        self._journal = journal
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, kind: str, payload: Json) -> Ack:
        """Hand over something that a person waits for."""
        ack = await self.transport.deliver(kind, payload)
        self._journal.append(
            {"way": "out", "kind": kind, "payload": payload, "acked": ack.came, "answer": ack.payload}
        )
        return ack

    def announce(self, payload: Json) -> None:
        """Hand over an event; nobody waits, and what is not acknowledged is sent again."""
        task = asyncio.get_running_loop().create_task(self._event(payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _event(self, payload: Json) -> None:
        reason = ""
        for number, pause in enumerate((-1.0, *EVENT_RETRIES_S)):
            if pause > 0:
                await asyncio.sleep(pause)
            ack = await self.transport.deliver("events_api", payload, retry=max(number, 0), reason=reason)
            self._journal.append(
                {"way": "out", "kind": "events_api", "payload": payload, "acked": ack.came, "retry": number}
            )
            if ack.came:
                return
            reason = "timeout" if ack.error == "operation_timeout" else "http_error"


class SocketTransport:
    """Socket Mode: any one of the open connections gets an envelope, and has ``ack_seconds`` to acknowledge it."""

    def __init__(self, ack_seconds: float = ACK_SECONDS) -> None:
        self.ack_seconds = ack_seconds
        self._connections: list[WebSocket] = []
        self._turn = itertools.count()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self.tickets: set[str] = set()

    def new_ticket(self) -> str:
        """The secret part of a connection's address; good for one connection."""
        ticket = secrets.token_urlsafe(16)
        self.tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self.tickets:
            await socket.close(code=4401)
            return
        self.tickets.discard(ticket)
        await socket.accept()
        self._connections.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._connections),
                "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
                "connection_info": {"app_id": APP_ID},
            }
        )
        try:
            while True:
                self._acknowledge(await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            # The app went away; whoever waits for it hears so by the time limit.
            pass
        finally:
            self._connections.remove(socket)

    async def disconnect_all(self) -> None:
        """Ask every connection to come back, as Slack does several times a day."""
        for socket in list(self._connections):
            await socket.send_json(
                {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "sandbox"}}
            )
            await socket.close()

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """See ``Transport.deliver``."""
        if not self._connections:
            return Ack(False, error="dispatch_failed")
        socket = self._connections[next(self._turn) % len(self._connections)]
        key = secrets.token_hex(12)
        envelope: Json = {
            "envelope_id": key,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await socket.send_json(envelope)
            answer = await asyncio.wait_for(self._waiting[key], self.ack_seconds)
        except TimeoutError:
            return Ack(False)
        except (RuntimeError, WebSocketDisconnect):
            return Ack(False, error="dispatch_failed")
        finally:
            self._waiting.pop(key, None)
        return Ack(True, answer)

    def _acknowledge(self, frame: Json) -> None:
        waiting = self._waiting.get(str(frame.get("envelope_id", "")))
        if waiting and not waiting.done():
            waiting.set_result(frame.get("payload") or {})


class HttpTransport:
    """Signed HTTP to one address for everything."""

    def __init__(self, url: str, signing_secret: str) -> None:
        self._url = url
        self._secret = signing_secret

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """See ``Transport.deliver``."""
        return await run_in_threadpool(self._post, kind, payload, retry, reason)

    def _post(self, kind: str, payload: Json, retry: int, reason: str) -> Ack:
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, **signed(self._secret, body, int(time.time()))}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        request = urllib.request.Request(self._url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=ACK_SECONDS) as response:
                return Ack(True, _decoded(response.read()))
        except TimeoutError:
            return Ack(False)
        except urllib.error.HTTPError as error:
            return Ack(False, error=f"http_status_{error.code}")
        except OSError as error:
            timed_out = isinstance(getattr(error, "reason", None), TimeoutError)
            return Ack(False, error="operation_timeout" if timed_out else "dispatch_failed")


def signed(secret: str, body: bytes, at: int) -> Mapping[str, str]:
    """The headers by which an app knows that a request came from Slack."""
    base = b"v0:%d:%s" % (at, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    if kind == "slash_commands":
        return urlencode(payload).encode(), form
    return urlencode({"payload": json.dumps(payload)}).encode(), form


def _decoded(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        decoded: Any = json.loads(body)
    except ValueError:
        return {"text": body.decode(errors="replace")}
    return decoded if isinstance(decoded, dict) else {}
