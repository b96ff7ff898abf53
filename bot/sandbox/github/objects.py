"""Pure, and one folder: git's objects as bytes, their ids, and the loose files that hold them."""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TreeItem:
    """One entry of a tree."""

    name: str
    mode: int
    type: str
    oid: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who wrote or committed, and when."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GitThing:
    """One object: its type (commit, tree, blob or tag), id and raw content."""

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
        return self.signature("committer").at

    @property
    def message(self) -> str:
        """The first line of the commit's message."""
        return self.whole_message.partition("\n")[0]

    @property
    def whole_message(self) -> str:
        """The commit's message with every line."""
        return self.content.partition(b"\n\n")[2].decode(errors="replace").strip("\n")

    @property
    def tree_oid(self) -> str:
        """The tree of a commit."""
        return self._header("tree")

    @property
    def parents(self) -> tuple[str, ...]:
        """The commits before a commit."""
        head = self.content.partition(b"\n\n")[0].decode(errors="replace")
        return tuple(line[7:] for line in head.split("\n") if line.startswith("parent "))

    @property
    def target_oid(self) -> str:
        """What an annotated tag stands for."""
        return self._header("object")

    def signature(self, role: str) -> Signature:
        """The ``author`` or the ``committer`` of a commit."""
        who, _, stamp = self._header(role).rpartition("> ")
        name, _, email = who.partition(" <")
        return Signature(name, email, datetime.fromtimestamp(int(stamp.split()[0]), UTC))

    def _header(self, name: str) -> str:
        for line in self.content.partition(b"\n\n")[0].split(b"\n"):
            if line.startswith(name.encode() + b" "):
                return line[len(name) + 1 :].decode(errors="replace")
        raise ValueError(f"{self.oid} is a {self.type} without {name}")


def made(kind: str, content: bytes) -> GitThing:
    """An object with the id that git would give it."""
    digest = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(content)), usedforsecurity=False)
    digest.update(content)
    return GitThing(kind, digest.hexdigest(), content)


def tree(items: Iterable[TreeItem]) -> GitThing:
    """A tree of entries in any order; git sorts a folder as if its name ended in a slash."""
    ordered = sorted(items, key=lambda item: item.name + ("/" if item.type == "tree" else ""))
    return made(
        "tree",
        b"".join(b"%o %s\0%s" % (item.mode, item.name.encode(), bytes.fromhex(item.oid)) for item in ordered),
    )


def commit(root: str, parents: Sequence[str], author: Signature, message: str) -> GitThing:
    """A commit whose author is its committer, at UTC."""
    who = f"{author.name} <{author.email}> {int(author.at.timestamp())} +0000"
    lines = [f"tree {root}", *(f"parent {parent}" for parent in parents), f"author {who}", f"committer {who}"]
    return made("commit", ("\n".join(lines) + f"\n\n{message}\n").encode())


def read_loose(folder: Path, oid: str) -> GitThing | None:
    """An object from its own file; None where it lies in a pack, or nowhere."""
    path = folder / "objects" / oid[:2] / oid[2:]
    try:
        raw = zlib.decompress(path.read_bytes())
    except FileNotFoundError:
        return None
    header, _, content = raw.partition(b"\0")
    return GitThing(header.split(b" ")[0].decode(), oid, content)


def loose_size(folder: Path, oid: str) -> int | None:
    """The size of an object in its own file, of which only the beginning is read."""
    path = folder / "objects" / oid[:2] / oid[2:]
    try:
        with path.open("rb") as file:
            header = zlib.decompressobj().decompress(file.read(128), 64)
    except FileNotFoundError:
        return None
    return int(header.partition(b"\0")[0].split(b" ")[1])


def write_loose(folder: Path, thing: GitThing) -> None:
    """Put an object into its own file, which appears at once and whole."""
    path = folder / "objects" / thing.oid[:2] / thing.oid[2:]
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = b"%s %d\0%s" % (thing.type.encode(), len(thing.content), thing.content)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(zlib.compress(raw, 1))
    part.rename(path)


def _tree_items(content: bytes) -> Iterable[TreeItem]:
    position = 0
    while position < len(content):
        space = content.index(b" ", position)
        end = content.index(b"\0", space)
        mode = int(content[position:space], 8)
        name = content[space + 1 : end].decode(errors="replace")
        yield TreeItem(name, mode, _KINDS.get(mode, "blob"), content[end + 1 : end + 21].hex())
        position = end + 21


_KINDS = {0o40000: "tree", 0o160000: "commit"}
