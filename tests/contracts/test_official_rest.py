"""GitHub's own description of its REST API: our client's real requests, and the local GitHub's routes, keep to it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github
from pydantic import SecretStr

from bot.sandbox.github.rest.documentation import PAGES
from bot.sandbox.github.rest.routes import endpoints
from bot.sandbox.github.visit import Exchange
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.client import connect_github
from catalog_sync.github.port import GitHubPort
from core.clock import FixedClock
from core.settings import GitHubSettings
from tests.official_rest import ALLOWED, ALLOWED_REQUESTS, Description, description, wrong
from tests.scenarios.rest_world import Hub

NEW = RepositoryName("github.test", "acme", "new")
_OURS = {
    "GET /repositories/{id}",
    "GET /codeload/{owner}/{repo}/legacy.{kind}/{ref}",
    "GET /orgs/{org}/teams/{team_slug}/members/{username}",
} | {f"GET /repos/{{owner}}/{{repo}}/{kind}" for kind in ("tarball", "zipball")}
"""Routes of GitHub's that its description leaves out, or has at an older address."""


@pytest.fixture(scope="module")
def official() -> Description:
    return description()


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock, official: Description) -> Iterator[Hub]:
    found = Hub(tmp_path, clock)
    found.server.start()
    yield found
    found.server.stop()


@pytest.fixture
def client(hub: Hub, clock: FixedClock) -> GitHubPort:
    settings = GitHubSettings(
        api_url=hub.server.api_url,
        host="github.test",
        token=SecretStr(hub.server.token),
        publish_token=SecretStr(hub.server.publish_token),
    )
    return connect_github(settings, clock)


def test_every_route_is_one_of_githubs(official: Description) -> None:
    mine = {f"{endpoint.method} {endpoint.path}" for endpoint in endpoints()}

    assert mine - official.routes() == _OURS


def test_every_refusal_names_the_page_of_its_route(official: Description) -> None:
    assert {official.page(*route.split(" ")) == page for route, page in PAGES.items()} == {True}


USES: dict[str, Callable[[GitHubPort], object]] = {
    "create": lambda client: client.create_repository(NEW, description="What it does", private=True),
    "find": lambda client: client.find_repository(NEW),
    "topics": lambda client: client.set_topics(RepositoryName("github.test", "acme", "hello"), ["go"]),
    "grant": lambda client: client.grant_team(RepositoryName("github.test", "acme", "hello"), "web", "push"),
    "delete": lambda client: client.delete_repository(RepositoryName("github.test", "acme", "hello")),
}


@pytest.mark.parametrize("use", USES)
def test_what_our_client_sends_is_what_github_describes(hub: Hub, client: GitHubPort, use: str) -> None:
    USES[use](client)

    assert len(hub.server.exchanges) == 1
    assert wrong(hub.server.exchanges) == []


def test_an_unmodified_pygithub_finds_its_way(hub: Hub) -> None:
    github = Github(
        auth=Auth.Token(hub.server.publish_token),
        base_url=hub.server.api_url,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    organization = github.get_organization("acme")
    made = organization.create_repo("new", description="d", private=True, auto_init=True)
    made.create_file("docs/a.md", "Add", "Hello")
    made.create_git_ref("refs/heads/topic", made.get_branch("main").commit.sha)
    made.update_file("docs/a.md", "Change", "Hi", made.get_contents("docs/a.md").sha, branch="topic")
    pull = made.create_pull(base="main", head="topic", title="T", body="B")
    pull.create_issue_comment("Nice")
    merged = pull.merge()
    made.replace_topics(["go"])
    team = organization.get_team_by_slug("payments")
    team.add_to_repos(made)
    made.get_branch("main").edit_protection(strict=True, contexts=["ci"], enforce_admins=False)
    made.create_variable("COLOUR", "red")
    made.create_secret("TOKEN", "unknown to all")
    made.create_hook("web", {"url": "http://127.0.0.1:9/x", "content_type": "json"}, ["push"])

    assert merged.merged
    assert made.get_contents("docs/a.md").decoded_content == b"Hi"
    assert [one.name for one in made.get_branches()] == ["main", "topic"]
    assert [one.slug for one in made.get_teams()] == ["payments"]
    assert [one.login for one in team.get_members()] == ["ana", "ben"]
    assert made.get_git_tree("main", recursive=True).tree
    assert made.get_branch("main").get_protection().required_status_checks.contexts == ["ci"]
    assert made.get_variable("COLOUR").value == "red"
    assert made.compare("topic", "main").ahead_by == 1
    made.update()
    assert made.update() is False
    assert wrong(hub.server.exchanges) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"request_body": b'{"private": true}'}, "'name' is a required property"),
        ({"request_body": b'{"name": 1}'}, "is not of type 'string'"),
        ({"response_body": b"{}"}, "is a required property"),
        ({"status": 200}, "status is not one of"),
        ({"path": "/orgs/acme/nothing"}, "no such route"),
        ({"query": "colour=red"}, "parameter colour is not described"),
    ],
)
def test_what_differs_is_found(official: Description, hub: Hub, changes: dict[str, Any], fault: str) -> None:
    """Else the others would be green whatever happens."""
    hub.done("POST", "/orgs/acme/repos", {"name": "new"}, 201)
    one = hub.server.exchanges[-1]
    values = {name: getattr(one, name) for name in Exchange.__dataclass_fields__}

    assert official.faults(one) == []
    assert fault in official.faults(Exchange(**{**values, **changes}))[0]


def test_every_exception_says_why() -> None:
    assert all(len(reason) > 20 for reason in (*ALLOWED.values(), *ALLOWED_REQUESTS.values()))
