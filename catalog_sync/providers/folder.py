"""A folder as a source: each subfolder is a repository; no git and no host are needed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog_sync.entity.descriptor import Descriptor, read_descriptor
from catalog_sync.entity.model import RepositoryName, Source
from catalog_sync.ownership.codeowners import PLACES
from catalog_sync.records import Reading, RepositoryRecord, digest, repository_key
from core.access import Visibility
from core.errors import Fault, InvalidFile

HOST = "folder"
_MAX_FILE = 3_000_000


class FolderProvider:
    """The repositories below one folder, named ``organization/<subfolder>``."""

    name = "folder"

    def __init__(self, folder: Path, organization: str, descriptor: str = "catalog-info.yaml") -> None:
        self.folder = folder.resolve()
        self._organization = organization
        self._descriptor = descriptor
        self.source = f"folder:{organization}".lower()

    def read(self, known: Mapping[str, str]) -> Reading:
        """See ``Provider.read``.

        Raises:
            InvalidFile: The folder does not exist.
        """
        if not self.folder.is_dir():
            raise InvalidFile([Fault(str(self.folder), 0, 0, "there is no such folder")])
        existing, changed = set(), []
        for path in sorted(item for item in self.folder.iterdir() if item.is_dir()):
            name = RepositoryName(HOST, self._organization, path.name)
            existing.add(repository_key(name))
            files = self._files(path)
            fingerprint = digest({key: (stat.st_mtime_ns, stat.st_size) for key, stat in files.items()})
            if known.get(repository_key(name)) != fingerprint:
                changed.append(self._record(name, path, files, fingerprint))
        return Reading(frozenset(existing), tuple(changed))

    def path_of(self, name: RepositoryName) -> Path:
        """Where a repository of this source lies."""
        return self.folder / name.name

    def _files(self, path: Path) -> dict[str, Any]:
        """Every file that is read, with its size and time; links are not followed out of the folder."""
        wanted = [item for item in path.iterdir() if item.is_file() and not item.is_symlink()]
        for folder in (".github", "docs"):
            inner = path / folder
            if inner.is_dir() and not inner.is_symlink():
                wanted += [item for item in inner.rglob("*") if item.is_file() and not item.is_symlink()]
        return {item.relative_to(path).as_posix(): item.stat() for item in sorted(wanted)}

    def _record(
        self, name: RepositoryName, path: Path, files: Mapping[str, Any], fingerprint: str
    ) -> RepositoryRecord:
        newest = max((stat.st_mtime for stat in files.values()), default=path.stat().st_mtime)
        at = datetime.fromtimestamp(newest, UTC)
        codeowners = next((place for place in PLACES if place in files), "")
        descriptor = self._descriptor_of(name, path, files)
        docs = {key: (stat.st_mtime_ns, stat.st_size) for key, stat in files.items() if _is_docs(key)}
        return RepositoryRecord(
            name=name,
            node_id=str(path),
            fingerprint=fingerprint,
            visibility=Visibility.INTERNAL,
            url=path.as_uri(),
            created_at=datetime.fromtimestamp(path.stat().st_ctime, UTC),
            head_committed_at=at,
            pushed_at=at,
            root=tuple(_root(path, files)),
            codeowners_path=codeowners,
            codeowners=_text(path / codeowners) if codeowners else None,
            docs_wanted=digest(docs) if docs else "",
            entities=descriptor.entities,
            refusals=descriptor.refusals,
        )

    def _descriptor_of(self, name: RepositoryName, path: Path, files: Mapping[str, Any]) -> Descriptor:
        if self._descriptor not in files:
            return Descriptor((), ())
        file = path / self._descriptor
        source = Source(
            provider=self.name,
            location=f"{name}/{self._descriptor}",
            url=file.as_uri(),
            visibility=Visibility.INTERNAL,
            repository=name,
            path=self._descriptor,
        )
        return read_descriptor(_text(file), source)


def _root(path: Path, files: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    folders = sorted(item.name for item in path.iterdir() if item.is_dir() and item.name != ".git")
    yield from ({"name": folder, "type": "tree", "oid": "", "size": 0} for folder in folders)
    for key, stat in files.items():
        depth = key.count("/")
        if depth == 0 or (depth == 1 and key.startswith(".github/")):
            yield {"name": key, "type": "blob", "oid": "", "size": stat.st_size}


def _is_docs(path: str) -> bool:
    lowered = path.lower()
    return lowered.startswith(("docs/", "readme")) or lowered in ("mkdocs.yml", "mkdocs.yaml")


def _text(file: Path) -> str | None:
    if file.stat().st_size > _MAX_FILE:
        return None
    return file.read_bytes().decode("utf-8", errors="replace")
