"""A folder as a source: each subfolder is a repository; no git and no host are needed."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog_sync.docs.described import described, docs_fingerprint
from catalog_sync.docs.mkdocs import NAMES
from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.file_text import Unreadable, text_of, too_large
from catalog_sync.entity.gather import Absent, FileContent, Gathered, gather
from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.entity.yaml_reader import MAX_BYTES
from catalog_sync.ownership.codeowners import PLACES
from catalog_sync.records import Begun, Page, RepositoryRecord, Seen, digest, reading_digest, repository_key
from core.access import Visibility
from core.errors import Fault, InvalidFile

HOST = "folder"
_MAX_FILE = 3_000_000
_MOST_FILES = 100_000
"""So many files of one repository are looked at."""
_SKIPPED = (".git", "node_modules", ".venv", "__pycache__")


class FolderProvider:
    """The repositories below one folder, named ``organization/<subfolder>``."""

    name = "folder"
    has_history = False
    requests = 0

    def __init__(
        self,
        folder: Path,
        organization: str,
        descriptors: Sequence[str] = ("catalog-info.yaml",),
        rules: Callable[[], KindRules] = lambda: DEFAULT_RULES,
    ) -> None:
        self.folder = folder.resolve()
        self._organization = organization
        self._roots = tuple(descriptors)
        self._rules = rules
        self.source = f"folder:{organization}".lower()

    def pages(self, after: str | None) -> Iterator[Page]:
        """See ``Provider.pages``.

        Raises:
            InvalidFile: The folder does not exist.
        """
        del after
        if not self.folder.is_dir():
            raise InvalidFile([Fault(str(self.folder), 0, 0, "there is no such folder")])
        found = []
        for path in sorted(item for item in self.folder.iterdir() if item.is_dir()):
            files = self._files(path)
            key = repository_key(RepositoryName(HOST, self._organization, path.name))
            found.append(Seen(f"{self._organization}/{path.name}", key, self._fingerprint(files)))
        yield Page(tuple(found), None)

    def recent(self) -> Iterator[Page]:
        """See ``Provider.recent``; a folder knows no pushes."""
        return iter(())

    def read(self, ids: Sequence[str]) -> Iterator[RepositoryRecord]:
        """See ``Provider.read``."""
        for item in ids:
            name = item.rpartition("/")[2]
            path = self.folder / name
            if path.is_dir():
                files = self._files(path)
                yield self._record(
                    RepositoryName(HOST, self._organization, name), path, files, self._fingerprint(files)
                )

    def finish(self, begun: Sequence[Begun]) -> Iterator[RepositoryRecord]:
        """See ``Provider.finish``; here nothing is left for later."""
        assert not begun
        return iter(())

    def teams(self) -> None:
        """See ``Provider.teams``; a folder knows none."""

    def path_of(self, name: RepositoryName) -> Path:
        """Where a repository of this source lies."""
        return self.folder / name.name

    def _files(self, path: Path) -> dict[str, os.stat_result]:
        """Every file by its path, with its size and time; links are not followed out of the folder."""
        found: dict[str, os.stat_result] = {}
        waiting = [path]
        while waiting and len(found) < _MOST_FILES:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        continue
                    if entry.is_dir():
                        waiting += [] if entry.name in _SKIPPED else [Path(entry.path)]
                    elif entry.is_file():
                        found[Path(entry.path).relative_to(path).as_posix()] = entry.stat()
        return dict(sorted(found.items()))

    def _fingerprint(self, files: Mapping[str, Any]) -> str:
        """Changes with any file, and with the settings that decide how they are read."""
        seen = {key: (stat.st_mtime_ns, stat.st_size) for key, stat in files.items()}
        return digest(seen, self._reading)

    @cached_property
    def _reading(self) -> str:
        return reading_digest(self._roots, self._rules())

    def _record(
        self, name: RepositoryName, path: Path, files: Mapping[str, Any], fingerprint: str
    ) -> RepositoryRecord:
        newest = max((stat.st_mtime for stat in files.values()), default=path.stat().st_mtime)
        at = datetime.fromtimestamp(newest, UTC)
        codeowners = next((place for place in PLACES if place in files), "")
        found = self._gathered(name, path, files)
        docs = {key: (stat.st_mtime_ns, stat.st_size) for key, stat in files.items() if _is_docs(key)}
        return RepositoryRecord(
            name=name,
            node_id=name.full_name,
            fingerprint=fingerprint,
            visibility=Visibility.INTERNAL,
            url=path.as_uri(),
            created_at=datetime.fromtimestamp(path.stat().st_ctime, UTC),
            head_committed_at=at,
            pushed_at=at,
            root=tuple(_root(path, files)),
            codeowners_path=codeowners,
            codeowners=_text(path / codeowners) if codeowners else None,
            docs_wanted=self._docs_wanted(name, path, docs, found),
            entities=found.entities,
            refusals=found.refusals,
            read_paths=found.read_paths,
            missing_paths=found.missing_paths,
        )

    def _docs_wanted(self, name: RepositoryName, path: Path, docs: Mapping[str, Any], found: Gathered) -> str:
        """See ``docs_fingerprint``; a folder can be looked at as a whole."""
        checkout = Checkout(self.name, name, path.as_uri(), None, Visibility.INTERNAL)
        facts = (
            described(str(item.ref), item.metadata, item.source.path, item.source.line, checkout)
            for item in found.entities
        )
        root = {key: digest(docs[key]) for key in docs}
        return docs_fingerprint(root, (), [item for item in facts if item], [path.as_uri()])

    def _gathered(self, name: RepositoryName, path: Path, files: Mapping[str, Any]) -> Gathered:
        checkout = Checkout(self.name, name, path.as_uri(), None, Visibility.INTERNAL)
        rules, tree, texts = self._rules(), tuple(files), dict[str, FileContent]()
        found = gather(self._roots, texts, tree, checkout, rules)
        while found.wants_more:
            for wanted in found.wanted:
                # Only what was listed: a path cannot lead out of the folder.
                texts[wanted] = _content(path / wanted) if wanted in files else Absent.MISSING
            found = gather(self._roots, texts, tree, checkout, rules)
        return found


def _root(path: Path, files: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    folders = sorted(item.name for item in path.iterdir() if item.is_dir() and item.name != ".git")
    yield from ({"name": folder, "type": "tree", "oid": "", "size": 0} for folder in folders)
    for key, stat in files.items():
        depth = key.count("/")
        if depth == 0 or (depth == 1 and key.startswith(".github/")):
            yield {"name": key, "type": "blob", "oid": "", "size": stat.st_size}


def _is_docs(path: str) -> bool:
    *folders, file = path.lower().split("/")
    return (
        "docs" in folders or file.startswith("readme") or file.endswith((".md", ".markdown")) or file in NAMES
    )


def _content(file: Path) -> str | Unreadable:
    return too_large(MAX_BYTES) if file.stat().st_size > _MAX_FILE else text_of(file.read_bytes())


def _text(file: Path) -> str | None:
    if file.stat().st_size > _MAX_FILE:
        return None
    return file.read_bytes().decode("utf-8", errors="replace")
