"""One repository: what it is, its settings, its topics; and the search for repositories."""

import re
from typing import Any

from bot.sandbox.github.plumbing import git
from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Reply
from bot.sandbox.github.rest.organizations import SETTINGS, check_name, flip, spelt
from bot.sandbox.github.shapes.people import ROLES, account, owner, team_number
from bot.sandbox.github.shapes.repositories import full_repository, minimal_repository
from bot.sandbox.github.state import HostedRepository
from core.access import Visibility

_ONE = "/repos/{owner}/{repo}"
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")

_WAYS = ("allow_merge_commit", "allow_squash_merge", "allow_rebase_merge")
_MOST_FOUND = 1_000
"""So many results of a search can be looked at."""


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    changes = {**SETTINGS, "name": "string", "archived": "boolean", "default_branch": "string"}
    admin = "administration=write"
    moving = {"new_owner": "string!", "new_name": "string", "team_ids": "[integer]"}
    generation = {"name": "string!", "owner": "string", "description": "string", "private": "boolean"}
    return [
        Endpoint("GET", _ONE, _show, "metadata=read"),
        Endpoint("PATCH", _ONE, _edit, admin, changes, on_archived=True),
        Endpoint("DELETE", _ONE, _delete, admin, on_archived=True),
        Endpoint("GET", f"{_ONE}/topics", _topics, "metadata=read"),
        Endpoint("PUT", f"{_ONE}/topics", _set_topics, admin, {"names": "[string]!"}),
        Endpoint("GET", f"{_ONE}/languages", _languages, "metadata=read"),
        Endpoint("GET", f"{_ONE}/vulnerability-alerts", _alerts_are_on, "administration=read"),
        Endpoint("PUT", f"{_ONE}/vulnerability-alerts", _alerts(True), admin),
        Endpoint("DELETE", f"{_ONE}/vulnerability-alerts", _alerts(False), admin),
        Endpoint("GET", f"{_ONE}/collaborators/{{username}}/permission", _permission, "metadata=read"),
        Endpoint(
            "POST",
            "/repos/{template_owner}/{template_repo}/generate",
            _generate,
            admin,
            generation,
        ),
        Endpoint("POST", f"{_ONE}/transfer", _transfer, admin, moving),
        Endpoint("GET", "/search/repositories", _search),
    ]


def _show(call: Call) -> Reply:
    shaped = full_repository(call.state, call.host.url, call.repository, call.viewer)
    modified = call.repository.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    return Reply(shaped, headers={"Last-Modified": modified})


