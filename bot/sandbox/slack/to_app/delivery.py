"""Hands over what people do and what happens: one ack, events again until they are taken, all of it in the journal."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from bot.sandbox.slack.state import Json
from bot.sandbox.slack.to_app.faults import Disturbance, SlackFaults
from bot.sandbox.slack.to_app.transport import TIMED_OUT, Ack, Transport

RETRY_GAPS_S = (0.0, 60.0, 300.0)
"""Slack sends an event again at once, after a minute, and after five."""
_LONGEST_HOLD_S = 30.0


class Delivery:
    """The one way to the app, whatever the transport is.

    Args:
        transport: How envelopes reach the app now.
        journal: Where each try is written down.
        faults: What is planned to go wrong on the way.
    """

    def __init__(self, transport: Transport, journal: list[Json], faults: SlackFaults | None = None) -> None:
        self.transport = transport
        self.retry_gaps_s: Sequence[float] = RETRY_GAPS_S
        self._journal = journal
        self._faults = faults or SlackFaults()
        self._tasks: set[asyncio.Task[None]] = set()
        self._gone = asyncio.Condition()
        self._resting = 0
        """How many events wait for their next try."""
        self._started = 0
        self._latest = 0
        """The number of the latest envelope that has arrived."""

    @property
    def is_busy(self) -> bool:
        """Whether an event is on its way to the app; one that waits for its next try is not."""
        return len(self._tasks) > self._resting

    async def ask(self, kind: str, payload: Json) -> Ack:
        """Hand over something that a person waits for; it is tried once."""
        return await self._hand_over(kind, payload)

    def announce(self, payload: Json) -> None:
        """Hand over an event; nobody waits, and what is not acknowledged is sent again."""
        self._in_background(self._event(payload))

    def refuse(self, kind: str, reason: str, answer: object) -> None:
        """Write down that something in an ack was not what Slack takes."""
        self._journal.append(
            {"way": "refused", "kind": kind, "reason": reason, "answer": answer, "at": time.time()}
        )

    async def _event(self, payload: Json) -> None:
        reason = ""
        for number, pause in enumerate((0.0, *self.retry_gaps_s)):
            await self._rest(pause)
            ack = await self._hand_over("events_api", payload, retry=number, reason=reason)
            if ack.came or not ack.may_retry:
                return
            reason = ack.retry_reason

    async def _rest(self, pause_s: float) -> None:
        self._resting += 1
        try:
            await asyncio.sleep(pause_s)
        finally:
            self._resting -= 1

    async def _hand_over(self, kind: str, payload: Json, *, retry: int = 0, reason: str = "") -> Ack:
        planned = self._faults.disturbance(kind, payload)
        if planned is None:
            return await self._send(kind, payload, retry, reason)
        if planned.what is Disturbance.DELAYED:
            await asyncio.sleep(planned.delay_s)
        if planned.what is Disturbance.HELD:
            await self._until_the_next_has_gone()
        ack = await self._send(kind, payload, retry, reason)
        if planned.what is Disturbance.DUPLICATED:
            self._in_background(self._again(kind, payload, retry, reason))
        if planned.what is Disturbance.ACK_DROPPED:
            return Ack(False, error=TIMED_OUT, retry_reason=self.transport.timeout_reason)
        return ack

    async def _again(self, kind: str, payload: Json, retry: int, reason: str) -> None:
        await self._send(kind, payload, retry, reason, is_duplicate=True)

    async def _send(
        self, kind: str, payload: Json, retry: int, reason: str, *, is_duplicate: bool = False
    ) -> Ack:
        self._started += 1
        number, started = self._started, time.monotonic()
        ack = await self.transport.deliver(kind, payload, retry=retry, reason=reason)
        self._journal.append(
            {
                "way": "out",
                "kind": kind,
                "payload": payload,
                "acked": ack.came,
                "answer": ack.payload,
                "error": ack.error,
                "status": ack.status,
                "retry": retry,
                "retry_reason": reason,
                "duplicate": is_duplicate,
                "took_ms": round((time.monotonic() - started) * 1000),
                "at": time.time(),
            }
        )
        async with self._gone:
            self._latest = max(self._latest, number)
            self._gone.notify_all()
        return ack

    async def _until_the_next_has_gone(self) -> None:
        """Wait for one later envelope; not for ever, for there may be none."""
        before = self._started
        try:
            async with asyncio.timeout(_LONGEST_HOLD_S), self._gone:
                await self._gone.wait_for(lambda: self._latest > before)
        except TimeoutError:
            return

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
