"""A GitHub App of the local GitHub: it signs in with its key and gets tokens that last an hour."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.shapes.people import account, iso, owner
from bot.sandbox.github.state import State
from bot.sandbox.github.viewer import LEVELS
from core.clock import Clock

APP_ID = 4711
INSTALLATION_ID = 1001
EVERYTHING = {
    "actions": "write",
    "actions_variables": "write",
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "environments": "write",
    "issues": "write",
    "members": "write",
    "metadata": "read",
    "organization_administration": "write",
    "organization_custom_properties": "admin",
    "organization_hooks": "write",
    "pull_requests": "write",
    "repository_custom_properties": "write",
    "repository_hooks": "write",
    "secrets": "write",
    "statuses": "write",
    "vulnerability_alerts": "write",
    "workflows": "write",
}
"""What the App may do until a test says otherwise."""
_LASTS = timedelta(hours=1)
_LONGEST = timedelta(minutes=10)
_DRIFT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """One token of the installation.

    Args:
        repositories: Names in lower case of the only ones that it may see; None where it may see all.
    """

    token: str
    until: datetime
    permissions: dict[str, str]
    repositories: frozenset[str] | None


class _Key:
    """The key that an App signs with."""

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def text(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()


class App:
    """One App, installed on one organisation.

    Args:
        organization: The one.
        first: The same App on another organisation: they have one key, and each its own permissions.
        number: The how-many-eth organisation it is; the number of the installation follows from it.

    Attributes:
        installation_id: The installation's number.
        permissions: What the installation was granted; may be changed at any time.
        repositories: Names of the only repositories that it was installed on; None where on all.
        stateless_tokens: Whether tokens have the long form ``ghs_<app>_<JWT>``.
        minted: How many tokens were handed out.
    """

    id = APP_ID
    slug = "callboard"
    name = "Callboard"
    client_id = "Iv23liCallboardLocal"

    def __init__(self, organization: str, clock: Clock, first: "App | None" = None, number: int = 1) -> None:
        self.organization = organization
        self.installation_id = INSTALLATION_ID - 1 + number
        self._key: _Key = first._key if first else _Key()
        self._clock = clock
        self._tokens: dict[str, InstallationToken] = {}
        self._begun = clock.now()
        self.permissions: dict[str, str] = dict(EVERYTHING)
        self.repositories: frozenset[str] | None = None
        self.suspended_at: datetime | None = None
        self.is_installed = True
        self.stateless_tokens = False
        self.minted = 0

    @property
    def bot_login(self) -> str:
        """How commits and events name the App."""
        return f"{self.slug}[bot]"

    @property
    def repository_selection(self) -> str:
        """``all`` or ``selected``."""
        return "all" if self.repositories is None else "selected"

    @property
    def private_key(self) -> str:
        """The key as GitHub lets people download it; made when first asked for."""
        return self._key.text

    def token(self, text: str) -> InstallationToken | None:
        """A token that has not run out."""
        found = self._tokens.get(text)
        return found if found and found.until > self._clock.now() else None

    def revoke(self, text: str) -> None:
        """Take a token back."""
        self._tokens.pop(text, None)

    def mint(
        self, permissions: dict[str, str] | None, repositories: frozenset[str] | None
    ) -> InstallationToken:
        """A new token, with less than was granted where that is asked for.

        Raises:
            RestError: It asks for more than was granted (422).
        """
        wanted = {**(permissions or self.permissions)}
        for name, level in wanted.items():
            if LEVELS.get(level, 9) > LEVELS.get(self.permissions.get(name, ""), 0):
                raise RestError(422, "The permissions requested are not granted to this installation.")
        wanted.setdefault("metadata", "read")
        now = self._clock.now()
        until = (now + _LASTS).replace(microsecond=0)
        self._tokens = {text: one for text, one in self._tokens.items() if one.until > now}
        minted = InstallationToken(self._text(until), until, wanted, repositories or self.repositories)
        self._tokens[minted.token] = minted
        self.minted += 1
        return minted

    def _text(self, until: datetime) -> str:
        if not self.stateless_tokens:
            return f"ghs_{secrets.token_hex(18)}"
        parts = ({"alg": "ES256", "typ": "JWT"}, {"exp": int(until.timestamp()), "iss": self.id})
        head, claims = (
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
        )
        return f"ghs_{self.id}_{head}.{claims}.{secrets.token_urlsafe(64)}"

    def check(self, text: str) -> None:
        """Whether a signature is this App's own and lives now.

        Raises:
            RestError: It is not; the words are GitHub's.
        """
        if text.count(".") != 2:
            raise RestError(401, "A JSON web token could not be decoded")
        try:
            claims = jwt.decode(
                text,
                self._key.private.public_key(),
                algorithms=["RS256"],
                options={
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                    "verify_sub": False,
                    "verify_aud": False,
                    "verify_iss": False,
                },
            )
        except jwt.InvalidTokenError:
            raise RestError(401, "A JSON web token could not be decoded") from None
        self._check_times(claims)
        issuer = claims.get("iss")
        if not isinstance(issuer, str | int):
            raise RestError(401, "'Issuer' claim ('iss') must be an Integer")
        if str(issuer) not in (str(self.id), self.client_id):
            raise RestError(404, "Integration not found")

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock.now().timestamp()
        issued, until = claims.get("iat"), claims.get("exp")
        if not _is_number(issued) or float(issued or 0) > now + _DRIFT.total_seconds():
            raise RestError(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            )
        if not _is_number(until) or float(until or 0) <= now:
            raise RestError(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which "
                "the assertion expires",
            )
        if float(until or 0) > now + _LONGEST.total_seconds():
            raise RestError(401, "'Expiration time' claim ('exp') is too far in the future")

    def integration(self, state: State, url: str, installations: int) -> dict[str, Any]:
        """``integration``: the App as it sees itself, installed on so many organisations."""
        return {
            "id": self.id,
            "slug": self.slug,
            "client_id": self.client_id,
            "node_id": f"A_{self.id}",
            "owner": owner(state, url),
            "name": self.name,
            "description": None,
            "external_url": url,
            "html_url": f"{url}/apps/{self.slug}",
            "created_at": iso(self._begun),
            "updated_at": iso(self._begun),
            "permissions": dict(self.permissions),
            "events": ["push", "repository", "team", "membership", "pull_request"],
            "installations_count": installations,
        }

    def installation(self, state: State, url: str) -> dict[str, Any]:
        """``installation``."""
        base = f"{url}/app/installations/{self.installation_id}"
        return {
            "id": self.installation_id,
            "client_id": self.client_id,
            "account": owner(state, url),
            "repository_selection": self.repository_selection,
            "access_tokens_url": f"{base}/access_tokens",
            "repositories_url": f"{url}/installation/repositories",
            "html_url": f"{url}/organizations/{state.name}/settings/installations/{self.installation_id}",
            "app_id": self.id,
            "app_slug": self.slug,
            "target_id": state.number,
            "target_type": "Organization",
            "permissions": dict(self.permissions),
            "events": ["push", "repository", "team", "membership", "pull_request"],
            "created_at": iso(self._begun),
            "updated_at": iso(self._begun),
            "single_file_name": None,
            "has_multiple_single_files": False,
            "single_file_paths": [],
            "suspended_by": account(url, "admin") if self.suspended_at else None,
            "suspended_at": iso(self.suspended_at),
        }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
