"""Events of the Events API, in Slack's envelopes: what the manifest subscribes to, and where the app may listen."""

import base64
import re
import secrets
import time
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.sandbox.slack.people.typed import as_rich_text, links_in
from bot.sandbox.slack.records import TEAM_ID, Channel, Json, Message, User
from bot.sandbox.slack.state import APP_ID, BOT_USER, Workspace
from bot.sandbox.slack.to_app.delivery import Delivery

CHANNEL_TYPES = {"channels": "channel", "groups": "group", "im": "im", "mpim": "mpim"}
"""The last part of an event's name, and the word for it inside the event."""

_ONLY_FOR_MEMBERS = frozenset(
    (
        "message",
        "app_mention",
        "reaction_added",
        "reaction_removed",
        "member_joined_channel",
        "member_left_channel",
        "file_shared",
        "link_shared",
    )
)
"""What an app hears of in the channels that it is in, and in no other."""


class Events:
    """Announces what happens, as far as the app has asked for it and is where it happens.

    Args:
        workspace: Where things happen.
        delivery: The way to the app.
        manifest: The app's manifest; its bot events are what it hears of.
    """

    def __init__(self, workspace: Workspace, delivery: Delivery, manifest: Json) -> None:
        settings, features = manifest.get("settings") or {}, manifest.get("features") or {}
        self._workspace = workspace
        self._delivery = delivery
        self.names = frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ())
        self.unfurl_domains = tuple(features.get("unfurl_domains") or ())
        self.has_assistant = bool(features.get("assistant_view"))

    def announce(self, event: Json, name: str = "") -> None:
        """Send an event when the app has asked for it.

        Args:
            event: With ``type``; ``event_ts`` is added where it is missing.
            name: As the manifest calls it, where that differs from the type: ``message.channels``.
        """
        if (name or event["type"]) not in self.names or not self._may_hear(event):
            return
        if event["type"].startswith("member_"):
            event = {"team": TEAM_ID, **event}
        self._delivery.announce(self.envelope({"event_ts": self._workspace.next_ts(), **event}))

    def envelope(self, event: Json) -> Json:
        """An event with everything that Slack puts around it."""
        place = event.get("channel")
        where = place.get("id") if isinstance(place, dict) else place
        context = f'{{"et":"{event["type"]}","tid":"{TEAM_ID}","aid":"{APP_ID}","cid":"{where or ""}"}}'
        return {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(6).upper()}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(
                where in self._workspace.channels and self._workspace.channels[where].is_shared
            ),
            "event_context": f"4-{base64.b64encode(context.encode()).decode()}",
        }

    def said(self, channel: Channel, shape: Json) -> None:
        """A person wrote something: a message, perhaps a mention of the app, perhaps links that it unfurls.

        Args:
            channel: Where.
            shape: The message as the Web API shows it.
        """
        event: Json = {
            "client_msg_id": str(uuid.uuid4()),
            "blocks": as_rich_text(shape["text"]),
            **shape,
            "channel": channel.id,
            "event_ts": shape["ts"],
        }
        kind = {"channel_type": CHANNEL_TYPES[channel.kind]}
        parent = self._parent(channel, shape)
        self.announce({**event, **kind, **parent}, f"message.{channel.kind}")
        if not channel.is_im and re.search(rf"<@{BOT_USER}(\|[^>]*)?>", shape["text"]):
            self.announce({**event, **parent, "type": "app_mention"})
        self._links_shared(channel, shape)

    def noticed(self, channel: Channel, shape: Json) -> None:
        """A channel shows a line of Slack's own: somebody came or went."""
        kind = {"channel_type": CHANNEL_TYPES[channel.kind]}
        event = {**shape, **kind, "channel": channel.id, "event_ts": shape["ts"]}
        self.announce(event, f"message.{channel.kind}")

    def home_opened(self, user: User, tab: str) -> None:
        """Somebody opened the app's Home or Messages tab."""
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._workspace.direct(user.id).id,
            "tab": tab,
        }
        home = self._workspace.homes.get(user.id)
        if tab == "home" and home:
            event["view"] = home.shaped()
        self.announce(event)

    def user_changed(self, kind: str, profile: Json) -> None:
        """Somebody's profile changed (``user_change``), or somebody is new (``team_join``)."""
        self.announce({"type": kind, "user": profile})

    def uninstalled(self, *tokens: str) -> None:
        """The app was taken out of the workspace; ``tokens`` are the ids of the bots whose tokens end."""
        self.announce({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": list(tokens or (BOT_USER,))}})
        self.announce({"type": "app_uninstalled"})

    def assistant(self, kind: str, user: User, thread_ts: str, looking_at: str) -> None:
        """Somebody began a thread with the assistant, or looks at another channel beside it.

        Args:
            kind: ``assistant_thread_started`` or ``assistant_thread_context_changed``.
            user: Who.
            thread_ts: The first message of the thread.
            looking_at: The id of the channel that is open beside it; empty for none.
        """
        context = {"channel_id": looking_at, "team_id": TEAM_ID, "enterprise_id": None} if looking_at else {}
        thread = {
            "user_id": user.id,
            "context": context,
            "channel_id": self._workspace.direct(user.id).id,
            "thread_ts": thread_ts,
        }
        self.announce({"type": kind, "assistant_thread": thread})

    def details_requested(self, user: User, message: Message, entity: Json) -> None:
        """Somebody opened a Work Object; the app answers with ``entity.presentDetails``."""
        url = str(entity.get("app_unfurl_url") or entity.get("url") or "")
        event: Json = {
            "type": "entity_details_requested",
            "user": user.id,
            "trigger_id": self._workspace.new_trigger(user.id),
            "link": {"url": url, "domain": _host(url)},
            "entity_url": str(entity.get("url") or url),
            "app_unfurl_url": url,
            "user_locale": "en-US",
            "channel": message.channel,
            "message_ts": message.ts,
        }
        for name, value in (("external_ref", entity.get("external_ref")), ("thread_ts", message.thread_ts)):
            if value:
                event[name] = value
        self.announce(event)

    def _may_hear(self, event: Json) -> bool:
        if event["type"] not in _ONLY_FOR_MEMBERS or event.get("user") == BOT_USER:
            return True
        place = event.get("channel") or event.get("channel_id") or (event.get("item") or {}).get("channel")
        channel = self._workspace.channels.get(str(place))
        return channel is not None and BOT_USER in channel.members

    def _parent(self, channel: Channel, shape: Json) -> Json:
        thread = shape.get("thread_ts")
        if thread in (None, shape["ts"]):
            return {}
        parent = self._workspace.message_at(channel.id, thread)
        return {"parent_user_id": parent.user if parent else ""}

    def _links_shared(self, channel: Channel, shape: Json) -> None:
        links = list(_links_of(shape["text"], self.unfurl_domains))
        if not links:
            return
        event: Json = {
            "type": "link_shared",
            "channel": channel.id,
            "is_bot_user_member": BOT_USER in channel.members,
            "user": shape["user"],
            "message_ts": shape["ts"],
            "unfurl_id": f"{channel.id}-{shape['ts']}",
            "source": "conversations_history",
            "links": links,
        }
        if shape.get("thread_ts"):
            event["thread_ts"] = shape["thread_ts"]
        self.announce(event)


def _links_of(text: str, domains: tuple[str, ...]) -> Iterator[Json]:
    """The links that the app may unfurl, each with the domain of the manifest that it belongs to."""
    for url in links_in(text):
        host = _host(url)
        for domain in domains:
            if host == domain.lower() or host.endswith(f".{domain.lower()}"):
                yield {"domain": domain, "url": url}
                break


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""  # Somebody typed an address with a bracket in it.
