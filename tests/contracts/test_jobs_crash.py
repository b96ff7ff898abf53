"""Jobs through crashes: real processes that are killed, on every database that Callboard runs on."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.jobs import Jobs, JobState, JobStatus

WORKER = Path(__file__).with_name("jobs_worker.py")
PATIENCE_S = 60.0

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def jobs(empty_database_url: str) -> Iterator[Jobs]:
    """Asks for jobs and looks at them, and works on none: as the command line does."""
    asking = Jobs(empty_database_url, clock=SystemClock())
    yield asking
    asking.stop()


@pytest.fixture
def start(empty_database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts a process that works on jobs; it is ended after the test."""
    running: list[subprocess.Popen[str]] = []

    def start_one(*words: str) -> subprocess.Popen[str]:
        with (tmp_path / f"stderr-{len(running)}").open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", WORKER, empty_database_url, tmp_path, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        running.append(process)
        return process

    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lines(folder: Path, name: str) -> list[str]:
    return (folder / name).read_text().split("\n")[:-1] if (folder / name).exists() else []


def run_out(process: subprocess.Popen[str]) -> None:
    """Wait for a process that kills itself."""
    assert process.wait(PATIENCE_S) == -signal.SIGKILL


@pytest.mark.parametrize("step", ["one", "two", "three"])
@pytest.mark.parametrize(("when", "starts"), [("before", 1), ("effect", 2), ("after", 1)])
def test_a_killed_run_resumes_at_the_step_that_was_in_flight(
    jobs: Jobs, start: Start, tmp_path: Path, step: str, when: str, starts: int
) -> None:
    """Steps before are not repeated, the step in flight runs again, and its effect is there once."""
    jobs.enqueue("three-steps", "k")
    run_out(start(f"die=k/{step}/{when}"))

    start()

    assert jobs.wait("k", PATIENCE_S).result == ["one", "two", "three"]
    assert lines(tmp_path, "effects") == ["k/one", "k/two", "k/three"]
    expected = {"k/one": 1, "k/two": 1, "k/three": 1} | {f"k/{step}": starts}
    assert Counter(lines(tmp_path, "starts")) == expected


def test_a_living_process_takes_over_the_work_of_a_dead_one(jobs: Jobs, start: Start, tmp_path: Path) -> None:
    doomed = start()
    jobs.enqueue("waits", "k")
    until(lambda: bool(lines(tmp_path, "effects")))
    survivors = [start(), start()]
    for survivor in survivors:
        assert survivor.stdout
        assert survivor.stdout.readline() == "ready\n"

    doomed.kill()

    assert jobs.wait("k", PATIENCE_S).result in {survivor.pid for survivor in survivors}
    assert len(lines(tmp_path, "effects")) == 2


def test_the_work_of_a_living_process_is_left_to_it(jobs: Jobs, start: Start, tmp_path: Path) -> None:
    working = start()
    jobs.enqueue("waits", "k")
    until(lambda: bool(lines(tmp_path, "effects")))
    other = start()
    assert other.stdout
    assert other.stdout.readline() == "ready\n"
    jobs.enqueue("three-steps", "another")
    jobs.wait("another", PATIENCE_S)

    (tmp_path / "go").touch()

    until(lambda: jobs.wait("k", PATIENCE_S).is_finished)
    assert lines(tmp_path, "effects")[0] == str(working.pid)
    assert jobs.wait("k", PATIENCE_S).result == working.pid


def test_processes_that_start_at_one_moment_make_one_run_for_each_slot(
    jobs: Jobs, start: Start, tmp_path: Path
) -> None:
    for _ in range(3):
        start("slots=8")

    until(lambda: len(lines(tmp_path, "effects")) >= 8 and not jobs.unfinished())

    assert sorted(lines(tmp_path, "effects")) == [f"hourly-{n}:2026-11-24T09:00:00+00:00" for n in range(8)]


def test_processes_that_tick_the_same_schedule_make_one_run_for_each_slot(
    jobs: Jobs, start: Start, tmp_path: Path
) -> None:
    ticking = [start("tick=0.25") for _ in range(2)]

    until(lambda: len(lines(tmp_path, "effects")) >= 12)
    for process in ticking:
        process.communicate(timeout=PATIENCE_S)

    runs = Counter(lines(tmp_path, "effects"))
    assert set(runs.values()) == {1}


def test_a_job_that_kills_its_process_each_time_stops_and_is_told(sqlite_url: str, tmp_path: Path) -> None:
    jobs = Jobs(sqlite_url, clock=SystemClock())
    jobs.enqueue("kills", "k", {"what": "x"})

    def status() -> JobStatus:
        found = jobs.status("k")
        assert found
        return found

    deaths = 0
    while not lines(tmp_path, "gave-up"):
        worker = subprocess.Popen([sys.executable, WORKER, sqlite_url, tmp_path], stdin=subprocess.PIPE)
        until(lambda: worker.poll() is not None or bool(lines(tmp_path, "gave-up")))  # noqa: B023
        deaths += worker.returncode == -signal.SIGKILL
        assert deaths < 15
        worker.communicate()

    assert deaths == len(lines(tmp_path, "starts")) > 1
    assert status().state is JobState.FAILED
    assert [item.key for item in jobs.failed()] == ["k"]
    assert lines(tmp_path, "gave-up") == ["k {'what': 'x'} the process died each time that it worked on this"]
    jobs.stop()
