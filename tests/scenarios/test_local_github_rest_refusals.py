"""What the local GitHub's REST API refuses, spells otherwise, or does not have."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from bot.sandbox.github import admission
from bot.sandbox.github.faults import FaultKind
from bot.sandbox.github.limits import CONCURRENT
from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, OPEN, Hub, Json, serving
from tests.scenarios.world import until

REVIEW = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}
CHECKS = {"required_status_checks": [{"context": "ci"}], "strict_required_status_checks_policy": True}


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


def status(hub: Hub, path: str) -> int:
    """Asked with a connection of its own."""
    headers = {"Authorization": f"Bearer {hub.server.publish_token}"}
    return requests.get(hub.server.url + path, headers=headers, timeout=30).status_code


def entry(**more: Json) -> Json:
    return {"path": "a.txt", "mode": "100644", "type": "blob", **more}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{HELLO}/git/trees", {"tree": []}),
        ("POST", f"{HELLO}/git/trees", {"tree": [entry(content="x", sha="0" * 40)]}),
        ("POST", f"{HELLO}/hooks", {"config": {"url": "http://127.0.0.1:9/"}, "events": ["pushed"]}),
    ],
    ids=["an empty tree", "a file twice", "an unknown event"],
)
def test_what_github_cannot_use_is_refused(hub: Hub, method: str, path: str, body: Json) -> None:
    assert hub.ask(method, path, body).status_code == 422


def test_a_hook_is_not_moved_to_an_unknown_event(hub: Hub) -> None:
    body = {"config": {"url": "http://127.0.0.1:9/"}, "active": False}
    hook = hub.done("POST", f"{HELLO}/hooks", body, 201)["id"]

    for change in ({"events": ["pushed"]}, {"add_events": ["pushed"]}):
        assert hub.ask("PATCH", f"{HELLO}/hooks/{hook}", change).status_code == 422
    assert hub.got(f"{HELLO}/hooks/{hook}")["events"] == ["push"]


def test_an_empty_comment_is_refused(hub: Hub) -> None:
    hub.branch("topic")
    hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)

    refusal = hub.ask("POST", f"{HELLO}/issues/1/comments", {"body": " \n"})

    assert (refusal.status_code, refusal.json()["errors"][0]["message"]) == (422, "Body cannot be blank")


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("pull_request", {**REVIEW, "required_approving_review_count": "two"}),
        ("pull_request", {**REVIEW, "required_approving_review_count": 11}),
        ("pull_request", {"required_approving_review_count": 1}),
        ("pull_request", []),
        ("required_status_checks", {**CHECKS, "required_status_checks": [{}]}),
        ("required_status_checks", {**CHECKS, "required_status_checks": "ci"}),
        ("branch_name_pattern", {"operator": "like", "pattern": "x"}),
        ("max_file_size", {"max_file_size": "1"}),
    ],
)
def test_a_rule_takes_only_its_own_parameters(hub: Hub, kind: str, parameters: Json) -> None:
    rules = [{"type": kind, "parameters": parameters}]

    refusal = hub.ask("POST", f"{HELLO}/rulesets", {"name": "r", "enforcement": "active", "rules": rules})

    assert refusal.status_code == 422
    assert refusal.json()["errors"][0].startswith(f"Invalid rule '{kind}': ")


def test_rules_with_their_parameters_are_taken(hub: Hub) -> None:
    rules = [
        {"type": "pull_request", "parameters": REVIEW},
        {"type": "required_status_checks", "parameters": CHECKS},
        {"type": "deletion"},
    ]

    made = hub.done("POST", f"{HELLO}/rulesets", {"name": "r", "enforcement": "active", "rules": rules}, 201)

    assert made["rules"] == rules


def test_a_name_is_spelt_as_github_spells_it(hub: Hub) -> None:
    made = hub.done("POST", "/orgs/acme/repos", {"name": " my new & best "}, 201)

    assert made["name"] == "my-new-best"
    assert hub.done("PATCH", "/repos/acme/my-new-best", {"name": "my own"})["name"] == "my-own"


@pytest.mark.parametrize("name", ["hello", "HELLO", ".."])
def test_a_repository_cannot_take_a_name_that_is_taken_or_none(hub: Hub, name: str) -> None:
    refusal = hub.ask("PATCH", OPEN, {"name": name})

    assert (refusal.status_code, refusal.json()["message"]) == (422, "Validation Failed")


@pytest.mark.parametrize(
    ("query", "names"),
    [("hel", ["hello"]), ("props.tier:1", ["open"]), ("props.tier:1 hel", []), ("", ["hello", "open"])],
)
def test_properties_are_listed_of_the_repositories_that_are_asked_for(
    hub: Hub, query: str, names: list[str]
) -> None:
    hub.done("PUT", "/orgs/acme/properties/schema/tier", {"value_type": "string"})
    values = {"properties": [{"property_name": "tier", "value": "1"}]}
    assert hub.ask("PATCH", f"{OPEN}/properties/values", values).status_code == 204

    found = hub.got(f"/orgs/acme/properties/values?repository_query={query}")

    assert [one["repository_name"] for one in found if one["repository_name"] in ("hello", "open")] == names


@pytest.mark.parametrize("path", ["/nothing", "/user/repos", "/nothing/here", "/acme/none/blob/main/x"])
def test_an_address_that_is_nowhere_is_said_in_json_and_to_a_browser_in_html(hub: Hub, path: str) -> None:
    to_client, to_browser = hub.ask("GET", path), hub.ask("GET", path, Accept="text/html")

    assert (to_client.status_code, to_client.json()["message"]) == (404, "Not Found")
    assert (to_browser.status_code, to_browser.text[:9]) == (404, "<!doctype")


@pytest.mark.parametrize("below", ["status", "check-runs", "pulls"])
def test_what_is_not_covered_below_a_commit_is_not_found(hub: Hub, below: str) -> None:
    assert hub.ask("GET", f"{HELLO}/commits/main/{below}").status_code == 404


@pytest.mark.parametrize(("login", "status"), [("acme", 200), ("ACME", 200), ("ana", 404)])
def test_the_app_finds_its_installation_by_account(
    hub: Hub, clock: FixedClock, login: str, status: int
) -> None:
    now = int(clock.now().timestamp())
    claims = {"iat": now - 10, "exp": now + 300, "iss": str(hub.server.app.id)}
    token = jwt.encode(claims, hub.server.app.private_key, algorithm="RS256")

    assert hub.ask("GET", f"/users/{login}/installation", token=token).status_code == status


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("enforce_admins", 200),
        ("required_status_checks", 200),
        ("required_pull_request_reviews", 404),
        ("restrictions", 404),
    ],
)
def test_the_parts_of_a_protection_have_their_own_addresses(hub: Hub, part: str, status: int) -> None:
    protection = {
        "required_status_checks": {"strict": True, "contexts": ["ci"]},
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    hub.done("PUT", f"{HELLO}/branches/main/protection", protection)

    assert hub.ask("GET", f"{HELLO}/branches/main/protection/{part}").status_code == status


def test_a_team_that_may_push_can_be_deleted(hub: Hub) -> None:
    hub.done("POST", "/orgs/acme/teams", {"name": "Gone"}, 201)
    protection = {
        "required_status_checks": None,
        "enforce_admins": None,
        "required_pull_request_reviews": None,
        "restrictions": {"users": ["ana"], "teams": ["gone"]},
    }
    hub.done("PUT", f"{HELLO}/branches/main/protection", protection)
    assert hub.ask("DELETE", "/orgs/acme/teams/gone").status_code == 204

    limits = hub.got(f"{HELLO}/branches/main/protection")["restrictions"]

    assert ([one["login"] for one in limits["users"]], limits["teams"]) == (["ana"], [])


def test_a_hundred_requests_may_be_under_way() -> None:
    assert CONCURRENT == 100


def test_slow_requests_are_under_way_together(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    # A hundred may take longer to begin than the first of them takes.
    monkeypatch.setattr(admission, "CONCURRENT", 10)
    hub.server.fail_next("GET /meta", FaultKind.SLOW, times=10, delay_s=5)
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(closing(begun(hub, "/meta"))) for _ in range(10)]

        until(lambda: status(hub, "/user") == 403, "one more was never refused")
        assert {one.recv(12) for one in slow} == {b"HTTP/1.1 200"}


def begun(hub: Hub, path: str) -> socket.socket:
    """A request that was sent, and whose answer nobody has read."""
    address = urlsplit(hub.server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    head = f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nUser-Agent: test\r\n"
    connection.sendall(f"{head}Authorization: Bearer {hub.server.publish_token}\r\n\r\n".encode())
    return connection


def test_who_controls_the_host_lets_everybody_begin_anew(hub: Hub) -> None:
    while hub.ask("GET", "/meta", token="").status_code == 200:
        continue
    assert hub.ask("GET", "/meta", token="").status_code == 403

    hub.done("POST", "/_sandbox/limits", {"reset": True})

    assert hub.ask("GET", "/meta", token="").status_code == 200
    assert hub.ask("POST", "/_sandbox/limits", {}).status_code == 400


@pytest.mark.parametrize(("page", "status"), [("10", 200), ("11", 422)])
def test_only_a_thousand_results_of_a_search_can_be_reached(hub: Hub, page: str, status: int) -> None:
    assert hub.ask("GET", f"/search/repositories?q=hello&per_page=100&page={page}").status_code == status


def test_a_pull_request_can_always_be_merged_in_some_way(hub: Hub) -> None:
    hub.done("PATCH", HELLO, {"allow_squash_merge": False, "allow_rebase_merge": False})

    assert hub.ask("PATCH", HELLO, {"allow_merge_commit": False}).status_code == 422
    assert hub.got(HELLO)["allow_merge_commit"] is True


@pytest.mark.parametrize("branch", ["main", "dev/a"])
def test_a_file_is_downloaded_from_where_its_description_says(hub: Hub, branch: str) -> None:
    head = hub.got(f"{HELLO}/git/ref/heads/main")["object"]["sha"]
    hub.done("POST", f"{HELLO}/git/refs", {"ref": "refs/heads/dev/a", "sha": head}, 201)
    hub.write("docs/é x.md", "Hello", branch=branch)

    found = hub.got(f"{HELLO}/contents/docs?ref={branch}")

    assert [hub.ask("GET", one["download_url"]).text for one in found if one["name"] == "é x.md"] == ["Hello"]


def test_a_new_repository_begins_with_its_team_and_its_properties(hub: Hub) -> None:
    hub.done("PUT", "/orgs/acme/properties/schema/tier", {"value_type": "string"})
    team = hub.got("/orgs/acme/teams/payments")["id"]

    hub.done(
        "POST", "/orgs/acme/repos", {"name": "a", "team_id": team, "custom_properties": {"tier": "1"}}, 201
    )

    assert [one["slug"] for one in hub.got("/repos/acme/a/teams")] == ["payments"]
    assert hub.got("/repos/acme/a/properties/values") == [{"property_name": "tier", "value": "1"}]


@pytest.mark.parametrize("properties", [{"level": "1"}, {"tier": 1}, {"tier": [{}]}])
def test_a_new_repository_takes_no_strange_properties(hub: Hub, properties: Json) -> None:
    hub.done("PUT", "/orgs/acme/properties/schema/tier", {"value_type": "string"})

    refusal = hub.ask("POST", "/orgs/acme/repos", {"name": "a", "custom_properties": properties})

    assert refusal.status_code == 422
    assert hub.ask("GET", "/repos/acme/a").status_code == 404
