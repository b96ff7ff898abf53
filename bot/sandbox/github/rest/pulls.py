"""Pull requests, merges, and comments on them."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.github import plumbing
from bot.sandbox.github.hosted import PullRequest, PullState
from bot.sandbox.github.plumbing import GitFailed
from bot.sandbox.github.refusals import RestError, invalid, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.references import filled, move
from bot.sandbox.github.shapes import commits as shapes
from bot.sandbox.github.shapes.people import actor, iso
from bot.sandbox.github.shapes.pulls import pull_request, pull_request_simple
from bot.sandbox.github.state import HostedRepository

_ONE = "/repos/{owner}/{repo}/pulls"
_NUMBER = f"{_ONE}/{{pull_number}}"
_COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
_SORTS: dict[str, Callable[[PullRequest], Any]] = {
    "created": lambda pull: (pull.created_at, pull.number),
    "updated": lambda pull: (pull.updated_at, pull.number),
}


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read, write = "pull_requests=read", "pull_requests=write"
    creation = {
        "title": "string",
        "head": "string!",
        "base": "string!",
        "body": "string?",
        "draft": "boolean",
        "maintainer_can_modify": "boolean",
    }
    changes = {"title": "string", "body": "string?", "state": "open|closed", "base": "string"}
    merging = {
        "commit_title": "string",
        "commit_message": "string",
        "sha": "string",
        "merge_method": "merge|squash|rebase",
    }
    either = "issues={0}; pull_requests={0}"
    return [
        Endpoint("GET", _ONE, _pulls, read),
        Endpoint("POST", _ONE, _create, write, creation),
        Endpoint("GET", _NUMBER, _show, read),
        Endpoint("PATCH", _NUMBER, _edit, write, changes),
        Endpoint("GET", f"{_NUMBER}/commits", _commits, read),
        Endpoint("GET", f"{_NUMBER}/files", _files, read),
        Endpoint("GET", f"{_NUMBER}/merge", _is_merged, "contents=read"),
        Endpoint("PUT", f"{_NUMBER}/merge", _merge, "contents=write", merging),
        Endpoint("GET", _COMMENTS, _comments, either.format("read")),
        Endpoint("POST", _COMMENTS, _comment, either.format("write"), {"body": "string!"}),
    ]


def _pulls(call: Call) -> Reply:
    item, query = call.repository, call.query
    wanted = query.get("state", "open")
    found = [pull for pull in item.pulls if wanted == "all" or _state(pull) == wanted]
    if query.get("head"):
        found = [pull for pull in found if query["head"] in (f"{item.owner}:{pull.head}", pull.head)]
    if query.get("base"):
        found = [pull for pull in found if pull.base == query["base"]]
    sort = query.get("sort", "created")
    direction = query.get("direction", "desc" if sort == "created" else "asc")
    found.sort(key=_SORTS.get(sort, _SORTS["created"]), reverse=direction == "desc")
    return call.page(found, lambda pull: pull_request_simple(call.state, call.host.url, item, pull))


def _state(pull: PullRequest) -> str:
    return "open" if pull.state is PullState.OPEN else "closed"


def _create(call: Call) -> Reply:
    item, body = filled(call), call.body
    if not body.get("title"):
        raise invalid("Issue", "title", "missing_field")
    head = body["head"].removeprefix(f"{item.owner}:")
    ends = {}
    for field, branch in (("head", head), ("base", body["base"])):
        oid = item.git.ref(f"refs/heads/{branch}")
        if oid is None:
            raise invalid("PullRequest", field)
        ends[field] = oid
    _refuse_second(item, head, body["base"], ends)
    now = call.state.clock.now()
    pull = PullRequest(
        number=1 + max((one.number for one in item.pulls), default=0),
        title=body["title"],
        body=body.get("body") or "",
        author=call.viewer.login,
        head=head,
        base=body["base"],
        head_oid=ends["head"],
        base_oid=ends["base"],
        created_at=now,
        updated_at=now,
        is_draft=bool(body.get("draft")),
    )
    item.pulls.append(pull)
    call.host.events.pull(item, pull, "opened", call.viewer.login)
    shaped = _shape(call, item, pull)
    return Reply(shaped, 201, {"Location": shaped["url"]})


def _refuse_second(item: HostedRepository, head: str, base: str, ends: dict[str, str]) -> None:
    """A branch has one open pull request into another, and only where it has commits of its own.

    Raises:
        RestError: There is one, or there are none.
    """
    if any(pull.state is PullState.OPEN and (pull.head, pull.base) == (head, base) for pull in item.pulls):
        message = f"A pull request already exists for {item.owner}:{head}."
        raise RestError(
            422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}]
        )
    if plumbing.is_ancestor(item.git, ends["head"], ends["base"]):
        message = f"No commits between {base} and {head}"
        raise RestError(
            422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}]
        )


def _pull(call: Call) -> tuple[HostedRepository, PullRequest]:
    item = call.repository
    for pull in item.pulls:
        if str(pull.number) == call.params.get("pull_number", call.params.get("issue_number")):
            return item, pull
    raise not_found()


def _show(call: Call) -> Reply:
    item, pull = _pull(call)
    if call.wants("diff"):
        data = plumbing.git(item.git, "diff", "-M", _base(item, pull), pull.head_oid)
        return Reply(raw=data, media_type="application/vnd.github.diff; charset=utf-8")
    return Reply(_shape(call, item, pull))


def _base(item: HostedRepository, pull: PullRequest) -> str:
    return plumbing.merge_base(item.git, pull.base_oid, pull.head_oid) or pull.base_oid


def _own_commits(item: HostedRepository, pull: PullRequest) -> list[plumbing.Commit]:
    return plumbing.commits(item.git, [pull.head_oid, f"^{_base(item, pull)}"])[::-1]


def _shape(call: Call, item: HostedRepository, pull: PullRequest) -> Json:
    mergeable = None
    if pull.state is PullState.OPEN:
        base = item.git.ref(f"refs/heads/{pull.base}")
        mergeable = bool(base and plumbing.merged_tree(item.git, base, pull.head_oid))
    return pull_request(
        call.state,
        call.host.url,
        item,
        pull,
        mergeable=mergeable,
        commits=len(_own_commits(item, pull)),
        comments=len(pull.comments),
        changes=plumbing.changes(item.git, _base(item, pull), pull.head_oid),
    )


def _edit(call: Call) -> Reply:
    item, pull = _pull(call)
    changes: dict[str, Any] = {}
    for field in ("title", "body"):
        new = call.body.get(field, getattr(pull, field)) or ""
        if new != getattr(pull, field):
            changes[field] = {"from": getattr(pull, field)}
            setattr(pull, field, new)
    if "base" in call.body and call.body["base"] != pull.base:
        _aim(item, pull, call.body["base"])
    pull.updated_at = call.state.clock.now()
    if changes:
        call.host.events.pull(item, pull, "edited", call.viewer.login, {"changes": changes})
    wanted = call.body.get("state", _state(pull))
    if wanted != _state(pull):
        _switch(call, item, pull, wanted)
    return Reply(_shape(call, item, pull))


def _aim(item: HostedRepository, pull: PullRequest, base: str) -> None:
    oid = item.git.ref(f"refs/heads/{base}")
    if oid is None:
        raise invalid("PullRequest", "base")
    pull.base, pull.base_oid = base, oid


def _switch(call: Call, item: HostedRepository, pull: PullRequest, wanted: str) -> None:
    if pull.state is PullState.MERGED:
        raise RestError(
            422,
            "Validation Failed",
            [
                {
                    "resource": "PullRequest",
                    "code": "custom",
                    "field": "state",
                    "message": "state cannot be changed. The pull request is merged.",
                }
            ],
        )
    is_open = wanted == "open"
    pull.state = PullState.OPEN if is_open else PullState.CLOSED
    pull.closed_at = None if is_open else call.state.clock.now()
    call.host.events.pull(item, pull, "reopened" if is_open else "closed", call.viewer.login)


def _commits(call: Call) -> Reply:
    item, pull = _pull(call)
    return call.page(
        _own_commits(item, pull), lambda one: shapes.commit(call.state, call.host.url, item, one)
    )


def _files(call: Call) -> Reply:
    item, pull = _pull(call)
    found = plumbing.changes(item.git, _base(item, pull), pull.head_oid)
    return call.page(found, lambda one: shapes.diff_entry(call.host.url, item, pull.head_oid, one))


def _is_merged(call: Call) -> Reply:
    _, pull = _pull(call)
    if pull.state is not PullState.MERGED:
        raise not_found()
    return Reply(status=204)


def _merge(call: Call) -> Reply:
    item, pull = _pull(call)
    base = item.git.ref(f"refs/heads/{pull.base}")
    if pull.state is not PullState.OPEN or base is None or pull.is_draft:
        raise RestError(405, "Pull Request is not mergeable")
    if call.body.get("sha", pull.head_oid) != pull.head_oid:
        raise RestError(409, "Head branch was modified. Review and try the merge again.")
    method = call.body.get("merge_method", "merge")
    if not getattr(item, f"allow_{method}_{'merge' if method != 'merge' else 'commit'}"):
        raise RestError(405, f"{method.capitalize()} merges are not allowed on this repository.")
    oid = _merged(call, item, pull, base, method)
    _put(call, item, pull, oid)
    return Reply({"sha": oid, "merged": True, "message": "Pull Request successfully merged"})


def _merged(call: Call, item: HostedRepository, pull: PullRequest, base: str, method: str) -> str:
    """The commit that the base is to point to after the merge."""
    tree = plumbing.merged_tree(item.git, base, pull.head_oid)
    if tree is None:
        raise RestError(405, "Pull Request has merge conflicts")
    signature = call.host.signature(call.viewer.login)
    if method == "rebase":
        return _rebased(call, item, pull, base)
    title = f"Merge pull request #{pull.number} from {item.owner}/{pull.head}"
    text, parents = pull.title, [base, pull.head_oid]
    if method == "squash":
        title, text, parents = f"{pull.title} (#{pull.number})", pull.body, [base]
    title = call.body.get("commit_title") or title
    text = call.body.get("commit_message", text)
    message = f"{title}\n\n{text}".rstrip()
    return plumbing.write_commit(item.git, tree, parents, message, signature, signature)


def _rebased(call: Call, item: HostedRepository, pull: PullRequest, base: str) -> str:
    """Each commit again, on top of the base."""
    committer = call.host.signature(call.viewer.login)
    for one in _own_commits(item, pull):
        if len(one.parents) != 1:
            raise RestError(405, "This branch can't be rebased")
        tree = plumbing.picked_tree(item.git, one.parents[0], base, one.oid)
        if tree is None:
            raise RestError(405, "This branch can't be rebased")
        base = plumbing.write_commit(item.git, tree, [base], one.message, one.author, committer)
    return base


def _put(call: Call, item: HostedRepository, pull: PullRequest, oid: str) -> None:
    """Move the base to the merged commit, and close the pull request."""
    with call.host.changes(item, call.viewer.login):
        try:
            plumbing.point(item.git, f"refs/heads/{pull.base}", oid)
        except GitFailed as error:
            raise RestError(409, "Base branch was modified. Review and try the merge again.") from error
    now = call.state.clock.now()
    pull.state, pull.merge_oid = PullState.MERGED, oid
    pull.merged_at = pull.closed_at = pull.updated_at = now
    call.host.events.pull(item, pull, "closed", call.viewer.login)
    if item.delete_branch_on_merge:
        move(call, f"refs/heads/{pull.head}", None)


def _comments(call: Call) -> Reply:
    item, pull = _pull(call)
    return call.page(pull.comments, lambda one: _comment_shape(call, item, pull, one))


def _comment(call: Call) -> Reply:
    item, pull = _pull(call)
    if not call.body["body"].strip():
        blank = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
        raise RestError(422, "Validation Failed", [{**blank, "message": "Body cannot be blank"}])
    made = {
        "id": 1 + sum(len(one.comments) for one in item.pulls) + item.number * 1000,
        "author": call.viewer.login,
        "body": call.body["body"],
        "at": iso(call.state.clock.now()),
    }
    pull.comments.append(made)
    shaped = _comment_shape(call, item, pull, made)
    return Reply(shaped, 201, {"Location": shaped["url"]})


def _comment_shape(call: Call, item: HostedRepository, pull: PullRequest, one: Json) -> Json:
    base = f"{call.host.url}/repos/{item.full_name}/issues"
    page = f"{call.host.url}/{item.full_name}/pull/{pull.number}"
    return {
        "id": one["id"],
        "node_id": f"IC_{one['id']}",
        "url": f"{base}/comments/{one['id']}",
        "html_url": f"{page}#issuecomment-{one['id']}",
        "issue_url": f"{base}/{pull.number}",
        "body": one["body"],
        "user": actor(call.host.url, one["author"]),
        "author_association": "MEMBER" if one["author"] in call.state.people else "NONE",
        "created_at": one["at"],
        "updated_at": one["at"],
    }
