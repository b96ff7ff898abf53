"""git over a bare repository: references, commits, trees, differences and new objects, in git's own programs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.sandbox.github.bare import BareRepository

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NO_OBJECT = "0" * 40
_FIELDS = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01"


class GitFailed(Exception):
    """git refused; its words are the message."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote or committed something, and when."""

    name: str
    email: str
    at: datetime

    @property
    def line(self) -> str:
        """As a commit object has it."""
        clean = [part.translate(_UNSAFE).strip() or "nobody" for part in (self.name, self.email)]
        return f"{clean[0]} <{clean[1]}> {int(self.at.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree, by its path from the tree's root; only blobs have a size."""

    path: str
    mode: str
    type: str
    oid: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """How one file differs between two commits; ``status`` is GitHub's word."""

    path: str
    status: str
    oid: str
    additions: int
    deletions: int
    patch: str | None
    former_path: str | None = None


_UNSAFE = str.maketrans("", "", "<>\n\r\0")
_STATUSES = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


def git(repository: BareRepository, *arguments: str, feed: bytes = b"") -> bytes:
    """Run git in a repository.

    Raises:
        GitFailed: It exits with an error.
    """
    _require_texts(arguments)
    done = subprocess.run(
        ["git", "--git-dir", str(repository.path), *arguments],
        input=feed,
        capture_output=True,
        check=False,
        env=environment(),
    )
    if done.returncode:
        raise GitFailed(done.stderr.decode(errors="replace").strip())
    return done.stdout


def _require_texts(arguments: Sequence[str]) -> None:
    """What no program can be given as an argument.

    Raises:
        GitFailed: One holds a NUL, or half of a character.
    """
    if any("\0" in one or one != one.encode(errors="replace").decode() for one in arguments):
        raise GitFailed("an argument is no text")