def _edit(call: Call) -> Reply:
    item, body = call.repository, call.body
    if item.is_archived and body.get("archived", True):
        raise RestError(403, "Repository was archived so is read-only.")
    name, branch = spelt(body["name"]) if "name" in body else None, body.get("default_branch")
    if name is not None and name.lower() != item.name.lower():
        check_name(call.state, name, "Validation Failed")
    if branch is not None and item.git.ref(f"refs/heads/{branch}") is None:
        raise invalid("Repository", "default_branch", message=f"The branch {branch} was not found.")
    if not any(body.get(way, getattr(item, way)) for way in _WAYS):
        words = "Sorry, you need to allow at least one merge strategy. (no_merge_method)"
        raise invalid("Repository", "merge_commit_allowed", message=words)
    _rename(call, item, name)
    if branch is not None and branch != item.default_branch:
        changes = {"default_branch": {"from": item.default_branch}}
        git(item.git, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
        call.host.events.repository(item, "edited", call.viewer.login, {"changes": changes})
    _describe(call, item)
    _show_to(call, item)
    _archive(call, item)
    call.state.touch(item)
    return Reply(full_repository(call.state, call.host.url, item, call.viewer))


def _rename(call: Call, item: HostedRepository, name: str | None) -> None:
    if name is None or name == item.name:
        return
    old = item.name
    call.state.rename(item, name)
    changes = {"repository": {"name": {"from": old}}}
    call.host.events.repository(item, "renamed", call.viewer.login, {"changes": changes})


def _describe(call: Call, item: HostedRepository) -> None:
    changes: dict[str, Any] = {}
    for field in ("description", "homepage"):
        new = call.body.get(field, getattr(item, field)) or ""
        if new != getattr(item, field):
            changes[field] = {"from": getattr(item, field) or None}
            setattr(item, field, new)
    if flip(item, call.body) or changes:
        call.host.events.repository(item, "edited", call.viewer.login, {"changes": changes})


def _show_to(call: Call, item: HostedRepository) -> None:
    wanted = call.body.get("visibility")
    if wanted is None and "private" in call.body:
        wanted = "private" if call.body["private"] else "public"
    if wanted is None or wanted == item.visibility:
        return
    was_public = item.visibility is Visibility.PUBLIC
    item.visibility = Visibility(wanted)
    if was_public or wanted == "public":
        action = "publicized" if wanted == "public" else "privatized"
        call.host.events.repository(item, action, call.viewer.login)


def _archive(call: Call, item: HostedRepository) -> None:
    wanted = call.body.get("archived", item.is_archived)
    if wanted != item.is_archived:
        item.is_archived = wanted
        call.host.events.repository(item, "archived" if wanted else "unarchived", call.viewer.login)


def _delete(call: Call) -> Reply:
    item = call.repository
    event = call.host.events.prepared("repository", "deleted", item, call.viewer.login)
    call.state.delete(item)
    event()
    return Reply(status=204)


def _topics(call: Call) -> Reply:
    return Reply({"names": call.repository.topics})


def _set_topics(call: Call) -> Reply:
    names = list(dict.fromkeys(name.lower() for name in call.body["names"]))
    if len(names) > 20:
        raise RestError(422, "Validation Failed", ["A repository cannot have more than 20 topics."])
    wrong = [name for name in names if not _TOPIC.fullmatch(name)]
    if wrong:
        message = (
            f"{', '.join(wrong)}: topics must start with a lowercase letter or number, consist of 50 characters "
            "or less, and can include hyphens."
        )
        raise RestError(422, "Validation Failed", [message])
    before, call.repository.topics = call.repository.topics, names
    call.state.touch(call.repository)
    if before != names:
        changes = {"topics": {"from": before}}
        call.host.events.repository(call.repository, "edited", call.viewer.login, {"changes": changes})
    return Reply({"names": names})


def _languages(call: Call) -> Reply:
    return Reply(dict(call.repository.languages))


def _alerts_are_on(call: Call) -> Reply:
    if not call.repository.has_alerts:
        raise RestError(404, "Vulnerability alerts are disabled.")
    return Reply(status=204)


def _alerts(switch: bool) -> Any:
    def answer(call: Call) -> Reply:
        call.repository.has_alerts = switch
        return Reply(status=204)

    return answer


def _permission(call: Call) -> Reply:
    accounts = call.state.shared.accounts
    login = next((one for one in accounts if one.lower() == call.params["username"].lower()), None)
    if login is None:
        raise not_found()
    order = list(ROLES)
    levels = [
        order.index(granted[call.repository.name])
        for slug, granted in call.state.permissions.items()
        if call.repository.name in granted
        and login in (*call.state.teams[slug].members, *call.state.teams[slug].maintainers)
    ]
    level = order[max(levels)] if levels else None
    coarse = {"TRIAGE": "read", "MAINTAIN": "write"}.get(level or "", (level or "none").lower())
    user = {**account(call.host.url, login), "permissions": None, "role_name": (level or "none").lower()}
    del user["permissions"]
    return Reply({"permission": coarse, "role_name": user["role_name"], "user": user})


def _generate(call: Call) -> Reply:
    template = call.state.repository(call.params["template_owner"], call.params["template_repo"])
    if template is None or not call.viewer.sees(template) or not template.is_template:
        raise not_found()
    host = call.site.host(call.body.get("owner", call.state.name))
    if host is None or not call.viewer.reaches(host.state.name):
        raise invalid("Repository", "owner")
    name = spelt(call.body["name"])
    check_name(host.state, name)
    made = host.state.create(name, call.body.get("description") or "", bool(call.body.get("private", False)))
    if template.git.head_oid:
        host.copy_tree(template, made, call.viewer.login)
    host.settling.begin(made)
    host.events.repository(made, "created", call.viewer.login)
    return Reply(full_repository(host.state, host.url, made, call.viewer), 201)


def _transfer(call: Call) -> Reply:
    """Give a repository to another organisation that the token was made for too."""
    item, former = call.repository, owner(call.state, call.host.url)
    host = call.site.host(call.body["new_owner"])
    if host is None or not call.viewer.reaches(host.state.name):
        raise invalid("Repository", "new_owner", message="Invalid new_owner")
    name = spelt(call.body.get("new_name", item.name))
    slugs = {team_number(host.state, slug): slug for slug in host.state.teams}
    unknown = [number for number in call.body.get("team_ids", ()) if number not in slugs]
    if host is call.host or unknown or host.state.repository(host.state.name, name):
        raise RestError(422, "Validation Failed", ["Repository cannot be transferred to this owner."])
    _rename(call, item, name)
    call.host.transfer(item, host, call.viewer.login)
    for number in call.body.get("team_ids", ()):
        host.state.grant(slugs[number], item, "pull")
    # What is answered names the former owner still: GitHub goes on with it afterwards.
    return Reply({**minimal_repository(host.state, call.host.url, item, call.viewer), "owner": former}, 202)


def _search(call: Call) -> Reply:
    query = call.query.get("q", "").strip()
    if not query:
        raise invalid("Search", "q", "missing")
    with call.state.lock:
        known = [item for state in call.site.states for item in state.repositories.values()]
    items = [
        item for item in known if call.viewer.sees(item) and all(fits(item, part) for part in query.split())
    ]
    shaped = call.page(
        items,
        lambda item: {**minimal_repository(call.site.state_of(item), call.host.url, item), "score": 1.0},
        wrap="items",
        most=_MOST_FOUND,
    )
    shaped.body["incomplete_results"] = False
    return shaped


def fits(item: HostedRepository, part: str) -> bool:
    """Whether a repository has what one word of a search says (``api``, ``topic:go``, ``props.tier:1``)."""
    name, colon, value = part.partition(":")
    value = value.lower()
    known = {
        "org": lambda: item.owner.lower() == value,
        "user": lambda: item.owner.lower() == value,
        "topic": lambda: value in item.topics,
        "archived": lambda: str(item.is_archived).lower() == value,
        "is": lambda: value == item.visibility,
        "language": lambda: (item.language or "").lower() == value,
        "repo": lambda: item.full_name.lower() == value,
    }
    if not colon:
        return part.lower() in f"{item.name} {item.description}".lower()
    if name.startswith("props."):
        return item.custom_properties.get(name.removeprefix("props."), "").lower() == value.strip('"')
    return known[name]() if name in known else True
