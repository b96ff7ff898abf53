"""Custom properties: their definitions in the organisation and their values in repositories."""

import json
from typing import Any

from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.organizations import visible
from bot.sandbox.github.rest.repositories import fits
from bot.sandbox.github.state import HostedRepository

_SCHEMA = "/orgs/{org}/properties/schema"
_KINDS = "string|single_select|multi_select|true_false|url"
_FIELDS = {
    "required": "boolean",
    "description": "string?",
    "allowed_values": "[string]?",
    "values_editable_by": "org_actors|org_and_repo_actors?",
}


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read, write = "organization_custom_properties=read", "organization_custom_properties=write"
    admin = "organization_custom_properties=admin"
    one, values = f"{_SCHEMA}/{{custom_property_name}}", "/orgs/{org}/properties/values"
    of_repository = "/repos/{owner}/{repo}/properties/values"
    many = {"repository_names": "[string]!", "properties": "[object]!"}
    return [
        Endpoint("GET", _SCHEMA, _schema, read),
        Endpoint("PATCH", _SCHEMA, _define_many, admin, {"properties": "[object]!"}),
        Endpoint("GET", one, _definition, read),
        Endpoint("PUT", one, _define, admin, {**_FIELDS, "value_type": f"{_KINDS}!"}),
        Endpoint("DELETE", one, _forget, admin),
        Endpoint("GET", values, _all_values, read),
        Endpoint("PATCH", values, _set_many, write, many),
        Endpoint("GET", of_repository, _values, "metadata=read"),
        Endpoint(
            "PATCH", of_repository, _set, "repository_custom_properties=write", {"properties": "[object]!"}
        ),
    ]


def _schema(call: Call) -> Reply:
    _ = call.organization
    return call.page(call.state.property_schema, lambda one: one)


def _find(call: Call, name: str) -> Json | None:
    return next((one for one in call.state.property_schema if one["property_name"] == name), None)


def _definition(call: Call) -> Reply:
    _ = call.organization
    found = _find(call, call.params["custom_property_name"])
    if found is None:
        raise not_found()
    return Reply(found)


def _define(call: Call) -> Reply:
    _ = call.organization
    return Reply(_defined(call, call.params["custom_property_name"], call.body))


def _defined(call: Call, name: Any, given: Json) -> Json:
    kind, allowed = given.get("value_type"), given.get("allowed_values")
    if not isinstance(name, str) or not name or kind not in _KINDS.split("|"):
        raise _invalid("property_name and value_type are needed")
    if "select" in kind and not allowed:
        raise _invalid("allowed_values can't be blank for a select property")
    found = _find(call, name)
    made: Json = found if found is not None else {"property_name": name}
    if found is None:
        call.state.property_schema.append(made)
    made.update(
        url=f"{call.host.url}/orgs/{call.state.name}/properties/schema/{name}",
        source_type="organization",
        value_type=kind,
        required=bool(given.get("required")),
        default_value=given.get("default_value"),
        description=given.get("description"),
        allowed_values=allowed,
        values_editable_by=given.get("values_editable_by") or "org_actors",
    )
    return made


def _define_many(call: Call) -> Reply:
    _ = call.organization
    if not call.body["properties"]:
        raise _invalid("properties can't be blank")
    return Reply([_defined(call, one.get("property_name"), one) for one in call.body["properties"]])


def _forget(call: Call) -> Reply:
    _ = call.organization
    name = call.params["custom_property_name"]
    found = _find(call, name)
    if found is None:
        raise not_found()
    call.state.property_schema.remove(found)
    for item in call.state.repositories.values():
        item.custom_properties.pop(name, None)
    return Reply(status=204)


def _shape(call: Call, item: HostedRepository) -> list[Json]:
    """Every property that is defined, with the value of a repository."""
    names = dict.fromkeys(
        [*(one["property_name"] for one in call.state.property_schema), *item.custom_properties]
    )
    defaults = {one["property_name"]: one.get("default_value") for one in call.state.property_schema}
    return [
        {"property_name": name, "value": _read(item.custom_properties.get(name, defaults.get(name)))}
        for name in names
    ]


def _read(value: Any) -> Any:
    """A list of values is kept as JSON text, since properties are text to everybody else."""
    return json.loads(value) if isinstance(value, str) and value.startswith('["') else value


def _values(call: Call) -> Reply:
    return Reply(_shape(call, call.repository))


def _all_values(call: Call) -> Reply:
    _ = call.organization
    parts = call.query.get("repository_query", "").split()
    items = sorted(
        (item for item in visible(call) if all(fits(item, part) for part in parts)),
        key=lambda item: item.name.lower(),
    )
    return call.page(
        items,
        lambda item: {
            "repository_id": item.number,
            "repository_name": item.name,
            "repository_full_name": item.full_name,
            "properties": _shape(call, item),
        },
    )


def _set(call: Call) -> Reply:
    changes = _checked(call)
    _change(call, call.repository, changes)
    return Reply(status=204)


def _set_many(call: Call) -> Reply:
    _ = call.organization
    names = call.body["repository_names"]
    if not 0 < len(names) <= 30:
        raise _invalid("repository_names names between 1 and 30 repositories")
    items = [call.state.repository(call.state.name, name) for name in names]
    changes = _checked(call)
    for item in items:
        if item is None or not call.viewer.sees(item):
            raise not_found()
    for item in items:
        assert item
        _change(call, item, changes)
    return Reply(status=204)


def _checked(call: Call) -> dict[str, Any]:
    """The new values by name.

    Raises:
        RestError: A property is not defined, or does not take the value.
    """
    found = {}
    for given in call.body["properties"]:
        name, value = given.get("property_name"), given.get("value")
        definition = _find(call, name) if isinstance(name, str) else None
        if definition is None:
            raise _invalid(f"Property {str(name)[:60]!r} is not defined")
        _check_value(definition, value)
        found[str(name)] = value
    return found


def _check_value(definition: Json, value: Any) -> None:
    if value is None:
        return
    kind, name = definition["value_type"], definition["property_name"]
    is_list = isinstance(value, list)
    texts = value if is_list else [value]
    if is_list != (kind == "multi_select") or not all(isinstance(text, str) for text in texts):
        raise _invalid(f"The value of {name!r} is of another type")
    allowed = ["true", "false"] if kind == "true_false" else definition.get("allowed_values")
    if allowed and any(text not in allowed for text in texts):
        raise _invalid(f"The value of {name!r} is not one of its allowed values")


def _change(call: Call, item: HostedRepository, changes: dict[str, Any]) -> None:
    before = _shape(call, item)
    for name, value in changes.items():
        if value is None:
            item.custom_properties.pop(name, None)
        else:
            item.custom_properties[name] = json.dumps(value) if isinstance(value, list) else value
    after = _shape(call, item)
    if after != before:
        call.host.events.properties(item, before, after, call.viewer.login)


def _invalid(message: str) -> RestError:
    return invalid("CustomProperty", "properties", message=message)
