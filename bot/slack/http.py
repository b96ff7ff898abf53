"""Slack over signed HTTP: our own route, because Bolt's adapters would block the event loop."""

import hashlib
import hmac
import re
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
_SECONDS = re.compile(r"[0-9]{1,12}")


def slack_route(app: App, signing_secret: str) -> Route:
    """The one address for commands, buttons, modals and events.

    Args:
        app: The Bolt app.
        signing_secret: What Slack signs with.
    """

    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None or not _is_signed(request, body, signing_secret, time.time()):
            return PlainTextResponse("", status_code=401)
        return to_starlette_response(await run_in_threadpool(app.dispatch, to_bolt_request(request, body)))

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is longer than anything that Slack sends."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            return None
    return bytes(body)


def _is_signed(request: Request, body: bytes, secret: str, now: float) -> bool:
    """Whether Slack sent this just now.

    Bolt looks too, but only after it has decoded the body and read the timestamp as a number, and it
    answers what it cannot decode with a traceback.
    """
    stamp = request.headers.get("x-slack-request-timestamp", "")
    if not _SECONDS.fullmatch(stamp) or abs(now - int(stamp)) > _WINDOW_S:
        return False
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    given = request.headers.get("x-slack-signature", "")
    return hmac.compare_digest(given.encode(), f"v0={digest}".encode())
