"""What the Web API works on: the workspace, its apps, the time, and the ways out to the rest of the local Slack."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.slack.apps import App, Tokens
from bot.sandbox.slack.records import TEAM_ID, File, Json
from bot.sandbox.slack.state import Workspace


@dataclass(slots=True)
class Upload:
    """An address where one file may be put, until it is shared."""

    file: File
    app_id: str
    length: int
    is_filled: bool = False


@dataclass(slots=True)
class Grant:
    """Somebody agreed to an app in the browser; the app exchanges the code once for tokens."""

    app: App
    user: str
    scopes: frozenset[str]
    user_scopes: frozenset[str]
    redirect_uri: str
    expires_at: float
    nonce: str = ""
    is_used: bool = False


def _tell_nobody(_event: Json, _name: str = "") -> None:
    """For a Web API without an app that listens."""


def _no_socket(_app: App) -> str:
    return ""


@dataclass(slots=True)
class Site:
    """One workspace with everything around it.

    Args:
        workspace: People, channels, messages.
        tokens: The apps and who may speak for them.
        url: The local Slack's own address.
        monotonic: Seconds that only grow; paces and lifetimes are counted on it.
        wall: Seconds since 1970; scheduled messages and expiry are told by it.
        announce: Sends an event of the Events API to the app: the event, and the name that manifests
            use where it differs from the event's type, such as ``message.channels``.
        open_socket: Makes an address for one Socket Mode connection of an app.
    """

    workspace: Workspace
    tokens: Tokens
    url: str
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    announce: Callable[[Json, str], None] = _tell_nobody
    open_socket: Callable[[App], str] = _no_socket
    uploads: dict[str, Upload] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    """The token that each refresh token renews."""

    @property
    def team(self) -> Json:
        """The workspace as ``team.info`` shows it."""
        name, title = self.workspace.name, self.workspace.title
        return {
            "id": TEAM_ID,
            "name": title,
            "domain": name,
            "email_domain": "",
            "url": f"{self.url}/",
            "icon": {},
        }

    def app_of(self, app_id: str) -> App | None:
        """An app by id."""
        return self.tokens.apps.get(app_id)
