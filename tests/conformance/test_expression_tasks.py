"""A whole run of a template: which steps run, the inputs of each, what comes out, and why it failed."""

import json
import math
from typing import Any

import pytest

from scaffolds.backstage_workflow import BackstageStep, StepRefused, Workflow, WorkflowState
from scaffolds.nunjucks.backstage_filters import backstage_filters
from scaffolds.nunjucks.renderer import UNDEFINED, Renderer
from tests.conformance.cases import Case, cases
from tests.conformance.test_expressions import CONTEXTS, HOSTS


class ActionFailed(Exception):
    """What an action throws."""


def as_json(value: Any) -> Any:
    """The value as the fixtures could record it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return {key: as_json(item) for key, item in value.items()} if isinstance(value, dict) else value


class Run:
    """A run with the fixtures' three actions: one gives back its input, one always fails, one fails for b."""

    def __init__(self, given: Case) -> None:
        parameters = given["parameters"]
        known = CONTEXTS["main"]["parameters"] if parameters == "main" else parameters
        self.workflow = Workflow(Renderer(backstage_filters(HOSTS), runs_patterns=True))
        self.state = WorkflowState(known, given.get("user") or {}, "task-1", given.get("secrets") or {})
        self.inputs: list[Case] = []
        self.status: dict[str, str] = {}
        self.first_failure = ""

    def take(self, raw: Case) -> None:
        step = BackstageStep(
            raw["id"], raw["name"], raw["action"], raw.get("input") or {}, raw.get("if", UNDEFINED),
            raw.get("each", UNDEFINED),
        )  # fmt: skip
        try:
            calls = self.workflow.calls(step, self.state)
            if calls is None:
                self.status[step.id] = "skipped"
                return
            self.state = self.state.done(step, [self.act(step, dict(call.input)) for call in calls])
        except (ActionFailed, StepRefused) as error:
            self.first_failure = self.first_failure or (
                "action" if isinstance(error, ActionFailed) else "InputError"
            )
            self.state, self.status[step.id] = self.state.failed(), "failed"
            return
        self.status[step.id] = "completed"

    def act(self, step: BackstageStep, sent: dict[str, Any]) -> dict[str, Any]:
        self.inputs.append({"step": step.id, "input": as_json(sent)})
        if step.action == "fail" or (step.action == "fail-on-b" and sent.get("v") == "b"):
            raise ActionFailed
        return {"input": sent}


@pytest.mark.parametrize(("given", "expect"), cases("expressions", "task"))
def test_a_run_goes_as_it_goes_in_backstage(given: Case, expect: Case) -> None:
    if not given:
        return
    run = Run(json.loads(json.dumps(given)))
    for step in given["steps"]:
        run.take(step)

    found: Case = {"inputs": run.inputs, "status": run.status}
    if run.first_failure:
        found["failed"] = run.first_failure
    else:
        found["output"] = as_json(run.workflow.output(given["output"], run.state))
    assert found == expect
