"""The job that reads a repository again because a program asked for it."""

from collections.abc import Callable

from catalog_sync.github.webhook import Refresh
from core.jobs import JSON, Job, Run
from core.log import new_reference

REFRESH = "catalog.refresh"

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""


def refresh_job(
    look_again: Callable[[Refresh], object],
    after_sync: Callable[[str, str], bool] = lambda _key, _source: False,
) -> Job:
    """The job.

    Args:
        look_again: Looks at a part of the catalog as it is now.
        after_sync: See ``catalog_sync.jobs.jobs_of``.
    """

    def run(run: Run, payload: dict[str, JSON]) -> JSON:
        refresh = Refresh.of(str(payload["subject"]))
        run.step("refresh", lambda: bool(look_again(refresh)))
        run.step("notices", lambda: after_sync(run.key, refresh.source))
        return {}

    return Job(REFRESH, run)


def ask_for(refresh: Refresh, enqueue: Enqueue) -> None:
    """Have a part of the catalog looked at again; each request has a key of its own, like any run by hand."""
    enqueue(REFRESH, f"refresh:{refresh.subject}:{new_reference()}", {"subject": refresh.subject})
