"""Every REST route of one GitHub: who may ask, the body, the answer with its ETag, and how it says no."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.github.plumbing import GitFailed
from bot.sandbox.github.refusals import DOCS, RestError, not_found
from bot.sandbox.github.rest import (
    actions,
    alerts,
    apps,
    branches,
    commits,
    contents,
    git_data,
    hooks,
    meta,
    organizations,
    properties,
    pulls,
    repositories,
    rulesets,
    teams,
)
from bot.sandbox.github.rest.access import authorize
from bot.sandbox.github.rest.body import checked, parsed
from bot.sandbox.github.rest.documentation import PAGES
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Reply
from bot.sandbox.github.site import Site

_FAMILIES = (
    meta,
    apps,
    hooks,
    organizations,
    teams,
    repositories,
    rulesets,
    branches,
    git_data,
    commits,
    contents,
    pulls,
    actions,
    properties,
    alerts,
)
_GREEDY = ("path", "ref", "branch", "basehead", "tree_sha", "environment_name")
"""Parameters that take slashes."""


def endpoints() -> list[Endpoint]:
    """Every route, in the order in which they are tried."""
    return [endpoint for family in _FAMILIES for endpoint in family.endpoints()]


class Rest:
    """The routes over one GitHub."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """Every route of the API."""
        return [self._route(endpoint) for endpoint in endpoints()]

    def _route(self, endpoint: Endpoint) -> Route:
        async def answer(request: Request) -> Response:
            raw = await request.body()
            return await run_in_threadpool(self._answer, request, endpoint, raw)

        path = endpoint.path
        for name in _GREEDY:
            path = path.replace(f"{{{name}}}", f"{{{name}:path}}")
        return Route(path, answer, methods=[endpoint.method])

    def _answer(self, request: Request, endpoint: Endpoint, raw: bytes) -> Response:
        try:
            return _shown(request, endpoint, self._carried_out(request, endpoint, raw))
        except RestError as error:
            return refused(error, PAGES.get(f"{endpoint.method} {endpoint.path}", ""))
        except GitFailed as error:
            # What was asked for names nothing that git knows.
            words = RestError(422, f"git refuses: {error}") if endpoint.is_write else not_found()
            return refused(words)

    def _carried_out(self, request: Request, endpoint: Endpoint, raw: bytes) -> Reply:
        call = Call(
            self._site,
            request.state.viewer,
            endpoint,
            request.path_params,
            dict(request.query_params),
            request.headers,
            request.url.path,
        )
        authorize(call)
        if not endpoint.is_write:
            return endpoint.answer(call)
        call.body = checked(parsed(raw), endpoint.body)
        with call.state.lock:
            return endpoint.answer(call)


def refused(error: RestError, page: str = "") -> Response:
    """A refusal as it goes out."""
    body: Mapping[str, Any] = {
        **error.body,
        "documentation_url": f"{DOCS}/{page}" if page else error.body["documentation_url"],
    }
    return Response(
        json.dumps(body),
        status_code=error.status,
        headers=error.headers,
        media_type="application/json; charset=utf-8",
    )


def _shown(request: Request, endpoint: Endpoint, reply: Reply) -> Response:
    headers = dict(reply.headers)
    if endpoint.needs not in ("", "app", "installation"):
        headers["X-Accepted-GitHub-Permissions"] = endpoint.needs
    if reply.status == 204:
        return Response(status_code=204, headers=headers)
    content = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
    if not endpoint.is_write:
        headers["ETag"] = f'W/"{hashlib.sha256(content).hexdigest()}"'
        headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
        headers["Vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP"
        if _is_known(request, headers):
            return Response(status_code=304, headers=headers)
    return Response(content, reply.status, headers, media_type=reply.media_type)


def _is_known(request: Request, headers: Mapping[str, str]) -> bool:
    """Whether the asker has this answer already; an ETag counts more than a date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        mine = headers["ETag"].removeprefix("W/")
        return any(tag.strip().removeprefix("W/") in (mine, "*") for tag in tags.split(","))
    since = request.headers.get("if-modified-since")
    return since is not None and since == headers.get("Last-Modified")
