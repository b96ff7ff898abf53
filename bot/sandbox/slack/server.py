"""The local Slack as a server: tokens, faults, the Web API, sockets, response URLs and the page."""

import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from bot.sandbox.organization import Organization
from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.api.routes import ApiRoutes
from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.api.web_api import WebApi
from bot.sandbox.slack.apps import App, Tokens, first_app, next_app
from bot.sandbox.slack.control.page_files import PageFiles
from bot.sandbox.slack.control.routes import Control
from bot.sandbox.slack.journal import Journal
from bot.sandbox.slack.people.human import Human
from bot.sandbox.slack.people.stage import Stage
from bot.sandbox.slack.state import Json, SlackError, Workspace
from bot.sandbox.slack.to_app.delivery import Delivery
from bot.sandbox.slack.to_app.events import Events
from bot.sandbox.slack.to_app.faults import SlackFaults
from bot.sandbox.slack.to_app.signed import HttpTransport, RequestUrls
from bot.sandbox.slack.to_app.sockets import SocketTransport
from bot.sandbox.slack.to_app.transport import ACK_SECONDS
from bot.web.server import WebServer


class LocalSlack:
    """A Slack workspace on this machine.

    Args:
        organization: Its people and channels.
        manifest: The app's manifest; its commands, events and scopes are what the app may use.
        app_name: What the app's bot is called.
        port: The port of everything; 0 takes a free one.
        request_url: Where signed HTTP goes; Socket Mode when left out.
        rate_limits: Whether an app that calls too often gets HTTP 429.
        monotonic: The clock of paces, trigger ids and response urls; a test gives its own and need not wait.
        wall: Seconds since 1970, for scheduled messages and for tokens that run out.
        patience_s: How long the app has to acknowledge, and to open a form with a trigger id. Slack gives three
            seconds; a test that is not about them gives more, because a busy machine can stand still that long.
    """

    def __init__(
        self,
        organization: Organization,
        manifest: Json,
        *,
        app_name: str = "Callboard",
        port: int = 0,
        request_url: str | None = None,
        rate_limits: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        patience_s: float = ACK_SECONDS,
    ) -> None:
        self.app = first_app(app_name, manifest)
        self.bot_token, self.app_token = self.app.bot_token, self.app.app_token
        self.signing_secret = self.app.signing_secret
        self.journal = Journal()
        self._patience_s = patience_s
        self.workspace = Workspace(organization, app_name, monotonic, patience_s)
        self._tokens = Tokens()
        self._tokens.add_app(self.app)
        self.socket = SocketTransport(patience_s, self.journal.append)
        self.faults = SlackFaults(self.socket, self.journal)
        self._server = WebServer(self._route, "127.0.0.1", port)
        self.url = self._server.url
        self.delivery = Delivery(self.socket, self.journal, self.faults)
        if request_url:
            self.deliver_to(request_url)
        events = Events(self.workspace, self.delivery, manifest)
        site = Site(
            self.workspace,
            self._tokens,
            self.url,
            monotonic=monotonic,
            wall=wall,
            announce=events.announce,
            open_socket=self._open_socket,
        )
        human = Human(Stage(site, self.delivery, events, manifest))
        self._human = human
        web_api = WebApi(self.workspace, site=site, rate_limits=rate_limits)
        self._api = ApiRoutes(web_api, self.journal)
        self._control = Control(
            self.workspace, human, manifest, self.journal, self.faults, web_api.rates, self.wait_for_app
        )
        self._application = self.faults.around(self._build())

    @property
    def api_url(self) -> str:
        """The Web API's address, as slack_sdk's ``base_url`` wants it."""
        return f"{self.url}/api/"

    def install(self, manifest: Json, name: str) -> App:
        """Install one more app; it has its own bot and tokens, and is in no channel yet.

        What people do goes to the first app alone: another one has the Web API and its sockets.
        """
        app = next_app(len(self._tokens.apps), name, manifest)
        self.workspace.add_bot(app)
        self._tokens.add_app(app)
        return app

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._control.hang_up()
        self._server.stop()

    def deliver_to(self, request_url: str | RequestUrls) -> None:
        """Use signed HTTP from now on: one address for everything, or ``RequestUrls.of(manifest)``."""
        self.delivery.transport = HttpTransport(
            request_url, self.signing_secret, lambda: self.faults.clock_skew_s, self._patience_s
        )

    def wait_for_app(self, seconds: float) -> None:
        """Give the app so long from now on to acknowledge, and to open a form with a trigger id."""
        self._patience_s = self.workspace.trigger_seconds = self.socket.ack_seconds = seconds
        if isinstance(self.delivery.transport, HttpTransport):
            self.delivery.transport.ack_seconds = seconds

    async def _route(self, scope: Any, receive: Any, send: Any) -> None:
        await self._application(scope, receive, send)

    def _build(self) -> Starlette:
        page = Path(str(files(__package__).joinpath("page")))
        routes: list[BaseRoute] = [
            *self._api.routes(),
            Route("/response/{key}", self._respond, methods=["POST"]),
            WebSocketRoute("/link", self.socket.serve),
            *self._control.routes(),
            Route("/", lambda _request: FileResponse(page / "index.html", headers=_PAGE_HEADERS)),
            Mount("/page", PageFiles(directory=page)),
        ]
        return Starlette(routes=routes)

    def _open_socket(self, app: App) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/link?ticket={self.socket.new_ticket(app.id)}&app_id={app.id}"

    async def _respond(self, request: Request) -> Response:
        try:
            body = parse_json(await request.body())
        except ValueError:
            body = None  # Refused below, as anything is that is no object.
        answer: Json = {"ok": True}
        try:
            self._human.responds(request.path_params["key"], body)
        except SlackError as error:
            answer = {"ok": False, "error": error.error, **error.more}
        status = 200 if answer["ok"] else 404
        self.journal.append(
            {
                "way": "in",
                "method": "response_url",
                "arguments": body,
                "answer": answer,
                "status": status,
                "app": self.app.id,
                "at": time.time(),
            }
        )
        return Response("ok") if answer["ok"] else JSONResponse(answer, status_code=status)


_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; style-src 'self'; script-src 'self'",
    "Cache-Control": "no-store",
}
