"""Pure: what the ``spec`` of a Template has to hold.

Source: the JSON schema of the Template kind of Backstage's scaffolder, v1beta3.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_sync.entity.flaws import Flaw, is_text, missing, not_text, pointer, shown, type_of
from catalog_sync.entity.specs import TYPE, SpecRule, a_text, named_fields


def _steps(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, list):
        yield Flaw("kind", place, "steps must be a list", "a list of steps", shown(value))
        return
    for number, step in enumerate(value):
        if not isinstance(step, dict):
            yield Flaw(
                "kind",
                f"{place}/{number}",
                "a step must have an action",
                "id, name, action, input",
                type_of(step),
            )
            continue
        if "action" not in step:
            yield missing("kind", f"{place}/{number}", "action")
        yield from _step_fields(f"{place}/{number}", step)
        yield from _permissions(f"{place}/{number}", step)


def _step_fields(place: str, step: Mapping[str, Any]) -> Iterator[Flaw]:
    for field in ("id", "name", "action"):
        if field in step and not isinstance(step[field], str):
            yield not_text("kind", f"{place}/{field}", step[field])
    if "input" in step and not isinstance(step["input"], dict):
        yield Flaw(
            "kind", f"{place}/input", "input must hold named values", "named values", type_of(step["input"])
        )
    if "if" in step and not isinstance(step["if"], str | bool):
        yield Flaw(
            "kind", f"{place}/if", "if must be an expression", "text or true or false", type_of(step["if"])
        )


def _parameters(place: str, value: Any) -> Iterator[Flaw]:
    if isinstance(value, list):
        if not all(isinstance(page, dict) for page in value):
            yield Flaw(
                "kind",
                place,
                "each page of parameters must hold named fields",
                "pages with named fields",
                "something else",
            )
        pages = [(f"{place}/{number}", page) for number, page in enumerate(value)]
    elif isinstance(value, dict):
        pages = [(place, value)]
    else:
        yield Flaw(
            "kind",
            place,
            "parameters must be a page or a list of pages",
            "named fields or a list",
            type_of(value),
        )
        pages = []
    for at, page in pages:
        if isinstance(page, dict):
            yield from _permissions(at, page)


def _permissions(place: str, holder: Mapping[str, Any]) -> Iterator[Flaw]:
    """``backstage:permissions.tags`` of a page or step: a list of texts."""
    permissions = holder.get("backstage:permissions")
    if permissions is None:
        return
    at = f"{place}/backstage:permissions"
    if not isinstance(permissions, dict):
        yield Flaw("kind", at, "permissions must hold named fields", "tags", type_of(permissions))
    elif "tags" in permissions:
        if not isinstance(permissions["tags"], list):
            yield Flaw("kind", f"{at}/tags", "tags must be a list", "a list", shown(permissions["tags"]))
            return
        for number, tag in enumerate(permissions["tags"]):
            if not isinstance(tag, str):
                yield not_text("kind", f"{at}/tags/{number}", tag)


def _output(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw("kind", place, "output must hold named fields", "links, text", type_of(value))
        return
    for field, content in value.items():
        at = f"{place}/{pointer(field)}"
        if field not in ("links", "text"):
            if not isinstance(content, str):
                yield not_text("kind", at, content)
        elif not isinstance(content, list):
            yield Flaw("kind", at, f"{field} must be a list", "a list", shown(content))
        else:
            for number, item in enumerate(content):
                yield from _output_item(f"{at}/{number}", item)


def _output_item(place: str, item: Any) -> Iterator[Flaw]:
    if not isinstance(item, dict):
        yield Flaw("kind", place, "an output must hold named fields", "title, url or content", type_of(item))
        return
    for field in ("url", "entityRef", "title", "icon", "content"):
        if field in item and not is_text(item[field], 1):
            yield not_text("kind", f"{place}/{field}", item[field])


TEMPLATE = (
    TYPE,
    SpecRule("owner", a_text),
    SpecRule("lifecycle", a_text),
    SpecRule("parameters", _parameters),
    SpecRule("steps", _steps, True),
    SpecRule("output", _output),
    SpecRule("secrets", named_fields),
)
