"""Durable jobs: enqueue under a key, steps that are recorded, schedules; the only importer of dbos and apscheduler."""

from core.jobs.model import (
    JSON,
    Job,
    JobFailed,
    JobState,
    JobStatus,
    Observer,
    Run,
    Schedule,
    StepFailed,
)
from core.jobs.runner import Jobs
from core.jobs.ticking import latest_slot, next_slot

__all__ = [
    "JSON",
    "Job",
    "JobFailed",
    "JobState",
    "JobStatus",
    "Jobs",
    "Observer",
    "Run",
    "Schedule",
    "StepFailed",
    "latest_slot",
    "next_slot",
]
