"""The door of the local GitHub: faults, tokens, limits and headers around every request, and a log of them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.github.faults import CARRIED_OUT, Fault, FaultKind, FaultPlan, faulty, limited, slowed
from bot.sandbox.github.limits import CONCURRENT
from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.rest.meta import API_VERSIONS
from bot.sandbox.github.rest.routes import refused
from bot.sandbox.github.shapes.people import team_number
from bot.sandbox.github.site import Site
from bot.sandbox.github.tokens import Tokens
from bot.sandbox.github.viewer import Viewer
from bot.sandbox.github.visit import OLD_API, Exchange, Seen, Visit

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MOST_KEPT, _MOST_BYTES = 2_000, 32 * 1024 * 1024
"""So many exchanges are kept, and so much of them."""
_CREATIONS = ("/pulls", "/comments", "/repos", "/issues", "/generate", "/teams")
_NO_AGENT = (
    "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header "
    "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check "
    "https://developer.github.com for other possible causes.\r\n"
)


class Admission:
    """An ASGI application around another."""

    def __init__(
        self, inner: ASGIApp, site: Site, tokens: Tokens, faults: FaultPlan, seen: deque[Seen]
    ) -> None:
        self._inner = inner
        self._site = site
        self._tokens = tokens
        self._faults = faults
        self._seen = seen
        self.exchanges: deque[Exchange] = deque()
        self._kept_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope = _rewritten(self._site, scope)
        visit = Visit(Request(scope, receive), send)
        fault = self._faults.take(visit.method, visit.path)
        visit.on_end = lambda: self._note(visit, fault)
        await self._serve(visit, fault)
        visit.end()

    def _note(self, visit: Visit, fault: Fault | None) -> None:
        """Write a request down, before whoever asked has the whole answer."""
        self._seen.append(Seen(visit.method, visit.path, visit.status, len(visit.body), visit.sent))
        if visit.kind in ("rest", "app") and fault is None:
            self._keep(visit.exchange)

    def _keep(self, exchange: Exchange) -> None:
        """Keep an exchange, and let the oldest go where they become too many or too much."""
        self.exchanges.append(exchange)
        self._kept_bytes += exchange.size
        while len(self.exchanges) > _MOST_KEPT or (
            self._kept_bytes > _MOST_BYTES and len(self.exchanges) > 1
        ):
            self._kept_bytes -= self.exchanges.popleft().size

    async def _serve(self, visit: Visit, fault: Fault | None) -> None:
        if fault and fault.kind is FaultKind.SLOW:
            visit.delay_s = fault.delay_s
        elif fault and fault.kind is FaultKind.DROPPED:
            await visit.hang_up()
            return
        elif fault and fault.kind not in CARRIED_OUT:
            reset = int(self._site.first.state.clock.now().timestamp()) + 3600
            await visit.answer(faulty(fault, reset))
            return
        visit.spoil = fault.kind if fault else None
        await self._admit(visit)
        if fault and fault.kind is FaultKind.LOST:
            visit.spoil = None
            await visit.answer(faulty(Fault("", FaultKind.BAD_GATEWAY, 1), 0))
        elif fault and fault.kind is FaultKind.DROPPED_AFTER:
            await visit.hang_up()

    async def _admit(self, visit: Visit) -> None:
        """Who asks, whether they may ask at all, and then the request itself."""
        if visit.kind in ("page", "sandbox"):
            await self._carry_out(visit, visit.request.receive)
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
            await self._carry_out(visit, visit.request.receive)
        else:
            await self._limited(visit, viewer)

    async def _limited(self, visit: Visit, viewer: Viewer) -> None:
        refusal = _malformed(visit.request) or _over(visit, viewer)
        visit.on_start = lambda status, headers: _dress(visit, viewer, status, headers)
        if refusal:
            await visit.answer(refusal)
            return
        viewer.budget.under_way += 1
        try:
            await self._carry_out(visit, visit.receive)
        finally:
            viewer.budget.under_way -= 1

    async def _carry_out(self, visit: Visit, receive: Receive) -> None:
        # A slow request is under way while it takes its time, and counts as one of those at once.
        if visit.delay_s:
            await asyncio.sleep(visit.delay_s)
        await self._inner(visit.request.scope, receive, visit.send)


def _rewritten(site: Site, scope: Scope) -> Scope:
    """Addresses by number lead to those by name: ``/repositories/1``, ``/organizations/1/team/2``, ``/teams/2``."""
    path: str = scope["path"]
    if not path.startswith(OLD_API):
        return scope
    parts = path.strip("/").split("/")
    target, rest = "", parts[2:]
    if parts[0] == "repositories" and len(parts) > 1:
        number = parts[1] if parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10 else "0"
        found = site.by_number(int(number))
        target = f"/repos/{found.full_name}" if found else ""
    elif parts[0] == "teams" or parts[2:3] == ["team"]:
        wanted, rest = (parts[1:2], parts[2:]) if parts[0] == "teams" else (parts[3:4], parts[4:])
        target = _team_address(site, wanted, parts[1] if parts[0] == "organizations" else "")
    elif parts[0] == "organizations" and len(parts) > 1:
        host = site.numbered(parts[1])
        target = f"/orgs/{host.state.name}" if host else ""
    if not target:
        return scope
    new = "/".join([target, *rest])
    return {**scope, "path": new, "raw_path": new.encode()}


def _team_address(site: Site, number: Sequence[str], organization: str) -> str:
    """Where a team is by name, in any organisation or the one with a number; empty where there is none."""
    for state in site.states:
        for slug in list(state.teams) if organization in ("", str(state.number)) else ():
            if [str(team_number(state, slug))] == number:
                return f"/orgs/{state.name}/teams/{slug}"
    return ""


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


def _over(visit: Visit, viewer: Viewer) -> Response | None:
    """Whether a limit is reached; what is free of charge is not counted."""
    budget = viewer.budget
    if visit.path == "/rate_limit":
        return None
    if budget.under_way >= CONCURRENT:
        return slowed(60)
    if visit.kind == "graphql":
        # The other limits are the route's own: only it knows the price of a query.
        return None
    _, window = budget.window(visit.path)
    if window.remaining == 0:
        return limited(budget.owner, int(window.reset_at.timestamp()))
    creates = visit.method == "POST" and visit.path.endswith(_CREATIONS)
    wait = budget.secondary(is_write=visit.method in _WRITES, creates=creates)
    return slowed(wait) if wait else None


def _dress(visit: Visit, viewer: Viewer, status: int, headers: MutableHeaders) -> None:
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
