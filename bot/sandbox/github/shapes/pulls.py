"""Pull requests as GitHub shows them."""

from typing import Any

from bot.sandbox.github.hosted import PullRequest, PullState
from bot.sandbox.github.plumbing import Change
from bot.sandbox.github.shapes.people import actor, iso, number_of, owner
from bot.sandbox.github.shapes.repositories import merge_settings, minimal_repository
from bot.sandbox.github.state import HostedRepository, State

Json = dict[str, Any]


def pull_request_simple(state: State, url: str, item: HostedRepository, pull: PullRequest) -> Json:
    """``pull-request-simple``: what lists have."""
    base = f"{url}/repos/{item.full_name}"
    api, issue = f"{base}/pulls/{pull.number}", f"{base}/issues/{pull.number}"
    html = f"{url}/{item.full_name}/pull/{pull.number}"
    links = {
        "self": api,
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": f"{base}/pulls/comments{{/number}}",
        "commits": f"{api}/commits",
        "statuses": f"{base}/statuses/{pull.head_oid}",
    }
    return {
        "url": api,
        "id": number_of("pull", f"{item.number}/{pull.number}"),
        "node_id": f"PR_{item.number}_{pull.number}",
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": pull.number,
        "state": "open" if pull.state is PullState.OPEN else "closed",
        "locked": False,
        "active_lock_reason": None,
        "title": pull.title,
        "user": actor(url, pull.author),
        "body": pull.body or None,
        "labels": [_label(base, name) for name in pull.labels],
        "milestone": None,
        "created_at": iso(pull.created_at),
        "updated_at": iso(pull.updated_at),
        "closed_at": iso(pull.closed_at),
        "merged_at": iso(pull.merged_at),
        "merge_commit_sha": pull.merge_oid,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(state, url, item, pull.head, pull.head_oid),
        "base": _end(state, url, item, pull.base, pull.base_oid),
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": "MEMBER" if pull.author in state.people else "NONE",
        "auto_merge": None,
        "draft": pull.is_draft,
    }


def pull_request(
    state: State,
    url: str,
    item: HostedRepository,
    pull: PullRequest,
    *,
    mergeable: bool | None,
    commits: int,
    comments: int,
    changes: list[Change],
) -> Json:
    """``pull-request``: what is told of one by its number."""
    is_merged = pull.state is PullState.MERGED
    return {
        **pull_request_simple(state, url, item, pull),
        "merged": is_merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": {True: "clean", False: "dirty"}.get(mergeable, "unknown")
        if mergeable is not None
        else "unknown",
        "merged_by": actor(url, pull.author) if is_merged else None,
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": commits,
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def _end(state: State, url: str, item: HostedRepository, branch: str, oid: str) -> Json:
    return {
        "label": f"{item.owner}:{branch}",
        "ref": branch,
        "sha": oid,
        "user": owner(state, url),
        "repo": {**minimal_repository(state, url, item), **merge_settings(item)},
    }


def _label(base: str, name: str) -> Json:
    number = number_of("label", name)
    return {
        "id": number,
        "node_id": f"LA_{number}",
        "url": f"{base}/labels/{name}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
    }
