"""Socket Mode: tickets, at most ten connections, each envelope to any one of them, disconnects as Slack makes them."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.state import APP_ID, Json
from bot.sandbox.slack.to_app.transport import ACK_SECONDS, TIMED_OUT, UNREACHABLE, Ack

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
DRAIN_SECONDS = 10.0
SETTLE_SECONDS = 1.0
"""How long an envelope waits for a fresh connection before it goes to one that was asked to come back."""
REASONS = ("warning", "refresh_requested", "link_disabled")


@dataclass(eq=False, slots=True)
class _Connection:
    socket: WebSocket
    app_id: str
    is_draining: bool = False
    """It was asked to come back: it may still acknowledge, and gets nothing new while others are open."""
    is_closing: bool = False
    unanswered: set[str] = field(default_factory=set)
    """The envelopes that were sent on it and have no ack yet."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    app_id: str
    at: float

    def is_good(self, now: float) -> bool:
        return now - self.at <= TICKET_SECONDS


class SocketTransport:
    """Any one of the open connections gets an envelope, and has ``ack_seconds`` to acknowledge it.

    Args:
        ack_seconds: How long the app has; Slack gives three seconds.
        note: Where frames are written down that were not what Slack expects.
        app_id: Whose connections the envelopes go to.
    """

    # What captured Socket Mode envelopes say; over HTTP Slack says "http_timeout".
    timeout_reason = "timeout"

    def __init__(
        self,
        ack_seconds: float = ACK_SECONDS,
        note: Callable[[Json], None] = lambda _entry: None,
        app_id: str = APP_ID,
    ) -> None:
        self.ack_seconds = ack_seconds
        self.drain_seconds = DRAIN_SECONDS
        self.settle_seconds = SETTLE_SECONDS
        self._note = note
        self._app_id = app_id
        self._connections: list[_Connection] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._tickets: dict[str, _Ticket] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many connections are open, of all apps."""
        return len(self._connections)

    def new_ticket(self, app_id: str = APP_ID) -> str:
        """The secret part of a connection's address: good for one connection, and for half a minute."""
        ticket, now = secrets.token_urlsafe(16), time.monotonic()
        # One that nobody came with is worth nothing any more.
        self._tickets = {key: item for key, item in self._tickets.items() if item.is_good(now)}
        self._tickets[ticket] = _Ticket(app_id, now)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        ticket = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        if ticket is None or not ticket.is_good(time.monotonic()):
            await socket.close(code=4401)
            return
        self._loop = asyncio.get_running_loop()
        await socket.accept()
        if sum(item.app_id == ticket.app_id for item in self._connections) >= MOST_CONNECTIONS:
            await _say_disconnect(socket, "too_many_websockets")
            await socket.close()
            return
        connection = _Connection(socket, ticket.app_id)
        self._connections.append(connection)
        try:
            await socket.send_json(self._hello(ticket.app_id))
            self._close_drained()
            while True:
                self._receive(await socket.receive())
        except (WebSocketDisconnect, RuntimeError):
            # The app went away; whoever waits for it hears so by the time limit.
            pass
        finally:
            self._connections.remove(connection)

    async def disconnect_all(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to come back, as Slack does several times a day.

        Args:
            reason: ``refresh_requested`` lets the old connection drain: it is closed when a fresh one is there and
                nothing is left to acknowledge, at the latest after ``drain_seconds``. ``warning`` sets no such
                limit. ``link_disabled`` closes at once.
        """
        for connection in list(self._connections):
            connection.is_draining = True
            await _say_disconnect(connection.socket, reason)
            if reason == "link_disabled":
                await _close(connection.socket)
            elif reason == "refresh_requested":
                self._close_later(connection, self.drain_seconds or 0.01)

    async def drop_all(self) -> None:
        """Cut every connection without a word, as a network does."""
        for connection in list(self._connections):
            drop = connection.socket.scope.get("drop")
            if drop is None:
                raise RuntimeError("this server has no way to cut a connection")
            drop()

    def run(self, work: Coroutine[Any, Any, None]) -> "Future[None] | None":
        """Do something with the connections from any thread; None when nobody has ever connected."""
        if self._loop is None or self._loop.is_closed():
            work.close()
            return None
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """See ``Transport.deliver``."""
        key = secrets.token_hex(16)
        accepts = kind != "events_api"
        envelope: Json = {
            "envelope_id": key,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts,
        }
        if not accepts:
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[key] = waiting
        connection: _Connection | None = None
        try:
            connection = await self._send(envelope)
            if connection is None:
                return Ack(False, error=UNREACHABLE, retry_reason="connection_failed")
            answer = await asyncio.wait_for(waiting, self.ack_seconds)
        except TimeoutError:
            return Ack(False, error=TIMED_OUT, retry_reason=self.timeout_reason)
        finally:
            self._waiting.pop(key, None)
            if connection:
                connection.unanswered.discard(key)
                self._close_drained()
        if answer and not accepts:
            self._refuse("this envelope takes no payload with its ack", answer)
            return Ack(True)
        return Ack(True, answer)

    async def _send(self, envelope: Json) -> _Connection | None:
        """Give an envelope to the connection whose turn it is; to the next one when that is gone."""
        takers = await self._takers()
        self._turn += 1
        for number in range(len(takers)):
            taker = takers[(self._turn + number) % len(takers)]
            try:
                await taker.socket.send_json(envelope)
            except (RuntimeError, WebSocketDisconnect):
                continue
            taker.unanswered.add(envelope["envelope_id"])
            return taker
        return None

    async def _takers(self) -> list[_Connection]:
        """The connections that may get an envelope.

        One that was asked to come back is about to be closed by its client: what is sent to it then may
        never be read. So a fresh one is waited for, as long as there is reason to hope for one.
        """
        until = time.monotonic() + self.settle_seconds
        while True:
            mine = [item for item in self._connections if item.app_id == self._app_id]
            fresh = [item for item in mine if not item.is_draining]
            if fresh or not mine or time.monotonic() > until:
                return fresh or mine
            await asyncio.sleep(0.02)

    def _receive(self, message: Any) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        try:
            frame = parse_json(text if text is not None else message.get("bytes") or b"")
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            self._refuse("a frame that is no JSON object", str(text)[:200])
            return
        self._acknowledge(frame)

    def _acknowledge(self, frame: Json) -> None:
        waiting = self._waiting.get(str(frame.get("envelope_id", "")))
        if waiting is None or waiting.done():
            # Not a refusal: a late ack is how an app that is too slow looks, and Slack passes over it.
            self._note({"way": "ignored", "kind": "ack", "answer": frame, "at": time.time()})
            return
        payload = frame.get("payload") or {}
        waiting.set_result(payload if isinstance(payload, dict) else {"text": str(payload)})

    def _refuse(self, reason: str, what: Any) -> None:
        self._note({"way": "refused", "kind": "socket", "reason": reason, "answer": what, "at": time.time()})

    def _hello(self, app_id: str) -> Json:
        return {
            "type": "hello",
            "num_connections": sum(item.app_id == app_id for item in self._connections),
            "connection_info": {"app_id": app_id},
            "debug_info": {
                "host": "sandbox",
                "started": time.strftime("%Y-%m-%d %H:%M:%S.000"),
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    def _close_drained(self) -> None:
        """Close what was replaced and has nothing left to say."""
        fresh = {item.app_id for item in self._connections if not item.is_draining}
        for connection in self._connections:
            if connection.is_draining and not connection.unanswered and connection.app_id in fresh:
                self._close_later(connection, 0.0)

    def _close_later(self, connection: _Connection, after_s: float) -> None:
        if connection.is_closing:
            return
        connection.is_closing = after_s == 0.0

        async def close() -> None:
            await asyncio.sleep(after_s)
            await _close(connection.socket)

        task = asyncio.get_running_loop().create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _say_disconnect(socket: WebSocket, reason: str) -> None:
    try:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
    except (RuntimeError, WebSocketDisconnect):
        return  # It has gone already, which is what was wanted.


async def _close(socket: WebSocket) -> None:
    try:
        await socket.close()
    except (RuntimeError, WebSocketDisconnect):
        return
