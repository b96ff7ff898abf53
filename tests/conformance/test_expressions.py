"""``${{ }}`` gives what Backstage's renderer gives: values in their own type, texts byte for byte, faults of the same kind."""

import math
from typing import Any

import pytest

from scaffolds.nunjucks.backstage_filters import DEFAULT_HOSTS, backstage_filters
from scaffolds.nunjucks.renderer import UNDEFINED, Grammar, Renderer, TemplateFault
from tests.conformance.cases import Case, cases, document, has

CONTEXTS: dict[str, Any] = document("expressions")["about"]["contexts"] if has("expressions") else {}
HOSTS = {**DEFAULT_HOSTS, "gitea.example.org": "gitea"}
TOPICS = (
    sorted({case["id"].split(".")[1] for case in document("expressions")["cases"]} - {"task"})
    if CONTEXTS
    else []
)


def renderer(mode: str) -> Renderer:
    """The renderer of a mode; ``always`` and ``failure`` are known in values only."""
    grammar = Grammar(mode == "cookiecutter", "trimBlocks" in mode, "lstripBlocks" in mode)
    statuses = {"always": lambda: True, "failure": lambda: False} if mode == "value" else {}
    return Renderer(backstage_filters(HOSTS), statuses, grammar, runs_patterns=True)


def described(value: Any) -> Case:
    """A value as the fixtures describe it."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    if value is UNDEFINED or value is None:
        return {"type": "undefined"} if value is UNDEFINED else {"type": "null", "value": None}
    if isinstance(value, float) and not math.isfinite(value):
        return {"type": "number", "text": "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"}
    negative_zero = {"negativeZero": True} if value == 0 and str(value) == "-0.0" else {}
    return {"type": kinds[type(value)], "value": value, **negative_zero}


@pytest.mark.parametrize(("given", "expect"), cases("expressions", *TOPICS))
def test_an_expression_gives_what_it_gives_in_backstage(given: Case, expect: Case) -> None:
    if not given:
        return
    engine, context = renderer(given["mode"]), CONTEXTS[given.get("context", "main")]
    render = engine.value if given["mode"] == "value" else engine.text
    if "error" in expect:
        with pytest.raises(TemplateFault) as caught:
            render(given["template"], context)
        assert caught.value.kind == expect["error"]
        return
    assert described(render(given["template"], context)) == expect
