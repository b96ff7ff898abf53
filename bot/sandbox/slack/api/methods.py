"""Every method of the local Web API, one row each; the reference is written from it."""

from collections.abc import Mapping

from bot.sandbox.slack.api import (
    account,
    assistant,
    bookmarks,
    channels,
    chat,
    conversations,
    files,
    oauth,
    openid,
    pins,
    reactions,
    scheduled,
    streams,
    unfurls,
    usergroups,
    users,
    validation,
    views,
)
from bot.sandbox.slack.api.registry import Method

METHODS: tuple[Method, ...] = tuple(
    sorted(
        (
            *account.METHODS,
            *assistant.METHODS,
            *bookmarks.METHODS,
            *channels.METHODS,
            *chat.METHODS,
            *conversations.METHODS,
            *files.METHODS,
            *oauth.METHODS,
            *openid.METHODS,
            *pins.METHODS,
            *reactions.METHODS,
            *scheduled.METHODS,
            *streams.METHODS,
            *unfurls.METHODS,
            *usergroups.METHODS,
            *users.METHODS,
            *validation.METHODS,
            *views.METHODS,
        ),
        key=lambda method: method.name,
    )
)
BY_NAME: Mapping[str, Method] = {method.name: method for method in METHODS}

_OF_OTHER_TOKENS = frozenset(("connections:write", "identity.basic", "openid"))
_OF_EVENTS = frozenset(
    (
        "app_mentions:read",
        "chat:write.customize",
        "chat:write.public",
        "commands",
        "links:read",
        "im:write",
        "mpim:write",
    )
)
ALL_SCOPES: frozenset[str] = (
    frozenset(scope for method in METHODS for scope in method.scopes) - _OF_OTHER_TOKENS | _OF_EVENTS
)
"""Every permission that a bot can use here: those of methods, and those of events and looks."""
