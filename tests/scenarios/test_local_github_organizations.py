"""Several organisations on one local GitHub: each has its own names, teams, installation and events; people are shared."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import SecretStr

from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import (
    Organization,
    Person,
    RepositoryRow,
    SampleRepository,
    Team,
    small_organization,
    together,
)
from catalog_sync.github.client import connect_github
from core.access import Visibility
from core.clock import FixedClock
from core.settings import GitHubSettings
from tests.scenarios.graphql_world import Ask, asker
from tests.scenarios.rest_world import HELLO, Hub, serving
from tests.scenarios.test_local_github_webhooks import Listener

STAGE = "/repos/stage/hello"
ACME_TOKENS, STAGE_TOKENS = (f"/app/installations/{number}/access_tokens" for number in (1001, 1002))


def stage() -> Organization:
    """Another organisation with the names of the small one: a team ``payments`` and a repository ``hello``."""
    files = {"README.md": b"# Stage\n", "CODEOWNERS": b"* @stage/payments\n"}
    return Organization(
        name="stage",
        title="Stage",
        people=(
            Person(login="ana", name="Ana D.", email="ana@stage.example"),
            Person(login="zoe", name="Zoe Quist", email="zoe@stage.example"),
        ),
        teams=(
            Team(slug="payments", name="Payments of the stage", members=("ana",), maintainers=("zoe",)),
            Team(slug="light", name="Light", parent="payments", members=("zoe",)),
        ),
        channels=(),
        repositories=(
            SampleRepository(RepositoryRow(name="hello", teams={"payments": "admin"}), files),
            SampleRepository(RepositoryRow(name="lamp"), {"README.md": b"# Lamp\n"}),
            SampleRepository(RepositoryRow(name="sign", visibility=Visibility.PUBLIC), {"a.md": b"x\n"}),
        ),
    )


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock, [stage()])


@pytest.fixture
def query(hub: Hub) -> Ask:
    return asker(hub.server)


@pytest.fixture
def listener(hub: Hub) -> Iterator[Listener]:
    found = Listener()
    hub.server.webhooks.deliver_to(found.url)
    yield found
    found.stop()


def as_app(hub: Hub, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    """What the App gets when it signs for itself."""
    now = int(hub.server.state.clock.now().timestamp())
    claims = {"iss": str(hub.server.app.id), "iat": now - 60, "exp": now + 540}
    response = hub.ask(method, path, body, jwt.encode(claims, hub.server.app.private_key, "RS256"))
    assert response.status_code == status, response.text
    return response.json() if response.content else None


def installed(hub: Hub, path: str = STAGE_TOKENS) -> str:
    """A token of an installation, the second organisation's by default."""
    return str(as_app(hub, "POST", path, status=201)["token"])


def test_two_organisations_of_one_name_are_refused(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="two organisations have one name"):
        LocalGitHub(tmp_path, small_organization(), clock, [small_organization()])


def test_each_organisation_lists_its_own_repositories(hub: Hub) -> None:
    names = {org: {one["full_name"] for one in hub.got(f"/orgs/{org}/repos")} for org in ("acme", "Stage")}

    assert names == {
        "acme": {"acme/hello", "acme/open"},
        "Stage": {"stage/hello", "stage/lamp", "stage/sign"},
    }


def test_one_name_in_two_organisations_is_two_repositories(hub: Hub) -> None:
    first, second = hub.got(HELLO), hub.got(STAGE)

    assert first["id"] != second["id"]
    assert first["node_id"] != second["node_id"]
    assert (first["owner"]["id"], second["owner"]["id"]) == (1, 2)
    assert second["organization"]["login"] == "stage"
    assert hub.got(f"/repositories/{second['id']}")["full_name"] == "stage/hello"
    hub.write("here.md", repository=STAGE)
    assert hub.ask("GET", f"{HELLO}/contents/here.md").status_code == 404


def test_one_slug_in_two_organisations_is_two_teams(hub: Hub) -> None:
    first, second = hub.got("/orgs/acme/teams/payments"), hub.got("/orgs/stage/teams/payments")

    assert first["id"] != second["id"]
    assert first["node_id"] != second["node_id"]
    assert (first["organization"]["login"], second["organization"]["login"]) == ("acme", "stage")
    for path in (f"/teams/{second['id']}", f"/organizations/2/team/{second['id']}"):
        assert hub.got(path)["name"] == "Payments of the stage"
    assert {one["login"] for one in hub.got("/orgs/stage/teams/payments/members")} == {"ana", "zoe"}
    assert hub.ask("GET", f"/organizations/1/team/{second['id']}").status_code == 404


