"""Pure: an mkdocs.yml as far as it says which pages there are, in which order and under which titles; nothing of it runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

from catalog_sync.entity.yaml_reader import read_documents

NAMES = ("mkdocs.yml", "mkdocs.yaml")
MAX_NAV = 5_000
"""Entries of a navigation; what is beyond counts as outside of it."""
_DEEPEST = 12
_INCLUDE = re.compile(r"(?:!include|\*include)\s+(\S.*)\Z")
_CONFIG = re.compile(r"\.ya?ml\Z", re.IGNORECASE)
_PAGE = re.compile(r"\.(?:md|markdown|mdown|mkdn?|html?)\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of a navigation: a page, or another site that stands there."""

    path: str
    """From the repository's root; a pattern where an ``*include`` names several sites."""
    title: str
    """What the navigation calls it; empty where it leaves that to the page."""
    trail: tuple[str, ...]
    """The titles of the sections that it lies in, outermost first."""
    is_site: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A docs site of a repository."""

    folder: str
    """Where its mkdocs.yml lies, from the repository's root; empty for the root."""
    name: str = ""
    docs_dir: str = "docs"
    """From the repository's root."""
    nav: tuple[NavEntry, ...] = ()
    snippet_folders: tuple[str, ...] = ()
    """Where its pages look for what they include, from the repository's root."""
    problem: str = ""
    """Why its mkdocs.yml could not be read; then it is a site with MkDocs' own settings."""


Config = Mapping[str, Any]


def config_of(text: str, path: str) -> tuple[Config, str]:
    """What an mkdocs.yml says, and why it could not be read (empty when it could).

    Tags are never obeyed: of ``!!python/name:x``, ``!ENV`` and others only the text counts.
    """
    documents, faults = read_documents(text.removeprefix("\ufeff"), path)
    found = documents[0].value if documents else None
    if isinstance(found, dict):
        return found, ""
    first = f": {faults[0].line}:{faults[0].column}: {faults[0].message}" if faults else ""
    return {}, "" if not text.strip() else f"{path} cannot be read{first}"


def parent_of(config: Config, path: str) -> str | None:
    """The file that a configuration inherits from, from the repository's root; None where it does not."""
    named = config.get("INHERIT")
    return inside(path.rpartition("/")[0], named) if isinstance(named, str) else None


def merged(parent: Config, child: Config) -> dict[str, Any]:
    """A configuration over the one that it inherits from: mappings are put together, the rest is replaced."""
    whole = dict(parent)
    for key, value in child.items():
        above = whole.get(key)
        both = isinstance(above, dict) and isinstance(value, dict)
        whole[key] = {**above, **value} if both and above is not None else value
    return whole


def site_of(config: Config, folder: str, problem: str = "") -> Site:
    """The site that a configuration describes.

    Args:
        config: What its mkdocs.yml says, with what it inherits.
        folder: Where that lies, from the repository's root.
        problem: Why it could not be read.
    """
    docs_dir = inside(folder, _plain(config.get("docs_dir")) or "docs")
    docs_dir = docs_dir if docs_dir is not None else joined(folder, "docs")
    nav = config.get("nav", config.get("pages"))
    return Site(
        folder=folder,
        name=_title(config.get("site_name")),
        docs_dir=docs_dir,
        nav=tuple(_first(_entries(nav, docs_dir, folder, ()), MAX_NAV)),
        snippet_folders=_snippet_folders(config, folder),
        problem=problem,
    )


def inside(folder: str, path: str) -> str | None:
    """A path from a folder, as one from the repository's root; None when it leads out of the repository."""
    path = path.strip().replace("\\", "/")
    if not path or path.startswith("/") or _ADDRESS.match(path) or "\n" in path or len(path) > 1_000:
        return None
    whole = normpath(f"{folder}/{path}".lstrip("/"))
    if whole == ".." or whole.startswith("../"):
        return None
    return "" if whole == "." else whole


def joined(folder: str, name: str) -> str:
    """A name in a folder; both may be empty."""
    return f"{folder}/{name}".strip("/")


def _entries(nav: Any, docs_dir: str, folder: str, trail: tuple[str, ...]) -> Iterator[NavEntry]:
    if len(trail) > _DEEPEST:
        return
    for title, value in _pairs(nav):
        if isinstance(value, str):
            entry = _entry(title, value, docs_dir, folder, trail)
            if entry:
                yield entry
        else:
            yield from _entries(value, docs_dir, folder, (*trail, title) if title else trail)


def _pairs(nav: Any) -> Iterator[tuple[str, Any]]:
    """Titles and what stands under them; the title of a bare page is empty."""
    if isinstance(nav, dict):
        yield from ((_title(key), value) for key, value in nav.items())
    elif isinstance(nav, list):
        for item in nav:
            if isinstance(item, dict):
                yield from ((_title(key), value) for key, value in item.items())
            else:
                yield "", item


def _entry(title: str, value: str, docs_dir: str, folder: str, trail: tuple[str, ...]) -> NavEntry | None:
    include = _INCLUDE.match(value.strip())
    if include or _CONFIG.search(value.strip()):
        path = inside(folder, (include[1] if include else value).strip())
        return NavEntry(path, title, trail, is_site=True) if path else None
    path = None if _ADDRESS.match(value) else inside(docs_dir, value.partition("#")[0].lstrip("/"))
    return NavEntry(path, title, trail) if path and _PAGE.search(path) else None


def _first(entries: Iterator[NavEntry], most: int) -> Iterator[NavEntry]:
    for number, entry in enumerate(entries):
        if number >= most:
            return
        yield entry


def _title(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else " ".join(str(value).split())[:_LONGEST]


def _plain(value: Any) -> str:
    """A text; of ``!ENV [NAME, default]`` the default."""
    if isinstance(value, list):
        value = value[-1] if value else ""
    return value if isinstance(value, str) else ""


def _snippet_folders(config: Config, folder: str) -> tuple[str, ...]:
    """The folders that ``pymdownx.snippets`` looks in; MkDocs runs where its mkdocs.yml lies."""
    found: Any = None
    extensions = config.get("markdown_extensions")
    for name, options in _pairs(extensions):
        if name == "pymdownx.snippets" and isinstance(options, dict):
            found = options.get("base_path")
    named: Sequence[Any] = found if isinstance(found, list) else [found]
    folders = [inside(folder, item) for item in named[:20] if isinstance(item, str)]
    return tuple(dict.fromkeys([*(item for item in folders if item is not None), folder]))
