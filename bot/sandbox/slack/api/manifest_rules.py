"""Pure: how the parts of a manifest belong together: addresses or a socket, permissions for what is asked for.

Words and pointers of the rules on addresses and on the ``commands`` permission are those of Slack's answers; for
the others it is known only that Slack refuses, and the words are ours.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.records import Json


@dataclass(frozen=True, slots=True)
class ManifestProblem:
    """One thing that is wrong: where, and why."""

    pointer: str
    message: str


_EVENTS, _INTERACTIVITY = "/settings/event_subscriptions", "/settings/interactivity"
_COMMANDS, _BOT_SCOPES = "/features/slash_commands", "/oauth_config/scopes/bot"

_SCOPE_OBJECTS = frozenset(
    (
        "admin app_configurations app_mentions assistant auditlogs authorizations bookmarks bot calls canvases"
        " channels chat client commands connections conversations datastore dnd email emoji files groups hosting"
        " identify identity im incoming-webhook links lists mcp metadata mpim openid pins post profile reactions"
        " read reminders remote_files search slackbot stars team tokens triggers usergroups users workflow"
        " workflows"
    ).split()
)
"""What Slack's permissions are about, the word before the first full stop or colon."""
_EVENT_OBJECTS = frozenset(
    (
        "app assistant call channel dnd email emoji entity file function grid group im invite link member message"
        " pin reaction resources scope shared slackbot star subteam team tokens user workflow"
    ).split()
)
"""What Slack's events are about, the word before the first full stop or underscore."""

_SCOPES_OF_EVENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("app_mention", ("app_mentions:read",)),
    (r"message\.channels", ("channels:history",)),
    (r"message\.groups", ("groups:history",)),
    (r"message\.im", ("im:history",)),
    (r"message\.mpim", ("mpim:history",)),
    ("reaction_.*", ("reactions:read",)),
    ("link_shared", ("links:read",)),
    ("file_.*", ("files:read",)),
    ("member_(joined|left)_channel", ("channels:read", "groups:read")),
    ("channel_.*", ("channels:read", "groups:read", "im:read", "mpim:read", "channels:history")),
    ("group_.*", ("groups:read",)),
    ("team_join|user_change", ("users:read",)),
    ("emoji_changed", ("emoji:read",)),
    ("pin_.*", ("pins:read",)),
    ("subteam_.*", ("usergroups:read",)),
    ("assistant_thread_.*", ("assistant:write",)),
)
"""The permissions of which an event needs one; an event that is not here needs none."""


def whole_problems(manifest: Json) -> Iterator[ManifestProblem]:
    """What is wrong between the parts of a manifest whose parts have their shape."""
    for rule in _RULES:
        yield from rule(manifest)


def _events_reach_the_app(manifest: Json) -> Iterator[ManifestProblem]:
    events = _inside(manifest, "settings", "event_subscriptions")
    has_events = events.get("bot_events") or events.get("user_events")
    if has_events and not _has_socket(manifest) and not events.get("request_url"):
        yield ManifestProblem(
            _EVENTS, "Event Subscription requires either Request URL or Socket Mode Enabled"
        )


def _clicks_reach_the_app(manifest: Json) -> Iterator[ManifestProblem]:
    clicks = _inside(manifest, "settings", "interactivity")
    if clicks.get("is_enabled") and not _has_socket(manifest) and not clicks.get("request_url"):
        yield ManifestProblem(_INTERACTIVITY, "Interactivity requires a Request URL")
        yield ManifestProblem(_INTERACTIVITY, "Interactivity requires Socket Mode enabled")


def _bot_has_a_user(manifest: Json) -> Iterator[ManifestProblem]:
    if _scopes(manifest) and "bot_user" not in _inside(manifest, "features"):
        yield ManifestProblem(_BOT_SCOPES, "Bot scopes need a bot user in features")


def _commands_work(manifest: Json) -> Iterator[ManifestProblem]:
    commands = _inside(manifest, "features").get("slash_commands")
    if commands is None:
        return
    if not commands:
        yield ManifestProblem(_COMMANDS, "must NOT have fewer than 1 items")
    elif "commands" not in _scopes(manifest):
        yield ManifestProblem(_COMMANDS, "Slash Commands requires `commands` bot scope")
    seen: set[str] = set()
    for number, row in enumerate(commands):
        if not _has_socket(manifest) and not row.get("url"):
            yield ManifestProblem(f"{_COMMANDS}/{number}", "A command needs a URL or Socket Mode")
        if row["command"] in seen:
            yield ManifestProblem(f"{_COMMANDS}/{number}/command", f"{row['command']} stands twice")
        seen.add(row["command"])


def _events_are_allowed(manifest: Json) -> Iterator[ManifestProblem]:
    scopes = _scopes(manifest)
    for number, name in enumerate(
        _inside(manifest, "settings", "event_subscriptions").get("bot_events") or ()
    ):
        if re.split(r"[._]", name)[0] not in _EVENT_OBJECTS:
            yield ManifestProblem(
                f"{_EVENTS}/bot_events/{number}", "must be equal to one of the allowed values"
            )
        needed = next((of for form, of in _SCOPES_OF_EVENTS if re.fullmatch(form, name)), ())
        if needed and not scopes.intersection(needed):
            yield ManifestProblem(
                f"{_EVENTS}/bot_events", f"Event {name} requires `{needed[0]}` bot scope"[:200]
            )


def _scopes_are_known(manifest: Json) -> Iterator[ManifestProblem]:
    listed = _inside(manifest, "oauth_config", "scopes")
    for kind, names in listed.items():
        whole = listed.get(kind.removesuffix("_optional")) or ()
        for number, name in enumerate(names or ()):
            at = f"/oauth_config/scopes/{kind}/{number}"
            if re.split(r"[.:]", name)[0] not in _SCOPE_OBJECTS:
                yield ManifestProblem(at, "must be equal to one of the allowed values")
            elif name not in whole:
                yield ManifestProblem(at, f"must also stand in {kind.removesuffix('_optional')}")


_RULES: tuple[Callable[[Json], Iterator[ManifestProblem]], ...] = (
    _events_reach_the_app,
    _clicks_reach_the_app,
    _bot_has_a_user,
    _commands_work,
    _events_are_allowed,
    _scopes_are_known,
)


def _has_socket(manifest: Json) -> bool:
    return bool(_inside(manifest, "settings").get("socket_mode_enabled"))


def _scopes(manifest: Json) -> frozenset[str]:
    return frozenset(_inside(manifest, "oauth_config", "scopes").get("bot") or ())


def _inside(value: Any, *path: str) -> Json:
    for part in path:
        value = value.get(part) or {}
    found: Json = value
    return found
