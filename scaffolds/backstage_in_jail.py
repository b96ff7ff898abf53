"""What of Backstage's templating is done inside the jail; the working folder is the jail's own."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from scaffolds.backstage_workflow import BackstageStep, StepRefused, Workflow, WorkflowState
from scaffolds.nunjucks.backstage_filters import backstage_filters
from scaffolds.nunjucks.renderer import Renderer
from scaffolds.skeletons import options_from, render_skeleton

ANSWER = "answer.json"
"""The file below ``out`` that holds what was worked out."""


def work(request: Mapping[str, Any]) -> None:
    """Do what is asked for: ``skeleton``, ``calls`` or ``output``.

    Raises:
        UserError: The template is at fault.
    """
    if request["do"] == "skeleton":
        options = options_from(request["options"])
        render_skeleton(Path("template"), Path("out"), request["values"], options, request["hosts"])
        return
    workflow = Workflow(Renderer(backstage_filters(request["hosts"]), runs_patterns=True))
    state = WorkflowState(**request["state"])
    if request["do"] == "output":
        found: Any = workflow.output(request["output"], state)
    else:
        found = _calls(workflow, BackstageStep(**request["step"]), state)
    Path("out", ANSWER).write_text(json.dumps(found), encoding="utf-8")


def _calls(workflow: Workflow, step: BackstageStep, state: WorkflowState) -> Any:
    try:
        calls = workflow.calls(step, state)
    except StepRefused as error:
        return {"refused": error.message}
    return {
        "calls": None if calls is None else [{"input": dict(call.input), "key": call.key} for call in calls]
    }


def as_request(value: BackstageStep | WorkflowState) -> dict[str, Any]:
    """A step or state as JSON; what is undefined is left out."""
    pairs = ((part.name, getattr(value, part.name)) for part in fields(value))
    return {name: item for name, item in pairs if type(item).__name__ != "Undefined"}
