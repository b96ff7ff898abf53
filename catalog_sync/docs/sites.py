"""The docs sites of a repository: every mkdocs.yml that counts, with what it inherits and what it includes."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from catalog_sync.docs.files import Files
from catalog_sync.docs.mkdocs import (
    NAMES,
    Config,
    NavEntry,
    Site,
    config_of,
    joined,
    merged,
    parent_of,
    site_of,
)
from catalog_sync.docs.tree import Sort
from catalog_sync.entity.globs import Glob, is_glob

MAX_SITES = 100
ROUNDS = 4
"""How far a configuration may inherit, a site include sites, and a page include files that include files."""


class Sites:
    """The sites of a repository.

    Args:
        files: The repository.
        folders: Where an mkdocs.yml is looked for.
        wanted: The folders that are a site even without one.
    """

    def __init__(self, files: Files, folders: Sequence[str], wanted: Collection[str]) -> None:
        self._files = files
        self._by_path: dict[str, Site] = {}
        self._read([path for folder in folders if (path := self._config_in(folder))])
        for folder in sorted(wanted):
            if not any(site.folder == folder for site in self):
                # As TechDocs does it where there is no mkdocs.yml; a folder of bare pages counts as a whole.
                docs = joined(folder, "docs")
                self._by_path[folder] = Site(folder, docs_dir=docs if files.is_folder(docs) else folder)

    def __iter__(self) -> Iterator[Site]:
        return iter(self._by_path.values())

    def pages(self) -> Iterator[NavEntry]:
        """The pages that navigations name, in their order; those of an included site where it stands."""
        included = {
            path for site in self for entry in site.nav if entry.is_site for path in self._named(entry)
        }
        tops = [site for path, site in self._by_path.items() if path not in included]
        for site in (*tops, *self):
            yield from self._pages_of(site, (), set())

    def _pages_of(self, site: Site, trail: tuple[str, ...], seen: set[str]) -> Iterator[NavEntry]:
        if site.folder in seen:
            return
        seen.add(site.folder)
        for entry in site.nav:
            above = (*trail, *entry.trail)
            if not entry.is_site:
                yield NavEntry(entry.path, entry.title, above)
                continue
            for inner in filter(None, map(self._by_path.get, self._named(entry))):
                title = entry.title or inner.name
                yield from self._pages_of(inner, (*above, title) if title else above, seen)

    def _read(self, paths: Sequence[str]) -> None:
        for _round in range(ROUNDS):
            new = [path for path in dict.fromkeys(paths) if path not in self._by_path]
            new = new[: MAX_SITES - len(self._by_path)]
            if not new:
                return
            configs = self._configs(new)
            found = [self._site(path, *configs[path]) for path in new if path in configs]
            paths = [
                path for site in found for entry in site.nav if entry.is_site for path in self._named(entry)
            ]

    def _site(self, path: str, config: Config, problem: str) -> Site:
        folder = path.rpartition("/")[0]
        if problem:
            self._files.skipped[path] = problem
        site = site_of(config, folder, problem)
        if not self._files.is_folder(site.docs_dir):
            # Of !ENV NAME only the name is known, and that is no folder.
            site = site_of({**config, "docs_dir": "docs"}, folder, problem)
        self._by_path[path] = site
        return site

    def _config_in(self, folder: str) -> str | None:
        """The mkdocs.yml of a folder."""
        entries = self._files.entries(folder)
        name = next((name for name in NAMES if name in entries), None)
        path = joined(folder, name or NAMES[0])
        self._files.note(path)
        return path if name and entries[name].sort is Sort.FILE else None

    def _configs(self, paths: Sequence[str]) -> dict[str, tuple[Config, str]]:
        """What configurations say, with what they inherit, and why one cannot be read; by path."""
        texts: dict[str, tuple[Config, str]] = {}
        waiting = list(paths)
        for _round in range(ROUNDS):
            for path, text in self._files.texts(waiting).items():
                self._files.note(path)
                texts[path] = config_of(text, path)
            parents = (parent_of(config, path) for path, (config, _problem) in texts.items())
            waiting = [parent for parent in dict.fromkeys(parents) if parent and parent not in texts]
            if not waiting:
                break
        return {path: (_inherited(path, texts), texts[path][1]) for path in paths if path in texts}

    def _named(self, entry: NavEntry) -> list[str]:
        """The configurations that an include of a navigation names."""
        if not is_glob(entry.path):
            return [entry.path]
        parts = entry.path.split("/")
        root = "/".join(parts[: next(number for number, part in enumerate(parts) if is_glob(part))])
        self._files.note(root)
        pattern = Glob(entry.path)
        found = (item.path for item in self._files.tree.below(root) if item.path.endswith((".yml", ".yaml")))
        return sorted(path for path in found if pattern.matches(path))[:MAX_SITES]


def _inherited(path: str, texts: Mapping[str, tuple[Config, str]]) -> Config:
    """A configuration with what it inherits from its parents."""
    config, seen = texts[path][0], {path}
    parent = parent_of(config, path)
    while parent and parent in texts and parent not in seen:
        seen.add(parent)
        above = texts[parent][0]
        config, parent = merged(above, config), parent_of(above, parent)
    return config