def test_a_login_is_one_person_in_all_organisations(hub: Hub) -> None:
    members = {org: {one["login"] for one in hub.got(f"/orgs/{org}/members")} for org in ("acme", "stage")}

    assert members == {"acme": {"ana", "ben", "mira"}, "stage": {"ana", "zoe"}}
    assert hub.got("/users/ana")["email"] == "ana@acme.example"
    assert hub.got("/users/zoe")["name"] == "Zoe Quist"
    assert hub.ask("GET", "/orgs/acme/members/zoe").status_code == 404


def test_what_is_changed_in_one_organisation_stays_there(hub: Hub) -> None:
    hub.done("PATCH", "/orgs/stage/teams/light", {"name": "Lamps"})
    hub.done("POST", "/orgs/stage/repos", {"name": "made"}, 201)
    hub.done("DELETE", STAGE, status=204)

    assert hub.got("/orgs/stage/teams/lamps")["parent"]["slug"] == "payments"
    assert hub.got("/repos/stage/made")["owner"]["login"] == "stage"
    assert hub.ask("GET", "/repos/acme/made").status_code == 404
    assert hub.got(HELLO)["full_name"] == "acme/hello"
    assert [one["slug"] for one in hub.got(f"{HELLO}/teams")] == ["payments"]


def test_a_search_finds_in_all_organisations(hub: Hub) -> None:
    found = hub.got("/search/repositories?q=hello")["items"]

    assert {one["full_name"]: one["owner"]["id"] for one in found} == {"acme/hello": 1, "stage/hello": 2}
    assert [one["full_name"] for one in hub.got("/search/repositories?q=hello+org:stage")["items"]] == [
        "stage/hello"
    ]


def test_the_app_is_installed_on_each_organisation(hub: Hub) -> None:
    rows = as_app(hub, "GET", "/app/installations")

    assert [(one["id"], one["account"]["login"], one["target_id"]) for one in rows] == [
        (1001, "acme", 1),
        (1002, "stage", 2),
    ]
    for path in ("/orgs/stage/installation", "/users/stage/installation", f"{STAGE}/installation"):
        assert as_app(hub, "GET", path)["id"] == 1002
    assert as_app(hub, "GET", "/app")["installations_count"] == 2
    as_app(hub, "DELETE", "/app/installations/1002", status=204)
    assert [one["id"] for one in as_app(hub, "GET", "/app/installations")] == [1001]
    as_app(hub, "GET", "/orgs/stage/installation", status=404)


def test_an_installations_token_reaches_only_its_organisation(hub: Hub) -> None:
    token = installed(hub)

    mine = hub.got("/installation/repositories", token)["repositories"]
    assert {one["full_name"] for one in mine} == {"stage/hello", "stage/lamp", "stage/sign"}
    assert hub.ask("GET", HELLO, token=token).status_code == 404
    assert [one["name"] for one in hub.got("/orgs/acme/repos", token)] == ["open"]
    assert hub.got("/repos/acme/open", token)["permissions"]["push"] is False
    for path in ("/orgs/acme/teams", "/orgs/acme/members", "/orgs/acme/hooks"):
        response = hub.ask("GET", path, token=token)
        assert (response.status_code, response.json()["message"]) == (
            403,
            "Resource not accessible by integration",
        )
    assert hub.ask("PUT", "/repos/acme/open/topics", {"names": []}, token).status_code == 403
    assert hub.ask("POST", "/orgs/acme/repos", {"name": "intruder"}, token).status_code == 403
    assert hub.ask("GET", "/orgs/nobody", token=token).status_code == 404
    assert len(hub.got("/orgs/stage/teams", token)) == 2


def test_each_installation_has_permissions_and_a_budget_of_its_own(hub: Hub) -> None:
    hub.server.hosts["stage"].app.permissions = {"metadata": "read"}
    acme, token = installed(hub, ACME_TOKENS), installed(hub)

    hub.got("/orgs/acme/teams", acme)
    spent = hub.got("/rate_limit", acme)["resources"]["core"]["used"]

    assert hub.ask("GET", "/orgs/stage/teams", token=token).status_code == 403
    assert (spent, hub.got("/rate_limit", token)["resources"]["core"]["used"]) == (1, 1)
    hub.server.hosts["stage"].app.suspended_at = hub.server.state.clock.now()
    assert (
        hub.ask("GET", "/orgs/stage", token=token).json()["message"] == "This installation has been suspended"
    )
    assert hub.ask("GET", "/orgs/acme/teams", token=acme).status_code == 200


