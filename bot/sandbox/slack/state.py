"""What the local Slack knows: people, channels, messages, open views; changed only on the server's own thread."""

import itertools
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.organization import Organization

Json = dict[str, Any]

TEAM_ID = "T0CALLBOARD"
APP_ID = "A0CALLBOARD"
BOT_ID = "B0CALLBOARD"
BOT_USER = "U0CALLBOARD"
TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5


class SlackError(Exception):
    """A refusal in Slack's words."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(slots=True)
class User:
    """Somebody with an account; the app's bot is one too."""

    id: str
    name: str
    real_name: str
    email: str
    title: str = ""
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False


@dataclass(slots=True)
class File:
    """A file that somebody shared, or that an app is about to share; its content stays in memory."""

    id: str
    name: str
    title: str
    mimetype: str
    content: bytes
    user: str
    created: int
    channels: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Bookmark:
    """A link at the head of a channel."""

    id: str
    title: str
    link: str
    emoji: str = ""


@dataclass(slots=True)
class Channel:
    """A channel, or a direct conversation of one person or several with the app."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    purpose: str = ""
    bookmarks: list[Bookmark] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    """The ``ts`` of each pinned message."""


@dataclass(slots=True)
class Message:
    """One message; an ephemeral one is seen by ``only_for`` alone."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    only_for: str | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    """Legacy attachments, and what an app or Slack unfurled."""
    files: list[str] = field(default_factory=list)
    """Ids in ``Workspace.files``."""
    is_streaming: bool = False
    revision: int = 0

    def shaped(self, *, with_metadata: bool = False) -> Json:
        """The message as the Web API and payloads show it."""
        body: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text, "team": TEAM_ID}
        if self.user == BOT_USER:
            body |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.blocks:
            body["blocks"] = self.blocks
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.reactions:
            body["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        if with_metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass(slots=True)
class View:
    """An open modal, or somebody's App Home."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def shaped(self, values: Json | None = None) -> Json:
        """The view as payloads and the Web API show it."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            **self.body,
            "state": {"values": values or {}},
        }


@dataclass(slots=True)
class Trigger:
    """Permission to open one view, for three seconds."""

    user: str
    at: float
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """An address that answers one interaction a few times."""

    channel: str
    user: str
    at: float
    message_ts: str | None = None
    uses: int = 0


class Workspace:
    """Everything of one workspace."""

    def __init__(self, organization: Organization, app_name: str) -> None:
        self.name = organization.name
        self.title = organization.title
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, app_name.lower(), app_name, "", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.read: dict[tuple[str, str], str] = {}
        self.listeners: list[Callable[[Json], None]] = []
        self._numbers = itertools.count(1)
        self._last_us = 0
        self._add_people(organization)
        self._add_channels(organization)

    def user_by_name(self, name: str) -> User:
        """A person by login; raises ``user_not_found``."""
        for user in self.users.values():
            if user.name == name.lstrip("@"):
                return user
        raise SlackError("user_not_found")

    def channel_named(self, name: str) -> Channel | None:
        """A channel by id, or by name with or without its ``#``."""
        if name in self.channels:
            return self.channels[name]
        plain = name.lstrip("#")
        return next((item for item in self.channels.values() if item.name == plain and not item.is_im), None)

    def direct(self, user: str) -> Channel:
        """The conversation of a person with the app; made when first asked for."""
        key = f"D{user[1:]}"
        if key not in self.channels:
            self.channels[key] = Channel(key, self.users[user].name, {user, BOT_USER}, is_im=True)
            self.messages[key] = []
        return self.channels[key]

    def add_message(self, message: Message) -> Message:
        """Put a message where it belongs and tell who listens."""
        self.messages[message.channel].append(message)
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})
        return message

    def find_message(self, channel: str, ts: str) -> Message:
        """One message; raises ``message_not_found``."""
        for message in self.messages.get(channel, ()):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def change_message(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Edit a message in place."""
        message.text, message.blocks = text, blocks
        message.edited_ts = self.next_ts()
        message.revision += 1
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})

    def remove_message(self, message: Message) -> None:
        """Take a message away."""
        self.messages[message.channel].remove(message)
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})

    def new_trigger(self, user: str) -> str:
        """A trigger id for somebody who just did something."""
        key = f"{next(self._numbers)}.{secrets.token_hex(8)}"
        self.triggers[key] = Trigger(user, time.monotonic())
        return key

    def use_trigger(self, key: str) -> str:
        """The person behind a trigger id, which is used up; raises Slack's refusals."""
        trigger = self.triggers.get(key)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    def new_response_url(self, channel: str, user: str, message_ts: str | None = None) -> str:
        """The secret part of an address that answers one interaction."""
        key = secrets.token_urlsafe(18)
        self.response_urls[key] = ResponseUrl(channel, user, time.monotonic(), message_ts)
        return key

    def new_view(self, user: str, body: Json, below: View | None = None) -> View:
        """A view with an id and a hash of its own; a pushed one knows the one that it lies on."""
        key = f"V{next(self._numbers):08}"
        if below is None:
            return View(key, user, body, self.next_hash(), root_id=key)
        return View(key, user, body, self.next_hash(), root_id=below.root_id, previous_id=below.id)

    def next_hash(self) -> str:
        """A hash that changes with every change of a view."""
        return f"{time.time():.6f}.{secrets.token_hex(4)}"

    def next_ts(self) -> str:
        """A timestamp later than every one before; it names a message in its channel."""
        # Whole microseconds: as a float, the next one up is sometimes the same text again.
        self._last_us = max(time.time_ns() // 1000, self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06}"

    def tell(self, event: Json) -> None:
        """Tell every open page that something changed."""
        for listener in list(self.listeners):
            listener(event)

    def _add_people(self, organization: Organization) -> None:
        for number, person in enumerate(organization.people, 1):
            key = _id("U", number, person.login)
            self.users[key] = User(
                key,
                person.login,
                person.name,
                person.email,
                person.title,
                person.timezone,
                is_guest=person.guest,
            )

    def _add_channels(self, organization: Organization) -> None:
        ids = {user.name: user.id for user in self.users.values()}
        full_members = {user.id for user in self.users.values() if not user.is_guest}
        for number, channel in enumerate(organization.channels, 1):
            key = _id("C", number, channel.name)
            members = {ids[name] for name in channel.members if name in ids} or set(full_members)
            self.channels[key] = Channel(
                key, channel.name, members | {BOT_USER}, channel.topic, is_private=channel.private
            )
            self.messages[key] = []


def _id(kind: str, number: int, name: str) -> str:
    """An id that a reader of a log recognises; Slack's are capital letters and digits only."""
    return f"{kind}{number:04}{re.sub('[^A-Z0-9]', '', name.upper())[:6]}"


def profile_of(user: User, *, with_email: bool) -> Json:
    """A person as ``users.info`` shows them; the address only to an app that may read it."""
    profile = {"real_name": user.real_name, "display_name": user.name, "title": user.title}
    if with_email:
        profile["email"] = user.email
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "is_bot": user.is_bot,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "tz": user.timezone,
        "profile": profile,
    }


def shape_channel(channel: Channel) -> Mapping[str, Any]:
    """A channel as ``conversations.info`` shows it."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_im,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_member": BOT_USER in channel.members,
        "is_archived": False,
        "topic": {"value": channel.topic},
        "num_members": len(channel.members),
    }
