"""Pure: which message answers a line that somebody sent, among those that stand in its channel by now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.sandbox.reading import Json, SeenMessage


@dataclass(frozen=True, slots=True)
class Line:
    """A message or a slash command, and what stood in its channel before it was sent.

    What an earlier line or click has set off may come later than this line, and must not be taken for its answer.
    """

    before: frozenset[str]
    """The ``ts`` of every message that was there."""
    ts: str = ""
    """Its own; empty for a command, which leaves no message."""
    response_url: str = ""
    """The key of the response_url that the command brought to the app; empty for a message."""
    thread_ts: str | None = None
    """Where it was written."""

    @classmethod
    def sent(cls, before: Iterable[SeenMessage], answer: Json, thread_ts: str | None) -> "Line":
        """What the control API says of a line that it took."""
        seen = frozenset(message.ts for message in before)
        return cls(seen, str(answer.get("ts") or ""), str(answer.get("response_url") or ""), thread_ts)

    def answer_among(self, messages: Sequence[SeenMessage]) -> SeenMessage | None:
        """The first message that may answer it.

        None of a person's; none that came by the response_url of something else; none in another thread, unless
        that has begun since. Messages that an app posts without either may always be the answer.
        """
        new = [message for message in messages if message.ts not in self.before]
        threads = {None, self.thread_ts, *(message.ts for message in new)}
        threads |= {message.thread_ts for message in new if message.ts == self.ts}
        return next((message for message in new if self._may_be(message, threads)), None)

    def _may_be(self, message: SeenMessage, threads: set[str | None]) -> bool:
        if message.is_from_person:
            return False
        if message.answers:
            return message.answers == self.response_url
        return message.thread_ts in threads
