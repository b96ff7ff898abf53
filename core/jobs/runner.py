"""Runs jobs on DBOS: enqueue under a key, resume at the interrupted step, take over from the dead."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from dbos import DBOS, DBOSClient, WorkflowStatus
from dbos._error import DBOSWorkflowIDInUseError
from dbos._serialization import DBOSPortableJSONSerializer

from core.clock import Clock
from core.jobs.alive import pulse_for
from core.jobs.model import JSON, Job, JobFailed, JobState, JobStatus, Observer, Run, Schedule, StepFailed
from core.jobs.steps import LONGEST_GAP_S, RecordedRun, bug, checked_json, wait_unless
from core.jobs.storage import SCHEMA, jobs_url, log_as_we_do, once_at_a_time, open_engine, refuse_pickle
from core.jobs.ticking import Ticker, latest_slot, next_slot
from core.log import redact

_log = structlog.get_logger(__name__)
refuse_pickle()
log_as_we_do()

_APPLICATION = "callboard"
# Pinned: by default DBOS hashes the code, and a deploy would strand what is pending.
_VERSION = "callboard-jobs-1"
_QUEUE = "callboard"
_TELL = "jobs.tell-of-crashed"
_PURGED_AT_ONCE = 500
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
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


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
        poll_s: How often to look for new work; at rest it is most of what a process uses (1 % of a core at half a second).
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
        poll_s: float = 0.5,
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
        self._jobs: dict[str, Job] = {_TELL: Job(_TELL, self._tell)}
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
        next_slot(schedule, self._clock.now())  # a line that is not cron is found now, not at night
        self._schedules[schedule.name] = schedule

    def start(self, *, tick: bool = True) -> None:
        """Work on jobs in this process; with ``tick`` also enqueue what the schedules say.

        The slot of every schedule that passed last is enqueued at once: that covers slots missed
        while nobody was up, and is harmless otherwise, because its key is the same. Slots from
        before the first start of all were missed by nobody (see ``Schedule.starts_at_once``).
        """
        self._pulse.hold(self.executor_id)
        self._launch()
        self._is_started = True
        self._reach()
        if tick:
            self._catch_up()
            self._ticker = Ticker(list(self._schedules.values()), self._enqueue_slot)
            self._ticker.start()
        self._watch = threading.Thread(target=self._watch_over, name="jobs-watch", daemon=True)
        self._watch.start()

    def stop(self, *, finish_s: float = 5.0) -> None:
        """Stop working; what is under way gets ``finish_s`` seconds, the rest resumes at the next start."""
        self._stopping.set()
        if self._ticker:
            self._ticker.stop()
            self._ticker = None
        if self._watch:
            self._watch.join(timeout=30)
        if self._is_started:
            self._drain(finish_s)
            DBOS.destroy(destroy_registry=True)
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

        Raises:
            ValueError: This process knows jobs, and none by that name.
            TypeError: The payload is not JSON.
        """
        if len(self._jobs) > 1 and name not in self._jobs:
            raise ValueError(f"no job is named {name}")
        checked_json(payload or {}, f"the payload of {key}")
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

    def schedules(self) -> tuple[tuple[Schedule, datetime], ...]:
        """Every schedule with its next slot."""
        now = self._clock.now()
        return tuple((item, next_slot(item, now)) for item in self._schedules.values())

    def purge(self) -> int:
        """Forget jobs that finished longer ago than the retention; returns how many.

        The latest slot of a schedule is kept: forgotten, it would be enqueued again.
        """
        before = (self._clock.now() - self._retention).isoformat()
        kept = {schedule.key(slot) for schedule, slot in self._latest_slots()}
        count = 0
        while True:
            old = self._reach().list_workflows(
                status=_FINISHED,
                completed_before=before,
                limit=_PURGED_AT_ONCE + len(kept),
                load_input=False,
                load_output=False,
            )
            keys = [item.workflow_id for item in old if item.workflow_id not in kept]
            if not keys:
                return count
            self._reach().delete_workflows(keys)
            count += len(keys)

    def _launch(self) -> None:
        self._dbos = DBOS(
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
            self._register(job)
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

    def _register(self, job: Job) -> None:
        def work(payload: dict[str, JSON]) -> JSON:
            return self._work(job, payload)

        work.__qualname__ = job.name
        DBOS.workflow(name=job.name, max_recovery_attempts=job.max_attempts + _CRASHES_ON_TOP)(work)

    def _work(self, job: Job, payload: dict[str, JSON]) -> JSON:
        """One run, from its first try to its last; played again from the start after a crash."""
        key = str(DBOS.workflow_id)
        run = RecordedRun(key, self._observer, self._backoff_s, self._stopping)
        cause = ""
        for attempt in range(1, job.max_attempts + 1):
            try:
                return checked_json(job.run(run, payload), f"the result of {key}")
            except StepFailed as error:
                cause = error.message
                if error.is_final:
                    break
            except Exception as error:  # noqa: BLE001 - the job runner is an outer rim
                cause = bug(key, "", error)
            if attempt < job.max_attempts:
                self._rest(attempt)
        _log.warning("jobs.failed", job=job.name, key=key, cause=cause)
        if job.on_failure:
            told = job.on_failure
            run.step("on-failure", lambda: told(key, payload, cause))
        raise JobFailed(cause)

    def _rest(self, attempt: int) -> None:
        """Wait before the next try; the end of the wait is recorded, so that a crash does not lengthen it."""
        gap_s = min(self._backoff_s * 2**attempt, LONGEST_GAP_S)
        until = DBOS.run_step({"name": f"rest-{attempt}"}, lambda: time.time() + gap_s)
        wait_unless(self._stopping, until - time.time())

    def _drain(self, finish_s: float) -> None:
        """Take no new work, and wait for what is under way."""
        for event in self._dbos.background_thread_stop_events:
            event.set()
        deadline = time.monotonic() + finish_s
        while self._dbos._active_workflows_set.activeList() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _watch_over(self) -> None:
        """Show life, feel for dead replicas, and once in a while catch up and forget old jobs."""
        duties = [
            _Duty(self._pulse.beat, self._take_over_every_s),
            _Duty(self._take_over, self._take_over_every_s),
            _Duty(self._tell_of_crashed, 5 * self._take_over_every_s),
            _Duty(self.purge, 3600.0),
        ]
        if self._ticker:
            # A tick is lost when the database is away just then.
            duties.append(_Duty(self._catch_up, 60.0))
        while not self._stopping.is_set():
            for duty in duties:
                duty.do_when_due()
            self._stopping.wait(self._take_over_every_s)

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

    def _tell_of_crashed(self) -> None:
        """Call ``on_failure`` for jobs that died with their process every time, once for each."""
        for status in self._list(["MAX_RECOVERY_ATTEMPTS_EXCEEDED"], _PURGED_AT_ONCE):
            job = self._jobs.get(status.name)
            if job and job.on_failure:
                self.enqueue(_TELL, f"{status.key}:gave-up", {"key": status.key, "cause": status.error})

    def _tell(self, run: Run, payload: dict[str, JSON]) -> JSON:
        key, cause = str(payload["key"]), str(payload["cause"])
        found = self._reach().list_workflows(workflow_ids=[key])
        if found:
            told = self._jobs[found[0].name].on_failure
            about: dict[str, JSON] = (found[0].input or {"args": [{}]})["args"][0]
            if told:
                run.step("on-failure", lambda: told(key, about, cause))
        return None

    def _catch_up(self) -> None:
        began_at = self._began_at()
        for schedule, slot in self._latest_slots():
            if schedule.starts_at_once or (began_at and slot >= began_at):
                self._enqueue_slot(schedule, slot)

    def _began_at(self) -> datetime | None:
        """When the oldest job that is still known was enqueued: at the first start, or a retention ago."""
        first = self._reach().list_workflows(limit=1, load_input=False, load_output=False)
        return _moment(first[0].created_at) if first else None

    def _latest_slots(self) -> list[tuple[Schedule, datetime]]:
        now = self._clock.now()
        found = [(schedule, latest_slot(schedule, now)) for schedule in self._schedules.values()]
        return [(schedule, slot) for schedule, slot in found if slot is not None]

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


class _Duty:
    """Something that the watch does every so often, and goes on doing when it fails."""

    def __init__(self, do: Callable[[], object], every_s: float) -> None:
        self._do = do
        self._every_s = every_s
        self._next = 0.0

    def do_when_due(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every_s
        try:
            self._do()
        except Exception as error:  # noqa: BLE001 - the watch must outlive a database that is away for a while
            _log.warning("jobs.watch_failed", error=redact(str(error)))


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
