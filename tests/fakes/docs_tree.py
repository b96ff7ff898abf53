"""A repository as the reading of docs sees it, in memory; it counts what is read."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from catalog_sync.docs.tree import MAX_FILE_BYTES, SKIPPED_FOLDERS, Entry, Sort

LINK = "a link"
SUBMODULE = "a submodule"


class FakeTree:
    """The files of a repository by path; ``LINK`` and ``SUBMODULE`` as a text make an entry of that sort."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = files
        self.reads: list[list[str]] = []

    def entries(self, folder: str) -> Mapping[str, Entry]:
        """See ``Tree.entries``."""
        start = f"{folder}/" if folder else ""
        found = {}
        for path in self._files:
            if path.startswith(start):
                name, slash, _rest = path[len(start) :].partition("/")
                inner = start + name
                found[name] = Entry(inner, Sort.FOLDER, self._oid(inner)) if slash else self._entry(inner)
        return found

    def below(self, folder: str) -> Iterator[Entry]:
        """See ``Tree.below``."""
        start = f"{folder}/" if folder else ""
        for path in sorted(self._files):
            if path.startswith(start) and SKIPPED_FOLDERS.isdisjoint(path.split("/")):
                yield self._entry(path)

    def read(self, entries: Sequence[Entry]) -> Mapping[str, bytes]:
        """See ``Tree.read``."""
        self.reads.append([entry.path for entry in entries])
        contents = {entry.path: self._bytes(entry.path) for entry in entries}
        return {path: content for path, content in contents.items() if len(content) <= MAX_FILE_BYTES}

    def changes(self, paths: Sequence[str]) -> Mapping[str, datetime]:
        """See ``Tree.changes``."""
        del paths
        return {}

    def root_oid(self) -> str:
        """See ``Tree.root_oid``."""
        return self._oid("")

    def _bytes(self, path: str) -> bytes:
        content = self._files[path]
        return content.encode() if isinstance(content, str) else content

    def _entry(self, path: str) -> Entry:
        sort = {LINK: Sort.LINK, SUBMODULE: Sort.SUBMODULE}.get(str(self._files[path]), Sort.FILE)
        return Entry(path, sort, self._oid(path))

    def _oid(self, path: str) -> str:
        inside = {
            name: self._bytes(name)
            for name in sorted(self._files)
            if not path or name == path or name.startswith(f"{path}/")
        }
        return hashlib.sha256(repr(inside).encode()).hexdigest()
