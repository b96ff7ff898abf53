"""Pure: the app's manifest, from what is registered; every permission with its reason."""

from collections.abc import Mapping, Sequence

from bot.slack.blocks import Json

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to answer “@Callboard who owns ...”",
    "channels:history": "to find its own message again after a crash, instead of posting it twice",
    "channels:read": "to find a team's channel by its name, and to see whether guests read along",
    "chat:write": "to answer, and to post scorecards",
    "chat:write.public": "to post a team's scorecard in a public channel without an invitation",
    "commands": "for the slash command",
    "groups:history": "the same as channels:history, in private channels that it was invited to",
    "groups:read": "the same as channels:read, in private channels that it was invited to",
    "im:history": "to answer direct messages",
    "im:read": "to tell direct messages with the app from those between people, before something is shared",
    "im:write": "to send a run's progress and a manager's roll-up",
    "links:read": "to see that somebody linked a repository, and to show its owner below the link",
    "links:write": "to show that preview",
    "mpim:read": "to see whether guests read along in group messages",
    "users:read": "to know members from guests",
    "users:read.email": "to match people in Slack with people in the catalog",
}
"""Every bot scope and why it is asked for."""

COMING_AND_GOING = (
    "member_joined_channel",
    "member_left_channel",
    "channel_shared",
    "channel_unshared",
)
"""Events after which others may read along in a channel than before."""

SHORTCUTS: Sequence[Json] = (
    {
        "name": "Who owns this?",
        "type": "message",
        "callback_id": "who_owns_this",
        "description": "Says who owns what this message speaks of, to you alone",
    },
)
"""The shortcuts as rows of the manifest: ``name`` (24 characters), ``type``, ``callback_id``, ``description``."""

EVENTS = ("app_home_opened", "app_mention", "link_shared", "message.im", *COMING_AND_GOING)
_MOST_DOMAINS = 5
"""So many domains Slack lets an app preview."""


def manifest(
    command: str,
    words: Sequence[str],
    *,
    socket_mode: bool = True,
    url: str = "",
    domains: Sequence[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Json:
    """The app manifest that Slack takes.

    Args:
        command: The slash command.
        words: The conversations' words, for the command's hint.
        socket_mode: Whether events come over a socket; else ``url`` is needed.
        url: The public address of the web server.
        domains: Where the links lead that get a preview, subdomains included; the first five count.
        aliases: ``slack.aliases``: slash commands of their own for single conversations.
    """
    unfurls = list(dict.fromkeys(domains))[:_MOST_DOMAINS]
    requests = f"{url.rstrip('/')}/slack/events" if url else ""
    slash: Json = {
        "command": command,
        "description": "Who owns it, how to run it, how to start it, how well it is kept",
        "usage_hint": f"{' | '.join(words)} ...",
        "should_escape": True,
    }
    events: Json = {"bot_events": list(EVENTS)}
    interactivity: Json = {"is_enabled": True}
    own = [
        {
            "command": alias,
            "description": f"The same as {command} {name}",
            "usage_hint": "...",
            "should_escape": True,
            **({"url": requests} if requests else {}),
        }
        for alias, name in (aliases or {}).items()
    ]
    if requests:
        slash["url"] = events["request_url"] = interactivity["request_url"] = requests
        interactivity["message_menu_options_url"] = requests
    return {
        "display_information": {
            "name": "Callboard",
            "description": "Who owns what, what the docs say, new repositories, scorecards",
            "background_color": "#1d3b38",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Callboard", "always_online": True},
            "slash_commands": [slash, *own],
            **({"shortcuts": list(SHORTCUTS)} if SHORTCUTS else {}),
            **({"unfurl_domains": unfurls} if unfurls else {}),
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
