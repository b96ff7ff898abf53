"""git as the reading of docs uses it: what a commit holds is listed and read as it is, whatever it is called."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog_sync.docs.gather import gather_docs
from catalog_sync.docs.tree import FolderTree, GitTree, Sort, Tree
from catalog_sync.github.git import Git, TooLarge
from catalog_sync.github.port import GitAccess

_NOW = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
_LATER = {"GIT_AUTHOR_DATE": "1700009999 +0000", "GIT_COMMITTER_DATE": "1700009999 +0000"}
_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{role}_{part}": "x@acme.test" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")},
}
ODD = 'docs/a "b" \\ü\n#.md'


def run(folder: Path, *arguments: str, when: dict[str, str] = _NOW) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**_ENVIRONMENT, **when},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with everything that a docs folder may hold, on this machine."""
    folder = tmp_path / "origin"
    (folder / "docs").mkdir(parents=True)
    for path, text in {"docs/x.md": "# X\n\nx\n", "docs/y.md": "y", ODD: "odd", "src.py": "code"}.items():
        (folder / path).write_text(text)
    (folder / "docs" / "passwd.md").symlink_to("/etc/passwd")
    (folder / ".gitattributes").write_text("*.md text eol=crlf ident filter=evil\n")
    run(folder, "init", "--quiet", "--initial-branch=main")
    run(folder, "add", "--all")
    run(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},docs/module")
    run(folder, "commit", "--quiet", "--message", "One")
    (folder / "docs" / "y.md").write_text("y again")
    run(folder, "commit", "--quiet", "--message", "Two", "docs/y.md", when=_LATER)
    run(folder, "config", "uploadpack.allowFilter", "true")
    run(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    return folder


def cloned(origin: Path, target: Path, **options: bool) -> GitTree:
    git, access = Git(), GitAccess(origin.as_uri(), "X-Nothing: 1")
    git.clone_trees(access, target, **options)
    return GitTree(git, access, target, has_history=options.get("with_history", True))


def test_a_clone_holds_no_content_until_it_is_read(origin: Path, tmp_path: Path) -> None:
    tree = cloned(origin, tmp_path / "clone")
    found = {entry.path: entry for entry in tree.below("docs")}
    read = tree.read([found["docs/x.md"], found[ODD]])

    assert {path: entry.sort for path, entry in found.items() if entry.sort is not Sort.FILE} == {
        "docs/passwd.md": Sort.LINK,
        "docs/module": Sort.SUBMODULE,
    }
    assert read == {"docs/x.md": b"# X\n\nx\n", ODD: b"odd"}
    missing = run(tmp_path / "clone", "rev-list", "--objects", "--all", "--missing=print").count("\n?")
    assert missing >= 3
    assert [item.name for item in (tmp_path / "clone").iterdir()] == [".git"]


def test_a_page_is_as_old_as_the_last_commit_that_touched_it(origin: Path, tmp_path: Path) -> None:
    tree = cloned(origin, tmp_path / "clone")
    changes = tree.changes(["docs/x.md", "docs/y.md", ODD])

    assert changes == {
        "docs/x.md": datetime.fromtimestamp(1700000000, UTC),
        "docs/y.md": datetime.fromtimestamp(1700009999, UTC),
        ODD: datetime.fromtimestamp(1700000000, UTC),
    }


def test_many_pages_are_as_old_as_few(origin: Path, tmp_path: Path) -> None:
    tree = cloned(origin, tmp_path / "clone")
    names = ["docs/y.md", *(f"docs/{number}.md" for number in range(5_000))]

    assert tree.changes(names)["docs/y.md"] == datetime.fromtimestamp(1700009999, UTC)


def test_without_its_history_ages_are_not_known(origin: Path, tmp_path: Path) -> None:
    tree = cloned(origin, tmp_path / "clone", with_history=False)
    found = gather_docs(tree, ())

    assert [(page.path, page.edited_at) for page in found.pages] == [("docs/x.md", None), ("docs/y.md", None)]


def test_a_clone_that_grows_beyond_its_limit_is_given_up(origin: Path, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        Git().clone_trees(GitAccess(origin.as_uri(), "X-Nothing: 1"), tmp_path / "clone", max_bytes=10)


def test_a_repository_without_a_commit_has_no_docs(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    run(empty, "init", "--quiet")
    found = gather_docs(cloned(empty, tmp_path / "clone"), ())

    assert found.pages == ()


def test_a_folder_and_its_clone_are_read_alike(origin: Path, tmp_path: Path) -> None:
    trees: tuple[Tree, ...] = (cloned(origin, tmp_path / "clone"), FolderTree(origin))
    first, second = (gather_docs(tree, ()) for tree in trees)

    assert [(page.path, page.text) for page in first.pages] == [
        (page.path, page.text) for page in second.pages
    ]
    assert dict(second.skipped).items() <= dict(first.skipped).items()


def test_a_folder_is_not_left_through_a_link(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    (outside / "docs").mkdir(parents=True)
    (outside / "docs" / "secret.md").write_text("secret")
    inside.mkdir()
    (inside / "packages").symlink_to(outside)
    tree = FolderTree(inside)

    assert tree.entries("packages") == {}
    assert list(tree.below("packages/docs")) == []


def test_a_page_of_a_clone_on_this_machine_is_as_old_as_its_commit(origin: Path) -> None:
    (origin / "docs" / "new.md").write_text("not committed")
    changes = FolderTree(origin, Git()).changes(["docs/x.md", "docs/new.md"])

    assert changes["docs/x.md"] == datetime.fromtimestamp(1700000000, UTC)
    assert changes["docs/new.md"] == datetime.fromtimestamp((origin / "docs/new.md").stat().st_mtime, UTC)


def test_a_clone_on_this_machine_starts_no_program(origin: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for name in ("gpg.program", "core.pager", "core.fsmonitor", "diff.external", "core.sshCommand"):
        run(origin, "config", name, f"touch {mark} #")
    run(origin, "config", "log.showSignature", "true")

    assert FolderTree(origin, Git()).changes(["docs/x.md"])["docs/x.md"].year == 2023
    assert not mark.exists()


def test_a_folder_in_somebody_elses_clone_is_as_old_as_its_files(origin: Path) -> None:
    inner = origin / "docs"
    changes = FolderTree(inner, Git()).changes(["x.md"])

    assert changes["x.md"] == datetime.fromtimestamp((inner / "x.md").stat().st_mtime, UTC)
