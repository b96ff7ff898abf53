"""The door to Backstage's templating in the jail: skeletons, the inputs of a step, the outputs of a run."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffolds.backstage_in_jail import ANSWER, as_request
from scaffolds.backstage_workflow import ActionCall, BackstageStep, StepRefused, WorkflowState
from scaffolds.jail import Rendered, render_backstage
from scaffolds.nunjucks.backstage_filters import DEFAULT_HOSTS


class BackstageJail:
    """Works out one template's expressions and files where they can do no harm.

    Args:
        template: The template's name, for what people read.
        timeout_s: How long each piece of work may take.
        hosts: Git hosts by name with their kind.
    """

    def __init__(self, template: str, timeout_s: float, hosts: Mapping[str, str] = DEFAULT_HOSTS) -> None:
        self._template = template
        self._timeout_s = timeout_s
        self._hosts = dict(hosts)

    def skeleton(self, folder: Path, given: Mapping[str, Any], out: Path) -> Rendered:
        """What ``fetch:template`` makes of a folder.

        Args:
            folder: The skeleton.
            given: The input of the step, rendered: ``values`` and options.
            out: Where the files go; replaced when it exists, untouched when anything fails.

        Raises:
            UserError: A file cannot be rendered: which, where and why.
        """
        options = {name: value for name, value in given.items() if name != "values"}
        request = {"do": "skeleton", "values": given.get("values") or {}, "options": options}
        return render_backstage(
            self._template, {**request, "hosts": self._hosts}, out, self._timeout_s, folder
        )

    def calls(self, step: BackstageStep, state: WorkflowState) -> list[ActionCall] | None:
        """As ``Workflow.calls``."""
        found = self._asked({"do": "calls", "step": as_request(step), "state": as_request(state)})
        if "refused" in found:
            raise StepRefused(found["refused"])
        calls = found["calls"]
        return None if calls is None else [ActionCall(call["input"], call["key"]) for call in calls]

    def output(self, output: Mapping[str, Any], state: WorkflowState) -> dict[str, Any]:
        """As ``Workflow.output``."""
        return self._asked({"do": "output", "output": dict(output), "state": as_request(state)})

    def _asked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="callboard-answer-") as name:
            out = Path(name) / "out"
            render_backstage(self._template, {**request, "hosts": self._hosts}, out, self._timeout_s)
            answer: dict[str, Any] = json.loads((out / ANSWER).read_text(encoding="utf-8"))
        return answer
