"""Pure: what a job, a schedule and a run are to the rooms that use them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from core.errors import CallboardError

JSON = Any
"""None, bool, int, float, str, or lists and string-keyed dicts of these; checked when recorded."""

T = TypeVar("T")

Observer = Callable[[str, str, str], None]
"""Called with key, step and ``before`` (inside the step) or ``after`` (its result is recorded)."""


class StepFailed(CallboardError):
    """A step gave up; the run tries again from this step, unless trying again cannot help."""

    def __init__(self, step: str, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.step = step
        self.message = message
        self.is_final = is_final


class JobFailed(CallboardError):
    """A job is out of tries; the message is the cause in one line."""


class Run(Protocol):
    """What a job's function is handed."""

    @property
    def key(self) -> str:
        """The key that the run was enqueued under."""
        ...

    def step(self, name: str, function: Callable[[], T]) -> T:
        """Do something once and record its result, which must be JSON.

        A run that resumes gets the recorded result. The step that was in flight at a crash runs
        again, so it has to look for its own earlier effect first. ``Unavailable`` is tried again
        with growing gaps. Names are unique in a run.

        Raises:
            StepFailed: The step gave up; let it pass.
        """
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work.

    ``run`` gets the run and its payload. What it does outside of steps must be the same every
    time, because it is played again after a crash.
    """

    name: str
    run: Callable[[Run, dict[str, JSON]], JSON]
    max_attempts: int = 3
    on_failure: Callable[[str, dict[str, JSON], str], None] | None = None
    """Called with key, payload and the cause in one line, when the tries are used up."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job is enqueued, and under which key.

    ``cron`` is read by ``core.cron``, in ``timezone`` (an IANA name). ``key`` and ``payload`` get
    the scheduled time (never the actual one), aware, in that zone.
    """

    name: str
    job: str
    cron: str
    timezone: str
    key: Callable[[datetime], str]
    payload: Callable[[datetime], dict[str, JSON]] = lambda _at: {}
    starts_at_once: bool = True
    """Whether the slot that passed last is caught up at the very first start; False for what people
    would not expect on the day that they install us, such as a message to every team."""


class JobState(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as an administrator sees it; times are UTC."""

    key: str
    name: str
    state: JobState
    starts: int
    """How often a process began or resumed it."""
    error: str
    result: JSON
    created_at: datetime
    updated_at: datetime

    @property
    def is_finished(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
