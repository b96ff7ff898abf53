"""What a way to the app is: one envelope handed over, and how the app took it."""

from dataclasses import dataclass, field
from typing import Protocol

from bot.sandbox.slack.state import Json

ACK_SECONDS = 3.0
TIMED_OUT = "operation_timeout"
UNREACHABLE = "dispatch_failed"


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app took one envelope: whether it acknowledged in time, and what it said with it."""

    came: bool
    payload: Json = field(default_factory=dict)
    error: str = ""
    """What went wrong, in the words that a slash command shows; empty when the ack came."""
    retry_reason: str = ""
    """The reason that the next try of an event gives."""
    may_retry: bool = True
    """False when the app has said that this event should not come again."""
    status: int | None = None
    """The HTTP status; None over a socket, or when there was no answer."""


class Transport(Protocol):
    """One way to the app."""

    @property
    def timeout_reason(self) -> str:
        """Why an event comes again whose ack did not come in time."""
        ...

    async def deliver(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        """Hand over one envelope (``slash_commands``, ``interactive`` or ``events_api``) and wait for the ack.

        Never raises for what the app does: whatever goes wrong is said in the answer.
        """
        ...
