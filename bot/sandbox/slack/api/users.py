"""users.*: who is in the workspace."""

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.conversations import needs_types, types_of
from bot.sandbox.slack.api.paging import page_of
from bot.sandbox.slack.api.registry import (
    PAGING,
    Argument,
    Kind,
    Method,
    Tier,
    flags,
    of_conversation,
    strings,
)
from bot.sandbox.slack.api.shapes import inner_profile, profile_of, shape_channel
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.records import Json, SlackError, User

_EMAIL = "users:read.email"


def info(call: Call) -> Json:
    """One person."""
    return {"user": _shown(call, _user(call, call.text("user")))}


def list_users(call: Call) -> Json:
    """Everybody, apps too."""
    page, cursor = page_of(call, list(call.site.workspace.users.values()), most=1000, usual=1000)
    return {
        "members": [_shown(call, user) for user in page],
        "cache_ts": int(call.site.wall()),
        "response_metadata": {"next_cursor": cursor},
    }


def lookup(call: Call) -> Json:
    """The person with an address."""
    mail = call.text("email").strip().lower()
    for user in call.site.workspace.users.values():
        if mail and user.email.lower() == mail:
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


def conversations(call: Call) -> Json:
    """Where somebody is; of other people only what the caller may know of."""
    user = call.text("user") or call.actor
    _user(call, user)
    kinds, skip_archived = types_of(call), call.flag("exclude_archived")
    found = [
        channel
        for channel in call.site.workspace.channels.values()
        if channel.kind in kinds
        and user in channel.members
        and (channel.kind == "channels" or call.actor in channel.members)
        and not (skip_archived and channel.is_archived)
    ]
    page, cursor = page_of(call, found, most=999)
    return {
        "channels": [shape_channel(item, call.actor) for item in page],
        "response_metadata": {"next_cursor": cursor},
    }


def profile(call: Call) -> Json:
    """What somebody says of themselves."""
    user = _user(call, call.text("user") or call.actor)
    return {"profile": inner_profile(user, with_email=_EMAIL in call.speaker.scopes)}


def presence(call: Call) -> Json:
    """Whether somebody is there; on a local Slack everybody is."""
    _user(call, call.text("user") or call.actor)
    return {"presence": "active"}


def identity(call: Call) -> Json:
    """Whose token it is."""
    user = _user(call, call.actor)
    scopes = call.speaker.scopes
    shown: Json = {"id": user.id, "name": user.real_name}
    if "identity.email" in scopes:
        shown["email"] = user.email
    return {"user": shown, "team": {"id": call.site.team["id"]}}


def bot_info(call: Call) -> Json:
    """An app's bot."""
    wanted = call.text("bot")
    for app in call.site.tokens.apps.values():
        if wanted in (app.bot_id, ""):
            user = call.site.workspace.users[app.bot_user]
            shown = {"id": app.bot_id, "deleted": False, "name": user.real_name, "updated": 0}
            return {"bot": shown | {"app_id": app.id, "user_id": app.bot_user, "icons": {}}}
    raise SlackError("bot_not_found")


def _user(call: Call, key: str) -> User:
    user = call.site.workspace.users.get(key)
    if user is None:
        raise SlackError("user_not_found")
    return user


def _shown(call: Call, user: User) -> Json:
    return profile_of(user, with_email=_EMAIL in call.speaker.scopes)


_READ = ("users:read",)
METHODS = (
    Method(
        "users.info",
        info,
        (Argument("user", required=True), *flags("include_locale")),
        _READ,
        tier=Tier.T4,
    ),
    Method(
        "users.list",
        list_users,
        (*PAGING, *flags("include_locale"), *strings("team_id")),
        _READ,
        tier=Tier.T2,
    ),
    Method("users.lookupByEmail", lookup, strings("email", required=True), (_EMAIL,)),
    Method(
        "users.conversations",
        conversations,
        (*PAGING, Argument("types", Kind.LIST), *flags("exclude_archived"), *strings("user team_id")),
        of_conversation("read"),
        needs=needs_types,
    ),
    Method(
        "users.profile.get",
        profile,
        (*strings("user"), *flags("include_labels")),
        ("users.profile:read",),
        tier=Tier.T4,
    ),
    Method("users.getPresence", presence, strings("user"), _READ),
    Method("users.identity", identity, (), ("identity.basic",), frozenset((TokenKind.USER,))),
    Method("bots.info", bot_info, strings("bot team_id"), _READ),
)
