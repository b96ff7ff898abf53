"""Jobs on every database that Callboard runs on: what is promised of keys, steps, tries, schedules and rows."""

import base64
import json
import logging
import os
import pickle
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.clock import FixedClock
from core.errors import Unavailable, UserError
from core.jobs import JSON, Job, Jobs, JobState, JobStatus, Run, Schedule, steps, storage
from core.jobs.storage import SCHEMA, jobs_url, needs_unixepoch, open_engine, unixepoch

PATIENCE_S = 60.0
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

Make = Callable[..., Jobs]


@pytest.fixture
def make(empty_database_url: str) -> Iterator[Make]:
    """Builds the jobs of one database; the last one built is stopped after the test."""
    built: list[Jobs] = []

    def make_one(*jobs: Job, at: datetime = NOON, **options: Any) -> Jobs:
        quick = {"poll_s": 0.02, "backoff_s": 0.001, "take_over_every_s": 0.05}
        built.append(Jobs(empty_database_url, **{**quick, "clock": FixedClock(at), **options}))
        for job in jobs:
            built[-1].add(job)
        return built[-1]

    yield make_one
    for one in built:
        one.stop()


def run_of(function: Callable[[], JSON]) -> Callable[[Run, dict[str, JSON]], JSON]:
    """A run of one step."""
    return lambda run, _payload: run.step("only", function)


def raising(error: Exception, calls: list[str]) -> Callable[[], JSON]:
    def fail() -> JSON:
        calls.append("called")
        raise error

    return fail


def finished(jobs: Jobs, key: str) -> JobStatus:
    return jobs.wait(key, PATIENCE_S)


def rows(url: str, statement: str, **values: Any) -> list[Any]:
    """What stands in the jobs' database, past all of our code."""
    engine = open_engine(jobs_url(url))
    schema = "" if engine.dialect.name == "sqlite" else f"{SCHEMA}."
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement.replace("{schema}", schema)), values)
        found = list(result.all()) if result.returns_rows else []
    engine.dispose()
    return found


def test_a_key_that_is_asked_for_twice_runs_once(make: Make) -> None:
    calls: list[str] = []
    jobs = make(Job("count", run_of(lambda: calls.append("called"))))
    jobs.start(tick=False)

    first = jobs.enqueue("count", "k")
    finished(jobs, "k")
    again = jobs.enqueue("count", "k")
    jobs.enqueue("count", "another")
    finished(jobs, "another")

    assert (first, again) == (True, False)
    assert len(calls) == 2


def test_a_key_that_many_ask_for_at_one_moment_runs_once(make: Make) -> None:
    calls: list[str] = []
    jobs = make(Job("count", run_of(lambda: calls.append("called"))))
    jobs.start(tick=False)
    together = threading.Barrier(4)

    def ask(_number: int) -> bool:
        together.wait()
        return jobs.enqueue("count", "k")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))

    finished(jobs, "k")
    assert True in answers
    assert len(calls) == 1


def test_a_job_gets_its_payload_and_leaves_its_result(make: Make) -> None:
    jobs = make(Job("echo", lambda run, payload: {"key": run.key, "got": payload}))
    jobs.start(tick=False)

    jobs.enqueue("echo", "k", {"n": 1, "words": ["ä", None, True], "deep": {"x": 1.5}})

    status = finished(jobs, "k")
    assert status.result == {"key": "k", "got": {"n": 1, "words": ["ä", None, True], "deep": {"x": 1.5}}}
    assert (status.name, status.state, status.error) == ("echo", JobState.DONE, "")


def test_what_was_asked_for_before_anybody_works_is_done_later(make: Make) -> None:
    """The command line asks and ends; the bot works."""
    asking = make()
    asking.enqueue("count", "k")
    waiting = asking.status("k")
    asking.stop()
    jobs = make(Job("count", run_of(lambda: 1)))
    jobs.start(tick=False)

    assert waiting is not None
    assert waiting.state is JobState.WAITING
    assert finished(jobs, "k").state is JobState.DONE


