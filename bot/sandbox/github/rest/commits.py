"""Commits of a repository, one by one, in lists, and compared."""

import re

from bot.sandbox.github import plumbing
from bot.sandbox.github.plumbing import EMPTY_TREE
from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Reply
from bot.sandbox.github.rest.references import commit_of, filled
from bot.sandbox.github.shapes import commits as shapes

_ONE = "/repos/{owner}/{repo}"
_MAX_FILES = 300
_BELOW = frozenset("branches-where-head check-runs check-suites comments pulls status statuses".split())
"""What GitHub has below a commit and this host has not."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?")


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read = "contents=read"
    return [
        Endpoint("GET", f"{_ONE}/commits", _commits, read),
        Endpoint("GET", f"{_ONE}/commits/{{ref}}", _commit, read),
        Endpoint("GET", f"{_ONE}/compare/{{basehead}}", _compare, read),
    ]


def _commits(call: Call) -> Reply:
    item, query = filled(call), call.query
    if query.get("sha"):
        start = plumbing.resolve(item.git, query["sha"])
        if start is None:
            raise not_found()
    else:
        start = item.git.head_oid
    for name in ("since", "until"):
        if query.get(name) and not _DATE.fullmatch(query[name]):
            raise invalid("Commit", name)
    found = plumbing.commits(
        item.git,
        [start] if start else [],
        path=query.get("path", "").strip("/"),
        since=query.get("since", ""),
        until=query.get("until", ""),
        author=_mail(call, query.get("author", "")),
    )
    return call.page(found, lambda one: shapes.commit(call.state, call.host.url, item, one))


def _mail(call: Call, author: str) -> str:
    """What an author filter is compared with: the address of a login, or the address itself."""
    person = call.state.shared.accounts.get(author)
    return re.escape(f"<{person.email}>" if person else author)


def _commit(call: Call) -> Reply:
    item, ref = filled(call), call.params["ref"]
    oid = plumbing.resolve(item.git, item.default_branch if ref == "HEAD" else ref)
    if oid is None and ref.rpartition("/")[2] in _BELOW:
        raise not_found()
    if oid is None:
        raise RestError(422, f"No commit found for SHA: {ref}")
    if call.wants("sha"):
        return Reply(raw=oid.encode(), media_type="application/vnd.github.sha; charset=utf-8")
    found = plumbing.commit(item.git, oid)
    base = found.parents[0] if found.parents else EMPTY_TREE
    if call.wants("diff"):
        return _diff(call, base, oid)
    changes = plumbing.changes(item.git, base, oid)[:_MAX_FILES]
    return Reply(shapes.commit_with_files(call.state, call.host.url, item, found, changes))


def _diff(call: Call, base: str, head: str) -> Reply:
    data = plumbing.git(call.repository.git, "diff", "-M", base, head)
    return Reply(raw=data, media_type="application/vnd.github.diff; charset=utf-8")


def _compare(call: Call) -> Reply:
    item = filled(call)
    base_name, dots, head_name = call.params["basehead"].partition("...")
    if not dots or not base_name or not head_name:
        raise not_found()
    base, head = (commit_of(call, name.rpartition(":")[2]) for name in (base_name, head_name))
    merge_base = plumbing.merge_base(item.git, base, head)
    if merge_base is None:
        raise RestError(404, f"No common ancestor between {base_name} and {head_name}.")
    if call.wants("diff"):
        return _diff(call, merge_base, head)
    ahead = plumbing.commits(item.git, [head, f"^{base}"])[::-1]
    behind = len(plumbing.commits(item.git, [base, f"^{head}"]))
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    api = f"{call.host.url}/repos/{item.full_name}/compare/{base_name}...{head_name}"
    page = f"{call.host.url}/{item.full_name}/compare/{base_name}...{head_name}"
    listed = call.page(ahead, lambda one: shapes.commit(call.state, call.host.url, item, one))
    pair = [
        shapes.commit(call.state, call.host.url, item, plumbing.commit(item.git, oid))
        for oid in (base, merge_base)
    ]
    changes = plumbing.changes(item.git, merge_base, head)[:_MAX_FILES]
    return Reply(
        {
            "url": api,
            "html_url": page,
            "permalink_url": f"{call.host.url}/{item.full_name}/compare/{base[:7]}...{head[:7]}",
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": pair[0],
            "merge_base_commit": pair[1],
            "status": status.get((bool(ahead), bool(behind)), "diverged"),
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": listed.body,
            "files": [shapes.diff_entry(call.host.url, item, head, one) for one in changes],
        },
        headers=listed.headers,
    )
