"""api.test, auth.*, apps.*, team.info, emoji.list: who calls, and what it calls."""

from typing import Any

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.manifest_check import manifest_problems
from bot.sandbox.slack.api.registry import (
    BOT_OR_USER,
    NO_TOKEN,
    Argument,
    Kind,
    Method,
    Tier,
    flags,
    strings,
)
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.records import Json, SlackError


def api_test(call: Call) -> Json:
    """Says back what it was told; with ``error`` it fails with that word."""
    args = dict(call.raw)
    if call.text("error"):
        raise SlackError(call.text("error"), args=args)
    return {"args": args}


def auth_test(call: Call) -> Json:
    """Whose token it is."""
    user = call.site.workspace.users[call.actor]
    shown: Json = {
        "url": f"{call.site.url}/",
        "team": call.site.workspace.title,
        "user": user.name,
        "team_id": call.site.team["id"],
        "user_id": user.id,
        "is_enterprise_install": False,
    }
    if call.speaker.kind is TokenKind.BOT:
        shown["bot_id"] = call.app.bot_id
    return shown


def auth_revoke(call: Call) -> Json:
    """Make the token worth nothing, unless it is only a test."""
    if call.flag("test"):
        return {"revoked": False}
    call.speaker.is_revoked = True
    return {"revoked": True}


def open_connection(call: Call) -> Json:
    """An address for one Socket Mode connection."""
    return {"url": call.site.open_socket(call.app)}


def uninstall(call: Call) -> Json:
    """Take the app out of the workspace; all of its tokens end."""
    app = call.secret_app()
    # A guess: no page names the word for another app's secret.
    if app is not call.app:
        raise SlackError("client_id_token_mismatch")
    for token in call.site.tokens.of(app):
        token.is_revoked = token.kind in BOT_OR_USER or token.is_revoked
    tokens: Json = {"oauth": [], "bot": [app.bot_user]}
    call.site.announce({"type": "tokens_revoked", "tokens": tokens}, "")
    call.site.announce({"type": "app_uninstalled"}, "")
    return {}


def validate_manifest(call: Call) -> Json:
    """What is wrong with a manifest."""
    problems: list[Any] = [
        {"message": problem.message, "pointer": problem.pointer}
        for problem in manifest_problems(call.get("manifest"))
    ]
    if problems:
        raise SlackError("invalid_manifest", errors=problems)
    return {"errors": []}


def export_manifest(call: Call) -> Json:
    """The manifest that an app was installed with."""
    app = call.site.app_of(call.text("app_id"))
    # A guess, as above.
    if app is None:
        raise SlackError("app_not_found")
    return {"manifest": app.manifest}


def team_info(call: Call) -> Json:
    """The workspace."""
    wanted = call.text("team")
    if wanted not in ("", call.site.team["id"]):
        raise SlackError("team_not_found")
    return {"team": call.site.team}


def list_emoji(_call: Call) -> Json:
    """The emoji that the workspace has made for itself: none."""
    return {"emoji": {}, "cache_ts": "0"}


_CONFIG = frozenset((TokenKind.CONFIG,))
_ANY_OF_THE_APPS = frozenset((TokenKind.CONFIG, TokenKind.BOT, TokenKind.APP))
"""Slack wants a configuration token for this. To check a manifest changes nothing, so here any will do."""
_SECRET = strings("client_id client_secret")
METHODS = (
    Method("api.test", api_test, strings("error foo"), tokens=NO_TOKEN, tier=Tier.T4),
    Method(
        "auth.test",
        auth_test,
        tokens=BOT_OR_USER | {TokenKind.APP},
        tier=Tier.SPECIAL,
    ),
    Method("auth.revoke", auth_revoke, flags("test")),
    Method("apps.connections.open", open_connection, (), ("connections:write",), frozenset((TokenKind.APP,))),
    Method("apps.uninstall", uninstall, _SECRET),
    Method(
        "apps.manifest.validate",
        validate_manifest,
        (Argument("manifest", Kind.OBJECT, required=True, error="invalid_manifest"), *strings("app_id")),
        tokens=_ANY_OF_THE_APPS,
    ),
    Method("apps.manifest.export", export_manifest, (Argument("app_id", required=True),), tokens=_CONFIG),
    Method("team.info", team_info, strings("team domain"), ("team:read",)),
    Method("emoji.list", list_emoji, flags("include_categories"), ("emoji:read",), tier=Tier.T2),
)