def test_a_step_that_was_recorded_is_not_taken_again_by_the_next_try(make: Make) -> None:
    calls: list[str] = []

    def work(run: Run, _payload: dict[str, JSON]) -> JSON:
        first = run.step("first", lambda: calls.append("first") or len(calls))
        second = run.step("second", lambda: second_step())
        return [first, second]

    def second_step() -> str:
        calls.append("second")
        if calls.count("second") < 3:
            raise RuntimeError("not yet")
        return "ok"

    jobs = make(Job("work", work, max_attempts=3))
    jobs.start(tick=False)
    jobs.enqueue("work", "k")

    assert finished(jobs, "k").result == [1, "ok"]
    assert Counter(calls) == {"first": 1, "second": 3}


def test_a_system_that_is_away_is_tried_again_after_the_wait_that_it_names(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(steps, "wait_unless", lambda _stopping, seconds: waits.append(seconds))
    answers: list[Any] = [Unavailable("away", 42.0), Unavailable("away", 7200.0), Unavailable("away"), "here"]

    def ask() -> JSON:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    jobs = make(Job("ask", run_of(ask)), backoff_s=2.0)
    jobs.start(tick=False)
    jobs.enqueue("ask", "k")

    assert finished(jobs, "k").result == "here"
    assert waits == [42.0, 900.0, 8.0]


def test_a_system_that_stays_away_fails_the_job_with_its_words(make: Make) -> None:
    calls: list[str] = []
    jobs = make(Job("ask", run_of(raising(Unavailable("GitHub does not answer"), calls)), max_attempts=2))
    jobs.start(tick=False)
    jobs.enqueue("ask", "k")

    status = finished(jobs, "k")
    assert (status.state, status.error) == (JobState.FAILED, "GitHub does not answer")
    assert len(calls) == 10


def test_a_mistake_of_a_person_is_final_at_once(make: Make) -> None:
    calls: list[str] = []
    told: list[tuple[str, Any, str]] = []
    jobs = make(
        Job(
            "create",
            run_of(raising(UserError("The name is taken."), calls)),
            max_attempts=5,
            on_failure=lambda *about: told.append(about),
        )
    )
    jobs.start(tick=False)
    jobs.enqueue("create", "k", {"name": "x"})

    assert finished(jobs, "k").error == "The name is taken."
    assert len(calls) == 1
    assert told == [("k", {"name": "x"}, "The name is taken.")]


def test_a_poison_job_stops_after_its_tries_is_told_once_and_stays_visible(make: Make) -> None:
    calls: list[str] = []
    told: list[str] = []
    jobs = make(
        Job(
            "poison",
            run_of(raising(ValueError("ghp_0123456789abcdefghij"), calls)),
            max_attempts=3,
            on_failure=lambda _key, _payload, cause: told.append(cause),
        ),
        Job("fine", run_of(lambda: 1)),
    )
    jobs.start(tick=False)
    jobs.enqueue("poison", "k")
    finished(jobs, "k")
    jobs.enqueue("fine", "after")
    finished(jobs, "after")

    assert len(calls) == 3
    (cause,) = told
    assert cause.startswith("something broke inside (ValueError); reference ")
    assert [(item.key, item.state, item.error) for item in jobs.failed()] == [("k", JobState.FAILED, cause)]
    assert "ghp_" not in cause


def test_a_run_that_breaks_outside_of_its_steps_is_tried_as_often(make: Make) -> None:
    calls: list[str] = []

    def work(_run: Run, _payload: dict[str, JSON]) -> JSON:
        calls.append("called")
        raise KeyError("x")

    jobs = make(Job("work", work, max_attempts=2))
    jobs.start(tick=False)
    jobs.enqueue("work", "k")

    assert finished(jobs, "k").state is JobState.FAILED
    assert len(calls) == 2


def test_a_job_that_waits_can_be_cancelled(make: Make) -> None:
    calls: list[str] = []
    jobs = make(Job("count", run_of(lambda: calls.append("called"))), Job("other", run_of(lambda: 1)))
    jobs.enqueue("count", "k")

    assert jobs.cancel("k")
    jobs.start(tick=False)
    jobs.enqueue("other", "after")
    finished(jobs, "after")

    assert finished(jobs, "k").state is JobState.CANCELLED
    assert calls == []


def test_a_cancelled_run_takes_no_further_step(make: Make) -> None:
    inside, go = threading.Event(), threading.Event()
    calls: list[str] = []
    told: list[str] = []

    def work(run: Run, _payload: dict[str, JSON]) -> JSON:
        run.step("first", lambda: inside.set() or go.wait(PATIENCE_S))
        return run.step("second", lambda: calls.append("second"))

    jobs = make(
        Job("work", work, on_failure=lambda _key, _payload, cause: told.append(cause)),
        Job("other", run_of(lambda: 1)),
    )
    jobs.start(tick=False)
    jobs.enqueue("work", "k")
    assert inside.wait(PATIENCE_S)

    assert jobs.cancel("k")
    go.set()

    assert finished(jobs, "k").state is JobState.CANCELLED
    jobs.stop()
    assert (calls, told) == ([], [])


def test_what_is_finished_or_unknown_cannot_be_cancelled(make: Make) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))
    jobs.start(tick=False)
    jobs.enqueue("count", "k")
    finished(jobs, "k")

    assert (jobs.cancel("k"), jobs.cancel("nobody")) == (False, False)


