"""The local GitHub as a server: its state, its tokens, and every route behind one door."""

import secrets
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox.github.admission import Admission
from bot.sandbox.github.apps import EVERYTHING, App
from bot.sandbox.github.control import Control
from bot.sandbox.github.events import Events
from bot.sandbox.github.faults import FaultKind, FaultPlan
from bot.sandbox.github.graph.route import GraphRoute
from bot.sandbox.github.host import Host, Settling
from bot.sandbox.github.pages import Pages
from bot.sandbox.github.refusals import not_found
from bot.sandbox.github.rest.routes import Rest, refused
from bot.sandbox.github.shared import Shared
from bot.sandbox.github.site import Site
from bot.sandbox.github.smart_http import SmartHttp
from bot.sandbox.github.state import HostedRepository, State
from bot.sandbox.github.tokens import READ_EVERYTHING, Tokens
from bot.sandbox.github.visit import Exchange, Seen
from bot.sandbox.github.webhooks import Webhooks
from bot.sandbox.organization import Organization, Person
from bot.web.server import WebServer
from core.clock import Clock

__all__ = ["LocalGitHub", "Seen"]
_MOST_SEEN = 100_000


class LocalGitHub:
    """A GitHub host on this machine.

    Args:
        root: A folder for the bare repositories.
        organization: What is on the host at the start.
        clock: Tells the present.
        others: Further organisations beside it, with names of their own.

    Attributes:
        token: A personal token that reads everything; ``publish_token`` may write everything.
        hosts: Each organisation by its name in lower case: its ``state``, and the ``app`` as installed there.
        state: The first organisation's.
        app: The App, installed on the first organisation; ``app.permissions`` is what it may do there.
        webhooks: Who is told of changes; nobody until ``webhooks.deliver_to(url)``.
        requests: The last requests that came in, as many as a large test makes.

    Raises:
        ValueError: Two organisations have one name.
    """

    def __init__(
        self,
        root: Path,
        organization: Organization,
        clock: Clock,
        others: Sequence[Organization] = (),
        *,
        port: int = 0,
    ) -> None:
        organizations = (organization, *others)
        if len({one.name.lower() for one in organizations}) < len(organizations):
            raise ValueError("two organisations have one name")
        shared = Shared()
        states = [State(root, one, clock, shared) for one in organizations]
        self.state = states[0]
        self.token = f"ghp_{secrets.token_hex(18)}"
        self.publish_token = f"ghp_{secrets.token_hex(18)}"
        self.app = App(organization.name, clock)
        self.webhook_secret = secrets.token_hex(16)
        self.requests: deque[Seen] = deque(maxlen=_MOST_SEEN)
        self.faults = FaultPlan()
        self._server = WebServer(_Gate(self), "127.0.0.1", port)
        self.url = self._server.url
        self.webhooks = Webhooks(
            clock, secret=self.webhook_secret, app=self.app.id, installation=self.app.installation_id
        )
        machine = Person(
            login="callboard-bot", name="Callboard", email=f"callboard-bot@{organization.name}.example"
        )
        self._site = Site(self._hosts(states, clock, machine))
        self.host, self.hosts = self._site.first, self._site.hosts
        self._tokens = Tokens(self._site)
        self._tokens.keep(self.token, READ_EVERYTHING)
        self._tokens.keep(self.publish_token, EVERYTHING)
        self._application = Admission(self._build(), self._site, self._tokens, self.faults, self.requests)

    @property
    def api_url(self) -> str:
        """The REST API's address; on one port with everything else, so links stay on one host."""
        return self.url

    @property
    def graphql_url(self) -> str:
        """The GraphQL address."""
        return f"{self.url}/graphql"

    @property
    def exchanges(self) -> deque[Exchange]:
        """The last requests to the REST API with their answers, for comparing them with GitHub's description."""
        return self._application.exchanges

    @property
    def settles(self) -> int:
        """So many questions about a new repository are answered 404 first; git's count too."""
        return self.host.settling.count

    @settles.setter
    def settles(self, count: int) -> None:
        self.host.settling.count = count

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.stop()
        self.webhooks.stop()

    def new_token(
        self,
        permissions: Mapping[str, str],
        repositories: Iterable[str] | None = None,
        login: str | None = None,
        organization: str | None = None,
    ) -> str:
        """A fine-grained personal token: permission to ``read``, ``write`` or ``admin``.

        Args:
            repositories: Names of the only ones that it is for; None for all.
            login: Whose it is; a machine user's where left out.
            organization: The only one that it is for; None for all.
        """
        return self._tokens.new(permissions, repositories, login, organization)

    def transfer(self, repository: HostedRepository, organization: str) -> None:
        """Give a repository to another organisation of this GitHub, as its owner would.

        Raises:
            KeyError: There is no such organisation.
        """
        old, new = self._site.host_of(repository), self.hosts[organization.lower()]
        old.transfer(repository, new, self.host.machine_user.login)

    def fail_next(
        self, route: str, kind: FaultKind, times: int = 1, delay_s: float = 0.0, retry_after_s: int = 60
    ) -> None:
        """Get the next ``times`` requests wrong that fit ``route`` (``POST /graphql``, ``* /repos/*``)."""
        self.faults.add(route, kind, times, delay_s, retry_after_s)

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        """The ASGI application."""
        await self._application(scope, receive, send)  # type: ignore[arg-type]

    def _hosts(self, states: Sequence[State], clock: Clock, machine: Person) -> list[Host]:
        """Each organisation with its installation of the App; the rest is one for all."""
        settling, hosts = Settling(), []
        for state in states:
            app = self.app if state is self.state else App(state.name, clock, self.app, state.number)
            events = Events(state, self.url, app, self.webhooks)
            hosts.append(Host(state, self.url, app, self.webhooks, events, machine, settling))
        return hosts

    def _build(self) -> Starlette:
        routes = [
            *Control(self._site, self._tokens, self.faults).routes(),
            *GraphRoute(self._site).routes(),
            *Rest(self._site).routes(),
            *SmartHttp(self._site).routes(),
            *Pages(self._site).routes(),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})


class _Gate:
    """Lets the server be bound before the application that needs its address is built."""

    def __init__(self, host: LocalGitHub) -> None:
        self._host = host

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await self._host(scope, receive, send)


async def _no_route(_request: Request, _error: Exception) -> Response:
    """GitHub answers an address or a method that it does not know like what is not there."""
    return refused(not_found())
