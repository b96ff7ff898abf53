"""Who committed lately, over GitHub's own protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.sandbox.github import LocalGitHub
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.client import connect_github
from catalog_sync.github.committers import recent_committers
from core.clock import FixedClock
from core.errors import NotFound
from core.settings import GitHubSettings
from tests.scenarios.graphql_world import served


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    yield from served(tmp_path, clock)


def test_whoever_committed_is_named_with_one_request(github: LocalGitHub, clock: FixedClock) -> None:
    settings = GitHubSettings(api_url=github.api_url, host="github.local", token=SecretStr(github.token))
    client = connect_github(settings, clock)
    name, before = RepositoryName("github.local", "acme", "e-new"), client.transport.requests

    found = recent_committers(client.transport, name)
    of_path = recent_committers(client.transport, name, "src/nothing-here.py")

    assert found
    assert of_path == ()
    assert client.transport.requests - before == 2


def test_a_repository_that_nobody_sees_has_no_committers(github: LocalGitHub, clock: FixedClock) -> None:
    settings = GitHubSettings(api_url=github.api_url, host="github.local", token=SecretStr(github.token))

    with pytest.raises(NotFound):
        recent_committers(connect_github(settings, clock).transport, RepositoryName("github.local", "x", "y"))
