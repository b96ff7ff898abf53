"""Where slow work goes after the acknowledgement: a bounded pool of our own, and words for when it is full."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from core.errors import Unavailable, UserError
from core.log import new_reference

_log = structlog.get_logger(__name__)

FULL = "A lot of people are asking right now. Please try again in a minute."
BROKEN = "Something broke on our side. If you tell us, mention the number {reference}."
AWAY = "{cause}. What Callboard already knows still works; please try this again in a few minutes."
_MOST_TURNED_AWAY = 50

Work = Callable[[], None]
Tell = Callable[[str], None]


class Handover:
    """Runs work away from the listeners; every failure ends as a sentence for the person."""

    def __init__(self, workers: int = 24, waiting: int = 200) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="slack")
        self._places = threading.BoundedSemaphore(workers + waiting)
        # Of its own: who is turned away hears so even though every other thread is busy.
        self._door = ThreadPoolExecutor(1, thread_name_prefix="slack-full")
        self._queue = threading.BoundedSemaphore(_MOST_TURNED_AWAY)
        self._lock = threading.Lock()
        self._open = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits, neither work nor a sentence for who was turned away."""
        with self._lock:
            return self._open == 0

    def run(self, name: str, work: Work, tell: Tell) -> bool:
        """Do ``work`` soon; False when there is no place left, and the caller tells the person so.

        Args:
            name: What it is, for the log.
            work: What to do.
            tell: Shows the person one sentence when it fails.
        """
        if not self._places.acquire(blocking=False):
            _log.warning("slack.full", work=name)
            return False
        self._begin(self._pool, self._guarded, name, work, tell)
        return True

    def turn_away(self, name: str, tell: Tell) -> None:
        """Tell somebody that there was no place, away from the listener; in a flood, not everybody."""
        if self._queue.acquire(blocking=False):
            self._begin(self._door, self._told_full, name, tell)

    def stop(self) -> None:
        """Finish what is under way."""
        self._door.shutdown(wait=True, cancel_futures=True)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, pool: ThreadPoolExecutor, work: Callable[..., None], *given: object) -> None:
        self._count(1)
        # Also called for what never began, because we stop.
        pool.submit(work, *given).add_done_callback(lambda _future: self._count(-1))

    def _count(self, by: int) -> None:
        with self._lock:
            self._open += by

    def _told_full(self, name: str, tell: Tell) -> None:
        try:
            self._tell(name, tell, FULL)
        finally:
            self._queue.release()

    def _guarded(self, name: str, work: Work, tell: Tell) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - the outer rim of everything that people start in Slack
            self._tell(name, tell, sentence_for(name, error))
        finally:
            self._places.release()

    def _tell(self, name: str, tell: Tell, text: str) -> None:
        try:
            tell(text)
        except (UserError, Unavailable) as error:
            # Slack itself is away; there is nobody left to tell.
            _log.warning("slack.could_not_tell", work=name, cause=str(error))


def sentence_for(name: str, error: Exception) -> str:
    """What a person reads when their work failed; what nobody expected is logged under the number that they read.

    Args:
        name: What the work is, for the log.
        error: What it raised.
    """
    if isinstance(error, UserError):
        return f"{error.message} {error.hint}".strip()
    if isinstance(error, Unavailable):
        _log.warning("slack.unavailable", work=name, cause=error.message)
        return AWAY.format(cause=error.message.rstrip("."))
    reference = new_reference()
    _log.error("slack.bug", work=name, reference=reference, exc_info=error)
    return BROKEN.format(reference=reference)
