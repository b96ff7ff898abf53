"""The reference pages, written from the code that they describe: ``python -m bot.reference``, or ``make docs``."""

import inspect
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from bot import reference_sandbox
from bot.bootstrap import build, load_plugins
from bot.cli.app import app
from bot.lint_files import Kind
from bot.slack.conversation import Conversation
from catalog_sync.entity.rules import CustomKind
from core.plugins import HOOKS
from core.settings import FILE_VARIABLE, SettingRow, Settings, WebSettings, rows, sections
from scaffolds.actions import USUAL_STEPS, Action
from scorecards.definition import LIBRARY, load
from scorecards.model import Check, Level
from scorecards.rules import Rules
from scorecards.vocabulary import FactSource, Vocabulary

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
EXAMPLE = FOLDER / "example_plugin.py"
"""The plugin that the page about plugins shows; a test runs it."""

_MADE = "<!-- Written by `make docs` from the code. Change the code, not this page. -->\n"


def pages() -> Mapping[str, str]:
    """Every page of the reference: file name to Markdown."""
    makers: Mapping[str, Callable[[], Iterable[str]]] = {
        "settings.md": _settings,
        "facts.md": _facts,
        "checks.md": _checks,
        "actions.md": _actions,
        "commands.md": _commands,
        "plugins.md": _plugins,
        "sandbox.md": _sandbox,
    }
    return {name: _MADE + "\n" + "\n\n".join(make()) + "\n" for name, make in makers.items()}


