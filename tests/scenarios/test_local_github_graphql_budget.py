"""Time, points, permissions and faults of the local GitHub's GraphQL, over the wire and in GitHub's shapes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.sandbox.github import LocalGitHub
from core.clock import FixedClock
from tests.scenarios.graphql_world import Ask, asker, post, served


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    yield from served(tmp_path / "github", clock)


@pytest.fixture
def ask(github: LocalGitHub) -> Ask:
    return asker(github)


def page(arguments: str, fields: str = "nodes { name }") -> str:
    return f'{{ organization(login: "acme") {{ repositories{arguments} {{ {fields} }} }} }}'


def test_many_aliases_of_a_large_list_run_into_the_time_limit(github: LocalGitHub) -> None:
    github.state.graph.node_ms = 20
    parts = " ".join(
        f'a{number}: organization(login: "acme") {{ repositories(first: 100) {{ nodes {{ name }} }} }}'
        for number in range(400)
    )

    response = post(github, {"query": f"{{ {parts} }}"})

    assert response.status_code == 502
    assert response.json()["data"] is None
    assert "couldn't respond to your request in time" in response.json()["errors"][0]["message"]


def test_a_page_of_a_hundred_with_counts_is_a_502_one_time_in_four(github: LocalGitHub) -> None:
    for number in range(94):
        github.state.create(f"r{number}", "", private=True)
    heavy = page("(first: 100)", "nodes { pullRequests { totalCount } vulnerabilityAlerts { totalCount } }")
    light = page("(first: 30)", "nodes { pullRequests { totalCount } vulnerabilityAlerts { totalCount } }")

    statuses = [post(github, {"query": heavy}).status_code for _ in range(40)]

    assert 4 <= statuses.count(502) <= 16
    assert {post(github, {"query": light}).status_code for _ in range(10)} == {200}
    github.state.graph.timeout_ms = None
    assert {post(github, {"query": heavy}).status_code for _ in range(10)} == {200}


def test_a_query_is_paid_from_the_hourly_points(github: LocalGitHub, ask: Ask, clock: FixedClock) -> None:
    text = page(
        "(first: 100)", "nodes { releases(first: 5) { totalCount } pullRequests(first: 5) { totalCount } }"
    )
    budget = "rateLimit { cost limit nodeCount remaining used resetAt }"

    first = ask(f"{{ {budget} {text[1:]}")["data"]["rateLimit"]
    response = post(github, {"query": "{ viewer { login } }"})

    assert first == {
        "cost": 2,
        "limit": 5_000,
        "nodeCount": 1_100,
        "remaining": 4_998,
        "used": 2,
        "resetAt": first["resetAt"],
    }
    assert response.headers["x-ratelimit-remaining"] == "4997"
    assert response.headers["x-ratelimit-resource"] == "graphql"
    clock.advance(timedelta(hours=1))
    assert ask(f"{{ {budget} }}")["data"]["rateLimit"]["remaining"] == 4_999


def test_a_dry_run_tells_the_price_and_costs_nothing(github: LocalGitHub, ask: Ask) -> None:
    text = '{ rateLimit(dryRun: true) { cost nodeCount remaining } organization(login: "acme") { login } }'

    assert ask(text)["data"] == {"rateLimit": {"cost": 1, "nodeCount": 0, "remaining": 5_000}}
    assert post(github, {"query": text}).headers["x-ratelimit-remaining"] == "5000"


def test_an_empty_budget_is_an_error_with_status_200(
    github: LocalGitHub, ask: Ask, clock: FixedClock
) -> None:
    dear = page(
        "(first: 100)", "nodes { pullRequests(first: 50) { nodes { labels(first: 60) { totalCount } } } }"
    )
    for _ in range(99):  # 51 points each
        ask(dear)

    response = post(github, {"query": "{ viewer { login } }"})

    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert error["type"] == "RATE_LIMITED"
    assert "data" not in response.json()
    assert response.headers["x-ratelimit-remaining"] == "0"
    clock.advance(timedelta(hours=1, seconds=1))
    assert ask("{ viewer { login } }")["data"]


def test_without_a_token_nothing_is_answered(github: LocalGitHub) -> None:
    response = requests.post(github.graphql_url, json={"query": "{ viewer { login } }"}, timeout=60)

    assert response.status_code == 401


def test_a_missing_permission_is_a_null_and_an_error_in_its_place(github: LocalGitHub, ask: Ask) -> None:
    token = github.new_token({"metadata": "read", "contents": "read"})
    text = """{ repository(owner: "acme", name: "hello") { name object(expression: "HEAD:README.md") { oid }
      vulnerabilityAlerts(first: 1) { totalCount } } }"""

    answer = ask(text, token)

    assert answer["data"]["repository"]["name"] == "hello"
    assert answer["data"]["repository"]["object"]
    assert answer["data"]["repository"]["vulnerabilityAlerts"] is None
    assert answer["errors"] == [
        {
            "type": "FORBIDDEN",
            "path": ["repository", "vulnerabilityAlerts"],
            "extensions": {"saml_failure": False},
            "locations": [{"line": 2, "column": 7}],
            "message": "Resource not accessible by personal access token",
        }
    ]


@pytest.mark.parametrize(
    ("permissions", "field"),
    [
        (
            {"metadata": "read"},
            'repository(owner: "acme", name: "hello") { branchProtectionRules(first: 1) { totalCount } }',
        ),
        (
            {"metadata": "read"},
            'repository(owner: "acme", name: "hello") { object(expression: "HEAD") { oid } }',
        ),
        ({"metadata": "read"}, 'repository(owner: "acme", name: "hello") { defaultBranchRef { name } }'),
        (
            {"metadata": "read"},
            'repository(owner: "acme", name: "hello") { pullRequests(first: 1) { totalCount } }',
        ),
        ({"metadata": "read"}, 'organization(login: "acme") { teams(first: 1) { totalCount } }'),
        ({"metadata": "read"}, 'organization(login: "acme") { team(slug: "web") { name } }'),
        ({"metadata": "read"}, 'organization(login: "acme") { membersWithRole(first: 1) { totalCount } }'),
    ],
)
def test_what_a_token_may_not_read_is_forbidden(
    github: LocalGitHub, ask: Ask, permissions: dict[str, str], field: str
) -> None:
    answer = ask(f"{{ {field} }}", github.new_token(permissions))

    assert [error["type"] for error in answer["errors"]] == ["FORBIDDEN"]


def test_what_a_token_does_not_see_is_not_there(github: LocalGitHub, ask: Ask) -> None:
    token = github.new_token({"metadata": "read", "contents": "read"}, repositories=["E-new"])
    hidden = github.state.repository("acme", "d-plain")
    assert hidden

    listed = ask(page("(first: 100)", "totalCount nodes { name }"), token)["data"]["organization"][
        "repositories"
    ]
    by_name = ask('{ repository(owner: "acme", name: "d-plain") { id } }', token)
    by_id = ask(f'{{ node(id: "{hidden.node_id}") {{ id }} }}', token)

    assert listed == {"totalCount": 2, "nodes": [{"name": "a-old"}, {"name": "e-new"}]}
    assert by_name["errors"][0]["message"] == (
        "Could not resolve to a Repository with the name 'acme/d-plain'."
    )
    assert by_id["errors"][0]["type"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "kind", ["FORBIDDEN", "NOT_FOUND", "SERVICE_UNAVAILABLE", "RESOURCE_LIMITS_EXCEEDED"]
)
def test_a_field_can_be_got_wrong_on_demand(github: LocalGitHub, ask: Ask, kind: str) -> None:
    github.state.graph.fail("organization.repositories.nodes.*.object", kind, times=2)
    text = page("(first: 4)", 'nodes { object(expression: "HEAD:") { oid } }')

    answer = ask(text)

    assert [node["object"] is None for node in answer["data"]["organization"]["repositories"]["nodes"]] == [
        True,
        True,
        False,
        False,
    ]
    assert [(error["type"], error["path"][-2]) for error in answer["errors"]] == [(kind, 0), (kind, 1)]
    assert "errors" not in ask(text)


def test_a_timeout_on_demand_has_githubs_words_and_no_data(github: LocalGitHub, ask: Ask) -> None:
    github.state.graph.fail("viewer", "TIMEOUT")

    answer = ask("{ viewer { login } }")

    assert answer["data"] is None
    assert answer["errors"][0]["message"].startswith(
        "Something went wrong while executing your query. This may be the result of a timeout"
    )


def test_a_query_that_takes_too_many_resources_gives_what_it_got_so_far(
    github: LocalGitHub, ask: Ask
) -> None:
    github.state.graph.resource_nodes = 8
    text = page(
        "(first: 6)",
        "nodes { name vulnerabilityAlerts(first: 1) { totalCount } repositoryTopics(first: 2) { nodes { id } } }",
    )

    answer = ask("{ viewer { login } " + text[1:])
    github.state.graph.resource_nodes = 3
    less = ask("{ viewer { login } " + text[1:])

    assert "errors" not in answer
    assert less["data"] == {"viewer": {"login": "callboard-bot"}, "organization": None}
    assert less["errors"][0]["type"] == "RESOURCE_LIMITS_EXCEEDED"
    assert less["errors"][0]["message"] == "Resource limits for this query exceeded."


def test_the_schema_can_be_asked_for(ask: Ask) -> None:
    answer = ask('{ __type(name: "Repository") { fields { name } } }')

    assert {"name": "nameWithOwner"} in answer["data"]["__type"]["fields"]


def test_fields_and_limits_are_got_wrong_from_another_process(github: LocalGitHub, ask: Ask) -> None:
    def order(**body: Any) -> int:
        return requests.post(f"{github.url}/_sandbox/graph", json=body, timeout=60).status_code

    assert order(path="viewer.name", kind="SERVICE_UNAVAILABLE", times=None) == 200
    assert [ask("{ viewer { name } }")["errors"][0]["type"] for _ in range(2)] == ["SERVICE_UNAVAILABLE"] * 2
    assert order(clear=True) == 200
    assert "errors" not in ask("{ viewer { name } }")
    assert order(timeout_ms=1) == 200
    assert post(github, {"query": "{ viewer { name } }"}).status_code == 502
    assert order(timeout_ms=None, resource_nodes=2) == 200
    assert ask(page("(first: 3)"))["errors"][0]["type"] == "RESOURCE_LIMITS_EXCEEDED"
    assert {
        order(path="x", kind="nonsense"),
        order(timeout_ms="x"),
        order(resource_nodes=-1),
        order(path=3),
    } == {400}
