"""The apps of one workspace: who they are, what their manifests ask for, and the tokens that speak for them."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

APP_ID = "A0CALLBOARD"
BOT_ID = "B0CALLBOARD"
BOT_USER = "U0CALLBOARD"


class TokenKind(StrEnum):
    """What a token stands for; Slack tells it by the token's first letters."""

    BOT = "bot"
    USER = "user"
    APP = "app"
    CONFIG = "config"
    """Speaks for the person who configures apps, to the ``apps.manifest`` methods only."""


@dataclass(slots=True)
class App:
    """One app and its secrets."""

    id: str
    bot_id: str
    bot_user: str
    name: str
    manifest: Json
    client_id: str = field(default_factory=lambda: f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}")
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    bot_token: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(16)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-{secrets.token_hex(16)}")
    config_token: str = field(default_factory=lambda: f"xoxe.xoxp-1-{secrets.token_hex(16)}")

    @property
    def scopes(self) -> frozenset[str]:
        """The bot's permissions."""
        return frozenset(_texts(self.manifest, "oauth_config", "scopes", "bot"))

    @property
    def user_scopes(self) -> frozenset[str]:
        """What the app may ask people for."""
        return frozenset(_texts(self.manifest, "oauth_config", "scopes", "user"))

    @property
    def redirect_urls(self) -> tuple[str, ...]:
        """Where a browser may be sent after somebody agreed to the app."""
        return _texts(self.manifest, "oauth_config", "redirect_urls")

    @property
    def unfurl_domains(self) -> tuple[str, ...]:
        """The domains whose links the app may show."""
        return _texts(self.manifest, "features", "unfurl_domains")

    @property
    def has_home(self) -> bool:
        """Whether the Home tab is on; a manifest that says nothing of the app's tabs is taken to mean yes."""
        tabs = _inside(self.manifest, "features", "app_home")
        return tabs is None or bool(_inside(tabs, "home_tab_enabled"))

    @property
    def rotates_tokens(self) -> bool:
        """Whether tokens run out after twelve hours and are renewed."""
        return bool(_inside(self.manifest, "settings", "token_rotation_enabled"))


@dataclass(slots=True)
class Token:
    """One token: who acts with it, and what it may do."""

    text: str
    kind: TokenKind
    app: App
    user: str
    """The bot's user, or the person who gave the token."""
    scopes: frozenset[str]
    expires_at: float | None = None
    """Seconds since 1970; None for one that stays good."""
    is_revoked: bool = False


class Tokens:
    """Every app of a workspace and every token that was ever given out."""

    def __init__(self) -> None:
        self.apps: dict[str, App] = {}
        self._tokens: dict[str, Token] = {}

    def add_app(self, app: App) -> None:
        """Install an app; its bot's, app's and configuration tokens are good from now on."""
        self.apps[app.id] = app
        self.add(Token(app.bot_token, TokenKind.BOT, app, app.bot_user, app.scopes))
        self.add(Token(app.app_token, TokenKind.APP, app, app.bot_user, frozenset(("connections:write",))))
        self.add(Token(app.config_token, TokenKind.CONFIG, app, app.bot_user, frozenset()))

    def add(self, token: Token) -> Token:
        """Make a token good."""
        self._tokens[token.text] = token
        return token

    def find(self, text: str) -> Token | None:
        """The token with this text, also when it is no longer good."""
        return self._tokens.get(text)

    def of(self, app: App) -> Iterator[Token]:
        """An app's tokens."""
        return (token for token in self._tokens.values() if token.app is app)

    def by_client(self, client_id: str) -> App | None:
        """The app with a client id."""
        return next((app for app in self.apps.values() if app.client_id == client_id), None)


def first_app(name: str, manifest: Mapping[str, Any]) -> App:
    """The app that the workspace was made for; its ids are always the same."""
    return App(APP_ID, BOT_ID, BOT_USER, name, dict(manifest))


def next_app(number: int, name: str, manifest: Mapping[str, Any]) -> App:
    """One more app; ids are capital letters and digits, as Slack's."""
    tail = f"{number:03}{re.sub('[^A-Z0-9]', '', name.upper())[:6]}"
    return App(f"A{tail}", f"B{tail}", f"U9{tail}", name, dict(manifest))


def _inside(value: Any, *path: str) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any, *path: str) -> tuple[str, ...]:
    found = _inside(value, *path)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()
