"""Slack over signed HTTP: our own route, because Bolt's adapters would block the event loop."""

import time

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PATH = "/slack/events"
_WINDOW_S = 300
_MAX_BODY = 1_000_000


def slack_route(app: App) -> Route:
    """The one address for commands, buttons, modals and events."""

    async def receive(request: Request) -> Response:
        body = await request.body()
        if len(body) > _MAX_BODY or not _looks_signed(request, time.time()):
            return PlainTextResponse("", status_code=401)
        return to_starlette_response(await run_in_threadpool(app.dispatch, to_bolt_request(request, body)))

    return Route(PATH, receive, methods=["POST"])


def _looks_signed(request: Request, now: float) -> bool:
    """Whether the signature is worth checking; Bolt answers a malformed timestamp with a traceback."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    return stamp.isdigit() and abs(now - int(stamp)) <= _WINDOW_S and signature.startswith("v0=")
