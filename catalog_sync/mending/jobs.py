"""What runs when: one durable job for each step of a correction's life, and a look at all that are not settled."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

from catalog_sync.mending.correction_work import CorrectionWork
from core.jobs import JSON, Job, Run, Schedule

CORRECTION = "catalog.correction"
LOOK = "catalog.corrections"

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""


def handing_over(enqueue: Enqueue) -> Callable[[str, str], bool]:
    """What a correction is handed over with: its id, and the key of the job."""
    return lambda which, key: enqueue(CORRECTION, key, {"id": which})


def jobs_of(work: CorrectionWork) -> tuple[tuple[Job, ...], tuple[Schedule, ...]]:
    """The jobs of corrections and their schedule."""

    def run_one(run: Run, payload: dict[str, JSON]) -> JSON:
        which = str(payload["id"])
        state = run.step("propose", lambda: work.propose(which, run.key))
        run.step("refresh", lambda: work.refresh(which))
        run.step("show", lambda: work.show(which, run.key))
        return {"state": state}

    def run_look(run: Run, _payload: dict[str, JSON]) -> JSON:
        return run.step("look", lambda: asdict(work.look_at_all()))

    schedule = Schedule(
        name="corrections",
        job=LOOK,
        cron="4-59/5 * * * *",
        timezone="UTC",
        key=_key,
    )
    return (Job(CORRECTION, run_one), Job(LOOK, run_look, max_attempts=1)), (schedule,)


def _key(slot: datetime) -> str:
    return f"corrections:{slot.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
