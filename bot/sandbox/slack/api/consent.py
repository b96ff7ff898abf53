"""The pages in a browser on which somebody agrees to an app, or signs in with Slack."""

import html
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.slack.api.oauth import CODE_SECONDS
from bot.sandbox.slack.api.openid import SCOPES, configuration, published_keys
from bot.sandbox.slack.api.site import Grant, Site
from bot.sandbox.slack.apps import App
from bot.sandbox.slack.records import SlackError

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What an app asks somebody for."""

    app: App
    scopes: frozenset[str]
    user_scopes: frozenset[str]
    redirect_uri: str
    """As it was sent; empty where it was not."""
    target: str
    state: str
    nonce: str


class Consent:
    """Shows what an app asks for, and sends the browser back with a code or with a refusal."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        """The pages, and what OpenID Connect publishes."""
        return [
            Route("/oauth/v2/authorize", self._oauth, methods=["GET", "POST"]),
            Route("/openid/connect/authorize", self._openid, methods=["GET", "POST"]),
            Route("/openid/connect/keys", lambda _request: JSONResponse(published_keys())),
            Route(
                "/.well-known/openid-configuration",
                lambda _request: JSONResponse(configuration(self._site)),
            ),
        ]

    async def _oauth(self, request: Request) -> Response:
        return await self._page(request, is_sign_in=False)

    async def _openid(self, request: Request) -> Response:
        return await self._page(request, is_sign_in=True)

    async def _page(self, request: Request, *, is_sign_in: bool) -> Response:
        query = dict(request.query_params)
        try:
            wish = self._wish(query, is_sign_in=is_sign_in)
        except SlackError as error:
            return HTMLResponse(_document("Something is wrong", f"<p>{error.error}</p>"), 400, _HEADERS)
        if request.method == "GET":
            return HTMLResponse(self._question(wish), headers=_HEADERS)
        body = (await request.body()).decode(errors="replace")
        return self._decided(wish, dict(parse_qsl(body)))

    def _wish(self, query: dict[str, str], *, is_sign_in: bool) -> _Wish:
        app = self._site.tokens.by_client(query.get("client_id", ""))
        if app is None:
            raise SlackError("invalid_client_id")
        sent = query.get("redirect_uri", "")
        target = _target(app, sent)
        scopes, user_scopes = _names(query.get("scope", "")), _names(query.get("user_scope", ""))
        if is_sign_in:
            if query.get("response_type") != "code":
                raise SlackError("invalid_response_type")
            # Signing in asks the person, whatever the argument is called.
            scopes, user_scopes = frozenset(), scopes
            if "openid" not in user_scopes or not user_scopes <= set(SCOPES):
                raise SlackError("invalid_scope")
        if not scopes and not user_scopes:
            raise SlackError("no_scopes")
        return _Wish(app, scopes, user_scopes, sent, target, query.get("state", ""), query.get("nonce", ""))

    def _question(self, wish: _Wish) -> str:
        people = "".join(
            f'<option value="{html.escape(user.id)}">{html.escape(user.real_name)}</option>'
            for user in self._site.workspace.users.values()
            if not user.is_bot
        )
        asked = "".join(f"<li>{html.escape(name)}</li>" for name in sorted(wish.scopes | wish.user_scopes))
        return _document(
            f"{wish.app.name} asks for access to {self._site.workspace.title}",
            f'<ul>{asked}</ul><form method="post"><label>As <select name="user">{people}</select></label> '
            '<button name="decision" value="allow">Allow</button> '
            '<button name="decision" value="deny">Cancel</button></form>',
        )

    def _decided(self, wish: _Wish, form: dict[str, str]) -> Response:
        back = {"state": wish.state} if wish.state else {}
        if form.get("decision") == "deny":
            return _back(wish.target, {"error": "access_denied", **back})
        people = [user.id for user in self._site.workspace.users.values() if not user.is_bot]
        user = form.get("user") or next(iter(people), "")
        if user not in people:
            return HTMLResponse(_document("Something is wrong", "<p>user_not_found</p>"), 400, _HEADERS)
        code = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
        self._site.grants[code] = Grant(
            wish.app,
            user,
            wish.scopes,
            wish.user_scopes,
            wish.redirect_uri,
            self._site.monotonic() + CODE_SECONDS,
            wish.nonce,
        )
        return _back(wish.target, {"code": code, **back})


def _target(app: App, sent: str) -> str:
    """Where the browser goes back to: one of the app's addresses, or something below one."""
    if not app.redirect_urls:
        raise SlackError("bad_redirect_uri")
    if not sent:
        return app.redirect_urls[0]
    for known in app.redirect_urls:
        if sent == known or sent.startswith((known.rstrip("/") + "/", known + "?")):
            return sent
    raise SlackError("bad_redirect_uri")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.replace(",", " ").split())


def _back(target: str, values: dict[str, str]) -> Response:
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return RedirectResponse(urlunsplit(parts._replace(query=query)), status_code=302)


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title></head><body><h1>{html.escape(title)}</h1>{body}</body></html>"
    )
