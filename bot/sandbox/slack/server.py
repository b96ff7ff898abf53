"""The local Slack as a server: tokens, faults, the Web API, sockets, response URLs and the page."""

import json
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.sandbox.organization import Organization
from bot.sandbox.slack.control import Control
from bot.sandbox.slack.delivery import Delivery, HttpTransport, SocketTransport
from bot.sandbox.slack.faults import SlackFaults
from bot.sandbox.slack.human import Human
from bot.sandbox.slack.state import Json, SlackError, Workspace
from bot.sandbox.slack.web_api import WebApi
from bot.web.server import WebServer

_JSON_ARGUMENTS = ("blocks", "attachments", "metadata", "view")


class LocalSlack:
    """A Slack workspace on this machine.

    Args:
        organization: Its people and channels.
        manifest: The app's manifest; its commands, events and scopes are what the app may use.
        app_name: What the app's bot is called.
        port: The port of everything; 0 takes a free one.
        request_url: Where signed HTTP goes; Socket Mode when left out.
    """

    def __init__(
        self,
        organization: Organization,
        manifest: Json,
        *,
        app_name: str = "Callboard",
        port: int = 0,
        request_url: str | None = None,
    ) -> None:
        self.bot_token = f"xoxb-{secrets.token_hex(16)}"
        self.app_token = f"xapp-1-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self.journal: list[Json] = []
        self.faults = SlackFaults()
        self.workspace = Workspace(organization, app_name)
        self.socket = SocketTransport()
        self._server = WebServer(self._route, "127.0.0.1", port)
        self.url = self._server.url
        self._delivery = Delivery(
            HttpTransport(request_url, self.signing_secret) if request_url else self.socket, self.journal
        )
        settings, features = manifest.get("settings", {}), manifest.get("features", {})
        commands = features.get("slash_commands", [])
        human = Human(
            self.workspace,
            self._delivery,
            self.url,
            {item["command"]: bool(item.get("should_escape")) for item in commands},
            frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        )
        scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))
        self._human = human
        self._web_api = WebApi(self.workspace, scopes, self.url)
        has_home = bool(features.get("app_home", {}).get("home_tab_enabled", False))
        self._control = Control(self.workspace, human, commands, self.journal, has_home=has_home)
        self._application = self._build()

    @property
    def api_url(self) -> str:
        """The Web API's address, as slack_sdk's ``base_url`` wants it."""
        return f"{self.url}/api/"

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._control.hang_up()
        self._server.stop()

    def deliver_to(self, request_url: str) -> None:
        """Use signed HTTP from now on."""
        self._delivery.transport = HttpTransport(request_url, self.signing_secret)

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        await self._application(scope, receive, send)

    def _build(self) -> Starlette:
        page = Path(str(files(__package__).joinpath("page")))
        routes: list[BaseRoute] = [
            Route("/api/apps.connections.open", self._open_connection, methods=["POST"]),
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/response/{key}", self._respond, methods=["POST"]),
            WebSocketRoute("/link", self.socket.serve),
            *self._control.routes(),
            Route("/", lambda _request: FileResponse(page / "index.html", headers=_PAGE_HEADERS)),
            Mount("/page", StaticFiles(directory=page)),
        ]
        return Starlette(routes=routes)

    async def _open_connection(self, request: Request) -> Response:
        if _bearer(request) != self.app_token:
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        url = f"{self.url.replace('http', 'ws', 1)}/link?ticket={self.socket.new_ticket()}"
        return JSONResponse({"ok": True, "url": url})

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        arguments, token = await _arguments(request)
        refusal = await self.faults.take(method)
        if refusal:
            return refusal
        answer = self._answer(method, arguments, token)
        self.journal.append({"way": "in", "method": method, "arguments": arguments, "answer": answer})
        return JSONResponse(answer, headers={"X-OAuth-Scopes": self._web_api.scopes_header})

    def _answer(self, method: str, arguments: Json, token: str) -> Json:
        try:
            if not token:
                raise SlackError("not_authed")
            if token != self.bot_token:
                raise SlackError("invalid_auth")
            return self._web_api.call(method, arguments)
        except SlackError as error:
            return {"ok": False, "error": error.error, **error.more}

    async def _respond(self, request: Request) -> Response:
        body: Json = await request.json()
        self.journal.append({"way": "in", "method": "response_url", "arguments": body})
        try:
            self._human.responds(request.path_params["key"], body)
        except SlackError as error:
            return JSONResponse({"ok": False, "error": error.error, **error.more}, status_code=404)
        return Response("ok")


_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; style-src 'self'; script-src 'self'",
    "Cache-Control": "no-store",
}


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


async def _arguments(request: Request) -> tuple[Json, str]:
    """The arguments of a call, however they were sent, and its token."""
    body = await request.body()
    if "json" in request.headers.get("content-type", "") and body:
        values: Json = json.loads(body)
    else:
        pairs = [
            *request.query_params.multi_items(),
            *parse_qsl(body.decode(errors="replace"), keep_blank_values=True),
        ]
        values = dict(pairs)
    for name in _JSON_ARGUMENTS:
        if isinstance(values.get(name), str):
            try:
                values[name] = json.loads(values[name])
            except ValueError:
                continue
    token = _bearer(request) or str(values.pop("token", ""))
    return values, token
