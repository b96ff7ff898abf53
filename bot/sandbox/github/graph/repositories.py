"""A repository for GraphQL: its settings, what it is made of, and the way to everything in it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.sandbox.github.graph.alerts import alerts, latest_release, release, releases
from bot.sandbox.github.graph.asking import Info, Resolver, asking
from bot.sandbox.github.graph.contents import (
    default_branch,
    git_object,
    language,
    languages,
    reference,
    references,
)
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.graph.people import Account
from bot.sandbox.github.graph.pulls import pull, pulls
from bot.sandbox.github.graph.rules import protections, rulesets
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.owners import codeowners_errors
from bot.sandbox.github.shapes.people import iso

_LEVELS = (
    ("administration", "write", "ADMIN"),
    ("contents", "write", "WRITE"),
    ("metadata", "read", "READ"),
)
_SECURITY = {"SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"}


def _topics(item: HostedRepository, info: Info, **args: Any) -> Connection:
    return connection(info, sorted(item.topics), lambda name: (name,), args)


def _environments(item: HostedRepository, info: Info, **args: Any) -> Connection:
    names = args.get("names")
    found = [name for name in item.environments if not names or name in names]
    return connection(info, found, lambda name: (name,), args, node=lambda name: (item, name))


def _codeowners(item: HostedRepository, info: Info, **args: Any) -> Any:
    asking(info).require("contents", item)
    start = item.git.thing(args.get("refName") or "HEAD")
    found = codeowners_errors(asking(info).site.state_of(item), item, start.oid) if start else None
    return None if found is None else {"errors": [asdict(error) for error in found]}


def _level(item: HostedRepository, info: Info) -> str | None:
    who = asking(info).viewer
    if not who.reaches(item.owner):
        return "READ"
    return next((word for name, level, word in _LEVELS if who.may(name, level)), None)


def _license(item: HostedRepository, _info: Info) -> Mapping[str, str] | None:
    spdx_id = item.license
    if not spdx_id:
        return None
    return {"id": f"L_{spdx_id}", "key": spdx_id.lower(), "name": spdx_id, "spdxId": spdx_id}


def _ssh(item: HostedRepository, info: Info) -> str:
    host = asking(info).web_url.partition("://")[2].partition(":")[0]
    return f"git@{host}:{item.full_name}.git"


def _web(item: HostedRepository, info: Info) -> str:
    return f"{asking(info).web_url}/{item.full_name}"


def _primary(item: HostedRepository, info: Info) -> Any:
    asking(info).require("contents", item)
    return language(item.language)


def _plain(name: str) -> Resolver:
    return lambda item, _info: getattr(item, name)


RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Repository": {
        "id": _plain("node_id"),
        "databaseId": _plain("number"),
        "name": _plain("name"),
        "nameWithOwner": _plain("full_name"),
        "owner": lambda item, info: Account(asking(info).site.state_of(item)),
        "description": lambda item, _info: item.description or None,
        "url": _web,
        "resourcePath": lambda item, _info: f"/{item.full_name}",
        "sshUrl": _ssh,
        "homepageUrl": lambda item, _info: item.homepage or None,
        "visibility": lambda item, _info: item.visibility.upper(),
        "isPrivate": lambda item, _info: item.visibility != "public",
        "isArchived": _plain("is_archived"),
        "isFork": _plain("is_fork"),
        "isEmpty": lambda item, _info: item.git.head_oid is None,
        "isTemplate": _plain("is_template"),
        "isDisabled": _plain("is_disabled"),
        "isInOrganization": lambda _item, _info: True,
        "hasIssuesEnabled": _plain("has_issues"),
        "hasProjectsEnabled": _plain("has_projects"),
        "hasWikiEnabled": _plain("has_wiki"),
        "hasDiscussionsEnabled": _plain("has_discussions"),
        "hasVulnerabilityAlertsEnabled": _plain("has_alerts"),
        "isSecurityPolicyEnabled": lambda item, _info: not _SECURITY.isdisjoint(item.git.files()),
        "mergeCommitAllowed": _plain("allow_merge_commit"),
        "squashMergeAllowed": _plain("allow_squash_merge"),
        "rebaseMergeAllowed": _plain("allow_rebase_merge"),
        "autoMergeAllowed": _plain("allow_auto_merge"),
        "allowUpdateBranch": _plain("allow_update_branch"),
        "deleteBranchOnMerge": _plain("delete_branch_on_merge"),
        "createdAt": lambda item, _info: iso(item.created_at),
        "updatedAt": lambda item, _info: iso(item.updated_at),
        "pushedAt": lambda item, _info: iso(item.pushed_at),
        "diskUsage": lambda item, _info: -(-sum(item.git.files().values()) // 1024),
        "stargazerCount": _plain("stars"),
        "viewerPermission": _level,
        "viewerCanAdminister": lambda item, info: _level(item, info) == "ADMIN",
        "defaultBranchRef": default_branch,
        "ref": reference,
        "refs": references,
        "object": git_object,
        "primaryLanguage": _primary,
        "languages": languages,
        "licenseInfo": _license,
        "repositoryTopics": _topics,
        "codeowners": _codeowners,
        "pullRequests": pulls,
        "pullRequest": pull,
        "releases": releases,
        "latestRelease": latest_release,
        "release": release,
        "environments": _environments,
        "branchProtectionRules": protections,
        "rulesets": rulesets,
        "vulnerabilityAlerts": alerts,
    },
    "RepositoryTopic": {
        "id": lambda name, _info: f"RT_{name}",
        "topic": lambda name, _info: {"id": f"TO_{name}", "name": name},
        "url": lambda name, info: f"{asking(info).web_url}/topics/{name}",
    },
    "Environment": {
        "id": lambda place, _info: f"EN_{place[0].number}_{place[1]}",
        "name": lambda place, _info: place[1],
    },
}
