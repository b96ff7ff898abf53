"""The messages of one channel: in the order in which they came, each found by its ``ts`` without a search."""

from collections.abc import Iterator

from bot.sandbox.slack.records import Message

MOST_WHISPERS = 1_000
"""So many messages to one person alone are kept in a channel; Slack forgets them at the next reload."""


class Posts:
    """Everything that stands in one channel.

    A workspace may run for days and take hundreds of messages a second: nothing here takes longer because there
    are many of them.
    """

    def __init__(self) -> None:
        # A dictionary keeps the order in which things were put into it.
        self._by_ts: dict[str, Message] = {}
        self._replies: dict[str, dict[str, Message]] = {}
        self._whispers: dict[str, None] = {}

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_ts.values())

    def __reversed__(self) -> Iterator[Message]:
        return reversed(self._by_ts.values())

    def __len__(self) -> int:
        return len(self._by_ts)

    @property
    def last_ts(self) -> str:
        """The ``ts`` of the newest message; empty where there is none."""
        return next(reversed(self._by_ts), "")

    def at(self, ts: str) -> Message | None:
        """The message with this ``ts``."""
        return self._by_ts.get(ts)

    def replies(self, ts: str) -> list[Message]:
        """The answers in a thread, oldest first, without those that one person alone sees."""
        return list(self._replies.get(ts, {}).values())

    def add(self, message: Message) -> None:
        """Put a message at the end; of those that one person alone sees the oldest may go for it."""
        self._by_ts[message.ts] = message
        if message.only_for is not None:
            self._whispers[message.ts] = None
            if len(self._whispers) > MOST_WHISPERS:
                oldest = next(iter(self._whispers))
                del self._whispers[oldest], self._by_ts[oldest]
        elif message.thread_ts not in (None, message.ts):
            self._replies.setdefault(str(message.thread_ts), {})[message.ts] = message

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self._by_ts.pop(message.ts, None)
        self._whispers.pop(message.ts, None)
        of_thread = self._replies.get(str(message.thread_ts), {})
        of_thread.pop(message.ts, None)
        if not of_thread:
            self._replies.pop(str(message.thread_ts), None)

    def clear(self) -> None:
        """As a new channel."""
        self._by_ts.clear()
        self._replies.clear()
        self._whispers.clear()
