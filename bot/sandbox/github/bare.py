"""Bare git repositories: made from files with commits of any age, read object by object, on disk when needed."""

import shutil
import subprocess
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol

from bot.sandbox.github.objects import GitThing, TreeItem, loose_size, read_loose, write_loose
from bot.sandbox.organization import DEFAULT_BRANCH, CommitPlan

_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
"""
_OID = frozenset("0123456789abcdef")
_SPECIAL = frozenset("^~@{}:\n\0")


class Origin(Protocol):
    """Content that is worked out when somebody asks, before it lies in any folder."""

    @property
    def head_oid(self) -> str | None:
        """The newest commit; None for an empty repository."""

    def objects(self) -> Mapping[str, GitThing]:
        """Every object of the history by its id."""

    def followed_by(self, files: Mapping[str, bytes], at: datetime, /) -> "Origin":
        """The same with one commit more."""


class _Nothing:
    """What a deleted repository holds."""

    head_oid = None

    def objects(self) -> Mapping[str, GitThing]:
        return {}

    def followed_by(self, _files: Mapping[str, bytes], _at: datetime) -> Origin:
        return self


class BareRepository:
    """One bare repository, whose folder is made when somebody needs it.

    Args:
        folder: Where it lies, or will.
        origin: What it holds as long as there is no folder; ``path`` writes it there.
    """

    __slots__ = ("_folder", "_lock", "_origin", "_sizes")

    def __init__(self, folder: Path, origin: Origin | None = None) -> None:
        self._folder = folder
        self._origin = origin
        self._lock = threading.Lock()
        self._sizes: tuple[str, Mapping[str, int]] | None = None

    @property
    def path(self) -> Path:
        """The folder; everything is in it from now on, for git itself to work with."""
        with self._lock:
            if self._origin is not None:
                self._write(self._origin)
                self._origin = None
        return self._folder

    @property
    def folder(self) -> Path:
        """Where it lies or will, without writing anything."""
        return self._folder

    @property
    def is_on_disk(self) -> bool:
        """Whether there is a folder already."""
        return self._origin is None

    def create(self) -> None:
        """Make it, empty; the same files as ``git init --bare`` makes, without its price."""
        self._lay_out()
        self._origin = None

    def _lay_out(self) -> None:
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (self._folder / folder).mkdir(parents=True, exist_ok=True)
        if not (self._folder / "HEAD").exists():
            (self._folder / "HEAD").write_text(f"ref: refs/heads/{DEFAULT_BRANCH}\n")
        (self._folder / "config").write_text(_CONFIG)

    def delete(self) -> None:
        """Remove the folder with everything in it."""
        with self._lock:
            # Whoever reads it at this moment finds nothing instead of half a folder.
            self._origin = _Nothing()
            shutil.rmtree(self._folder, ignore_errors=True)

    def commit(
        self,
        files: Mapping[str, bytes],
        plan: Sequence[CommitPlan],
        now: datetime,
        author: str,
    ) -> None:
        """Add files in commits as old as the plan says; each file goes with the first that names it."""
        if not files:
            return
        stream = b"".join(_fast_import(files, plan, now, author, self.head_oid, self.default_branch))
        self.git(["fast-import", "--quiet", "--force"], stream)

    def push(self, files: Mapping[str, bytes], at: datetime, author: str) -> None:
        """Add one commit to the default branch; a folder is made for it only where there is one already."""
        with self._lock:
            if self._origin is not None:
                self._origin = self._origin.followed_by(files, at)
                return
        self.commit(files, (CommitPlan(days_ago=0),), at, author)

    @property
    def default_branch(self) -> str:
        """The branch that HEAD names."""
        if not self.is_on_disk:
            return DEFAULT_BRANCH
        return _first_line(self._folder / "HEAD").removeprefix("ref: refs/heads/") or DEFAULT_BRANCH

    @property
    def head_oid(self) -> str | None:
        """The commit at the head of the default branch; None when the repository is empty."""
        origin = self._origin
        return origin.head_oid if origin else self.ref(f"refs/heads/{self.default_branch}")

    def ref(self, name: str) -> str | None:
        """What a ref with its whole name (``refs/heads/main``) points to."""
        if not name.startswith("refs/") or not _is_ref(name):
            return None
        origin = self._origin
        if origin is not None:
            return origin.head_oid if name == f"refs/heads/{DEFAULT_BRANCH}" else None
        return _first_line(self._folder / name) or self._packed_refs().get(name)

    def refs(self, prefix: str = "refs/") -> Mapping[str, str]:
        """All refs below a prefix, sorted by name."""
        origin = self._origin
        if origin is not None:
            found = {f"refs/heads/{DEFAULT_BRANCH}": origin.head_oid or ""}
        else:
            found = self._packed_refs()
            for file in (self._folder / "refs").rglob("*"):
                if not file.name.endswith(".lock") and (oid := _first_line(file)):
                    found[file.relative_to(self._folder).as_posix()] = oid
        return {name: oid for name, oid in sorted(found.items()) if oid and name.startswith(prefix)}

    def thing(self, expression: str) -> GitThing | None:
        """The object that an expression of git's names: ``HEAD:path``, ``branch``, an oid; None where there is none."""
        revision, colon, path = expression.partition(":")
        found = self._revision(revision)
        if found is None:
            return None
        return self._below(found, path) if colon else found

    def read(self, oid: str) -> GitThing | None:
        """The object with an id."""
        origin = self._origin
        if origin is not None:
            return origin.objects().get(oid)
        try:
            return _on_disk(self._folder, oid)
        except FileNotFoundError:
            return None

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """The size in bytes of each object."""
        origin = self._origin
        if origin is not None:
            objects = origin.objects()
            return {oid: len(objects[oid].content) for oid in oids if oid in objects}
        found = {oid: loose_size(self._folder, oid) for oid in oids}
        known = {oid: size for oid, size in found.items() if size is not None}
        missing = [oid for oid, size in found.items() if size is None]
        return {**known, **(self._packed_sizes(missing) if missing else {})}

    def files(self) -> Mapping[str, int]:
        """Every file of the default branch and its size in bytes."""
        head = self.head_oid
        if head is None:
            return {}
        if self._sizes is None or self._sizes[0] != head:
            self._sizes = (head, self._files_at(head))
        return self._sizes[1]

    def history(
        self,
        start: str,
        *,
        path: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[str]:
        """The commits that lead to ``start``, newest first; with a path those that changed it."""
        if path and not _is_path(path):
            return []
        if not self.is_on_disk:
            return [
                item.oid
                for item in self._line(start)
                if (since is None or item.committed_at >= since)
                and (until is None or item.committed_at <= until)
                and (not path or self._changes(item, path))
            ]
        limits = [f"--since={int(since.timestamp())}"] if since else []
        limits += [f"--until={int(until.timestamp())}"] if until else []
        output = self._ask(
            ["--literal-pathspecs", "rev-list", *limits, start, "--", *([path] if path else [])]
        )
        return output.decode().split()

    def git(self, arguments: Sequence[str], feed: bytes = b"") -> bytes:
        """Run git on the folder; its output.

        Raises:
            subprocess.CalledProcessError: git refused; ``stderr`` says why.
        """
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *arguments], input=feed, capture_output=True, check=True
        )
        return done.stdout

    def _ask(self, arguments: Sequence[str], feed: bytes = b"") -> bytes:
        """What git answers to a question; nothing where it refuses, as it does once the folder is gone."""
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *arguments], input=feed, capture_output=True, check=False
        )
        return done.stdout if done.returncode == 0 else b""

    def _write(self, origin: Origin) -> None:
        self._lay_out()
        for thing in origin.objects().values():
            write_loose(self._folder, thing)
        if origin.head_oid:
            (self._folder / "refs" / "heads" / DEFAULT_BRANCH).write_text(f"{origin.head_oid}\n")

    def _revision(self, name: str) -> GitThing | None:
        if name in ("HEAD", ""):
            oid = self.head_oid if name else None
        elif len(name) == 40 and _OID.issuperset(name):
            oid = name
        elif _SPECIAL.isdisjoint(name) and not name.startswith("-"):
            oid = self._named(name) or (self._asked(name) if _OID.issuperset(name) else None)
        else:
            oid = self._asked(name)
        thing = self.read(oid) if oid else None
        return self._revision(thing.target_oid) if thing and thing.type == "tag" else thing

    def _named(self, name: str) -> str | None:
        places = (name, f"refs/{name}", f"refs/tags/{name}", f"refs/heads/{name}")
        return next((oid for oid in map(self.ref, places) if oid), None)

    def _asked(self, expression: str) -> str | None:
        """What git itself makes of an expression (``main~2``, ``HEAD^{tree}``, a shortened id)."""
        if not expression.isprintable() or len(expression) > 1_000 or self.head_oid is None:
            return None
        # git ends where an expression means nothing here (``@{upstream}``).
        output = self._ask(["cat-file", "--batch-check"], expression.encode() + b"\n").decode()
        oid = output.split(" ")[0]
        return oid if len(oid) == 40 and _OID.issuperset(oid) else None

    def _below(self, start: GitThing, path: str) -> GitThing | None:
        found: GitThing | None = self.read(start.tree_oid) if start.type == "commit" else start
        for name in (part for part in path.split("/") if part):
            if found is None or found.type != "tree":
                return None
            item = next((entry for entry in found.entries if entry.name == name), None)
            found = self.read(item.oid) if item and item.type != "commit" else None
        return found

    def _line(self, start: str) -> Iterable[GitThing]:
        """The commits of a history without merges, which is what an origin has."""
        item = self.read(start)
        while item is not None:
            yield item
            item = self.read(item.parents[0]) if item.parents else None

    def _changes(self, item: GitThing, path: str) -> bool:
        mine, before = self._below(item, path), self.read(item.parents[0]) if item.parents else None
        theirs = self._below(before, path) if before else None
        return (mine.oid if mine else None) != (theirs.oid if theirs else None)

    def _files_at(self, head: str) -> Mapping[str, int]:
        if not self.is_on_disk:
            start = self.read(head)
            return dict(self._walk(start.tree_oid, "")) if start else {}
        rows = self._ask(["ls-tree", "-r", "-l", "-z", head]).decode(errors="replace").split("\0")
        parts = [row.partition("\t") for row in rows if row]
        return {path: int(meta.split()[3]) for meta, _, path in parts if meta.split()[1] == "blob"}

    def _walk(self, oid: str, prefix: str) -> Iterable[tuple[str, int]]:
        folder = self.read(oid)
        for item in folder.entries if folder else ():
            if item.type == "tree":
                yield from self._walk(item.oid, f"{prefix}{item.name}/")
            elif thing := self.read(item.oid):
                yield prefix + item.name, len(thing.content)

    def _packed_refs(self) -> dict[str, str]:
        try:
            text = (self._folder / "packed-refs").read_text()
        except FileNotFoundError:
            return {}
        rows = (row.split(" ", 1) for row in text.splitlines() if row[:1] not in "#^")
        return {name: oid for oid, name in rows}

    def _packed_sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        output = self._ask(["cat-file", "--batch-check"], "\n".join(oids).encode() + b"\n")
        rows = [line.split() for line in output.decode().splitlines()]
        return {row[0]: int(row[2]) for row in rows if len(row) == 3}


