"""What runs when: the sync of every source, and the reading of docs that changed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from catalog_sync.answers import SyncReport
from catalog_sync.docs.read import DocsReport
from core.jobs import JSON, Job, Run, Schedule
from core.settings import CatalogSettings

SYNC = "catalog.sync"
DOCS = "catalog.docs"


def jobs_of(
    sources: Sequence[str],
    sync: Callable[[str], SyncReport],
    read_docs: Callable[[str], DocsReport],
    settings: CatalogSettings,
) -> tuple[tuple[Job, ...], tuple[Schedule, ...]]:
    """The catalog's jobs and schedules.

    Args:
        sources: The name of every source (``github:github.com/acme``).
        sync: Syncs one source, by name.
        read_docs: Reads the docs of one source that changed, by name.
        settings: When.
    """

    def run_sync(run: Run, payload: dict[str, JSON]) -> JSON:
        source = str(payload["source"])
        report = run.step("sync", lambda: _summary(sync(source)))
        # Docs follow at once instead of waiting for their own hour: people ask after a merge.
        docs = run.step("docs", lambda: _docs_summary(read_docs(source)))
        return {"sync": report, "docs": docs}

    def run_docs(run: Run, payload: dict[str, JSON]) -> JSON:
        source = str(payload["source"])
        return run.step("docs", lambda: _docs_summary(read_docs(source)))

    jobs = (Job(SYNC, run_sync, max_attempts=2), Job(DOCS, run_docs, max_attempts=2))
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
        for kind, job, cron in (("sync", SYNC, settings.sync_cron), ("docs", DOCS, settings.docs_cron))
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
