"""The steps of a run: recorded by DBOS, tried again when a system is away, left open when the process stops."""

import json
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from dbos import DBOS

from core.errors import Unavailable, UserError
from core.jobs.model import JSON, Observer, StepFailed
from core.log import new_reference

T = TypeVar("T")
_log = structlog.get_logger(__name__)

_STEP_TRIES = 5
LONGEST_GAP_S = 60.0
"""The gaps between tries double up to here."""
_LONGEST_NAMED_WAIT_S = 900.0
"""A system that names its wait is believed, up to here."""


class RecordedRun:
    """A run whose steps are recorded by DBOS; remembers by name what earlier tries finished."""

    def __init__(self, key: str, observer: Observer, backoff_s: float, stopping: threading.Event) -> None:
        self.key = key
        self._stopping = stopping
        self._observer = observer
        self._backoff_s = backoff_s
        self._finished: dict[str, Any] = {}

    def step(self, name: str, function: Callable[[], T]) -> T:
        """See ``core.jobs.Run``."""
        if name in self._finished:
            return cast(T, self._finished[name])
        outcome = DBOS.run_step({"name": name}, self._outcome, name, function)
        self._observer(self.key, name, "after")
        if "error" in outcome:
            raise StepFailed(name, str(outcome["error"]), is_final=bool(outcome["is_final"]))
        self._finished[name] = outcome["value"]
        return cast(T, outcome["value"])

    def _outcome(self, name: str, function: Callable[[], Any]) -> dict[str, Any]:
        """The result or the failure as a value, so that a replay sees just what the first time saw."""
        for attempt in range(1, _STEP_TRIES + 1):
            self._observer(self.key, name, "before")
            try:
                return {"value": checked_json(function(), f"the result of step {name}")}
            except Unavailable as error:
                if attempt == _STEP_TRIES:
                    return {"error": error.message, "is_final": False}
                own = min(self._backoff_s * 2 ** (attempt - 1), LONGEST_GAP_S)
                wait_unless(self._stopping, min(error.retry_after_s or own, _LONGEST_NAMED_WAIT_S))
            except UserError as error:
                return {"error": error.message, "is_final": True}
            except Exception as error:  # noqa: BLE001 - the job runner is an outer rim
                return {"error": bug(self.key, name, error), "is_final": False}
        raise AssertionError("the last try returns")


class Stopping(BaseException):
    """This process stops while a run waits.

    Not an Exception, because DBOS records those as results; unrecorded, the run resumes at the next start.
    """


def wait_unless(stopping: threading.Event, seconds: float) -> None:
    """Wait, but not into the end of the process.

    Raises:
        Stopping: The process stops; let it pass.
    """
    if stopping.wait(max(0.0, seconds)):
        raise Stopping


def bug(key: str, step: str, error: Exception) -> str:
    """Log what nobody expected once, with a reference; returns what people may read about it."""
    reference = new_reference()
    _log.error("jobs.bug", key=key, step=step, reference=reference, exc_info=error)
    return f"something broke inside ({type(error).__name__}); reference {reference}"


def checked_json(value: JSON, what: str) -> JSON:
    """The value as it will be read back.

    Raises:
        TypeError: It is not JSON; ``what`` says what it was.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} must be JSON: {error}") from error
