"""A process that works on jobs, for tests that kill it: ``jobs_worker.py URL FOLDER [WORD...]``.

Prints ``ready`` once it works, and stops when its standard input ends. What its jobs do to the
outside is a line in ``FOLDER/effects`` each; ``FOLDER/starts`` tells how often they were begun.

Words: ``die=KEY/STEP/WHEN`` kills it at a moment of a step, ``tick=SECONDS`` makes a schedule that
ticks so often, ``slots=N`` makes N schedules whose slot passed already.
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.clock import FixedClock
from core.jobs import JSON, Job, Jobs, Run, Schedule, ticking

STEPS = ("one", "two", "three")


class Worker:
    """The jobs of one process, with what they leave behind."""

    def __init__(self, url: str, folder: Path, words: dict[str, str]) -> None:
        self.folder = folder
        self.die = words.get("die", "")
        self.jobs = Jobs(
            url,
            clock=FixedClock(datetime(2026, 11, 24, 9, tzinfo=UTC)),
            observer=self.observe,
            take_over_every_s=0.1,
            poll_s=0.05,
            backoff_s=0.01,
        )
        self.jobs.add(Job("three-steps", self.three_steps))
        self.jobs.add(Job("waits", self.waits))
        self.jobs.add(Job("kills", self.kills, max_attempts=1, on_failure=self.gave_up))
        self.jobs.add(
            Job("once", lambda run, _payload: run.step("say", lambda: self.note("effects", run.key)))
        )
        for number in range(int(words.get("slots", 0))):
            self.add_schedule(f"hourly-{number}", "0 * * * *")
        if "tick" in words:
            tick_every(timedelta(seconds=float(words["tick"])))
            self.add_schedule("often", "* * * * *")

    def add_schedule(self, name: str, cron: str) -> None:
        self.jobs.add_schedule(Schedule(name, "once", cron, "UTC", lambda at: f"{name}:{at.isoformat()}"))

    def note(self, file: str, text: str) -> None:
        with (self.folder / file).open("a") as handle:
            handle.write(f"{text}\n")

    def observe(self, key: str, step: str, when: str) -> None:
        if self.die == f"{key}/{step}/{when}":
            os.kill(os.getpid(), signal.SIGKILL)

    def three_steps(self, run: Run, payload: dict[str, JSON]) -> JSON:
        return [run.step(name, lambda name=name: self.effect(run.key, name)) for name in STEPS]

    def effect(self, key: str, name: str) -> str:
        """A step as steps have to be: looks for its own earlier effect first."""
        line = f"{key}/{name}"
        self.note("starts", line)
        effects = self.folder / "effects"
        if not effects.exists() or line not in effects.read_text().split():
            self.note("effects", line)
        self.observe(key, name, "effect")
        return name

    def waits(self, run: Run, payload: dict[str, JSON]) -> JSON:
        """Does not end in the first process that works on it, before ``FOLDER/go`` is there."""

        def wait() -> int:
            first = not (self.folder / "effects").exists()
            self.note("effects", str(os.getpid()))
            while first and not (self.folder / "go").exists():
                time.sleep(0.02)
            return os.getpid()

        return run.step("wait", wait)

    def kills(self, run: Run, payload: dict[str, JSON]) -> JSON:
        self.note("starts", run.key)
        os.kill(os.getpid(), signal.SIGKILL)

    def gave_up(self, key: str, payload: dict[str, JSON], cause: str) -> None:
        self.note("gave-up", f"{key} {payload} {cause}")


def tick_every(span: timedelta) -> None:
    """Cron has no seconds; nobody wants to wait for minutes. A span that binary fractions hold, or slots repeat."""

    def floor(at: datetime) -> datetime:
        return datetime.fromtimestamp(at.timestamp() // span.total_seconds() * span.total_seconds(), UTC)

    ticking.next_slot = lambda _schedule, after: floor(after) + span
    ticking.latest_slot = lambda _schedule, now: floor(now)


def main() -> None:
    url, folder, *rest = sys.argv[1:]
    worker = Worker(url, Path(folder), dict(word.split("=", 1) for word in rest))
    worker.jobs.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    worker.jobs.stop()


if __name__ == "__main__":
    main()
