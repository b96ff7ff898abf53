"""openid.connect.*: signing in with Slack; the id token can be verified with the key that is published."""

import base64
import functools
import hashlib
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.oauth import GRANT, SECRET, issue, take_grant
from bot.sandbox.slack.api.registry import NO_TOKEN, Method, Tier
from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.records import Json, SlackError

_ID_TOKEN_SECONDS = 300
_KEY_ID = "sandbox"
_CLAIM = "https://slack.com/"
SCOPES = ("openid", "email", "profile")


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    """Made when first needed, for as long as the process lives."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def token(call: Call) -> Json:
    """An access token and a signed statement of who somebody is."""
    app = call.secret_app()
    if (call.text("grant_type") or "authorization_code") != "authorization_code":
        raise SlackError("invalid_grant_type")
    grant = take_grant(call, app)
    if "openid" not in grant.user_scopes:
        raise SlackError("invalid_code")
    found = issue(call.site, app, grant.user, TokenKind.USER, grant.user_scopes)
    now = int(call.site.wall())
    claims = {
        "iss": call.site.url,
        "aud": app.client_id,
        "iat": now,
        "exp": now + _ID_TOKEN_SECONDS,
        "auth_time": now,
        "at_hash": _half_hash(found.text),
        **_about(call.site, grant.user, found.scopes),
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    signed = jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": _KEY_ID})
    return {"access_token": found.text, "token_type": "Bearer", "id_token": signed}


def user_info(call: Call) -> Json:
    """Who somebody is, as far as the token may tell."""
    return _about(call.site, call.actor, call.speaker.scopes)


def _about(site: Site, user_id: str, scopes: frozenset[str]) -> Json:
    user = site.workspace.users[user_id]
    about: Json = {
        "sub": user_id,
        f"{_CLAIM}user_id": user_id,
        f"{_CLAIM}team_id": site.team["id"],
    }
    if "email" in scopes:
        about |= {"email": user.email, "email_verified": True}
    if "profile" in scopes:
        first, _, last = user.real_name.partition(" ")
        about |= {
            "name": user.real_name,
            "given_name": first,
            "family_name": last,
            "locale": "en-US",
            f"{_CLAIM}team_name": site.team["name"],
            f"{_CLAIM}team_domain": site.team["domain"],
        }
    return about


def _half_hash(text: str) -> str:
    half = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).decode().rstrip("=")


def published_keys() -> Json:
    """The keys that id tokens are verified with."""
    key: Any = jwt.algorithms.RSAAlgorithm.to_jwk(_key().public_key(), as_dict=True)
    return {"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}


def configuration(site: Site) -> Json:
    """Where everything is, as OpenID Connect's discovery wants it."""
    return {
        "issuer": site.url,
        "authorization_endpoint": f"{site.url}/openid/connect/authorize",
        "token_endpoint": f"{site.url}/api/openid.connect.token",
        "userinfo_endpoint": f"{site.url}/api/openid.connect.userInfo",
        "jwks_uri": f"{site.url}/openid/connect/keys",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "auth_time", "iss"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }


METHODS = (
    Method("openid.connect.token", token, (*SECRET, *GRANT), tokens=NO_TOKEN, tier=Tier.SPECIAL),
    Method(
        "openid.connect.userInfo",
        user_info,
        (),
        ("openid",),
        frozenset((TokenKind.USER,)),
        tier=Tier.SPECIAL,
    ),
)
