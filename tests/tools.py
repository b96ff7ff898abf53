"""Programs that some tests need and not every machine has: skipped with a way to get them, or demanded."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_ALL = "CALLBOARD_REQUIRE_ALL"
"""Set to 1 (as the gate does), a test that cannot run for a missing tool fails."""


def is_missing(tool: str, how: str) -> NoReturn:
    """Skip the running test because a tool is not there, or fail it where everything is required.

    Args:
        tool: What is not there, as the begin of a sentence (``PostgreSQL's programs are``).
        how: The command that installs it.
    """
    reason = f"{tool} not installed: {how}"
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason} ({REQUIRE_ALL}=1 lets no test be skipped for that)", pytrace=False)
    pytest.skip(reason)


def official(package: str) -> Path:
    """The folder of a package with a vendor's own description (``@octokit/openapi``); skips where it is not there."""
    folder = official_folder(package)
    if not folder.is_dir():
        is_missing(f"The package {package} is", "apt-get install npm, then make official")
    return folder


def official_folder(package: str) -> Path:
    """Where a vendor's own description lies once it is installed."""
    return Path(__file__).parent / "official" / "node_modules" / package


def public_files(kind: str) -> Path:
    """A folder of other people's public files (``catalog``), which lie beside the repository or nowhere; skips there."""
    named = os.environ.get("CALLBOARD_CORPUS_DIR")
    folder = (Path(named) if named else Path(__file__).parents[2] / "shared" / "corpus") / kind
    if not folder.exists():
        pytest.skip(f"there are no public files at {folder}; CALLBOARD_CORPUS_DIR names another folder")
    return folder
