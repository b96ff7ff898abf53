"""One request on its way through the local GitHub: its body, its answer, and what is noted of both."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Send

from bot.sandbox.github.faults import FaultKind

_API = (
    "/repos/",
    "/orgs/",
    "/user",
    "/rate_limit",
    "/app",
    "/installation",
    "/search/",
    "/meta",
    "/versions",
    "/codeload/",
)
OLD_API = ("/repositories/", "/organizations/", "/teams/")
_MAX_BODY = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came in."""

    method: str
    path: str
    status: int
    took_in: int = 0
    """Bytes of the request's body."""
    sent: int = 0
    """Bytes of the answer's body, as the application wrote it."""

    @property
    def kind(self) -> str:
        """``graphql``, ``git``, ``app``, ``page``, ``sandbox`` or ``rest``."""
        if self.path.startswith("/_sandbox/"):
            return "sandbox"
        if self.path == "/graphql":
            return "graphql"
        if self.path.startswith("/app/"):
            return "app"
        if self.path.endswith(("/info/refs", "/git-upload-pack", "/git-receive-pack")):
            return "git"
        return "rest" if self.path == "/" or self.path.startswith((*_API, *OLD_API)) else "page"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to the REST API and its answer, as they went over the wire."""

    method: str
    path: str
    query: str
    request_body: bytes
    status: int
    content_type: str
    response_body: bytes

    @property
    def size(self) -> int:
        """How many bytes its bodies have."""
        return len(self.request_body) + len(self.response_body)


class Visit:
    """One request on its way through the door."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.method, self.path = request.method, request.url.path
        self.kind = Seen(self.method, self.path, 0).kind
        self.status = 0
        self.spoil: FaultKind | None = None
        self.delay_s = 0.0
        self.on_start: Callable[[int, MutableHeaders], None] = lambda _status, _headers: None
        self.on_end: Callable[[], None] = lambda: None
        self._is_over = False
        self._send = send
        self.body = b""
        self.sent = 0
        self._is_read = False
        self._content_type = ""
        self._answer: list[bytes] = []

    async def read(self) -> Response | None:
        """Read the body; the refusal of one that is too long."""
        parts, size = [], 0
        async for chunk in self.request.stream():
            size += len(chunk)
            if size > _MAX_BODY:
                return JSONResponse({"message": "Payload too large"}, status_code=413)
            parts.append(chunk)
        self.body = b"".join(parts)
        return None

    async def receive(self) -> Message:
        """The body once more, for the application."""
        if self._is_read:
            return await self.request.receive()
        self._is_read = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def answer(self, response: Response) -> None:
        """Send a response of our own."""
        await response(self.request.scope, self.request.receive, self.send)

    async def send(self, message: Message) -> None:
        """Pass on what the application answers, noted and spoilt where that is planned."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            self.on_start(self.status, headers)
            if self.spoil is FaultKind.WRONG_TYPE:
                headers["content-type"] = "text/html; charset=utf-8"
            self._content_type = headers.get("content-type", "")
            if self.status in (204, 304) and self.spoil is None:
                # Nothing follows; whoever asked has the whole answer with its headers.
                self.end()
        else:
            self._note(message.get("body", b""))
        if self.spoil in (FaultKind.LOST, FaultKind.DROPPED_AFTER):
            return
        if self.spoil is FaultKind.TRUNCATED and message.get("body"):
            half = message["body"][: len(message["body"]) // 2]
            await self._send({"type": "http.response.body", "body": half, "more_body": True})
            await self.hang_up()
            return
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.end()
        await self._send(message)

    def _note(self, part: bytes) -> None:
        self.sent += len(part)
        if self.kind in ("rest", "app"):
            self._answer.append(part)

    def end(self) -> None:
        """The answer is complete; only the first call counts."""
        if not self._is_over:
            self._is_over = True
            self.on_end()

    async def hang_up(self) -> None:
        """End the connection without another word."""
        cycle = getattr(self.request.receive, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is not None:
            transport.close()
        while (await self.request.receive())["type"] != "http.disconnect":
            continue

    @property
    def exchange(self) -> Exchange:
        """What was asked and answered."""
        return Exchange(
            self.method,
            self.path,
            self.request.url.query,
            self.body,
            self.status,
            self._content_type,
            b"".join(self._answer),
        )
