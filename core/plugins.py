"""Extension points: what can be plugged in, who plugged it in, and clashes found before the start.

A plugin is an object (usually a module) with some of the hooks below. Built-ins are found by the
same function as strangers': they are named by ``bootstrap``, strangers' come from the entry point
group ``callboard``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any

from core.errors import SettingsError

ENTRY_POINT_GROUP = "callboard"
HOOK_PREFIX = "callboard_"

HOOKS: Mapping[str, str] = {
    "callboard_facts": "Fact sources for scorecards; each has a unique `name`.",
    "callboard_actions": "Scaffold actions; each has a unique `id`, given as `name`.",
    "callboard_kinds": "Kinds of entities beside Backstage's; each has a unique `name`, which files write as `kind`.",
    "callboard_commands": "Conversations, which are sub-commands of the slash command; each has a unique `name`.",
}
"""Every hook: a function without arguments that returns things with a unique ``name``."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin: its name, where it came from, and the object that carries the hooks."""

    name: str
    origin: str
    hooks: object


@dataclass(frozen=True, slots=True)
class Contribution:
    """One thing that a plugin adds through a hook."""

    hook: str
    name: str
    plugin: str
    thing: Any


class Plugins:
    """Everything that is plugged in, checked for clashes."""

    def __init__(self, contributions: Sequence[Contribution], plugins: Sequence[Plugin]) -> None:
        self._contributions = tuple(contributions)
        self.plugins = tuple(plugins)

    def of(self, hook: str) -> tuple[Any, ...]:
        """The things added through a hook, in the order of their plugins."""
        if hook not in HOOKS:
            raise KeyError(hook)
        return tuple(item.thing for item in self._contributions if item.hook == hook)

    def listing(self) -> tuple[Contribution, ...]:
        """Every contribution with its plugin, for ``callboard plugin list``."""
        return self._contributions


def installed(disabled: Iterable[str] = ()) -> tuple[Plugin, ...]:
    """The plugins that other distributions announce, in the order of their names.

    Args:
        disabled: Names that are not even imported, so that a broken plugin can be switched off.

    Raises:
        SettingsError: A plugin cannot be imported; names it and its distribution.
    """
    found, skip = [], set(disabled)
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        if point.name in skip:
            continue
        origin = point.dist.name if point.dist else point.value
        try:
            found.append(Plugin(point.name, origin, point.load()))
        except Exception as error:  # a stranger's import may raise anything
            raise SettingsError(
                f"plugin {point.name} (from {origin}) cannot be loaded: {error!r};"
                " mend or remove it, or list it under plugins.disabled"
            ) from error
    return tuple(found)


def assemble(plugins: Iterable[Plugin], disabled: Iterable[str] = ()) -> Plugins:
    """Call every plugin's hooks and check that no two of them claim one name.

    Raises:
        SettingsError: Two plugins or two contributions have one name, or a hook is misspelt;
            names both culprits.
    """
    skip = set(disabled)
    active = [plugin for plugin in plugins if plugin.name not in skip]
    _refuse_twins(active)
    contributions: list[Contribution] = []
    for plugin in active:
        contributions.extend(_contributions_of(plugin))
    _refuse_clashes(contributions)
    return Plugins(contributions, active)


def _refuse_twins(plugins: Sequence[Plugin]) -> None:
    seen: dict[str, Plugin] = {}
    for plugin in plugins:
        other = seen.setdefault(plugin.name, plugin)
        if other is not plugin:
            raise SettingsError(
                f"two plugins are named {plugin.name}: from {other.origin} and from {plugin.origin};"
                " rename one, or list it under plugins.disabled"
            )


def _contributions_of(plugin: Plugin) -> list[Contribution]:
    found: list[Contribution] = []
    for attribute in sorted(dir(plugin.hooks)):
        if not attribute.startswith(HOOK_PREFIX):
            continue
        if attribute not in HOOKS:
            raise SettingsError(_unknown_hook(plugin, attribute))
        found.extend(_called(plugin, attribute))
    return found


def _called(plugin: Plugin, attribute: str) -> list[Contribution]:
    hook: Callable[[], Iterable[Any]] = getattr(plugin.hooks, attribute)
    try:
        return [Contribution(attribute, thing.name, plugin.name, thing) for thing in hook()]
    except Exception as error:  # a stranger's hook may raise anything, or give things without a name
        raise SettingsError(
            f"plugin {plugin.name} (from {plugin.origin}): its hook {attribute} failed: {error!r}"
        ) from error


def _unknown_hook(plugin: Plugin, attribute: str) -> str:
    # Without the prefix, which all of them share.
    known = [name.removeprefix(HOOK_PREFIX) for name in HOOKS]
    near = get_close_matches(attribute.removeprefix(HOOK_PREFIX), known, n=1)
    meant = f"; did you mean {HOOK_PREFIX}{near[0]}?" if near else f"; the hooks are {', '.join(HOOKS)}"
    return f"plugin {plugin.name} (from {plugin.origin}) has a hook {attribute}, which nobody calls{meant}"


def _refuse_clashes(contributions: Sequence[Contribution]) -> None:
    seen: dict[tuple[str, str], Contribution] = {}
    for item in contributions:
        other = seen.setdefault((item.hook, item.name), item)
        if other is not item:
            raise SettingsError(
                f"{item.hook}: {item.name} is claimed {_by(other.plugin, item.plugin)}; rename one, or list its"
                " plugin under plugins.disabled"
            )


def _by(one: str, other: str) -> str:
    return f"twice by the plugin {one}" if one == other else f"by the plugins {one} and {other}"