def environment() -> dict[str, str]:
    """The environment for git: nothing of this machine's own settings."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        # The repositories belong to whoever started the sandbox; git need not wonder.
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        "GIT_CONFIG_KEY_1": "core.quotePath",
        "GIT_CONFIG_VALUE_1": "false",
    }


def resolve(repository: BareRepository, revision: str, kind: str = "commit") -> str | None:
    """The object that a branch, tag or oid names; None where there is none of this kind."""
    if (
        not revision
        or revision[0] in "-:"
        or any(part in revision for part in ("..", "@{", "^", "~", "\0", ":"))
    ):
        return None
    for candidate in (f"refs/heads/{revision}", f"refs/tags/{revision}", revision):
        try:
            found = git(
                repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{{kind}}}"
            )
        except GitFailed:
            continue
        return found.decode().strip()
    return None


def commits(
    repository: BareRepository,
    revisions: Sequence[str],
    *,
    path: str = "",
    since: str = "",
    until: str = "",
    author: str = "",
) -> list[Commit]:
    """The commits that can be reached (``^oid`` leaves out), newest first."""
    limits = [("--since", since), ("--until", until), ("--author", author)]
    arguments = [f"{name}={value}" for name, value in limits if value]
    output = git(
        repository,
        "log",
        "-z",
        f"--format={_FIELDS}",
        *arguments,
        *revisions,
        "--",
        *([path] if path else []),
    )
    return [_commit(part) for part in output.decode(errors="replace").split("\x01") if part.strip("\0\n")]


def commit(repository: BareRepository, oid: str) -> Commit:
    """One commit.

    Raises:
        GitFailed: There is none.
    """
    output = git(repository, "log", "-1", f"--format={_FIELDS}", oid, "--")
    return _commit(output.decode(errors="replace").partition("\x01")[0])


def _commit(text: str) -> Commit:
    parts = text.lstrip("\0\n").split("\0", 9)
    return Commit(
        oid=parts[0],
        tree=parts[1],
        parents=tuple(parts[2].split()),
        author=_signature(parts[3:6]),
        committer=_signature(parts[6:9]),
        message=parts[9].rstrip("\n"),
    )


def _signature(parts: Sequence[str]) -> Signature:
    return Signature(parts[0], parts[1], datetime.fromtimestamp(int(parts[2]), UTC))


def entries(repository: BareRepository, tree: str, *, recursive: bool = False) -> list[Entry]:
    """What a tree holds; recursively with its folders."""
    deep = ["-r", "-t"] if recursive else []
    output = git(repository, "ls-tree", "-z", "-l", *deep, tree).decode(errors="replace")
    return [entry(row) for row in output.split("\0") if row]


def entry(row: str) -> Entry:
    """One row of ``git ls-tree -l``."""
    head, _, path = row.partition("\t")
    mode, kind, oid, size = head.split()
    return Entry(path, mode, kind, oid, None if size == "-" else int(size))


def changes(repository: BareRepository, old: str, new: str) -> list[Change]:
    """How every file differs between two commits or trees."""
    raw = git(repository, "diff", "--raw", "--no-abbrev", "-z", "-M", old, new).decode(errors="replace")
    counts = git(repository, "diff", "--numstat", "-z", "-M", old, new).decode(errors="replace")
    lines = _line_counts(counts)
    patches = _patches(git(repository, "diff", "-M", old, new).decode(errors="replace"))
    found = []
    fields = iter(raw.split("\0"))
    for head in fields:
        if not head.startswith(":"):
            continue
        _, _, before, after, status = head[1:].split()
        former = next(fields) if status[0] in "RC" else None
        path = next(fields)
        added, deleted = lines.get(path, (0, 0))
        patch = patches.get(path)
        oid = before if status == "D" else after
        found.append(Change(path, _STATUSES[status[0]], oid, added, deleted, patch, former))
    return found


def _line_counts(output: str) -> dict[str, tuple[int, int]]:
    found = {}
    fields = iter(output.split("\0"))
    for row in fields:
        if not row.strip():
            continue
        added, deleted, path = row.lstrip("\n").split("\t")
        if not path:
            next(fields)
            path = next(fields)
        found[path] = (int(added) if added != "-" else 0, int(deleted) if deleted != "-" else 0)
    return found


def _patches(text: str) -> dict[str, str]:
    """Path to the hunks of a diff, as GitHub shows them: without the lines before the first ``@@``."""
    found = {}
    for part in text.split("diff --git ")[1:]:
        head, mark, hunks = part.partition("\n@@")
        names = [line[6:].rstrip("\t") for line in head.splitlines() if line.startswith(("+++ b/", "--- a/"))]
        if mark and names:
            found[names[-1]] = f"@@{hunks}".rstrip("\n")
    return found


def merge_base(repository: BareRepository, one: str, other: str) -> str | None:
    """The best common ancestor; None where the histories share nothing."""
    try:
        return git(repository, "merge-base", one, other).decode().strip()
    except GitFailed:
        return None


def is_ancestor(repository: BareRepository, old: str, new: str) -> bool:
    """Whether going from one commit to the other loses nothing."""
    return merge_base(repository, old, new) == old


def write_blob(repository: BareRepository, content: bytes) -> str:
    """Store a file's content; its oid."""
    return git(repository, "hash-object", "-w", "--stdin", feed=content).decode().strip()


def write_commit(
    repository: BareRepository,
    tree: str,
    parents: Sequence[str],
    message: str,
    author: Signature,
    committer: Signature,
) -> str:
    """Store a commit; its oid."""
    head = [f"tree {tree}", *(f"parent {oid}" for oid in parents)]
    head += [f"author {author.line}", f"committer {committer.line}"]
    content = "\n".join(head) + "\n\n" + message
    feed = content.encode(errors="replace")
    return git(repository, "hash-object", "-w", "-t", "commit", "--stdin", feed=feed).decode().strip()


