"""Repositories as GitHub shows them: minimal in lists, full by name, another way in webhooks."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.shapes.people import granted, iso, owner
from bot.sandbox.github.state import HostedRepository, State
from bot.sandbox.github.viewer import Viewer

Json = dict[str, Any]
_LINKS = """archive /{archive_format}{/ref}
assignees /assignees{/user}
blobs /git/blobs{/sha}
branches /branches{/branch}
collaborators /collaborators{/collaborator}
comments /comments{/number}
commits /commits{/sha}
compare /compare/{base}...{head}
contents /contents/{+path}
contributors /contributors
deployments /deployments
downloads /downloads
events /events
forks /forks
git_commits /git/commits{/sha}
git_refs /git/refs{/sha}
git_tags /git/tags{/sha}
hooks /hooks
issue_comment /issues/comments{/number}
issue_events /issues/events{/number}
issues /issues{/number}
keys /keys{/key_id}
labels /labels{/name}
languages /languages
merges /merges
milestones /milestones{/number}
notifications /notifications{?since,all,participating}
pulls /pulls{/number}
releases /releases{/id}
stargazers /stargazers
statuses /statuses/{sha}
subscribers /subscribers
subscription /subscription
tags /tags
teams /teams
trees /git/trees{/sha}"""


def simple_repository(state: State, url: str, item: HostedRepository) -> Json:
    """``simple-repository``: names and addresses."""
    base = f"{url}/repos/{item.full_name}"
    rows = (row.split(" ", 1) for row in _LINKS.splitlines())
    return {
        "id": item.number,
        "node_id": item.node_id,
        "name": item.name,
        "full_name": item.full_name,
        "private": item.visibility != "public",
        "owner": owner(state, url),
        "html_url": f"{url}/{item.full_name}",
        "description": item.description or None,
        "fork": item.is_fork,
        "url": base,
        **{f"{name}_url": base + rest for name, rest in rows},
    }


def minimal_repository(state: State, url: str, item: HostedRepository, viewer: Viewer | None = None) -> Json:
    """``minimal-repository`` and ``repository``: what lists have."""
    host = url.partition("//")[2]
    shaped = {
        **simple_repository(state, url, item),
        "git_url": f"git://{host}/{item.full_name}.git",
        "ssh_url": f"git@{host.partition(':')[0]}:{item.full_name}.git",
        "clone_url": f"{url}/{item.full_name}.git",
        "svn_url": f"{url}/{item.full_name}",
        "mirror_url": None,
        "homepage": item.homepage or None,
        "language": item.language,
        "size": 0 if item.git.head_oid is None else 1,
        "default_branch": item.default_branch,
        "is_template": item.is_template,
        "topics": item.topics,
        "has_issues": item.has_issues,
        "has_projects": item.has_projects,
        "has_wiki": item.has_wiki,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": item.has_discussions,
        "archived": item.is_archived,
        "disabled": item.is_disabled,
        "visibility": str(item.visibility),
        "forks_count": 0,
        "forks": 0,
        "stargazers_count": item.stars,
        "watchers_count": item.stars,
        "watchers": item.stars,
        "open_issues_count": _open(item),
        "open_issues": _open(item),
        "license": license_simple(item.license),
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": iso(item.pushed_at or item.created_at),
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
    }
    if viewer:
        shaped["permissions"] = dict(granted(level_of(viewer, item)))
    return shaped


def full_repository(state: State, url: str, item: HostedRepository, viewer: Viewer) -> Json:
    """``full-repository``: what is told of one by its name."""
    return {
        **minimal_repository(state, url, item, viewer),
        **merge_settings(item),
        "organization": owner(state, url),
        "custom_properties": dict(item.custom_properties),
        "network_count": 0,
        "subscribers_count": 0,
    }


def hook_repository(state: State, url: str, item: HostedRepository) -> Json:
    """``repository-webhooks``: what events carry."""
    return {
        **minimal_repository(state, url, item),
        "custom_properties": dict(item.custom_properties),
    }


def merge_settings(item: HostedRepository) -> Json:
    """How pull requests may be merged."""
    return {
        "allow_merge_commit": item.allow_merge_commit,
        "allow_squash_merge": item.allow_squash_merge,
        "allow_rebase_merge": item.allow_rebase_merge,
        "allow_auto_merge": item.allow_auto_merge,
        "allow_update_branch": item.allow_update_branch,
        "delete_branch_on_merge": item.delete_branch_on_merge,
    }


def team_repository(
    state: State, url: str, item: HostedRepository, level: str, roles: Mapping[str, str]
) -> Json:
    """``team-repository``: with what a team may do in it."""
    return {
        **minimal_repository(state, url, item),
        "permissions": dict(granted(level)),
        "role_name": {"pull": "read", "push": "write"}.get(roles[level], roles[level]),
    }


def level_of(viewer: Viewer, item: HostedRepository) -> str | None:
    """What a token may do in a repository, as a role of people: READ, WRITE or ADMIN."""
    if not viewer.reaches(item.owner):
        return "READ"
    if viewer.may("administration", "write"):
        return "ADMIN"
    if viewer.may("contents", "write"):
        return "WRITE"
    return "READ"


def license_simple(spdx_id: str | None) -> Json | None:
    """``license-simple``; None where none is known."""
    if not spdx_id:
        return None
    key = spdx_id.lower()
    url = f"https://api.github.com/licenses/{key}"
    return {"key": key, "name": spdx_id, "spdx_id": spdx_id, "url": url, "node_id": f"L_{spdx_id}"}


def _open(item: HostedRepository) -> int:
    return sum(pull.state == "OPEN" for pull in item.pulls)
