"""usergroups.*: people who are mentioned together."""

import re

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.registry import Argument, Kind, Method, Tier, flags, strings
from bot.sandbox.slack.api.shapes import shape_usergroup
from bot.sandbox.slack.records import Json, SlackError, UserGroup


def list_groups(call: Call) -> Json:
    """Every group, disabled ones when asked for."""
    found = [
        shape_usergroup(group, with_users=call.flag("include_users"), with_count=call.flag("include_count"))
        for group in call.site.workspace.usergroups.values()
        if not group.deleted or call.flag("include_disabled")
    ]
    return {"usergroups": found}


def create(call: Call) -> Json:
    """A new group; names and handles are unique."""
    name = call.text("name").strip()
    if not name:
        raise SlackError("invalid_name")
    handle = call.text("handle") or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    _check_unique(call, name, handle, None)
    now = int(call.site.wall())
    key = call.site.workspace.new_id("S")
    group = UserGroup(key, name, handle, call.text("description"), created=now, updated=now)
    group.created_by = group.updated_by = call.actor
    group.channels = _channels(call)
    call.site.workspace.usergroups[key] = group
    return _told(call, group)


def update(call: Call) -> Json:
    """Another name, handle, description or set of channels."""
    group = _group(call)
    name, handle = call.text("name") or group.name, call.text("handle") or group.handle
    channels = _channels(call) if call.get("channels") is not None else group.channels
    _check_unique(call, name, handle, group)
    group.name, group.handle, group.channels = name, handle, channels
    if call.get("description") is not None:
        group.description = call.text("description")
    return _touched(call, group)


def disable(call: Call) -> Json:
    """Take a group out of use."""
    group = _group(call)
    group.deleted = int(call.site.wall())
    return _touched(call, group)


def enable(call: Call) -> Json:
    """Put a disabled group back into use."""
    group = _group(call)
    group.deleted = 0
    return _touched(call, group)


def list_users(call: Call) -> Json:
    """Who is in a group."""
    group = _group(call)
    if group.deleted and not call.flag("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": group.users}


def update_users(call: Call) -> Json:
    """Other people in a group; it cannot be emptied this way."""
    group, users = _group(call), call.names("users")
    if not users:
        raise SlackError("no_users_provided")
    people = call.site.workspace.users
    if any(user not in people or people[user].is_bot for user in users):
        raise SlackError("invalid_users")
    group.users = list(dict.fromkeys(users))
    return _touched(call, group)


def _group(call: Call) -> UserGroup:
    group = call.site.workspace.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _channels(call: Call) -> list[str]:
    return [call.find_channel(name).id for name in call.names("channels")]


def _check_unique(call: Call, name: str, handle: str, own: UserGroup | None) -> None:
    for group in call.site.workspace.usergroups.values():
        if group is not own and group.name == name:
            raise SlackError("name_already_exists")
        if group is not own and group.handle == handle:
            raise SlackError("handle_already_exists")


def _touched(call: Call, group: UserGroup) -> Json:
    group.updated, group.updated_by = int(call.site.wall()), call.actor
    return _told(call, group)


def _told(call: Call, group: UserGroup) -> Json:
    call.site.workspace.tell({"kind": "usergroup", "usergroup": group.id})
    return {"usergroup": shape_usergroup(group, with_users=True, with_count=True)}


_READ, _WRITE = ("usergroups:read",), ("usergroups:write",)
_GROUP = Argument("usergroup", required=True)
_COMMON = (*flags("include_count"), *strings("team_id"))
_ABOUT = (*strings("handle description"), Argument("channels", Kind.LIST))
METHODS = (
    Method(
        "usergroups.list",
        list_groups,
        (*_COMMON, *flags("include_disabled include_users")),
        _READ,
        tier=Tier.T2,
    ),
    Method(
        "usergroups.create",
        create,
        (Argument("name", required=True), *_ABOUT, *_COMMON),
        _WRITE,
        tier=Tier.T2,
    ),
    Method("usergroups.update", update, (_GROUP, *strings("name"), *_ABOUT, *_COMMON), _WRITE, tier=Tier.T2),
    Method("usergroups.enable", enable, (_GROUP, *_COMMON), _WRITE, tier=Tier.T2),
    Method("usergroups.disable", disable, (_GROUP, *_COMMON), _WRITE, tier=Tier.T2),
    Method(
        "usergroups.users.list",
        list_users,
        (_GROUP, *flags("include_disabled"), *strings("team_id")),
        _READ,
        tier=Tier.T2,
    ),
    Method(
        "usergroups.users.update",
        update_users,
        (_GROUP, Argument("users", Kind.LIST, required=True), *_COMMON),
        _WRITE,
        tier=Tier.T2,
    ),
)