def test_a_token_may_be_limited_to_repositories_of_its_organisation(hub: Hub) -> None:
    body = {"repositories": ["lamp"]}
    token = as_app(hub, "POST", STAGE_TOKENS, body, status=201)["token"]

    found = hub.got("/installation/repositories", token)["repositories"]

    assert [one["full_name"] for one in found] == ["stage/lamp"]
    assert hub.ask("GET", STAGE, token=token).status_code == 404
    as_app(hub, "POST", ACME_TOKENS, body, status=422)


def test_a_personal_token_may_be_for_one_organisation(hub: Hub) -> None:
    token = hub.server.new_token({"contents": "read", "members": "read"}, organization="Stage")

    assert hub.ask("GET", HELLO, token=token).status_code == 404
    assert hub.got(STAGE, token)["full_name"] == "stage/hello"
    refused = hub.ask("GET", "/orgs/acme/teams", token=token)
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Resource not accessible by personal access token",
    )


ESTATE = """query ($login: String!) { organization(login: $login) {
    id databaseId name
    repositories(first: 10) { totalCount nodes { id nameWithOwner owner { login } viewerPermission } }
    teams(first: 10) { nodes { id databaseId slug name combinedSlug url organization { login }
        parentTeam { slug organization { login } } childTeams(first: 5) { nodes { combinedSlug } }
        members(first: 10) { nodes { login } } repositories(first: 10) { nodes { nameWithOwner } } } } } }"""


def test_graphql_shows_each_organisation_with_its_own(query: Ask) -> None:
    found = query(ESTATE, login="Stage")["data"]["organization"]

    assert (found["id"], found["databaseId"], found["name"]) == ("O_2", 2, "Stage")
    assert {(one["nameWithOwner"], one["owner"]["login"]) for one in found["repositories"]["nodes"]} == {
        ("stage/hello", "stage"),
        ("stage/lamp", "stage"),
        ("stage/sign", "stage"),
    }
    teams = {one["slug"]: one for one in found["teams"]["nodes"]}
    assert {slug: one["combinedSlug"] for slug, one in teams.items()} == {
        "payments": "stage/payments",
        "light": "stage/light",
    }
    assert teams["light"]["parentTeam"] == {"slug": "payments", "organization": {"login": "stage"}}
    assert teams["payments"]["childTeams"]["nodes"] == [{"combinedSlug": "stage/light"}]
    assert {one["login"] for one in teams["payments"]["members"]["nodes"]} == {"ana", "zoe"}
    assert teams["payments"]["repositories"]["nodes"] == [{"nameWithOwner": "stage/hello"}]
    assert teams["payments"]["url"].endswith("/orgs/stage/teams/payments")


def test_graphql_asks_for_several_organisations_at_once(query: Ask) -> None:
    found = query("""{ a: organization(login: "acme") { team(slug: "payments") { id databaseId name } }
        b: organization(login: "stage") { team(slug: "payments") { id databaseId name } }
        c: repository(owner: "stage", name: "hello") { codeowners { errors { kind } } owner { login } }
        d: repositoryOwner(login: "zoe") { login } e: organization(login: "none") { id } }""")

    data = found["data"]
    assert data["a"]["team"]["id"] != data["b"]["team"]["id"]
    assert data["a"]["team"]["databaseId"] != data["b"]["team"]["databaseId"]
    assert data["c"] == {"codeowners": {"errors": []}, "owner": {"login": "stage"}}
    assert (data["d"], data["e"]) == ({"login": "zoe"}, None)
    assert [error["type"] for error in found["errors"]] == ["NOT_FOUND"]


def test_graphql_nodes_are_found_in_every_organisation(query: Ask) -> None:
    found = query("""{ organization(login: "stage") { id team(slug: "payments") { id }
        repository(name: "hello") { id } } }""")["data"]["organization"]
    ids = [found["id"], found["team"]["id"], found["repository"]["id"], "U_zoe"]

    nodes = query(
        """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Organization { login }
        ... on Team { combinedSlug } ... on Repository { nameWithOwner } ... on User { name } } }""",
        ids=ids,
    )["data"]["nodes"]

    assert nodes == [
        {"__typename": "Organization", "login": "stage"},
        {"__typename": "Team", "combinedSlug": "stage/payments"},
        {"__typename": "Repository", "nameWithOwner": "stage/hello"},
        {"__typename": "User", "name": "Zoe Quist"},
    ]


