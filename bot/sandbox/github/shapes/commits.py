"""Commits, files and differences as GitHub shows them."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.sandbox.github.plumbing import Change, Commit, Entry, Signature
from bot.sandbox.github.shapes.people import account, iso
from bot.sandbox.github.state import HostedRepository, State

Json = dict[str, Any]
_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def commit(state: State, url: str, item: HostedRepository, found: Commit) -> Json:
    """``commit``: the commit with the accounts of its author and committer."""
    base = f"{url}/repos/{item.full_name}"
    return {
        "sha": found.oid,
        "node_id": f"C_{found.oid}",
        "commit": {
            "author": _signature(found.author),
            "committer": _signature(found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{base}/git/trees/{found.tree}"},
            "url": f"{base}/git/commits/{found.oid}",
            "comment_count": 0,
            "verification": dict(_UNSIGNED),
        },
        "url": f"{base}/commits/{found.oid}",
        "html_url": f"{url}/{item.full_name}/commit/{found.oid}",
        "comments_url": f"{base}/commits/{found.oid}/comments",
        "author": _account_by_mail(state, url, found.author.email),
        "committer": _account_by_mail(state, url, found.committer.email),
        "parents": [
            {
                "sha": oid,
                "url": f"{base}/commits/{oid}",
                "html_url": f"{url}/{item.full_name}/commit/{oid}",
            }
            for oid in found.parents
        ],
    }


def commit_with_files(
    state: State, url: str, item: HostedRepository, found: Commit, changes: Sequence[Change]
) -> Json:
    """``commit`` by name: with the files that it changed."""
    added, deleted = sum(one.additions for one in changes), sum(one.deletions for one in changes)
    return {
        **commit(state, url, item, found),
        "stats": {"total": added + deleted, "additions": added, "deletions": deleted},
        "files": [diff_entry(url, item, found.oid, one) for one in changes],
    }


def git_commit(url: str, item: HostedRepository, found: Commit) -> Json:
    """``git-commit``: the object itself."""
    base = f"{url}/repos/{item.full_name}/git"
    return {
        "sha": found.oid,
        "node_id": f"C_{found.oid}",
        "url": f"{base}/commits/{found.oid}",
        "html_url": f"{url}/{item.full_name}/commit/{found.oid}",
        "author": _signature(found.author),
        "committer": _signature(found.committer),
        "tree": {"sha": found.tree, "url": f"{base}/trees/{found.tree}"},
        "message": found.message,
        "parents": [
            {
                "sha": oid,
                "url": f"{base}/commits/{oid}",
                "html_url": f"{url}/{item.full_name}/commit/{oid}",
            }
            for oid in found.parents
        ],
        "verification": dict(_UNSIGNED),
    }


def diff_entry(url: str, item: HostedRepository, oid: str, change: Change) -> Json:
    """``diff-entry``: one changed file."""
    path = quote(change.path)
    shaped = {
        "sha": change.oid,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{url}/{item.full_name}/blob/{oid}/{path}",
        "raw_url": f"{url}/{item.full_name}/raw/{oid}/{path}",
        "contents_url": f"{url}/repos/{item.full_name}/contents/{path}?ref={oid}",
    }
    more = {"patch": change.patch, "previous_filename": change.former_path}
    return shaped | {name: value for name, value in more.items() if value is not None}


def content(url: str, item: HostedRepository, ref: str, entry: Entry) -> Json:
    """An entry of ``content-directory``: a file or folder without its content."""
    base = f"{url}/repos/{item.full_name}"
    path = quote(entry.path)
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.type, "file")
    kind = "symlink" if entry.mode == "120000" else kind
    thing = "trees" if entry.type == "tree" else "blobs"
    links = {
        "self": f"{base}/contents/{path}?ref={quote(ref)}",
        "git": f"{base}/git/{thing}/{entry.oid}",
        "html": f"{url}/{item.full_name}/{'tree' if kind == 'dir' else 'blob'}/{quote(ref)}/{path}",
    }
    raw = f"{url}/{item.full_name}/raw/{quote(ref)}/{path}"
    return {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.oid,
        "size": entry.size or 0,
        "url": links["self"],
        "html_url": links["html"],
        "git_url": links["git"],
        "download_url": raw if kind in ("file", "symlink") else None,
        "type": kind,
        "_links": links,
    }


def content_file(url: str, item: HostedRepository, ref: str, entry: Entry, data: bytes) -> Json:
    """``content-file``; what is larger than a megabyte has no content here, as on GitHub."""
    is_large = len(data) > 1_000_000
    return {
        **content(url, item, ref, entry),
        "content": "" if is_large else base64.encodebytes(data).decode(),
        "encoding": "none" if is_large else "base64",
    }


def tree(url: str, item: HostedRepository, oid: str, entries: Sequence[Entry], *, is_cut: bool) -> Json:
    """``git-tree``."""
    base = f"{url}/repos/{item.full_name}/git"
    return {
        "sha": oid,
        "url": f"{base}/trees/{oid}",
        "tree": [_tree_entry(base, entry) for entry in entries],
        "truncated": is_cut,
    }


def reference(url: str, item: HostedRepository, name: str, oid: str, kind: str) -> Json:
    """``git-ref``."""
    base = f"{url}/repos/{item.full_name}/git"
    return {
        "ref": name,
        "node_id": f"REF_{item.number}_{name}",
        "url": f"{base}/{name}",
        "object": {"type": kind, "sha": oid, "url": f"{base}/{kind}s/{oid}"},
    }


def _tree_entry(base: str, entry: Entry) -> Json:
    shaped: Json = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.oid}
    if entry.size is not None:
        shaped["size"] = entry.size
    if entry.type != "commit":
        shaped["url"] = f"{base}/{entry.type}s/{entry.oid}"
    return shaped


def _signature(signature: Signature) -> Mapping[str, Any]:
    return {"name": signature.name, "email": signature.email, "date": iso(signature.at)}


def _account_by_mail(state: State, url: str, mail: str) -> Json | None:
    login = next((person.login for person in state.shared.accounts.values() if person.email == mail), None)
    return account(url, login) if login else None


def unsigned() -> Json:
    """``verification`` of what nobody signed."""
    return dict(_UNSIGNED)


def moment(seconds: int) -> str | None:
    """A time of git's, in seconds, as GitHub writes it."""
    return iso(datetime.fromtimestamp(seconds, UTC))
