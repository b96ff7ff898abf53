"""The use cases: which templates there are, start a repository from one, how far it is, try again."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.refs import parse_ref
from catalog_sync.estate import TeamProfile
from core.access import OPERATOR, Asker, Visibility, may_act_for, may_create, visible_to
from core.clock import Clock
from core.errors import NotAllowed, NotFound, UserError
from core.jobs import JSON, JobStatus
from scaffolds.actions import USUAL_STEPS
from scaffolds.actions.port import Action
from scaffolds.engine import titles
from scaffolds.jobs import RUN
from scaffolds.model import AnswerFault, RunProgress, RunState, StepState, Template
from scaffolds.questions import check, fill
from scaffolds.runs import ScaffoldRun, steps_for
from scaffolds.store import NameReservedError, RunStore


class AnswersInvalid(UserError):
    """Some answers do not fit; ``faults`` says which, and the message is the first of them."""

    def __init__(self, faults: Sequence[AnswerFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults[0].message)


class Groups(Protocol):
    """The part of the catalog that is asked here; ``catalog_sync.ask.Ask`` is one."""

    def team(self, ref: str) -> TeamProfile | None:
        """A team by its reference."""
        ...


class Queue(Protocol):
    """Where work is handed over; ``core.jobs.Jobs`` is one."""

    def enqueue(self, name: str, key: str, payload: dict[str, JSON] | None = None) -> bool:
        """See ``Jobs.enqueue``."""
        ...

    def status(self, key: str) -> JobStatus | None:
        """See ``Jobs.status``."""
        ...


class Create:
    """Starting new repositories.

    Args:
        templates: What can be started.
        actions: What steps can be made of.
        groups: The catalog.
        host: The host that repositories are created on.
        web_url: Where people reach that host.
        jobs: Works on runs.
        store: The runs.
        clock: Tells the present.
        is_known: Whether the catalog has a repository of that name already.
        is_private: Whether new repositories are private.
        new_id: Makes a run's number; short, because people read it.
    """

    def __init__(
        self,
        *,
        templates: Sequence[Template],
        actions: Sequence[Action],
        groups: Groups,
        host: str,
        web_url: str,
        jobs: Queue,
        store: RunStore,
        clock: Clock,
        is_known: Callable[[RepositoryName], bool],
        is_private: bool = True,
        new_id: Callable[[], str] = lambda: secrets.token_hex(5),
    ) -> None:
        self._templates = {template.name: template for template in templates}
        self._actions = {action.name: action for action in actions}
        self._groups, self._jobs = groups, jobs
        self._host, self._web_url = host, web_url
        self._store, self._clock, self._is_known = store, clock, is_known
        self._visibility = Visibility.PRIVATE if is_private else Visibility.PUBLIC
        self._new_id = new_id
        for template in templates:
            titles(self._actions, template.steps or USUAL_STEPS)

    def templates(self, asker: Asker) -> tuple[Template, ...]:
        """The templates that the asker may use, by title; none for guests."""
        return tuple(self._templates.values()) if may_create(asker) else ()

    def template(self, name: str, asker: Asker) -> Template:
        """One template.

        Raises:
            NotAllowed: The asker may start nothing.
            NotFound: There is no template of that name.
        """
        if not may_create(asker):
            raise NotAllowed("Guests cannot start repositories.", "Ask a member of the team to do it.")
        if name not in self._templates:
            known = ", ".join(self._templates) or "none"
            raise NotFound(f"There is no template {name}.", f"There are: {known}.")
        return self._templates[name]

    def start(
        self, template_name: str, answers: Mapping[str, str], asker: Asker, repository_owner: str
    ) -> str:
        """Start a repository; returns the run's number. It is made in the background.

        Nobody outside is asked, so a person can wait for it; when it returns, the run is written
        down and survives a crash. A name that only the host knows stops the run.

        Args:
            template_name: Which template.
            answers: Question to answer; what is left out gets its default.
            asker: Who wants it.
            repository_owner: The organisation that it goes to.

        Raises:
            NotAllowed: The asker may start nothing.
            NotFound: There is no such template.
            AnswersInvalid: Answers do not fit, or the name is taken; nothing was begun.
        """
        template = self.template(template_name, asker)
        self._refuse(check(template, answers))
        values = fill(template, answers)
        run = self._new_run(template, answers, values, asker, repository_owner)
        if self._is_known(run.repository):
            taken = f"{run.repository.full_name} exists already."
            self._refuse([AnswerFault(template.repository_question, taken)])
        try:
            self._store.add(run)
        except NameReservedError as error:
            self._refuse([AnswerFault(template.repository_question, _reserved(run, error.run_id))])
        self._enqueue(run)
        return run.run_id

    def progress(self, run_id: str, asker: Asker = OPERATOR) -> RunProgress:
        """How far a run is.

        Raises:
            NotFound: There is no such run, or nothing that the asker may see.
        """
        return self._store.run(run_id, visible_to(asker)).progress()

    def retry(self, run_id: str, asker: Asker = OPERATOR) -> None:
        """Go on with a failed run at the step that failed, under the template as it is now.

        Raises:
            NotFound: There is no such run, or nothing that the asker may see.
            NotAllowed: The asker neither started it nor belongs to the team that will own it.
            UserError: It has not failed, or its name is taken by another run meanwhile.
        """
        run = self._store.run(run_id, visible_to(asker))
        if not self._may_retry(run, asker):
            raise NotAllowed("Only who started it, and the team that will own it, can try again.")
        if run.state is RunState.DONE:
            raise UserError(f"{run.repository.full_name} is finished already.")
        if run.state is RunState.RUNNING and not self._is_lost(run):
            raise UserError("It is still under way.", "Wait until it is done or has failed.")
        again = self._again(run)
        try:
            self._store.save(again)
        except NameReservedError as error:
            raise UserError(_reserved(run, error.run_id)) from error
        self._enqueue(again)

    def resume_lost(self) -> tuple[str, ...]:
        """Hand over again what was reserved and never reached the queue; called at every start.

        A process may die between the two. Returns the numbers of the runs.
        """
        lost = [run for run in self._store.active() if self._jobs.status(run.key) is None]
        for run in lost:
            self._enqueue(run)
        return tuple(run.run_id for run in lost)

    def _new_run(
        self,
        template: Template,
        answers: Mapping[str, str],
        values: Mapping[str, str],
        asker: Asker,
        organization: str,
    ) -> ScaffoldRun:
        name = RepositoryName(self._host, organization, values[template.repository_question])
        group = str(parse_ref(values[template.owner_question], "Group"))
        team = self._groups.team(group)
        if team is None:
            raise AnswersInvalid([AnswerFault(template.owner_question, "The catalog knows no such team.")])
        return ScaffoldRun(
            run_id=self._new_id(),
            template=template.name,
            template_version=template.version,
            repository=name,
            visibility=self._visibility,
            description=values.get(template.description_question, "") or template.description,
            answers={**answers, template.owner_question: group},
            given=_given(template, name, team, self._web_url),
            seed=secrets.token_hex(16),
            group=group,
            asked_by=asker.slack,
            steps=steps_for(titles(self._actions, template.steps or USUAL_STEPS)),
            # Whole seconds: a commit knows no smaller ones.
            started_at=self._clock.now().replace(microsecond=0),
        )

    def _refuse(self, faults: Sequence[AnswerFault]) -> None:
        if faults:
            raise AnswersInvalid(faults)

    def _enqueue(self, run: ScaffoldRun) -> None:
        self._jobs.enqueue(RUN, run.key, {"run_id": run.run_id, "steps": [step.id for step in run.steps]})

    def _may_retry(self, run: ScaffoldRun, asker: Asker) -> bool:
        is_own = run.asked_by is not None and run.asked_by == asker.slack
        return may_create(asker) and (is_own or may_act_for(asker, run.group))

    def _is_lost(self, run: ScaffoldRun) -> bool:
        """Whether nobody will ever work on it: its process died each time, or it never reached the queue."""
        status = self._jobs.status(run.key)
        return status is None or status.is_finished

    def _again(self, run: ScaffoldRun) -> ScaffoldRun:
        template = self._templates.get(run.template)
        again = replace(run, state=RunState.RUNNING, error="", finished_at=None, attempt=run.attempt + 1)
        if template and not run.output("sha"):
            # Nothing of the old rendering is published yet, so the mended template may be used.
            again = replace(again, template_version=template.version)
        for step in again.steps:
            if not step.is_over:
                again = again.with_step(step.id, state=StepState.WAITING, detail="")
        return again


def _reserved(run: ScaffoldRun, by: str) -> str:
    return f"Run {by} is creating {run.repository.full_name} right now."


def _given(template: Template, name: RepositoryName, team: TeamProfile, web_url: str) -> dict[str, str]:
    """What Callboard fills in where a template declares these private variables."""
    given = {
        "_host": name.host,
        "_web_url": web_url,
        "_organization": name.owner,
        "_repository": name.name,
        "_owner": team.ref,
        "_owner_title": "".join(c for c in " ".join(team.title.split()) if c.isprintable()),
        # A group may come from a file, or from another host; then there is no team to grant.
        "_team": team.slug if team.host == name.host else "",
    }
    unsafe = [key for key, value in given.items() if "{{" in value or "{%" in value or "{#" in value]
    if unsafe:
        raise AnswersInvalid(
            [AnswerFault(template.owner_question, "The team's name has template markers in it.")]
        )
    return given