def test_graphql_shows_an_installation_only_what_is_public_elsewhere(hub: Hub, query: Ask) -> None:
    token = installed(hub)
    mine = query("""{ organization(login: "acme") { team(slug: "payments") { id }
        repository(name: "hello") { id } } }""")["data"]["organization"]
    ids = [mine["team"]["id"], mine["repository"]["id"]]

    shown = query(
        """{ organization(login: "acme") { repositories(first: 9) { nodes { nameWithOwner viewerPermission } }
        team(slug: "payments") { id } } }""",
        token,
    )
    whole = query(ESTATE, token, login="acme")
    nodes = query("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", token, ids=ids)

    assert shown["data"]["organization"] == {
        "repositories": {"nodes": [{"nameWithOwner": "acme/open", "viewerPermission": "READ"}]},
        "team": None,
    }
    # The list of teams is never null in GitHub's schema, so the organisation is.
    assert whole["data"]["organization"] is None
    assert [error["type"] for error in (*shown["errors"], *whole["errors"])] == ["FORBIDDEN", "FORBIDDEN"]
    assert nodes["data"]["nodes"] == [None, None]


def test_graphql_changes_only_what_the_installation_reaches(hub: Hub, query: Ask) -> None:
    token, head = installed(hub), hub.got(f"{STAGE}/git/ref/heads/main")["object"]["sha"]
    commit = """mutation ($input: CreateCommitOnBranchInput!) {
        createCommitOnBranch(input: $input) { commit { author { name } } } }"""

    def change(name: str, expected: str) -> dict[str, Any]:
        where = {"repositoryNameWithOwner": name, "branchName": "main"}
        files = {"additions": [{"path": "b.md", "contents": "eA=="}]}
        given = {
            "branch": where,
            "expectedHeadOid": expected,
            "message": {"headline": "Go"},
            "fileChanges": files,
        }
        return query(commit, token, input=given)

    assert "errors" not in change("stage/hello", head)
    assert change("acme/hello", head)["errors"][0]["type"] == "NOT_FOUND"
    assert change("acme/open", head)["errors"][0]["type"] == "FORBIDDEN"


def test_git_serves_and_guards_every_organisation(hub: Hub, tmp_path: Path) -> None:
    def clone(name: str, token: str) -> int:
        url = hub.server.url.replace("http://", f"http://x-access-token:{token}@")
        command = ["git", "clone", "--quiet", f"{url}/{name}.git", str(tmp_path / name.replace("/", "-"))]
        return subprocess.run(command, capture_output=True, check=False).returncode

    token = installed(hub)

    assert clone("stage/hello", token) == 0
    assert (tmp_path / "stage-hello" / "README.md").read_text() == "# Stage\n"
    assert clone("acme/hello", token) != 0
    assert clone("acme/open", token) == 0


def test_an_event_carries_the_installation_and_organisation_that_it_is_from(
    hub: Hub, listener: Listener
) -> None:
    hub.write("a.md", repository=STAGE)
    hub.write("a.md", repository=HELLO)
    hub.done("PUT", "/orgs/stage/teams/light/memberships/ana", {})

    assert hub.server.webhooks.settled()
    told = [
        (name, payload["organization"]["login"], payload["installation"]["id"])
        for name, payload in listener.events
    ]
    assert told == [("push", "stage", 1002), ("push", "acme", 1001), ("membership", "stage", 1002)]
    deliveries = as_app(hub, "GET", "/app/hook/deliveries")
    assert [one["installation_id"] for one in deliveries] == [1002, 1001, 1002]


def test_nobody_hears_of_an_organisation_where_the_app_is_not_installed(hub: Hub, listener: Listener) -> None:
    as_app(hub, "DELETE", "/app/installations/1002", status=204)

    hub.write("a.md", repository=STAGE)
    hub.write("a.md", repository=HELLO)

    assert hub.server.webhooks.settled()
    assert [name for name, _ in listener.events] == ["installation", "push"]
    assert listener.events[0][1]["installation"]["id"] == 1002


def test_an_organisations_hook_hears_only_of_that_organisation(hub: Hub, listener: Listener) -> None:
    hub.server.webhooks.app_hook.url = ""
    config = {"url": listener.url, "content_type": "json"}
    made = hub.done("POST", "/orgs/stage/hooks", {"name": "web", "config": config, "events": ["push"]}, 201)

    hub.write("a.md", repository=HELLO)
    hub.write("a.md", repository=STAGE)

    assert hub.server.webhooks.settled()
    assert [payload["repository"]["full_name"] for name, payload in listener.events if name == "push"] == [
        "stage/hello"
    ]
    assert [one["id"] for one in hub.got("/orgs/stage/hooks")] == [made["id"]]
    assert hub.got("/orgs/acme/hooks") == []


