"""Pure: the manifest of an app that may do everything, for tests that are not about permissions."""

import copy
from collections.abc import Sequence

from bot.sandbox.slack.api import ALL_SCOPES
from bot.slack.blocks import Json

ALL_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "channel_archive",
    "channel_created",
    "channel_rename",
    "entity_details_requested",
    "file_shared",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "tokens_revoked",
    "user_change",
)
"""Every event that the local Slack sends."""


_MOST_DOMAINS = 5
"""So many domains Slack lets an app preview."""


def may_do_everything(name: str = "Test app", commands: Sequence[str] = ("/hello",)) -> Json:
    """A manifest with every scope and event that the local Slack knows.

    Args:
        name: What the app and its bot are called.
        commands: Its slash commands.
    """
    slash = [{"command": item, "description": f"Says {item[1:]}", "should_escape": True} for item in commands]
    return {
        "display_information": {"name": name},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": slash,
            "shortcuts": [
                {"name": "Say hello", "type": "global", "callback_id": "hello", "description": "Says hello"},
                {"name": "Answer", "type": "message", "callback_id": "answer", "description": "Answers it"},
            ],
            "unfurl_domains": ["example.com", "github.com"],
        },
        "oauth_config": {"scopes": {"bot": sorted(ALL_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(ALL_EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


def widened(manifest: Json) -> Json:
    """A manifest with every scope and event added, its own features kept."""
    wide = copy.deepcopy(dict(manifest))
    everything = may_do_everything()
    wide.setdefault("oauth_config", {})["scopes"] = everything["oauth_config"]["scopes"]
    wide.setdefault("settings", {})["event_subscriptions"] = everything["settings"]["event_subscriptions"]
    wide.setdefault("features", {}).setdefault("app_home", {})["home_tab_enabled"] = True
    domains = [*wide["features"].get("unfurl_domains", ()), *everything["features"]["unfurl_domains"]]
    wide["features"]["unfurl_domains"] = list(dict.fromkeys(domains))[:_MOST_DOMAINS]
    return wide
