"""Dependabot alerts and releases, for GraphQL, from what REST shows of them."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.graph.asking import Info, Resolver, asking
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.hosted import HostedRepository

Alert = tuple[HostedRepository, Mapping[str, Any]]
Release = tuple[HostedRepository, Mapping[str, Any]]
_SEVERITIES = {"medium": "MODERATE"}


def alerts(item: HostedRepository, info: Info, **args: Any) -> Connection | None:
    """The alerts of a repository; null without the permission to read them."""
    asking(info).require("vulnerability_alerts", item)
    states, scopes = args.get("states"), args.get("dependencyScopes")
    found = [
        alert
        for alert in item.alerts
        if (states is None or _state(alert) in states)
        and (scopes is None or str(_at(alert, "dependency", "scope")).upper() in scopes)
    ]
    return connection(
        info, found, lambda alert: (int(alert["number"]),), args, node=lambda alert: (item, alert)
    )


def releases(item: HostedRepository, info: Info, **args: Any) -> Connection:
    """The releases of a repository, the newest first."""
    asking(info).require("contents", item)
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "DESC"}
    by = "name" if order["field"] == "NAME" else "created_at"
    return connection(
        info,
        item.releases,
        lambda release: (str(release.get(by) or ""), int(release["id"])),
        args,
        descending=order["direction"] == "DESC",
        node=lambda release: (item, release),
    )


def latest_release(item: HostedRepository, info: Info) -> Release | None:
    """The newest release that is neither a draft nor a prerelease."""
    asking(info).require("contents", item)
    latest = _latest(item)
    return (item, latest) if latest else None


def release(item: HostedRepository, info: Info, **args: Any) -> Release | None:
    """The release of a tag."""
    asking(info).require("contents", item)
    found = next((one for one in item.releases if one.get("tag_name") == args["tagName"]), None)
    return (item, found) if found else None


def _latest(item: HostedRepository) -> Mapping[str, Any] | None:
    whole = [one for one in item.releases if not one.get("draft") and not one.get("prerelease")]
    return max(whole, key=lambda one: str(one.get("created_at") or ""), default=None)


def _state(alert: Mapping[str, Any]) -> str:
    return str(alert.get("state", "open")).upper()


def _at(source: Mapping[str, Any], *names: str) -> Any:
    """A value deep inside; None where any part of the way is missing."""
    value: Any = source
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _severity(source: Mapping[str, Any]) -> str:
    word = str(source.get("severity", "low"))
    return _SEVERITIES.get(word, word.upper())


def _value(*names: str) -> Resolver:
    return lambda source, _info: _at(source[1], *names)


def _manifest(source: Alert, _info: Info) -> str:
    return str(_at(source[1], "dependency", "manifest_path") or "")


def _ecosystem(source: Mapping[str, Any], _info: Info) -> str:
    return str(source.get("ecosystem", "")).upper()


def _page(source: Release, info: Info) -> str:
    return f"{asking(info).web_url}/{source[0].full_name}/releases/tag/{source[1].get('tag_name')}"


def _named(name: str, default: Any = None) -> Resolver:
    return lambda source, _info: source.get(name, default)


RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "RepositoryVulnerabilityAlert": {
        "id": lambda source, _info: f"RVA_{source[0].number}_{source[1]['number']}",
        "number": _value("number"),
        "state": lambda source, _info: _state(source[1]),
        "createdAt": _value("created_at"),
        "dismissedAt": _value("dismissed_at"),
        "fixedAt": _value("fixed_at"),
        "autoDismissedAt": _value("auto_dismissed_at"),
        "vulnerableManifestPath": _manifest,
        "vulnerableManifestFilename": lambda source, info: _manifest(source, info).rpartition("/")[2],
        "vulnerableRequirements": _value("security_vulnerability", "vulnerable_version_range"),
        "securityAdvisory": _value("security_advisory"),
        "securityVulnerability": _value("security_vulnerability"),
        "repository": lambda source, _info: source[0],
    },
    "SecurityAdvisory": {
        "id": _named("ghsa_id", ""),
        "ghsaId": _named("ghsa_id", ""),
        "severity": lambda source, _info: _severity(source),
        "summary": _named("summary", ""),
        "description": _named("description", ""),
        "publishedAt": _named("published_at"),
        "updatedAt": _named("updated_at"),
    },
    "SecurityVulnerability": {
        "severity": lambda source, _info: _severity(source),
        "package": _named("package"),
        "vulnerableVersionRange": _named("vulnerable_version_range", ""),
        "firstPatchedVersion": _named("first_patched_version"),
    },
    "SecurityAdvisoryPackage": {"ecosystem": _ecosystem, "name": _named("name", "")},
    "SecurityAdvisoryPackageVersion": {"identifier": _named("identifier", "")},
    "Release": {
        "id": lambda source, _info: f"RE_{source[0].number}_{source[1]['id']}",
        "databaseId": _value("id"),
        "name": _value("name"),
        "tagName": _value("tag_name"),
        "description": _value("body"),
        "isDraft": lambda source, _info: bool(source[1].get("draft")),
        "isPrerelease": lambda source, _info: bool(source[1].get("prerelease")),
        "isLatest": lambda source, _info: _latest(source[0]) is source[1],
        "createdAt": _value("created_at"),
        "publishedAt": _value("published_at"),
        "url": _page,
    },
}
