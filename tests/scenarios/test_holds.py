"""A sync that would remove too much: administrators are asked, and nobody else decides."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.people import SeenMessage
from bot.slack.blocks import Message
from catalog_sync.entity.model import RepositoryName
from tests.scenarios.world import THEATRE, World, shows

_NUMBERS = itertools.count(1)
LOST = ("seat-map-web", "seat-map-api", "old-box-office", "lobby-sign", "programme")
_ASKED = "A sync would remove a lot"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    """A theatre of its own for each test, because each loses half of it."""
    theatre = World(tmp_path_factory.mktemp("theatre"))
    for name in LOST:
        host = theatre.callboard.catalog.github.host
        theatre.callboard.catalog.github.delete_repository(RepositoryName(host, THEATRE.name, name))
    sync(theatre)
    yield theatre
    theatre.stop()


def sync(world: World) -> None:
    source = world.callboard.catalog.source_names[0]
    assert world.runs("catalog.sync", f"sync:test:{next(_NUMBERS)}", source=source).error == ""
    world.settled()


def question(world: World) -> SeenMessage:
    return world.person("mira").waits_for(shows(_ASKED), "app")


def refs(world: World) -> set[str]:
    return {str(entity.ref) for entity in world.callboard.catalog.store.entities()}


def test_administrators_are_asked_once_with_what_would_go_and_can_let_it_go(world: World) -> None:
    asked = question(world)
    sync(world)

    assert "5 entries" in asked.text
    assert "5 repositories" in asked.text
    assert "playhouse/programme" in asked.text
    assert len([item for item in world.person("mira").sees("app") if _ASKED in item.text]) == 1
    assert "component:default/programme" in refs(world)

    world.person("mira").clicks("Remove them", asked)

    world.person("mira").waits_for(shows("removed 5 entries"), "app")
    assert "component:default/programme" not in refs(world)
    assert "component:default/payments-api" in refs(world)
    assert world.person("mira").sees("app")[-1].buttons == ()


def test_an_administrator_can_keep_it_and_is_not_asked_the_same_again(world: World) -> None:
    world.person("mira").clicks("Keep them", question(world))

    world.person("mira").waits_for(shows("kept 5 entries"), "app")
    sync(world)
    assert not [item for item in world.person("mira").sees("app") if _ASKED in item.text]
    assert "component:default/programme" in refs(world)


def test_who_is_no_administrator_decides_nothing(world: World) -> None:
    """The button of a message that somebody forwarded, or of one who was an administrator once."""
    asked = question(world)
    forwarded = world.callboard.gateway.deliver_directly(
        world.slack.workspace.user_by_name("kofi").id, _copy(world, asked), "test:forwarded"
    )
    copy = next(item for item in world.person("kofi").sees("app") if item.ts == forwarded.ts)

    world.person("kofi").clicks("Keep them", copy)

    world.person("kofi").waits_for(shows("Only administrators of Callboard decide this."), "app")
    assert _ASKED in question(world).text


def test_a_button_of_what_was_settled_meanwhile_says_so(world: World) -> None:
    asked = question(world)
    value = _value(world, asked)
    source, digest = value.partition(" ")[2], value.partition(" ")[0]
    report = world.callboard.catalog.sync.approve_hold(
        world.callboard.catalog.providers[source], digest, "the command line"
    )
    assert report is not None

    world.person("mira").clicks("Remove them", asked)

    world.person("mira").waits_for(shows("This was settled meanwhile"), "app")
    sync(world)
    world.person("mira").waits_for(shows("nothing is left to decide"), "app")


def _copy(world: World, message: SeenMessage) -> Message:
    shown = _stored(world, message)
    return Message(shown.text, tuple(shown.blocks))


def _stored(world: World, message: SeenMessage) -> Any:
    found = (item.at(message.ts) for item in world.slack.workspace.messages.values())
    return next(item for item in found if item is not None)


def _value(world: World, message: SeenMessage) -> str:
    buttons = (item for block in _stored(world, message).blocks for item in block.get("elements", ()))
    return next(str(item["value"]) for item in buttons if item.get("action_id") == "catalog:apply")
