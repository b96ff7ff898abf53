"""Every token that the local GitHub has given out, and whose request a request is."""

import base64
import binascii
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.github.apps import EVERYTHING
from bot.sandbox.github.host import Host
from bot.sandbox.github.limits import Budget
from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.shapes.people import number_of
from bot.sandbox.github.site import Site
from bot.sandbox.github.viewer import Viewer

READ_EVERYTHING = dict.fromkeys(EVERYTHING, "read")
_ANONYMOUS_HOURLY, _HOURLY, _MOST_HOURLY = 60, 5_000, 12_500
_FREE_REPOSITORIES, _EACH = 20, 50


@dataclass(frozen=True, slots=True)
class _Personal:
    login: str
    permissions: Mapping[str, str]
    repositories: frozenset[str] | None
    organization: str | None


class Tokens:
    """Personal tokens of one GitHub, with the limits of everybody who asks."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._app = site.first.app
        self._personal: dict[str, _Personal] = {}
        self._budgets: dict[str, Budget] = {}
        self._lock = threading.Lock()

    def new(
        self,
        permissions: Mapping[str, str],
        repositories: Iterable[str] | None = None,
        login: str | None = None,
        organization: str | None = None,
    ) -> str:
        """A fine-grained personal token: permission to ``read``, ``write`` or ``admin``.

        Args:
            repositories: Names of the only ones that it is for; None for all.
            login: Whose it is; the machine user's where left out.
            organization: The only one that it is for; None for all.
        """
        text = f"github_pat_{secrets.token_hex(11)}_{secrets.token_hex(29)}"
        names = None if repositories is None else frozenset(name.lower() for name in repositories)
        self.keep(text, permissions, names, login, organization)
        return text

    def keep(
        self,
        text: str,
        permissions: Mapping[str, str],
        repositories: frozenset[str] | None = None,
        login: str | None = None,
        organization: str | None = None,
    ) -> None:
        """Take a text as a token from now on."""
        granted = {"metadata": "read", **permissions}
        whose = login or self._site.first.machine_user.login
        self._personal[text] = _Personal(whose, granted, repositories, organization and organization.lower())

    def viewer(self, authorization: str) -> Viewer:
        """Who sends an Authorization header.

        Raises:
            RestError: The token is not known or has run out (401), or its installation is suspended (403).
        """
        text = _credential(authorization)
        if text is None:
            budget = self._budget("nobody", "127.0.0.1", _ANONYMOUS_HOURLY)
            return Viewer("", "nobody", budget)
        if text.count(".") == 2 and not text.startswith("gh"):
            self._app.check(text)
            return Viewer(
                self._app.bot_login, "app", self._budget("app", f"app ID {self._app.id}"), token=text
            )
        return self._personal_viewer(text) or self._installed(text)

    def _personal_viewer(self, text: str) -> Viewer | None:
        found = self._personal.get(text)
        if found is None:
            return None
        budget = self._budget(f"user {found.login}", f"user ID {number_of('user', found.login)}")
        return Viewer(
            found.login, "token", budget, found.permissions, found.repositories, text, found.organization
        )

    def _installed(self, text: str) -> Viewer:
        host = next((one for one in self._site.hosts.values() if one.app.token(text)), None)
        if host is None or not host.app.is_installed:
            raise RestError(401, "Bad credentials")
        if host.app.suspended_at:
            raise RestError(403, "This installation has been suspended")
        return self._installation_viewer(host, text)

    def _installation_viewer(self, host: Host, text: str) -> Viewer:
        app, state = host.app, host.state
        found = app.token(text)
        if found is None:
            raise RestError(401, "Bad credentials")
        number = app.installation_id
        more = max(len(state.repositories) - _FREE_REPOSITORIES, 0) * _EACH
        budget = self._budget(
            f"installation {number}", f"installation ID {number}", min(_HOURLY + more, _MOST_HOURLY)
        )
        permissions = {name: level for name, level in found.permissions.items() if name in app.permissions}
        return Viewer(
            app.bot_login, "installation", budget, permissions, found.repositories, text, state.name.lower()
        )

    def forget_spending(self) -> None:
        """Let everybody begin anew with all their limits."""
        with self._lock:
            self._budgets.clear()

    def _budget(self, key: str, owner: str, hourly: int = _HOURLY) -> Budget:
        with self._lock:
            if key not in self._budgets:
                self._budgets[key] = Budget(self._site.first.state.clock, owner, hourly)
            return self._budgets[key]


def _credential(authorization: str) -> str | None:
    """The token of a header: after Bearer or token, or as the password or name of Basic; None without one."""
    scheme, _, value = authorization.strip().partition(" ")
    value = value.strip()
    if not scheme:
        return None
    if scheme.lower() in ("bearer", "token"):
        return value
    if scheme.lower() != "basic":
        return ""
    try:
        name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return name if password in ("", "x-oauth-basic") else password
