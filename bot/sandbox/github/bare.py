"""Bare git repositories on disk: made from files with commits of any age, and read object by object."""

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath

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


@dataclass(frozen=True, slots=True)
class TreeItem:
    """One entry of a tree."""

    name: str
    mode: int
    type: str
    oid: str


@dataclass(frozen=True, slots=True)
class GitThing:
    """One object: its type (commit, tree or blob), id and raw content."""

    type: str
    oid: str
    content: bytes

    @property
    def entries(self) -> tuple[TreeItem, ...]:
        """The entries of a tree."""
        return tuple(_tree_items(self.content))

    @property
    def committed_at(self) -> datetime:
        """The commit's time."""
        for line in self.content.split(b"\n"):
            if line.startswith(b"committer "):
                return datetime.fromtimestamp(int(line.split()[-2]), UTC)
        raise ValueError(f"{self.oid} is no commit")

    @property
    def message(self) -> str:
        """The first line of the commit's message."""
        return self.content.partition(b"\n\n")[2].decode(errors="replace").partition("\n")[0]


class BareRepository:
    """One bare repository; what is read is kept by the commit that it belongs to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = lru_cache(maxsize=512)(self._read_now)

    def create(self) -> None:
        """Make it, empty; the same files as ``git init --bare`` makes, without its price."""
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (self.path / folder).mkdir(parents=True, exist_ok=True)
        (self.path / "HEAD").write_text(f"ref: refs/heads/{DEFAULT_BRANCH}\n")
        (self.path / "config").write_text(_CONFIG)

    def commit(
        self, files: Mapping[str, bytes], plan: Sequence[CommitPlan], now: datetime, author: str
    ) -> None:
        """Add files in commits as old as the plan says; each file goes with the first that names it."""
        if not files:
            return
        stream = b"".join(_fast_import(files, plan, now, author, self.head_oid))
        self._git(["fast-import", "--quiet"], stream)

    @property
    def head_oid(self) -> str | None:
        """The commit at the head of the default branch; None when the repository is empty."""
        ref = f"refs/heads/{DEFAULT_BRANCH}"
        loose = self.path / ref
        if loose.is_file():
            return loose.read_text().strip()
        packed = self.path / "packed-refs"
        if packed.is_file():
            for line in packed.read_text().splitlines():
                if line.endswith(f" {ref}"):
                    return line.split()[0]
        return None

    def thing(self, expression: str) -> GitThing | None:
        """The object that ``HEAD:path`` or an oid names; None where there is none."""
        head = self.head_oid
        if head is None or "\n" in expression:
            return None
        return self._read(
            expression.replace("HEAD", head, 1) if expression.startswith("HEAD") else expression
        )

    def sizes(self, oids: Sequence[str]) -> Mapping[str, int]:
        """The size in bytes of each object."""
        if not oids:
            return {}
        output = self._git(["cat-file", "--batch-check"], "\n".join(oids).encode() + b"\n")
        return {
            line.split()[0]: int(line.split()[2])
            for line in output.decode().splitlines()
            if not line.endswith("missing")
        }

    def _read_now(self, expression: str) -> GitThing | None:
        output = self._git(["cat-file", "--batch"], expression.encode() + b"\n")
        header, _, rest = output.partition(b"\n")
        if header.endswith((b" missing", b" ambiguous")):
            return None
        oid, kind, size = header.decode().split()
        return GitThing(kind, oid, rest[: int(size)])

    def _git(self, arguments: Sequence[str], feed: bytes) -> bytes:
        done = subprocess.run(
            ["git", "--git-dir", str(self.path), *arguments], input=feed, capture_output=True, check=True
        )
        return done.stdout


def _tree_items(content: bytes) -> Iterable[TreeItem]:
    position = 0
    while position < len(content):
        space = content.index(b" ", position)
        end = content.index(b"\0", space)
        mode = int(content[position:space], 8)
        name = content[space + 1 : end].decode(errors="replace")
        oid = content[end + 1 : end + 21].hex()
        yield TreeItem(name, mode, "tree" if mode == 0o40000 else "blob", oid)
        position = end + 21


def _fast_import(
    files: Mapping[str, bytes], plan: Sequence[CommitPlan], now: datetime, author: str, head: str | None
) -> Iterable[bytes]:
    steps = sorted(plan, key=lambda step: -step.days_ago)
    left = dict(files)
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        chosen = [path for path in left if is_last or _fits(path, step.paths)]
        if not chosen:
            continue
        at = int((now - timedelta(days=step.days_ago)).timestamp())
        message = b"Begin" if number == 0 else b"Go on"
        yield f"commit refs/heads/{DEFAULT_BRANCH}\n".encode()
        yield f"committer {author} {at} +0000\n".encode()
        yield b"data %d\n%s\n" % (len(message), message)
        if head and number == 0:
            yield f"from {head}\n".encode()
        for path in chosen:
            content = left.pop(path)
            mode = b"100755" if path.endswith(".sh") else b"100644"
            yield b"M %s inline %s\ndata %d\n%s\n" % (mode, _quoted(path), len(content), content)
        yield b"\n"
    yield b"done\n"


def _fits(path: str, patterns: Sequence[str]) -> bool:
    return any(
        pattern == "**"
        or (pattern.endswith("/**") and path.startswith(pattern[:-2]))
        or PurePosixPath(path).match(pattern)
        for pattern in patterns
    )


def _quoted(path: str) -> bytes:
    return b'"' + path.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
