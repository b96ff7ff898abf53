"""The ways back to a person: where an answer goes that belongs to a command, a thread, a channel or nobody's place."""

from dataclasses import dataclass

from bot.slack.audience import with_note
from bot.slack.blocks import Message
from bot.slack.conversation import Reply
from bot.slack.gateway import Gateway
from core.access import Asker


@dataclass(slots=True)
class UrlReply:
    """Answers through a response_url: to the person alone, unless it is shared."""

    gateway: Gateway
    url: str
    thread_ts: str = ""
    """The thread that the interaction came from, where the answer belongs into it."""

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""
        self.gateway.respond(self.url, message, thread_ts=self.thread_ts)

    def share(self, message: Message) -> None:
        """See ``Reply.share``."""
        self.gateway.respond(self.url, message, in_channel=True, thread_ts=self.thread_ts)


@dataclass(slots=True)
class ThreadReply:
    """Answers in a channel, in a thread where there is one."""

    gateway: Gateway
    channel: str
    thread_ts: str | None

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""
        self.gateway.say(self.channel, message, thread_ts=self.thread_ts)

    def share(self, message: Message) -> None:
        """See ``Reply.share``."""
        self.gateway.say(self.channel, message)


@dataclass(slots=True)
class OpenReply:
    """Answers where others read along, and says so where the asker would see more elsewhere."""

    reply: Reply
    asker: Asker

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""
        self.reply.show(with_note(message, self.asker))

    def share(self, message: Message) -> None:
        """See ``Reply.share``."""
        self.reply.share(with_note(message, self.asker))


@dataclass(slots=True)
class PersonReply:
    """Answers in a person's direct messages, where there is no channel to answer in."""

    gateway: Gateway
    user: str

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""
        self.gateway.say(self.user, message)

    def share(self, message: Message) -> None:
        """See ``Reply.share``."""
        self.gateway.say(self.user, message)


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nobody asked, so nobody is told: what happens by itself fails in the log alone."""

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""

    def share(self, message: Message) -> None:
        """See ``Reply.share``."""
