"""The files of a repository as texts, with a note of what was looked at and of what could not be read."""

from collections.abc import Mapping, Sequence

from catalog_sync.docs.sections import MAX_PAGE_BYTES
from catalog_sync.docs.tree import Entry, Sort, Tree

MAX_BYTES = 40_000_000
"""What the pages of one repository may be together."""
WHY = {Sort.LINK: "it is a link", Sort.SUBMODULE: "it is a submodule", Sort.FILE: "it is no folder"}
"""Why an entry that is not what it should be is skipped."""
_POINTER = b"version https://git-lfs.github.com/spec/"


class Files:
    """What the reading of one repository's docs sees of its tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.sources: dict[str, str] = {}
        """Path to oid of what was looked at; an empty oid where there is nothing."""
        self.skipped: dict[str, str] = {}
        """Path to the reason why it was not read."""

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """What lies in a folder, by name."""
        return self.tree.entries(folder)

    def entry(self, path: str) -> Entry | None:
        """A file; None where there is none."""
        found = self._there(path)
        return found if found and found.sort is Sort.FILE else None

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder; the root is one."""
        found = self._there(path)
        return not path or (found is not None and found.sort is Sort.FOLDER)

    def note(self, path: str) -> None:
        """Remember what a file, or a folder as a whole, is now."""
        found = self._there(path) if path else None
        self.sources[path] = found.oid if found else ("" if path else self.tree.root_oid())

    def texts(self, paths: Sequence[str], most: int = MAX_BYTES) -> dict[str, str]:
        """The texts of files that exist; what is no text is skipped with its reason.

        Raises:
            GitHubUnavailable: They could not be fetched now.
        """
        entries = [entry for path in paths if (entry := self.entry(path))]
        contents = self.tree.read(entries) if entries else {}
        found: dict[str, str] = {}
        for entry in entries:
            content = contents.get(entry.path)
            if content is None or (why := _why_not(content)):
                self.skipped[entry.path] = "it is too large" if content is None else why
                continue
            most -= len(content)
            if most < 0:
                self.skipped[entry.path] = "the repository's docs are too large together"
            else:
                found[entry.path] = content[:MAX_PAGE_BYTES].decode("utf-8-sig", errors="replace")
        return found

    def _there(self, path: str) -> Entry | None:
        folder, _, name = path.rpartition("/")
        return self.tree.entries(folder).get(name)


def _why_not(content: bytes) -> str:
    """Why a file is no page; empty when it is one."""
    if content.startswith(_POINTER):
        return "it lies in Git LFS"
    return "it is not text" if b"\0" in content[:8_000] else ""


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, at any depth; everything lies in the root."""
    return path != folder and (not folder or path.startswith(f"{folder}/"))
