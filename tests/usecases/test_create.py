"""Starting a repository: who may, which answers do, and what is handed to the jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from core.access import Asker, SlackUser, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import NotAllowed, NotFound, UserError
from core.jobs import JobState
from scaffolds.actions import callboard_actions
from scaffolds.create import AnswersInvalid, Create
from scaffolds.model import RunState, StepState
from scaffolds.store import RunStore
from tests.fakes.scaffolds import ANA, ANSWERS, FakeGroups, FakeQueue, templates

BEN = Asker(Standing.MEMBER, SlackUser("T1", "U2"), "user:default/ben", frozenset({"group:default/payments"}))
EVE = Asker(Standing.MEMBER, SlackUser("T1", "U3"), "user:default/eve")
GUEST = Asker(Standing.GUEST, SlackUser("T1", "U4"))


@dataclass
class Desk:
    """The use cases over stand-ins."""

    create: Create
    queue: FakeQueue
    store: RunStore

    def start(self, asker: Asker = ANA, **changes: str) -> str:
        return self.create.start("python-service", {**ANSWERS, **changes}, asker, "acme")

    def faults(self, **changes: str) -> Mapping[str, str]:
        """What is refused, by question."""
        with pytest.raises(AnswersInvalid) as caught:
            self.start(**changes)
        return {fault.field: fault.message for fault in caught.value.faults}

    def fail(self, run_id: str) -> None:
        """Have a run stop at its second step."""
        run = self.store.run(run_id).with_step("create-repository", state=StepState.FAILED)
        self.store.save(replace(run, state=RunState.FAILED, error="It broke."))
        self.queue.states[run.key] = JobState.FAILED


@pytest.fixture
def desk(database: Database, clock: FixedClock) -> Desk:
    queue, store = FakeQueue(), RunStore(database, clock)
    create = Create(
        templates=templates(),
        actions=callboard_actions(),
        groups=FakeGroups(),
        host="github.test",
        web_url="https://github.test",
        is_known=lambda name: name.name == "known",
        jobs=queue,
        store=store,
        clock=clock,
    )
    return Desk(create, queue, store)


def test_members_see_the_templates_and_guests_see_none(desk: Desk) -> None:
    assert [template.name for template in desk.create.templates(ANA)] == ["python-library", "python-service"]
    assert desk.create.templates(GUEST) == ()


def test_a_guest_starts_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.start(GUEST)

    assert desk.queue.taken == {}


def test_a_template_that_is_not_there_is_answered_with_those_that_are(desk: Desk) -> None:
    with pytest.raises(NotFound) as caught:
        desk.create.start("cobol", ANSWERS, ANA, "acme")

    assert caught.value.hint == "There are: python-library, python-service."


def test_a_run_is_stored_and_handed_over_under_its_key(desk: Desk) -> None:
    run_id = desk.start()

    progress = desk.create.progress(run_id)
    assert (progress.repository.full_name, progress.asked_by, progress.owner, progress.state) == (
        "acme/ticket-scanner",
        ANA.slack,
        "group:default/payments",
        RunState.RUNNING,
    )
    steps = ["render", "create-repository", "push", "grant-team", "register"]
    assert desk.queue.taken == {
        f"scaffold:{run_id}": {"job": "scaffold.run", "run_id": run_id, "steps": steps}
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"project_slug": "Not A Name"}, "project_slug"),
        ({"project_slug": ""}, "project_slug"),
        ({"project_slug": "../escape"}, "project_slug"),
        ({"description": "{{ 7 * 7 }}"}, "description"),
        ({"description": ""}, "description"),
        ({"lifecycle": "eternal"}, "lifecycle"),
        ({"owner": "user:default/ana"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"owner": "group:default/nobody"}, "owner"),
        ({"colour": "blue"}, ""),
    ],
)
def test_an_answer_that_does_not_fit_is_told_at_its_question(
    desk: Desk, changes: Mapping[str, str], field: str
) -> None:
    assert list(desk.faults(**changes)) == [field]
    assert desk.queue.taken == {}


def test_all_faults_are_told_at_once(desk: Desk) -> None:
    assert set(desk.faults(project_slug="!", description="", lifecycle="x")) == {
        "project_slug",
        "description",
        "lifecycle",
    }


def test_the_owner_may_be_named_without_its_kind(desk: Desk) -> None:
    assert desk.create.progress(desk.start(owner="Payments")).owner == "group:default/payments"


def test_the_owners_team_reaches_the_template(desk: Desk) -> None:
    given = desk.store.run(desk.start()).given
    without_team = desk.store.run(desk.start(project_slug="other", owner="group:default/ushers")).given

    assert (given["_team"], given["_owner_title"], given["_organization"]) == ("payments", "Payments", "acme")
    assert without_team["_team"] == ""


def test_a_name_that_the_catalog_knows_is_refused_and_nothing_is_begun(desk: Desk) -> None:
    assert desk.faults(project_slug="known") == {"project_slug": "acme/known exists already."}
    assert desk.queue.taken == {}


def test_a_name_that_another_run_holds_is_refused(desk: Desk) -> None:
    first = desk.start()

    assert desk.faults() == {"project_slug": f"Run {first} is creating acme/ticket-scanner right now."}
    assert len(desk.queue.taken) == 1


def test_a_name_of_a_run_that_failed_is_free_again(desk: Desk) -> None:
    desk.fail(desk.start())

    assert desk.start() in str(desk.queue.taken)


@pytest.mark.parametrize("asker", [ANA, BEN])
def test_who_asked_and_who_will_own_it_may_try_again(desk: Desk, asker: Asker) -> None:
    run_id = desk.start()
    desk.fail(run_id)

    desk.create.retry(run_id, asker)

    assert desk.queue.taken[f"scaffold:{run_id}:retry-2"]["run_id"] == run_id
    assert desk.create.progress(run_id).steps[1].state is StepState.WAITING


def test_nobody_else_may_try_again(desk: Desk) -> None:
    run_id = desk.start()
    desk.fail(run_id)

    with pytest.raises(NotAllowed):
        desk.create.retry(run_id, EVE)


def test_a_guest_hears_nothing_of_a_private_run(desk: Desk) -> None:
    run_id = desk.start()

    with pytest.raises(NotFound):
        desk.create.retry(run_id, GUEST)


def test_a_run_under_way_is_not_tried_again(desk: Desk) -> None:
    run_id = desk.start()

    with pytest.raises(UserError, match="still under way"):
        desk.create.retry(run_id, ANA)


def test_a_retry_waits_for_another_run_of_the_name(desk: Desk) -> None:
    failed = desk.start()
    desk.fail(failed)
    other = desk.start()

    with pytest.raises(UserError, match=f"Run {other} is creating acme/ticket-scanner right now"):
        desk.create.retry(failed, ANA)


def test_what_was_reserved_and_never_handed_over_is_found_at_the_next_start(desk: Desk) -> None:
    run_id = desk.start()
    desk.queue.taken.clear()

    assert desk.create.resume_lost() == (run_id,)
    assert desk.create.resume_lost() == ()
    assert list(desk.queue.taken) == [f"scaffold:{run_id}"]
