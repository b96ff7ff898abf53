"""Teams of the local GitHub through their lives: renamed, nested, secret, and asked about in the older ways."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from github import Auth, Github

from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, Hub, Json, serving

TEAMS = "/orgs/acme/teams"


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


def made(hub: Hub, name: str, **more: Json) -> Json:
    return hub.done("POST", TEAMS, {"name": name, **more}, 201)


def in_graphql(hub: Hub, slug: str) -> Json:
    query = f'{{ organization(login: "acme") {{ team(slug: "{slug}") {{ id databaseId privacy name }} }} }}'
    return hub.done("POST", "/graphql", {"query": query})["data"]["organization"]["team"]


def test_a_renamed_team_has_another_slug_and_the_same_number(hub: Hub) -> None:
    old = made(hub, "Old")
    assert hub.ask("PUT", f"{TEAMS}/old/repos/acme/hello", {"permission": "push"}).status_code == 204

    new = hub.done("PATCH", f"{TEAMS}/old", {"name": "New Name"})

    assert (new["slug"], new["id"], new["node_id"]) == ("new-name", old["id"], old["node_id"])
    assert hub.ask("GET", f"{TEAMS}/old").status_code == 404
    assert hub.got(f"/organizations/1/team/{old['id']}")["name"] == "New Name"
    assert [one["name"] for one in hub.got(f"{TEAMS}/new-name/repos")] == ["hello"]
    assert (in_graphql(hub, "new-name")["databaseId"], in_graphql(hub, "new-name")["id"]) == (
        old["id"],
        old["node_id"],
    )


def test_a_new_team_with_a_former_slug_is_another_team(hub: Hub) -> None:
    old = made(hub, "Old")
    hub.done("PATCH", f"{TEAMS}/old", {"name": "New"})

    again = made(hub, "Old")

    assert again["id"] != old["id"]
    assert hub.got(f"/organizations/1/team/{old['id']}")["slug"] == "new"
    assert hub.got(f"/organizations/1/team/{again['id']}")["slug"] == "old"


def test_a_team_cannot_take_the_name_of_another(hub: Hub) -> None:
    made(hub, "Old")

    assert hub.ask("PATCH", f"{TEAMS}/old", {"name": "Payments"}).status_code == 422


def test_teams_below_follow_a_rename_and_outlive_a_deletion(hub: Hub) -> None:
    top = made(hub, "Top")
    made(hub, "Below", parent_team_id=top["id"])

    hub.done("PATCH", f"{TEAMS}/top", {"name": "Head"})
    assert hub.got(f"{TEAMS}/below")["parent"]["slug"] == "head"

    assert hub.ask("DELETE", f"{TEAMS}/head").status_code == 204
    assert hub.got(f"{TEAMS}/below")["parent"] is None


def test_no_team_stands_below_itself(hub: Hub) -> None:
    top = made(hub, "Top")
    below = made(hub, "Below", parent_team_id=top["id"])

    for number in (top["id"], below["id"]):
        assert hub.ask("PATCH", f"{TEAMS}/top", {"parent_team_id": number}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "privacy", "in_graph"),
    [({}, "secret", "SECRET"), ({"privacy": "closed"}, "closed", "VISIBLE")],
)
def test_a_team_is_as_private_as_was_asked(hub: Hub, asked: Json, privacy: str, in_graph: str) -> None:
    assert made(hub, "New", **asked)["privacy"] == privacy
    assert in_graphql(hub, "new")["privacy"] == in_graph


def test_a_team_below_another_is_never_secret(hub: Hub) -> None:
    top = made(hub, "Top", privacy="closed")
    body = {"name": "Below", "parent_team_id": top["id"]}

    assert hub.ask("POST", TEAMS, {**body, "privacy": "secret"}).status_code == 422
    assert hub.done("POST", TEAMS, body, 201)["privacy"] == "closed"


def test_pygithub_asks_whether_somebody_is_in_a_team(hub: Hub) -> None:
    github = Github(auth=Auth.Token(hub.server.publish_token), base_url=hub.server.api_url)
    organization = github.get_organization("acme")
    team = organization.get_team_by_slug("payments")

    assert team.has_in_members(github.get_user("ana")) is True  # type: ignore[arg-type]
    assert organization.create_team("Empty").has_in_members(github.get_user("ana")) is False  # type: ignore[arg-type]


def test_a_team_keeps_what_it_may_do_after_a_rename(hub: Hub) -> None:
    hub.done("PATCH", f"{TEAMS}/payments", {"name": "Money"})

    assert [one["slug"] for one in hub.got(f"{HELLO}/teams")] == ["money"]
