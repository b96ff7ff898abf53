"""git's own objects over REST: blobs, trees, commits, tags and references."""

import base64

from bot.sandbox.github import plumbing
from bot.sandbox.github.plumbing import GitFailed
from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.references import decoded, filled, move, signature
from bot.sandbox.github.shapes import commits as shapes
from bot.sandbox.github.state import HostedRepository

_ONE = "/repos/{owner}/{repo}/git"
_MAX_ENTRIES = 100_000


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    read, write = "contents=read", "contents=write"
    blob = {"content": "string!", "encoding": "string"}
    tree = {"tree": "[object]!", "base_tree": "string"}
    commit = {
        "message": "string!",
        "tree": "string!",
        "parents": "[string]",
        "author": "object",
        "committer": "object",
    }
    tag = {
        "tag": "string!",
        "message": "string!",
        "object": "string!",
        "type": "commit|tree|blob!",
        "tagger": "object",
    }
    reference = {"ref": "string!", "sha": "string!"}
    return [
        Endpoint("POST", f"{_ONE}/blobs", _make_blob, write, blob),
        Endpoint("GET", f"{_ONE}/blobs/{{file_sha}}", _blob, read),
        Endpoint("POST", f"{_ONE}/trees", _make_tree, write, tree),
        Endpoint("GET", f"{_ONE}/trees/{{tree_sha}}", _tree, read),
        Endpoint("POST", f"{_ONE}/commits", _make_commit, write, commit),
        Endpoint("GET", f"{_ONE}/commits/{{commit_sha}}", _commit, read),
        Endpoint("POST", f"{_ONE}/tags", _make_tag, write, tag),
        Endpoint("GET", f"{_ONE}/tags/{{tag_sha}}", _tag, read),
        Endpoint("GET", f"{_ONE}/ref/{{ref}}", _reference, read),
        Endpoint("GET", f"{_ONE}/matching-refs/{{ref}}", _matching, read),
        Endpoint("POST", f"{_ONE}/refs", _make_reference, write, reference),
        Endpoint(
            "PATCH", f"{_ONE}/refs/{{ref}}", _move_reference, write, {"sha": "string!", "force": "boolean"}
        ),
        Endpoint("DELETE", f"{_ONE}/refs/{{ref}}", _delete_reference, write),
    ]


def _object(item: HostedRepository, oid: str, kind: str) -> bytes:
    """The content of an object.

    Raises:
        RestError: There is none of this kind.
    """
    found = item.git.read(oid) if _is_oid(oid) else None
    if found is None or found.type != kind:
        raise not_found()
    return found.content


def _is_oid(text: str) -> bool:
    return len(text) == 40 and all(letter in "0123456789abcdef" for letter in text)


def _blob(call: Call) -> Reply:
    item, oid = filled(call), call.params["file_sha"]
    data = _object(item, oid, "blob")
    if call.wants("raw"):
        return Reply(raw=data, media_type="application/vnd.github.raw; charset=utf-8")
    return Reply(
        {
            "sha": oid,
            "node_id": f"B_{oid}",
            "size": len(data),
            "url": f"{call.host.url}/repos/{item.full_name}/git/blobs/{oid}",
            "content": base64.encodebytes(data).decode(),
            "encoding": "base64",
        }
    )


def _make_blob(call: Call) -> Reply:
    item, encoding = filled(call), call.body.get("encoding", "utf-8")
    if encoding not in ("utf-8", "base64"):
        raise RestError(422, f"encoding {encoding!r:.40} is not supported")
    content = call.body["content"]
    data = decoded(content) if encoding == "base64" else content.encode(errors="replace")
    oid = plumbing.write_blob(item.git, data)
    return _made({"sha": oid, "url": f"{call.host.url}/repos/{item.full_name}/git/blobs/{oid}"})


def _made(body: Json) -> Reply:
    return Reply(body, 201, {"Location": body["url"]})