def test_an_unknown_key_has_no_status(make: Make) -> None:
    assert make().status("nobody") is None


def test_jobs_that_wait_or_run_are_listed(make: Make) -> None:
    jobs = make()
    for key in ("a", "b"):
        jobs.enqueue("count", key)

    assert {item.key for item in jobs.unfinished()} == {"a", "b"}


def test_a_job_that_nobody_knows_is_refused(make: Make) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))

    with pytest.raises(ValueError, match="no job is named cuont"):
        jobs.enqueue("cuont", "k")


def test_two_of_one_name_are_refused(make: Make) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))
    jobs.add_schedule(hourly("count"))

    with pytest.raises(ValueError, match="two jobs are named count"):
        jobs.add(Job("count", run_of(lambda: 1)))
    with pytest.raises(ValueError, match="two schedules are named hourly"):
        jobs.add_schedule(hourly("count"))


@pytest.mark.parametrize("payload", [{"at": NOON}, {"x": object()}, {"x": float("nan")}, {"x": {1, 2}}])
def test_a_payload_that_is_not_json_is_refused(make: Make, payload: dict[str, JSON]) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))

    with pytest.raises(TypeError, match="the payload of k must be JSON: "):
        jobs.enqueue("count", "k", payload)
    assert jobs.status("k") is None


def test_a_result_that_is_not_json_fails_the_job(make: Make) -> None:
    jobs = make(
        Job("step", run_of(lambda: NOON), max_attempts=1),
        Job("whole", lambda _run, _payload: NOON, max_attempts=1),
    )
    jobs.start(tick=False)
    for name in ("step", "whole"):
        jobs.enqueue(name, name)

    causes = [finished(jobs, name).error for name in ("step", "whole")]
    assert [cause.partition(";")[0] for cause in causes] == ["something broke inside (TypeError)"] * 2


def test_rows_are_json_that_anybody_can_read(make: Make, empty_database_url: str) -> None:
    jobs = make(Job("echo", lambda run, payload: run.step("only", lambda: payload)))
    jobs.start(tick=False)
    jobs.enqueue("echo", "k", {"word": "curtain"})
    finished(jobs, "k")

    def read(statement: str) -> list[str]:
        return [str(row[0]) for row in rows(empty_database_url, statement)]

    texts = [
        *read("SELECT inputs FROM {schema}workflow_input"),
        *read("SELECT output FROM {schema}workflow_output"),
        *read("SELECT output FROM {schema}operation_outputs"),
    ]
    assert ["curtain" in str(json.loads(text)) for text in texts] == [True, True, True]
    assert read("SELECT serialization FROM {schema}workflow_status") == ["portable_json"]


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("import os; os.environ['CALLBOARD_TEST_UNPICKLED'] = 'yes'",))


