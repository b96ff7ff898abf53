"""The durable run: what each step does once, and what becomes of it when GitHub, git or Slack do not play along."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog_sync.entity.model import RepositoryName
from core.clock import FixedClock
from core.database import Database
from core.jobs import StepFailed
from scaffolds.actions import USUAL_STEPS, callboard_actions
from scaffolds.create import Create
from scaffolds.engine import Engine
from scaffolds.model import RunProgress, RunState, StepState, Template
from scaffolds.runs import ScaffoldRun
from scaffolds.store import RunStore
from tests.fakes.scaffolds import (
    ANA,
    ANSWERS,
    Crash,
    FakeGit,
    FakeGroups,
    FakeHost,
    FakeQueue,
    Listener,
    MemoryRun,
    templates,
)

URL = "https://github.test/acme/ticket-scanner.git"
STEPS = ("announce-start", *USUAL_STEPS, *(f"announce-{step}" for step in USUAL_STEPS[:-1]))


@dataclass
class Workshop:
    """The engine over stand-ins; the files that the jail would render lie there already."""

    folder: Path
    store: RunStore
    clock: FixedClock
    host: FakeHost
    git: FakeGit
    listener: Listener
    queue: FakeQueue
    known: dict[str, str]

    def __post_init__(self) -> None:
        self.engine = self.engine_with(templates())
        self.create = Create(
            templates=templates(),
            actions=callboard_actions(),
            groups=FakeGroups(),
            host=self.host.host,
            web_url="https://github.test",
            is_known=lambda _name: False,
            jobs=self.queue,
            store=self.store,
            clock=self.clock,
        )

    def engine_with(self, found: tuple[Template, ...]) -> Engine:
        return Engine(
            templates=found,
            actions=callboard_actions(),
            github=self.host,
            git=self.git,
            store=self.store,
            clock=self.clock,
            announcer=self.listener,
            folder=self.folder,
            register=self._register,
            entity_of=lambda name: self.known.get(name.name, ""),
            timeout_s=60.0,
            pause=lambda _seconds: None,
        )

    def start(self) -> str:
        run_id = self.create.start("python-service", ANSWERS, ANA, "acme")
        self.put_files(run_id)
        return run_id

    def put_files(self, run_id: str) -> None:
        folder = self.folder / run_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "catalog-info.yaml").write_text("kind: Component")

    def work(self, run_id: str, **keywords: Any) -> None:
        """Work on a run once, as the jobs do: to its end, or to ``failed`` when a step gives up."""
        run = self.store.run(run_id)
        payload = {"run_id": run_id, "steps": [step.id for step in run.steps]}
        try:
            self.engine.run(MemoryRun(run.key, **keywords), payload)
        except StepFailed as error:
            self.engine.failed(run.key, payload, error.message)

    def run(self) -> RunProgress:
        """Start a run, work on it, and tell how it went."""
        run_id = self.start()
        self.work(run_id)
        return self.create.progress(run_id)

    def _register(self, name: RepositoryName) -> None:
        self.known[name.name] = f"component:default/{name.name}"


@pytest.fixture
def shop(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Workshop:
    store = RunStore(sqlite_database, clock)
    return Workshop(tmp_path / "runs", store, clock, FakeHost(clock), FakeGit(), Listener(), FakeQueue(), {})


def failed_step(progress: RunProgress) -> str:
    return next(step.id for step in progress.steps if step.state is StepState.FAILED)


def is_untouched(shop: Workshop, theirs: object) -> bool:
    """Whether somebody's repository is as it was: there, not granted, not pushed to."""
    return shop.host.repositories["ticket-scanner"] is theirs and not shop.host.grants and not shop.git.pushes


def test_a_run_creates_pushes_grants_and_registers_once(shop: Workshop) -> None:
    progress = shop.run()

    assert (progress.state, progress.entity) == (RunState.DONE, "component:default/ticket-scanner")
    assert (shop.host.created, shop.git.pushes) == (1, 1)
    assert shop.host.grants == [("ticket-scanner", "payments", "admin")]
    assert [title for title, _ in progress.links] == ["Repository", "First commit", "Docs"]
    assert list(shop.folder.iterdir()) == []


