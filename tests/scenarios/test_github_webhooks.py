"""GitHub tells the running bot what changed, over signed HTTP: the next answer is the new one, and none is lost."""

import json
from collections.abc import Iterator

import pytest
import requests

from bot.sandbox.github.faults import FaultKind
from core.access import OPERATOR
from tests.scenarios.webhook_world import NOWHERE, ORG, Stage, content
from tests.scenarios.world import OTHER_WEBHOOK_SECRET, THEATRE, component


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Stage]:
    found = Stage(tmp_path_factory.mktemp("stage"), as_app=True)
    yield found
    found.world.stop()


def test_a_changed_owner_is_answered_after_the_webhook(stage: Stage) -> None:
    stage.writes("fraud-rules", {"catalog-info.yaml": component("fraud-rules", "checkout")})
    stage.settles()

    answer = stage.world.person("ana").types("/callboard who fraud-rules")

    assert answer
    assert "Checkout" in answer.text


def test_a_push_is_one_request_for_its_repository_alone(stage: Stage) -> None:
    stage.settles()
    before = len(stage.world.github.requests)

    stage.writes("lobby-sign", {"catalog-info.yaml": component("lobby-sign", "checkout")})
    stage.settles()

    assert stage.asked(before) == ["/graphql"]
    assert stage.owner_of("lobby-sign") == ["group:default/checkout"]


def test_docs_are_read_of_the_repository_alone_that_was_pushed_to(stage: Stage) -> None:
    stage.settles()
    before = len(stage.world.github.requests)

    stage.writes("seat-map-api", {"docs/rows.md": "# Rows\n\nThe rows are numbered from the stage.\n"})
    stage.settles()

    git = {path.split("/")[2] for path in stage.asked(before) if path != "/graphql"}
    assert git == {"seat-map-api.git"}
    found = stage.world.callboard.catalog.ask.docs("rows numbered from the stage", OPERATOR)
    assert "seat-map-api" in found.passages[0].url


def test_a_push_that_touches_nothing_that_is_read_costs_no_request(stage: Stage) -> None:
    stage.creates("quiet", {"catalog-info.yaml": component("quiet")})
    stage.writes("quiet", {"src/a.py": "a = 1"})
    stage.settles()
    before = len(stage.world.github.requests)

    stage.writes("quiet", {"src/a.py": "a = 2", "src/b.py": "b = 1"})
    stage.settles()

    assert stage.asked(before) == []
    # Its head is not ours until the next regular look; other tests compare every column.
    stage.does("DELETE", f"/repos/{THEATRE.name}/quiet")
    stage.settles()


def test_a_repository_is_followed_from_its_birth_to_its_end(stage: Stage) -> None:
    repository = f"/repos/{THEATRE.name}/trapdoor"
    stage.creates("trapdoor", {"catalog-info.yaml": component("trapdoor")})
    stage.settles()
    assert stage.owner_of("trapdoor") == ["group:default/payments"]

    stage.does("PATCH", repository, {"private": True, "description": "It opens."})
    stage.settles()
    assert stage.row("trapdoor")["visibility"] == "private"
    assert stage.row("trapdoor")["description"] == "It opens."

    stage.does("PATCH", repository, {"name": "hatch"})
    stage.settles()
    assert stage.row("trapdoor") == {}
    assert stage.row("hatch")["visibility"] == "private"

    stage.does("PATCH", f"/repos/{THEATRE.name}/hatch", {"archived": True})
    stage.settles()
    assert stage.row("hatch")["is_archived"]

    stage.does("DELETE", f"/repos/{THEATRE.name}/hatch")
    stage.settles()
    assert stage.row("hatch") == {}
    assert "component:default/trapdoor" not in stage.refs()


def test_teams_are_followed_from_their_birth_to_their_end(stage: Stage) -> None:
    stage.does("POST", f"{ORG}/teams", {"name": "Riggers", "privacy": "closed"})
    stage.does("PUT", f"{ORG}/teams/riggers/memberships/kofi", {"role": "member"})
    stage.does("PUT", f"{ORG}/teams/riggers/repos/{THEATRE.name}/programme", {"permission": "push"})
    stage.settles()
    team = stage.team("riggers")
    assert [member["login"] for member in team["members"]] == ["kofi"]
    assert team["repositories"] == {f"{THEATRE.name}/programme": "WRITE"}

    stage.does("DELETE", f"{ORG}/teams/riggers/memberships/kofi")
    stage.settles()
    assert stage.team("riggers")["members"] == []

    stage.does("DELETE", f"{ORG}/teams/riggers")
    stage.settles()
    assert stage.team("riggers") == {}


