"""``POST /graphql``: the request read, the budget of the token charged, the answer with GitHub's headers."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.github.faults import slowed
from bot.sandbox.github.graph.answer import GraphAnswer, answer, changes_something
from bot.sandbox.github.limits import Window
from bot.sandbox.github.site import Site
from bot.sandbox.github.viewer import Viewer

_DOCS = "https://docs.github.com/graphql"
_MUTATION_POINTS = 5
"""Of the limit by the minute; a query is one."""
_NO_QUERY = "A query attribute must be specified and must be a string."


class GraphRoute:
    """The route over one GitHub."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/graphql", self._graphql, methods=["POST"])]

    async def _graphql(self, request: Request) -> Response:
        viewer: Viewer = request.state.viewer
        if viewer.kind in ("nobody", "app"):
            return _refusal(401, "This endpoint requires you to be authenticated.")
        asked = _asked(await request.body())
        if isinstance(asked, Response):
            return asked
        window = viewer.budget.graphql
        if window.remaining == 0:
            return _limited(viewer)
        points = _MUTATION_POINTS if await run_in_threadpool(changes_something, asked[0]) else 1
        wait = viewer.budget.graphql_per_minute.spend(points)
        if wait:
            return slowed(wait)
        found = await run_in_threadpool(self._answer, viewer, *asked)
        window.spend(found.cost)
        return _json(found.body, found.status, rate_headers(window))

    def _answer(
        self, viewer: Viewer, document: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> GraphAnswer:
        return answer(self._site, document, variables, viewer, operation_name=operation_name)


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in ASCII, so that half a character in a query does not break it."""
    return Response(json.dumps(body), status, headers, "application/json; charset=utf-8")


def rate_headers(window: Window) -> dict[str, str]:
    """The five headers about the hourly budget."""
    return {
        "x-ratelimit-limit": str(window.limit),
        "x-ratelimit-remaining": str(window.remaining),
        "x-ratelimit-used": str(window.used),
        "x-ratelimit-reset": str(int(window.reset_at.timestamp())),
        "x-ratelimit-resource": "graphql",
    }


def _asked(raw: bytes) -> tuple[str, Mapping[str, Any] | None, str | None] | Response:
    """The query, its variables and the operation's name; or the refusal of a body that has none."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return _refusal(400, "Problems parsing JSON")
    if not isinstance(body, dict):
        return _refusal(400, "Body should be a JSON object")
    query, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(query, str) or not query.strip():
        return _json({"errors": [{"message": _NO_QUERY}]})
    if isinstance(variables, str):
        variables = _decoded(variables)
    if variables is not None and not isinstance(variables, dict):
        return _refusal(400, "Variables are invalid JSON.")
    return query, variables, name if isinstance(name, str) and name else None


def _decoded(text: str) -> Any:
    """Variables that came as JSON within JSON; a list, which is refused, where they are none."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return []


def _limited(viewer: Viewer) -> Response:
    message = f"API rate limit exceeded for {viewer.budget.owner}."
    body = {"errors": [{"type": "RATE_LIMITED", "message": message}]}
    return _json(body, headers=rate_headers(viewer.budget.graphql))


def _refusal(status: int, message: str) -> Response:
    body = {"message": message, "documentation_url": _DOCS, "status": str(status)}
    return _json(body, status)
