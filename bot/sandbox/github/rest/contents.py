"""Files of a repository: read, written and deleted one at a time; the README, the licence, archives, CODEOWNERS."""

from collections.abc import Callable
from dataclasses import asdict
from urllib.parse import quote

from bot.sandbox.github import plumbing
from bot.sandbox.github.owners import codeowners_errors
from bot.sandbox.github.plumbing import Entry, GitFailed
from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.references import commit_of, decoded, move, signature
from bot.sandbox.github.shapes.commits import content, content_file, git_commit
from bot.sandbox.github.shapes.repositories import license_simple
from bot.sandbox.github.state import HostedRepository

_ONE = "/repos/{owner}/{repo}"
_READMES = ("", ".md", ".markdown", ".rst", ".txt", ".adoc", ".org")
_RAW = "application/vnd.github.raw; charset=utf-8"


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    people = {"committer": "object", "author": "object", "branch": "string"}
    put = {"message": "string!", "content": "string!", "sha": "string", **people}
    delete = {"message": "string!", "sha": "string!", **people}
    read, write = "contents=read", "contents=write"
    return [
        Endpoint("GET", f"{_ONE}/contents/{{path}}", _show, read),
        Endpoint("PUT", f"{_ONE}/contents/{{path}}", _put, write, put),
        Endpoint("DELETE", f"{_ONE}/contents/{{path}}", _delete, write, delete),
        Endpoint("GET", f"{_ONE}/readme", _readme, read),
        Endpoint("GET", f"{_ONE}/license", _license, read),
        Endpoint("GET", f"{_ONE}/codeowners/errors", _codeowners_errors, read),
        Endpoint("GET", f"{_ONE}/tarball/{{ref}}", _archive("tar.gz"), read),
        Endpoint("GET", f"{_ONE}/zipball/{{ref}}", _archive("zip"), read),
        Endpoint("GET", f"{_ONE}/tarball", _archive("tar.gz"), read),
        Endpoint("GET", f"{_ONE}/zipball", _archive("zip"), read),
        Endpoint("GET", "/codeload/{owner}/{repo}/legacy.{kind}/{ref}", _download, read),
    ]


def _show(call: Call) -> Reply:
    item, path = call.repository, _path(call)
    if not item.git.refs():
        raise RestError(404, "This repository is empty.")
    ref = call.query.get("ref") or item.default_branch
    oid = commit_of(call, ref)
    return _shown(call, item, ref, oid, path)


def _shown(call: Call, item: HostedRepository, ref: str, oid: str, path: str) -> Reply:
    found = _entry(item, oid, path) if path else Entry("", "040000", "tree", oid, None)
    if found is None:
        raise not_found()
    if found.type == "tree":
        prefix = f"{path}/" if path else ""
        below = plumbing.entries(item.git, f"{oid}:{path}")
        rows = [Entry(prefix + one.path, one.mode, one.type, one.oid, one.size) for one in below]
        shaped = [content(call.host.url, item, ref, row) for row in rows]
        if call.wants("object"):
            tree = item.git.thing(f"{oid}:{path}")
            whole = Entry(path, "040000", "tree", tree.oid if tree else oid, None)
            return Reply({**content(call.host.url, item, ref, whole), "entries": shaped})
        return Reply(shaped)
    if found.type == "commit":
        return Reply({**content(call.host.url, item, ref, found), "submodule_git_url": None})
    data = plumbing.git(item.git, "cat-file", "blob", found.oid)
    if call.wants("raw"):
        return Reply(raw=data, media_type=_RAW)
    if found.mode == "120000":
        target = data.decode(errors="replace")
        return Reply({**content(call.host.url, item, ref, found), "target": target})
    return Reply(content_file(call.host.url, item, ref, found, data))


def _path(call: Call) -> str:
    """The path of a file.

    Raises:
        RestError: It is none that git takes.
    """
    path = call.params.get("path", "").strip("/")
    parts = path.split("/")
    if path and (any(part in ("", ".", "..", ".git") for part in parts) or "\0" in path):
        raise RestError(422, "path contains a malformed path component")
    return path


def _entry(item: HostedRepository, oid: str, path: str) -> Entry | None:
    output = plumbing.git(item.git, "--literal-pathspecs", "ls-tree", "-z", "-l", oid, "--", path)
    rows = [plumbing.entry(row) for row in output.decode(errors="replace").split("\0") if row]
    return next((row for row in rows if row.path == path), None)


def _put(call: Call) -> Reply:
    item, path = call.repository, _path(call)
    if not path:
        raise RestError(422, "path can't be blank")
    branch, parent = _target(call)
    before = _entry(item, parent, path) if parent else None
    _same(call, path, before)
    oid = plumbing.write_blob(item.git, decoded(call.body["content"]))
    mode = before.mode if before and before.type == "blob" else "100644"
    found = _commit(call, branch, parent, path, (mode, oid))
    entry = _entry(item, found["sha"], path)
    assert entry
    shaped = content(call.host.url, item, branch, entry)
    return Reply({"content": shaped, "commit": found}, 200 if before else 201)


