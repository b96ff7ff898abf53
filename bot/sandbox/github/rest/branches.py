"""Branches, tags, and the classic protection of branches."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.github import plumbing, rules
from bot.sandbox.github.refusals import RestError, invalid
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.shapes.commits import commit
from bot.sandbox.github.shapes.people import account, team
from bot.sandbox.github.state import HostedRepository

_ONE = "/repos/{owner}/{repo}/branches/{branch}"
_SWITCHES = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)

_PARTS = {
    "enforce_admins": "Not Found",
    "required_pull_request_reviews": "Required pull request reviews not enabled",
    "required_status_checks": "Required status checks not enabled",
    "restrictions": "Push restrictions not enabled",
}
"""Parts of a protection that have addresses of their own, and what is said where one is not set."""


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    admin = "administration=write"
    protection = {
        "required_status_checks": "object?!",
        "enforce_admins": "boolean?!",
        "required_pull_request_reviews": "object?!",
        "restrictions": "object?!",
        **dict.fromkeys(_SWITCHES, "boolean"),
        "allow_force_pushes": "boolean?",
    }
    return [
        Endpoint("GET", "/repos/{owner}/{repo}/branches", _branches, "contents=read"),
        *(
            Endpoint("GET", f"{_ONE}/protection/{name}", _part(name, words), "administration=read")
            for name, words in _PARTS.items()
        ),
        Endpoint("GET", f"{_ONE}/protection", _protection, "administration=read"),
        Endpoint("PUT", f"{_ONE}/protection", _protect, admin, protection),
        Endpoint("DELETE", f"{_ONE}/protection", _unprotect, admin),
        Endpoint("GET", _ONE, _branch, "contents=read"),
        Endpoint("GET", "/repos/{owner}/{repo}/tags", _tags, "contents=read"),
    ]


def _branches(call: Call) -> Reply:
    item = call.repository
    found = [(name.removeprefix("refs/heads/"), oid) for name, oid in item.git.refs("refs/heads/").items()]
    if "protected" in call.query:
        wanted = call.query["protected"] == "true"
        found = [pair for pair in found if _is_protected(call, pair[0]) is wanted]
    base = f"{call.host.url}/repos/{item.full_name}"
    return call.page(
        found,
        lambda pair: {
            "name": pair[0],
            "commit": {"sha": pair[1], "url": f"{base}/commits/{pair[1]}"},
            "protected": _is_protected(call, pair[0]),
        },
    )


def _branch(call: Call) -> Reply:
    item, name = call.repository, call.params["branch"]
    oid = _head(call)
    found = plumbing.commit(item.git, oid)
    api = f"{call.host.url}/repos/{item.full_name}/branches/{name}"
    rule = rules.protection_for(item, name)
    checks = (rule or {}).get("required_status_checks") or {}
    level = "off" if not checks else "everyone" if (rule or {}).get("enforce_admins") else "non_admins"
    contexts = _contexts(checks)
    return Reply(
        {
            "name": name,
            "commit": commit(call.state, call.host.url, item, found),
            "_links": {"self": api, "html": f"{call.host.url}/{item.full_name}/tree/{name}"},
            "protected": _is_protected(call, name),
            "protection": {
                "enabled": rule is not None,
                "required_status_checks": {
                    "enforcement_level": level,
                    "contexts": contexts,
                    "checks": [{"context": context, "app_id": None} for context in contexts],
                },
            },
            "protection_url": f"{api}/protection",
        }
    )


def _head(call: Call) -> str:
    oid = call.repository.git.ref(f"refs/heads/{call.params['branch']}")
    if oid is None:
        raise RestError(404, "Branch not found")
    return oid


def _is_protected(call: Call, name: str) -> bool:
    item = call.repository
    active = (one.get("enforcement") for one in rules.rulesets_for(call.state, item, f"refs/heads/{name}"))
    return rules.protection_for(item, name) is not None or "active" in active


def _protection(call: Call) -> Reply:
    _head(call)
    rule = rules.protection_for(call.repository, call.params["branch"])
    if rule is None:
        raise RestError(404, "Branch not protected")
    return Reply(_shape(call, call.repository, dict(rule)))


def _part(name: str, words: str) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        shaped = _protection(call).body
        if name not in shaped:
            raise RestError(404, words)
        return Reply(shaped[name])

    return answer


def _protect(call: Call) -> Reply:
    _head(call)
    rule = dict(call.body)
    _check(call, rule)
    name, item = call.params["branch"], call.repository
    action = "edited" if name in item.protections else "created"
    item.protections[name] = rule
    call.host.events.branch_protection(item, name, rule, action, call.viewer.login)
    return Reply(_shape(call, item, rule))


def _check(call: Call, rule: Json) -> None:
    """The parts of a protection that are objects themselves.

    Raises:
        RestError: They are none that GitHub takes.
    """
    checks, limits = rule["required_status_checks"], rule["restrictions"]
    if checks is not None and not (
        isinstance(checks.get("strict"), bool) and isinstance(checks.get("contexts", []), list)
    ):
        raise RestError(
            422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\n"strict" wasn\'t supplied.'
        )
    if limits is None:
        return
    people, slugs = limits.get("users", []), limits.get("teams", [])
    if not all(
        isinstance(one, list) and all(isinstance(name, str) for name in one) for one in (people, slugs)
    ):
        raise RestError(422, "Invalid request.\n\nFor 'properties/restrictions', users and teams are lists.")
    if any(login not in call.state.people for login in people):
        raise invalid("Restrictions", "users")
    if any(slug not in call.state.teams for slug in slugs):
        raise invalid("Restrictions", "teams")


def _unprotect(call: Call) -> Reply:
    _head(call)
    rule = call.repository.protections.pop(call.params["branch"], None)
    if rule is None:
        raise RestError(404, "Branch not protected")
    call.host.events.branch_protection(
        call.repository, call.params["branch"], rule, "deleted", call.viewer.login
    )
    return Reply(status=204)


def _shape(call: Call, item: HostedRepository, rule: Json) -> Json:
    """``branch-protection`` and ``protected-branch``, which have the same fields."""
    base = f"{call.host.url}/repos/{item.full_name}/branches/{call.params['branch']}/protection"
    shaped: Json = {
        "url": base,
        "required_signatures": {"url": f"{base}/required_signatures", "enabled": False},
        "enforce_admins": {"url": f"{base}/enforce_admins", "enabled": bool(rule.get("enforce_admins"))},
        **{name: {"enabled": bool(rule.get(name))} for name in _SWITCHES},
    }
    checks = rule.get("required_status_checks")
    if checks:
        contexts = _contexts(checks)
        shaped["required_status_checks"] = {
            "url": f"{base}/required_status_checks",
            "strict": bool(checks.get("strict")),
            "contexts": contexts,
            "contexts_url": f"{base}/required_status_checks/contexts",
            "checks": [{"context": context, "app_id": None} for context in contexts],
        }
    reviews = rule.get("required_pull_request_reviews")
    if reviews is not None:
        shaped["required_pull_request_reviews"] = _reviews(base, reviews)
    limits = rule.get("restrictions")
    if limits is not None:
        shaped["restrictions"] = _restrictions(call, base, limits)
    return shaped


def _contexts(checks: Json) -> list[str]:
    named = [one.get("context", "") for one in checks.get("checks", ()) if isinstance(one, dict)]
    return list(dict.fromkeys(str(one) for one in [*checks.get("contexts", ()), *named]))


def _reviews(base: str, reviews: Json) -> Json:
    count = reviews.get("required_approving_review_count")
    return {
        "url": f"{base}/required_pull_request_reviews",
        "dismiss_stale_reviews": bool(reviews.get("dismiss_stale_reviews")),
        "require_code_owner_reviews": bool(reviews.get("require_code_owner_reviews")),
        "require_last_push_approval": bool(reviews.get("require_last_push_approval")),
        "required_approving_review_count": count if isinstance(count, int) else 1,
    }


def _restrictions(call: Call, base: str, limits: Json) -> Json:
    url = f"{base}/restrictions"
    people: list[Any] = [account(call.host.url, login) for login in limits.get("users", ())]
    # A team that is named here may be gone by now.
    found = [call.state.teams[slug] for slug in limits.get("teams", ()) if slug in call.state.teams]
    teams = [team(call.state, call.host.url, one) for one in found]
    addresses = {f"{kind}_url": f"{url}/{kind}" for kind in ("users", "teams", "apps")}
    return {"url": url, **addresses, "users": people, "teams": teams, "apps": []}


def _tags(call: Call) -> Reply:
    item = call.repository
    base = f"{call.host.url}/repos/{item.full_name}"

    def shape(pair: tuple[str, str]) -> Json:
        name, oid = pair[0].removeprefix("refs/tags/"), plumbing.resolve(item.git, pair[1]) or pair[1]
        return {
            "name": name,
            "node_id": f"REF_{item.number}_{pair[0]}",
            "commit": {"sha": oid, "url": f"{base}/commits/{oid}"},
            "zipball_url": f"{base}/zipball/{pair[0]}",
            "tarball_url": f"{base}/tarball/{pair[0]}",
        }

    return call.page(sorted(item.git.refs("refs/tags/").items(), reverse=True), shape)
