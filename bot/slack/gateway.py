"""The one way out to Slack: checks, paces, and posts everything exactly once under its key."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.block_kit import attachments_problems, outgoing_problems, view_problems
from bot.slack.blocks import Json, Message, channel_text, escape
from bot.slack.mails import NOBODY, MailsUnreadable, shows_mails
from bot.slack.paces import ChannelPace, MinuteBudget
from bot.slack.responses import persistently, post_answer
from bot.slack.tables import deliveries
from core.clock import Clock
from core.database import Database
from core.errors import SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_EVENT = "callboard_delivery"
_POST_GAP_S = 1.0
"""Slack takes about one message a second in one channel."""
_HOMES_A_MINUTE = 90
"""Slack takes 100 and more (tier 4)."""
_UNFURLS_A_MINUTE = 45
"""Slack takes 50 and more (tier 3)."""
_SKEW = timedelta(seconds=30)
_CHANNELS_FRESH_S = 300.0

_HINTS = {
    "not_in_channel": "Invite the app there first: /invite @Callboard",
    "channel_not_found": "The channel does not exist, or it is private and the app was not invited.",
    "is_archived": "The channel is archived; name another one.",
    "invalid_auth": "The token is wrong: look at slack.bot_token (xoxb-) and slack.app_token (xapp-).",
    "token_revoked": "The token was revoked: install the app again and set the new one.",
    "account_inactive": "The app was removed from the workspace: install it again and set the new token.",
    "missing_scope": "The app lacks a permission; install it again from `callboard manifest`.",
}


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message is."""

    channel: str
    ts: str


