"""Webhooks over REST: of repositories, of the organisation, of the App, and the log of their deliveries."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.shapes.people import iso
from bot.sandbox.github.webhooks import Delivery, Hook

_REPOSITORY, _ORGANIZATION = "/repos/{owner}/{repo}/hooks", "/orgs/{org}/hooks"
_CONFIG = {"url": "string", "content_type": "string", "secret": "string"}
_MOST = 20
_EVENTS = frozenset(
    """* branch_protection_configuration branch_protection_rule check_run check_suite code_scanning_alert
    commit_comment create custom_property custom_property_values delete dependabot_alert deploy_key deployment
    deployment_protection_rule deployment_review deployment_status discussion discussion_comment fork gollum
    issue_comment issue_dependencies issues label member membership merge_group meta milestone org_block
    organization package page_build personal_access_token_request ping project project_card project_column
    projects_v2 projects_v2_item projects_v2_status_update public pull_request pull_request_review
    pull_request_review_comment pull_request_review_thread push registry_package release repository
    repository_advisory repository_dispatch repository_import repository_ruleset repository_vulnerability_alert
    secret_scanning_alert secret_scanning_alert_location secret_scanning_scan security_advisory
    security_and_analysis sponsorship star status sub_issues team team_add watch workflow_dispatch workflow_job
    workflow_run""".split()
)


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    changes = {"config": "object", "events": "[string]", "active": "boolean", "name": "string"}
    found = []
    for base, permission in ((_REPOSITORY, "repository_hooks"), (_ORGANIZATION, "organization_hooks")):
        one, read, write = f"{base}/{{hook_id}}", f"{permission}=read", f"{permission}=write"
        needed = {**changes, "name": "string!", "config": "object!"} if "org" in base else changes
        adding = {"add_events": "[string]", "remove_events": "[string]"}
        found += [
            Endpoint("GET", base, _hooks, read),
            Endpoint("POST", base, _create, write, needed),
            Endpoint("GET", one, lambda call: Reply(_shape(call, _hook(call))), read),
            Endpoint("PATCH", one, _edit, write, {**changes, **adding}),
            Endpoint("DELETE", one, _delete, write),
            Endpoint("GET", f"{one}/config", lambda call: Reply(_config(_hook(call))), read),
            Endpoint("PATCH", f"{one}/config", _edit_config(_hook), write, _CONFIG),
            Endpoint("POST", f"{one}/pings", _ping, read),
            *_logs(one, _hook, read, write),
        ]
    return [
        *found,
        Endpoint("GET", "/app/hook/config", lambda call: Reply(_config(_app_hook(call))), "app"),
        Endpoint("PATCH", "/app/hook/config", _edit_config(_app_hook), "app", _CONFIG),
        *_logs("/app/hook", _app_hook, "app", "app"),
    ]


def _logs(base: str, find: Callable[[Call], Hook], read: str, write: str) -> list[Endpoint]:
    one = f"{base}/deliveries/{{delivery_id}}"

    def show(call: Call) -> Reply:
        delivery = _delivery(call, find(call))
        return Reply(
            {
                **_short(delivery),
                "url": delivery.hook.url,
                "request": {"headers": dict(delivery.sent_headers), "payload": delivery.payload},
                "response": {"headers": dict(delivery.answer_headers), "payload": delivery.answer},
            }
        )

    def again(call: Call) -> Reply:
        call.host.webhooks.redeliver(_delivery(call, find(call)).id)
        return Reply({}, 202)

    return [
        Endpoint("GET", f"{base}/deliveries", lambda call: _deliveries(call, find(call)), read),
        Endpoint("GET", one, show, read),
        Endpoint("POST", f"{one}/attempts", again, write),
    ]


def _target(call: Call) -> tuple[str, int]:
    if "org" in call.params:
        _ = call.organization
        return "organization", call.state.number
    return "repository", call.repository.number


def _mine(call: Call) -> list[Hook]:
    kind, number = _target(call)
    return [hook for hook in call.host.webhooks.hooks if (hook.kind, hook.target) == (kind, number)]


def _hooks(call: Call) -> Reply:
    return call.page(_mine(call), lambda hook: _shape(call, hook))


def _hook(call: Call) -> Hook:
    for hook in _mine(call):
        if str(hook.id) == call.params["hook_id"]:
            return hook
    raise not_found()


def _app_hook(call: Call) -> Hook:
    return call.host.webhooks.app_hook


def _create(call: Call) -> Reply:
    kind, number = _target(call)
    if call.body.get("name", "web") != "web":
        raise RestError(422, "Validation Failed", [_wrong("name", "The only hook name is web")])
    config = _checked(call.body.get("config", {}), needs_url=True)
    events = tuple(_known(call.body.get("events") or ["push"]))
    if len(_mine(call)) >= _MOST:
        raise RestError(
            422,
            "Validation Failed",
            [_wrong("base", f'The "{events[0]}" event cannot have more than {_MOST} hooks')],
        )
    if any(hook.url == config["url"] and set(hook.events) & set(events) for hook in _mine(call)):
        raise RestError(422, "Validation Failed", [_wrong("base", "Hook already exists on this repository")])
    hook = call.host.webhooks.add(
        "organization" if kind == "organization" else "repository", number, config, events
    )
    hook.is_active = bool(call.body.get("active", True))
    _send_ping(call, hook)
    shaped = _shape(call, hook)
    return Reply(shaped, 201, {"Location": shaped["url"]})


def _known(events: Sequence[str]) -> Sequence[str]:
    """Events that GitHub has, whether this host sends them or not."""
    strange = next((event for event in events if event not in _EVENTS), None)
    if strange is not None:
        raise RestError(422, "Validation Failed", [_wrong("events", f"{strange:.60} is not a valid event")])
    return events


def _wrong(field: str, message: str) -> Json:
    return {"resource": "Hook", "code": "custom", "field": field, "message": message}


def _checked(config: Json, *, needs_url: bool) -> dict[str, str]:
    """A hook's settings as texts.

    Raises:
        RestError: The address is none, or something is no text.
    """
    if needs_url and "url" not in config:
        raise RestError(422, "Validation Failed", [_wrong("url", "url cannot be blank")])
    for name in ("url", "content_type", "secret"):
        if name in config and not isinstance(config[name], str):
            raise RestError(422, f"Invalid request.\n\nFor 'properties/config/{name}', it is not a string.")
    url = config.get("url", "http://unchanged")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RestError(422, "Validation Failed", [_wrong("url", "url is not a valid URL")])
    if config.get("content_type", "form") not in ("form", "json"):
        raise RestError(422, "Validation Failed", [_wrong("content_type", "content_type is form or json")])
    kept: dict[str, str] = {
        name: config[name] for name in ("url", "content_type", "secret") if name in config
    }
    if "insecure_ssl" in config:
        kept["insecure_ssl"] = str(config["insecure_ssl"])
    return kept


def _edit(call: Call) -> Reply:
    hook = _hook(call)
    if "config" in call.body:
        _set(call, hook, _checked(call.body["config"], needs_url=False))
    events = list(_known(call.body.get("events", hook.events)))
    events += [event for event in _known(call.body.get("add_events", ())) if event not in events]
    gone = call.body.get("remove_events", ())
    hook.events = tuple(event for event in events if event not in gone)
    hook.is_active = bool(call.body.get("active", hook.is_active))
    hook.updated_at = call.state.clock.now()
    return Reply(_shape(call, hook))


def _set(call: Call, hook: Hook, config: dict[str, str]) -> None:
    for name, value in config.items():
        setattr(hook, name, value)
    hook.updated_at = call.state.clock.now()


def _edit_config(find: Callable[[Call], Hook]) -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        hook = find(call)
        _set(call, hook, _checked(call.body, needs_url=False))
        return Reply(_config(hook))

    return answer


def _delete(call: Call) -> Reply:
    call.host.webhooks.hooks.remove(_hook(call))
    return Reply(status=204)


def _ping(call: Call) -> Reply:
    _send_ping(call, _hook(call))
    return Reply(status=204)


def _send_ping(call: Call, hook: Hook) -> None:
    payload: Json = {
        "zen": "Speak like a human.",
        "hook_id": hook.id,
        "hook": _shape(call, hook) if hook.kind != "integration" else _config(hook),
    }
    call.host.webhooks.send(hook, "ping", payload, hook.target if hook.kind == "repository" else None)


def _config(hook: Hook) -> Json:
    config = {"url": hook.url, "content_type": hook.content_type, "insecure_ssl": hook.insecure_ssl}
    return {**config, "secret": "********"} if hook.secret else config


def _shape(call: Call, hook: Hook) -> Json:
    item = None if hook.kind == "organization" else call.repository
    base = f"{call.host.url}/repos/{item.full_name}" if item else f"{call.host.url}/orgs/{call.state.name}"
    url = f"{base}/hooks/{hook.id}"
    shaped: Json = {
        "type": "Repository" if item else "Organization",
        "id": hook.id,
        "name": "web",
        "active": hook.is_active,
        "events": list(hook.events),
        "config": _config(hook),
        "created_at": iso(hook.created_at),
        "updated_at": iso(hook.updated_at),
        "url": url,
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
    }
    if item:
        shaped |= {"test_url": f"{url}/test", "last_response": dict(hook.last_response)}
    return shaped


def _deliveries(call: Call, hook: Hook) -> Reply:
    found = [one for one in reversed(call.host.webhooks.deliveries) if one.hook is hook]
    status = call.query.get("status")
    if status:
        found = [one for one in found if (200 <= one.status_code < 400) == (status == "success")]
    cursor = call.query.get("cursor", "")
    if cursor and not cursor.isdigit():
        raise RestError(400, "Invalid cursor")
    if cursor:
        found = [one for one in found if one.id < int(cursor)]
    size = int(call.query["per_page"]) if call.query.get("per_page", "x").isdigit() else 30
    size = min(max(size, 1), 100)
    shaped = [_short(one) for one in found[:size]]
    headers = {}
    if len(found) > size:
        path = f"{call.host.url}{call.path}?per_page={size}&cursor={found[size - 1].id}"
        headers["Link"] = f'<{path}>; rel="next"'
    return Reply(shaped, headers=headers)


def _delivery(call: Call, hook: Hook) -> Delivery:
    for one in call.host.webhooks.deliveries:
        if one.hook is hook and str(one.id) == call.params["delivery_id"]:
            return one
    raise not_found()


def _short(one: Delivery) -> Json:
    is_app = one.hook.kind == "integration"
    return {
        "id": one.id,
        "guid": one.guid,
        "delivered_at": iso(one.at),
        "redelivery": one.is_redelivery,
        "duration": one.took_s,
        "status": one.status,
        "status_code": one.status_code,
        "event": one.event,
        "action": one.action,
        "installation_id": one.installation if is_app else None,
        "repository_id": one.repository,
        "throttled_at": None,
    }
