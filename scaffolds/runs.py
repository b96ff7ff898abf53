"""Pure: a run as it is stored, and what follows from it: its marker, its progress, its next step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from catalog_sync.entity.model import RepositoryName
from core.access import SlackUser, Visibility
from scaffolds.model import RunProgress, RunState, StepProgress, StepState

MAX_DESCRIPTION = 350
"""What GitHub takes as a repository's description."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run; ``output`` is what later steps need of it."""

    id: str
    title: str
    state: StepState = StepState.WAITING
    detail: str = ""
    output: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether it will not be taken again."""
        return self.state in (StepState.DONE, StepState.SKIPPED)


@dataclass(frozen=True, slots=True)
class ScaffoldRun:
    """One run: what was asked for, by whom, and how far it is."""

    run_id: str
    template: str
    template_version: str
    repository: RepositoryName
    visibility: Visibility
    description: str
    answers: Mapping[str, str]
    given: Mapping[str, str]
    seed: str
    group: str
    """The owning group's reference."""
    asked_by: SlackUser | None
    steps: tuple[Step, ...]
    started_at: datetime
    state: RunState = RunState.RUNNING
    error: str = ""
    entity: str = ""
    attempt: int = 1
    finished_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the job that works on it."""
        return job_key(self.run_id, self.attempt)

    @property
    def marker(self) -> str:
        """What proves that a repository is this run's own; stands in its description."""
        return f"(Callboard run {self.run_id})"

    @property
    def marked_description(self) -> str:
        """The description for GitHub: one line, short enough, with the marker at its end."""
        text = " ".join(self.description.split())
        room = MAX_DESCRIPTION - len(self.marker) - 1
        short = text if len(text) <= room else text[: room - 1].rstrip() + "…"
        return f"{short} {self.marker}".strip()

    def step(self, id: str) -> Step:
        """The step of an action; ``KeyError`` when the run takes no such step."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(id)

    def output(self, name: str, default: str = "") -> str:
        """What an earlier step left for later ones (``url``, ``branch``, ``sha``)."""
        for step in reversed(self.steps):
            if name in step.output:
                return str(step.output[name])
        return default

    def with_step(self, id: str, **changes: Any) -> "ScaffoldRun":
        """The run with one step changed."""
        return replace(
            self, steps=tuple(replace(step, **changes) if step.id == id else step for step in self.steps)
        )

    @property
    def current(self) -> Step | None:
        """The first step that is not over."""
        return next((step for step in self.steps if not step.is_over), None)

    def progress(self) -> RunProgress:
        """The run as people see it."""
        return RunProgress(
            run_id=self.run_id,
            template=self.template,
            template_version=self.template_version,
            repository=self.repository,
            repository_url=self.output("url"),
            asked_by=self.asked_by,
            owner=self.group,
            owner_title=self.given.get("_owner_title") or self.group.rpartition("/")[2],
            state=self.state,
            steps=tuple(StepProgress(step.id, step.title, step.state, step.detail) for step in self.steps),
            started_at=self.started_at,
            finished_at=self.finished_at,
            error=self.error,
            entity=self.entity,
            links=_links(self),
        )


def job_key(run_id: str, attempt: int) -> str:
    """``scaffold:<run>``, and ``scaffold:<run>:retry-2`` for its second attempt."""
    return f"scaffold:{run_id}" if attempt == 1 else f"scaffold:{run_id}:retry-{attempt}"


def run_behind(description: str) -> str:
    """The number of the run whose marker stands in a repository's description; empty where there is none."""
    found = re.search(r"\(Callboard run (\w+)\)", description)
    return found.group(1) if found else ""


def steps_for(titles: Sequence[tuple[str, str]]) -> tuple[Step, ...]:
    """Waiting steps from ids and titles."""
    return tuple(Step(action, title) for action, title in titles)


def _links(run: ScaffoldRun) -> tuple[tuple[str, str], ...]:
    url, branch, sha = run.output("url"), run.output("branch", "main"), run.output("sha")
    if not url:
        return ()
    if not sha:
        return (("Repository", url),)
    return (
        ("Repository", url),
        ("First commit", f"{url}/commit/{sha}"),
        ("Docs", f"{url}/tree/{branch}/docs"),
    )
