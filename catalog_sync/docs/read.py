"""Docs out of repositories: fetched only where they changed, cut into sections, put into the index."""

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from catalog_sync.docs.sections import MAX_PAGE_BYTES, read_page
from catalog_sync.docs.store import DocsStore, SectionRow
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.git import Git
from catalog_sync.github.port import GitHubPort
from core.errors import Unavailable, UserError

_log = structlog.get_logger(__name__)
_AT_ONCE = 4
_MAX_PAGES = 2_000
_PATTERNS = ("/docs/**/*.md", "/docs/*.md", "/README*", "/readme*")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page as it lies in a repository."""

    path: str
    text: str
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocsReport:
    """What one reading of docs did."""

    read: tuple[str, ...]
    sections: int
    failed: tuple[tuple[str, str], ...]
    """Repository and cause; they are tried again next time."""


class DocsReader:
    """Reads the docs of a source's repositories that changed."""

    def __init__(self, store: DocsStore) -> None:
        self._store = store

    def read_changed(
        self,
        source: str,
        pages_of: Callable[[Row], Sequence[PageFile]],
        only: Collection[str] | None = None,
    ) -> DocsReport:
        """Read what changed, a few repositories at a time; one that fails does not stop the others.

        Args:
            source: The source whose repositories are looked at.
            pages_of: From a repository's row to its pages.
            only: The keys of the only repositories that are looked at.
        """
        rows = self._store.docs_to_read(source, only)
        if not rows:
            return DocsReport((), 0, ())
        owners = self._store.entity_of_repositories()
        read, failed, count = [], [], 0
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="docs") as pool:
            for row, pages in zip(rows, pool.map(_careful(pages_of), rows), strict=True):
                if isinstance(pages, str):
                    failed.append((row["key"], pages))
                    _log.warning("docs.not_read", repository=row["key"], cause=pages)
                    continue
                sections = list(_sections(row, pages, owners.get(row["key"])))
                self._store.replace(row["key"], row["docs_wanted"], sections)
                read.append(row["key"])
                count += len(sections)
        _log.info("docs.read", source=source, repositories=len(read), sections=count, failed=len(failed))
        return DocsReport(tuple(read), count, tuple(failed))


def pages_by_git(github: GitHubPort, git: Git, row: Row) -> Sequence[PageFile]:
    """The pages of a repository on a host: a clone of its docs alone, with the age of every page.

    Raises:
        GitHubUnavailable: It could not be fetched now.
    """
    name = RepositoryName(row["host"], row["owner"], row["name"])
    with tempfile.TemporaryDirectory(prefix="callboard-docs-") as folder:
        target = Path(folder) / "clone"
        git.clone_docs(github.git_access(name), target, _PATTERNS)
        changes = git.last_changes(target, ["docs", ":(glob,icase)readme*"])
        return [PageFile(path, text, changes.get(path)) for path, text in _pages_below(target)]


def pages_in_folder(folder: Path) -> Sequence[PageFile]:
    """The pages of a repository that lies on this machine; a page's age is its file's."""
    return [
        PageFile(path, text, datetime.fromtimestamp((folder / path).stat().st_mtime, UTC))
        for path, text in _pages_below(folder)
    ]


def _pages_below(root: Path) -> Iterator[tuple[str, str]]:
    candidates = [item for item in root.iterdir() if item.name.lower().startswith("readme")]
    docs = root / "docs"
    if docs.is_dir() and not docs.is_symlink():
        candidates += docs.rglob("*.md")
    for file in sorted(candidates)[:_MAX_PAGES]:
        if not file.is_file() or file.is_symlink() or file.suffix.lower() not in (".md", ".markdown", ""):
            continue
        if not file.resolve().is_relative_to(root.resolve()):
            continue
        yield file.relative_to(root).as_posix(), file.read_bytes()[:MAX_PAGE_BYTES].decode(errors="replace")


def _careful(pages_of: Callable[[Row], Sequence[PageFile]]) -> Callable[[Row], Sequence[PageFile] | str]:
    def attempt(row: Row) -> Sequence[PageFile] | str:
        try:
            return pages_of(row)
        except (Unavailable, UserError) as error:
            return error.message

    return attempt


def _sections(row: Row, pages: Sequence[PageFile], entity: tuple[str, str] | None) -> Iterator[SectionRow]:
    ref, title = entity or (f"repository:{row['owner']}/{row['name']}".lower(), row["name"])
    for file in pages:
        page = read_page(file.text, _title_of(file.path, row["name"]))
        for section in page.sections:
            yield SectionRow(
                repository=row["key"],
                entity=ref,
                entity_title=title,
                path=file.path,
                page=page.title,
                heading=section.heading or page.title,
                anchor=section.anchor,
                url=_url(row, file.path, section.anchor),
                text=section.text,
                edited_at=file.edited_at,
                visibility=row["visibility"],
            )


def _title_of(path: str, repository: str) -> str:
    stem = Path(path).stem
    return (
        repository
        if stem.lower() in ("readme", "index")
        else stem.replace("-", " ").replace("_", " ").capitalize()
    )


def _url(row: Row, path: str, anchor: str) -> str:
    page = (
        f"{row['url']}/{path}"
        if str(row["url"]).startswith("file:")
        else f"{row['url']}/blob/{row['default_branch']}/{path}"
    )
    return f"{page}#{anchor}" if anchor else page
