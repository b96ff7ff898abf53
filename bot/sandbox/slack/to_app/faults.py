"""Faults on demand: refused, slow, dropped and lost calls; disturbed deliveries; sockets cut; a clock that is off."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatch
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.sandbox.slack.state import Json, SlackError
from bot.sandbox.slack.to_app.sockets import REASONS, SocketTransport

Scope = Any
_App = Callable[[Any, Any, Any], Awaitable[Any]]


class Connection(StrEnum):
    """What becomes of the connection that a call came on."""

    KEPT = "kept"
    DROPPED = "dropped"
    """Cut before anything is done."""
    LOST = "lost"
    """The call is carried out, and then the connection is cut instead of answering."""


class Disturbance(StrEnum):
    """What happens to an envelope on its way to the app."""

    DUPLICATED = "duplicated"
    HELD = "held"
    """It waits until the next one has gone, so that the two come out of order."""
    DELAYED = "delayed"
    ACK_DROPPED = "ack_dropped"
    """It arrives, and the app's ack gets lost."""


@dataclass(slots=True)
class _Call:
    method: str
    status: int
    times: int
    retry_after_s: int
    delay_s: float
    connection: Connection


@dataclass(slots=True)
class _Delivery:
    what: Disturbance
    kind: str
    times: int
    delay_s: float


class SlackFaults:
    """The planned faults; each call and each envelope takes at most one.

    Args:
        sockets: Whose connections can be cut; left out where there are none.
        journal: Where it is written down that a fault has struck.
    """

    def __init__(self, sockets: SocketTransport | None = None, journal: list[Json] | None = None) -> None:
        self.clock_skew_s = 0.0
        """By how many seconds Slack's clock is off when it signs a request."""
        self._sockets = sockets
        self._journal = [] if journal is None else journal
        self._calls: list[_Call] = []
        self._deliveries: list[_Delivery] = []

    def add(
        self,
        method: str,
        *,
        status: int = 200,
        times: int = 1,
        retry_after_s: int = 1,
        delay_s: float = 0.0,
        connection: Connection | str = Connection.KEPT,
    ) -> None:
        """Plan a fault for the next ``times`` calls of a method (globs allowed; ``response_url`` is one).

        Status 200 means that the call is only slow, by ``delay_s``, or that only its connection fails.
        """
        self._calls = [fault for fault in self._calls if fault.times > 0]
        self._calls.append(_Call(method, status, times, retry_after_s, delay_s, Connection(connection)))

    def disturb(
        self, what: Disturbance | str, *, kind: str = "*", times: int = 1, delay_s: float = 1.0
    ) -> None:
        """Plan a fault for the next ``times`` envelopes of a kind.

        Args:
            what: What happens to them.
            kind: A glob over the envelope's kind (``events_api``), or over what it carries: an event's
                type, an interaction's type, a slash command.
            times: How many.
            delay_s: How late the delayed ones are.
        """
        self._deliveries = [fault for fault in self._deliveries if fault.times > 0]
        self._deliveries.append(_Delivery(Disturbance(what), kind, times, delay_s))

    def disconnect(self, *, reason: str = "refresh_requested", times: int = 1, gap_s: float = 0.0) -> None:
        """Ask every socket to come back, ``times`` times with a gap: a disconnect storm; from any thread."""
        if reason not in REASONS:
            raise ValueError(f"reason: one of {', '.join(REASONS)}")
        sockets = self._sockets
        if sockets is None:
            return

        async def storm() -> None:
            for number in range(times):
                if number:
                    await asyncio.sleep(gap_s)
                self._note("sockets", reason)
                await sockets.disconnect_all(reason)

        sockets.run(storm())

    def drop_sockets(self) -> None:
        """Cut every socket without a close frame; from any thread."""
        if self._sockets:
            self._note("sockets", "cut")
            self._sockets.run(self._sockets.drop_all())

    def clear(self) -> None:
        """Forget whatever has not struck yet, and set the clock right."""
        self._calls, self._deliveries, self.clock_skew_s = [], [], 0.0

    def plan(self, values: Mapping[str, Any]) -> None:
        """Plan what the control API was asked for; raises ``invalid_arguments``.

        One of ``method`` (a Web API call), ``delivery`` (an envelope), ``sockets`` (``disconnect`` or
        ``cut``), ``clock_skew_s`` or ``clear``, with the options of the Python method of that name.
        """
        try:
            self._plan(dict(values))
        except (TypeError, ValueError, OverflowError) as wrong:
            raise SlackError("invalid_arguments", detail=str(wrong)) from wrong

    def listed(self) -> list[Json]:
        """What is planned and has not struck yet."""
        calls = [asdict(fault) for fault in self._calls if fault.times > 0]
        deliveries = [
            {"delivery": fault.what, "kind": fault.kind, "times": fault.times, "delay_s": fault.delay_s}
            for fault in self._deliveries
            if fault.times > 0
        ]
        skew = [{"clock_skew_s": self.clock_skew_s}] if self.clock_skew_s else []
        return [*calls, *deliveries, *skew]

    def disturbance(self, kind: str, payload: Json) -> _Delivery | None:
        """What is planned for an envelope; taking it uses it up."""
        event = payload.get("event")
        names = [
            kind,
            payload.get("command"),
            event.get("type") if isinstance(event, dict) else payload.get("type"),
        ]
        for fault in self._deliveries:
            if fault.times > 0 and any(fnmatch(str(name), fault.kind) for name in names if name):
                fault.times -= 1
                self._note(fault.what, kind)
                return fault
        return None

    def around(self, application: _App) -> _App:
        """The server's application with the planned faults in front of it."""

        async def guarded(scope: Scope, receive: Any, send: Any) -> None:
            scope["drop"] = _cut(send)
            fault = self._take(_method(scope)) if scope["type"] == "http" else None
            if fault is None:
                await application(scope, receive, send)
                return
            self._note(
                fault.connection if fault.connection != Connection.KEPT else str(fault.status), _method(scope)
            )
            await asyncio.sleep(fault.delay_s)
            await self._strike(fault, application, scope, receive, send)

        return guarded

    async def _strike(self, fault: _Call, application: _App, scope: Scope, receive: Any, send: Any) -> None:
        if fault.connection is Connection.LOST:
            await application(scope, receive, _unheard)
        if fault.connection is not Connection.KEPT:
            scope["drop"]()
            await _until_gone(receive)
        elif fault.status == 200:
            await application(scope, receive, send)
        else:
            await _refusal(fault)(scope, receive, send)

    def _take(self, method: str) -> _Call | None:
        for fault in self._calls:
            if method and fault.times > 0 and fnmatch(method, fault.method):
                fault.times -= 1
                return fault
        return None

    def _plan(self, values: Json) -> None:
        if "method" in values:
            self.add(str(values.pop("method")), **_numbers(values))
        elif "delivery" in values:
            self.disturb(str(values.pop("delivery")), **_numbers(values))
        elif values.get("sockets") == "cut":
            self.drop_sockets()
        elif values.pop("sockets", None) == "disconnect":
            self.disconnect(**_numbers(values))
        elif "clock_skew_s" in values:
            self.clock_skew_s = float(values["clock_skew_s"])
        elif values.get("clear"):
            self.clear()
        else:
            raise ValueError("one of method, delivery, sockets, clock_skew_s, clear is needed")

    def _note(self, did: str, to: str) -> None:
        self._journal.append({"way": "fault", "kind": to, "did": str(did), "at": time.time()})


