"""Docs out of repositories: fetched only where they changed, cut into sections, put into the index."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import structlog

from catalog_sync.docs.described import Belonging, Described
from catalog_sync.docs.fetch import Row, pages_by_git, pages_in_folder
from catalog_sync.docs.gather import Docs, PageFile
from catalog_sync.docs.sections import Page, lines_of, page_of
from catalog_sync.docs.store import DocsStore, SectionRow
from core.errors import Unavailable, UserError

__all__ = [
    "Docs",
    "DocsReader",
    "DocsReport",
    "PageFile",
    "PagesOf",
    "Row",
    "pages_by_git",
    "pages_in_folder",
]

_log = structlog.get_logger(__name__)
_AT_ONCE = 4
_MOST_SAID = 10
"""So many skipped files of a repository are logged one by one."""
MAX_SECTIONS = 20_000
"""Sections of one repository; what is beyond is left out."""

PagesOf = Callable[[Row], Docs | None]
"""From a repository's row (see ``fetch.Row``) to its docs; None while they are those that were read last."""


@dataclass(frozen=True, slots=True)
class DocsReport:
    """What one reading of docs did."""

    read: tuple[str, ...]
    sections: int
    failed: tuple[tuple[str, str], ...]
    """Repository and cause; they are tried again next time."""
    unchanged: tuple[str, ...] = ()
    """Repositories that changed, but not in what their docs say: nothing was fetched."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Files (``owner/name/path``) that are no readable pages, and why."""


class DocsReader:
    """Reads the docs of a source's repositories that changed."""

    def __init__(self, store: DocsStore) -> None:
        self._store = store

    def read_changed(self, source: str, pages_of: PagesOf, only: Collection[str] | None = None) -> DocsReport:
        """Read what changed, a few repositories at a time; one that fails does not stop the others.

        Args:
            source: The source whose repositories are looked at.
            pages_of: From a repository's row to its docs.
            only: The keys of the only repositories that are looked at.
        """
        rows = self._store.docs_to_read(source, only)
        if not rows:
            self._counted(only)
            return DocsReport((), 0, ())
        described = self._store.described(rows)
        whole = [{**row, "described": described.get(row["key"], ())} for row in rows]
        tally = _Tally()
        for row, found in _looked_at(whole, pages_of):
            self._take(row, found, tally)
        self._counted(only)
        report = tally.report()
        _log.info(
            "docs.read",
            source=source,
            repositories=len(report.read),
            sections=report.sections,
            unchanged=len(report.unchanged),
            skipped=len(report.skipped),
            failed=len(report.failed),
        )
        return report

    def _take(self, row: Row, found: "Docs | str | None", tally: "_Tally") -> None:
        key = row["key"]
        if isinstance(found, str):
            tally.failed.append((key, found))
            _log.warning("docs.not_read", repository=key, cause=found)
            return
        if found is None:
            sections = self._as_they_are_now(row)
            sources = row["docs_sources"]
            tally.unchanged.append(key)
        else:
            sections = list(_sections(row, found))
            sources = {"oids": dict(found.sources), "docs_dirs": dict(found.docs_dirs)}
            tally.read.append(key)
            tally.sections += len(sections)
            skipped = [(f"{row['owner']}/{row['name']}/{path}", why) for path, why in found.skipped]
            tally.skipped += skipped
            for path, why in skipped[:_MOST_SAID]:
                _log.info("docs.skipped", path=path, why=why, others=max(len(skipped) - _MOST_SAID, 0))
        self._store.replace(key, row["docs_wanted"], sections, sources)

    def _as_they_are_now(self, row: Row) -> list[SectionRow]:
        """The sections that are there, with whose they are and where they are found now."""
        belonging = _belonging(row, (row["docs_sources"] or {}).get("docs_dirs") or {})
        changed = []
        for section in self._store.of_repository(row["key"]):
            ref, title = belonging.of(section.path)
            changed.append(
                replace(
                    section,
                    entity=ref,
                    entity_title=title,
                    url=page_address(row, section.path, section.anchor),
                    visibility=row["visibility"],
                )
            )
        return changed

    def _counted(self, only: Collection[str] | None) -> None:
        """Count words anew after a look at everything; after a push the counts are near enough."""
        if only is None:
            self._store.recount()


class _Tally:
    def __init__(self) -> None:
        self.read: list[str] = []
        self.unchanged: list[str] = []
        self.failed: list[tuple[str, str]] = []
        self.skipped: list[tuple[str, str]] = []
        self.sections = 0

    def report(self) -> DocsReport:
        return DocsReport(
            tuple(self.read), self.sections, tuple(self.failed), tuple(self.unchanged), tuple(self.skipped)
        )


def _looked_at(rows: Sequence[Row], pages_of: PagesOf) -> Iterator[tuple[Row, Docs | str | None]]:
    """Each row with its docs, the cause why there are none, or None when they are as they were.

    No more are under way than a few, so that a slow repository does not make the others pile up.
    """
    waiting = deque(rows)
    under_way: deque[tuple[Row, Future[Docs | str | None]]] = deque()
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="docs") as pool:
        while waiting or under_way:
            while waiting and len(under_way) < 2 * _AT_ONCE:
                row = waiting.popleft()
                under_way.append((row, pool.submit(_docs_of, row, pages_of)))
            row, future = under_way.popleft()
            yield row, future.result()


def _docs_of(row: Row, pages_of: PagesOf) -> Docs | str | None:
    try:
        return pages_of(row)
    except (Unavailable, UserError) as error:
        return error.message


def _belonging(row: Row, docs_dirs: Mapping[str, str]) -> Belonging:
    entities: Sequence[Described] = row["described"]
    return Belonging((f"repository:{row['owner']}/{row['name']}".lower(), row["name"]), entities, docs_dirs)


def _sections(row: Row, docs: Docs) -> Iterator[SectionRow]:
    belonging = _belonging(row, docs.docs_dirs)
    position = 0
    for file in docs.pages:
        page = page_of(file.lines or lines_of(file.text), _title_of(file.path, row["name"]), file.title)
        for section in page.sections:
            if position >= MAX_SECTIONS:
                return
            yield _section_row(row, file, page, position, section, belonging.of(file.path))
            position += 1


def _section_row(
    row: Row, file: PageFile, page: Page, position: int, section: Any, entity: tuple[str, str]
) -> SectionRow:
    return SectionRow(
        repository=row["key"],
        entity=entity[0],
        entity_title=entity[1],
        path=file.path,
        page=page.title,
        heading=section.heading or page.title,
        anchor=section.anchor,
        url=page_address(row, file.path, section.anchor),
        text=section.text,
        edited_at=file.edited_at,
        visibility=row["visibility"],
        trail=file.trail,
        tags=", ".join(page.tags),
        position=position,
    )


def _title_of(path: str, repository: str) -> str:
    """What a page without any title is called: after its file, its folder, or the repository."""
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    if stem.lower() in ("readme", "index"):
        stem = next((folder for folder in reversed(folders) if folder.lower() != "docs"), "")
        if not stem:
            return repository
    return stem.replace("-", " ").replace("_", " ").capitalize()


def page_address(row: Row, path: str, anchor: str) -> str:
    """The page of a file at a heading, on the repository's own host."""
    url, inner = str(row["url"]), quote(path, safe="/")
    branch = "" if url.startswith("file:") else f"blob/{quote(row['default_branch'] or 'HEAD', safe='/')}/"
    return f"{url}/{branch}{inner}" + (f"#{anchor}" if anchor else "")
