"""What GraphQL may change: a commit on a branch, a new branch, a pull request; each by the rules that REST has."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from bot.sandbox.github import plumbing, rules
from bot.sandbox.github.graph.asking import Asking, Info, Resolver, asking, refused
from bot.sandbox.github.graph.contents import Reference, content
from bot.sandbox.github.graph.listing import by_name
from bot.sandbox.github.hosted import HostedRepository, PullRequest, PullState

Input = Mapping[str, Any]


def commit_on_branch(_root: object, info: Info, **args: Any) -> Mapping[str, Any]:
    """One commit with files added and deleted, if the branch still is where the caller thinks."""
    given: Input = args["input"]
    asked = asking(info)
    item, branch = _branch(info, given["branch"])
    _may_write(asked, item)
    full_name = f"refs/heads/{branch}"
    old = item.git.ref(full_name)
    if old is None:
        raise refused("NOT_FOUND", f"A branch with the name '{branch}' does not exist.")
    if old != given["expectedHeadOid"]:
        raise refused(
            "STALE_DATA",
            f'Expected branch to point to "{given["expectedHeadOid"]}" but it points to "{old}". '
            "Pull and try again.",
        )
    edits = _edits(item, given.get("fileChanges") or {})
    message = given["message"]
    text = f"{message['headline']}\n\n{message['body']}" if message.get("body") else message["headline"]
    signature = asked.site.host_of(item).signature(asked.viewer.login)
    try:
        tree = plumbing.write_tree(item.git, old, edits)
        oid = plumbing.write_commit(item.git, tree, (old,), text, signature, signature)
        _point(asked, item, full_name, old, oid)
    except plumbing.GitFailed as error:
        raise refused("UNPROCESSABLE", str(error)) from error
    return {
        "commit": content(item, item.git.read(oid)),
        "ref": Reference(item, full_name, oid),
        "clientMutationId": given.get("clientMutationId"),
    }


def create_ref(_root: object, info: Info, **args: Any) -> Mapping[str, Any]:
    """A new branch or tag."""
    given: Input = args["input"]
    asked = asking(info)
    item = _by_id(asked, given["repositoryId"])
    _may_write(asked, item)
    name, oid = given["name"], given["oid"]
    if not plumbing.is_reference_name(name):
        raise refused("UNPROCESSABLE", f"'{name}' is not a valid ref name.")
    if item.git.ref(name):
        raise refused("UNPROCESSABLE", f'A ref named "{name}" already exists in the repository.')
    thing = item.git.thing(oid)
    if thing is None or thing.oid != oid:
        raise refused("UNPROCESSABLE", f"Could not find the object {oid} in the repository.")
    try:
        _point(asked, item, name, None, oid)
    except plumbing.GitFailed as error:
        raise refused("UNPROCESSABLE", str(error)) from error
    return {"ref": Reference(item, name, oid), "clientMutationId": given.get("clientMutationId")}


def create_pull_request(_root: object, info: Info, **args: Any) -> Mapping[str, Any]:
    """A pull request between two branches of one repository."""
    given: Input = args["input"]
    asked = asking(info)
    item = _by_id(asked, given["repositoryId"])
    asked.require("pull_requests", item, "write")
    _not_archived(item)
    head = given["headRefName"].removeprefix(f"{item.owner}:").removeprefix("refs/heads/")
    base = given["baseRefName"].removeprefix("refs/heads/")
    head_oid, base_oid = item.git.ref(f"refs/heads/{head}"), item.git.ref(f"refs/heads/{base}")
    if head_oid is None or base_oid is None:
        which = "Head" if head_oid is None else "Base"
        raise refused("UNPROCESSABLE", f"{which} ref must be a branch, {which} sha can't be blank")
    if plumbing.is_ancestor(item.git, head_oid, base_oid):
        raise refused("UNPROCESSABLE", f"No commits between {base} and {head}")
    is_open = (pull for pull in item.pulls if pull.state is PullState.OPEN)
    if any((pull.head, pull.base) == (head, base) for pull in is_open):
        raise refused("UNPROCESSABLE", f"A pull request already exists for {item.owner}:{head}.")
    host = asked.site.host_of(item)
    now = host.state.clock.now()
    made = PullRequest(
        number=1 + max((pull.number for pull in item.pulls), default=0),
        title=given["title"],
        body=given.get("body") or "",
        author=asked.viewer.login,
        head=head,
        base=base,
        head_oid=head_oid,
        base_oid=base_oid,
        created_at=now,
        updated_at=now,
        is_draft=bool(given.get("draft")),
    )
    item.pulls.append(made)
    host.events.pull(item, made, "opened", asked.viewer.login)
    return {"pullRequest": (item, made), "clientMutationId": given.get("clientMutationId")}


def _point(asked: Asking, item: HostedRepository, name: str, old: str | None, oid: str) -> None:
    host = asked.site.host_of(item)
    reason = rules.refusal(host.state, item, name, old, oid)
    if reason:
        raise refused("UNPROCESSABLE", f"Repository rule violations found: {reason}")
    with host.changes(item, asked.viewer.login):
        plumbing.point(item.git, name, oid, old or "")


def _may_write(asked: Asking, item: HostedRepository) -> None:
    asked.require("contents", item, "write")
    _not_archived(item)


def _not_archived(item: HostedRepository) -> None:
    if item.is_archived:
        raise refused("UNPROCESSABLE", "Repository was archived so is read-only.")


def _by_id(asked: Asking, node_id: str) -> HostedRepository:
    found = asked.site.by_node_id(node_id)
    if found is None or not asked.sees(found):
        raise refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return found


def _branch(info: Info, given: Input) -> tuple[HostedRepository, str]:
    """The branch by repository and name, or by the id of its ref."""
    if given.get("id"):
        kind, _, rest = str(given["id"]).partition("_")
        number, _, name = rest.partition("_")
        found = asking(info).numbered(number) if kind == "REF" else None
        if found is None:
            raise refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{given['id']}'")
        return found, name.removeprefix("refs/heads/")
    owner, _, name = str(given.get("repositoryNameWithOwner") or "").partition("/")
    if not given.get("branchName"):
        raise refused(
            "UNPROCESSABLE", "A branch must have an id, or a branchName with a repositoryNameWithOwner."
        )
    return by_name(info, owner, name), str(given["branchName"]).removeprefix("refs/heads/")


def _edits(item: HostedRepository, changes: Input) -> dict[str, tuple[str, str] | None]:
    edits: dict[str, tuple[str, str] | None] = {}
    for deletion in changes.get("deletions") or ():
        edits[_path(deletion["path"])] = None
    for addition in changes.get("additions") or ():
        try:
            data = base64.b64decode(addition["contents"], validate=True)
        except binascii.Error as error:
            raise refused("UNPROCESSABLE", f"The contents of {addition['path']} are not Base64.") from error
        edits[_path(addition["path"])] = ("100644", plumbing.write_blob(item.git, data))
    return edits


def _path(path: str) -> str:
    parts = path.split("/")
    if (
        not path
        or any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
        or not path.isprintable()
    ):
        raise refused("UNPROCESSABLE", f"A path was requested for modification that is not valid: {path!r}")
    return path


RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Mutation": {
        "createCommitOnBranch": commit_on_branch,
        "createRef": create_ref,
        "createPullRequest": create_pull_request,
    }
}
