"""``callboard people``: who in Slack is whom, and an administrator's word on it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.cli.app import run
from tests.scenarios.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    """The theatre, and somebody in Slack whom the catalog does not know."""
    theatre = World(tmp_path_factory.mktemp("theatre"))
    theatre.sandbox.welcomes("nadia", "Nadia Petrov", "nadia@playhouse.example")
    yield theatre
    theatre.stop()


class Commands:
    """Runs ``callboard people ...`` on the theatre's settings."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self._config, self._capsys = str(world.folder / "callboard.yaml"), capsys

    def __call__(self, *words: str) -> tuple[int, str]:
        self._capsys.readouterr()
        code = run(["--config", self._config, "people", *words])
        captured = self._capsys.readouterr()
        return code, captured.out if code == 0 else captured.err + captured.out

    def rows(self, *words: str) -> dict[str, Any]:
        code, out = self(*words, "--json")
        assert code == 0
        return {row["name"]: row for row in json.loads(out)["slack"]}


@pytest.fixture
def people(world: World, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(world, capsys)


def test_everybody_is_listed_with_their_match_and_its_reason(people: Commands) -> None:
    rows = people.rows("list")

    assert rows["Ana Duarte"]["user"] == "user:default/ana"
    assert rows["Ana Duarte"]["why"] == "e-mail"
    assert rows["Gil (agency)"]["standing"] == "guest"
    assert rows["Nadia Petrov"]["user"] is None
    assert rows["Nadia Petrov"]["why"] == "nobody in the catalog has nadia@playhouse.example"


def test_only_those_who_could_not_be_matched_are_asked_for(people: Commands) -> None:
    assert list(people.rows("--unmatched")) == ["Nadia Petrov"]

    _code, text = people("list", "--unmatched")
    assert "1 of 5 members are no user of the catalog." in text
    assert "callboard people link SLACK_USER LOGIN" in text


def test_a_link_is_in_force_at_once_in_slack_too_and_can_be_taken_back(
    world: World, people: Commands
) -> None:
    workspace = world.callboard.gateway.workspace
    nadia = world.slack.workspace.user_by_name("nadia").id

    assert people("link", "nadia@playhouse.example", "kofi") == (
        0,
        "nadia@playhouse.example is user:default/kofi from now on.\n",
    )
    assert people.rows("list")["Nadia Petrov"]["why"] == "an administrator"
    assert world.callboard.conversations
    asker = _people(world).asker(workspace, nadia)
    assert asker.user == "user:default/kofi"

    assert people("unlink", "nadia@playhouse.example")[0] == 0
    assert people.rows("list")["Nadia Petrov"]["user"] is None
    assert people("unlink", "nadia@playhouse.example")[0] == 1


def test_somebody_is_linked_to_nobody(world: World, people: Commands) -> None:
    ana = world.slack.workspace.user_by_name("ana").id

    assert people("link", ana, "--nobody")[0] == 0
    assert people.rows("list")["Ana Duarte"]["why"] == "nobody, says an administrator"
    people("unlink", ana)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("link", "nadia@playhouse.example", "zoe"), "The catalog knows no user called zoe."),
        (("link", "nadia", "kofi"), "nadia is no Slack id and no e-mail."),
        (("link", "nadia@playhouse.example"), "Name a user of the catalog, or say --nobody."),
        (
            ("link", "nadia@playhouse.example", "kofi", "--nobody"),
            "Name a user of the catalog, or say --nobody.",
        ),
    ],
)
def test_what_cannot_be_linked_says_why(people: Commands, words: tuple[str, ...], said: str) -> None:
    code, text = people(*words)

    assert code == 1
    assert said in text


def _people(world: World) -> Any:
    from bot.bootstrap import people_of

    return people_of(world.callboard.catalog, world.callboard.gateway)