class Gateway:
    """Everything that goes to one workspace."""

    def __init__(self, client: WebClient, database: Database, clock: Clock, *, strict: bool = False) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._strict = strict
        self._pace = ChannelPace(_POST_GAP_S)
        self._homes = MinuteBudget("views.publish", _HOMES_A_MINUTE)
        self._unfurls = MinuteBudget("chat.unfurl", _UNFURLS_A_MINUTE)
        self._lock = threading.Lock()
        self._identity: dict[str, str] = {}
        self._channels: dict[str, _Channel] = {}
        self._channels_at = 0.0
        self._direct: dict[str, str] = {}

    @property
    def client(self) -> WebClient:
        """The client that Bolt listens with; everything else goes through this gateway."""
        return self._client

    @property
    def workspace(self) -> str:
        """The workspace's id."""
        return self._who()["team_id"]

    @property
    def identity(self) -> Mapping[str, str]:
        """``team_id``, ``user_id`` and ``bot_id`` where Slack was asked before, else nothing; asks nobody."""
        return self._identity

    def deliver(self, channel: str, message: Message, key: str) -> Posted:
        """Post a message once under a key; later calls with the key edit it in place.

        A crash between posting and noting it down is mended: the message is looked for in the
        channel by its key before it is posted again.

        Args:
            channel: An id, or a name with ``#``.
            message: What to show.
            key: What it is for; the same for every version of it.

        Raises:
            SlackUnavailable: Slack did not take it; try again later with the same key.
            UserError: Slack refuses the channel; the message says what to do.
        """
        place = self._resolve(channel)
        digest = _digest(message)
        known = self._intend(key, place, digest)
        if known.ts is not None and known.digest == digest:
            return Posted(known.channel, known.ts)
        before = self._earlier(known, key)
        if before is None:
            posted = self._post(known.channel, message, key)
        else:
            # Also where it was lost sight of: which version of it Slack has, nobody noted.
            posted = before
            self._call("chat_update", channel=posted.channel, ts=posted.ts, **self._content(message))
        self._note(key, posted.ts, digest)
        return posted

    def deliver_directly(self, user: str, message: Message, key: str) -> Posted:
        """``deliver`` to a person's direct messages."""
        return self.deliver(self._direct_channel(user), message, key)

    def has_delivered(self, key: str) -> bool:
        """Whether something was posted under a key, also by a process that died before it noted that down.

        Raises:
            SlackUnavailable: Slack has to be asked, and did not answer.
        """
        with self._database.read() as connection:
            found = connection.execute(self._row(key)).first()
        if found is None or found.ts is not None:
            return found is not None
        try:
            posted = self._find_own(found.channel, key, found.intended_at)
        except UserError as error:
            # A channel that we cannot look into never took anything of ours.
            _log.info("slack.not_looked_for", key=key, cause=str(error))
            return False
        return posted is not None

    def say(self, channel: str, message: Message, *, thread_ts: str | None = None) -> Posted:
        """Post an answer to a person, now; tried again while somebody still waits for it, and no longer."""
        more = {"thread_ts": thread_ts} if thread_ts else {}
        content = {**self._content(message), **more, "unfurl_links": False, "unfurl_media": False}

        def post() -> Any:
            self._pace.wait(channel)
            return self._call("chat_postMessage", channel=channel, **content)

        answer = persistently(post)
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def respond(
        self,
        response_url: str,
        message: Message,
        *,
        replace: bool = False,
        in_channel: bool = False,
        thread_ts: str = "",
    ) -> None:
        """Answer an interaction through its own address; good for five answers in half an hour."""
        kind = "in_channel" if in_channel else "ephemeral"
        body = {
            **self._content(message),
            "response_type": kind,
            "replace_original": replace,
            "delete_original": False,
            "unfurl_links": False,
            "unfurl_media": False,
            **({"thread_ts": thread_ts} if thread_ts else {}),
        }
        persistently(lambda: post_answer(response_url, body))

    def open_view(self, trigger_id: str, view: Json) -> str:
        """Open a modal within three seconds of what the person did; returns its id."""
        self._check(view_problems(view))
        return str(self._call("views_open", trigger_id=trigger_id, view=view)["view"]["id"])

    def update_view(self, view_id: str, view: Json) -> None:
        """Show something else in an open modal."""
        self._check(view_problems(view))
        self._call("views_update", view_id=view_id, view=view)

    def publish_view(self, user_id: str, view: Json) -> None:
        """Show something on somebody's Home; Slack takes it whether they look or not."""
        self._check(view_problems(view))
        self._homes.take()
        self._call("views_publish", user_id=user_id, view=view)

    def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Json]) -> None:
        """Show something below the links of somebody's message: an attachment for each address.

        Raises:
            SlackUnavailable: Slack did not take it; again is the same, not twice.
            UserError: The message is gone, or is nothing to us.
        """
        self._check(attachments_problems(list(unfurls.values())))
        self._unfurls.take()
        self._call("chat_unfurl", channel=channel, ts=ts, unfurls=dict(unfurls))

    @property
    def bot_user(self) -> str:
        """The id of the user that we are."""
        return self._who()["user_id"]

    def user(self, user_id: str) -> Json:
        """A person as Slack knows them."""
        found: Json = self._call("users_info", user=user_id)["user"]
        return found

    def find_user(self, mail: str) -> Json | None:
        """The person with a mail address; None when nobody has it.

        Raises:
            MailsUnreadable: The app may not look for addresses; then nobody knows whether somebody has it.
        """
        try:
            found: Json = self._call("users_lookupByEmail", email=mail)["user"]
        except UserError as error:
            code = _code_of(error.__cause__)
            if code == "missing_scope":
                raise MailsUnreadable from error
            if code in NOBODY:
                return None
            raise
        return found

    def may_read_mails(self) -> bool:
        """Whether Slack shows us people's addresses."""
        return shows_mails(self._call("auth_test").headers)

    def users(self) -> Iterator[Json]:
        """Everybody in the workspace: guests, bots, and who has left."""
        return self._paged("users_list", "members", limit=200)

    def channel(self, channel_id: str) -> Json:
        """A channel as Slack shows it to us."""
        found: Json = self._call("conversations_info", channel=channel_id)["channel"]
        return found

    def thread(self, channel_id: str, ts: str, limit: int) -> list[Json]:
        """The messages of a thread, its first one first; at most so many."""
        answer = self._call("conversations_replies", channel=channel_id, ts=ts, limit=limit)
        return list(answer["messages"])

    def latest(self, channel_id: str, limit: int) -> list[Json]:
        """The latest messages of a channel, the newest first; at most so many."""
        return list(self._call("conversations_history", channel=channel_id, limit=limit)["messages"])

    def channel_id(self, channel: str) -> str:
        """The id of a channel that was written with its ``#``; an id as it is.

        Raises:
            UserError: Slack has no such channel that the app can see.
        """
        return self._resolve(channel)

    def members(self, channel_id: str) -> Iterator[str]:
        """The ids of everybody in a channel."""
        return self._paged("conversations_members", "members", channel=channel_id, limit=1000)

    def check_tokens(self, app_token: str | None) -> None:
        """Have Slack look at the bot's token, and in socket mode at the app's.

        Raises:
            UserError: Slack does not take one of them; the message says which call, the hint where to look.
            SlackUnavailable: Slack did not answer.
        """
        self._who()
        if app_token:
            self._call("apps_connections_open", app_token=app_token)

    def learn_channels(self) -> None:
        """Ask Slack now which channels there are; answers name them as links from then on."""
        with self._lock:
            self._learn_channels()

    def channel_text(self, channel: str) -> str:
        """A channel in mrkdwn: a link where it is public and Slack told us of it, else its name; asks nobody."""
        known = self._channels.get(channel[1:].lower()) if channel.startswith("#") else None
        # To somebody who is not in it a link to a private channel reads "private channel".
        if known and not known.is_private:
            return f"<#{known.id}|{escape(channel[1:])}>"
        return channel_text(channel)

    def permalink(self, posted: Posted) -> str:
        """The address of a message."""
        return str(self._call("chat_getPermalink", channel=posted.channel, message_ts=posted.ts)["permalink"])

    def _post(self, channel: str, message: Message, key: str) -> Posted:
        self._pace.wait(channel)
        answer = self._call(
            "chat_postMessage",
            channel=channel,
            unfurl_links=False,
            metadata={"event_type": _EVENT, "event_payload": {"key": key}},
            **self._content(message),
        )
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def _earlier(self, known: "_Delivery", key: str) -> Posted | None:
        """The message of an earlier call with this key."""
        if known.ts is not None:
            return Posted(known.channel, known.ts)
        return None if known.is_new else self._find_own(known.channel, key, known.intended_at)

    def _find_own(self, channel: str, key: str, intended_at: Any) -> Posted | None:
        """Our message of an earlier life that died before it noted the message down."""
        oldest, cursor = f"{(intended_at - _SKEW).timestamp():.6f}", ""
        while True:
            answer = self._call(
                "conversations_history",
                channel=channel,
                oldest=oldest,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
            )
            for message in answer["messages"]:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == _EVENT and payload.get("key") == key:
                    return Posted(channel, str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    def _intend(self, key: str, channel: str, digest: str) -> "_Delivery":
        """What is known of a delivery; written down before anything is posted."""
        row = {
            "workspace": self.workspace,
            "key": key,
            "channel": channel,
            "ts": None,
            "digest": digest,
            "intended_at": self._clock.now(),
        }
        with self._database.write() as connection:
            before = connection.execute(self._row(key)).first()
            if before is None:
                self._database.upsert(connection, deliveries, [row], update=())
        if before is None:
            return _Delivery(channel, None, digest, row["intended_at"], True)
        return _Delivery(before.channel, before.ts, before.digest, before.intended_at, False)

    def _note(self, key: str, ts: str, digest: str) -> None:
        where = (deliveries.c.workspace == self.workspace) & (deliveries.c.key == key)
        with self._database.write() as connection:
            connection.execute(deliveries.update().where(where).values(ts=ts, digest=digest))

    def _row(self, key: str) -> sa.Select[Any]:
        return sa.select(deliveries).where(deliveries.c.workspace == self.workspace, deliveries.c.key == key)

    def _content(self, message: Message) -> Json:
        blocks = list(message.blocks)
        problems = outgoing_problems(blocks)
        if problems:
            self._check(problems)
            # Better a plain message than none.
            blocks = []
        # Nothing of ours calls everybody, so whatever would is somebody's name for a file or a thing.
        text = message.text.replace("<!", "&lt;!")[:3900]
        return {"text": text, "blocks": blocks} if blocks else {"text": text}

    def _check(self, problems: tuple[Any, ...]) -> None:
        if not problems:
            return
        told = "; ".join(f"{problem.pointer} {problem.message}" for problem in problems[:5])
        if self._strict:
            raise ValueError(f"Slack would refuse this: {told}")
        _log.error("slack.invalid_blocks", problems=told)

    def _resolve(self, channel: str) -> str:
        if not channel.startswith("#"):
            return channel
        with self._lock:
            name = channel[1:].lower()
            is_fresh = time.monotonic() - self._channels_at < _CHANNELS_FRESH_S
            if name not in self._channels or not is_fresh:
                self._learn_channels()
            if name not in self._channels:
                raise UserError(
                    f"Slack has no channel {channel} that the app can see.", _HINTS["channel_not_found"]
                )
            return self._channels[name].id

    def _learn_channels(self) -> None:
        self._channels = self._all_channels()
        self._channels_at = time.monotonic()

    def _all_channels(self) -> dict[str, "_Channel"]:
        found: dict[str, _Channel] = {}
        cursor = ""
        while True:
            answer = self._call(
                "conversations_list",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=1000,
                cursor=cursor,
            )
            found |= {
                str(item["name"]).lower(): _Channel(str(item["id"]), bool(item.get("is_private")))
                for item in answer["channels"]
            }
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    def _paged(self, method: str, name: str, **arguments: Any) -> Iterator[Any]:
        cursor = ""
        while True:
            answer = self._call(method, cursor=cursor, **arguments)
            yield from answer[name]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _direct_channel(self, user: str) -> str:
        if user not in self._direct:
            self._direct[user] = str(self._call("conversations_open", users=user)["channel"]["id"])
        return self._direct[user]

    def _who(self) -> dict[str, str]:
        if not self._identity:
            answer = self._call("auth_test")
            self._identity = {name: str(answer[name]) for name in ("team_id", "user_id", "bot_id")}
        return self._identity

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, method)(**arguments)
        except SlackApiError as error:
            raise _meaning(method, error) from error
        except (OSError, SlackClientError) as error:
            raise SlackUnavailable(f"Slack did not answer ({type(error).__name__})") from error


@dataclass(frozen=True, slots=True)
class _Channel:
    id: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class _Delivery:
    channel: str
    ts: str | None
    digest: str
    intended_at: Any
    is_new: bool


def _code_of(error: BaseException | None) -> str:
    """The word that Slack refused something with."""
    response: Any = getattr(error, "response", None)
    return str(response.get("error", "")) if hasattr(response, "get") else str(error)


def _meaning(method: str, error: SlackApiError) -> Exception:
    response: Any = error.response
    status = getattr(response, "status_code", 200)
    code = _code_of(error)
    if status == 429 or code == "ratelimited":
        headers = getattr(response, "headers", {})
        wait = headers.get("Retry-After") or headers.get("retry-after") or "1"
        return SlackUnavailable("Slack asks us to wait", float(wait))
    if status >= 500 or code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout"):
        return SlackUnavailable(f"Slack failed at {method}: {code or status}")
    return UserError(f"Slack refused {method}: {code}", _HINTS.get(code, ""))


def _digest(message: Message) -> str:
    content = json.dumps([message.text, message.blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
