"""Answers one call: who speaks, may they, are the arguments of the right kind, is it their turn; then the method."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.api.arguments import read_arguments
from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.methods import BY_NAME
from bot.sandbox.slack.api.rates import RateLimited, Rates
from bot.sandbox.slack.api.registry import Method, Tier
from bot.sandbox.slack.api.scheduled import post_due
from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.api.wire import Sent
from bot.sandbox.slack.apps import Token, TokenKind, Tokens, first_app
from bot.sandbox.slack.records import Json, SlackError
from bot.sandbox.slack.state import Workspace


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    app_id: str = ""
    """The app that called; empty where no token told."""


class WebApi:
    """The methods over one workspace.

    Args:
        workspace: What they work on.
        scopes: The permissions of the first app; only without ``site``.
        url: The local Slack's own address; only without ``site``.
        site: Everything around the workspace; made with one app where it is left out.
        rate_limits: Whether calls are counted.
    """

    def __init__(
        self,
        workspace: Workspace,
        scopes: frozenset[str] = frozenset(),
        url: str = "http://127.0.0.1",
        *,
        site: Site | None = None,
        rate_limits: bool = False,
    ) -> None:
        self.site = site or _site_of(workspace, scopes, url)
        self.rates = Rates(self.site.monotonic, is_on=rate_limits)

    def call(self, method: str, arguments: Mapping[str, Any]) -> Json:
        """The answer to a call of the first app's bot; raises ``SlackError``."""
        app = next(iter(self.site.tokens.apps.values()))
        return self._carry_out(method, Sent(dict(arguments), app.bot_token))[0]

    def answer(self, method: str, sent: Sent) -> Answer:
        """The answer to one request, whatever it carries."""
        token = self.site.tokens.find(sent.token)
        headers = _scope_headers(BY_NAME.get(method), token)
        app_id = token.app.id if token else ""
        try:
            body, app_id = self._carry_out(method, sent)
        except RateLimited as limited:
            headers["Retry-After"] = str(limited.retry_after)
            return Answer({"ok": False, "error": "ratelimited"}, 429, headers, app_id)
        except SlackError as error:
            body = refused(error, sent.warnings)
        return Answer(body, headers=headers, app_id=app_id)

    def _carry_out(self, name: str, sent: Sent) -> tuple[Json, str]:
        post_due(self.site)
        method = BY_NAME.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        token = self._token(method, sent.token) if method.tokens else None
        if method.name == "oauth.v2.exchange":
            # The one method whose token is an argument and not who speaks.
            sent.arguments["token"] = sent.token
        call = Call(self.site, method.name, {}, token, sent.secret, dict(sent.arguments), list(sent.warnings))
        if token:
            self._check_scopes(method, call)
        call.arguments = read_arguments(method, sent.arguments)
        if token and method.needs:
            call.demand(*method.needs(call))
        body = {"ok": True, **self._in_turn(method, call)}
        return _with_warnings(body, call.warnings, call.messages), token.app.id if token else ""

    def _token(self, method: Method, text: str) -> Token:
        """Who speaks; raises Slack's word where the token is missing, wrong, over or of another kind."""
        if not text:
            raise SlackError("not_authed")
        token = self.site.tokens.find(text)
        if token is None:
            raise SlackError("invalid_auth")
        if token.is_revoked:
            raise SlackError("token_revoked" if token.kind is TokenKind.USER else "account_inactive")
        if token.expires_at is not None and self.site.wall() >= token.expires_at:
            raise SlackError("token_expired")
        if token.kind not in method.tokens:
            raise SlackError("not_allowed_token_type")
        return token

    def _check_scopes(self, method: Method, call: Call) -> None:
        """Refuse a token that has none of the method's scopes, and name those that this very call needs."""
        if not method.scopes or call.speaker.scopes.intersection(method.scopes):
            return
        needed = method.scopes
        if method.needs:
            # Arguments that cannot be read leave it at the scopes of the method as a whole.
            with contextlib.suppress(SlackError):
                call.arguments = read_arguments(method, call.raw)
                needed = method.needs(call)
        call.demand(*needed)

    def _in_turn(self, method: Method, call: Call) -> Json:
        """Carry the method out, unless the app has used up its pace."""
        app = call.token.app if call.token else self.site.tokens.by_client(call.text("client_id"))
        app_id = app.id if app else ""
        channel = self._channel_of(call) if method.tier is Tier.POSTING else ""
        self.rates.take(app_id, method, channel)
        try:
            return method.handler(call)
        except SlackError:
            self.rates.give_back(app_id, method, channel)
            raise

    def _channel_of(self, call: Call) -> str:
        """Where a call posts, by whatever name it calls the place; empty for a place that there is not."""
        workspace, place = self.site.workspace, call.text("channel")
        person = workspace.users.get(place)
        if person is not None and not person.is_bot:
            return workspace.direct(place, call.app).id
        channel = workspace.channel_named(place)
        return channel.id if channel else ""


def refused(error: SlackError, warnings: tuple[str, ...] = ()) -> Json:
    """A refusal as an answer, with the warnings that came before it."""
    return _with_warnings({"ok": False, "error": error.error, **error.more}, list(warnings), [])


def _with_warnings(body: Json, warnings: list[str], messages: list[str]) -> Json:
    if not warnings:
        return body
    metadata = dict(body.get("response_metadata") or {})
    metadata["warnings"] = list(dict.fromkeys(warnings))
    if messages:
        metadata["messages"] = [*metadata.get("messages", []), *messages]
    return {**body, "warning": ",".join(metadata["warnings"]), "response_metadata": metadata}


def _scope_headers(method: Method | None, token: Token | None) -> dict[str, str]:
    headers = {}
    if token is not None:
        headers["X-OAuth-Scopes"] = ",".join(sorted(token.scopes))
    if method is not None and method.scopes:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
    return headers


def _site_of(workspace: Workspace, scopes: frozenset[str], url: str) -> Site:
    """A site with one app, for calls from Python."""
    manifest: Json = {
        "features": {"app_home": {"home_tab_enabled": True}},
        "oauth_config": {"scopes": {"bot": sorted(scopes)}},
    }
    tokens = Tokens()
    tokens.add_app(first_app("Callboard", manifest))
    return Site(workspace, tokens, url)