@lru_cache(maxsize=2_048)
def _on_disk(folder: Path, oid: str) -> GitThing:
    """An object, kept because it can never be another one; ``FileNotFoundError`` is not kept."""
    loose = read_loose(folder, oid)
    if loose:
        return loose
    done = subprocess.run(
        ["git", "--git-dir", str(folder), "cat-file", "--batch"],
        input=oid.encode() + b"\n",
        capture_output=True,
        check=False,
    )
    header, _, rest = done.stdout.partition(b"\n")
    if not header or header.endswith((b" missing", b" ambiguous")):
        raise FileNotFoundError(oid)
    found, kind, size = header.decode().split()
    return GitThing(kind, found, rest[: int(size)])


def _is_ref(name: str) -> bool:
    parts = name.split("/")
    is_plain = _SPECIAL.isdisjoint(name) and name.isprintable()
    return (
        is_plain
        and not any(part in ("", ".", "..") or len(part) > 200 for part in parts)
        and len(name) < 1_000
    )


def _is_path(path: str) -> bool:
    return (
        path.isprintable() and len(path) < 1_000 and ".." not in path.split("/") and not path.startswith("/")
    )


def _first_line(path: Path) -> str:
    """What a ref's file says; empty where there is none, or none any more."""
    try:
        return path.read_text().strip()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def _fast_import(
    files: Mapping[str, bytes],
    plan: Sequence[CommitPlan],
    now: datetime,
    author: str,
    head: str | None,
    branch: str,
) -> Iterable[bytes]:
    steps = sorted(plan, key=lambda step: -step.days_ago)
    left = dict(files)
    parent = head
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        chosen = [path for path in left if is_last or fits(path, step.paths)]
        if not chosen:
            continue
        at = int((now - timedelta(days=step.days_ago)).timestamp())
        message = b"Begin" if number == 0 else b"Go on"
        yield f"commit refs/heads/{branch}\n".encode()
        yield f"committer {author} {at} +0000\n".encode()
        yield b"data %d\n%s\n" % (len(message), message)
        if parent:
            yield f"from {parent}\n".encode()
            parent = None
        for path in chosen:
            content = left.pop(path)
            mode = b"100755" if path.endswith(".sh") else b"100644"
            yield b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted(path), len(content), content)
        yield b"\n"
    yield b"done\n"


def fits(path: str, patterns: Sequence[str]) -> bool:
    """Whether a commit's globs name a path; ``docs/**`` is everything below docs."""
    return any(_fits(path, pattern) for pattern in patterns)


def _fits(path: str, pattern: str) -> bool:
    if pattern == "**" or pattern == path:
        return True
    if pattern.endswith("/**"):
        return path.startswith(pattern[:-2])
    return (
        PurePosixPath(path).match(pattern)
        if "*" in pattern or "?" in pattern
        else path.endswith(f"/{pattern}")
    )


def quoted(path: str) -> bytes:
    """A path as ``git fast-import`` reads it."""
    return b'"' + path.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


__all__ = ["BareRepository", "GitThing", "Origin", "TreeItem", "fits", "quoted"]
