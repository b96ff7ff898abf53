"""What GraphQL may change on the local GitHub: commits, branches and pull requests, by GitHub's rules."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.github import LocalGitHub
from core.clock import FixedClock
from tests.scenarios.graphql_world import Ask, asker, served


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    yield from served(tmp_path / "github", clock)


@pytest.fixture
def ask(github: LocalGitHub) -> Ask:
    return asker(github)


def test_a_commit_is_made_on_a_branch_only_where_the_branch_still_is(github: LocalGitHub, ask: Ask) -> None:
    mutation = """mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) {
      commit { oid message parents(first: 1) { nodes { oid } } } ref { name } } }"""
    found = github.state.repository("acme", "d-plain")
    assert found
    old = found.git.head_oid
    given = {
        "branch": {"repositoryNameWithOwner": "acme/d-plain", "branchName": "main"},
        "message": {"headline": "Add docs", "body": "Two lines."},
        "expectedHeadOid": old,
        "fileChanges": {
            "additions": [{"path": "docs/a.md", "contents": base64.b64encode(b"# A\n").decode()}],
            "deletions": [{"path": "README.md"}],
        },
    }

    made = ask(mutation, github.publish_token, input=given)["data"]["createCommitOnBranch"]
    again = ask(mutation, github.publish_token, input=given)
    reading = ask(mutation, input=given)

    assert made["commit"]["message"] == "Add docs\n\nTwo lines."
    assert made["commit"]["parents"]["nodes"] == [{"oid": old}]
    assert found.git.head_oid == made["commit"]["oid"]
    assert sorted(found.git.files()) == ["docs/a.md", "src/app.py", "src/run.sh"]
    assert (again["data"], again["errors"][0]["type"]) == ({"createCommitOnBranch": None}, "STALE_DATA")
    assert reading["errors"][0]["type"] == "FORBIDDEN"


@pytest.mark.parametrize("path", ["../x", "a/../b", ".git/config", "a//b", "", "a\nb", "/etc/passwd"])
def test_a_commit_leaves_the_repository_by_no_path(github: LocalGitHub, ask: Ask, path: str) -> None:
    mutation = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { ref { name } } }"
    found = github.state.repository("acme", "d-plain")
    assert found
    given = {
        "branch": {"repositoryNameWithOwner": "acme/d-plain", "branchName": "main"},
        "message": {"headline": "Bad"},
        "expectedHeadOid": found.git.head_oid,
        "fileChanges": {"additions": [{"path": path, "contents": ""}]},
    }

    answer = ask(mutation, github.publish_token, input=given)

    assert answer["errors"][0]["type"] == "UNPROCESSABLE"


def test_a_pull_request_is_opened_from_a_new_branch(github: LocalGitHub, ask: Ask) -> None:
    found = github.state.repository("acme", "d-plain")
    assert found
    old = found.git.head_oid
    ask(
        "mutation($input: CreateRefInput!) { createRef(input: $input) { ref { name } } }",
        github.publish_token,
        input={"repositoryId": found.node_id, "name": "refs/heads/topic", "oid": old},
    )
    open_it = """mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) {
      pullRequest { number title isDraft headRefName } } }"""
    given = {"repositoryId": found.node_id, "baseRefName": "main", "headRefName": "topic", "title": "T"}
    empty = ask(open_it, github.publish_token, input=given)
    ask(
        "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { ref { name } } }",
        github.publish_token,
        input={
            "branch": {"repositoryNameWithOwner": "acme/d-plain", "branchName": "topic"},
            "message": {"headline": "Go"},
            "expectedHeadOid": old,
            "fileChanges": {"additions": [{"path": "x", "contents": ""}]},
        },
    )

    made = ask(open_it, github.publish_token, input=given)
    twice = ask(open_it, github.publish_token, input=given)

    assert empty["errors"][0]["message"] == "No commits between main and topic"
    assert made["data"]["createPullRequest"]["pullRequest"] == {
        "number": 1,
        "title": "T",
        "isDraft": False,
        "headRefName": "topic",
    }
    assert "already exists" in twice["errors"][0]["message"]