def test_a_transferred_repository_keeps_its_identity_and_its_old_address(
    hub: Hub, listener: Listener, query: Ask
) -> None:
    before = hub.got("/repos/acme/open")

    answered = hub.done(
        "POST", "/repos/acme/open/transfer", {"new_owner": "stage", "new_name": "opened"}, 202
    )

    assert answered["owner"]["login"] == "acme"
    after = hub.got("/repos/stage/opened")
    assert (after["id"], after["node_id"]) == (before["id"], before["node_id"])
    assert {one["name"] for one in hub.got("/orgs/acme/repos")} == {"hello"}
    moved = hub.ask("GET", "/repos/acme/open")
    assert (moved.status_code, moved.headers["Location"].rpartition("/")[2]) == (301, str(before["id"]))
    followed = query('{ repository(owner: "acme", name: "open") { nameWithOwner id } }')["data"]["repository"]
    assert followed == {"nameWithOwner": "stage/opened", "id": before["node_id"]}
    assert hub.server.webhooks.settled()
    name, payload = listener.events[-1]
    assert (name, payload["action"], payload["installation"]["id"]) == ("repository", "transferred", 1002)
    assert payload["changes"]["owner"]["from"]["organization"]["login"] == "acme"


def test_a_transfer_gives_up_the_teams_and_leaves_the_name_free(hub: Hub) -> None:
    found = hub.server.state.repository("acme", "hello")
    assert found
    hub.done("DELETE", STAGE, status=204)

    hub.server.transfer(found, "stage")

    assert hub.got(f"{STAGE}/teams") == []
    hub.write("more.md", repository=STAGE)
    hub.done("POST", "/orgs/acme/repos", {"name": "hello", "auto_init": True}, 201)
    assert hub.got(HELLO)["id"] != found.number
    assert hub.got(STAGE)["id"] == found.number
    hub.done("DELETE", STAGE, status=204)
    assert hub.got(f"{HELLO}/contents/README.md")["name"] == "README.md"


@pytest.mark.parametrize(
    "body",
    [
        {"new_owner": "nobody"},
        {"new_owner": "acme"},
        {"new_owner": "stage", "new_name": "lamp"},
        {"new_owner": "stage", "team_ids": [1]},
    ],
)
def test_a_transfer_that_cannot_be_is_refused(hub: Hub, body: dict[str, Any]) -> None:
    assert hub.ask("POST", f"{HELLO}/transfer", body).status_code == 422
    assert hub.got(HELLO)["full_name"] == "acme/hello"


def test_an_installation_transfers_nothing_away(hub: Hub) -> None:
    refused = hub.ask("POST", f"{STAGE}/transfer", {"new_owner": "acme", "new_name": "x"}, installed(hub))

    assert refused.status_code == 422
    assert hub.got(STAGE)["full_name"] == "stage/hello"


def test_callboard_signs_in_at_each_organisation(tmp_path: Path) -> None:
    from core.clock import SystemClock

    github = LocalGitHub(tmp_path, small_organization(), SystemClock(), [stage()])
    github.start()
    try:
        settings = GitHubSettings(
            api_url=github.api_url,
            host="github.test",
            app_id=github.app.id,
            app_private_key=SecretStr(github.app.private_key),
        )
        found = {}
        for name in ("acme", "stage"):
            client = connect_github(settings, github.state.clock, organization=name)
            found[name] = {team.slug for team in client.teams(name)}
    finally:
        github.stop()

    assert found == {"acme": {"payments", "web"}, "stage": {"payments", "light"}}
    assert [host.app.minted for host in github.hosts.values()] == [1, 1]


def test_pages_and_control_know_every_organisation(hub: Hub) -> None:
    page = hub.session.get(f"{hub.server.url}/stage", headers={"Accept": "text/html"}, timeout=20)
    made = hub.ask("POST", "/_sandbox/tokens", {"permissions": {}, "organization": "stage"}).json()["token"]
    wrong = hub.ask("POST", "/_sandbox/tokens", {"permissions": {}, "organization": "nobody"})

    assert "stage/lamp" in page.text
    assert hub.ask("GET", HELLO, token=made).status_code == 404
    assert hub.got(STAGE, made)["full_name"] == "stage/hello"
    assert (wrong.status_code, wrong.json()["message"]) == (400, "organization is one of acme, stage")


def test_organisations_that_share_a_slack_have_each_person_and_channel_once() -> None:
    shared = together(small_organization(), stage())

    assert [person.login for person in shared.people] == ["ana", "ben", "mira", "gil", "zoe"]
    assert shared.person("ana").email == "ana@acme.example"
    assert (shared.name, shared.channels) == ("acme", small_organization().channels)
