"""Environments, and the variables and secrets of workflows."""

import base64
import hashlib
import re

from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.references import decoded
from bot.sandbox.github.shapes.people import iso, number_of
from bot.sandbox.github.state import HostedRepository

_ONE = "/repos/{owner}/{repo}"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    variables, secrets = f"{_ONE}/actions/variables", f"{_ONE}/actions/secrets"
    environments = f"{_ONE}/environments"
    settings = {
        "wait_timer": "integer",
        "prevent_self_review": "boolean",
        "reviewers": "[object]?",
        "deployment_branch_policy": "object?",
    }
    sealed = {"encrypted_value": "string!", "key_id": "string!"}
    read, write = "actions_variables=read", "actions_variables=write"
    return [
        Endpoint("GET", environments, _environments, "actions=read"),
        Endpoint("GET", f"{environments}/{{environment_name}}", _environment, "actions=read"),
        Endpoint(
            "PUT", f"{environments}/{{environment_name}}", _set_environment, "administration=write", settings
        ),
        Endpoint(
            "DELETE", f"{environments}/{{environment_name}}", _delete_environment, "administration=write"
        ),
        Endpoint("GET", variables, _variables, read),
        Endpoint("POST", variables, _create_variable, write, {"name": "string!", "value": "string!"}),
        Endpoint("GET", f"{variables}/{{name}}", _variable, read),
        Endpoint(
            "PATCH", f"{variables}/{{name}}", _edit_variable, write, {"name": "string", "value": "string"}
        ),
        Endpoint("DELETE", f"{variables}/{{name}}", _delete_variable, write),
        Endpoint("GET", secrets, _secrets, "secrets=read"),
        Endpoint("GET", f"{secrets}/public-key", _public_key, "secrets=read"),
        Endpoint("GET", f"{secrets}/{{secret_name}}", _secret, "secrets=read"),
        Endpoint("PUT", f"{secrets}/{{secret_name}}", _set_secret, "secrets=write", sealed),
        Endpoint("DELETE", f"{secrets}/{{secret_name}}", _delete_secret, "secrets=write"),
    ]


def _environments(call: Call) -> Reply:
    item = call.repository
    return call.page(item.environments, lambda name: _shape(call, item, name), wrap="environments")


def _environment(call: Call) -> Reply:
    return Reply(_shape(call, call.repository, _named_environment(call)))


def _named_environment(call: Call) -> str:
    for name in call.repository.environments:
        if name.lower() == call.params["environment_name"].lower():
            return name
    raise not_found()


def _set_environment(call: Call) -> Reply:
    item, name = call.repository, call.params["environment_name"]
    if len(name) > 255:
        raise invalid("Environment", "name", message="Name is too long (maximum is 255 characters)")
    policy = call.body.get("deployment_branch_policy")
    parts = ("protected_branches", "custom_branch_policies")
    if policy is not None and not all(isinstance(policy.get(part), bool) for part in parts):
        raise RestError(422, f"Invalid request.\n\n{' and '.join(parts)} are booleans, and needed.")
    known = next((one for one in item.environments if one.lower() == name.lower()), None)
    if known is None:
        item.environments.append(name)
    return Reply(_shape(call, item, known or name))


def _delete_environment(call: Call) -> Reply:
    call.repository.environments.remove(_named_environment(call))
    return Reply(status=204)


def _shape(call: Call, item: HostedRepository, name: str) -> Json:
    number = number_of("environment", f"{item.number}/{name}")
    return {
        "id": number,
        "node_id": f"EN_{number}",
        "name": name,
        "url": f"{call.host.url}/repos/{item.full_name}/environments/{name}",
        "html_url": f"{call.host.url}/{item.full_name}/deployments/activity_log?environments_filter={name}",
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
        "protection_rules": [],
        "deployment_branch_policy": None,
    }


def _variable_shape(item: HostedRepository, name: str) -> Json:
    return {
        "name": name,
        "value": item.variables[name],
        "created_at": iso(item.updated_at),
        "updated_at": iso(item.updated_at),
    }


def _variables(call: Call) -> Reply:
    item = call.repository
    return call.page(sorted(item.variables), lambda name: _variable_shape(item, name), wrap="variables")


def _create_variable(call: Call) -> Reply:
    name = _checked(call.body["name"])
    if name in call.repository.variables:
        raise RestError(409, f"Variable {name} already exists.")
    call.repository.variables[name] = call.body["value"]
    return Reply({}, 201)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name.upper().startswith("GITHUB_"):
        raise RestError(
            422,
            "Variable names may only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). "
            "Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_). "
            "Must not start with GITHUB_.",
        )
    return name.upper()


def _named_variable(call: Call) -> str:
    name = call.params["name"].upper()
    if name not in call.repository.variables:
        raise not_found()
    return name


def _variable(call: Call) -> Reply:
    return Reply(_variable_shape(call.repository, _named_variable(call)))


def _edit_variable(call: Call) -> Reply:
    item, old = call.repository, _named_variable(call)
    name = _checked(call.body.get("name", old))
    if name != old and name in item.variables:
        raise RestError(409, f"Variable {name} already exists.")
    value = item.variables.pop(old)
    item.variables[name] = call.body.get("value", value)
    return Reply(status=204)


def _delete_variable(call: Call) -> Reply:
    del call.repository.variables[_named_variable(call)]
    return Reply(status=204)


def _key(item: HostedRepository) -> tuple[str, str]:
    """A public key that secrets are sealed with: nobody here can open them, as nobody outside GitHub can."""
    seed = hashlib.sha256(f"secrets of {item.number}".encode()).digest()
    return hashlib.sha256(seed).hexdigest()[:18], base64.b64encode(seed).decode()


def _public_key(call: Call) -> Reply:
    number, key = _key(call.repository)
    return Reply({"key_id": number, "key": key})


def _secret_shape(item: HostedRepository, name: str) -> Json:
    return {"name": name, "created_at": iso(item.updated_at), "updated_at": iso(item.updated_at)}


def _secrets(call: Call) -> Reply:
    item = call.repository
    return call.page(sorted(item.secrets), lambda name: _secret_shape(item, name), wrap="secrets")


def _named_secret(call: Call) -> str:
    name = call.params["secret_name"].upper()
    if name not in call.repository.secrets:
        raise not_found()
    return name


def _secret(call: Call) -> Reply:
    return Reply(_secret_shape(call.repository, _named_secret(call)))


def _set_secret(call: Call) -> Reply:
    item, name = call.repository, _checked(call.params["secret_name"])
    if call.body["key_id"] != _key(item)[0]:
        raise RestError(422, "The key_id is not that of this repository's public key.")
    if len(decoded(call.body["encrypted_value"])) < 48:
        raise RestError(422, "encrypted_value is not sealed with the public key.")
    if name in item.secrets:
        return Reply(status=204)
    item.secrets.append(name)
    return Reply({}, 201)


def _delete_secret(call: Call) -> Reply:
    call.repository.secrets.remove(_named_secret(call))
    return Reply(status=204)