def test_people_hear_of_every_step_and_at_last_of_the_end(shop: Workshop) -> None:
    shop.run()

    under_way = [
        next((s.id for s in heard.steps if s.state is StepState.RUNNING), "") for heard in shop.listener.heard
    ]
    assert under_way == [*USUAL_STEPS, ""]
    assert shop.listener.heard[-1].state is RunState.DONE


@pytest.mark.parametrize("when", ["before", "done", "after"])
@pytest.mark.parametrize("step", [*STEPS, "finish", "announce-finish"])
def test_after_a_crash_anywhere_everything_is_there_once(shop: Workshop, step: str, when: str) -> None:
    run_id = shop.start()
    records: dict[str, Any] = {}

    def crash(at_step: str, at: str) -> None:
        if (at_step, at) == (step, when):
            raise Crash

    with pytest.raises(Crash):
        shop.work(run_id, records=records, crash=crash)
    shop.work(run_id, records=records)

    assert shop.create.progress(run_id).state is RunState.DONE
    assert (shop.host.created, shop.git.pushes) == (1, 1)
    assert list(shop.folder.iterdir()) == []


def test_files_that_a_dead_process_left_are_cleared_with_the_run(shop: Workshop) -> None:
    run_id = shop.start()
    (shop.folder / f".{run_id}-half" / "whole").mkdir(parents=True)

    shop.work(run_id)

    assert list(shop.folder.iterdir()) == []


def test_what_other_replicas_finished_is_cleared_at_the_next_start_and_work_under_way_is_not(
    shop: Workshop,
) -> None:
    run_id = shop.start()
    (shop.folder / f".{run_id}-half").mkdir()
    for left in ("0123456789", ".0123456789-half"):
        (shop.folder / left / "docs").mkdir(parents=True)

    shop.engine.clear_leftovers()

    assert {item.name for item in shop.folder.iterdir()} == {run_id, f".{run_id}-half"}


def test_a_name_that_somebody_took_meanwhile_stops_the_run_and_leaves_theirs_alone(shop: Workshop) -> None:
    run_id = shop.start()
    theirs = shop.host.put("ticket-scanner", "mine, all mine")

    shop.work(run_id)

    heard = shop.listener.heard[-1]
    assert (heard.state, failed_step(heard)) == (RunState.FAILED, "create-repository")
    assert heard.error.startswith("GitHub already has a repository acme/ticket-scanner.")
    assert is_untouched(shop, theirs)
    assert list(shop.folder.iterdir()) == []


def test_a_repository_that_another_run_left_leads_to_the_retry_of_that_one(shop: Workshop) -> None:
    run_id = shop.start()
    shop.host.put("ticket-scanner", "Scans tickets. (Callboard run 0123456789)")

    shop.work(run_id)

    assert shop.create.progress(run_id).error.endswith(" Run 0123456789 began it: try that one again.")


@pytest.mark.parametrize(
    "changes",
    [
        {"created_at": -timedelta(days=1)},
        {"leads_to": RepositoryName("github.test", "acme", "renamed")},
        {"leads_to": RepositoryName("github.test", "elsewhere", "ticket-scanner")},
    ],
    ids=["older than the run", "renamed", "moved"],
)
def test_a_repository_that_only_looks_like_ours_is_left_alone(
    shop: Workshop, changes: dict[str, Any]
) -> None:
    run_id = shop.start()
    if "created_at" in changes:
        changes = {"created_at": shop.clock.now() + changes["created_at"]}
    theirs = shop.host.put("ticket-scanner", shop.store.run(run_id).marked_description, **changes)

    shop.work(run_id)

    assert failed_step(shop.create.progress(run_id)) == "create-repository"
    assert is_untouched(shop, theirs)


def test_a_creation_whose_answer_got_lost_is_found_as_ours(shop: Workshop) -> None:
    shop.host.loses_answers = 1

    assert shop.run().state is RunState.DONE
    assert shop.host.created == 1


def test_a_github_that_shows_the_new_repository_late_is_waited_for(shop: Workshop) -> None:
    shop.host.hides_new_for = 1

    assert shop.run().state is RunState.DONE
    assert shop.host.created == 1


