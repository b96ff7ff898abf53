"""What the local Slack knows: people, channels, messages, open views; changed only on the server's own thread."""

import itertools
import re
import secrets
import time
from collections.abc import Callable

from bot.sandbox.organization import Organization
from bot.sandbox.slack.apps import APP_ID, BOT_ID, BOT_USER, App
from bot.sandbox.slack.posts import Posts
from bot.sandbox.slack.records import (
    TEAM_ID,
    AssistantThread,
    Bookmark,
    Channel,
    File,
    Json,
    Message,
    ResponseUrl,
    Scheduled,
    SlackError,
    Trigger,
    User,
    UserGroup,
    View,
)

__all__ = [
    "APP_ID",
    "BOT_ID",
    "BOT_USER",
    "RESPONSE_URL_SECONDS",
    "RESPONSE_URL_USES",
    "TEAM_ID",
    "TRIGGER_SECONDS",
    "App",
    "AssistantThread",
    "Bookmark",
    "Channel",
    "File",
    "Json",
    "Message",
    "ResponseUrl",
    "Scheduled",
    "SlackError",
    "Trigger",
    "User",
    "UserGroup",
    "View",
    "Workspace",
]

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5
_MOST_KEPT = 10_000
"""Of trigger ids and of response urls; more only while they are good."""


class Workspace:
    """Everything of one workspace.

    Args:
        organization: Its people and channels.
        app_name: What the first app's bot is called.
        monotonic: The clock by which trigger ids and response urls run out.
        trigger_seconds: How long a trigger id is good.
    """

    def __init__(
        self,
        organization: Organization,
        app_name: str,
        monotonic: Callable[[], float] = time.monotonic,
        trigger_seconds: float = TRIGGER_SECONDS,
    ) -> None:
        self.monotonic = monotonic
        self.trigger_seconds = trigger_seconds
        self.name = organization.name
        self.title = organization.title
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, app_name.lower(), app_name, "", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, Posts] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.assistant_threads: dict[tuple[str, str], AssistantThread] = {}
        """By channel and the thread's first ``ts``."""
        self.details: dict[str, Json] = {}
        """What an app shows somebody beside a Work Object, by person."""
        self.executions: dict[str, Json] = {}
        """Steps of workflows that apps carry out, by execution id; what they end with is noted here."""
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.read: dict[tuple[str, str], str] = {}
        self.listeners: list[Callable[[Json], None]] = []
        self._numbers = itertools.count(1)
        self._last_us = 0
        self._other_homes: dict[str, dict[str, View]] = {}
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

    def direct(self, user: str, app: App | None = None) -> Channel:
        """The conversation of a person with an app, the first one unless told; made when first asked for."""
        bot = app.bot_user if app else BOT_USER
        key = f"D{user[1:]}" if bot == BOT_USER else f"D{bot[2:5]}{user[1:]}"
        if key not in self.channels:
            self.add_channel(Channel(key, self.users[user].name, {user, bot}, is_im=True))
        return self.channels[key]

    def add_channel(self, channel: Channel) -> Channel:
        """Make a channel or a conversation known, and tell who listens."""
        channel.created = channel.created or int(time.time())
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, Posts())
        self.tell({"kind": "channel", "channel": channel.id})
        return channel

    def add_bot(self, app: App) -> None:
        """Give an app its user."""
        self.users[app.bot_user] = User(app.bot_user, app.name.lower(), app.name, "", is_bot=True)

    def new_id(self, kind: str) -> str:
        """An id that nothing has yet; it begins with the letters of its kind."""
        return f"{kind}{next(self._numbers):08}"

    def homes_of(self, app_id: str) -> dict[str, View]:
        """What an app shows on its Home tab, by person."""
        return self.homes if app_id == APP_ID else self._other_homes.setdefault(app_id, {})

    def add_message(self, message: Message) -> Message:
        """Put a message where it belongs and tell who listens."""
        self.messages[message.channel].add(message)
        self._count_replies(message)
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})
        return message

    def find_message(self, channel: str, ts: str) -> Message:
        """One message; raises ``message_not_found``."""
        message = self.message_at(channel, ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def message_at(self, channel: str, ts: str) -> Message | None:
        """One message, or None."""
        posts = self.messages.get(channel)
        return posts.at(ts) if posts else None

    def change_message(self, message: Message, text: str, blocks: list[Json]) -> None:
        """Edit a message in place."""
        message.text, message.blocks = text, blocks
        message.edited_ts = self.next_ts()
        message.revision += 1
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})

    def remove_message(self, message: Message) -> None:
        """Take a message away."""
        self.messages[message.channel].remove(message)
        self._count_replies(message)
        self.tell({"kind": "message", "channel": message.channel, "ts": message.ts})

    def new_trigger(self, user: str, app_id: str = APP_ID) -> str:
        """A trigger id for somebody who just did something with an app."""
        key, now = f"{next(self._numbers)}.{secrets.token_hex(8)}", self.monotonic()
        _forget_old(self.triggers, now - self.trigger_seconds)
        self.triggers[key] = Trigger(user, now, app_id=app_id)
        return key

    def use_trigger(self, key: str, app_id: str = APP_ID) -> str:
        """The person behind a trigger id, which is used up; raises Slack's refusals."""
        trigger = self.triggers.get(key)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self.monotonic() - trigger.at > self.trigger_seconds:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user

    def new_response_url(self, channel: str, user: str, message_ts: str | None = None) -> str:
        """The secret part of an address that answers one interaction."""
        key, now = secrets.token_urlsafe(18), self.monotonic()
        _forget_old(self.response_urls, now - RESPONSE_URL_SECONDS)
        self.response_urls[key] = ResponseUrl(channel, user, now, message_ts)
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

    def _count_replies(self, message: Message) -> None:
        """Bring the first message of a thread up to date after a reply came or went."""
        if message.thread_ts in (None, message.ts) or message.only_for:
            return
        posts = self.messages[message.channel]
        parent = posts.at(str(message.thread_ts))
        if parent is None:
            return
        replies = posts.replies(parent.ts)
        parent.reply_count = len(replies)
        parent.reply_users = list(dict.fromkeys(item.user for item in replies))
        parent.latest_reply = replies[-1].ts if replies else ""

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
            self.add_channel(
                Channel(
                    key,
                    channel.name,
                    members | {BOT_USER},
                    channel.topic,
                    is_private=channel.private,
                    is_shared=channel.shared,
                )
            )


def _forget_old(kept: "dict[str, Trigger] | dict[str, ResponseUrl]", ended_at: float) -> None:
    """Drop what ran out before a time, once there is much of it; until then it is refused in its own words."""
    while len(kept) >= _MOST_KEPT:
        oldest = next(iter(kept))
        if kept[oldest].at > ended_at:
            return
        del kept[oldest]


def _id(kind: str, number: int, name: str) -> str:
    """An id that a reader of a log recognises; Slack's are capital letters and digits only."""
    return f"{kind}{number:04}{re.sub('[^A-Z0-9]', '', name.upper())[:6]}"