def _tree(call: Call) -> Reply:
    item, wanted = filled(call), call.params["tree_sha"]
    oid = plumbing.resolve(item.git, item.default_branch if wanted == "HEAD" else wanted, "tree")
    if oid is None:
        raise not_found()
    # GitHub takes any value for true, also 0 and false.
    found = plumbing.entries(item.git, oid, recursive="recursive" in call.query)
    cut = found[:_MAX_ENTRIES]
    return Reply(shapes.tree(call.host.url, item, oid, cut, is_cut=len(cut) < len(found)))


def _make_tree(call: Call) -> Reply:
    item = filled(call)
    base = call.body.get("base_tree")
    if base is not None and plumbing.resolve(item.git, base, "tree") is None:
        raise RestError(422, "base_tree is not a valid tree oid")
    if not call.body["tree"]:
        raise RestError(422, "Invalid tree info")
    edits = {}
    for entry in call.body["tree"]:
        path, edit = _edit(item, entry)
        edits[path] = edit
    try:
        oid = plumbing.write_tree(item.git, base, edits)
    except GitFailed as error:
        raise RestError(422, f"GitRPC::BadObjectState: {error}") from error
    found = plumbing.entries(item.git, oid)
    return _made(shapes.tree(call.host.url, item, oid, found, is_cut=False))


def _edit(item: HostedRepository, entry: Json) -> tuple[str, tuple[str, str] | None]:
    """One entry of a new tree: its path, and what to put there (None: nothing)."""
    path, mode, oid, content = (entry.get(name) for name in ("path", "mode", "sha", "content"))
    if not isinstance(path, str) or not path or path.startswith("/") or "\0" in path:
        raise RestError(422, "tree.path contains a malformed path component")
    if any(part in ("", ".", "..", ".git") for part in path.split("/")):
        raise RestError(422, "tree.path contains a malformed path component")
    if "sha" in entry and oid is None:
        return path, None
    if mode not in ("100644", "100755", "040000", "160000", "120000"):
        raise RestError(422, "Must supply a valid tree.mode")
    if content is not None and oid is not None:
        raise RestError(422, "Must supply either tree.sha or tree.content, not both")
    if isinstance(content, str) and oid is None:
        return path, (mode, plumbing.write_blob(item.git, content.encode(errors="replace")))
    if not isinstance(oid, str) or not _is_oid(oid):
        raise RestError(422, "Must supply either tree.sha or tree.content")
    found = item.git.read(oid) if mode != "160000" else None
    if mode != "160000" and (found is None or (found.type == "tree") != (mode == "040000")):
        raise RestError(422, f"tree.sha {oid} is not a valid {'tree' if mode == '040000' else 'blob'}")
    return path, (mode, oid)


def _commit(call: Call) -> Reply:
    item, oid = filled(call), call.params["commit_sha"]
    _object(item, oid, "commit")
    return Reply(shapes.git_commit(call.host.url, item, plumbing.commit(item.git, oid)))


def _make_commit(call: Call) -> Reply:
    item = filled(call)
    if plumbing.resolve(item.git, call.body["tree"], "tree") is None or not _is_oid(call.body["tree"]):
        raise RestError(422, "Tree SHA does not exist")
    parents = call.body.get("parents", [])
    for oid in parents:
        if not _is_oid(oid) or plumbing.resolve(item.git, oid) is None:
            raise RestError(422, "Parent SHA does not exist or is not a commit object")
    author = signature(call, "author")
    committer = signature(call, "committer", author if "author" in call.body else None)
    oid = plumbing.write_commit(item.git, call.body["tree"], parents, call.body["message"], author, committer)
    return _made(shapes.git_commit(call.host.url, item, plumbing.commit(item.git, oid)))


