"""Slash commands of their own for single conversations: what people type, and what is refused before the start."""

from collections.abc import Iterator

import pytest

from bot.reference import conversations
from bot.slack.aliases import check_aliases
from bot.slack.manifest import SHORTCUTS, manifest
from core.errors import SettingsError
from core.settings import load
from tests.scenarios.world import World

ALIASES = {"/who": "who", "/find": "find"}


@pytest.fixture(scope="module", params=["socket", "http"])
def theatre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("aliases"), mode=request.param, aliases=ALIASES)
    yield world
    world.stop()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("/who payments-api", "Owned by *Payments*"),
        ("/who owns payments-api?", "Owned by *Payments*"),
        ("/find programme", "*1 thing* for “programme”"),
        ("/find", "Find what? For example"),
        ("/callboard who payments-api", "Owned by *Payments*"),
        ("/callboard help", "(also `/who`)"),
    ],
)
def test_an_alias_leads_to_its_conversation_and_the_command_to_all(
    theatre: World, line: str, wanted: str
) -> None:
    assert wanted in theatre.person("kofi").asks(line, "random").text


def test_the_manifest_has_every_alias_with_the_address_where_one_is_needed() -> None:
    shown = manifest("/callboard", ["who"], socket_mode=False, url="https://bot.example", aliases=ALIASES)

    rows = {row["command"]: row for row in shown["features"]["slash_commands"]}
    assert list(rows) == ["/callboard", "/who", "/find"]
    assert rows["/who"]["url"] == "https://bot.example/slack/events"
    assert all(row["should_escape"] for row in rows.values())


@pytest.mark.parametrize(
    ("aliases", "says"),
    [
        ({"/who": "whoo"}, "slack.aliases: /who leads to 'whoo', which is no conversation; expected one of who, docs; did you mean who?"),
        ({"/callboard": "who"}, "slack.aliases: /callboard is the setting slack.command already; name another one"),
    ],
)  # fmt: skip
def test_an_alias_that_leads_nowhere_is_refused_by_its_name(aliases: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_aliases(aliases, "/callboard", ["who", "docs"])

    assert str(caught.value) == says


@pytest.mark.parametrize(
    "aliases", [{"who": "who"}, {"/Who": "who"}, {"/": "who"}, {"/a b": "who"}, {"/who": "who is"}]
)
def test_what_is_no_slash_command_is_refused_when_the_settings_are_read(
    aliases: dict[str, str], clean_environment: None
) -> None:
    with pytest.raises(SettingsError, match=r"slack\.aliases"):
        load(None, {"slack.aliases": aliases})


def test_every_shortcut_that_a_conversation_has_is_in_the_manifest_under_its_title() -> None:
    rows = {row["callback_id"]: row["name"] for row in SHORTCUTS}

    assert rows == {name: item.title for talk in conversations() for name, item in talk.shortcuts.items()}