def busy_day(stage: Stage, name: str) -> None:
    """Pushes, edits, a rename, a deletion and a new team; ``name`` keeps one day's names apart from another's."""
    for part in ("one", "two", "three"):
        stage.creates(f"{name}-{part}", {"catalog-info.yaml": component(f"{name}-{part}")})
    for owner in ("checkout", "commerce", "ushers"):
        stage.writes(f"{name}-one", {"catalog-info.yaml": component(f"{name}-one", owner)})
    stage.writes(
        f"{name}-one", {".github/CODEOWNERS": "* @playhouse/checkout\n", "docs/a.md": "# A\n\nText.\n"}
    )
    stage.writes(f"{name}-one", {"catalog-info.yaml": "kind: Component\nmetadata: {name: '-'}\n"})
    stage.writes(f"{name}-one", {"catalog-info.yaml": component(f"{name}-one", "commerce", "Mended")})
    stage.does("PATCH", f"/repos/{THEATRE.name}/{name}-two", {"name": f"{name}-deux"})
    stage.writes(f"{name}-deux", {"catalog-info.yaml": component(f"{name}-two", "checkout")})
    stage.does("DELETE", f"/repos/{THEATRE.name}/{name}-three")
    stage.does("POST", f"{ORG}/teams", {"name": f"{name} crew", "privacy": "closed"})
    stage.does("PUT", f"{ORG}/teams/{name}-crew/memberships/ana", {"role": "maintainer"})


@pytest.mark.parametrize("order", ["sent", "reversed"])
def test_late_and_out_of_order_they_end_with_the_truth(stage: Stage, order: str) -> None:
    stage.hooks.hold()
    busy_day(stage, f"late-{order}")
    stage.hooks.release(order)

    stage.is_the_truth()


def test_doubled_they_end_with_the_truth(stage: Stage) -> None:
    stage.hooks.duplicate(12)
    busy_day(stage, "doubled")

    stage.is_the_truth()


def test_after_a_sync_that_overtook_them_they_change_nothing(stage: Stage) -> None:
    stage.settles()
    stage.hooks.hold()
    busy_day(stage, "overtaken")
    stage.world.callboard.catalog.sync_all()
    before = content(stage.store)
    stage.hooks.release()
    stage.settles()

    assert content(stage.store) == before
    stage.is_the_truth()


def test_lost_they_are_made_up_for_by_the_next_sync(stage: Stage) -> None:
    stage.settles()
    stage.hooks.deliver_to(NOWHERE)
    busy_day(stage, "lost")
    stage.settles()
    stage.hooks.deliver_to(stage.url)
    assert "component:default/lost-one" not in stage.refs()

    stage.world.callboard.catalog.sync_all()

    stage.is_the_truth()


def test_lost_they_are_asked_for_again(stage: Stage) -> None:
    stage.settles()
    stage.misses()
    stage.settles()
    stage.hooks.drop(2)
    stage.creates("missed", {"catalog-info.yaml": component("missed")})
    stage.settles()
    assert stage.row("missed") == {}

    found = stage.misses()
    stage.settles()

    assert (found["missed"], found["asked"]) == (2, 2)
    assert stage.owner_of("missed") == ["group:default/payments"]
    assert stage.misses() == {"missed": 0, "asked": 0, "resumed": 0}


def test_an_answer_to_github_waits_for_no_work(stage: Stage) -> None:
    """GitHub gives up after ten seconds, so it hears that a delivery is kept, while GitHub itself is away."""
    stage.settles()
    stage.world.github.fail_next("POST /graphql", FaultKind.BAD_GATEWAY, times=3)
    stage.writes("programme", {"catalog-info.yaml": component("programme", "commerce")})
    assert stage.hooks.settled()
    told = stage.last()
    stage.settles()

    assert (told.status_code, json.loads(told.answer)["state"]) == (202, "waiting")
    assert stage.owner_of("programme") == ["group:default/commerce"]


def test_both_secrets_are_taken_and_no_other(stage: Stage) -> None:
    body = b'{"ref": "refs/tags/v1", "repository": {"full_name": "playhouse/catalog"}}'

    assert stage.deliver(body, OTHER_WEBHOOK_SECRET, X_GitHub_Delivery="a-1").status_code == 200
    assert stage.deliver(body, stage.world.github.webhook_secret, X_GitHub_Delivery="a-2").status_code == 200
    assert stage.deliver(body, "somebody else's", X_GitHub_Delivery="a-3").status_code == 403
    unsigned = requests.post(stage.url, data=body, headers={"X-GitHub-Event": "push"}, timeout=30)
    assert unsigned.status_code == 403