def _make_tag(call: Call) -> Reply:
    item, target, kind = filled(call), call.body["object"], call.body["type"]
    _object(item, target, kind)
    who = signature(call, "tagger")
    name = call.body["tag"]
    if not plumbing.is_reference_name(f"refs/tags/{name}"):
        raise RestError(422, f"{name!r:.60} is not a valid tag name")
    head = f"object {target}\ntype {kind}\ntag {name}\ntagger {who.line}\n\n{call.body['message']}\n"
    feed = head.encode(errors="replace")
    oid = plumbing.git(item.git, "hash-object", "-w", "-t", "tag", "--stdin", feed=feed).decode().strip()
    return _made(_tag_shape(call, item, oid))


def _tag(call: Call) -> Reply:
    return Reply(_tag_shape(call, filled(call), call.params["tag_sha"]))


def _tag_shape(call: Call, item: HostedRepository, oid: str) -> Json:
    head, _, message = _object(item, oid, "tag").decode(errors="replace").partition("\n\n")
    rows = dict(line.split(" ", 1) for line in head.split("\n"))
    who, _, stamp = rows["tagger"].rpartition("> ")
    name, _, mail = who.partition(" <")
    base = f"{call.host.url}/repos/{item.full_name}/git"
    return {
        "node_id": f"TAG_{oid}",
        "tag": rows["tag"],
        "sha": oid,
        "url": f"{base}/tags/{oid}",
        "message": message.rstrip("\n"),
        "tagger": {"name": name, "email": mail, "date": shapes.moment(int(stamp.split()[0]))},
        "object": {
            "sha": rows["object"],
            "type": rows["type"],
            "url": f"{base}/{rows['type']}s/{rows['object']}",
        },
        "verification": shapes.unsigned(),
    }


def _shape(call: Call, item: HostedRepository, name: str, oid: str) -> Json:
    found = item.git.read(oid)
    return shapes.reference(call.host.url, item, name, oid, found.type if found else "commit")


def _reference(call: Call) -> Reply:
    item = filled(call)
    name = f"refs/{call.params['ref'].removeprefix('refs/')}"
    oid = item.git.ref(name)
    if oid is None:
        raise not_found()
    return Reply(_shape(call, item, name, oid))


def _matching(call: Call) -> Reply:
    item = filled(call)
    found = item.git.refs(f"refs/{call.params['ref']}")
    return call.page(list(found.items()), lambda pair: _shape(call, item, *pair))


def _make_reference(call: Call) -> Reply:
    item, name, oid = filled(call), call.body["ref"], call.body["sha"]
    if not name.startswith("refs/") or name.count("/") < 2 or not plumbing.is_reference_name(name):
        raise RestError(422, f"{name!r:.80} is not a valid ref name.")
    if item.git.ref(name):
        raise RestError(422, "Reference already exists")
    _require(item, oid, name)
    move(call, name, oid)
    shaped = _shape(call, item, name, oid)
    return _made(shaped)


def _require(item: HostedRepository, oid: str, name: str) -> None:
    """Whether a reference may point to an object: a branch only to a commit."""
    found = item.git.read(oid) if _is_oid(oid) else None
    if found is None or (name.startswith("refs/heads/") and found.type != "commit"):
        raise RestError(422, "Object does not exist")


def _moved(call: Call) -> tuple[HostedRepository, str, str]:
    item = filled(call)
    name = f"refs/{call.params['ref'].removeprefix('refs/')}"
    old = item.git.ref(name)
    if old is None:
        raise RestError(422, "Reference does not exist")
    return item, name, old


def _move_reference(call: Call) -> Reply:
    item, name, old = _moved(call)
    new = call.body["sha"]
    _require(item, new, name)
    if not call.body.get("force") and not plumbing.is_ancestor(item.git, old, new):
        raise RestError(422, "Update is not a fast forward")
    move(call, name, new)
    return Reply(_shape(call, item, name, new))


def _delete_reference(call: Call) -> Reply:
    item, name, _ = _moved(call)
    if name == f"refs/heads/{item.default_branch}":
        raise RestError(422, "Cannot delete the default branch")
    move(call, name, None)
    return Reply(status=204)