def write_tree(
    repository: BareRepository, base: str | None, edits: Mapping[str, tuple[str, str] | None]
) -> str:
    """Store a tree: another one with paths set to (mode, oid) or, where None, taken out; its oid.

    Raises:
        GitFailed: An object that is named is not there, or a path cannot be one.
    """
    index = repository.path / f"index.{os.getpid()}.{os.urandom(6).hex()}"
    rows = b"".join(
        (f"0 {NO_OBJECT}\t{path}\0" if edit is None else f"{edit[0]} {edit[1]}\t{path}\0").encode(
            errors="replace"
        )
        for path, edit in edits.items()
        if edit is None or edit[0] != "040000"
    )
    folders = {path: edit[1] for path, edit in edits.items() if edit and edit[0] == "040000"}
    try:
        _indexed(repository, index, "read-tree", base or "--empty")
        for path, oid in folders.items():
            _indexed(repository, index, "rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", path)
            _indexed(repository, index, "read-tree", f"--prefix={path}/", oid)
        _indexed(repository, index, "update-index", "-z", "--index-info", feed=rows)
        return _indexed(repository, index, "write-tree").decode().strip()
    finally:
        index.unlink(missing_ok=True)


def _indexed(repository: BareRepository, index: Path, *arguments: str, feed: bytes = b"") -> bytes:
    done = subprocess.run(
        ["git", "--git-dir", str(repository.path), *arguments],
        input=feed,
        capture_output=True,
        check=False,
        env={**environment(), "GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(repository.path)},
    )
    if done.returncode:
        raise GitFailed(done.stderr.decode(errors="replace").strip())
    return done.stdout


def point(repository: BareRepository, reference: str, oid: str, old: str = "") -> None:
    """Let a reference point to a commit; with ``old`` only where it pointed there before.

    Raises:
        GitFailed: It does not, or the name is none that git takes.
    """
    git(repository, "update-ref", reference, oid, *([old] if old else []))


def unpoint(repository: BareRepository, reference: str) -> None:
    """Delete a reference.

    Raises:
        GitFailed: There is none.
    """
    git(repository, "update-ref", "-d", reference)


def is_reference_name(name: str) -> bool:
    """Whether git takes a name for a reference (``refs/heads/main``)."""
    if name.startswith("-") or "\0" in name or name != name.encode(errors="replace").decode():
        return False
    done = subprocess.run(
        ["git", "check-ref-format", name],
        capture_output=True,
        check=False,
        env=environment(),
    )
    return done.returncode == 0


def archive(repository: BareRepository, oid: str, prefix: str, kind: str) -> bytes:
    """A commit's files as ``tar.gz`` or ``zip``."""
    return git(repository, "archive", f"--format={kind}", f"--prefix={prefix}/", oid)


def merged_tree(repository: BareRepository, base: str, head: str) -> str | None:
    """The tree that a merge of two commits makes; None where they conflict."""
    try:
        return git(repository, "merge-tree", "--write-tree", base, head).decode().split()[0]
    except GitFailed:
        return None


def changed_workflow(repository: BareRepository, old: str | None, new: str) -> str | None:
    """A workflow file (below ``.github/workflows``) that differs between two commits; None where none does."""
    output = git(repository, "diff", "--name-only", "-z", old or EMPTY_TREE, new, "--", ".github/workflows")
    return output.decode(errors="replace").split("\0")[0] or None


def picked_tree(repository: BareRepository, parent: str, base: str, oid: str) -> str | None:
    """The tree that one commit's change makes on top of another commit; None where they conflict."""
    patch = git(repository, "diff", "--binary", "--full-index", parent, oid)
    index = repository.path / f"index.{os.getpid()}.{os.urandom(6).hex()}"
    try:
        _indexed(repository, index, "read-tree", base)
        if patch:
            _indexed(repository, index, "apply", "--cached", "--3way", "-", feed=patch)
        return _indexed(repository, index, "write-tree").decode().strip()
    except GitFailed:
        return None
    finally:
        index.unlink(missing_ok=True)
