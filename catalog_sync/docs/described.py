"""Pure: which entities a repository describes, where the docs of each are looked for, and whose a page is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from catalog_sync.docs.mkdocs import inside
from catalog_sync.entity.addresses import Checkout, Reach, resolve
from catalog_sync.ownership.homes import folder_of
from catalog_sync.records import CUTTING, INDEXING, digest

TECHDOCS_REF = "backstage.io/techdocs-ref"
SOURCE_LOCATION = "backstage.io/source-location"
_KINDS = ("component", "template", "system", "api", "resource", "domain")
"""Which kind a folder's docs belong to where several are described in it; other kinds come after these."""
_ELSEWHERE = ("location", "user", "group")
"""What is described in a repository without being in it."""
MAX_PLACES = 300
_ABOUT = "~"
_FEW = 5
"""So many of one kind may be described in one place before that is a list of other things."""


@dataclass(frozen=True, slots=True)
class Described:
    """An entity that a repository describes."""

    ref: str
    title: str
    folder: str
    """The folder that it is, from the repository's root; empty for the root."""
    techdocs: str | None = None
    """The folder of its docs site, where its ``techdocs-ref`` names one of this repository."""
    line: int = 0

    @property
    def order(self) -> int:
        """Which of several comes first, by their kinds."""
        kind = self.ref.partition(":")[0]
        return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)

    @property
    def name(self) -> str:
        """Its name in lower case."""
        return self.ref.rpartition("/")[2]


def described(
    ref: str, metadata: Mapping[str, Any], path: str, line: int, checkout: Checkout
) -> Described | None:
    """What an entity says about its docs; None for one that has none in this repository.

    Args:
        ref: Its reference, in lower case.
        metadata: Its metadata.
        path: The file that describes it, from the repository's root.
        line: Where in that.
        checkout: The repository.
    """
    annotations = metadata.get("annotations")
    found = annotations if isinstance(annotations, dict) else {}
    here = path.rpartition("/")[0]
    code = _folder(found.get(SOURCE_LOCATION), here, path, checkout)
    techdocs = _folder(found.get(TECHDOCS_REF), here if code is None else code, path, checkout)
    if techdocs is None and ref.partition(":")[0] in _ELSEWHERE:
        return None
    title = str(metadata.get("title") or metadata.get("name") or ref.rpartition("/")[2])
    return Described(ref, title, folder_of(path) if code is None else code, techdocs, line)


def _folder(reference: Any, here: str, path: str, checkout: Checkout) -> str | None:
    """The folder of this repository that ``dir:x`` or ``url:x`` names."""
    if not isinstance(reference, str):
        return None
    kind, _, target = reference.strip().partition(":")
    if kind == "dir":
        return inside("" if target.startswith("/") else here, target.lstrip("/") or ".")
    if kind != "url":
        return None
    address = target.rstrip("/")
    branches = (f"{checkout.url}/{word}/{checkout.branch}" for word in ("tree", "blob"))
    if address.lower() in (checkout.url.lower(), *(root.lower() for root in branches)):
        return ""
    found = resolve(address, path, checkout)
    if found.reach is not Reach.HERE or ":" in found.key:
        return None
    is_file = PurePosixPath(found.path).suffix in (".yml", ".yaml")
    return found.path.rpartition("/")[0] if is_file else found.path


class Belonging:
    """Whose a page of a repository is.

    Args:
        repository: The reference and title for pages that belong to no entity.
        entities: What the repository describes.
        docs_dirs: The folder of each docs site to the folder of its pages.
    """

    def __init__(
        self, repository: tuple[str, str], entities: Sequence[Described], docs_dirs: Mapping[str, str]
    ) -> None:
        self._repository = repository
        self._name = repository[0].rpartition("/")[2].lower()
        self._sites: dict[str, list[Described]] = {}
        self._folders: dict[str, list[Described]] = {}
        for entity in entities:
            self._folders.setdefault(entity.folder, []).append(entity)
            if entity.techdocs is not None:
                root = docs_dirs.get(entity.techdocs, entity.techdocs)
                self._sites.setdefault(root, []).append(entity)
        self._only = [entity for entity in entities if entity.ref.partition(":")[0] not in _ELSEWHERE]

    def of(self, path: str) -> tuple[str, str]:
        """The reference and title of what a page belongs to.

        The entity whose ``techdocs-ref`` covers the page, else the one that is described nearest above it,
        else the only one that the repository describes, else the repository.
        """
        above = list(_folders_above(path))
        places = [
            *(self._sites.get(folder) for folder in above if folder),
            *(self._folders.get(folder) for folder in above),
            self._sites.get(""),
            self._only if len(self._only) == 1 else None,
        ]
        for entities in filter(None, places):
            found = self._first(entities)
            if found:
                return found.ref, found.title
        return self._repository

    def _first(self, entities: Iterable[Described]) -> Described | None:
        """Which of the entities of one folder it is; None where that would be a guess."""
        ordered = sorted(entities, key=lambda entity: (entity.order, entity.line, entity.ref))
        best = [entity for entity in ordered if entity.order == ordered[0].order]
        called = [entity for entity in ordered if entity.name == self._name]
        if called and (len(best) > 1 or called[0].order == best[0].order):
            return called[0]
        return best[0] if len(best) <= _FEW else None


def _folders_above(path: str) -> Iterable[str]:
    """The folders that a path lies in, the nearest first; the last is the root."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def places_of(entities: Sequence[Described]) -> tuple[str, ...]:
    """The folders, beside the root, in which docs are looked for, those of sites first; no more than ``MAX_PLACES``."""
    sites = sorted({entity.techdocs for entity in entities if entity.techdocs})
    folders = sorted({entity.folder for entity in entities if entity.folder})
    return tuple(dict.fromkeys([*sites, *folders]))[:MAX_PLACES]


def docs_fingerprint(
    root: Mapping[str, str],
    folders: Sequence[str],
    entities: Sequence[Described],
    words: Sequence[str],
    *,
    is_exact: bool = True,
) -> str:
    """A fingerprint of a repository's docs in three parts with ``#`` between them; empty where there are none.

    The first changes when other folders are looked at, the second when what lies in them may have
    changed, the third when something changed that is no text: whose a page is, and where it is found.

    Args:
        root: What lies at the root and belongs to the docs: name to oid.
        folders: Folders beside the root that docs may be in, with the oid of what they lie in.
        entities: What the repository describes.
        words: What addresses are made of.
        is_exact: Whether the second part changes only when docs do; else that is to be asked for.
    """
    if not root and not folders:
        return ""
    facts = sorted((entity.ref, entity.title, entity.folder, entity.techdocs) for entity in entities)
    texts = ("" if is_exact else _ABOUT) + digest(sorted(root.items()), folders)
    return "#".join((digest(CUTTING, places_of(entities)), texts, digest(INDEXING, facts, words)))


def parts_of(fingerprint: str) -> tuple[str, str, str]:
    """The three parts of a fingerprint."""
    places, _, rest = fingerprint.partition("#")
    texts, _, words = rest.partition("#")
    return places, texts, words


def is_exact(fingerprint: str) -> bool:
    """Whether a fingerprint tells for certain that docs changed, and not only something near them."""
    return not parts_of(fingerprint)[1].startswith(_ABOUT)
