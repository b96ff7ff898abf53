"""What runs when: the durable run of one new repository; nothing here has a schedule."""

from typing import TYPE_CHECKING

from core.jobs import Job

if TYPE_CHECKING:
    from scaffolds.engine import Engine

RUN = "scaffold.run"


def jobs_of(engine: "Engine") -> tuple[Job, ...]:
    """The job of the scaffolds; keys are ``scaffold:<run>`` and ``scaffold:<run>:retry-<n>``."""
    return (Job(RUN, engine.run, max_attempts=3, on_failure=engine.failed),)
