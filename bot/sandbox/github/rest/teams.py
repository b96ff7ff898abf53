"""Teams: their people and what they may do in repositories."""

import re
from typing import Any

from bot.sandbox.github.refusals import invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Reply
from bot.sandbox.github.rest.organizations import visible
from bot.sandbox.github.shapes.people import ROLES, account, granted, team, team_full, team_number
from bot.sandbox.github.shapes.repositories import minimal_repository, team_repository
from bot.sandbox.github.state import PERMISSIONS, HostedRepository
from bot.sandbox.organization import Team

_ONE = "/orgs/{org}/teams/{team_slug}"


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read, write = "members=read", "members=write"
    grant = "members=read,administration=write"
    fields = {"description": "string?", "privacy": "secret|closed", "parent_team_id": "integer?"}
    creation = {**fields, "name": "string!", "maintainers": "[string]", "repo_names": "[string]"}
    return [
        Endpoint("GET", "/orgs/{org}/teams", _teams, read),
        Endpoint("POST", "/orgs/{org}/teams", _create, write, creation),
        Endpoint("GET", _ONE, _show, read),
        Endpoint("PATCH", _ONE, _edit, write, {**fields, "name": "string"}),
        Endpoint("DELETE", _ONE, _delete, write),
        Endpoint("GET", f"{_ONE}/teams", _children, read),
        Endpoint("GET", f"{_ONE}/members", _members, read),
        Endpoint("GET", f"{_ONE}/members/{{username}}", _is_member, read),
        Endpoint("GET", f"{_ONE}/memberships/{{username}}", _membership, read),
        Endpoint("PUT", f"{_ONE}/memberships/{{username}}", _join, write, {"role": "member|maintainer"}),
        Endpoint("DELETE", f"{_ONE}/memberships/{{username}}", _leave, write),
        Endpoint("GET", f"{_ONE}/repos", _repositories, read),
        Endpoint("GET", f"{_ONE}/repos/{{owner}}/{{repo}}", _check, "members=read,metadata=read"),
        Endpoint("PUT", f"{_ONE}/repos/{{owner}}/{{repo}}", _grant, grant, {"permission": "string"}),
        Endpoint("DELETE", f"{_ONE}/repos/{{owner}}/{{repo}}", _revoke, grant),
        Endpoint("GET", "/repos/{owner}/{repo}/teams", _of_repository, "administration=read"),
    ]


def _teams(call: Call) -> Reply:
    _ = call.organization
    return call.page(list(call.state.teams.values()), lambda one: team(call.state, call.host.url, one))


def _create(call: Call) -> Reply:
    _ = call.organization
    name = call.body["name"].strip()
    slug = _slug(call, name)
    unknown = [login for login in call.body.get("maintainers", ()) if login not in call.state.people]
    if unknown:
        raise invalid("Team", "maintainers")
    made = Team(
        slug=slug,
        name=name,
        description=call.body.get("description") or "",
        parent=_parent(call),
        maintainers=tuple(call.body.get("maintainers", ())),
    )
    repositories = [_named(call, full_name) for full_name in call.body.get("repo_names", ())]
    privacy = call.body.get("privacy") or ("closed" if made.parent else "secret")
    call.state.add_team(made, is_secret=_is_secret(made, privacy))
    call.host.events.team(made, "created", call.viewer.login)
    for item in repositories:
        _give(call, made, item, "pull")
    return Reply(team_full(call.state, call.host.url, made), 201)


def _slug(call: Call, name: str, mine: str = "") -> str:
    """The slug of a name, where no other team than ``mine`` has it."""
    slug = re.sub(r"[^a-z0-9_]+", "-", name.lower()).strip("-")
    if not slug:
        raise invalid("Team", "name", message="Name can't be blank")
    if slug != mine and slug in call.state.teams:
        raise invalid("Team", "data", "already_exists")
    return slug


def _above(call: Call, slug: str | None) -> list[str]:
    """A team and those above it; a circle of parents is walked once."""
    found: list[str] = []
    while slug and slug not in found:
        found.append(slug)
        slug = call.state.teams[slug].parent if slug in call.state.teams else None
    return found


def _is_secret(made: Team, privacy: str) -> bool:
    if made.parent and privacy == "secret":
        raise invalid("Team", "privacy", message="A team with a parent can't be secret")
    return privacy == "secret"


def _named(call: Call, full_name: str) -> HostedRepository:
    found = call.state.repository(*full_name.partition("/")[::2])
    if found is None:
        raise invalid("Team", "repo_names")
    return found


def _parent(call: Call) -> str | None:
    number = call.body.get("parent_team_id")
    if number is None:
        return None
    found = next((slug for slug in call.state.teams if team_number(call.state, slug) == number), None)
    if found is None:
        raise invalid("Team", "parent_team_id")
    return found


def _show(call: Call) -> Reply:
    return Reply(team_full(call.state, call.host.url, call.team))


def _edit(call: Call) -> Reply:
    old = call.team
    update: dict[str, Any] = {}
    if "name" in call.body:
        name = call.body["name"].strip()
        update |= {"name": name, "slug": _slug(call, name, old.slug)}
    if "description" in call.body:
        update["description"] = call.body["description"] or ""
    if "parent_team_id" in call.body:
        update["parent"] = _parent(call)
    new = old.model_copy(update=update)
    if old.slug in _above(call, new.parent):
        raise invalid("Team", "parent_team_id", message="Parent can't be the team itself or below it")
    privacy = call.body.get("privacy", "secret" if old.slug in call.state.secret_teams else "closed")
    is_secret = _is_secret(new, privacy if "privacy" in call.body or not new.parent else "closed")
    call.state.rename_team(old.slug, new)
    (call.state.secret_teams.add if is_secret else call.state.secret_teams.discard)(new.slug)
    changes = {name: {"from": getattr(old, name)} for name in ("name", "description") if name in update}
    call.host.events.team(new, "edited", call.viewer.login, {"changes": changes})
    return Reply(team_full(call.state, call.host.url, new))


