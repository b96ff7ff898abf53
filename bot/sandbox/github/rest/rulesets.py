"""Rulesets of a repository and of the organisation, and the rules that hold for a branch."""

from typing import Any

from bot.sandbox.github import rules
from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.rule_parameters import check_parameters
from bot.sandbox.github.shapes.people import iso
from bot.sandbox.github.state import HostedRepository

_OF_REPOSITORY = "/repos/{owner}/{repo}/rulesets"
_OF_ORGANIZATION = "/orgs/{org}/rulesets"
_FIELDS = {
    "name": "string",
    "target": "branch|tag|push|repository",
    "enforcement": "disabled|active|evaluate",
    "bypass_actors": "[object]",
    "conditions": "object",
    "rules": "[object]",
}
_TYPES = frozenset(
    """creation update deletion required_linear_history merge_queue required_deployments required_signatures
    pull_request required_status_checks non_fast_forward commit_message_pattern commit_author_email_pattern
    committer_email_pattern branch_name_pattern tag_name_pattern file_path_restriction max_file_path_length
    file_extension_restriction max_file_size workflows code_scanning copilot_code_review license_compliance
    repository_creation repository_delete repository_name repository_transfer repository_visibility""".split()
)


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    needed = {**_FIELDS, "name": "string!", "enforcement": "disabled|active|evaluate!"}
    found = []
    for base, read, write in (
        (_OF_REPOSITORY, "metadata=read", "administration=write"),
        (_OF_ORGANIZATION, "organization_administration=write", "organization_administration=write"),
    ):
        one = f"{base}/{{ruleset_id}}"
        found += [
            Endpoint("GET", base, _list, read),
            Endpoint("POST", base, _create, write, needed),
            Endpoint("GET", one, _show, read),
            Endpoint("PUT", one, _edit, write, _FIELDS),
            Endpoint("DELETE", one, _delete, write),
        ]
    branch = "/repos/{owner}/{repo}/rules/branches/{branch}"
    return [*found, Endpoint("GET", branch, _of_branch, "metadata=read")]


def _where(call: Call) -> tuple[list[Json], HostedRepository | None]:
    if "org" in call.params:
        _ = call.organization
        return call.state.org_rulesets, None
    return call.repository.rulesets, call.repository


def _list(call: Call) -> Reply:
    found, item = _where(call)
    inherited = (
        call.state.org_rulesets if item and call.query.get("includes_parents", "true") != "false" else []
    )
    short = ("rules", "conditions", "bypass_actors")
    return call.page(
        [*found, *inherited], lambda one: {name: value for name, value in one.items() if name not in short}
    )


def _create(call: Call) -> Reply:
    found, item = _where(call)
    _check(call, found, None)
    moment = iso(call.state.clock.now())
    number = 1 + max((one["id"] for one in [*found, *call.state.org_rulesets]), default=100)
    source = item.full_name if item else call.state.name
    base = f"{call.host.url}/repos/{item.full_name}" if item else f"{call.host.url}/orgs/{call.state.name}"
    page = (
        f"{call.host.url}/{item.full_name}/rules"
        if item
        else f"{call.host.url}/organizations/{call.state.name}/settings/rules"
    )
    made: Json = {
        "id": number,
        "name": call.body["name"],
        "target": call.body.get("target", "branch"),
        "source_type": "Repository" if item else "Organization",
        "source": source,
        "enforcement": call.body["enforcement"],
        "bypass_actors": call.body.get("bypass_actors", []),
        "conditions": call.body.get("conditions") or {"ref_name": {"include": [], "exclude": []}},
        "rules": call.body.get("rules", []),
        "node_id": f"RRS_{number}",
        "_links": {"self": {"href": f"{base}/rulesets/{number}"}, "html": {"href": f"{page}/{number}"}},
        "created_at": moment,
        "updated_at": moment,
    }
    found.append(made)
    call.host.events.ruleset(made, item, "created", call.viewer.login)
    return Reply(made, 201)


def _check(call: Call, found: list[Json], mine: Json | None) -> None:
    """A name that is taken, and rules that GitHub does not know.

    Raises:
        RestError: The first of them.
    """
    name = call.body.get("name")
    if name is not None and any(one["name"] == name for one in found if one is not mine):
        raise RestError(422, "Validation Failed", ["Name must be unique"])
    for rule in call.body.get("rules", ()):
        if rule.get("type") not in _TYPES:
            raise RestError(422, "Validation Failed", [f"Invalid rule '{str(rule.get('type'))[:40]}': "])
        check_parameters(rule)
    conditions = call.body.get("conditions", {})
    for part in conditions.values():
        if not isinstance(part, dict) or not all(isinstance(value, list | bool) for value in part.values()):
            raise invalid("Ruleset", "conditions")
    names = conditions.get("ref_name", {})
    if not all(
        isinstance(pattern, str) for kind in ("include", "exclude") for pattern in names.get(kind, ())
    ):
        raise invalid("Ruleset", "conditions")


def _named(call: Call) -> tuple[list[Json], HostedRepository | None, Json]:
    found, item = _where(call)
    for one in found:
        if str(one["id"]) == call.params["ruleset_id"]:
            return found, item, one
    raise not_found()


def _show(call: Call) -> Reply:
    return Reply(_named(call)[2])


def _edit(call: Call) -> Reply:
    found, item, one = _named(call)
    _check(call, found, one)
    changes: dict[str, Any] = {
        field: {"from": one[field]}
        for field in ("name", "enforcement")
        if call.body.get(field, one[field]) != one[field]
    }
    one.update({field: call.body[field] for field in _FIELDS if field in call.body})
    one["updated_at"] = iso(call.state.clock.now())
    call.host.events.ruleset(one, item, "edited", call.viewer.login, {"changes": changes})
    return Reply(one)


def _delete(call: Call) -> Reply:
    found, item, one = _named(call)
    found.remove(one)
    call.host.events.ruleset(one, item, "deleted", call.viewer.login)
    return Reply(status=204)


def _of_branch(call: Call) -> Reply:
    reference = f"refs/heads/{call.params['branch']}"
    active = [
        one
        for one in rules.rulesets_for(call.state, call.repository, reference)
        if one["enforcement"] == "active"
    ]
    shaped = [
        {
            **rule,
            "ruleset_source_type": one["source_type"],
            "ruleset_source": one["source"],
            "ruleset_id": one["id"],
        }
        for one in active
        for rule in one["rules"]
    ]
    return call.page(shaped, lambda rule: rule)
