"""The theatre of the scenarios, one for each file: what people do goes through the real app object."""

import os
from collections.abc import Iterator

import pytest

from tests.scenarios.world import World


@pytest.fixture(scope="module")
def clean_environment() -> Iterator[None]:
    """Nobody's own settings reach a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CALLBOARD_")]:
            if name != "CALLBOARD_REQUIRE_ALL":
                patch.delenv(name)
        yield


@pytest.fixture(scope="module", params=["socket", "http"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[World]:
    """The theatre with the bot, once over Socket Mode and once over signed HTTP."""
    theatre = World(tmp_path_factory.mktemp("theatre"), mode=request.param)
    yield theatre
    theatre.stop()


@pytest.fixture(autouse=True)
def _nothing_is_left_under_way() -> None:
    """What an earlier test has set off in a world that it shares with this one is over before this one begins."""
    for theatre in World.running:
        theatre.calm()
