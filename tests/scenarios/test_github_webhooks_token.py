"""Webhooks without an App: the organisation's own hook, which sends forms, and a token."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.webhook_world import ORG, Stage
from tests.scenarios.world import component


@pytest.fixture
def stage(tmp_path: Path, clean_environment: None) -> Iterator[Stage]:
    found = Stage(tmp_path, as_app=False)
    yield found
    found.world.stop()


def test_a_hook_of_the_organisation_is_looked_after_with_a_token_alone(stage: Stage) -> None:
    stage.hooks.app_hook.is_active = False
    config = {"url": stage.url, "content_type": "form", "secret": stage.world.github.webhook_secret}
    stage.does("POST", f"{ORG}/hooks", {"name": "web", "config": config, "events": ["*"]})
    stage.writes("fraud-rules", {"catalog-info.yaml": component("fraud-rules", "checkout")})
    stage.settles()
    assert stage.owner_of("fraud-rules") == ["group:default/checkout"]

    stage.hooks.drop(1)
    stage.writes("fraud-rules", {"catalog-info.yaml": component("fraud-rules", "commerce")})
    stage.settles()
    assert stage.misses()["asked"] == 1
    stage.settles()

    assert stage.owner_of("fraud-rules") == ["group:default/commerce"]