def test_a_push_whose_answer_got_lost_is_not_pushed_twice(shop: Workshop) -> None:
    shop.git.loses_answers = 1

    assert shop.run().state is RunState.DONE
    assert shop.git.pushes == 1


def test_a_push_onto_other_content_stops_there_and_changes_nothing(shop: Workshop) -> None:
    shop.git.heads[URL] = "f" * 40

    progress = shop.run()

    assert (progress.state, failed_step(progress)) == (RunState.FAILED, "push")
    assert "already has a branch main with other content" in progress.error
    assert shop.git.heads == {URL: "f" * 40}
    assert "ticket-scanner" in shop.host.repositories


def test_a_github_that_stays_away_stops_the_run_and_a_retry_goes_on_from_that_step(shop: Workshop) -> None:
    run_id = shop.start()
    shop.host.is_away = True
    shop.work(run_id)
    stopped = shop.create.progress(run_id)

    shop.host.is_away = False
    shop.create.retry(run_id, ANA)
    shop.put_files(run_id)
    shop.work(run_id)

    assert failed_step(stopped) == "create-repository"
    assert [step.state for step in stopped.steps][:3] == [StepState.DONE, StepState.FAILED, StepState.WAITING]
    assert shop.create.progress(run_id).state is RunState.DONE
    assert shop.store.run(run_id).attempt == 2


def test_a_failed_attempt_says_nothing_once_a_retry_has_taken_over(shop: Workshop) -> None:
    run_id = shop.start()
    shop.host.is_away = True
    shop.work(run_id)
    shop.create.retry(run_id, ANA)
    heard = len(shop.listener.heard)

    shop.engine.failed(f"scaffold:{run_id}", {"run_id": run_id}, "an old story")

    assert len(shop.listener.heard) == heard
    assert shop.create.progress(run_id).state is RunState.RUNNING


def test_a_slack_that_is_away_does_not_stop_the_run(shop: Workshop) -> None:
    run_id = shop.start()

    def only_at_the_end(step: str, _when: str) -> None:
        shop.listener.is_deaf = step != "announce-finish"

    shop.work(run_id, crash=only_at_the_end)

    assert [heard.state for heard in shop.listener.heard] == [RunState.DONE]


def test_a_last_word_that_cannot_be_brought_leaves_the_run_done(shop: Workshop) -> None:
    run_id = shop.start()
    run = shop.store.run(run_id)
    shop.listener.is_deaf = True

    with pytest.raises(StepFailed):
        shop.engine.run(MemoryRun(run.key), {"run_id": run_id, "steps": list(USUAL_STEPS)})

    assert shop.create.progress(run_id).state is RunState.DONE


def test_a_team_without_a_place_on_github_is_skipped_and_said(shop: Workshop) -> None:
    run_id = shop.create.start("python-service", {**ANSWERS, "owner": "group:default/ushers"}, ANA, "acme")
    shop.put_files(run_id)
    shop.work(run_id)

    step = shop.create.progress(run_id).steps[3]
    assert (step.state, step.detail) == (StepState.SKIPPED, "Ushers has no team on GitHub")


def test_a_template_that_changed_meanwhile_stops_the_run_before_anything_exists(shop: Workshop) -> None:
    shop.engine = shop.engine_with(tuple(replace(template, version="2.0") for template in templates()))
    run_id = shop.create.start("python-service", ANSWERS, ANA, "acme")

    shop.work(run_id)

    progress = shop.create.progress(run_id)
    assert progress.error.startswith("The template python-service changed from 1.0 to 2.0 meanwhile.")
    assert shop.host.created == 0


def test_a_step_that_no_action_does_stops_the_run(shop: Workshop) -> None:
    run_id = shop.start()
    run = shop.store.run(run_id)
    shop.store.save(_with_odd_step(run))

    shop.work(run_id)

    assert "takes the step fly, which nothing here can do" in shop.create.progress(run_id).error


def _with_odd_step(run: ScaffoldRun) -> ScaffoldRun:
    first, *rest = run.steps
    return replace(run, steps=(replace(first, id="fly"), *rest))