def _same(call: Call, path: str, before: Entry | None) -> None:
    """Whether the asker knows the file that is there.

    Raises:
        RestError: No ``sha`` although there is a file (422), or another one (409).
    """
    sha = call.body.get("sha")
    if before and before.type == "tree":
        raise RestError(422, f"{path} is a directory")
    if before and sha is None:
        raise RestError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha is not None and (before is None or before.oid != sha):
        raise RestError(409, f"{path} does not match {sha}")


def _delete(call: Call) -> Reply:
    item, path = call.repository, _path(call)
    branch, parent = _target(call)
    before = _entry(item, parent, path) if parent and path else None
    if before is None:
        raise not_found()
    _same(call, path, before)
    return Reply({"content": None, "commit": _commit(call, branch, parent, path, None)})


def _target(call: Call) -> tuple[str, str | None]:
    """The branch that is written to, and its head (None in an empty repository)."""
    item = call.repository
    branch = call.body.get("branch") or item.default_branch
    head = item.git.ref(f"refs/heads/{branch}")
    if head is None and item.git.refs():
        raise RestError(404, f"Branch {branch} not found")
    if head is None and not plumbing.is_reference_name(f"refs/heads/{branch}"):
        raise RestError(422, f"{branch} is not a valid branch name")
    return branch, head


def _commit(call: Call, branch: str, parent: str | None, path: str, edit: tuple[str, str] | None) -> Json:
    item = call.repository
    author = signature(call, "author")
    committer = signature(call, "committer", author if "author" in call.body else None)
    try:
        tree = plumbing.write_tree(item.git, parent, {path: edit})
    except GitFailed as error:
        raise RestError(422, f"path is not valid: {error}") from error
    message = call.body["message"]
    oid = plumbing.write_commit(item.git, tree, [parent] if parent else [], message, author, committer)
    move(call, f"refs/heads/{branch}", oid, status=409)
    return git_commit(call.host.url, item, plumbing.commit(item.git, oid))


def _readme(call: Call) -> Reply:
    item = call.repository
    if not item.git.refs():
        raise not_found()
    ref = call.query.get("ref") or item.default_branch
    oid = commit_of(call, ref)
    for folder in (".github/", "", "docs/"):
        names = _files(item, oid, folder)
        for suffix in _READMES:
            if f"readme{suffix}" in names:
                return _shown(call, item, ref, oid, folder + names[f"readme{suffix}"])
    raise not_found()


def _files(item: HostedRepository, oid: str, folder: str) -> dict[str, str]:
    """The files of a folder: the name in lower case, and as it is."""
    try:
        found = plumbing.entries(item.git, f"{oid}:{folder.rstrip('/')}")
    except GitFailed:
        # No such folder.
        return {}
    return {entry.path.lower(): entry.path for entry in found if entry.type == "blob"}


def _license(call: Call) -> Reply:
    item = call.repository
    if not item.git.refs():
        raise not_found()
    oid = commit_of(call, call.query.get("ref"))
    names = _files(item, oid, "")
    name = next(
        (names[one] for one in sorted(names) if one.startswith(("license", "licence", "copying"))), None
    )
    entry = _entry(item, oid, name) if name else None
    if entry is None:
        raise not_found()
    data = plumbing.git(item.git, "cat-file", "blob", entry.oid)
    if call.wants("raw"):
        return Reply(raw=data, media_type=_RAW)
    shaped = content_file(call.host.url, item, item.default_branch, entry, data)
    return Reply({**shaped, "license": license_simple(item.license or "NOASSERTION")})


def _codeowners_errors(call: Call) -> Reply:
    item = call.repository
    oid = commit_of(call, call.query.get("ref")) if item.git.refs() else None
    found = codeowners_errors(call.state, item, oid) if oid else None
    if found is None:
        raise not_found()
    return Reply({"errors": [asdict(one) for one in found]})


def _archive(kind: str) -> Callable[[Call], Reply]:
    """Sends people on to where archives are packed, as GitHub does."""

    def answer(call: Call) -> Reply:
        item = call.repository
        name = call.params.get("ref", "") or item.default_branch
        commit_of(call, name.removeprefix("refs/heads/").removeprefix("refs/tags/"))
        url = f"{call.host.url}/codeload/{item.full_name}/legacy.{kind}/{quote(name)}"
        return Reply(status=302, headers={"Location": url}, raw=b"")

    return answer


def _download(call: Call) -> Reply:
    item, kind = call.repository, call.params["kind"]
    if kind not in ("tar.gz", "zip"):
        raise not_found()
    oid = commit_of(call, call.params["ref"].removeprefix("refs/heads/").removeprefix("refs/tags/"))
    prefix = f"{item.owner}-{item.name}-{oid[:7]}"
    return Reply(
        raw=plumbing.archive(item.git, oid, prefix, kind),
        media_type="application/x-gzip" if kind == "tar.gz" else "application/zip",
        headers={"Content-Disposition": f"attachment; filename={prefix}.{kind}"},
    )