def write(folder: Path = FOLDER) -> None:
    """Write all pages into a folder."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def conversations() -> tuple[Conversation, ...]:
    """The conversations that ship, as the whole bot registers them; nothing is started."""
    from slack_sdk import WebClient

    nobody: Any = object()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), web=WebSettings(port=0))
        slack = WebClient(token="xoxb-nobody")  # noqa: S106 - it is never used
        callboard = build(settings, slack=slack, github=nobody, plugins=load_plugins(settings))
        callboard.stop()
    return callboard.conversations


def commands() -> Mapping[str, TyperCommand]:
    """Every command of the command line by its words: ``db backup``."""
    return dict(_below(get_command(app), ""))


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield (
        "Settings come from `callboard.yaml` (or the file that `--config` or the variable"
        f" `{FILE_VARIABLE}` names) and from the environment. The command line wins over the environment,"
        " the environment over the file; an empty variable counts as not set. `callboard doctor` shows every"
        " setting with its source. Secrets belong into the environment and are never shown."
    )
    yield (
        "In a variable a list is written with commas or as JSON (`acme,globex`), names with values as JSON"
        ' (`{"payments": "ana"}`).'
    )
    for row in rows():
        if "." not in row.name:
            yield from _setting(row, "##")
    for section, about in sections().items():
        yield f"## {section}"
        yield about.strip()
        for row in rows():
            if row.name.startswith(f"{section}."):
                yield from _setting(row, "###")


def _setting(row: SettingRow, level: str) -> Iterator[str]:
    yield f"{level} `{row.name}`"
    yield row.help
    default = f"`{row.default}`" if row.default else "none"
    unit = f" ({row.unit})" if row.unit else ""
    yield _table(("type", "default", "variable"), [(row.type + unit, default, f"`{row.environment}`")])


def _facts() -> Iterator[str]:
    yield "# Facts"
    yield (
        "What checks may ask about, by source. A fact that could not be measured is *unknown*, and so is every"
        " check that needs it: never failed. [Plugins](plugins.md) bring more."
    )
    sources: tuple[FactSource, ...] = load_plugins(Settings()).of("callboard_facts")
    for source in sources:
        yield f"## Source `{source.name}`"
        yield _first_paragraph(source)
        for name, declaration in source.facts.items():
            yield f"### `{name}`"
            yield f"{declaration.help} Type: {declaration.type}."


def _checks() -> Iterator[str]:
    yield "# Checks"
    yield (
        "The checks that ship. A thing has a level when it passes every check of that level and of those below."
        " Write your own with the [facts](facts.md); `callboard lint` finds mistakes in them."
    )
    for card in load([LIBRARY], Rules(Vocabulary(load_plugins(Settings()).of("callboard_facts")))):
        yield f"## {card.title} (`{card.id}`)"
        for level in (Level.BRONZE, Level.SILVER, Level.GOLD):
            for check in card.checks:
                if check.level is level:
                    yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    yield f"### `{check.id}`"
    yield f"**{check.title}** ({check.level.label}). {check.why}".rstrip()
    applies = ", ".join([*check.kinds, *check.types])
    if applies:
        yield f"Applies to: {applies}."
    minutes = f"{check.fix.minutes} min" + (" once for the whole team" if check.fix.is_once else "")
    yield f"To mend it: {check.fix.text} (about {minutes})."


def _actions() -> Iterator[str]:
    yield "# Scaffold actions"
    usual = ", ".join(f"`{name}`" for name in USUAL_STEPS)
    yield (
        f"What a run is made of. A template that names no steps gets these: {usual}."
        " Each step looks for its own earlier effect first, so a crash leaves one repository."
    )
    actions: tuple[Action, ...] = load_plugins(Settings()).of("callboard_actions")
    for action in actions:
        yield f"## `{action.name}`"
        yield f"*{action.title}.* {_first_paragraph(action)}"


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield "## In Slack"
    yield (
        "After the slash command (`/callboard`, or what `slack.command` says), after a mention of the app, or in"
        " a direct message."
    )
    for item in conversations():
        yield f"### `{f'/callboard {item.name} {item.hint}'.strip()}`"
        also = f" Also: {', '.join(f'`{word}`' for word in item.also)}." if item.also else ""
        yield f"{item.summary[0].upper()}{item.summary[1:]}.{also}"
    yield "### `/callboard help`"
    yield "What can be typed."
    yield "## On the command line"
    yield (
        "With `--json` one JSON document goes to standard output and nothing else; logs go to standard error."
        " Exit codes: 0 fine; 1 the answer is no, or a file is invalid; 2 wrong use or wrong settings;"
        " 3 a system that we depend on did not answer; 70 a bug, with its reference number."
    )
    yield "Options of every command, written before it:"
    yield _options(get_command(app).params)
    for words, command in commands().items():
        yield from _command(words, command)


def _command(words: str, command: TyperCommand) -> Iterator[str]:
    arguments = " ".join(
        f"{(item.name or '').upper()}{'...' if item.nargs != 1 else ''}"
        for item in command.params
        if isinstance(item, TyperArgument)
    )
    yield f"### `callboard {words}`"
    yield (command.help or "").strip()
    yield f"```sh\ncallboard {words} {arguments}".rstrip() + "\n```"
    options = _options(command.params)
    if options:
        yield options
    if words == "lint":
        yield f"It checks: {', '.join(Kind)}. In a folder, other files are passed over."


def _options(parameters: Iterable[Any]) -> str:
    shown = [
        (f"`{', '.join(item.opts + item.secondary_opts)}`", item.help or "")
        for item in parameters
        if isinstance(item, TyperOption) and item.name != "help"
    ]
    return _table(("option", "what it does"), shown) if shown else ""


def _below(command: Any, words: str) -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _below(inner, f"{words} {name}".strip())
    elif isinstance(command, TyperCommand):
        yield words, command


def _sandbox() -> Iterator[str]:
    for part in reference_sandbox.parts():
        yield part if isinstance(part, str) else _table(*part)


def _plugins() -> Iterator[str]:
    yield "# Plugins"
    yield (
        "A plugin is a module with hooks: functions without arguments that return things with a unique `name`."
        " It is found by an entry point in the group `callboard`; what ships with Callboard comes through the same"
        " door. Two plugins, or two contributions of one hook, with the same name stop the start with both named,"
        " and so does a hook that nobody calls. `callboard plugin list` shows what is plugged in, and"
        " [`plugins.disabled`](settings.md#pluginsdisabled) switches plugins off."
    )
    yield "A plugin runs with all rights of the process. Install only what you would run yourself."
    yield "## Hooks"
    for hook, about in HOOKS.items():
        yield f"### `{hook}`"
        yield about
        yield _members(_SHAPES[hook])
    yield "## An example"
    yield "A source of facts, in a module `acme_on_call`:"
    yield f"```python\n{EXAMPLE.read_text(encoding='utf-8').rstrip()}\n```"
    yield "Its distribution's `pyproject.toml` announces it:"
    yield '```toml\n[project.entry-points.callboard]\non-call = "acme_on_call"\n```'
    yield "And a scorecard, in a folder that [`scorecards.folders`](settings.md#scorecardsfolders) names, uses it:"
    yield _SCORECARD


_SHAPES: Mapping[str, type] = {
    "callboard_facts": FactSource,
    "callboard_actions": Action,
    "callboard_kinds": CustomKind,
    "callboard_commands": Conversation,
}
"""What the things are that a hook returns."""

_SCORECARD = """\
```yaml
id: acme
title: Kept running
checks:
  - id: oncall.rotation
    title: Somebody is on call for it
    level: silver
    risk: H
    when: {fact: oncall.rotation, op: is_not_empty}
    value: oncall.rotation
    fix:
      text: Name the rotation in the annotation acme.com/on-call
      minutes: 5
```"""


def _members(shape: type) -> str:
    """What a thing needs: the class's own words, and a line for each of its parts."""
    lines = [f"`{shape.__module__}.{shape.__name__}`: {_first_paragraph(shape)}", ""]
    if is_dataclass(shape):
        lines += [f"- `{field.name}`{_optional(field)}" for field in fields(shape)]
        return "\n".join(lines)
    for name, value in vars(shape).items():
        if isinstance(value, property):
            lines.append(f"- `{name}`: {_first_line(value)}")
        elif inspect.isfunction(value) and not name.startswith("_"):
            lines.append(f"- `{name}{_signature(value)}`: {_first_line(value)}")
    return "\n".join(lines)


def _optional(field: Field[Any]) -> str:
    return "" if field.default is MISSING and field.default_factory is MISSING else " (may be left out)"


def _signature(function: Callable[..., Any]) -> str:
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    return f"({', '.join(names)})"


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0].replace("``", "`")


def _first_paragraph(thing: object) -> str:
    text = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    return " ".join(text.split()).replace("``", "`")


def _table(head: Iterable[str], body: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in body)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
