"""Pure: what a run of a Backstage template does next: which steps run, with which inputs, and what comes out.

Source: NunjucksWorkflowRunner of Backstage's scaffolder 4.2, with the answers of its own code in
``tests/conformance/expressions.json``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import UserError
from scaffolds.nunjucks.renderer import UNDEFINED, Renderer, TemplateFault
from scaffolds.nunjucks.values import ordered


class StepRefused(UserError):
    """A step cannot begin: its ``each`` leads to nothing that can be gone through. The step has failed."""


@dataclass(frozen=True, slots=True)
class BackstageStep:
    """One step as it stands in a template.yaml.

    ``condition`` and ``each`` are ``UNDEFINED`` when they are not there, which is another thing than ``null``.
    """

    id: str
    name: str
    action: str
    input: Mapping[str, Any] = field(default_factory=dict)
    condition: Any = UNDEFINED
    each: Any = UNDEFINED

    @property
    def has_each(self) -> bool:
        """Whether the step runs once for every item of something."""
        return self.each is not UNDEFINED


@dataclass(frozen=True, slots=True)
class ActionCall:
    """One call of an action; ``key`` is that of the item of ``each``, ``None`` without."""

    input: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """What the run knows; JSON-like, so that it can be stored after every step.

    ``secrets`` reach the inputs of actions and ``each``, and nothing else: no condition, no output.
    """

    parameters: Mapping[str, Any]
    user: Mapping[str, Any] = field(default_factory=dict)
    task_id: str = ""
    secrets: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=lambda: {"parameters": {}, "secrets": {}})
    steps: Mapping[str, Any] = field(default_factory=dict)
    """``steps.<id>.output`` of the steps that are done; a skipped or failed one has none."""
    has_failed: bool = False

    def done(self, step: BackstageStep, outputs: Iterable[Mapping[str, Any]]) -> "WorkflowState":
        """The state after a step.

        Args:
            step: The step.
            outputs: Of every call of its action, in order; those of an ``each`` become lists.
        """
        found: dict[str, Any] = {}
        for output in outputs:
            for name, value in output.items():
                found[name] = [*found.get(name, ()), value] if _is_truthy(step.each) else value
        return replace(self, steps={**self.steps, step.id: {"output": found}})

    def failed(self) -> "WorkflowState":
        """The state after a step failed: from now on only steps run that ask for it."""
        return replace(self, has_failed=True)


class Workflow:
    """Works out steps and outputs from a state.

    Args:
        renderer: How expressions are rendered; ``always`` and ``failure`` are added to it.
    """

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def calls(self, step: BackstageStep, state: WorkflowState) -> list[ActionCall] | None:
        """The calls of the step's action; ``None`` when the step is skipped.

        Raises:
            StepRefused: The step fails before its action is called.
        """
        if state.has_failed and not self._asks_for_status(step, state):
            return None
        if step.condition is False:
            return None
        is_plain = isinstance(step.condition, str) and not step.has_each
        if is_plain and not is_true(self._render(step.condition, _context(state), state)):
            return None
        context = {**_context(state), "environment": state.environment, "secrets": state.secrets}
        if not step.has_each:
            return [ActionCall(self._input(step, context, state))]
        return list(self._iterations(step, context, state))

    def output(self, output: Mapping[str, Any], state: WorkflowState) -> dict[str, Any]:
        """What the run shows at its end; links and texts whose ``if`` is false are left out."""
        found: dict[str, Any] = self._render(dict(output), _context(state), state)
        for name in ("links", "text"):
            if isinstance(found.get(name), list):
                found[name] = [_without_condition(item) for item in found[name] if _is_shown(item)]
        return found

    def _iterations(
        self, step: BackstageStep, context: Mapping[str, Any], state: WorkflowState
    ) -> Iterable[ActionCall]:
        for key, value in _pairs(step, self._render(step.each, context, state)):
            within = {**context, "each": {"key": key, "value": value}}
            is_unconditional = not _is_truthy(step.condition)
            if is_unconditional or is_true(self._render(step.condition, within, state)):
                yield ActionCall(self._input(step, within, state), key)

    def _input(self, step: BackstageStep, context: Mapping[str, Any], state: WorkflowState) -> dict[str, Any]:
        found: dict[str, Any] = self._render(dict(step.input), context, state)
        return found

    def _asks_for_status(self, step: BackstageStep, state: WorkflowState) -> bool:
        """Whether ``always()`` or ``failure()`` is really called while the condition is worked out."""
        if not isinstance(step.condition, str):
            return False
        asked: list[str] = []
        self._render(step.condition, _context(state), state, asked)
        return bool(asked)

    def _render(
        self,
        value: Any,
        context: Mapping[str, Any],
        state: WorkflowState,
        asked: list[str] | None = None,
    ) -> Any:
        noted: list[str] = [] if asked is None else asked

        def always() -> bool:
            noted.append("always")
            return True

        def failure() -> bool:
            noted.append("failure")
            return state.has_failed

        functions = {**self._renderer.functions, "always": always, "failure": failure}
        return render_deep(value, replace(self._renderer, functions=functions), context)


def render_deep(value: Any, renderer: Renderer, context: Mapping[str, Any]) -> Any:
    """A JSON-like value with every text in it rendered; keys stay as they are.

    A text that cannot be rendered stays as it was written. An undefined value takes its key with it;
    in a list it becomes ``None``.
    """
    if isinstance(value, str):
        try:
            return renderer.value(value, context)
        except TemplateFault:
            return value
    if isinstance(value, list):
        items = (render_deep(item, renderer, context) for item in value)
        return [None if item is UNDEFINED else item for item in items]
    if isinstance(value, dict):
        pairs = ((key, render_deep(item, renderer, context)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not UNDEFINED}
    return value


def is_true(value: Any) -> bool:
    """Whether a condition holds: an empty list does not, though it is true within an expression."""
    return bool(value) if isinstance(value, list) else _is_truthy(value)


def _is_truthy(value: Any) -> bool:
    if value is UNDEFINED or value is None:
        return False
    if isinstance(value, float) and value != value:
        return False
    return True if isinstance(value, list | dict) else bool(value)


def _context(state: WorkflowState) -> dict[str, Any]:
    environment = {"parameters": state.environment.get("parameters", {}), "secrets": {}}
    return {
        "parameters": state.parameters,
        "environment": environment,
        "steps": state.steps,
        "user": state.user,
        "context": {"task": {"id": state.task_id}},
    }


def _pairs(step: BackstageStep, found: Any) -> list[tuple[str, Any]]:
    if isinstance(found, list):
        return [(str(index), item) for index, item in enumerate(found)]
    if isinstance(found, dict):
        return ordered(found)
    raise StepRefused(
        f"The step {step.name or step.id} goes through each of {step.each!r}, which is no list or record."
    )


def _is_shown(item: Any) -> bool:
    return not isinstance(item, dict) or "if" not in item or is_true(item["if"])


def _without_condition(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != "if"} if isinstance(item, dict) else item
