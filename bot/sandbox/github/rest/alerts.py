"""Dependabot alerts, of one repository and of the organisation."""

from typing import Any

from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.organizations import visible
from bot.sandbox.github.shapes.people import iso
from bot.sandbox.github.shapes.repositories import simple_repository

_OF_REPOSITORY = "/repos/{owner}/{repo}/dependabot/alerts"


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read, write = "vulnerability_alerts=read", "vulnerability_alerts=write"
    reasons = "fix_started|inaccurate|no_bandwidth|not_used|tolerable_risk"
    changes = {"state": "dismissed|open", "dismissed_reason": reasons, "dismissed_comment": "string"}
    return [
        Endpoint("GET", _OF_REPOSITORY, _of_repository, read),
        Endpoint("GET", f"{_OF_REPOSITORY}/{{alert_number}}", _one, read),
        Endpoint("PATCH", f"{_OF_REPOSITORY}/{{alert_number}}", _edit, write, changes),
        Endpoint("GET", "/orgs/{org}/dependabot/alerts", _of_organization, read),
    ]


def _of_repository(call: Call) -> Reply:
    if not call.repository.has_alerts:
        raise RestError(403, "Dependabot alerts are disabled for this repository.")
    return _page(call, list(call.repository.alerts))


def _of_organization(call: Call) -> Reply:
    _ = call.organization
    found = [
        {**alert, "repository": simple_repository(call.state, call.host.url, item)}
        for item in visible(call)
        if item.has_alerts and not item.is_archived
        for alert in item.alerts
    ]
    return _page(call, found)


def _page(call: Call, alerts: list[Json]) -> Reply:
    for field, value in _FILTERS.items():
        if call.query.get(field):
            wanted = call.query[field].split(",")
            alerts = [alert for alert in alerts if _at(alert, value) in wanted]
    sort = {"updated": "updated_at"}.get(call.query.get("sort", ""), "created_at")
    alerts.sort(key=lambda alert: (alert.get(sort) or "", alert.get("number", 0)))
    if call.query.get("direction", "desc") == "desc":
        alerts.reverse()
    return call.page(alerts, lambda alert: alert)


_FILTERS = {
    "state": ("state",),
    "severity": ("security_advisory", "severity"),
    "ecosystem": ("dependency", "package", "ecosystem"),
    "package": ("dependency", "package", "name"),
    "scope": ("dependency", "scope"),
}


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _named(call: Call) -> Json:
    for alert in call.repository.alerts:
        if str(alert.get("number")) == call.params["alert_number"]:
            return alert
    raise not_found()


def _one(call: Call) -> Reply:
    return Reply(_named(call))


def _edit(call: Call) -> Reply:
    alert, wanted = _named(call), call.body.get("state", "dismissed")
    if wanted == "dismissed" and "dismissed_reason" not in call.body:
        raise RestError(422, 'Invalid request.\n\n"dismissed_reason" wasn\'t supplied.')
    now = iso(call.state.clock.now())
    is_dismissed = wanted == "dismissed"
    alert.update(
        state=wanted,
        updated_at=now,
        dismissed_at=now if is_dismissed else None,
        dismissed_reason=call.body.get("dismissed_reason") if is_dismissed else None,
        dismissed_comment=call.body.get("dismissed_comment") if is_dismissed else None,
    )
    return Reply(alert)
