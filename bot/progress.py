"""What a sync tells while it goes on, so that nobody waits for the docs to learn what became of the catalog."""

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from catalog_sync.answers import SyncReport

_STEPS = 10
"""Where the output is no terminal, progress is told so many times."""
Given = TypeVar("Given")
Result = TypeVar("Result")


class Progress:
    """Hears of a sync; this one tells nobody."""

    def synced(self, report: SyncReport) -> None:
        """The catalog is written; the docs are read now."""

    def docs(self, done: int, of: int) -> None:
        """So many of the repositories whose docs changed are done; first with 0."""


QUIET = Progress()


class ShownProgress(Progress):
    """Shows on standard error how far the docs are: in one line of a terminal, else now and then.

    Args:
        synced: Shows the sync's own result.
    """

    def __init__(self, synced: Callable[[SyncReport], None]) -> None:
        self._synced = synced

    def synced(self, report: SyncReport) -> None:
        """See ``Progress.synced``."""
        self._synced(report)

    def docs(self, done: int, of: int) -> None:
        """See ``Progress.docs``."""
        if not of:
            return
        line = f"docs: {done} of {of} repositories"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line}" + ("\n" if done == of else ""))
            sys.stderr.flush()
        elif done == 0 or done == of or done * _STEPS // of > (done - 1) * _STEPS // of:
            sys.stderr.write(f"{line}\n")


class Count:
    """Counts the calls of functions, several at a time, towards one sum.

    Args:
        of: How many calls there will be.
        told: Told how many of how many are done.
    """

    def __init__(self, of: int, told: Callable[[int, int], None]) -> None:
        self._of, self._told = of, told
        self._lock = threading.Lock()
        self._done = 0
        told(0, of)

    def of_calls(self, call: Callable[[Given], Result]) -> Callable[[Given], Result]:
        """The same function, counted; a call that fails counts too."""

        def counted(given: Given) -> Result:
            try:
                return call(given)
            finally:
                with self._lock:
                    self._done += 1
                    self._told(self._done, self._of)

        return counted
