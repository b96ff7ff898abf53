"""Runs jobs on DBOS: enqueue under a key, resume at the interrupted step, take over from the dead."""

import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import structlog
from dbos import DBOS, DBOSClient, WorkflowStatus
from dbos._error import DBOSWorkflowIDInUseError
from dbos._serialization import DBOSPortableJSONSerializer

from core.clock import Clock
from core.errors import Unavailable, UserError
from core.jobs.alive import pulse_for
from core.jobs.model import JSON, Job, JobFailed, JobState, JobStatus, Observer, Schedule, StepFailed
from core.jobs.storage import SCHEMA, jobs_url, once_at_a_time, open_engine
from core.jobs.ticking import Ticker, latest_slot, next_slot
from core.log import new_reference, redact

T = TypeVar("T")
_log = structlog.get_logger(__name__)

_APPLICATION = "callboard"
# Pinned: by default DBOS hashes the code, and a deploy would strand what is pending.
_VERSION = "callboard-jobs-1"
_QUEUE = "callboard"
_STEP_TRIES = 5
_LONGEST_WAIT_S = 60.0
_CRASHES_ON_TOP = 7
"""A deploy may interrupt a run several times without it being a poison job."""

_STATES = {
    "ENQUEUED": JobState.WAITING,
    "DELAYED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}


class Jobs:
    """The jobs of one database.

    Args:
        database_url: The catalog's address; the jobs live beside it (see ``jobs_url``).
        clock: Tells which slots have passed.
        executor_id: This process's name among its replicas; must be unique.
        threads: How many jobs this process works on at once.
        retention_days: How long finished jobs are kept.
        observer: Told of every step, before and after; for tests that crash there.
        take_over_every_s: How often to feel for dead replicas.
        poll_s: How often to look for new work.
        backoff_s: The first gap between tries; it doubles.
    """

    def __init__(
        self,
        database_url: str,
        *,
        clock: Clock,
        executor_id: str | None = None,
        threads: int = 8,
        retention_days: int = 30,
        observer: Observer | None = None,
        take_over_every_s: float = 2.0,
        poll_s: float = 0.2,
        backoff_s: float = 1.0,
    ) -> None:
        self.executor_id = executor_id or f"callboard-{uuid.uuid4()}"
        self._url = jobs_url(database_url)
        self._engine = open_engine(self._url)
        self._clock = clock
        self._threads = threads
        self._retention = timedelta(days=retention_days)
        self._observer = observer or _no_observer
        self._take_over_every_s = take_over_every_s
        self._poll_s = poll_s
        self._backoff_s = backoff_s
        self._jobs: dict[str, Job] = {}
        self._schedules: dict[str, Schedule] = {}
        self._pulse = pulse_for(self._engine)
        self._client: DBOSClient | None = None
        self._ticker: Ticker | None = None
        self._watch: threading.Thread | None = None
        self._stopping = threading.Event()
        self._is_started = False

    def add(self, job: Job) -> None:
        """Make a kind of job known; before ``start``."""
        if job.name in self._jobs:
            raise ValueError(f"two jobs are named {job.name}")
        self._jobs[job.name] = job

    def add_schedule(self, schedule: Schedule) -> None:
        """Make a schedule known; before ``start``."""
        if schedule.name in self._schedules:
            raise ValueError(f"two schedules are named {schedule.name}")
        if schedule.job not in self._jobs:
            raise ValueError(f"the schedule {schedule.name} names no known job: {schedule.job}")
        self._schedules[schedule.name] = schedule

    def start(self, *, tick: bool = True) -> None:
        """Work on jobs in this process; with ``tick`` also enqueue what the schedules say.

        The slot of every schedule that passed last is enqueued at once: that covers slots missed
        while nobody was up, and is harmless otherwise, because its key is the same.
        """
        self._pulse.hold(self.executor_id)
        self._launch()
        self._is_started = True
        self._watch = threading.Thread(target=self._watch_over, name="jobs-watch", daemon=True)
        self._watch.start()
        if tick:
            for schedule in self._schedules.values():
                slot = latest_slot(schedule, self._clock.now())
                if slot is not None:
                    self._enqueue_slot(schedule, slot)
            self._ticker = Ticker(list(self._schedules.values()), self._enqueue_slot)
            self._ticker.start()

    def stop(self, *, finish_s: float = 5.0) -> None:
        """Stop working; what is under way gets ``finish_s`` seconds, the rest resumes at the next start."""
        self._stopping.set()
        if self._ticker:
            self._ticker.stop()
        if self._watch:
            self._watch.join(timeout=30)
        if self._is_started:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(finish_s))
            self._is_started = False
        if self._client:
            self._client.destroy()
            self._client = None
        self._pulse.release()
        self._engine.dispose()

    def enqueue(self, name: str, key: str, payload: dict[str, JSON] | None = None) -> bool:
        """Ask for a job under a key; any process of this database may ask, started or not.

        Returns:
            False when the key exists already: then nothing happens. Two that ask at the same
            moment may both hear True; the job still runs once.
        """
        _checked_json(payload or {}, f"the payload of {key}")
        if self.status(key) is not None:
            return False
        try:
            self._reach().enqueue(
                {
                    "workflow_name": name,
                    "queue_name": _QUEUE,
                    "workflow_id": key,
                    "app_version": _VERSION,
                },
                payload or {},
            )
        except DBOSWorkflowIDInUseError:
            return False
        return True

    def status(self, key: str) -> JobStatus | None:
        """Where a job is; None when nothing was ever enqueued under the key (or it was purged)."""
        found = self._reach().list_workflows(workflow_ids=[key], load_input=False)
        return _status(found[0]) if found else None

    def failed(self, limit: int = 20) -> tuple[JobStatus, ...]:
        """The jobs that are out of tries, newest first."""
        return self._list(["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"], limit)

    def unfinished(self, limit: int = 200) -> tuple[JobStatus, ...]:
        """The jobs that wait or run, newest first."""
        return self._list(["ENQUEUED", "DELAYED", "PENDING"], limit)

    def cancel(self, key: str) -> bool:
        """Stop a job before its next step; False when it is finished or unknown."""
        status = self.status(key)
        if status is None or status.is_finished:
            return False
        self._reach().cancel_workflow(key)
        return True

    def wait(self, key: str, timeout_s: float) -> JobStatus:
        """Wait until a job is finished.

        Raises:
            TimeoutError: It is not finished in time; it goes on.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            status = self.status(key)
            if status is not None and status.is_finished:
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"{key} is not finished after {timeout_s} s")
            time.sleep(0.05)

    def schedules(self) -> tuple[tuple[Schedule, datetime | None], ...]:
        """Every schedule with its next slot."""
        now = self._clock.now()
        return tuple((item, next_slot(item, now)) for item in self._schedules.values())

    def purge(self) -> int:
        """Forget jobs that finished longer ago than the retention; returns how many."""
        before = self._clock.now() - self._retention
        count = 0
        for state in ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"):
            old = self._reach().list_workflows(
                status=state, end_time=before.isoformat(), limit=500, load_input=False, load_output=False
            )
            keys = [item.workflow_id for item in old]
            if keys:
                self._reach().delete_workflows(keys)
            count += len(keys)
        return count

    def _launch(self) -> None:
        dbos = DBOS(
            config={
                "name": _APPLICATION,
                "system_database_engine": self._engine,
                "system_database_url": self._url.render_as_string(hide_password=False),
                "dbos_system_schema": SCHEMA,
                "serializer": DBOSPortableJSONSerializer(),
                "executor_id": self.executor_id,
                "application_version": _VERSION,
                "enable_otlp": False,
                "max_executor_threads": self._threads + 4,
                "notification_listener_polling_interval_sec": 1.0,
                "use_listen_notify": False,
                "log_level": "WARNING",
            }
        )
        for job in self._jobs.values():
            self._register(dbos, job)
        with once_at_a_time(self._engine, self._lock_file()):
            DBOS.launch()
        DBOS.register_queue(
            _QUEUE,
            worker_concurrency=self._threads,
            polling_interval_sec=self._poll_s,
            on_conflict="always_update",
        )

    def _lock_file(self) -> Path | None:
        if self._engine.dialect.name != "sqlite" or not self._url.database:
            return None
        return Path(f"{self._url.database}.lock")

    def _register(self, dbos: DBOS, job: Job) -> None:
        def work(payload: dict[str, JSON]) -> JSON:
            return self._work(job, payload)

        work.__qualname__ = job.name
        DBOS.workflow(name=job.name, max_recovery_attempts=job.max_attempts + _CRASHES_ON_TOP)(work)

    def _work(self, job: Job, payload: dict[str, JSON]) -> JSON:
        """One run, from its first try to its last; played again from the start after a crash."""
        key = str(DBOS.workflow_id)
        run = _RecordedRun(key, self._observer, self._backoff_s)
        cause = ""
        for attempt in range(1, job.max_attempts + 1):
            try:
                return _checked_json(job.run(run, payload), f"the result of {key}")
            except StepFailed as error:
                cause = error.message
                if error.is_final:
                    break
            except Exception as error:  # the job runner is an outer rim
                cause = _bug(key, "", error)
            if attempt < job.max_attempts:
                DBOS.sleep(min(self._backoff_s * 2**attempt, _LONGEST_WAIT_S))
        _log.warning("jobs.failed", job=job.name, key=key, cause=cause)
        if job.on_failure:
            told = job.on_failure
            run.step("on-failure", lambda: told(key, payload, cause))
        raise JobFailed(cause)

    def _watch_over(self) -> None:
        """Feel for dead replicas, and once in a while forget old jobs."""
        next_purge = 0.0
        while not self._stopping.wait(self._take_over_every_s if next_purge else 0.05):
            try:
                self._take_over()
                if time.monotonic() >= next_purge:
                    self.purge()
                    next_purge = time.monotonic() + 3600
            except Exception as error:  # the watch must outlive a database that is away for a while
                _log.warning("jobs.watch_failed", error=redact(str(error)))
                next_purge = next_purge or time.monotonic() + 60

    def _take_over(self) -> None:
        pending = self._reach().list_workflows(status="PENDING", load_input=False, load_output=False)
        others = {item.executor_id for item in pending if item.executor_id} - {self.executor_id}
        for executor in sorted(others):
            if not self._pulse.try_dead(executor):
                continue
            try:
                taken = DBOS._recover_pending_workflows([executor])
                _log.info("jobs.taken_over", of=executor, jobs=len(taken))
            finally:
                self._pulse.done_with(executor)

    def _enqueue_slot(self, schedule: Schedule, slot: datetime) -> None:
        key = schedule.key(slot)
        if self.enqueue(schedule.job, key, schedule.payload(slot)):
            _log.info("jobs.slot_enqueued", schedule=schedule.name, key=key)

    def _list(self, states: list[str], limit: int) -> tuple[JobStatus, ...]:
        found = self._reach().list_workflows(status=states, limit=limit, sort_desc=True, load_input=False)
        return tuple(_status(item) for item in found)

    def _reach(self) -> DBOSClient:
        if self._client is None:
            self._client = self._open_client()
        return self._client

    def _open_client(self) -> DBOSClient:
        client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=DBOSPortableJSONSerializer(),
            application_name=_APPLICATION,
        )
        # A command line may ask before any replica ever started: the tables have to be there.
        with once_at_a_time(self._engine, self._lock_file()):
            client._sys_db.run_migrations()
        return client


class _RecordedRun:
    """A run whose steps are recorded by DBOS; remembers by name what earlier tries finished."""

    def __init__(self, key: str, observer: Observer, backoff_s: float) -> None:
        self.key = key
        self._observer = observer
        self._backoff_s = backoff_s
        self._finished: dict[str, Any] = {}

    def step(self, name: str, function: Callable[[], T]) -> T:
        """See ``core.jobs.Run``."""
        if name in self._finished:
            return cast(T, self._finished[name])
        outcome = DBOS.run_step({"name": name}, self._outcome, name, function)
        self._observer(self.key, name, "after")
        if "error" in outcome:
            raise StepFailed(name, str(outcome["error"]), is_final=bool(outcome["is_final"]))
        self._finished[name] = outcome["value"]
        return cast(T, outcome["value"])

    def _outcome(self, name: str, function: Callable[[], Any]) -> dict[str, Any]:
        """The result or the failure as a value, so that a replay sees just what the first time saw."""
        for attempt in range(1, _STEP_TRIES + 1):
            self._observer(self.key, name, "before")
            try:
                return {"value": _checked_json(function(), f"the result of step {name}")}
            except Unavailable as error:
                if attempt == _STEP_TRIES:
                    return {"error": error.message, "is_final": False}
                wait = error.retry_after_s or self._backoff_s * 2 ** (attempt - 1)
                time.sleep(min(wait, _LONGEST_WAIT_S))
            except UserError as error:
                return {"error": error.message, "is_final": True}
            except Exception as error:  # the job runner is an outer rim
                return {"error": _bug(self.key, name, error), "is_final": False}
        raise AssertionError("the last try returns")


def _bug(key: str, step: str, error: Exception) -> str:
    reference = new_reference()
    _log.error("jobs.bug", key=key, step=step, reference=reference, exc_info=error)
    return f"something broke inside ({type(error).__name__}); reference {reference}"


def _checked_json(value: JSON, what: str) -> JSON:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} must be JSON: {error}") from error


def _status(item: WorkflowStatus) -> JobStatus:
    created = _moment(item.created_at)
    return JobStatus(
        key=item.workflow_id,
        name=item.name,
        state=_STATES[item.status],
        starts=item.recovery_attempts or 0,
        error=_cause(item),
        result=item.output,
        created_at=created,
        updated_at=_moment(item.updated_at) if item.updated_at else created,
    )


def _cause(item: WorkflowStatus) -> str:
    if item.status == "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
        return "the process died each time that it worked on this"
    return str(item.error) if item.error else ""


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)


def _no_observer(_key: str, _step: str, _when: str) -> None:
    """Nobody watches."""
