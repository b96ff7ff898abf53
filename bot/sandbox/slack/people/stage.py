"""What everything that people do works with: the workspace, the way to the app, and the parts of Slack's payloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.slack.api.shapes import shape_message
from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.records import SLACKBOT, TEAM_ID, Channel, Json, Message, User, View
from bot.sandbox.slack.state import APP_ID, Workspace
from bot.sandbox.slack.to_app.delivery import Delivery
from bot.sandbox.slack.to_app.events import Events

_MOST_HELD = 2_000
"""Views and messages whose inputs are remembered."""


@dataclass(slots=True)
class Stage:
    """One workspace and the app that people use in it.

    Args:
        site: The workspace and what belongs to it.
        delivery: The way to the app.
        events: What the app hears of by itself.
        manifest: The app's manifest: its commands, its shortcuts, whether buttons reach it.
    """

    site: Site
    delivery: Delivery
    events: Events
    manifest: Json
    held: dict[str, Json] = field(default_factory=dict)
    """What people have put into inputs that act at once, by the id of the view or message."""

    def keep_held(self, key: str, state: Json) -> None:
        """Remember what the inputs of a view or message hold; where nobody has been for long it is forgotten."""
        self.held.pop(key, None)
        self.held[key] = state
        if len(self.held) > _MOST_HELD:
            del self.held[next(iter(self.held))]

    @property
    def workspace(self) -> Workspace:
        """Where people are."""
        return self.site.workspace

    @property
    def commands(self) -> Mapping[str, bool]:
        """The app's slash commands, and whether each gets links for people and channels."""
        rows = (self.manifest.get("features") or {}).get("slash_commands") or ()
        return {row["command"]: bool(row.get("should_escape")) for row in rows}

    @property
    def is_interactive(self) -> bool:
        """Whether the app takes clicks at all; a manifest that says nothing is taken to mean yes."""
        interactivity = (self.manifest.get("settings") or {}).get("interactivity") or {}
        return bool(interactivity.get("is_enabled", True))

    def interaction(self, user: User, kind: str, *, trigger: bool = True) -> Json:
        """What every interaction says about who did it and where."""
        payload: Json = {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": "sandbox",
            "team": {"id": TEAM_ID, "domain": self.workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if trigger:
            payload["trigger_id"] = self.workspace.new_trigger(user.id)
        return payload

    def in_message(self, message: Message) -> Json:
        """What an interaction says about the message that it came from."""
        channel = self.workspace.channels[message.channel]
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        return {
            "container": container,
            "channel": {"id": channel.id, "name": spoken_name(channel)},
            "message": shape_message(self.site, message),
        }

    def in_view(self, view: View, values: Json) -> Json:
        """What an interaction says about the view that it came from."""
        return {"container": {"type": "view", "view_id": view.id}, "view": view.shaped(values)}

    def response_url(self, channel: Channel, user: User, message: Message | None = None) -> str:
        """An address that answers one interaction a few times."""
        key = self.workspace.new_response_url(channel.id, user.id, message.ts if message else None)
        return f"{self.site.url}/response/{key}"

    def whisper(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Json:
        """Slackbot says something to one person; returns the refusal that it is."""
        self.workspace.add_message(
            Message(
                self.workspace.next_ts(),
                channel.id,
                SLACKBOT,
                text,
                thread_ts=thread_ts,
                only_for=user.id,
            )
        )
        return {"ok": False, "error": text}


def spoken_name(channel: Channel) -> str:
    """A channel's name as commands and interactions give it; Slack hides those of private conversations."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private or channel.is_mpim else channel.name