def _delete(call: Call) -> Reply:
    gone = call.team
    shaped = team(call.state, call.host.url, gone)
    call.state.remove_team(gone.slug)
    call.host.events.team(gone, "deleted", call.viewer.login, {"team": shaped})
    return Reply(status=204)


def _children(call: Call) -> Reply:
    found = [one for one in call.state.teams.values() if one.parent == call.team.slug]
    return call.page(found, lambda one: team(call.state, call.host.url, one))


def _members(call: Call) -> Reply:
    mine = call.team
    wanted = {
        "maintainer": mine.maintainers,
        "member": [one for one in mine.members if one not in mine.maintainers],
    }
    role = call.query.get("role", "all")
    logins = dict.fromkeys(wanted.get(role, [*mine.maintainers, *mine.members]))
    people = sorted((one for one in logins if one in call.state.people), key=str.lower)
    return call.page(people, lambda login: account(call.host.url, login))


def _is_member(call: Call) -> Reply:
    """The older question that PyGithub asks: 204 or 404 without more."""
    if _person(call) not in (*call.team.members, *call.team.maintainers):
        raise not_found()
    return Reply(status=204)


def _membership(call: Call) -> Reply:
    login = _person(call)
    if login not in (*call.team.members, *call.team.maintainers):
        raise not_found()
    return Reply(_membership_shape(call, login))


def _membership_shape(call: Call, login: str) -> dict[str, str]:
    base = team(call.state, call.host.url, call.state.teams[call.team.slug])["url"]
    role = "maintainer" if login in call.state.teams[call.team.slug].maintainers else "member"
    return {"url": f"{base}/memberships/{login}", "role": role, "state": "active"}


def _join(call: Call) -> Reply:
    login, mine = _person(call), call.team
    is_new = login not in (*mine.members, *mine.maintainers)
    members = [one for one in mine.members if one != login]
    maintainers = [one for one in mine.maintainers if one != login]
    (maintainers if call.body.get("role") == "maintainer" else members).append(login)
    changed = {"members": tuple(members), "maintainers": tuple(maintainers)}
    call.state.teams[mine.slug] = mine.model_copy(update=changed)
    if is_new:
        call.host.events.membership(call.state.teams[mine.slug], login, "added", call.viewer.login)
    return Reply(_membership_shape(call, login))


def _leave(call: Call) -> Reply:
    login, mine = _person(call), call.team
    if login not in (*mine.members, *mine.maintainers):
        raise not_found()
    kept = {
        name: tuple(one for one in getattr(mine, name) if one != login) for name in ("members", "maintainers")
    }
    call.state.teams[mine.slug] = mine.model_copy(update=kept)
    call.host.events.membership(call.state.teams[mine.slug], login, "removed", call.viewer.login)
    return Reply(status=204)


def _person(call: Call) -> str:
    _ = call.team
    wanted = call.params["username"].lower()
    found = next((login for login in call.state.people if login.lower() == wanted), None)
    if found is None:
        raise not_found()
    return found


def _repositories(call: Call) -> Reply:
    levels = call.state.permissions.get(call.team.slug, {})
    items = sorted(
        (item for item in visible(call) if item.name in levels), key=lambda item: item.name.lower()
    )

    def shape(item: HostedRepository) -> dict[str, Any]:
        level = levels[item.name]
        return {
            **minimal_repository(call.state, call.host.url, item),
            "permissions": dict(granted(level)),
            "role_name": role_name(level),
        }

    return call.page(items, shape)


def role_name(level: str) -> str:
    """What the web page calls a level: read, triage, write, maintain or admin."""
    return level.lower()


def _check(call: Call) -> Reply:
    level = call.state.permissions.get(call.team.slug, {}).get(call.repository.name)
    if level is None:
        raise not_found()
    if not call.wants("repository"):
        return Reply(status=204)
    return Reply(team_repository(call.state, call.host.url, call.repository, level, ROLES))


def _grant(call: Call) -> Reply:
    permission = call.body.get("permission", "push")
    mine, repository = call.team, call.repository
    if permission not in PERMISSIONS:
        raise invalid("TeamMember", "permission", message=f"{permission} is not a permission")
    _give(call, mine, repository, permission)
    return Reply(status=204)


def _give(call: Call, mine: Team, repository: HostedRepository, permission: str) -> None:
    before = call.state.permissions.setdefault(mine.slug, {}).get(repository.name)
    call.state.grant(mine.slug, repository, permission)
    if before is None:
        call.host.events.team_gets(mine, repository, call.viewer.login)


def _revoke(call: Call) -> Reply:
    mine, repository = call.team, call.repository
    if call.state.permissions.get(mine.slug, {}).pop(repository.name, None):
        call.host.events.team(mine, "removed_from_repository", call.viewer.login, repository=repository)
    return Reply(status=204)


def _of_repository(call: Call) -> Reply:
    name = call.repository.name
    found = [(slug, levels[name]) for slug, levels in call.state.permissions.items() if name in levels]

    def shape(pair: tuple[str, str]) -> dict[str, Any]:
        shaped = team(call.state, call.host.url, call.state.teams[pair[0]])
        return {**shaped, "permission": ROLES[pair[1]], "permissions": dict(granted(pair[1]))}

    return call.page(sorted(found), shape)
