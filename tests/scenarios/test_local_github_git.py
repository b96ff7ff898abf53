"""git itself against the local GitHub: cloning in every way, pushing, and being refused."""

import base64
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, Hub, serving
from tests.scenarios.test_local_github_webhooks import Listener

_ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    **{f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in
       (("NAME", "Ana Duarte"), ("EMAIL", "ana@acme.example"))},
}  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path / "host", clock)


class Desk:
    """Somebody's clone."""

    def __init__(self, hub: Hub, folder: Path, token: str | None = None) -> None:
        self.hub = hub
        self.folder = folder
        folder.mkdir()
        self._token = hub.server.publish_token if token is None else token

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git; its output is one text."""
        header: list[str] = []
        if self._token:
            credential = base64.b64encode(f"x-access-token:{self._token}".encode()).decode()
            header = ["-c", f"http.extraHeader=Authorization: Basic {credential}"]
        return subprocess.run(
            ["git", *header, *arguments],
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            env=_ENVIRONMENT,
        )

    def git(self, *arguments: str) -> str:
        """Run git, which succeeds."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def clone(self, name: str = "hello", *options: str) -> None:
        """Clone a repository to here."""
        self.git("clone", "--quiet", *options, f"{self.hub.server.url}/acme/{name}.git", ".")

    def commit(self, path: str = "new.txt", content: bytes = b"new") -> str:
        """Commit one file; the commit."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Go on")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def desk(hub: Hub, tmp_path: Path) -> Desk:
    return Desk(hub, tmp_path / "desk")


def test_a_push_is_seen_everywhere_at_once(hub: Hub, desk: Desk) -> None:
    desk.clone()
    oid = desk.commit("docs/new.md", b"Hello")
    desk.git("push", "--quiet", "origin", "HEAD:main")

    query = {"query": '{repository(owner:"acme",name:"hello"){defaultBranchRef{target{oid}}}}'}
    assert hub.got(f"{HELLO}/commits/main")["sha"] == oid
    assert hub.got(f"{HELLO}/contents/docs/new.md")["size"] == 5
    answer = hub.done("POST", "/graphql", query)
    assert answer["data"]["repository"]["defaultBranchRef"]["target"]["oid"] == oid
    assert hub.got(HELLO)["pushed_at"] == hub.server.state.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_commit_over_rest_is_fetched(hub: Hub, desk: Desk) -> None:
    desk.clone()
    oid = hub.write("new.md")["commit"]["sha"]
    desk.git("pull", "--quiet", "--ff-only")

    assert desk.git("rev-parse", "HEAD") == oid


@pytest.mark.parametrize(
    "options",
    [
        ["--depth", "1"],
        ["--filter=blob:none"],
        ["--filter=blob:none", "--sparse", "--depth", "1"],
        ["--mirror", "--bare"],
    ],
)
def test_a_part_is_cloned_alone(desk: Desk, options: list[str]) -> None:
    desk.clone("open", *options)

    assert desk.git("rev-parse", "HEAD")


def test_a_sparse_clone_gets_one_folder(desk: Desk) -> None:
    desk.clone("open", "--filter=blob:none", "--sparse", "--depth", "1")
    desk.git("sparse-checkout", "set", "docs")

    assert {item.name for item in desk.folder.iterdir()} == {".git", "docs", "LICENSE", "run.py"}


def test_a_public_repository_is_cloned_by_nobody(hub: Hub, tmp_path: Path) -> None:
    anonymous = Desk(hub, tmp_path / "anonymous", token="")
    anonymous.clone("open")

    assert "could not read Username" in anonymous.run("ls-remote", f"{hub.server.url}/acme/hello.git").stdout
    anonymous.commit()
    assert anonymous.run("push", "origin", "HEAD:main").returncode


def test_a_wrong_token_and_an_unseen_repository_read_as_on_github(
    hub: Hub, tmp_path: Path, desk: Desk
) -> None:
    stranger = Desk(hub, tmp_path / "stranger", token="ghp_wrong")
    limited = Desk(hub, tmp_path / "limited", token=hub.server.new_token({"contents": "write"}, ["open"]))
    url = f"{hub.server.url}/acme/hello.git"

    # git asks for another name and password after a 401, and nobody is there to type them.
    assert "could not read Username" in stranger.run("ls-remote", url).stdout
    assert "not found" in limited.run("ls-remote", url).stdout
    assert "not found" in desk.run("ls-remote", f"{hub.server.url}/acme/nothing.git").stdout


def test_a_reading_token_cannot_push(hub: Hub, tmp_path: Path) -> None:
    reader = Desk(hub, tmp_path / "reader", token=hub.server.token)
    reader.clone()
    reader.commit()

    done = reader.run("push", "origin", "HEAD:main")

    assert "Permission to acme/hello.git denied to callboard-bot." in done.stdout
    assert "403" in done.stdout


def test_an_archived_repository_takes_no_push(hub: Hub, desk: Desk) -> None:
    desk.clone()
    desk.commit()
    hub.done("PATCH", HELLO, {"archived": True})

    assert "archived so it is read-only" in desk.run("push", "origin", "HEAD:main").stdout


def test_an_outdated_push_is_rejected(hub: Hub, desk: Desk) -> None:
    desk.clone()
    hub.write("theirs.md")
    desk.commit()

    assert "[rejected]" in desk.run("push", "origin", "HEAD:main").stdout


def test_a_push_that_only_creates_is_done_once(hub: Hub, desk: Desk) -> None:
    hub.done("POST", "/orgs/acme/repos", {"name": "new"}, 201)
    url, lease = f"{hub.server.url}/acme/new.git", "--force-with-lease=refs/heads/main:"
    desk.git("init", "--quiet", "--initial-branch=main")
    desk.commit("a.txt")
    push = ("push", lease, url, "main:refs/heads/main")

    first, again = desk.run(*push), desk.run(*push)
    desk.commit("b.txt")
    other = desk.run(*push)

    assert (first.returncode, again.returncode) == (0, 0)
    assert "stale info" in other.stdout


def test_a_former_name_still_serves_git(hub: Hub, desk: Desk) -> None:
    hub.done("PATCH", HELLO, {"name": "goodbye"})

    desk.clone("hello")
    desk.commit()
    assert desk.run("push", "origin", "HEAD:main").returncode == 0


def test_a_new_repository_may_be_unknown_to_git_for_a_while(hub: Hub, desk: Desk) -> None:
    hub.server.settles = 1
    hub.done("POST", "/orgs/acme/repos", {"name": "new"}, 201)
    url = f"{hub.server.url}/acme/new.git"

    assert "not found" in desk.run("ls-remote", url).stdout
    assert desk.run("ls-remote", url).returncode == 0


def test_a_ruleset_refuses_a_forced_push(hub: Hub, desk: Desk) -> None:
    conditions = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    kinds = [{"type": "non_fast_forward"}, {"type": "deletion"}]
    ruleset = {"name": "r", "enforcement": "active", "conditions": conditions, "rules": kinds}
    hub.done("POST", f"{HELLO}/rulesets", ruleset, 201)
    desk.clone()
    desk.commit()
    desk.git("push", "--quiet", "origin", "HEAD:main")
    desk.git("commit", "--quiet", "--amend", "--message", "Other")

    assert "GH003" in desk.run("push", "--force", "origin", "HEAD:main").stdout
    desk.git("push", "--quiet", "origin", "origin/main:refs/heads/topic")
    assert "GH013" in desk.run("push", "origin", ":topic").stdout


def test_a_workflow_file_needs_its_permission_in_git_too(hub: Hub, tmp_path: Path) -> None:
    writer = Desk(hub, tmp_path / "writer", token=hub.server.new_token({"contents": "write"}))
    writer.clone()
    writer.commit(".github/workflows/ci.yml")

    assert "without `workflows` permission" in writer.run("push", "origin", "HEAD:main").stdout
    assert hub.ask("GET", f"{HELLO}/contents/.github").status_code == 404


def test_a_large_push_goes_through(hub: Hub, desk: Desk) -> None:
    desk.clone()
    oid = desk.commit("large.bin", os.urandom(12 * 1024 * 1024))
    desk.git("push", "--quiet", "origin", "HEAD:main")

    assert hub.got(f"{HELLO}/git/ref/heads/main")["object"]["sha"] == oid


@pytest.mark.parametrize(("count", "expected"), [(3, 3), (4, 0)])
def test_many_tags_at_once_are_not_told(hub: Hub, desk: Desk, count: int, expected: int) -> None:
    listener = Listener()
    hub.server.webhooks.deliver_to(listener.url)
    desk.clone()
    for number in range(count):
        desk.git("tag", f"v{number}")
    desk.git("push", "--quiet", "origin", "--tags")

    assert hub.server.webhooks.settled()
    assert listener.names.count("push") == expected
    listener.stop()


def test_who_pushed_is_named(hub: Hub, tmp_path: Path) -> None:
    listener = Listener()
    hub.server.webhooks.deliver_to(listener.url)
    ana = Desk(hub, tmp_path / "ana", token=hub.server.new_token({"contents": "write"}, login="ana"))
    ana.clone()
    ana.commit()
    ana.git("push", "--quiet", "origin", "HEAD:main")

    assert hub.server.webhooks.settled()
    payload = listener.events[0][1]
    assert (payload["pusher"]["name"], payload["sender"]["login"]) == ("ana", "ana")
    assert payload["commits"][0]["author"]["username"] == "ana"
    listener.stop()
