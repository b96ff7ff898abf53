"""The web application: what a load balancer asks, and what Slack sends in http mode."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import Clock


def build_web(
    *,
    is_ready: Callable[[], bool],
    synced_at: Callable[[], datetime | None],
    clock: Clock,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application.

    Args:
        is_ready: Whether the database answers; asked at every request for health.
        synced_at: When the catalog was last synced, or None before the first time.
        clock: Tells the present.
        routes: Further routes, such as Slack's in http mode.
    """

    async def health(_request: Request) -> Response:
        ready = await run_in_threadpool(is_ready)
        last = await run_in_threadpool(synced_at) if ready else None
        body = {
            "ok": ready,
            "now": clock.now().isoformat(),
            "synced_at": last.isoformat() if last else None,
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    return Starlette(routes=[Route("/health", health), *routes])
