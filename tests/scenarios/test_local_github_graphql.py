"""Lists, history and names of the local GitHub's GraphQL over the wire, while git pushes and things change."""

import base64
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github

from bot.sandbox.github import LocalGitHub
from core.clock import FixedClock
from tests.scenarios.graphql_world import Ask, asker, served


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    yield from served(tmp_path / "github", clock)


@pytest.fixture
def ask(github: LocalGitHub) -> Ask:
    return asker(github)


def names(answer: dict[str, Any]) -> list[str]:
    return [node["name"] for node in answer["data"]["organization"]["repositories"]["nodes"]]


LIST = """query($first: Int, $after: String, $last: Int, $before: String) { organization(login: "acme") {
  repositories(first: $first, after: $after, last: $last, before: $before, orderBy: {field: NAME, direction: ASC}) {
    totalCount nodes { name } edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("isFork: true", ["b-fork"]),
        ("isFork: false, isArchived: false", ["a-old", "d-plain", "e-new", "hello"]),
        ("isArchived: true", ["c-shut"]),
        ("privacy: PUBLIC", ["a-old"]),
        ("privacy: PRIVATE, isFork: false", ["c-shut", "d-plain", "e-new", "hello"]),
        ("visibility: INTERNAL", ["c-shut"]),
        ("affiliations: [COLLABORATOR]", []),
        ("affiliations: [ORGANIZATION_MEMBER], isFork: true", ["b-fork"]),
        ("isLocked: true", []),
        (
            "orderBy: {field: PUSHED_AT, direction: DESC}",
            ["hello", "e-new", "d-plain", "c-shut", "b-fork", "a-old"],
        ),
        (
            "orderBy: {field: CREATED_AT, direction: DESC}",
            ["hello", "e-new", "d-plain", "c-shut", "b-fork", "a-old"],
        ),
        (
            "orderBy: {field: NAME, direction: DESC}",
            ["hello", "e-new", "d-plain", "c-shut", "b-fork", "a-old"],
        ),
    ],
)
def test_the_list_of_repositories_is_filtered_and_ordered(
    ask: Ask, arguments: str, expected: list[str]
) -> None:
    answer = ask(
        f'{{ organization(login: "ACME") {{ repositories(first: 100, {arguments}) {{ nodes {{ name }} }} }} }}'
    )

    assert names(answer) == expected


def test_a_walk_goes_on_where_it_was_while_repositories_come_and_go(github: LocalGitHub, ask: Ask) -> None:
    first = ask(LIST, first=2)
    github.state.create("aa-before", "", private=True)
    for name in ("b-fork", "c-shut"):
        found = github.state.repository("acme", name)
        assert found
        github.state.delete(found)
    github.state.create("cc-behind", "", private=True)

    end = first["data"]["organization"]["repositories"]["pageInfo"]["endCursor"]

    assert names(ask(LIST, first=3, after=end)) == ["cc-behind", "d-plain", "e-new"]


def test_the_last_page_backwards_knows_what_lies_around_it(ask: Ask) -> None:
    connection = ask(LIST, last=2)["data"]["organization"]["repositories"]
    before = ask(LIST, last=10, before=connection["pageInfo"]["startCursor"])

    assert [node["name"] for node in connection["nodes"]] == ["e-new", "hello"]
    assert connection["totalCount"] == 6
    assert (connection["pageInfo"]["hasNextPage"], connection["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert names(before) == ["a-old", "b-fork", "c-shut", "d-plain"]


def test_cursors_look_like_githubs(ask: Ask) -> None:
    (first, *_) = ask(LIST, first=1)["data"]["organization"]["repositories"]["edges"]

    assert base64.b64decode(first["cursor"]).startswith(b"cursor:v2:")


def test_what_is_pushed_by_git_shows_at_once(
    github: LocalGitHub, ask: Ask, tmp_path: Path, clock: FixedClock
) -> None:
    query = """{ repository(owner: "acme", name: "d-plain") { pushedAt isEmpty languages(first: 5) { nodes { name } }
      defaultBranchRef { name target { oid ... on Commit { messageHeadline history(first: 5) { totalCount } } } }
      refs(refPrefix: "refs/heads/", first: 9) { nodes { name } } ref(qualifiedName: "topic") { prefix }
      object(expression: "HEAD:docs/new.md") { ... on Blob { text byteSize isBinary isTruncated } } } }"""
    before = ask(query)["data"]["repository"]
    clock.advance(timedelta(hours=1))
    folder = tmp_path / "work"
    secret = base64.b64encode(f"x:{github.publish_token}".encode()).decode()
    git = [
        "git",
        "-c",
        f"http.extraHeader=Authorization: Basic {secret}",
        "-c",
        "user.name=A",
        "-c",
        "user.email=a@b.c",
    ]
    subprocess.run([*git, "clone", "-q", f"{github.url}/acme/d-plain.git", str(folder)], check=True)
    (folder / "docs").mkdir()
    (folder / "docs" / "new.md").write_text("Möwe\n", encoding="utf-8")
    here = [*git, "-C", str(folder)]
    subprocess.run([*here, "add", "."], check=True)
    subprocess.run([*here, "commit", "-qm", "More docs"], check=True)
    subprocess.run([*here, "push", "-q", "origin", "HEAD:main", "HEAD:topic"], check=True)
    head = subprocess.run(
        [*here, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()

    after = ask(query)["data"]["repository"]

    assert (before["object"], before["ref"]) == (None, None)
    assert after["object"] == {"text": "Möwe\n", "byteSize": 6, "isBinary": False, "isTruncated": False}
    assert after["defaultBranchRef"]["target"] == {
        "oid": head,
        "messageHeadline": "More docs",
        "history": {"totalCount": 2},
    }
    assert [node["name"] for node in after["refs"]["nodes"]] == ["main", "topic"]
    assert after["ref"] == {"prefix": "refs/heads/"}
    assert after["pushedAt"] > before["pushedAt"]


def test_a_renamed_repository_keeps_its_id_and_is_found_by_both_names(github: LocalGitHub, ask: Ask) -> None:
    query = """query($name: String!, $follow: Boolean) {
      repository(owner: "acme", name: $name, followRenames: $follow) { id name } }"""
    before = ask(query, name="d-plain")["data"]["repository"]
    found = github.state.repository("acme", "d-plain")
    assert found
    github.state.rename(found, "simple")

    assert ask(query, name="simple")["data"]["repository"] == {"id": before["id"], "name": "simple"}
    assert ask(query, name="d-plain")["data"]["repository"] == {"id": before["id"], "name": "simple"}
    assert ask(query, name="d-plain", follow=False)["errors"][0]["type"] == "NOT_FOUND"
    assert ask("query($id: ID!) { node(id: $id) { ... on Repository { name } } }", id=before["id"])[
        "data"
    ] == {"node": {"name": "simple"}}


def test_a_name_that_is_taken_again_is_another_repository(github: LocalGitHub, ask: Ask) -> None:
    query = 'query { repository(owner: "acme", name: "d-plain") { id isEmpty defaultBranchRef { name } } }'
    before = ask(query)["data"]["repository"]
    found = github.state.repository("acme", "d-plain")
    assert found
    github.state.rename(found, "simple")
    github.state.create("d-plain", "", private=True)

    after = ask(query)["data"]["repository"]

    assert after["id"] != before["id"]
    assert (after["isEmpty"], after["defaultBranchRef"]) == (True, None)
    assert ask('{ repository(owner: "acme", name: "simple") { isEmpty } }')["data"]["repository"] == {
        "isEmpty": False
    }


def test_what_is_deleted_and_made_anew_has_nothing_of_the_old(github: LocalGitHub, ask: Ask) -> None:
    found = github.state.repository("acme", "d-plain")
    assert found
    github.state.delete(found)

    assert ask('{ repository(owner: "acme", name: "d-plain") { id } }')["errors"][0]["type"] == "NOT_FOUND"
    github.state.create("d-plain", "", private=True)
    assert ask('{ repository(owner: "acme", name: "d-plain") { isEmpty } }')["data"]["repository"]["isEmpty"]


def test_nodes_that_are_gone_are_null_in_their_place(ask: Ask) -> None:
    ids = [
        ask(f'{{ repository(owner: "acme", name: "{name}") {{ id }} }}')["data"]["repository"]["id"]
        for name in ("a-old", "e-new")
    ]

    answer = ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository { name } } }",
        ids=[ids[0], "R_bm9uZQ", "nonsense", "R_" + "A" * 9_000, ids[1]],
    )

    assert answer["data"]["nodes"] == [{"name": "a-old"}, None, None, None, {"name": "e-new"}]
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [
        ("NOT_FOUND", ["nodes", 1]),
        ("NOT_FOUND", ["nodes", 2]),
        ("NOT_FOUND", ["nodes", 3]),
    ]


def test_history_can_be_cut_by_time_and_by_path(github: LocalGitHub, ask: Ask, clock: FixedClock) -> None:
    found = github.state.repository("acme", "e-new")
    assert found
    clock.advance(timedelta(days=1))
    github.state.push(found, {"docs/a.md": b"a"})
    clock.advance(timedelta(days=1))
    github.state.push(found, {"docs/b.md": b"b"})
    query = """query($since: GitTimestamp, $path: String, $after: String) {
      repository(owner: "acme", name: "e-new") { defaultBranchRef { target { ... on Commit {
        history(first: 1, since: $since, path: $path, after: $after) {
          totalCount nodes { oid parents(first: 1) { totalCount } } pageInfo { endCursor hasNextPage } } } } } } }"""

    def history(**variables: Any) -> dict[str, Any]:
        target = ask(query, **variables)["data"]["repository"]["defaultBranchRef"]["target"]
        shown: dict[str, Any] = target["history"]
        return shown

    everything = history()
    cursor = everything["pageInfo"]["endCursor"]
    second = history(after=cursor)
    clock.advance(timedelta(days=1))
    github.state.push(found, {"c.md": b"c"})

    assert everything["totalCount"] == 3
    assert history(since=clock.now().replace(microsecond=0).isoformat())["totalCount"] == 1
    assert history(path="docs")["totalCount"] == 2
    assert history(after=cursor)["nodes"] == second["nodes"], "a push moved the cursor"
    assert found.git.path.is_dir()
    assert history(path="docs")["totalCount"] == 2
    assert history()["totalCount"] == 4


def test_history_refuses_a_moment_that_is_none(ask: Ask) -> None:
    answer = ask(
        """{ repository(owner: "acme", name: "e-new") { defaultBranchRef { target { ... on Commit {
        history(first: 1, since: "yesterday") { totalCount } } } } } }"""
    )

    assert answer["errors"][0]["message"] == "`since` is no moment in ISO 8601: 'yesterday'"


def test_pygithub_reads_graphql_as_it_is(github: LocalGitHub) -> None:
    client = Github(
        auth=Auth.Token(github.token),
        base_url=github.api_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )

    _, data = client.requester.graphql_query(
        'query($n: String!) { repository(owner: "acme", name: $n) { id } }', {"n": "hello"}
    )

    assert data["data"]["repository"]["id"].startswith("R_")
