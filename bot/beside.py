"""The files beside a descriptor on the disk, and the repository that they lie in, for ``callboard lint``."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from catalog_sync.entity.file_text import Unreadable, text_of, too_large
from catalog_sync.entity.yaml_reader import MAX_BYTES

_REMOTE = re.compile(r"^\s*url\s*=\s*\S*?[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?\s*$", re.MULTILINE)


def files_beside(descriptor: Path) -> Callable[[str], str | Unreadable | None]:
    """Reads files by their path relative to a descriptor; nothing outside of the descriptor's repository.

    Where no folder above is a repository, the descriptor's own folder is taken for one.
    """
    root = (root_of(descriptor) or descriptor.parent).resolve()

    def read(reference: str) -> str | Unreadable | None:
        base = root if reference.startswith("/") else descriptor.resolve().parent
        try:
            path = (base / reference.lstrip("/")).resolve()
            if not path.is_relative_to(root) or not path.is_file():
                return None
            return content_of(path)
        except (OSError, ValueError):
            return None

    return read


def content_of(path: Path, most: int = MAX_BYTES) -> str | Unreadable:
    """The text of a file on the disk, or why it has none.

    Args:
        path: The file; a pipe would be waited for, for ever.
        most: More bytes than this are not read.

    Raises:
        OSError: It may not be read.
    """
    return too_large(most) if path.stat().st_size > most else text_of(path.read_bytes())


def repository_of(descriptor: Path) -> str:
    """``owner/name`` of the repository that a file lies in: as GitHub Actions or Git's remote says; empty if neither."""
    root = root_of(descriptor)
    named = os.environ.get("GITHUB_REPOSITORY", "")
    if named or root is None:
        return named
    try:
        found = _REMOTE.search((root / ".git" / "config").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return found[1] if found else ""


def root_of(path: Path) -> Path | None:
    """The repository's folder that a file lies in, links followed; None where none of those above is one."""
    return next((folder for folder in path.resolve().parents if (folder / ".git").exists()), None)
