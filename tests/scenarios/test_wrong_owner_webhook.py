"""The pull request of a wrong owner is merged, and GitHub says so: the message and the answer follow at once."""

from collections.abc import Iterator

import pytest

from catalog_sync.github.hooks import WEBHOOK_PATH
from tests.scenarios.correction_world import Theatre, read, reads, theatre, told, wishes


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Theatre]:
    for found in theatre(tmp_path_factory.mktemp("theatre"), "http"):
        found.world.github.webhooks.deliver_to(f"{found.world.callboard.web.url}{WEBHOOK_PATH}")
        yield found


def test_a_merge_is_followed_without_waiting_for_the_regular_look(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    wishes(kofi, part, "Payments")
    message = told(kofi, f"I opened playhouse/{part}#1")

    stage.merges(part)

    assert told(kofi, f"{part}#1 is merged. {part} belongs to Payments now.").ts == message.ts
    assert stage.owner(part).startswith("Owned by Payments")


def test_what_was_closed_and_opened_again_is_followed_too(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    wishes(kofi, part, "Payments")
    told(kofi, f"I opened playhouse/{part}#1")

    stage.closes(part)
    told(kofi, f"playhouse/{part}#1 was closed without being merged")
    stage.on_github("PATCH", f"{part}/pulls/1", {"state": "open"})

    kofi.waits_for(reads(f"{part} →", f"I opened playhouse/{part}#1"), "app")


def test_a_pull_request_that_is_not_ours_changes_nothing(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    wishes(kofi, part, "Payments")
    told(kofi, f"I opened playhouse/{part}#1")
    before = len(kofi.sees("app"))
    content = {"message": "Go on", "content": "aGk=", "branch": "main"}
    stage.on_github("PUT", f"{part}/contents/new.txt", content)
    stage.on_github("POST", f"{part}/git/refs", _branch(stage, part))
    stage.on_github("PUT", f"{part}/contents/other.txt", {**content, "branch": "somebodys"})
    stage.on_github("POST", f"{part}/pulls", {"title": "Mine", "head": "somebodys", "base": "main"})

    stage.on_github("PATCH", f"{part}/pulls/2", {"state": "closed"})
    assert stage.world.github.webhooks.settled()
    stage.world.settled()

    assert len(kofi.sees("app")) == before
    last = stage.world.github.webhooks.deliveries[-1]
    assert (last.event, last.status_code) == ("pull_request", 200)
    assert "Callboard did not propose it" in last.answer
    assert f"I opened playhouse/{part}#1" in read(told(kofi, f"{part} →").text)


def _branch(stage: Theatre, name: str) -> dict[str, str]:
    found = stage.world.repository(name)
    assert found
    return {"ref": "refs/heads/somebodys", "sha": str(found.git.ref("refs/heads/main"))}
