"""The docs of a repository, wherever they lie in it: its sites, READMEs and docs folders, page by page in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from catalog_sync.docs.described import Described, places_of
from catalog_sync.docs.dialects import Line
from catalog_sync.docs.files import MAX_BYTES, WHY, Files, is_below
from catalog_sync.docs.mkdocs import inside, joined
from catalog_sync.docs.sections import MAX_PAGE_BYTES, clean
from catalog_sync.docs.sites import ROUNDS, Sites
from catalog_sync.docs.snippets import names_in, with_snippets
from catalog_sync.docs.tree import SKIPPED_FOLDERS, Entry, Sort, Tree, is_readable_name

MAX_PAGES = 2_000
"""Pages of one repository; those of a README or a navigation come first."""
_MOST_INCLUDED = 100
"""Files that one page may include."""
_MARKDOWN = (".md", ".markdown")
_READMES = ("readme.md", "readme.markdown", "readme")


@dataclass(frozen=True, slots=True)
class PageFile:
    """One page as it lies in a repository."""

    path: str
    text: str
    edited_at: datetime | None
    """When somebody last changed it; None where that is not known."""
    title: str = ""
    """What its site's navigation calls it; empty where it has no word on it."""
    trail: str = ""
    """Where the navigation has it: ``Guides › Deploying``."""
    lines: tuple[Line, ...] = ()
    """Its text with what it includes; empty where it includes nothing."""


@dataclass(frozen=True, slots=True)
class Docs:
    """All docs of a repository."""

    pages: tuple[PageFile, ...]
    """In the order in which they are read: READMEs, then each site in the order of its navigation."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Path to oid of everything that was looked at: as long as these are the same, so are the docs."""
    docs_dirs: Mapping[str, str] = field(default_factory=dict)
    """The folder of each docs site to the folder of its pages."""
    skipped: tuple[tuple[str, str], ...] = ()
    """Paths and why they were not read."""


def gather_docs(tree: Tree, entities: Sequence[Described]) -> Docs:
    """Find and read the docs of a repository.

    Args:
        tree: The repository.
        entities: What it describes: their folders may have docs of their own.

    Raises:
        GitHubUnavailable: Something could not be fetched now.
    """
    return _Gathering(tree, entities).docs()


@dataclass(frozen=True, slots=True)
class _Found:
    """A page before it is read."""

    entry: Entry
    title: str = ""
    trail: str = ""


