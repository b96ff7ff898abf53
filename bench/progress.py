"""One line on standard error about what is being done, because some of it takes a while."""

import sys
import time

_STARTED = time.monotonic()


def doing(what: str) -> None:
    """Say what begins now."""
    sys.stderr.write(f"[{time.monotonic() - _STARTED:5.1f} s] {what}\n")
    sys.stderr.flush()