def test_a_pickled_row_is_refused(
    make: Make, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can write to the database could run code here otherwise."""
    monkeypatch.delenv("CALLBOARD_TEST_UNPICKLED", raising=False)
    calls: list[str] = []
    jobs = make(Job("count", run_of(lambda: calls.append("called"))), Job("other", run_of(lambda: 1)))
    jobs.enqueue("count", "k")
    pickled = base64.b64encode(pickle.dumps({"args": (_Evil(),), "kwargs": {}})).decode()
    key = "WHERE workflow_uuid = 'k'"
    rows(empty_database_url, f"UPDATE {{schema}}workflow_input SET inputs = :text {key}", text=pickled)
    rows(empty_database_url, f"UPDATE {{schema}}workflow_status SET serialization = 'py_pickle' {key}")

    jobs.start(tick=False)
    jobs.enqueue("other", "after")
    finished(jobs, "after")

    assert "CALLBOARD_TEST_UNPICKLED" not in os.environ
    assert calls == []


def hourly(job: str, name: str = "hourly", cron: str = "0 * * * *", zone: str = "UTC") -> Schedule:
    return Schedule(
        name, job, cron, zone, lambda at: f"{name}:{at:%Y-%m-%dT%H:%M%z}", lambda at: {"at": at.isoformat()}
    )


def test_a_schedule_tells_its_next_slot_in_its_zone(make: Make) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))
    jobs.add_schedule(hourly("count", zone="Europe/Berlin", cron="30 9 * * tue"))

    ((schedule, slot),) = jobs.schedules()

    assert (schedule.name, slot.isoformat()) == ("hourly", "2026-12-01T09:30:00+01:00")


@pytest.mark.parametrize(
    ("cron", "zone"),
    [("61 * * * *", "UTC"), ("0 0 30 2 *", "UTC"), ("* * * *", "UTC"), ("0 0 * * *", "Mars/Base")],
)
def test_a_schedule_that_means_nothing_is_refused_at_the_start(make: Make, cron: str, zone: str) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))

    with pytest.raises((ValueError, LookupError)):
        jobs.add_schedule(hourly("count", cron=cron, zone=zone))


def test_a_schedule_of_an_unknown_job_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="the schedule hourly names no known job: cuont"):
        make(Job("count", run_of(lambda: 1))).add_schedule(hourly("cuont"))


def test_the_slot_that_passed_last_is_made_up_for_at_the_start_once(make: Make) -> None:
    payloads: list[JSON] = []
    job = Job("count", lambda run, payload: run.step("only", lambda: payloads.append(payload)))
    at = NOON + timedelta(minutes=20)
    for _start in range(2):
        jobs = make(job, at=at)
        jobs.add_schedule(hourly("count"))
        jobs.start(tick=True)
        finished(jobs, "hourly:2026-11-24T12:00+0000")
        jobs.stop()

    assert payloads == [{"at": "2026-11-24T12:00:00+00:00"}]


@pytest.mark.parametrize(("hours_after", "is_made_up_for"), [(-2, False), (2, True)])
def test_what_nobody_expects_on_the_first_day_waits_for_a_slot_after_the_first_start(
    make: Make, hours_after: int, is_made_up_for: bool
) -> None:
    """The first start is when the oldest job was asked for; a slot from before that was missed by nobody."""
    at = datetime.now(UTC) + timedelta(hours=hours_after)
    jobs = make(Job("count", run_of(lambda: 1)), at=at)
    jobs.add_schedule(replace(hourly("count", "loud"), starts_at_once=False))
    jobs.add_schedule(hourly("count", "quiet"))
    jobs.enqueue("count", "the first of all")
    jobs.start(tick=True)

    slot = f"{at:%Y-%m-%dT%H}:00+0000"
    assert finished(jobs, f"quiet:{slot}").state is JobState.DONE
    assert (jobs.status(f"loud:{slot}") is not None) is is_made_up_for


def test_without_ticking_no_slot_is_made_up_for(make: Make) -> None:
    jobs = make(Job("count", run_of(lambda: 1)))
    jobs.add_schedule(hourly("count"))
    jobs.start(tick=False)

    assert jobs.unfinished() == ()
    assert jobs.status("hourly:2026-11-24T12:00+0000") is None


def test_finished_jobs_are_forgotten_after_the_retention_but_not_the_latest_slot(make: Make) -> None:
    """Forgotten, the slot would run a second time at the next start."""
    now = datetime.now(UTC)
    clock = FixedClock(now)
    jobs = make(Job("count", run_of(lambda: 1)), clock=clock, retention_days=1)
    tenth = now - timedelta(days=10)
    jobs.add_schedule(hourly("count", name="yearly", cron=f"0 0 {tenth.day} {tenth.month} *"))
    jobs.start(tick=True)
    slot = f"yearly:{tenth:%Y-%m-%d}T00:00+0000"
    jobs.enqueue("count", "old")
    for key in (slot, "old"):
        finished(jobs, key)

    young = jobs.purge()
    clock.advance(timedelta(days=2))
    old = jobs.purge()

    assert (young, old) == (0, 1)
    assert jobs.status("old") is None
    assert jobs.status(slot) is not None


def test_a_process_that_stops_while_a_run_waits_leaves_it_to_the_next(make: Make) -> None:
    waiting = threading.Event()
    calls: list[str] = []
    answers: list[Any] = [Unavailable("away", 600.0), "here"]

    def ask() -> JSON:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            waiting.set()
            raise answer
        return answer

    def work(run: Run, _payload: dict[str, JSON]) -> JSON:
        run.step("first", lambda: calls.append("first"))
        return run.step("second", ask)

    jobs = make(Job("work", work))
    jobs.start(tick=False)
    jobs.enqueue("work", "k")
    assert waiting.wait(PATIENCE_S)
    jobs.stop()
    asking = make()
    left = asking.status("k")
    asking.stop()

    again = make(Job("work", work))
    again.start(tick=False)

    assert left is not None
    assert left.state is JobState.RUNNING
    assert finished(again, "k").result == "here"
    assert calls == ["first"]


def test_a_process_that_stops_between_two_tries_leaves_the_rest_to_the_next(make: Make) -> None:
    failed = threading.Event()
    calls: list[str] = []

    def work(_run: Run, _payload: dict[str, JSON]) -> JSON:
        calls.append("called")
        failed.set()
        raise KeyError("x")

    jobs = make(Job("work", work, max_attempts=2), backoff_s=300.0)
    jobs.start(tick=False)
    jobs.enqueue("work", "k")
    assert failed.wait(PATIENCE_S)
    jobs.stop()
    asking = make()
    status = asking.status("k")

    assert status is not None
    assert not status.is_finished


def test_what_dbos_logs_goes_through_our_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Alone it writes text to standard error, where we promise JSON without secrets."""
    make(Job("count", run_of(lambda: 1))).start(tick=False)

    logging.getLogger("dbos").error("a word of DBOS")

    assert "a word of DBOS" in caplog.messages
    assert [type(handler) for handler in logging.getLogger("dbos").handlers] == [logging.NullHandler]


def test_the_observer_is_told_of_every_step(make: Make) -> None:
    seen: list[tuple[str, str, str]] = []
    jobs = make(Job("count", run_of(lambda: 1)), observer=lambda *moment: seen.append(moment))
    jobs.start(tick=False)
    jobs.enqueue("count", "k")
    finished(jobs, "k")

    assert seen == [("k", "only", "before"), ("k", "only", "after")]


@pytest.mark.parametrize(
    ("version", "needs"), [((3, 40, 1), True), ((3, 41, 2), True), ((3, 42, 0), False), ((3, 50, 4), False)]
)
def test_the_sqlite_versions_that_need_a_function_lent(version: tuple[int, ...], needs: bool) -> None:
    assert needs_unixepoch(version) is needs


def test_an_old_sqlite_works_with_the_function_that_is_lent_to_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def lent(*arguments: str) -> float | int:
        asked.append(arguments)
        return unixepoch(*arguments)

    monkeypatch.setattr(storage, "needs_unixepoch", lambda _version: True)
    monkeypatch.setattr(storage, "unixepoch", lent)
    jobs = Jobs(sqlite_url, clock=FixedClock(NOON), poll_s=0.02)
    jobs.add(Job("count", run_of(lambda: 7)))
    try:
        jobs.start(tick=False)
        jobs.enqueue("count", "k")
        status = finished(jobs, "k")
    finally:
        jobs.stop()
    # DBOS's own tables have it as a default, whether or not this DBOS leans on it.
    ((seconds,),) = rows(sqlite_url, "SELECT unixepoch('subsec')")

    assert (status.state, status.result) == (JobState.DONE, 7)
    assert asked[-1] == ("subsec",)
    assert isinstance(seconds, float)


def test_the_function_lent_to_an_old_sqlite_tells_what_a_new_one_would() -> None:
    assert isinstance(unixepoch(), int)
    assert isinstance(unixepoch("now", "subsec"), float)
    with pytest.raises(ValueError, match="is not lent"):
        unixepoch("2026-01-01")


def test_the_jobs_have_a_file_of_their_own_beside_an_sqlite_database() -> None:
    assert str(jobs_url("sqlite:////srv/callboard.db").database) == "/srv/callboard-jobs.db"
    assert jobs_url("postgresql://ana@db/x").database == "x"