class _Gathering:
    def __init__(self, tree: Tree, entities: Sequence[Described]) -> None:
        self._files = Files(tree)
        self._folders = ["", *places_of(entities)]
        wanted = {entity.techdocs for entity in entities if entity.techdocs is not None}
        self._sites = Sites(self._files, self._folders, wanted)
        self._roots: dict[str, None] = {}
        """The folders all of whose pages count."""

    def docs(self) -> Docs:
        readmes = [found for folder in self._folders if (found := self._readme(folder))]
        for folder in self._folders:
            self._look_into(folder)
        for site in self._sites:
            if self._files.is_folder(site.docs_dir):
                self._take(site.docs_dir)
        pages = self._read(self._in_order(readmes))
        docs_dirs = {site.folder: site.docs_dir for site in self._sites}
        return Docs(pages, self._files.sources, docs_dirs, tuple(sorted(self._files.skipped.items())))

    # -- where pages are -------------------------------------------------------------------------------------

    def _readme(self, folder: str) -> Entry | None:
        names = {
            name.lower(): entry
            for name, entry in self._files.entries(folder).items()
            if entry.sort is Sort.FILE
        }
        found = next((names[name] for name in _READMES if name in names), None)
        self._files.note(found.path if found else joined(folder, "README.md"))
        for name, entry in names.items():
            if name.startswith("readme.") and name not in _READMES:
                self._files.skipped[entry.path] = "it is not Markdown"
        return found

    def _look_into(self, folder: str) -> None:
        """Take the docs folder of a folder as one whose pages count."""
        self._files.note(joined(folder, "docs"))
        for name, entry in self._files.entries(folder).items():
            if name.lower() == "docs" and entry.sort is Sort.FOLDER:
                self._take(entry.path)
            elif name.lower() == "docs":
                self._files.skipped[entry.path] = WHY[entry.sort]

    def _take(self, folder: str) -> None:
        self._files.note(folder)
        self._roots[folder] = None

    def _in_order(self, readmes: Sequence[Entry]) -> list[_Found]:
        """Every page with its title and trail, in the order in which it is read."""
        files = self._pages_by_path()
        named: dict[str, tuple[str, str]] = {}
        for entry in self._sites.pages():
            named.setdefault(entry.path, (entry.title, " › ".join(entry.trail)))
        pages = {entry.path: _Found(entry, *named.get(entry.path, ("", ""))) for entry in readmes}
        for path, words in named.items():
            if path in files:
                pages.setdefault(path, _Found(files[path], *words))
        with_nav = [site.docs_dir for site in self._sites if site.nav]
        for path in sorted(files, key=_reading_order):
            has_nav = any(is_below(path, root) for root in with_nav)
            trail = "" if has_nav else _trail_by_folders(path, self._roots)
            pages.setdefault(path, _Found(files[path], trail=trail))
        return list(pages.values())

    def _pages_by_path(self) -> dict[str, Entry]:
        """The pages in the folders whose pages count."""
        found: dict[str, Entry] = {}
        tops = [root for root in self._roots if not any(is_below(root, other) for other in self._roots)]
        for entry in (entry for root in tops for entry in self._files.tree.below(root)):
            if entry.sort is Sort.SUBMODULE:
                self._files.skipped[entry.path] = WHY[entry.sort]
            elif not entry.path.lower().endswith(_MARKDOWN):
                continue
            elif entry.sort is Sort.LINK:
                self._files.skipped[entry.path] = WHY[entry.sort]
            elif not is_readable_name(entry.path):
                self._files.skipped[ascii(entry.path)[:200]] = (
                    "its name holds characters that cannot be shown"
                )
            else:
                found[entry.path] = entry
        return found

    # -- texts -----------------------------------------------------------------------------------------------

    def _read(self, pages: Sequence[_Found]) -> tuple[PageFile, ...]:
        for page in pages[MAX_PAGES:]:
            self._files.skipped[page.entry.path] = f"the repository has more than {MAX_PAGES:,} pages"
        chosen = pages[:MAX_PAGES]
        texts = self._files.texts([page.entry.path for page in chosen], MAX_BYTES)
        included = self._included(texts)
        changes = self._files.tree.changes(list(texts))
        return tuple(
            PageFile(
                path=path,
                text=texts[path],
                edited_at=changes.get(path),
                title=page.title,
                trail=page.trail,
                lines=self._lines(path, texts[path], included),
            )
            for page in chosen
            if (path := page.entry.path) in texts
        )

    def _included(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts of all files that pages include, by path; each round reads what the last one named."""
        found: dict[str, str] = {}
        waiting = dict(texts)
        for _round in range(ROUNDS):
            wanted = {
                target: None
                for path, text in waiting.items()
                for name in names_in(text)[:_MOST_INCLUDED]
                if (target := self._target(name, path)) and target not in found
            }
            known = {path: texts[path] for path in wanted if path in texts}
            waiting = {**known, **self._files.texts([path for path in wanted if path not in known])}
            if not waiting:
                break
            found |= waiting
        return found

    def _target(self, name: str, path: str) -> str | None:
        """The file that a page includes: one of the docs, or Markdown; None where it is neither."""
        file = name.split(":")[0].strip()
        for folder in self._bases(path):
            target = inside(folder, file)
            if target and self._may_be_included(target) and self._files.entry(target):
                if not any(is_below(target, root) for root in self._roots):
                    self._files.note(target)
                return target
        return None

    def _bases(self, path: str) -> Iterable[str]:
        """Where a page's includes are looked for, the nearest first."""
        around = [
            site for site in self._sites if is_below(path, site.docs_dir) or is_below(path, site.folder)
        ]
        around.sort(key=lambda site: -len(site.folder))
        named = [folder for site in around for folder in (*site.snippet_folders, site.docs_dir)]
        return dict.fromkeys([path.rpartition("/")[0], *named, ""])

    def _may_be_included(self, path: str) -> bool:
        if not SKIPPED_FOLDERS.isdisjoint(path.split("/")):
            return False
        return path.lower().endswith(_MARKDOWN) or any(is_below(path, root) for root in self._roots)

    def _lines(self, path: str, text: str, included: Mapping[str, str]) -> tuple[Line, ...]:
        if not names_in(text):
            return ()

        def find(name: str, at: str) -> tuple[str, str] | None:
            target = self._target(name, at)
            return (target, included[target]) if target and target in included else None

        return with_snippets(clean(text), path, find, MAX_PAGE_BYTES)


def _reading_order(path: str) -> tuple[tuple[bool, str], ...]:
    """As MkDocs orders pages without a navigation: the index of a folder first, its pages before its folders."""
    *folders, name = path.split("/")
    is_index = PurePosixPath(name).stem.lower() in ("index", "readme")
    return (*((True, folder) for folder in folders), (False, "" if is_index else name))


def _trail_by_folders(path: str, roots: Iterable[str]) -> str:
    """The folders that a page lies in as titles, where no navigation says it."""
    root = max((root for root in roots if is_below(path, root)), key=len)
    folders = path[len(root) :].strip("/").split("/")[:-1]
    return " › ".join(name.replace("-", " ").replace("_", " ").capitalize() for name in folders)
