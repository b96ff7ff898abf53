"""A repository as the reading of docs sees it: folders, files and when they changed, from git or from a folder."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from catalog_sync.github.git import Git, TreeFile
from catalog_sync.github.port import GitAccess
from core.errors import GitHubUnavailable, UserError

MAX_FILE_BYTES = 2_000_000
"""A larger file is no page that somebody wrote."""
MAX_FILES = 50_000
"""So many files below one folder are looked at."""
SKIPPED_FOLDERS = frozenset((".git", "node_modules", ".venv", "__pycache__", "site-packages"))


class Sort(StrEnum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SUBMODULE = "submodule"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a folder."""

    path: str
    """From the repository's root."""
    sort: Sort
    oid: str = ""
    """Equal as long as the content is; empty where there is no git."""


class Tree(Protocol):
    """The files of a repository; a folder that does not exist is empty, the root's path is empty."""

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """What lies in a folder, by name."""
        ...

    def below(self, folder: str) -> Iterable[Entry]:
        """What lies in a folder at any depth, folders themselves and what is skipped left out."""
        ...

    def read(self, entries: Sequence[Entry]) -> Mapping[str, bytes]:
        """The content of files by path; those larger than ``MAX_FILE_BYTES`` are left out.

        Raises:
            GitHubUnavailable: It could not be fetched now.
        """
        ...

    def changes(self, paths: Sequence[str]) -> Mapping[str, datetime]:
        """When files were last changed by somebody, as far as it is known."""
        ...

    def root_oid(self) -> str:
        """Equal as long as everything is; empty where there is no git."""
        ...


_MOST_ARGUMENTS = 200
_MODES = {"040000": Sort.FOLDER, "120000": Sort.LINK, "160000": Sort.SUBMODULE}


class GitTree:
    """The newest commit of a clone that holds no files yet; they are fetched when they are read.

    Args:
        git: The program.
        access: Where the files are fetched from.
        clone: The clone.
        has_history: Whether the clone knows when files changed.
    """

    def __init__(self, git: Git, access: GitAccess, clone: Path, *, has_history: bool = True) -> None:
        self._git = git
        self._access = access
        self._clone = clone
        self._has_history = has_history
        self._folders: dict[str, Mapping[str, Entry]] = {}
        self._fetched: set[str] = set()

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """See ``Tree.entries``."""
        if folder not in self._folders:
            found = [
                (item.path, _entry(item, folder))
                for item in self._git.entries(self._clone, folder)
                if is_readable_name(item.path)
            ]
            self._folders[folder] = dict(found)
        return self._folders[folder]

    def below(self, folder: str) -> Iterator[Entry]:
        """See ``Tree.below``."""
        for item in self._git.entries_below(self._clone, folder)[:MAX_FILES]:
            if SKIPPED_FOLDERS.isdisjoint(item.path.split("/")):
                yield _entry(item, "")

    def read(self, entries: Sequence[Entry]) -> Mapping[str, bytes]:
        """See ``Tree.read``; one request for all of them."""
        oids = dict.fromkeys(entry.oid for entry in entries)
        missing = [oid for oid in oids if oid not in self._fetched]
        if missing:
            self._git.fetch_blobs(self._access, self._clone, missing)
            self._fetched.update(missing)
        contents = self._git.blobs(self._clone, list(oids), MAX_FILE_BYTES) if oids else {}
        return {entry.path: contents[entry.oid] for entry in entries if entry.oid in contents}

    def changes(self, paths: Sequence[str]) -> Mapping[str, datetime]:
        """See ``Tree.changes``."""
        if not self._has_history or not paths:
            return {}
        return self._git.last_changes(self._clone, _tops(paths))

    def root_oid(self) -> str:
        """See ``Tree.root_oid``."""
        return self._git.root_oid(self._clone)


def _tops(paths: Sequence[str]) -> Sequence[str]:
    """Some paths; of very many, which are too many arguments for a command, folders that they lie in."""
    return paths if len(paths) <= _MOST_ARGUMENTS else sorted({_top(path) for path in paths})


def _top(path: str) -> str:
    """The first two folders of a path."""
    return "/".join(path.split("/")[:-1][:2]) or path


def _entry(item: TreeFile, folder: str) -> Entry:
    path = f"{folder}/{item.path}" if folder else item.path
    return Entry(path, _MODES.get(item.mode, Sort.FILE), item.oid)


class FolderTree:
    """A folder on this machine; links are not followed, and nothing outside of it is read.

    Args:
        root: The folder.
        git: The program, where it may be asked when files were committed.
    """

    def __init__(self, root: Path, git: Git | None = None) -> None:
        self._root = root.resolve()
        self._git = git

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """See ``Tree.entries``."""
        path = self._root / folder
        if not path.is_dir() or path.resolve() != path:
            return {}
        with os.scandir(path) as found:
            return {item.name: _found(item, folder) for item in sorted(found, key=lambda item: item.name)}

    def below(self, folder: str) -> Iterator[Entry]:
        """See ``Tree.below``."""
        waiting, seen = [folder], 0
        while waiting and seen < MAX_FILES:
            for name, entry in self.entries(waiting.pop()).items():
                if entry.sort is Sort.FOLDER:
                    waiting += [] if name in SKIPPED_FOLDERS else [entry.path]
                else:
                    seen += 1
                    yield entry

    def read(self, entries: Sequence[Entry]) -> Mapping[str, bytes]:
        """See ``Tree.read``."""
        found = {}
        for entry in entries:
            path = self._root / entry.path
            if path.is_file() and path.resolve() == path and path.stat().st_size <= MAX_FILE_BYTES:
                found[entry.path] = path.read_bytes()
        return found

    def changes(self, paths: Sequence[str]) -> Mapping[str, datetime]:
        """See ``Tree.changes``; of what git does not know the file's own time."""
        found = dict(self._commits(paths))
        for path in paths:
            file = self._root / path
            if path not in found and file.is_file():
                found[path] = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        return found

    def _commits(self, paths: Sequence[str]) -> Mapping[str, datetime]:
        # A file in its place leads elsewhere; and what lies in somebody else's clone is not this one's.
        if self._git is None or not paths or not _is_folder(self._root / ".git"):
            return {}
        try:
            return self._git.last_changes(self._root, _tops(paths))
        except (GitHubUnavailable, UserError):
            # A clone without commits, or of another user: then the files' own times have to do.
            return {}

    def root_oid(self) -> str:
        """See ``Tree.root_oid``."""
        return ""


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _found(item: "os.DirEntry[str]", folder: str) -> Entry:
    path = f"{folder}/{item.name}" if folder else item.name
    if item.is_symlink():
        return Entry(path, Sort.LINK)
    return Entry(path, Sort.FOLDER if item.is_dir() else Sort.FILE)


def is_readable_name(path: str) -> bool:
    """Whether a path can be shown and linked to: text without control characters, not endless."""
    return len(path) <= 500 and path.isprintable()
