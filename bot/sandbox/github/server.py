"""The local GitHub as a server: who may come in, faults on demand, a log of every request."""

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.github.apps import App
from bot.sandbox.github.faults import Fault, FaultKind, FaultPlan
from bot.sandbox.github.pages import Pages
from bot.sandbox.github.rest import Rest, RestError
from bot.sandbox.github.smart_http import SmartHttp
from bot.sandbox.github.state import State
from bot.sandbox.organization import Organization
from bot.web.server import WebServer
from core.clock import Clock

_Next = Callable[[Request], Awaitable[Response]]
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came in."""

    method: str
    path: str
    status: int

    @property
    def kind(self) -> str:
        """``graphql``, ``git``, ``app``, ``page`` or ``rest``."""
        if self.path == "/graphql":
            return "graphql"
        if self.path.startswith("/app/"):
            return "app"
        if ".git/" in self.path:
            return "git"
        return "rest" if self.path.startswith(("/repos/", "/orgs/", "/user", "/rate_limit")) else "page"


class LocalGitHub:
    """A GitHub host on this machine.

    Args:
        root: A folder for the bare repositories.
        organization: What is on the host at the start.
        clock: Tells the present.
        token: The reading token; one is made up when left out. ``publish_token`` may write too.
    """

    def __init__(self, root: Path, organization: Organization, clock: Clock, *, port: int = 0) -> None:
        self.state = State(root, organization, clock)
        self.token = f"ghp_{secrets.token_hex(18)}"
        self.publish_token = f"ghp_{secrets.token_hex(18)}"
        self.app = App(organization.name, clock)
        self.webhook_secret = secrets.token_hex(16)
        self.requests: list[Seen] = []
        self.faults = FaultPlan()
        self._server = WebServer(_Gate(self), "127.0.0.1", port)
        self.url = self._server.url
        self._application = self._build()

    @property
    def api_url(self) -> str:
        """The REST API's address; on one port with everything else, so links stay on one host."""
        return self.url

    @property
    def graphql_url(self) -> str:
        """The GraphQL address."""
        return f"{self.url}/graphql"

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()

    def fail_next(self, route: str, kind: FaultKind, times: int = 1, delay_s: float = 0.0) -> None:
        """Get the next ``times`` requests wrong that fit ``route`` (``POST /graphql``, ``* /repos/*``)."""
        self.faults.add(route, kind, times, delay_s)

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """The ASGI application."""
        await self._application(scope, receive, send)  # type: ignore[arg-type]

    def _build(self) -> Starlette:
        routes = [
            *self.app.routes(),
            *Rest(self.state, self.url).routes(),
            *SmartHttp(self.state).routes(),
            *Pages(self.state).routes(),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self._admit)],
            exception_handlers={RestError: _refuse},
        )

    async def _admit(self, request: Request, proceed: _Next) -> Response:
        """Faults first, then the token, then the request itself; everything is written down."""
        fault = self.faults.take(request.method, request.url.path)
        response = await self._answer(request, proceed, fault)
        self.requests.append(Seen(request.method, request.url.path, response.status_code))
        response.headers["X-RateLimit-Limit"] = "5000"
        response.headers.setdefault("X-RateLimit-Remaining", "4999")
        response.headers["X-RateLimit-Reset"] = str(int(self.state.clock.now().timestamp()) + 3600)
        return response

    async def _answer(self, request: Request, proceed: _Next, fault: Fault | None) -> Response:
        if fault and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.delay_s)
        elif fault and fault.kind is FaultKind.LOST:
            await proceed(request)
            return JSONResponse({"message": "Bad Gateway"}, status_code=502)
        elif fault:
            return _faulty(fault)
        return self._refusal(request) or await proceed(request)

    def _refusal(self, request: Request) -> Response | None:
        seen = Seen(request.method, request.url.path, 0)
        if seen.kind in ("page", "app"):
            return None
        token = _token(request)
        if token not in (self.token, self.publish_token) and not self.app.takes(token):
            headers = {"WWW-Authenticate": 'Basic realm="GitHub"'} if seen.kind == "git" else {}
            return JSONResponse({"message": "Bad credentials"}, status_code=401, headers=headers)
        is_write = (request.method in _WRITES and seen.kind == "rest") or "git-receive-pack" in str(
            request.url
        )
        if is_write and token == self.token:
            return JSONResponse(
                {"message": "Resource not accessible by personal access token"},
                status_code=403,
                headers={"X-Accepted-GitHub-Permissions": "administration=write"},
            )
        return None


class _Gate:
    """Lets the server be bound before the application that needs its address is built."""

    def __init__(self, host: LocalGitHub) -> None:
        self._host = host

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await self._host(scope, receive, send)


def _token(request: Request) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credential).decode().partition(":")[2]
        except ValueError:
            return ""
    return credential


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RestError)
    return JSONResponse(error.body, status_code=error.status)


def _faulty(fault: Fault) -> Response:
    kind = fault.kind
    if kind is FaultKind.RATE_LIMITED:
        return JSONResponse({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
    if kind is FaultKind.RESOURCE_LIMITS:
        message = "Resource limits for this query exceeded."
        return JSONResponse(
            {"data": None, "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": message}]}
        )
    if kind is FaultKind.SECONDARY_LIMIT:
        return JSONResponse(
            {"message": "You have exceeded a secondary rate limit."},
            status_code=403,
            headers={"Retry-After": "60"},
        )
    return JSONResponse({"message": "It broke."}, status_code=int(kind))
