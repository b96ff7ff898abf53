"""Pure: where the code of an entity lies: which repository, and which folder of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from catalog_sync.memory.cards import Card, KnownRepository
from core.access import Visibility

_ORDER = (Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE)
_ASIDE = re.compile(r"(?:^|/)(?:\.[^/]+|backstage|catalog)\Z")
"""Folders that hold descriptors of what lies above them: ``.backstage``, ``.github``."""
_TREE = re.compile(r"([^/]+)/([^/]+?)(?:\.git)?(?:/(?:-/)?(?:tree|blob)/([^/]+)(?:/(.*))?)?/?\Z")


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of a repository; the root is empty."""

    key: str
    folder: str
    is_described_there: bool
    """Whether the repository itself says so, and not somebody else of it."""


def home_of(card: Card, repositories: Mapping[str, KnownRepository]) -> Home | None:
    """Where an entity's code lies: by its source location, its project slug, or where it is described.

    A descriptor can name any repository. One that fewer people may see is not believed: what it says
    would be told to others. None where it names one that the catalog does not know.
    """
    described = Home(card.key, folder_of(card.path), True) if card.key else None
    if card.code_at.startswith(("dir:", "./", "file:")) and card.key:
        path = card.code_at.removeprefix("dir:").removeprefix("file:")
        return Home(card.key, _joined(card.path.rpartition("/")[0], path), True)
    if card.code_at:
        found = _of_address(card, repositories)
        if found is not None:
            return found
    own = card.key.rpartition("/")[2]
    if not card.slug or card.slug.lower().rpartition("/")[2] == own:
        return described
    key = _key_of(card, "", card.slug, repositories)
    return Home(key, "", False) if key else None


def _of_address(card: Card, repositories: Mapping[str, KnownRepository]) -> Home | None:
    try:
        found = urlsplit(card.code_at.removeprefix("url:"))
    except ValueError:
        return None
    parts = _TREE.match(unquote(found.path).strip("/"))
    if not parts:
        return None
    owner, name, branch, path = parts.groups()
    key = _key_of(card, found.netloc.lower(), f"{owner}/{name}", repositories)
    if not key:
        return None
    folder = (path or "").strip("/")
    default = repositories[key].default_branch
    whole = f"{branch}/{folder}" if branch else ""
    if default and whole.startswith(f"{default}/"):
        folder = whole[len(default) + 1 :]
    # The address may be that of the descriptor itself.
    is_file = "/blob/" in found.path or re.search(r"\.ya?ml\Z", folder)
    return Home(key, folder_of(folder) if is_file else _joined("", folder), key == card.key)


def _key_of(card: Card, host: str, full_name: str, repositories: Mapping[str, KnownRepository]) -> str:
    """The key of a repository by its host, else of the one on the host that the entity comes from."""
    own = card.key.partition("/")[0]
    for candidate in dict.fromkeys((host, own)):
        key = f"{candidate}/{full_name}".lower()
        known = repositories.get(key)
        if known and is_shown_to_all_of(card.visibility, known.visibility):
            return key
    return ""


def is_shown_to_all_of(visibility: Visibility, other: Visibility) -> bool:
    """Whether whoever may see a thing of the first visibility may see one of the other."""
    return _ORDER.index(other) <= _ORDER.index(visibility)


def folder_of(path: str) -> str:
    """The folder that a descriptor describes; one that is put aside describes what lies above it."""
    folder = path.rpartition("/")[0]
    return _ASIDE.sub("", folder)


def _joined(folder: str, path: str) -> str:
    whole = normpath(f"/{folder}/{path}").lstrip("/")
    return "" if whole == "." else whole
