"""One suite for the fake of pull requests and for the real client over real connections."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr

from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import CommitPlan, Organization
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.pulls import ProposalState, PullRequest, PullsPort, connect_pulls
from core.clock import FixedClock
from core.errors import NotAllowed, NotFound, UserError
from core.settings import GitHubSettings
from tests.fakes.pulls import FakePulls
from tests.official_rest import is_installed, wrong

SHOP = RepositoryName("github.test", "acme", "shop")
BRANCH = "callboard/owner-shop-1a2b3c4d"


class Host(Protocol):
    """A GitHub that a test can prepare."""

    pulls: PullsPort

    def put(self, files: dict[str, str]) -> None: ...

    def decide(self, pull: PullRequest, state: ProposalState) -> None: ...

    def forbid(self) -> None: ...


class Fake:
    """The fake."""

    def __init__(self) -> None:
        self.fake = FakePulls()
        self.pulls: PullsPort = self.fake

    def put(self, files: dict[str, str]) -> None:
        self.fake.put("shop", files)

    def decide(self, pull: PullRequest, state: ProposalState) -> None:
        self.fake.decide(pull.number, state)

    def forbid(self) -> None:
        self.fake.is_reading_only = True


class Local:
    """The client before a server on this machine."""

    def __init__(self, root: Path, clock: FixedClock) -> None:
        self.server = LocalGitHub(root, Organization("acme", "Acme", (), (), (), ()), clock)
        self.clock = clock
        self.pulls: PullsPort = self._connected(self.server.publish_token)

    def put(self, files: dict[str, str]) -> None:
        state = self.server.state
        hosted = state.repository("acme", "shop") or state.create("shop", "", private=True)
        content = {path: text.encode() for path, text in files.items()}
        hosted.git.commit(content, (CommitPlan(days_ago=0),), self.clock.now(), "A <a@acme.test>")
        state.pushed(hosted)

    def decide(self, pull: PullRequest, state: ProposalState) -> None:
        transport = self.pulls._transport  # type: ignore[attr-defined]
        path = f"/repos/{SHOP.full_name}/pulls/{pull.number}"
        if state is ProposalState.MERGED:
            transport.rest("PUT", f"{path}/merge", {})
        else:
            transport.rest("PATCH", path, {"state": "closed"})

    def forbid(self) -> None:
        self.pulls = self._connected(self.server.token)

    def _connected(self, token: str) -> PullsPort:
        settings = GitHubSettings(
            api_url=self.server.api_url,
            host="github.test",
            token=SecretStr(self.server.token),
            publish_token=SecretStr(token),
        )
        return connect_pulls(settings, self.clock)


@pytest.fixture
def local(tmp_path: Path, clock: FixedClock) -> Iterator[Local]:
    host = Local(tmp_path, clock)
    host.server.start()
    yield host
    host.server.stop()
    if is_installed():
        # What the client sends and gets is what GitHub's own description says.
        assert wrong(host.server.exchanges) == []


@pytest.fixture(params=["fake", "local"])
def host(request: pytest.FixtureRequest) -> Host:
    found: Host = Fake() if request.param == "fake" else request.getfixturevalue("local")
    return found


def commit(host: Host) -> str:
    base = host.pulls.base(SHOP)
    assert base is not None
    return base.commit


def changed(host: Host, text: str = "b") -> None:
    """A branch on which one file is another."""
    host.pulls.create_branch(SHOP, BRANCH, commit(host))
    there = host.pulls.file(SHOP, "a b.txt", BRANCH)
    assert there is not None
    host.pulls.write(SHOP, BRANCH, "a b.txt", text.encode(), "Change it", there.oid)


def test_a_change_begins_at_the_head_of_the_default_branch(host: Host) -> None:
    host.put({"a b.txt": "a"})

    base = host.pulls.base(SHOP)

    assert base is not None
    assert (base.name, base.branch, base.is_archived) == (SHOP, "main", False)
    assert base.commit == host.pulls.head(SHOP, "main")
    assert host.pulls.base(SHOP, "nowhere") is None


def test_a_repository_that_is_not_there_is_not_found(host: Host) -> None:
    with pytest.raises(NotFound):
        host.pulls.base(SHOP)


def test_files_are_read_with_every_byte_and_folders_are_told_from_them(host: Host) -> None:
    host.put({"a b.txt": "\ufeffä\r\n", "docs/x.md": "x"})

    file = host.pulls.file(SHOP, "a b.txt", commit(host))
    folder = host.pulls.file(SHOP, "docs", commit(host))

    assert file is not None
    assert (file.kind, file.content) == ("file", "\ufeffä\r\n".encode())
    assert folder is not None
    assert (folder.kind, folder.content) == ("dir", None)
    assert host.pulls.file(SHOP, "nowhere", commit(host)) is None


def test_a_file_over_a_megabyte_has_no_content(host: Host) -> None:
    host.put({"a": "x" * 1_000_001})

    found = host.pulls.file(SHOP, "a", commit(host))

    assert found is not None
    assert (found.kind, found.content) == ("file", None)


def test_a_branch_is_made_once(host: Host) -> None:
    host.put({"a b.txt": "a"})
    host.pulls.create_branch(SHOP, BRANCH, commit(host))

    with pytest.raises(UserError):
        host.pulls.create_branch(SHOP, BRANCH, commit(host))

    assert host.pulls.head(SHOP, BRANCH) is not None


def test_a_file_is_written_only_over_the_one_that_was_read(host: Host) -> None:
    host.put({"a b.txt": "a"})
    changed(host)
    there = host.pulls.file(SHOP, "a b.txt", "main")
    assert there is not None

    with pytest.raises(UserError):
        host.pulls.write(SHOP, BRANCH, "a b.txt", b"c", "Change it", there.oid)
    with pytest.raises(UserError):
        host.pulls.write(SHOP, BRANCH, "a b.txt", b"c", "Change it", None)
    host.pulls.write(SHOP, BRANCH, "new.txt", b"n", "Make it", None)

    found = [host.pulls.file(SHOP, path, BRANCH) for path in ("a b.txt", "new.txt")]
    assert [file.content for file in found if file] == [b"b", b"n"]


def test_a_pull_request_is_found_by_its_branch_with_what_became_of_it(host: Host) -> None:
    host.put({"a b.txt": "a"})
    changed(host)

    pull = host.pulls.open_pull(SHOP, BRANCH, "main", "Title", "Body")

    assert (pull.branch, pull.state) == (BRANCH, ProposalState.OPEN)
    assert str(pull.number) in pull.url
    assert host.pulls.pulls_from(SHOP, BRANCH) == (pull,)
    assert host.pulls.pulls_from(SHOP, "nowhere") == ()
    with pytest.raises(UserError):
        host.pulls.open_pull(SHOP, BRANCH, "main", "Title", "Body")


@pytest.mark.parametrize("state", [ProposalState.MERGED, ProposalState.CLOSED])
def test_a_pull_request_that_was_decided_says_so(host: Host, state: ProposalState) -> None:
    host.put({"a b.txt": "a"})
    changed(host)
    pull = host.pulls.open_pull(SHOP, BRANCH, "main", "Title", "Body")
    host.decide(pull, state)

    assert host.pulls.state(pull) is state
    assert [found.state for found in host.pulls.pulls_from(SHOP, BRANCH)] == [state]


def test_a_branch_without_a_change_has_nothing_to_propose(host: Host) -> None:
    host.put({"a b.txt": "a"})
    host.pulls.create_branch(SHOP, BRANCH, commit(host))

    with pytest.raises(UserError):
        host.pulls.open_pull(SHOP, BRANCH, "main", "Title", "Body")


def test_a_token_that_may_not_write_is_told_so(host: Host) -> None:
    host.put({"a b.txt": "a"})
    host.forbid()

    with pytest.raises(NotAllowed, match="contents=write"):
        host.pulls.create_branch(SHOP, BRANCH, commit(host))
