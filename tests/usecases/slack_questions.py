"""Conversations over a messy organisation, as the bot registers them, and a reply that remembers what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.slack.blocks import Message, channel_text
from bot.slack.conversation import Conversation, Request
from bot.slack.deps.handlers import DepsConversation
from bot.slack.find.handlers import FindConversation
from bot.slack.following import Following
from bot.slack.owner.handlers import OwnerConversation
from bot.slack.people import Match, Profile
from bot.slack.team.handlers import TeamConversation
from catalog_sync.ask import Ask
from core.access import Asker, Standing
from core.clock import Clock

MEMBER = Asker(Standing.MEMBER)
BOT = "U0BOT"
SLACK = {
    "U0ANA": ("Ana Silva", "user:default/ana"),
    "U0BEN": ("Ben Okafor", "user:default/ben"),
    "U0ZOE": ("Zoe", None),
}
"""People of the workspace: id to their name there, and to who they are in the catalog."""


@dataclass
class Heard:
    """A reply that keeps what was said; ``by`` names the conversation that was reached."""

    said: list[Message] = field(default_factory=list)
    by: str = ""

    def show(self, message: Message) -> None:
        self.said.append(message)

    def share(self, message: Message) -> None:
        self.said.append(message)


class Workspace:
    """Who is who, without a Slack."""

    def who(self, user_id: str) -> tuple[Profile, Match]:
        name, ref = SLACK.get(user_id, ("", None))
        return Profile(user_id, Standing.MEMBER, name=name), Match(ref, "test")


@dataclass
class Past:
    """What was said before."""

    threads: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    direct: Sequence[Any] = ()

    def thread(self, _channel: str, ts: str, _limit: int) -> Sequence[Any]:
        return self.threads.get(ts, ())

    def latest(self, _channel: str, limit: int) -> Sequence[Any]:
        return list(self.direct)[:limit]


_OTHERS = (
    ("docs", "<question or keywords>", ("doc", "howto")),
    ("new", "[template]", ("create",)),
    ("score", "<component or team>", ("scorecard", "scores")),
    ("wrong", "<component, repository or path>", ("fix",)),
    ("me", "", ()),
)


class Talk:
    """People and the bot, without the wire."""

    def __init__(self, ask: Ask, clock: Clock, past: Past | None = None) -> None:
        self.ask = ask
        deps, find = DepsConversation(ask, clock), FindConversation(ask, clock)
        team = TeamConversation(ask, clock, channel_text, find.answer, _nothing, deps.answer, _no_line)
        self.owner = OwnerConversation(
            ask, clock, _ref_of, channel_text, _nothing, _nothing, deps.answer, team.answer, _no_line
        )
        real = [item.conversation() for item in (self.owner, find, team, deps)]
        others = [Conversation(name, hint, "", _nothing, also) for name, hint, also in _OTHERS]
        self.following = Following(
            [_told(item) for item in (*real, *others)], past or Past(), Workspace(), ask, lambda: BOT
        )  # type: ignore[arg-type]

    def hears(self, line: str, asker: Asker = MEMBER, **event: Any) -> Heard:
        """What comes of a line in a direct message, or with ``thread_ts`` in a thread of a channel."""
        heard = Heard()
        kind = "channel" if "thread_ts" in event else "im"
        request = Request(
            asker, "U0KOFI", line, "C1", heard, event={"channel_type": kind, "ts": "9.9", **event}
        )

        def help_instead(_request: Request) -> None:
            heard.by = "help"

        self.following.handle(request, lambda request: self.following.owner_or(request, help_instead))
        return heard


def _told(conversation: Conversation) -> Conversation:
    """The conversation, which says that it was reached."""
    handle = conversation.handle

    def tell(request: Request) -> None:
        request.reply.by = conversation.name  # type: ignore[attr-defined]
        handle(request)

    return Conversation(
        conversation.name, conversation.hint, "", tell, conversation.also, shortcuts=conversation.shortcuts
    )


def _nothing(_request: Request) -> None:
    """Somebody else's conversation."""


def _no_line(_ref: str, _asker: Asker) -> str:
    return ""


def _ref_of(user_id: str) -> str:
    return SLACK.get(user_id, ("", None))[1] or ""
