"""The durable run: one recorded step for each action, taken up where it stopped, told of after each."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import structlog

from catalog_sync.entity.model import RepositoryName
from core.clock import Clock
from core.errors import Unavailable, UserError
from core.jobs import JSON, Run
from scaffolds import jail
from scaffolds.actions.port import Action, Publisher, Pusher, Work
from scaffolds.model import RunProgress, RunState, StepState, Template
from scaffolds.questions import fill
from scaffolds.runs import ScaffoldRun
from scaffolds.store import RunStore

_log = structlog.get_logger(__name__)


class Announcer(Protocol):
    """Whoever shows a run to people: one message for each run, edited in place."""

    def run_changed(self, progress: RunProgress) -> None:
        """Show how far the run is; told the same twice, it shows it once.

        Raises:
            SlackUnavailable: It could not be shown now.
        """
        ...


class Engine:
    """Works on runs.

    Args:
        templates: By name.
        actions: What steps can be made of, built-in and plugged in.
        github: Where repositories are created.
        git: Pushes.
        store: The runs.
        clock: Tells the present.
        announcer: Shows runs to people.
        folder: Where rendered files lie until they are pushed; may be lost at any time.
        register: Makes the catalog look at a repository now.
        entity_of: The reference of a repository's entity, empty where the catalog has none.
        timeout_s: How long one rendering may take.
        pause: Waits so many seconds.
    """

    def __init__(
        self,
        *,
        templates: Sequence[Template],
        actions: Sequence[Action],
        github: Publisher,
        git: Pusher,
        store: RunStore,
        clock: Clock,
        announcer: Announcer,
        folder: Path,
        register: Callable[[RepositoryName], None],
        entity_of: Callable[[RepositoryName], str],
        timeout_s: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._templates = {template.name: template for template in templates}
        self._actions = {action.name: action for action in actions}
        self._github, self._git, self._store, self._clock = github, git, store, clock
        self._announcer = announcer
        self._folder = folder
        self._register, self._entity_of = register, entity_of
        self._timeout_s = timeout_s
        self._pause = pause

    def run(self, run: Run, payload: dict[str, JSON]) -> JSON:
        """The job: every step of one run, each recorded, each followed by word of it."""
        run_id, steps = str(payload["run_id"]), [str(step) for step in payload["steps"]]
        run.step("announce-start", lambda: self._announce(run_id))
        for step in steps:
            run.step(step, self._taking(run_id, step))
            if step != steps[-1]:
                run.step(f"announce-{step}", lambda: self._announce(run_id))
        run.step("finish", lambda: self._finish(run_id))
        run.step("announce-finish", lambda: self._announce(run_id, insist=True))
        return {"repository": str(self._store.run(run_id).repository)}

    def failed(self, key: str, payload: dict[str, JSON], cause: str) -> None:
        """The job is out of tries: say which step failed, and why, and let the name go.

        What exists already stays, so that a retry can go on from there.
        """
        run = self._store.run(str(payload["run_id"]))
        if run.key != key or run.state is RunState.DONE:
            # A retry has taken over, or only the last word about it could not be brought.
            return
        if run.state is RunState.RUNNING:
            current = run.current
            stopped = run.with_step(current.id, state=StepState.FAILED, detail=cause) if current else run
            self._store.save(
                replace(stopped, state=RunState.FAILED, error=cause, finished_at=self._clock.now())
            )
            self._clear(run.run_id)
        self._announce(run.run_id, insist=True)

    def clear_leftovers(self) -> None:
        """Remove the files of runs that are over; called at every start.

        A process that dies leaves what it rendered, and another replica may have finished its run.
        """
        active = {run.run_id for run in self._store.active()}
        for item in self._folder.glob("*"):
            if item.name.lstrip(".").partition("-")[0] not in active:
                shutil.rmtree(item, ignore_errors=True)

    def _taking(self, run_id: str, id: str) -> Callable[[], str]:
        return lambda: self._take(run_id, id)

    def _take(self, run_id: str, id: str) -> str:
        """One step; a step that is over by the run's own record is not taken again."""
        run = self._store.run(run_id)
        step = run.step(id)
        if step.is_over:
            return step.detail
        if step.state is not StepState.RUNNING:
            run = run.with_step(id, state=StepState.RUNNING)
            self._store.save(run)
        outcome = self._action(id).run(self._work(run))
        state = StepState.SKIPPED if outcome.is_skipped else StepState.DONE
        done = run.with_step(id, state=state, detail=outcome.detail, output=dict(outcome.output))
        self._store.save(replace(done, entity=outcome.output.get("entity") or run.entity))
        return outcome.detail

    def _action(self, id: str) -> Action:
        if id not in self._actions:
            raise UserError(
                f"The template takes the step {id}, which nothing here can do.", "Install its plugin."
            )
        return self._actions[id]

    def _work(self, run: ScaffoldRun) -> Work:
        return Work(
            run=run,
            github=self._github,
            git=self._git,
            clock=self._clock,
            files=lambda: self._files(run),
            register=self._register,
            entity_of=self._entity_of,
            pause=self._pause,
        )

    def _files(self, run: ScaffoldRun) -> Path:
        """The rendered folder; another machine, or a crash, may mean that it has to be rendered again."""
        folder = self._folder / run.run_id
        if folder.is_dir():
            return folder
        template = self._template(run)
        setting = jail.Setting(run.given, run.seed, run.started_at.timestamp())
        jail.render(template, fill(template, run.answers), folder, self._timeout_s, setting)
        return folder

    def _template(self, run: ScaffoldRun) -> Template:
        template = self._templates.get(run.template)
        if template is None:
            raise UserError(f"The template {run.template} is no longer here.")
        if template.version != run.template_version:
            raise UserError(
                f"The template {run.template} changed from {run.template_version} to {template.version} meanwhile.",
                "Retry to use the new one.",
            )
        return template

    def _announce(self, run_id: str, *, insist: bool = False) -> None:
        """Tell people; the step that comes next is shown as under way.

        Only the last word is insisted on: a run does not stop because Slack is away, and the next
        announcement carries all that this one would have said.
        """
        run = self._store.run(run_id)
        current = run.current
        if run.state is RunState.RUNNING and current and current.state is StepState.WAITING:
            run = run.with_step(current.id, state=StepState.RUNNING)
            self._store.save(run)
        try:
            self._announcer.run_changed(run.progress())
        except Unavailable as error:
            if insist:
                raise
            _log.warning("scaffold.not_announced", run=run_id, cause=error.message)

    def _finish(self, run_id: str) -> None:
        run = self._store.run(run_id)
        if run.state is RunState.RUNNING:
            self._store.save(replace(run, state=RunState.DONE, finished_at=self._clock.now()))
        self._clear(run_id)

    def _clear(self, run_id: str) -> None:
        # A process that died while it rendered left a folder with a name of its own.
        for item in (self._folder / run_id, *self._folder.glob(f".{run_id}-*")):
            shutil.rmtree(item, ignore_errors=True)


def titles(
    actions: Mapping[str, Action] | Sequence[Action], steps: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Id and title of each step.

    Raises:
        UserError: A template names a step that no action does.
    """
    known = actions if isinstance(actions, Mapping) else {action.name: action for action in actions}
    missing = [step for step in steps if step not in known]
    if missing:
        raise UserError(
            f"Nothing here can do the step {missing[0]}.", f"There are {', '.join(sorted(known))}."
        )
    return tuple((step, known[step].title) for step in steps)
