"""Pure: a fingerprint of the docs of a repository on GitHub, from what a sync knows of it anyway."""

from collections.abc import Sequence

from catalog_sync.docs.described import described, docs_fingerprint, places_of
from catalog_sync.docs.mkdocs import NAMES, Config, config_of, site_of
from catalog_sync.entity.addresses import Checkout
from catalog_sync.entity.model import Entity
from catalog_sync.github.port import RepositoryDetail

_ANYWHERE = ".."
"""In place of a folder: docs may lie in any."""


def docs_wanted(detail: RepositoryDetail, entities: Sequence[Entity], checkout: Checkout) -> str:
    """What changes when docs may have changed: folders, READMEs and mkdocs.yml, at the root and elsewhere.

    Of a folder deep in the repository only the one at the root that it lies in is known here; whether the
    docs in it changed is asked for before they are fetched.

    Args:
        detail: The repository.
        entities: What it describes.
        checkout: The repository as its files refer to it.
    """
    facts = [
        found
        for item in entities
        if (found := described(str(item.ref), item.metadata, item.source.path, item.source.line, checkout))
    ]
    root = {entry.name: entry.oid for entry in detail.root if "/" not in entry.name}
    docs = {name: oid for name, oid in root.items() if _is_docs(name)}
    config = _config(detail, docs)
    pages = _pages_of(config)
    elsewhere = {*places_of(facts), *_included_by(config)}
    tops = {place.partition("/")[0] for place in (*elsewhere, *pages)}
    if _ANYWHERE in tops:
        docs["HEAD"] = detail.light.head_oid or ""
    folders = [f"{top}={root[top]}" for top in sorted(tops) if top in root]
    is_exact = not elsewhere and not any("/" in place or place == _ANYWHERE for place in pages)
    words = [detail.url, detail.light.default_branch or ""]
    return docs_fingerprint(docs, folders, facts, words, is_exact=is_exact)


def _is_docs(name: str) -> bool:
    return name.lower() == "docs" or name.lower().startswith("readme") or name in NAMES


def _config(detail: RepositoryDetail, docs: dict[str, str]) -> Config | None:
    """What the mkdocs.yml at the root says; None where there is one that was not read."""
    name = next((name for name in NAMES if name in docs), None)
    if name is None:
        return {}
    file = detail.files.get(name)
    return config_of(file.text, name)[0] if file and file.text is not None else None


def _pages_of(config: Config | None) -> set[str]:
    """Where the pages of the site at the root lie."""
    if not config:
        return set() if config is not None else {_ANYWHERE}
    return {site_of(config, "").docs_dir or _ANYWHERE}


def _included_by(config: Config | None) -> set[str]:
    """What the site at the root is made of beside its pages."""
    if not config:
        return set()
    inherited = {_ANYWHERE} if config.get("INHERIT") else set()
    return inherited | {entry.path for entry in site_of(config, "").nav if entry.is_site}
