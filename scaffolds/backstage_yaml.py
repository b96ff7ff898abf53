"""Pure: ``template.yaml`` (v1beta3) becomes a template of ours: pages of questions, steps, outputs.

What the kind Template has to hold is checked by ``catalog_sync.entity.template_spec``; here only that
is added which a run needs: what the pages ask, and expressions that can be read. Backstage leaves an
expression that it cannot read as it is written, so such a one is a warning, not an error.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog_sync.entity.descriptor import fault_at, faults_of
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.entity.yaml_reader import Document, read_documents
from core.errors import Fault, InvalidFile, Severity
from scaffolds.backstage_workflow import BackstageStep
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.scanner import Grammar
from scaffolds.nunjucks.template_parser import parse
from scaffolds.nunjucks.values import UNDEFINED, to_units

API_VERSION = "scaffolder.backstage.io/v1beta3"

_Path = tuple[str | int, ...]
_SCHEMAS = ("properties", "definitions", "$defs", "patternProperties")
"""Keywords of JSON Schema that hold schemas by name."""
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("if", "then", "else", "not", "items", "additionalProperties")
_MAX_DEPTH = 30
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions: a JSON Schema with ``ui:`` keywords, as it is written."""

    title: str
    description: str
    schema: Mapping[str, Any]

    @property
    def properties(self) -> Mapping[str, Any]:
        """The fields that are always asked; conditional ones lie in ``dependencies``, ``allOf`` and the like."""
        found = self.schema.get("properties")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class BackstageTemplate:
    """One template, read and checked; ``warnings`` say what Backstage takes without a word."""

    name: str
    namespace: str
    title: str
    description: str
    type: str
    owner: str
    tags: tuple[str, ...]
    pages: tuple[Page, ...]
    steps: tuple[BackstageStep, ...]
    output: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)
    """The JSON Schema of what may be asked as a secret."""
    warnings: tuple[Fault, ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """The ids of all actions, each once, in order."""
        return tuple(dict.fromkeys(step.action for step in self.steps))


def read_templates(text: str, path: str, rules: KindRules = DEFAULT_RULES) -> tuple[BackstageTemplate, ...]:
    """All templates of a file; documents of other kinds are passed over.

    Args:
        text: The file's text.
        path: How it is called in faults.
        rules: Which kinds are taken.

    Raises:
        InvalidFile: All faults of the file, each with its place; also when it holds no template.
    """
    documents, found = read_documents(text, path)
    faults, templates = list(found), []
    for document in documents:
        if _is_template(document.value):
            errors = [*faults_of(document, path, rules), *_own_faults(document, path)]
            faults += errors
            if not errors:
                templates.append(_built(document, path))
    if not faults and not templates:
        faults.append(
            Fault(path, 0, 0, "there is no template in this file", expected=f"kind: Template, {API_VERSION}")
        )
    if faults:
        raise InvalidFile(faults)
    return tuple(templates)


def _is_template(value: Any) -> bool:
    """A template, or something that was meant to be one."""
    return not isinstance(value, dict) or value.get("kind") == "Template" or "kind" not in value


def _own_faults(document: Document, path: str) -> Iterator[Fault]:
    """What the entity's check has nothing to say about: schemas that ask nothing that can be asked."""
    for at, page in _pages_of(document.value):
        yield from _schema_faults(
            page, at, lambda at, message, expected: fault_at(document, at, path, message, expected)
        )


def _schema_faults(
    schema: Any, at: _Path, fault: Callable[[_Path, str, str], Fault], depth: int = 0
) -> Iterator[Fault]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield fault(at, "a question must be described by named values", "type, title, description …")
        return
    if depth > _MAX_DEPTH:
        yield fault(at, "the questions are nested too deeply", f"at most {_MAX_DEPTH} levels")
        return
    yield from _keyword_faults(schema, at, fault)
    for inner_at, inner in _inner_schemas(schema, at):
        yield from _schema_faults(inner, inner_at, fault, depth + 1)


def _keyword_faults(
    schema: dict[str, Any], at: _Path, fault: Callable[[_Path, str, str], Fault]
) -> Iterator[Fault]:
    types = schema.get("type")
    for name in types if isinstance(types, list) else [types] if "type" in schema else []:
        if not isinstance(name, str) or name not in _TYPES:
            yield fault((*at, "type"), f"{name!r} is no type of JSON Schema", ", ".join(sorted(_TYPES)))
    for name in (*_SCHEMAS, "dependencies"):
        if name in schema and not isinstance(schema[name], dict):
            yield fault((*at, name), f"{name} must hold named values", "names and what is asked")
    for name in ("enum", *_LISTS):
        if name in schema and not isinstance(schema[name], list):
            yield fault((*at, name), f"{name} must be a list", "a list")
    required = schema.get("required", [])
    if not isinstance(required, bool | list) or (
        isinstance(required, list) and not all(isinstance(item, str) for item in required)
    ):
        yield fault((*at, "required"), "required must be a list of names", "a list of names")


def _inner_schemas(schema: dict[str, Any], at: _Path) -> Iterator[tuple[_Path, Any]]:
    for name in _SCHEMAS:
        if isinstance(schema.get(name), dict):
            yield from (((*at, name, key), inner) for key, inner in schema[name].items())
    if isinstance(schema.get("dependencies"), dict):
        pairs = schema["dependencies"].items()
        yield from (
            ((*at, "dependencies", key), inner) for key, inner in pairs if not isinstance(inner, list)
        )
    for name in _LISTS:
        if isinstance(schema.get(name), list):
            yield from (((*at, name, number), inner) for number, inner in enumerate(schema[name]))
    for name in _SINGLE:
        if isinstance(schema.get(name), dict):
            yield (*at, name), schema[name]


def _pages_of(value: Any) -> list[tuple[_Path, Any]]:
    spec = value.get("spec") if isinstance(value, dict) else None
    found = spec.get("parameters") if isinstance(spec, dict) else None
    if isinstance(found, list):
        return [
            (("spec", "parameters", number), page)
            for number, page in enumerate(found)
            if isinstance(page, dict)
        ]
    return [(("spec", "parameters"), found)] if isinstance(found, dict) else []


def _built(document: Document, path: str) -> BackstageTemplate:
    value: dict[str, Any] = document.value
    metadata, spec = value["metadata"], value["spec"]
    return BackstageTemplate(
        name=metadata["name"],
        namespace=metadata.get("namespace", "default"),
        title=str(metadata.get("title") or metadata["name"]),
        description=str(metadata.get("description") or ""),
        type=spec["type"],
        owner=spec.get("owner", ""),
        tags=tuple(metadata.get("tags") or ()),
        pages=tuple(_page(page) for _, page in _pages_of(value)),
        steps=tuple(_step(number, step) for number, step in enumerate(spec["steps"])),
        output=spec.get("output") or {},
        secrets=_secrets(spec.get("secrets")),
        warnings=tuple(_warnings(document, path)),
    )


def _page(schema: dict[str, Any]) -> Page:
    return Page(str(schema.get("title") or ""), str(schema.get("description") or ""), schema)


def _secrets(found: Any) -> Mapping[str, Any]:
    schema = found.get("schema") if isinstance(found, dict) else None
    return schema if isinstance(schema, dict) else {}


def _step(number: int, step: dict[str, Any]) -> BackstageStep:
    action = step["action"]
    return BackstageStep(
        id=step.get("id", f"step-{number + 1}"),
        name=step.get("name", action),
        action=action,
        input=step.get("input") or {},
        condition=step.get("if", UNDEFINED),
        each=step.get("each", UNDEFINED),
    )


def _warnings(document: Document, path: str) -> Iterator[Fault]:
    spec = document.value["spec"]
    for number, step in enumerate(spec["steps"]):
        for name in ("if", "each", "input"):
            yield from _unreadable(step.get(name), ("spec", "steps", number, name), document, path)
    yield from _unreadable(spec.get("output"), ("spec", "output"), document, path)
    yield from _twice(spec["steps"], document, path)


def _unreadable(value: Any, at: _Path, document: Document, path: str) -> Iterator[Fault]:
    """Texts that look like expressions and are none."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            yield from _unreadable(item, (*at, key), document, path)
    elif isinstance(value, str):
        problem = _problem(value)
        if problem:
            hint = "Backstage passes such a text on as it is written"
            yield fault_at(
                document,
                at,
                path,
                f"this expression cannot be read: {problem}",
                hint=hint,
                severity=Severity.WARNING,
            )


def _problem(text: str) -> str:
    try:
        parse(to_units(text), Grammar())
    except Misstep as error:
        return error.message
    except RecursionError:
        return "it is nested too deeply"
    return ""


def _twice(steps: list[dict[str, Any]], document: Document, path: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, step in enumerate(steps):
        name = step.get("id", f"step-{number + 1}")
        if name in seen:
            at = ("spec", "steps", number, "id")
            message = f"two steps are called {name}: the outputs of the first are lost"
            yield fault_at(document, at, path, message, severity=Severity.WARNING)
        seen.add(name)
