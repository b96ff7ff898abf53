"""The door of the local GitHub: faults, tokens, limits and headers around every request, and a log of them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.github.faults import CARRIED_OUT, Fault, FaultKind, FaultPlan, faulty, limited, slowed
from bot.sandbox.github.host import Host
from bot.sandbox.github.limits import CONCURRENT
from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.rest.meta import API_VERSIONS
from bot.sandbox.github.rest.routes import refused
from bot.sandbox.github.shapes.people import number_of
from bot.sandbox.github.tokens import Tokens
from bot.sandbox.github.viewer import Viewer

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
_OLD_API = ("/repositories/", "/organizations/", "/teams/")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CREATIONS = ("/pulls", "/comments", "/repos", "/issues", "/generate", "/teams")
_MAX_BODY = 100 * 1024 * 1024
_NO_AGENT = (
    "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header "
    "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check "
    "https://developer.github.com for other possible causes.\r\n"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came in."""

    method: str
    path: str
    status: int

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
        return "rest" if self.path == "/" or self.path.startswith((*_API, *_OLD_API)) else "page"


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


class Admission:
    """An ASGI application around another."""

    def __init__(
        self, inner: ASGIApp, host: Host, tokens: Tokens, faults: FaultPlan, seen: list[Seen]
    ) -> None:
        self._inner = inner
        self._host = host
        self._tokens = tokens
        self._faults = faults
        self._seen = seen
        self.exchanges: deque[Exchange] = deque(maxlen=2_000)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope = _rewritten(self._host, scope)
        visit = _Visit(Request(scope, receive), send)
        fault = self._faults.take(visit.method, visit.path)
        await self._serve(visit, fault)
        self._seen.append(Seen(visit.method, visit.path, visit.status))
        if visit.kind in ("rest", "app") and fault is None:
            self.exchanges.append(visit.exchange)

    async def _serve(self, visit: "_Visit", fault: Fault | None) -> None:
        if fault and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.delay_s)
        elif fault and fault.kind is FaultKind.DROPPED:
            await visit.hang_up()
            return
        elif fault and fault.kind not in CARRIED_OUT:
            reset = int(self._host.state.clock.now().timestamp()) + 3600
            await visit.answer(faulty(fault, reset))
            return
        visit.spoil = fault.kind if fault else None
        await self._admit(visit)
        if fault and fault.kind is FaultKind.LOST:
            visit.spoil = None
            await visit.answer(faulty(Fault("", FaultKind.BAD_GATEWAY, 1), 0))
        elif fault and fault.kind is FaultKind.DROPPED_AFTER:
            await visit.hang_up()

    async def _admit(self, visit: "_Visit") -> None:
        """Who asks, whether they may ask at all, and then the request itself."""
        if visit.kind in ("page", "sandbox"):
            await self._inner(visit.request.scope, visit.request.receive, visit.send)
            return
        if visit.kind != "git":
            refusal = await visit.read()
            if refusal:
                await visit.answer(refusal)
                return
        try:
            viewer = self._tokens.viewer(visit.request.headers.get("authorization", ""))
        except RestError as error:
            visit.on_start = _common
            await visit.answer(_unknown(error, is_git=visit.kind == "git"))
            return
        visit.request.scope.setdefault("state", {})["viewer"] = viewer
        if visit.kind == "git":
            await self._inner(visit.request.scope, visit.request.receive, visit.send)
        else:
            await self._limited(visit, viewer)

    async def _limited(self, visit: "_Visit", viewer: Viewer) -> None:
        refusal = _malformed(visit.request) or _over(visit, viewer)
        visit.on_start = lambda status, headers: _dress(visit, viewer, status, headers)
        if refusal:
            await visit.answer(refusal)
            return
        viewer.budget.under_way += 1
        try:
            await self._inner(visit.request.scope, visit.receive, visit.send)
        finally:
            viewer.budget.under_way -= 1


