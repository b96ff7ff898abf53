"""The organisation: its members and its repositories."""

import json
import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Reply
from bot.sandbox.github.shapes.people import account, organization_full, organization_simple, team_number
from bot.sandbox.github.shapes.repositories import full_repository, minimal_repository
from bot.sandbox.github.state import HostedRepository, State
from core.access import Visibility

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SORTS: dict[str, Callable[[HostedRepository], Any]] = {
    "created": lambda item: (item.created_at, item.number),
    "updated": lambda item: (item.updated_at, item.number),
    "pushed": lambda item: (item.pushed_at or item.created_at, item.number),
    "full_name": lambda item: item.full_name.lower(),
}
_KINDS: dict[str, Callable[[HostedRepository], bool]] = {
    "all": lambda _item: True,
    "public": lambda item: item.visibility is Visibility.PUBLIC,
    "private": lambda item: item.visibility is not Visibility.PUBLIC,
    "forks": lambda item: item.is_fork,
    "sources": lambda item: not item.is_fork,
    "member": lambda _item: True,
}
SWITCHES = {
    "has_issues": "has_issues",
    "has_projects": "has_projects",
    "has_wiki": "has_wiki",
    "has_discussions": "has_discussions",
    "is_template": "is_template",
    "allow_merge_commit": "allow_merge_commit",
    "allow_squash_merge": "allow_squash_merge",
    "allow_rebase_merge": "allow_rebase_merge",
    "allow_auto_merge": "allow_auto_merge",
    "allow_update_branch": "allow_update_branch",
    "delete_branch_on_merge": "delete_branch_on_merge",
}
"""Fields of a body that are switches, and the attributes that keep them."""
SETTINGS = {
    "description": "string?",
    "homepage": "string?",
    "private": "boolean",
    "visibility": "public|private|internal",
    **dict.fromkeys(SWITCHES, "boolean"),
}


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    creation = {
        **SETTINGS,
        "name": "string!",
        "auto_init": "boolean",
        "team_id": "integer",
        "custom_properties": "object",
    }
    return [
        Endpoint("GET", "/orgs/{org}", _organization),
        Endpoint("GET", "/orgs/{org}/repos", _repositories),
        Endpoint("POST", "/orgs/{org}/repos", _create, "administration=write", creation),
        Endpoint("GET", "/orgs/{org}/members", _members, "members=read"),
        Endpoint("GET", "/orgs/{org}/members/{username}", _is_member, "members=read"),
        Endpoint("GET", "/orgs/{org}/memberships/{username}", _membership, "members=read"),
        Endpoint("GET", "/repositories/{id}", _by_number),
    ]


def visible(call: Call) -> list[HostedRepository]:
    """Every repository of the organisation that the asker may see."""
    with call.state.lock:
        items = list(call.state.repositories.values())
    return [item for item in items if call.viewer.sees(item)]


def _organization(call: Call) -> Reply:
    _ = call.organization
    public = sum(item.visibility is Visibility.PUBLIC for item in call.state.repositories.values())
    return Reply(organization_full(call.state, call.host.url, public_repos=public))


def _repositories(call: Call) -> Reply:
    _ = call.organization
    kind, sort = call.query.get("type", "all"), call.query.get("sort", "created")
    fits, key = _KINDS.get(kind, _KINDS["all"]), _SORTS.get(sort, _SORTS["created"])
    direction = call.query.get("direction") or ("asc" if sort == "full_name" else "desc")
    items = sorted(filter(fits, visible(call)), key=key, reverse=direction == "desc")
    return call.page(items, lambda item: minimal_repository(call.state, call.host.url, item, call.viewer))


def _create(call: Call) -> Reply:
    _ = call.organization
    name = spelt(call.body["name"])
    check_name(call.state, name)
    properties = _properties(call)
    first = call.body.get("team_id")
    slug = next((one for one in call.state.teams if team_number(call.state, one) == first), None)
    if first is not None and slug is None:
        raise not_found()
    created = call.state.create(
        name, call.body.get("description") or "", bool(call.body.get("private", False))
    )
    created.homepage = call.body.get("homepage") or ""
    if "visibility" in call.body:
        created.visibility = Visibility(call.body["visibility"])
    flip(created, call.body)
    created.custom_properties.update(properties)
    if slug:
        call.state.grant(slug, created, "pull")
    if call.body.get("auto_init"):
        call.host.first_commit(created, call.viewer.login)
    call.host.settling.begin(created)
    call.host.events.repository(created, "created", call.viewer.login)
    shaped = full_repository(call.state, call.host.url, created, call.viewer)
    return Reply(shaped, 201, {"Location": shaped["url"]})


def _properties(call: Call) -> dict[str, Any]:
    """The custom properties that a new repository begins with.

    Raises:
        RestError: One is not defined, or is no text.
    """
    found: dict[str, Any] = call.body.get("custom_properties") or {}
    known = {one["property_name"] for one in call.state.property_schema}
    for name, value in found.items():
        if name not in known:
            raise invalid(
                "CustomProperty", "custom_properties", message=f"Property {name!r:.60} is not defined"
            )
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise invalid(
                "CustomProperty", "custom_properties", message=f"The value of {name!r:.60} is no text"
            )
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in found.items()}


def spelt(name: str) -> str:
    """A new repository's name as GitHub spells it: what a name cannot have becomes a dash."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name.strip())


def check_name(state: State, name: str, words: str = "Repository creation failed.") -> None:
    """Whether a repository may get a name; ``words`` begin the refusal.

    Raises:
        RestError: It is taken, or GitHub takes no such name.
    """
    if not _NAME.fullmatch(name) or name in (".", "..") or name.lower().endswith(".git"):
        raise _not_named(words, "name is invalid")
    if state.repository(state.name, name):
        raise _not_named(words, "name already exists on this account")


def flip(item: HostedRepository, body: dict[str, Any]) -> list[str]:
    """Set the switches that a body names; the names of those that changed."""
    changed = []
    for name, attribute in SWITCHES.items():
        if name in body and getattr(item, attribute) != body[name]:
            setattr(item, attribute, body[name])
            changed.append(name)
    return changed


def _not_named(words: str, message: str) -> RestError:
    error = {"resource": "Repository", "code": "custom", "field": "name", "message": message}
    return RestError(422, words, [error])


def _members(call: Call) -> Reply:
    _ = call.organization
    people = [person for person in call.state.people.values() if not person.guest]
    role = call.query.get("role", "all")
    people = [] if role == "admin" else people
    return call.page(
        sorted(people, key=lambda one: one.login.lower()), lambda one: account(call.host.url, one.login)
    )


def _is_member(call: Call) -> Reply:
    _login(call)
    return Reply(status=204)


def _membership(call: Call) -> Reply:
    login = _login(call)
    base = f"{call.host.url}/orgs/{call.state.name}"
    return Reply(
        {
            "url": f"{base}/memberships/{login}",
            "state": "active",
            "role": "member",
            "organization_url": base,
            "organization": organization_simple(call.state, call.host.url),
            "user": account(call.host.url, login),
        }
    )


def _login(call: Call) -> str:
    _ = call.organization
    wanted = call.params["username"].lower()
    found = next((one for one in call.state.people.values() if one.login.lower() == wanted), None)
    if found is None or found.guest:
        raise not_found()
    return found.login


def _by_number(call: Call) -> Reply:
    number = call.params["id"]
    found = next((item for item in visible(call) if str(item.number) == number), None)
    if found is None:
        raise not_found()
    return Reply(full_repository(call.state, call.host.url, found, call.viewer))
