"""A GitHub App of the local GitHub: it signs in with its key and gets tokens that last an hour."""

import secrets
from datetime import datetime, timedelta
from functools import cached_property

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.clock import Clock

APP_ID = 4711
INSTALLATION_ID = 1001
_LASTS = timedelta(hours=1)


class App:
    """One App, installed on the organisation.

    Args:
        organization: The organisation's name.
        clock: Tells when tokens run out.
    """

    id = APP_ID
    installation_id = INSTALLATION_ID

    def __init__(self, organization: str, clock: Clock) -> None:
        self._organization = organization
        self._clock = clock
        self._tokens: dict[str, datetime] = {}
        self.minted = 0

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def private_key(self) -> str:
        """The key as GitHub lets people download it; made when first asked for."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()

    def takes(self, token: str) -> bool:
        """Whether a token is one of the installation's that has not run out."""
        until = self._tokens.get(token)
        return until is not None and until > self._clock.now()

    def routes(self) -> list[Route]:
        """What an App asks for, signed with its key instead of a token."""
        return [
            Route("/app/installations", self._installations),
            Route("/app/installations/{id:int}/access_tokens", self._mint, methods=["POST"]),
        ]

    async def _installations(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _refused()
        return JSONResponse([{"id": self.installation_id, "account": {"login": self._organization}}])

    async def _mint(self, request: Request) -> Response:
        if not self._is_signed(request):
            return _refused()
        if request.path_params["id"] != self.installation_id:
            return JSONResponse({"message": "Not Found"}, status_code=404)
        token, until = f"ghs_{secrets.token_hex(20)}", self._clock.now() + _LASTS
        self._tokens[token] = until
        self.minted += 1
        return JSONResponse({"token": token, "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}"}, status_code=201)

    def _is_signed(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, self._key.public_key(), algorithms=["RS256"])
        except jwt.InvalidTokenError:
            return False
        return scheme == "Bearer" and str(claims.get("iss")) == str(self.id)


def _refused() -> Response:
    return JSONResponse({"message": "A JSON web token could not be decoded"}, status_code=401)
