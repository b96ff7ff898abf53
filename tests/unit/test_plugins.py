"""Extension points: strangers and built-ins through one door, and every clash told with both culprits."""

from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from types import SimpleNamespace
from typing import Any

import pytest

from bot.bootstrap import load_plugins
from bot.slack.conversation import Conversation, with_plugged
from core import plugins as room
from core.errors import SettingsError
from core.plugins import HOOKS, Contribution, Plugin, assemble, installed
from core.settings import PluginSettings, Settings

Thing = SimpleNamespace


def plugin(name: str, origin: str = "acme-plugin", **hooks: Callable[[], Any]) -> Plugin:
    return Plugin(name, origin, SimpleNamespace(**hooks))


def facts(*names: str) -> Callable[[], list[SimpleNamespace]]:
    return lambda: [Thing(name=name) for name in names]


def refusal(*plugins: Plugin) -> str:
    with pytest.raises(SettingsError) as caught:
        assemble(plugins)
    return str(caught.value)


@pytest.fixture
def announce(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes it look as if distributions announced plugins: name to ``module:object``."""

    def announce_some(**values: str) -> None:
        points = EntryPoints(
            EntryPoint(name, value, room.ENTRY_POINT_GROUP) for name, value in values.items()
        )
        monkeypatch.setattr(room, "entry_points", lambda group: points.select(group=group))

    return announce_some


def test_what_plugins_bring_is_found_by_its_hook_in_the_order_of_the_plugins() -> None:
    one = plugin("one", callboard_facts=facts("a"), callboard_actions=facts("x"))
    two = plugin("two", callboard_facts=facts("b"))

    found = assemble([one, two])

    assert [thing.name for thing in found.of("callboard_facts")] == ["a", "b"]
    assert [(item.hook, item.name, item.plugin) for item in found.listing()] == [
        ("callboard_actions", "x", "one"),
        ("callboard_facts", "a", "one"),
        ("callboard_facts", "b", "two"),
    ]


def test_one_name_under_two_hooks_is_no_clash() -> None:
    found = assemble([plugin("one", callboard_facts=facts("a"), callboard_actions=facts("a"))])

    assert len(found.listing()) == 2


def test_two_plugins_of_one_name_are_refused_with_where_both_came_from() -> None:
    told = refusal(plugin("cost", "acme-cost"), plugin("cost", "globex-cost"))

    assert told.startswith("two plugins are named cost: from acme-cost and from globex-cost")


def test_two_contributions_of_one_name_are_refused_with_both_plugins() -> None:
    told = refusal(plugin("one", callboard_facts=facts("cost")), plugin("two", callboard_facts=facts("cost")))

    assert told.startswith("callboard_facts: cost is claimed by the plugins one and two; rename one")


def test_a_plugin_that_claims_a_name_twice_is_refused() -> None:
    assert "cost is claimed twice by the plugin one" in refusal(
        plugin("one", callboard_facts=facts("cost", "cost"))
    )


def test_a_misspelt_hook_is_refused_with_the_plugin_and_the_hook_that_was_meant() -> None:
    told = refusal(plugin("one", callboard_fact=facts("a")))

    assert told == (
        "plugin one (from acme-plugin) has a hook callboard_fact, which nobody calls; did you mean callboard_facts?"
    )


def test_a_hook_that_resembles_none_is_refused_with_the_hooks_there_are() -> None:
    told = refusal(plugin("one", callboard_zebra=facts("a")))

    assert f"the hooks are {', '.join(HOOKS)}" in told


@pytest.mark.parametrize(
    "hook", [lambda: 1 / 0, lambda: [object()], lambda: None, lambda wanted: [], 3], ids=lambda hook: "hook"
)
def test_a_hook_that_fails_is_refused_with_the_plugin(hook: Any) -> None:
    assert "plugin one (from acme-plugin): its hook callboard_facts failed: " in refusal(
        plugin("one", callboard_facts=hook)
    )


def test_a_disabled_plugin_is_not_asked() -> None:
    found = assemble(
        [plugin("broken", callboard_fact=facts("a")), plugin("one", callboard_facts=facts("b"))], ["broken"]
    )

    assert [item.name for item in found.plugins] == ["one"]


def test_asking_for_a_hook_that_does_not_exist_is_a_bug_of_ours() -> None:
    with pytest.raises(KeyError):
        assemble([]).of("callboard_fact")


def test_announced_plugins_are_loaded_in_the_order_of_their_names(announce: Callable[..., None]) -> None:
    announce(zoo="scorecards.facts", ant="scaffolds.actions")

    found = installed()

    assert [item.name for item in found] == ["ant", "zoo"]
    assert found[1].hooks.__name__ == "scorecards.facts"  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", ["no_such_module_at_all", "scorecards.facts:nothing_here"])
def test_a_plugin_that_cannot_be_imported_stops_the_start_with_its_name(
    announce: Callable[..., None], value: str
) -> None:
    announce(broken=value)

    with pytest.raises(
        SettingsError, match=r"plugin broken \(from .*\) cannot be loaded: .*plugins\.disabled"
    ):
        installed()


def test_a_plugin_that_cannot_be_imported_can_be_switched_off(announce: Callable[..., None]) -> None:
    announce(broken="no_such_module_at_all")

    assert installed(["broken"]) == ()


def test_a_stranger_comes_through_the_same_door_as_what_ships(announce: Callable[..., None]) -> None:
    announce(facts="scorecards.facts")

    with pytest.raises(SettingsError, match="two plugins are named facts: from callboard and from"):
        load_plugins(Settings())


def test_what_ships_can_be_switched_off_as_a_strangers_plugin(announce: Callable[..., None]) -> None:
    announce()

    found = load_plugins(Settings(plugins=PluginSettings(disabled=("actions",))))

    assert {item.plugin for item in found.listing()} == {"facts"}
    assert isinstance(found.listing()[0], Contribution)


def conversation(name: str, *also: str) -> Conversation:
    return Conversation(name, "", "says hello", lambda _request: None, also=also)


def test_a_conversation_of_a_plugin_joins_those_that_ship() -> None:
    joined = with_plugged([conversation("who", "owns")], [conversation("hello")])

    assert [item.name for item in joined] == ["who", "hello"]


@pytest.mark.parametrize("word", ["who", "owns"])
def test_a_conversation_that_claims_a_word_of_ours_is_refused(word: str) -> None:
    with pytest.raises(SettingsError, match=f"{word} is claimed by a plugin and by Callboard"):
        with_plugged([conversation("who", "owns")], [conversation(word)])