_OPTIONS: Mapping[str, Callable[[Any], Any]] = {
    "status": int,
    "times": int,
    "retry_after_s": int,
    "delay_s": float,
    "gap_s": float,
    "connection": Connection,
    "kind": str,
    "reason": str,
}


def _numbers(values: Json) -> Json:
    unknown = set(values) - set(_OPTIONS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(map(str, unknown)))}")
    return {name: _OPTIONS[name](value) for name, value in values.items()}


def _method(scope: Scope) -> str:
    path = str(scope.get("path", ""))
    if path.startswith("/response/"):
        return "response_url"
    return path.removeprefix("/api/") if path.startswith("/api/") else ""


def _cut(send: Any) -> Callable[[], None]:
    """How to cut the connection that ``send`` writes to.

    ASGI has no word for this. uvicorn's ``send`` is a method of the object that holds the transport.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)

    def cut() -> None:
        if transport is None:
            raise RuntimeError("this server has no way to cut a connection")
        transport.abort()

    return cut


async def _unheard(_message: Any) -> None:
    """Where an answer goes that nobody gets."""


async def _until_gone(receive: Any) -> None:
    """Wait until the server has seen that the connection is gone; it would write a 500 into it otherwise."""
    while (await receive())["type"] != "http.disconnect":
        continue


def _refusal(fault: _Call) -> Response:
    if fault.status == 429:
        headers = {"Retry-After": str(fault.retry_after_s)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    error = "service_unavailable" if fault.status == 503 else "internal_error"
    return JSONResponse({"ok": False, "error": error}, status_code=fault.status)