class _Visit:
    """One request on its way through the door."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self.method, self.path = request.method, request.url.path
        self.kind = Seen(self.method, self.path, 0).kind
        self.status = 0
        self.spoil: FaultKind | None = None
        self.on_start: Callable[[int, MutableHeaders], None] = lambda _status, _headers: None
        self._send = send
        self._body = b""
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
        self._body = b"".join(parts)
        return None

    async def receive(self) -> Message:
        """The body once more, for the application."""
        if self._is_read:
            return await self.request.receive()
        self._is_read = True
        return {"type": "http.request", "body": self._body, "more_body": False}

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
        elif self.kind in ("rest", "app"):
            self._answer.append(message.get("body", b""))
        if self.spoil in (FaultKind.LOST, FaultKind.DROPPED_AFTER):
            return
        if self.spoil is FaultKind.TRUNCATED and message.get("body"):
            half = message["body"][: len(message["body"]) // 2]
            await self._send({"type": "http.response.body", "body": half, "more_body": True})
            await self.hang_up()
            return
        await self._send(message)

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
            self._body,
            self.status,
            self._content_type,
            b"".join(self._answer),
        )


def _rewritten(host: Host, scope: Scope) -> Scope:
    """Addresses by number lead to those by name: ``/repositories/1``, ``/organizations/1/team/2``, ``/teams/2``."""
    path: str = scope["path"]
    if not path.startswith(_OLD_API):
        return scope
    parts = path.strip("/").split("/")
    target, rest = "", parts[2:]
    if parts[0] == "repositories" and len(parts) > 1:
        found = next((one for one in host.state.repositories.values() if str(one.number) == parts[1]), None)
        target = f"/repos/{found.full_name}" if found else ""
    elif parts[0] == "teams" or parts[2:3] == ["team"]:
        number, rest = (parts[1:2], parts[2:]) if parts[0] == "teams" else (parts[3:4], parts[4:])
        slug = next((one for one in host.state.teams if [str(number_of("team", one))] == number), None)
        target = f"/orgs/{host.state.name}/teams/{slug}" if slug else ""
    elif parts[0] == "organizations" and parts[1:2] == ["1"]:
        target = f"/orgs/{host.state.name}"
    if not target:
        return scope
    new = "/".join([target, *rest])
    return {**scope, "path": new, "raw_path": new.encode()}


def _unknown(error: RestError, *, is_git: bool) -> Response:
    if not is_git:
        return refused(error)
    headers = {"WWW-Authenticate": 'Basic realm="GitHub"'} if error.status == 401 else {}
    return PlainTextResponse("Invalid username or token.\n", error.status, headers)


def _malformed(request: Request) -> Response | None:
    """What GitHub refuses before it looks at the address."""
    if not request.headers.get("user-agent"):
        return PlainTextResponse(_NO_AGENT, 403)
    version = request.headers.get("x-github-api-version")
    if version and version not in API_VERSIONS:
        words = f"'{version}' is not a supported version of this API. Supported: {', '.join(API_VERSIONS)}."
        return refused(RestError(400, words))
    accept = request.headers.get("accept", "*/*")
    if not any(part in accept for part in ("*/*", "json", "application/*", "vnd.github", "text/")):
        words = f"Unsupported 'Accept' header: '{accept[:80]}'. Must accept 'application/json'."
        return refused(RestError(415, words))
    return None


def _over(visit: _Visit, viewer: Viewer) -> Response | None:
    """Whether a limit is reached; what is free of charge is not counted."""
    budget = viewer.budget
    if visit.path == "/rate_limit":
        return None
    if budget.under_way >= CONCURRENT:
        return slowed(60)
    if visit.kind == "graphql":
        return None
    _, window = budget.window(visit.path)
    if window.remaining == 0:
        return limited(budget.owner, int(window.reset_at.timestamp()))
    creates = visit.method == "POST" and visit.path.endswith(_CREATIONS)
    wait = budget.secondary(is_write=visit.method in _WRITES, creates=creates)
    return slowed(wait) if wait else None


def _dress(visit: _Visit, viewer: Viewer, status: int, headers: MutableHeaders) -> None:
    """The headers of every answer, and the price of the request: a 304 costs nothing."""
    _common(status, headers)
    selected = visit.request.headers.get("x-github-api-version", API_VERSIONS[0])
    headers["X-GitHub-Api-Version-Selected"] = selected
    headers["X-GitHub-Media-Type"] = _media_type(visit.request.headers.get("accept", ""))
    if visit.kind == "graphql":
        return
    name, window = viewer.budget.window(visit.path)
    if status != 304 and visit.path != "/rate_limit":
        window.spend(1)
    headers["X-RateLimit-Limit"] = str(window.limit)
    headers["X-RateLimit-Remaining"] = str(window.remaining)
    headers["X-RateLimit-Used"] = str(window.limit - window.remaining)
    headers["X-RateLimit-Reset"] = str(int(window.reset_at.timestamp()))
    headers["X-RateLimit-Resource"] = name


def _common(_status: int, headers: MutableHeaders) -> None:
    headers["X-GitHub-Request-Id"] = ":".join(secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))
    headers.setdefault("X-Content-Type-Options", "nosniff")


def _media_type(accept: str) -> str:
    kinds: Sequence[str] = ("raw", "diff", "sha", "patch", "object", "html", "text", "full")
    kind = next(
        (one for one in kinds if f"vnd.github.{one}" in accept or f"vnd.github.v3.{one}" in accept), ""
    )
    form = "; format=json" if not kind or "+json" in accept else ""
    return f"github.v3{f'; param={kind}' if kind else ''}{form}"
