"""What runs when: the sync of every source, the reading of docs that changed, and what webhooks ask for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catalog_sync.answers import SyncReport
from catalog_sync.docs.read import DocsReport
from catalog_sync.github.webhook import Refresh
from core.jobs import JSON, Job, Run, Schedule
from core.settings import CatalogSettings

if TYPE_CHECKING:
    from catalog_sync.deliveries import Deliveries, HookLog

SYNC = "catalog.sync"
POLL = "catalog.poll"
DOCS = "catalog.docs"
WEBHOOK = "catalog.webhook"
MISSED = "catalog.missed-webhooks"


def jobs_of(
    sources: Sequence[str],
    sync: Callable[[str], SyncReport],
    poll: Callable[[str], SyncReport],
    read_docs: Callable[[str], DocsReport],
    settings: CatalogSettings,
    after_sync: Callable[[str, str], bool] = lambda _key, _source: False,
) -> tuple[tuple[Job, ...], tuple[Schedule, ...]]:
    """The catalog's jobs and schedules.

    Args:
        sources: The name of every source (``github:github.com/acme``).
        sync: Looks at everything of one source, by name.
        poll: Looks at what was pushed to in one source since the last look, by name.
        read_docs: Reads the docs of one source that changed, by name.
        settings: When.
        after_sync: Called with a job's key and the source when it has synced: people are told.
    """

    def run_looking(look: Callable[[str], SyncReport]) -> Callable[[Run, dict[str, JSON]], JSON]:
        def run_sync(run: Run, payload: dict[str, JSON]) -> JSON:
            source = str(payload["source"])
            report = run.step("sync", lambda: _summary(look(source)))
            run.step("notices", lambda: after_sync(run.key, source))
            # Docs follow at once instead of waiting for their own hour: people ask after a merge.
            docs = run.step("docs", lambda: _docs_summary(read_docs(source)))
            return {"sync": report, "docs": docs}

        return run_sync

    def run_docs(run: Run, payload: dict[str, JSON]) -> JSON:
        source = str(payload["source"])
        return run.step("docs", lambda: _docs_summary(read_docs(source)))

    jobs = (
        Job(SYNC, run_looking(sync), max_attempts=2),
        Job(POLL, run_looking(poll), max_attempts=1),
        Job(DOCS, run_docs, max_attempts=2),
    )
    return jobs, schedules_of(sources, settings)


def schedules_of(sources: Sequence[str], settings: CatalogSettings) -> tuple[Schedule, ...]:
    """When the catalog's jobs are started, for every source by name."""
    return tuple(
        Schedule(
            name=f"{kind}:{source}",
            job=job,
            cron=cron,
            timezone="UTC",
            key=_key(kind, source),
            payload=_payload(source),
        )
        for source in sources
        for kind, job, cron in (
            ("sync", SYNC, settings.sync_cron),
            ("poll", POLL, settings.poll_cron),
            ("docs", DOCS, settings.docs_cron),
        )
    )


def _key(kind: str, source: str) -> Callable[[datetime], str]:
    return lambda slot: f"{kind}:{source}:{slot.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _payload(source: str) -> Callable[[datetime], dict[str, Any]]:
    return lambda _slot: {"source": source}


def _summary(report: SyncReport) -> dict[str, Any]:
    return {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "refused": len(report.refused),
        "requests": report.requests,
        "held": report.held,
    }


def _docs_summary(report: DocsReport) -> dict[str, Any]:
    return {"read": len(report.read), "sections": report.sections, "failed": len(report.failed)}


def webhook_jobs_of(
    deliveries: "Deliveries",
    logs: Callable[[], Iterable["HookLog"]],
    after_sync: Callable[[str, str], bool] = lambda _key, _source: False,
) -> tuple[tuple[Job, ...], tuple[Schedule, ...]]:
    """The jobs that follow from webhooks.

    Args:
        deliveries: The webhooks.
        logs: What the hosts could not deliver.
        after_sync: See ``jobs_of``.
    """

    def run_refresh(run: Run, payload: dict[str, JSON]) -> JSON:
        subject = str(payload["subject"])
        count = run.step("refresh", lambda: deliveries.work(subject, run.key))
        if count:
            run.step("notices", lambda: after_sync(run.key, Refresh.of(subject).source))
        return {"deliveries": count}

    def run_catch_up(run: Run, _payload: dict[str, JSON]) -> JSON:
        return run.step("catch-up", lambda: asdict(deliveries.catch_up(logs())))

    def give_up(key: str, payload: dict[str, JSON], cause: str) -> None:
        deliveries.fail(str(payload["subject"]), key, cause)

    catch_up = Schedule(
        name="missed webhooks",
        job=MISSED,
        cron="9-59/15 * * * *",
        timezone="UTC",
        key=_key("webhooks", "missed"),
        starts_at_once=False,
    )
    jobs = (Job(WEBHOOK, run_refresh, on_failure=give_up), Job(MISSED, run_catch_up, max_attempts=1))
    return jobs, (catch_up,)
