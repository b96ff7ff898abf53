"""A generated organisation on the local GitHub: the same from the same seed, and on disk only when git needs it."""

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.sandbox.generated import generated
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.churn import delete_some, push_some, rename_some
from bot.sandbox.github.state import State
from catalog_sync.github.client import connect_github
from catalog_sync.github.port import Unread
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.records import RepositoryRecord
from core.clock import FixedClock
from core.settings import GitHubSettings

COUNT = 120


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    host = LocalGitHub(tmp_path / "github", generated(COUNT, seed=3), clock)
    host.start()
    yield host
    host.stop()


@pytest.fixture
def provider(github: LocalGitHub, clock: FixedClock) -> GitHubProvider:
    settings = GitHubSettings(api_url=github.api_url, host="github.test", token=SecretStr(github.token))
    return GitHubProvider(connect_github(settings, clock), "acme")


def fingerprints(provider: GitHubProvider) -> dict[str, str]:
    return {item.key: item.fingerprint for page in provider.pages(None) for item in page.seen}


def heads(state: State) -> dict[str, str | None]:
    return {name: item.git.head_oid for name, item in state.repositories.items()}


def folders(github: LocalGitHub) -> list[str]:
    return sorted(path.name for path in github.state.root.rglob("*.git"))


def git(github: LocalGitHub, *arguments: str, folder: Path) -> str:
    secret = base64.b64encode(f"x:{github.publish_token}".encode()).decode()
    options = [
        "-c",
        f"http.extraHeader=Authorization: Basic {secret}",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b.c",
    ]
    done = subprocess.run(
        ["git", *options, "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_seed_gives_the_same_organisation_every_time(tmp_path: Path, clock: FixedClock) -> None:
    one, same, other = (
        State(tmp_path / str(number), generated(30, seed=seed), clock)
        for number, seed in enumerate((1, 1, 2))
    )

    assert heads(one) == heads(same)
    assert heads(one) != heads(other)


def test_a_name_is_refused_to_more_repositories_than_there_are_names() -> None:
    with pytest.raises(ValueError, match="names for"):
        generated(1_000_000)


def test_all_kinds_of_repositories_are_there(github: LocalGitHub) -> None:
    items = github.state.repositories.values()
    empty = [item for item in items if item.git.head_oid is None]
    without = [item for item in items if item.git.head_oid and not item.git.thing("HEAD:catalog-info.yaml")]
    several = [item for item in items if item.git.thing("HEAD:packages/api/catalog-info.yaml")]

    assert all(item.pushed_at is None for item in empty)
    assert 0 < len(empty) < len(without) < COUNT / 3
    assert several
    assert {item.visibility for item in items} == {"private", "internal", "public"}
    assert 0 < sum(item.is_archived for item in items) < COUNT / 5
    assert any(team.parent for team in github.state.teams.values())
    assert len({item.pushed_at for item in items}) > COUNT / 2


def test_a_sync_reads_it_without_a_folder_being_made(github: LocalGitHub, provider: GitHubProvider) -> None:
    ids = [item.id for page in provider.pages(None) for item in page.seen]
    found = list(provider.read(ids))
    begun = [item for item in found if not isinstance(item, RepositoryRecord | Unread)]
    records = [item for item in (*found, *provider.finish(begun)) if isinstance(item, RepositoryRecord)]

    assert len(records) == COUNT
    refused = [record for record in records if record.refusals]
    assert 0 < len(refused) < COUNT / 10
    assert sum(len(record.entities) for record in records) > COUNT * 0.7
    assert folders(github) == []


def test_a_clone_brings_the_commits_that_were_told_before(github: LocalGitHub, tmp_path: Path) -> None:
    item = next(item for item in github.state.repositories.values() if item.git.thing("HEAD:docs/index.md"))
    told, files = item.git.head_oid, sorted(item.git.files())
    history = item.git.history(told or "")

    git(github, "clone", "-q", f"{github.url}/{item.full_name}.git", "work", folder=tmp_path)

    work = tmp_path / "work"
    assert git(github, "rev-parse", "HEAD", folder=work) == told
    assert git(github, "log", "--format=%H", folder=work).split() == list(history)
    assert sorted(git(github, "ls-files", folder=work).split()) == files
    assert folders(github) == [f"{item.name}.git"]
    git(github, "fsck", "--strict", folder=work)


def test_a_push_goes_on_from_what_was_generated(github: LocalGitHub, tmp_path: Path) -> None:
    item = next(
        item for item in github.state.repositories.values() if item.git.head_oid and not item.is_archived
    )
    github.state.push(item, {"one.md": b"1"})
    git(github, "clone", "-q", f"{github.url}/{item.full_name}.git", "work", folder=tmp_path)
    work = tmp_path / "work"
    (work / "two.md").write_text("2")
    git(github, "add", ".", folder=work)
    git(github, "commit", "-qm", "Two", folder=work)
    git(github, "push", "-q", folder=work)

    github.state.push(item, {"three.md": b"3"})

    assert {"one.md", "two.md", "three.md"} <= set(item.git.files())
    assert len(item.git.history(item.git.head_oid or "", path="two.md")) == 1


def test_a_second_look_asks_only_for_what_changed(
    github: LocalGitHub, provider: GitHubProvider, clock: FixedClock
) -> None:
    first = fingerprints(provider)
    pushed = push_some(github.state, 0.1)
    renamed = rename_some(github.state, 0.05, seed=2)
    deleted = delete_some(github.state, 0.05, seed=3)

    second = fingerprints(provider)

    changed = {key.rpartition("/")[2] for key, mark in second.items() if first.get(key) != mark}
    assert (len(pushed), len(renamed), len(deleted)) == (12, 6, 6)
    assert changed == {item.name for item in (*pushed, *renamed)} - {item.name for item in deleted}
    assert len(second) == COUNT - 6
    assert folders(github) == []


def test_a_host_that_is_started_again_has_what_was_pushed(tmp_path: Path, clock: FixedClock) -> None:
    organization = generated(20, seed=5)
    first = State(tmp_path, organization, clock)
    item = next(item for item in first.repositories.values() if item.git.head_oid)
    assert item.git.path.is_dir()
    first.push(item, {"new.md": b"x"})

    again: Any = State(tmp_path, organization, clock).repository("acme", item.name)

    assert again.git.head_oid == item.git.head_oid
    assert "new.md" in again.git.files()
