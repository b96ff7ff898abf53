"""Where the docs of a repository come from: a clone without files, or a folder on this machine."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from catalog_sync.docs.described import Described, is_exact, parts_of
from catalog_sync.docs.gather import Docs, gather_docs
from catalog_sync.docs.tree import FolderTree, GitTree
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.git import Git, TooLarge
from catalog_sync.github.port import GitAccess, GitHubPort

_log = structlog.get_logger(__name__)
_MOST_ASKED = 500
"""A repository with docs in more places than this is cloned to see whether they changed."""

Row = Mapping[str, Any]
"""A repository's row, and under ``described`` what it describes."""


def pages_by_git(github: GitHubPort, git: Git, row: Row) -> Docs | None:
    """The docs of a repository on a host, with the age of every page; None while they are those that were read.

    Where docs lie deep in a repository, the host is asked for their oids before anything is fetched: the
    folder that they lie in may have changed for other reasons.

    Raises:
        GitHubUnavailable: They could not be fetched now.
    """
    name = RepositoryName(row["host"], row["owner"], row["name"])
    if not row["docs_wanted"]:
        return Docs(())
    if _is_as_read(github, name, row):
        return None
    access = github.git_access(name)
    entities: Sequence[Described] = row.get("described", ())
    try:
        return _cloned(git, access, entities)
    except TooLarge as error:
        _log.warning("docs.without_history", repository=str(name), cause=error.message)
        return _cloned(git, access, entities, with_history=False)


def pages_in_folder(folder: Path, entities: Sequence[Described] = (), git: Git | None = None) -> Docs:
    """The docs of a repository that lies on this machine.

    Args:
        folder: The repository.
        entities: What it describes.
        git: Tells when pages were last committed, where the folder is a clone; else a page's age is its file's.
    """
    return gather_docs(FolderTree(folder, git), entities)


def _is_as_read(github: GitHubPort, name: RepositoryName, row: Row) -> bool:
    """Whether what was read is still the same, although something near it changed."""
    before, now = parts_of(row["docs_read"]), parts_of(row["docs_wanted"])
    if before[:2] == now[:2]:
        return True
    sources: Mapping[str, str] = (row.get("docs_sources") or {}).get("oids") or {}
    if before[0] != now[0] or not sources or len(sources) > _MOST_ASKED or is_exact(row["docs_wanted"]):
        return False
    return github.oids(name, sorted(sources)) == {path: oid for path, oid in sources.items() if oid}


def _cloned(git: Git, access: GitAccess, entities: Sequence[Described], *, with_history: bool = True) -> Docs:
    # What git still writes when it is stopped may be in the way of its removal.
    with tempfile.TemporaryDirectory(prefix="callboard-docs-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "clone"
        git.clone_trees(access, clone, with_history=with_history)
        return gather_docs(GitTree(git, access, clone, has_history=with_history), entities)
