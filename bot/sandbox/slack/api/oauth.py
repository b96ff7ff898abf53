"""oauth.v2.*: a code or a refresh token becomes tokens, with the app's secret."""

import secrets

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.registry import NO_TOKEN, Method, Tier, strings
from bot.sandbox.slack.api.site import Grant, Site
from bot.sandbox.slack.apps import App, Token, TokenKind
from bot.sandbox.slack.records import Json, SlackError

TOKEN_SECONDS = 12 * 3600
CODE_SECONDS = 600


def access(call: Call) -> Json:
    """Tokens for a code that the browser brought back, or new ones for a refresh token."""
    app = call.secret_app()
    kind = call.text("grant_type") or "authorization_code"
    if kind == "refresh_token":
        return _shared(call, app) | _renewed(call, app)
    if kind != "authorization_code":
        raise SlackError("invalid_grant_type")
    grant = take_grant(call, app)
    answer = _shared(call, app)
    person: Json = {"id": grant.user}
    if grant.user_scopes:
        token = issue(call.site, app, grant.user, TokenKind.USER, grant.user_scopes)
        person |= _told(call.site, app, token)
    if grant.scopes:
        token = _bot_token(call.site, app, grant.scopes)
        answer |= _told(call.site, app, token) | {"bot_user_id": app.bot_user}
    return answer | {"authed_user": person}


def take_grant(call: Call, app: App) -> Grant:
    """What somebody agreed to, once.

    Raises:
        SlackError: ``invalid_code``, ``code_already_used`` or ``bad_redirect_uri``.
    """
    grant = call.site.grants.get(call.text("code"))
    if grant is None or grant.app is not app or call.site.monotonic() > grant.expires_at:
        raise SlackError("invalid_code")
    if grant.is_used:
        raise SlackError("code_already_used")
    if call.text("redirect_uri") != grant.redirect_uri:
        raise SlackError("bad_redirect_uri")
    grant.is_used = True
    return grant


def issue(site: Site, app: App, user: str, kind: TokenKind, scopes: frozenset[str]) -> Token:
    """A new token; it runs out after twelve hours where the app's manifest turns rotation on."""
    letters = "xoxb" if kind is TokenKind.BOT else "xoxp"
    text = f"{letters}-{secrets.token_hex(16)}"
    if not app.rotates_tokens:
        return site.tokens.add(Token(text, kind, app, user, scopes))
    ends = site.wall() + TOKEN_SECONDS
    return site.tokens.add(
        Token(f"xoxe.{letters}-1-{secrets.token_hex(32)}", kind, app, user, scopes, expires_at=ends)
    )


def _bot_token(site: Site, app: App, scopes: frozenset[str]) -> Token:
    """The bot's token: installing again gives the same one, with what was agreed to beside what it had."""
    known = site.tokens.find(app.bot_token)
    if app.rotates_tokens or known is None:
        return issue(site, app, app.bot_user, TokenKind.BOT, scopes)
    known.scopes = scopes if known.is_revoked else known.scopes | scopes
    known.is_revoked = False
    return known


def _told(site: Site, app: App, token: Token) -> Json:
    told: Json = {
        "access_token": token.text,
        "token_type": token.kind.value,
        "scope": ",".join(sorted(token.scopes)),
    }
    if app.rotates_tokens:
        refresh = f"xoxe-1-{secrets.token_hex(32)}"
        site.refresh_tokens[refresh] = token.text
        told |= {"expires_in": TOKEN_SECONDS, "refresh_token": refresh}
    return told


def _renewed(call: Call, app: App) -> Json:
    old_text = call.site.refresh_tokens.get(call.text("refresh_token"), "")
    old = call.site.tokens.find(old_text)
    if old is None or old.app is not app:
        raise SlackError("invalid_refresh_token")
    del call.site.refresh_tokens[call.text("refresh_token")]
    token = issue(call.site, app, old.user, old.kind, old.scopes)
    told = _told(call.site, app, token)
    if token.kind is TokenKind.BOT:
        return told | {"bot_user_id": app.bot_user, "authed_user": {}}
    return told | {"authed_user": {"id": token.user}}


def exchange(call: Call) -> Json:
    """A token that stays good becomes one that rotates."""
    app, old = call.secret_app(), call.site.tokens.find(call.text("token"))
    # A guess: no page names the word for an app that does not rotate.
    if not app.rotates_tokens:
        raise SlackError("token_rotation_not_enabled")
    if old is None or old.app is not app or old.is_revoked or old.expires_at is not None:
        raise SlackError("invalid_token")
    token = issue(call.site, app, old.user, old.kind, old.scopes)
    old.is_revoked = True
    return _shared(call, app) | _told(call.site, app, token)


def _shared(call: Call, app: App) -> Json:
    team = {"id": call.site.team["id"], "name": call.site.team["name"]}
    return {"app_id": app.id, "team": team, "enterprise": None, "is_enterprise_install": False}


SECRET = strings("client_id client_secret")
GRANT = strings("code redirect_uri grant_type refresh_token")
METHODS = (
    Method("oauth.v2.access", access, (*SECRET, *GRANT), tokens=NO_TOKEN, tier=Tier.SPECIAL),
    Method("oauth.v2.exchange", exchange, (*SECRET, *strings("token")), tokens=NO_TOKEN),
)
