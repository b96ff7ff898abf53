"""What runs after each sync, and apart from it: people are told, whatever becomes of the docs."""

from collections.abc import Callable

from catalog_sync.notices.tell import Told
from core.jobs import JSON, Job, Run

NOTICES = "catalog.notices"

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""


def job_of(tell: Callable[[str], Told]) -> Job:
    """The job that tells people what a source's last sync found."""

    def run(run: Run, payload: dict[str, JSON]) -> JSON:
        return run.step("tell", lambda: _summary(tell(str(payload["source"]))))

    return Job(NOTICES, run)


def after_sync(enqueue: Enqueue) -> Callable[[str, str], bool]:
    """What a job calls when it has synced: its key and the source; a replay starts nothing twice."""
    return lambda key, source: enqueue(NOTICES, f"notices:{key}", {"source": source})


def _summary(told: Told) -> dict[str, int]:
    return {"new": told.new, "settled": told.settled, "messages": told.messages}
