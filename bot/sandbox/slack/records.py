"""What a workspace is made of: people, channels, messages, views, files, and what an app is allowed once."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.apps import APP_ID, BOT_ID, BOT_USER

Json = dict[str, Any]

TEAM_ID = "T0CALLBOARD"
SLACKBOT = "USLACKBOT"
"""Whom Slack itself speaks as."""


class SlackError(Exception):
    """A refusal in Slack's words."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(slots=True)
class User:
    """Somebody with an account; an app's bot is one too."""

    id: str
    name: str
    real_name: str
    email: str
    title: str = ""
    timezone: str = "UTC"
    is_bot: bool = False
    is_guest: bool = False


@dataclass(slots=True)
class UserGroup:
    """People who can be mentioned together."""

    id: str
    name: str
    handle: str
    description: str = ""
    users: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    deleted: int = 0
    """When it was disabled; 0 for one that is in use."""
    created_by: str = ""
    updated_by: str = ""


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
    alt_text: str = ""
    is_deleted: bool = False

    @property
    def address_name(self) -> str:
        """The name as it stands in the file's address."""
        return re.sub(r"[^a-z0-9._-]+", "_", self.name.lower()) or "file"


@dataclass(slots=True)
class Bookmark:
    """A link at the head of a channel."""

    id: str
    title: str
    link: str
    emoji: str = ""
    created: int = 0
    updated: int = 0
    updated_by: str = ""
    app_id: str = ""


@dataclass(slots=True)
class Channel:
    """A channel, or a direct conversation of one person or several with an app."""

    id: str
    name: str
    members: set[str]
    topic: str = ""
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    is_shared: bool = False
    """Whether another organisation is in it (Slack Connect)."""
    purpose: str = ""
    bookmarks: list[Bookmark] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    """The ``ts`` of each pinned message."""
    created: int = 0
    creator: str = ""

    @property
    def kind(self) -> str:
        """The word for it in scopes and events: ``channels``, ``groups``, ``im`` or ``mpim``."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "groups" if self.is_private else "channels"

    @property
    def type(self) -> str:
        """The word for it in ``conversations.list``."""
        return {"channels": "public_channel", "groups": "private_channel"}.get(self.kind, self.kind)


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
    app_id: str = ""
    """The app that posted it; empty for a person's."""
    answers: str = ""
    """The key of the response_url that it came by, or that went out with the command whose ack it came in."""
    bot_id: str = ""
    subtype: str = ""
    username: str = ""
    """Another name than the app's, for this message."""
    icons: Json = field(default_factory=dict)
    chunks: list[Json] = field(default_factory=list)
    """What was streamed so far; ``blocks`` is made from it."""
    stream_mode: str = "timeline"
    stream_ends_at: float = 0.0
    """On the server's monotonic clock."""
    reply_count: int = 0
    reply_users: list[str] = field(default_factory=list)
    latest_reply: str = ""
    entities: list[Json] = field(default_factory=list)
    """The Work Objects that were attached to it."""

    def __post_init__(self) -> None:
        # The first app's user is a constant, so its messages need not name the app.
        if self.user == BOT_USER and not self.app_id:
            self.app_id, self.bot_id = APP_ID, BOT_ID

    @property
    def is_top_level(self) -> bool:
        """Whether it stands in the channel itself, also when it answers in a thread and was broadcast."""
        return self.thread_ts in (None, self.ts) or self.subtype == "thread_broadcast"

    def shaped(self, *, with_metadata: bool = False) -> Json:
        """The message as the Web API and payloads show it."""
        body: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text, "team": TEAM_ID}
        if self.app_id and self.user != SLACKBOT:
            body |= {"bot_id": self.bot_id, "app_id": self.app_id}
        for name in ("subtype", "username", "icons", "blocks", "attachments", "thread_ts"):
            if value := getattr(self, name):
                body[name] = value
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.reactions:
            body["reactions"] = [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ]
        if self.reply_count:
            body |= {
                "thread_ts": self.ts,
                "reply_count": self.reply_count,
                "reply_users": self.reply_users,
                "reply_users_count": len(self.reply_users),
                "latest_reply": self.latest_reply,
            }
        if self.is_streaming:
            body["streaming_state"] = "in_progress"
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
    app_id: str = APP_ID
    bot_id: str = BOT_ID

    def shaped(self, values: Json | None = None) -> Json:
        """The view as payloads and the Web API show it."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": self.app_id,
            "app_installed_team_id": TEAM_ID,
            "bot_id": self.bot_id,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            **self.body,
            "state": {"values": values or {}},
        }


@dataclass(slots=True)
class Scheduled:
    """A message that waits for its time."""

    id: str
    message: Message
    post_at: int
    created: int
    will_post: bool = True


@dataclass(slots=True)
class AssistantThread:
    """What an app shows around a thread: what it is doing, what to ask next, what the thread is called."""

    app_id: str
    status: str = ""
    loading_messages: tuple[str, ...] = ()
    title: str = ""
    prompts_title: str = ""
    prompts: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Trigger:
    """Permission to open one view, for three seconds."""

    user: str
    at: float
    is_used: bool = False
    app_id: str = APP_ID


@dataclass(slots=True)
class ResponseUrl:
    """An address that answers one interaction a few times."""

    channel: str
    user: str
    at: float
    message_ts: str | None = None
    uses: int = 0
