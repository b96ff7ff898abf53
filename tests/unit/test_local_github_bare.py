"""What the local GitHub reads from a repository is what git says, wherever the objects lie."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.github.bare import BareRepository
from bot.sandbox.github.planned import PlannedHistory
from bot.sandbox.organization import CommitPlan

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FILES = {
    "README.md": b"# x\n",
    "docs/a.md": b"a",
    "docs/deep/b.md": "ä".encode(),
    "docs.txt": b"sorts before docs/",
    "docs-1/c": b"",
    "run.sh": b"true\n",
    "blob": b"\x00\x01",
}
PLAN = (
    CommitPlan(days_ago=90, paths=("docs/**",)),
    CommitPlan(days_ago=30, paths=("*.md",)),
    CommitPlan(days_ago=1),
)


def git(repository: BareRepository, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "--git-dir", str(repository.path), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


@pytest.fixture(params=["in memory", "on disk", "packed"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> BareRepository:
    """The same history in each of the places where it can lie, with a tag and a branch where there is a folder."""
    found = BareRepository(tmp_path / "x.git", PlannedHistory(FILES, PLAN, NOW, ("Ana", "ana@acme.test")))
    found.push({"docs/a.md": b"changed"}, NOW + timedelta(hours=1), "Ana <ana@acme.test>")
    if request.param != "in memory":
        git(found, "branch", "topic/one", "HEAD~1")
        git(found, "-c", "user.name=A", "-c", "user.email=a@b.c", "tag", "-am", "One", "v1", "HEAD~2")
    if request.param == "packed":
        git(found, "repack", "-adq")
        git(found, "pack-refs", "--all")
    return found


@pytest.fixture
def reference(tmp_path: Path) -> BareRepository:
    """One that is on disk already, to ask git about."""
    found = BareRepository(tmp_path / "y.git", PlannedHistory(FILES, PLAN, NOW, ("Ana", "ana@acme.test")))
    found.push({"docs/a.md": b"changed"}, NOW + timedelta(hours=1), "Ana <ana@acme.test>")
    return found


@pytest.mark.parametrize(
    "expression",
    [
        "HEAD",
        "main",
        "heads/main",
        "refs/heads/main",
        "HEAD:",
        "HEAD:docs",
        "HEAD:docs/",
        "HEAD:docs/deep/b.md",
        "main:README.md",
        "HEAD^{tree}",
        "HEAD~2",
        "HEAD~1:docs/a.md",
        "HEAD~9",
        "HEAD:nothing",
        "HEAD:README.md/x",
        "nothing",
        "nothing:README.md",
    ],
)
def test_an_expression_names_what_git_says(
    repository: BareRepository, reference: BareRepository, expression: str
) -> None:
    expected = git(
        reference,
        "rev-parse",
        "--verify",
        "--quiet",
        expression.removesuffix("docs/") + ("docs" if expression.endswith("docs/") else ""),
    )

    found = repository.thing(expression)

    assert (found.oid if found else "") == expected


def test_the_same_objects_have_the_same_ids_for_git(repository: BareRepository) -> None:
    assert repository.head_oid == git(repository, "rev-parse", "HEAD")
    assert git(repository, "fsck", "--strict") == ""
    assert git(repository, "cat-file", "-p", "HEAD:docs/deep/b.md") == "ä"


def test_files_and_their_sizes_are_listed(repository: BareRepository) -> None:
    assert dict(repository.files()) == {**{path: len(text) for path, text in FILES.items()}, "docs/a.md": 7}


def test_a_script_is_executable(repository: BareRepository) -> None:
    tree = repository.thing("HEAD:")
    assert tree

    assert {item.name: item.mode for item in tree.entries if item.name in ("run.sh", "blob", "docs")} == {
        "run.sh": 0o100755,
        "blob": 0o100644,
        "docs": 0o40000,
    }


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({}, 4),
        ({"path": "docs"}, 2),
        ({"path": "docs/deep"}, 1),
        ({"path": "README.md"}, 1),
        ({"path": "nothing"}, 0),
        ({"path": "*.md"}, 0),
        ({"path": "../x"}, 0),
        ({"since": NOW - timedelta(days=40)}, 3),
        ({"until": NOW - timedelta(days=40)}, 1),
        ({"since": NOW - timedelta(days=40), "until": NOW, "path": "docs"}, 0),
    ],
)
def test_history_is_cut_as_asked(repository: BareRepository, limits: dict[str, object], count: int) -> None:
    head = repository.head_oid
    assert head

    assert len(repository.history(head, **limits)) == count  # type: ignore[arg-type]


def test_branches_and_tags_are_found_on_disk(tmp_path: Path, repository: BareRepository) -> None:
    if not repository.is_on_disk:
        assert list(repository.refs()) == ["refs/heads/main"]
        return
    tag = repository.thing("v1")

    assert list(repository.refs()) == ["refs/heads/main", "refs/heads/topic/one", "refs/tags/v1"]
    assert repository.ref("refs/heads/topic/one") == git(repository, "rev-parse", "HEAD~1")
    assert tag is not None
    assert (tag.type, tag.oid) == ("commit", git(repository, "rev-parse", "v1^{commit}"))


def test_an_empty_repository_holds_nothing(tmp_path: Path) -> None:
    empty = BareRepository(tmp_path / "e.git", PlannedHistory({}, PLAN, NOW, ("Ana", "a@b.c")))

    assert (empty.head_oid, empty.thing("HEAD"), dict(empty.files()), dict(empty.refs())) == (
        None,
        None,
        {},
        {},
    )
    assert git(empty, "rev-parse", "HEAD") == ""
    assert empty.head_oid is None
