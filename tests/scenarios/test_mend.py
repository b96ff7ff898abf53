"""``callboard mend owner``: a real branch, a real commit and a real pull request on the local GitHub."""

import json
import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli.app import run
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.state import HostedRepository
from bot.sandbox.organization import CommitPlan
from core.clock import SystemClock
from tests.official_rest import is_installed, wrong
from tests.scenarios.test_command_line import Ended
from tests.scenarios.world import THEATRE, component

SLOPPY = component("seat-map-web", "checkout", "Seat map").replace(
    "  owner: checkout", '  owner:   "checkout"   # ask Kofi\n  system: seats'
)


def _git(item: HostedRepository, *words: str) -> str:
    done = subprocess.run(["git", "--git-dir", item.git.path, *words], check=True, capture_output=True)
    return done.stdout.decode()


@dataclass
class Stage:
    """A local GitHub, and the command line over it."""

    folder: Path
    github: LocalGitHub
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        self.capture.readouterr()
        code = run(["--config", str(self.folder / "callboard.yaml"), *words])
        out, err = self.capture.readouterr()
        return Ended(code, out, err)

    def configure(self, publish_token: str, api_url: str = "") -> None:
        """Write with another token, or reach for another address."""
        github = {
            "organizations": [THEATRE.name],
            "api_url": api_url or self.github.api_url,
            "host": "github.local",
            "token": self.github.token,
            "publish_token": publish_token,
        }
        path = self.folder / "callboard.yaml"
        path.write_text(json.dumps({"data_dir": str(self.folder / "data"), "github": github}))
        path.chmod(0o600)

    def repository(self, name: str) -> HostedRepository:
        found = self.github.state.repository(THEATRE.name, name)
        assert found
        return found

    def push(self, name: str, files: dict[str, str]) -> None:
        item = self.repository(name)
        content = {path: text.encode() for path, text in files.items()}
        item.git.commit(
            content, (CommitPlan(days_ago=0),), SystemClock().now(), "Kofi <kofi@playhouse.example>"
        )
        self.github.state.pushed(item)

    def diff(self, name: str, branch: str) -> list[str]:
        """The lines that a branch takes out of the default branch's files, and puts in."""
        shown = _git(self.repository(name), "diff", "--unified=0", "main", branch)
        return [line for line in shown.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.fixture
def stage(tmp_path: Path, clean_environment: None, capsys: pytest.CaptureFixture[str]) -> Iterator[Stage]:
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    github = LocalGitHub(tmp_path / "github", THEATRE, SystemClock())
    github.start()
    stage = Stage(tmp_path, github, capsys)
    stage.configure(github.publish_token)
    stage.push("seat-map-web", {"catalog-info.yaml": SLOPPY})
    github.state.create("props", "", private=True)
    assert stage("sync").code == 0
    yield stage
    root.handlers[:], root.level = handlers, level
    structlog.configure(**config)
    github.stop()
    if is_installed():
        assert wrong(github.exchanges) == []


def test_one_line_is_changed_in_a_real_pull_request(stage: Stage) -> None:
    ended = stage("mend", "owner", "seat-map-web", "payments", "--reason", "Kofi says so", "--json")

    assert ended.code == 0
    found = ended.json
    assert (found["path"], found["line"], found["old"], found["new"]) == (
        "catalog-info.yaml",
        10,
        "checkout",
        "payments",
    )
    assert stage.diff("seat-map-web", found["branch"]) == [
        '-  owner:   "checkout"   # ask Kofi',
        '+  owner:   "payments"   # ask Kofi',
    ]
    (pull,) = stage.repository("seat-map-web").pulls
    assert found["pull_request"] == {
        "number": pull.number,
        "url": f"{stage.github.url}/playhouse/seat-map-web/pull/{pull.number}",
        "state": "open",
    }
    assert "`The command line` says that `Seat map` belongs to `Payments`" in pull.body
    assert "```text\nKofi says so\n```" in pull.body


def test_asking_again_leads_to_the_same_pull_request(stage: Stage) -> None:
    first = stage("mend", "owner", "seat-map-web", "payments")
    again = stage("mend", "owner", "seat-map-web", "payments")

    (pull,) = stage.repository("seat-map-web").pulls
    assert first.out.splitlines()[-1].startswith("Proposed: ")
    assert again.out.splitlines()[-1].startswith("Proposed before, and not decided yet: ")
    assert again.out.endswith(f"/pull/{pull.number}\n")


def test_a_rule_of_codeowners_is_changed_where_there_is_no_descriptor(stage: Stage) -> None:
    stage.push("props", {".github/CODEOWNERS": "*  @playhouse/checkout  # all\n", "src/a.py": ""})
    stage("sync")

    whole = stage("mend", "owner", "playhouse/props", "payments", "--json").json
    part = stage("mend", "owner", "playhouse/props/src", "payments", "--json").json

    assert stage.diff("props", whole["branch"]) == [
        "-*  @playhouse/checkout  # all",
        "+*  @playhouse/payments  # all",
    ]
    assert stage.diff("props", part["branch"]) == ["+/src/ @playhouse/payments"]


def test_a_dry_run_shows_the_change_and_makes_nothing(stage: Stage) -> None:
    ended = stage("mend", "owner", "seat-map-web", "payments", "--dry-run")

    assert (ended.code, ended.out.splitlines()[:2]) == (
        0,
        ["--- a/catalog-info.yaml", "+++ b/catalog-info.yaml"],
    )
    assert '+  owner:   "payments"   # ask Kofi' in ended.out.splitlines()
    assert stage.repository("seat-map-web").pulls == []
    assert list(stage.repository("seat-map-web").git.refs("refs/heads/")) == ["refs/heads/main"]


def test_a_rule_that_forbids_the_branch_is_told_with_what_to_do(stage: Stage) -> None:
    stage.repository("seat-map-web").rulesets.append(
        {
            "target": "branch",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": ["~ALL"], "exclude": []}},
            "rules": [{"type": "creation"}],
        }
    )

    ended = stage("mend", "owner", "seat-map-web", "payments", "--json")

    assert (ended.code, ended.out) == (1, "")
    assert "cannot make the branch callboard/owner-seat-map-web-" in ended.err
    assert "let branches called callboard/** pass. Or change catalog-info.yaml:10" in ended.err


def test_a_token_that_may_not_write_is_told_with_what_it_needs(stage: Stage) -> None:
    stage.configure(stage.github.token)

    ended = stage("mend", "owner", "seat-map-web", "payments")

    assert ended.code == 1
    assert "needs contents=write" in ended.err
    assert "Give github.publish_token, or the App, write access" in ended.err


def test_an_archived_repository_is_told_so(stage: Stage) -> None:
    ended = stage("mend", "owner", "old-box-office", "payments")

    assert (ended.code, ended.err.splitlines()[0]) == (
        1,
        "callboard: playhouse/old-box-office is archived, so nothing in it can be changed.",
    )


def test_a_github_that_does_not_answer_is_exit_code_3(stage: Stage) -> None:
    stage.configure(stage.github.publish_token, "http://127.0.0.1:1")

    assert stage("mend", "owner", "seat-map-web", "payments").code == 3


def test_wrong_use_is_exit_code_2(stage: Stage) -> None:
    assert (stage("mend", "owner", "seat-map-web").code, stage("mend").code) == (2, 2)
