"""The local GitHub's REST API over the wire: what it tells and what it changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, OPEN, Hub, serving


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


@pytest.mark.parametrize(
    "path",
    """/ /meta /versions /rate_limit /user /users/ana /users/callboard[bot] /orgs/acme /orgs/acme/repos
    /orgs/acme/members /orgs/acme/memberships/ana /orgs/acme/teams /orgs/acme/teams/payments
    /orgs/acme/teams/payments/members /orgs/acme/teams/payments/memberships/ben /orgs/acme/teams/payments/repos
    /orgs/acme/teams/payments/teams /orgs/acme/rulesets /orgs/acme/hooks /orgs/acme/properties/schema
    /orgs/acme/properties/values /orgs/acme/dependabot/alerts /search/repositories?q=hello
    {r} {r}/topics {r}/teams {r}/languages {r}/branches {r}/branches/main {r}/tags {r}/contents/ {r}/readme
    {r}/contents/README.md {r}/codeowners/errors {r}/git/trees/main?recursive=1 {r}/git/ref/heads/main
    {r}/git/matching-refs/heads {r}/commits {r}/commits/main {r}/compare/main...main {r}/pulls {r}/rulesets
    {r}/rules/branches/main {r}/environments {r}/actions/variables {r}/actions/secrets
    {r}/actions/secrets/public-key {r}/properties/values {r}/dependabot/alerts {r}/hooks
    {r}/collaborators/ana/permission {o}/license""".split(),
)
def test_what_can_be_asked_is_answered_as_github_describes_it(hub: Hub, path: str) -> None:
    assert hub.ask("GET", path.format(r=HELLO, o=OPEN)).status_code == 200


def test_a_repository_is_made_changed_and_deleted(hub: Hub) -> None:
    made = hub.done("POST", "/orgs/acme/repos", {"name": "new", "private": True, "description": "d"}, 201)
    changed = hub.done("PATCH", "/repos/acme/new", {"description": "e", "has_wiki": False, "archived": True})
    gone = hub.ask("DELETE", "/repos/acme/new")

    assert (made["visibility"], made["size"], made["has_wiki"]) == ("private", 0, True)
    assert (changed["description"], changed["has_wiki"], changed["archived"]) == ("e", False, True)
    assert (gone.status_code, hub.ask("GET", "/repos/acme/new").status_code) == (204, 404)


def test_a_former_name_leads_to_the_repository(hub: Hub) -> None:
    hub.done("PATCH", HELLO, {"name": "goodbye"})

    moved = hub.ask("GET", f"{HELLO}/topics?page=1")
    followed = hub.ask("GET", moved.headers["Location"])

    assert moved.status_code == 301
    assert moved.headers["Location"] == f"{hub.server.url}/repositories/1001/topics?page=1"
    assert followed.json() == {"names": []}
    assert hub.ask("PATCH", HELLO, {"description": "x"}).status_code == 307


def test_a_deleted_name_begins_anew(hub: Hub) -> None:
    hub.ask("DELETE", HELLO)
    hub.done("POST", "/orgs/acme/repos", {"name": "hello"}, 201)

    assert hub.ask("GET", f"{HELLO}/commits").json()["message"] == "Git Repository is empty."


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("commits", 409, "Git Repository is empty."),
        ("git/trees/main", 409, "Git Repository is empty."),
        ("contents/", 404, "This repository is empty."),
        ("readme", 404, "Not Found"),
    ],
)
def test_an_empty_repository_says_that_it_is_empty(hub: Hub, path: str, status: int, message: str) -> None:
    hub.done("POST", "/orgs/acme/repos", {"name": "empty"}, 201)

    response = hub.ask("GET", f"/repos/acme/empty/{path}")

    assert (response.status_code, response.json()["message"]) == (status, message)


def test_a_written_file_is_a_commit_in_git(hub: Hub) -> None:
    made = hub.write("docs/a b.md", "Hello")

    repository = hub.server.state.repository("acme", "hello")
    assert repository
    assert repository.git.head_oid == made["commit"]["sha"]
    assert hub.got(f"{HELLO}/contents/docs/a%20b.md")["sha"] == made["content"]["sha"]
    assert hub.got(f"{HELLO}/commits?path=docs/a%20b.md")[0]["sha"] == made["commit"]["sha"]


@pytest.mark.parametrize(("sha", "status"), [({}, 422), ({"sha": "0" * 40}, 409)])
def test_a_file_is_only_overwritten_by_who_knows_it(hub: Hub, sha: dict[str, str], status: int) -> None:
    body = {"message": "m", "content": "eA==", **sha}

    assert hub.ask("PUT", f"{HELLO}/contents/README.md", body).status_code == status


def test_a_file_is_deleted(hub: Hub) -> None:
    found = hub.got(f"{HELLO}/contents/README.md")
    hub.done("DELETE", f"{HELLO}/contents/README.md", {"message": "m", "sha": found["sha"]})

    assert hub.ask("GET", f"{HELLO}/contents/README.md").status_code == 404


def test_commits_are_made_of_blobs_and_trees(hub: Hub) -> None:
    head = hub.got(f"{HELLO}/git/ref/heads/main")["object"]["sha"]
    blob = hub.done("POST", f"{HELLO}/git/blobs", {"content": "x"}, 201)
    entries: list[Any] = [
        {"path": "a/b.txt", "mode": "100644", "type": "blob", "sha": blob["sha"]},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = hub.done("POST", f"{HELLO}/git/trees", {"base_tree": head, "tree": entries}, 201)
    body = {"message": "Both", "tree": tree["sha"], "parents": [head]}
    commit = hub.done("POST", f"{HELLO}/git/commits", body, 201)
    hub.done("PATCH", f"{HELLO}/git/refs/heads/main", {"sha": commit["sha"]})

    paths = {entry["path"] for entry in hub.got(f"{HELLO}/git/trees/main?recursive=1")["tree"]}
    assert paths == {"a", "a/b.txt", "catalog-info.yaml", "CODEOWNERS"}


def test_a_branch_moves_back_only_by_force(hub: Hub) -> None:
    head = hub.got(f"{HELLO}/git/ref/heads/main")["object"]["sha"]
    hub.branch("topic")
    path = f"{HELLO}/git/refs/heads/topic"

    assert hub.ask("PATCH", path, {"sha": head}).json()["message"] == "Update is not a fast forward"
    assert hub.done("PATCH", path, {"sha": head, "force": True})["object"]["sha"] == head


def test_the_difference_of_two_branches_is_told(hub: Hub) -> None:
    hub.branch("topic")

    found = hub.got(f"{HELLO}/compare/main...topic")

    assert (found["status"], found["ahead_by"], found["behind_by"]) == ("ahead", 1, 0)
    assert [(file["filename"], file["status"], file["patch"]) for file in found["files"]] == [
        ("topic.txt", "added", "@@ -0,0 +1 @@\n+x\n\\ No newline at end of file")
    ]


@pytest.mark.parametrize(("method", "parents"), [("merge", 2), ("squash", 1), ("rebase", 1)])
def test_a_pull_request_is_merged(hub: Hub, method: str, parents: int) -> None:
    hub.branch("topic")
    pull = hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)
    before = hub.got(f"{HELLO}/pulls/{pull['number']}")
    merged = hub.done("PUT", f"{HELLO}/pulls/{pull['number']}/merge", {"merge_method": method})

    assert (before["mergeable"], before["changed_files"], before["commits"]) == (True, 1, 1)
    assert hub.got(f"{HELLO}/pulls/{pull['number']}")["merged"] is True
    commit = hub.got(f"{HELLO}/commits/main")
    assert (commit["sha"], len(commit["parents"])) == (merged["sha"], parents)
    assert hub.got(f"{HELLO}/contents/topic.txt")


@pytest.mark.parametrize(
    ("head", "message"), [("main", "No commits between main and main"), ("topic", "already exists")]
)
def test_a_useless_pull_request_is_refused(hub: Hub, head: str, message: str) -> None:
    hub.branch("topic")
    hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)

    response = hub.ask("POST", f"{HELLO}/pulls", {"title": "T", "head": head, "base": "main"})

    assert response.status_code == 422
    assert message in response.json()["errors"][0]["message"]


def test_people_talk_below_a_pull_request(hub: Hub) -> None:
    hub.branch("topic")
    hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)
    hub.done("POST", f"{HELLO}/issues/1/comments", {"body": "Nice"}, 201)

    assert [one["body"] for one in hub.got(f"{HELLO}/issues/1/comments")] == ["Nice"]


PROTECTION = {
    "required_status_checks": {"strict": True, "contexts": ["ci"]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 2},
    "restrictions": {"users": ["ana"], "teams": ["payments"]},
}


def test_a_protected_branch_takes_no_direct_commit(hub: Hub) -> None:
    hub.done("PUT", f"{HELLO}/branches/main/protection", PROTECTION)

    response = hub.ask("PUT", f"{HELLO}/contents/x", {"message": "m", "content": "eA=="})

    assert response.status_code == 409
    assert "pull request" in response.json()["message"]
    assert hub.got(f"{HELLO}/branches/main")["protected"] is True
    assert hub.ask("DELETE", f"{HELLO}/branches/main/protection").status_code == 204
    assert hub.ask("GET", f"{HELLO}/branches/main/protection").json()["message"] == "Branch not protected"


RULESET: dict[str, Any] = {
    "name": "main",
    "enforcement": "active",
    "target": "branch",
    "conditions": {"ref_name": {"include": ["refs/heads/topic"], "exclude": []}},
    "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}],
}


def test_a_ruleset_holds_and_is_changed_and_deleted(hub: Hub) -> None:
    hub.branch("topic")
    made = hub.done("POST", f"{HELLO}/rulesets", RULESET, 201)
    one = f"{HELLO}/rulesets/{made['id']}"

    assert hub.ask("DELETE", f"{HELLO}/git/refs/heads/topic").status_code == 422
    assert [rule["type"] for rule in hub.got(f"{HELLO}/rules/branches/topic")] == [
        "deletion",
        "non_fast_forward",
    ]
    assert hub.done("PUT", one, {"enforcement": "disabled"})["enforcement"] == "disabled"
    assert hub.ask("DELETE", f"{HELLO}/git/refs/heads/topic").status_code == 204
    assert hub.ask("DELETE", one).status_code == 204
    assert hub.got(f"{HELLO}/rulesets") == []


def test_rulesets_of_the_organisation_hold_too(hub: Hub) -> None:
    every = {
        "ref_name": {"include": ["~ALL"], "exclude": []},
        "repository_name": {"include": ["~ALL"], "exclude": []},
    }
    hub.done("POST", "/orgs/acme/rulesets", {**RULESET, "conditions": every}, 201)

    assert [one["source_type"] for one in hub.got(f"{HELLO}/rulesets")] == ["Organization"]
    assert hub.got(f"{OPEN}/branches/main")["protected"] is True


def test_teams_are_made_and_get_people_and_repositories(hub: Hub) -> None:
    hub.done("POST", "/orgs/acme/teams", {"name": "Big Team", "description": "d"}, 201)
    team = "/orgs/acme/teams/big-team"
    hub.done("PUT", f"{team}/memberships/ben", {"role": "maintainer"})
    assert hub.ask("PUT", f"{team}/repos/acme/hello", {"permission": "admin"}).status_code == 204

    assert [one["login"] for one in hub.got(f"{team}/members?role=maintainer")] == ["ben"]
    assert {one["slug"]: one["permission"] for one in hub.got(f"{HELLO}/teams")} == {
        "payments": "admin",
        "big-team": "admin",
    }
    assert hub.ask("DELETE", f"{team}/memberships/ben").status_code == 204
    assert hub.ask("DELETE", team).status_code == 204
    assert hub.ask("GET", team).status_code == 404


def test_variables_secrets_and_environments_are_kept(hub: Hub) -> None:
    key = hub.got(f"{HELLO}/actions/secrets/public-key")
    hub.done("POST", f"{HELLO}/actions/variables", {"name": "a", "value": "b"}, 201)
    secret = {
        "encrypted_value": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4",
        "key_id": key["key_id"],
    }
    hub.done("PUT", f"{HELLO}/actions/secrets/S", secret, 201)
    hub.done("PUT", f"{HELLO}/environments/prod", {"wait_timer": 0})

    assert hub.got(f"{HELLO}/actions/variables/A")["value"] == "b"
    assert [one["name"] for one in hub.got(f"{HELLO}/actions/secrets")["secrets"]] == ["S"]
    assert hub.got(f"{HELLO}/environments")["environments"][0]["name"] == "prod"


def test_custom_properties_take_only_what_is_defined(hub: Hub) -> None:
    hub.done(
        "PUT", "/orgs/acme/properties/schema/tier", {"value_type": "single_select", "allowed_values": ["1"]}
    )
    body = {"properties": [{"property_name": "tier", "value": "1"}]}
    wrong = {"properties": [{"property_name": "tier", "value": "9"}]}

    assert hub.ask("PATCH", f"{HELLO}/properties/values", body).status_code == 204
    assert hub.ask("PATCH", f"{HELLO}/properties/values", wrong).status_code == 422
    assert hub.got(f"{HELLO}/properties/values") == [{"property_name": "tier", "value": "1"}]


def test_a_template_is_copied_as_one_commit(hub: Hub) -> None:
    hub.done("PATCH", HELLO, {"is_template": True})
    hub.done("POST", f"{HELLO}/generate", {"owner": "acme", "name": "copy"}, 201)

    assert len(hub.got("/repos/acme/copy/commits")) == 1
    assert hub.got("/repos/acme/copy/readme")["path"] == "README.md"


def test_an_archive_is_packed_where_github_sends_people_to(hub: Hub) -> None:
    moved = hub.ask("GET", f"{HELLO}/tarball/main")

    packed = hub.ask("GET", moved.headers["Location"])

    assert (moved.status_code, packed.content[:2]) == (302, b"\x1f\x8b")


def test_unknown_owners_are_named_with_their_place(hub: Hub) -> None:
    hub.write("docs/CODEOWNERS", "* @acme/nobody\n")
    hub.write(".github/CODEOWNERS", "*.py @acme/nobody\n*.md @acme/payments @@x\n")

    errors = hub.got(f"{HELLO}/codeowners/errors")["errors"]

    assert [(one["line"], one["column"], one["kind"]) for one in errors] == [
        (1, 6, "Unknown owner"),
        (2, 21, "Invalid owner"),
    ]
