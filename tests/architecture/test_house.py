"""The rules of the house that no linter holds: captions, sizes, doors, and what must not be in a file."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from bot.reference import commands
from core.plugins import HOOKS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "catalog_sync", "scorecards", "scaffolds", "bot")
LONGEST = 500
MODULES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "library" not in path.parts
]
"""The product, without the templates that ship: their files are other people's."""


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def caption(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def files() -> list[Path]:
    """Every text file of the repository, as git knows it or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout, so which files belong to it is not known")
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.suffix not in (".png", ".ico", ".gz", ".jpg")]


def test_every_module_has_a_caption() -> None:
    assert named([path for path in MODULES if not caption(path)]) == []


def test_a_caption_begins_with_one_sentence() -> None:
    assert (
        named([path for path in MODULES if not re.search(r"[.!?:]$", caption(path).partition("\n\n")[0])])
        == []
    )


def test_no_module_is_longer_than_anybody_reads() -> None:
    long = [path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST]

    assert named(long) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "info", "data"}

    assert named([path for path in MODULES if path.stem in vague or path.parent.name in vague]) == []


def test_the_product_does_not_know_its_tests() -> None:
    pattern = re.compile(r"^\s*(?:from|import) (?:tests|bench|pytest|hypothesis)\b", re.M)
    knowing = [path for path in MODULES if pattern.search(path.read_text(encoding="utf-8"))]

    # The fixtures that we give to other people's tests.
    assert named(knowing) == ["bot/sandbox/pytest_plugin.py"]


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_every_hook_is_asked_for_by_somebody(hook: str) -> None:
    asked = re.compile(rf'\.of\(\s*"{hook}"')

    assert any(asked.search(path.read_text(encoding="utf-8")) for path in MODULES)


def test_every_hook_says_what_it_takes() -> None:
    assert [hook for hook, about in HOOKS.items() if not about.endswith(".")] == []


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "sandbox",
        "serve",
        "sync",
        "who",
        "coverage",
        "docs",
        "entities",
        "score",
        "lint",
        "mend owner",
        "template form",
        "template preview",
        "manifest",
        "doctor",
        "db upgrade",
        "db check",
        "db backup",
        "plugin list",
    ],
)
def test_the_command_line_has(command: str) -> None:
    assert command in commands()


def test_no_file_names_a_host_of_packages() -> None:
    """A lock file that names one cannot be installed from a mirror."""
    hosts = re.compile(
        "|".join(("files.python" + "hosted", "pypi" + r"\.org/simple", "registry" + r"\.npmjs"))
    )

    assert (
        named([path for path in files() if hosts.search(path.read_text(encoding="utf-8", errors="replace"))])
        == []
    )


def test_no_file_names_a_path_of_the_machine_that_it_was_written_on() -> None:
    paths = re.compile(
        "|".join((r"/home/(?!runner|app|callboard)\w+/", "/Users" + r"/\w+/", "/work" + "/(?:main|shared)"))
    )

    assert (
        named([path for path in files() if paths.search(path.read_text(encoding="utf-8", errors="replace"))])
        == []
    )
