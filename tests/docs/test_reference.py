"""The reference: what the code says now, with a heading for everything that there is."""

import re
import sys
import types
from pathlib import Path

import pytest
import yaml

from bot import reference
from bot.bootstrap import load_plugins, scorecards_of
from bot.catalog import Catalog
from bot.cli.operations import command_words
from core.access import OPERATOR
from core.plugins import HOOKS, Plugin, assemble
from core.settings import ScorecardSettings, Settings, rows
from scaffolds import actions
from scorecards import facts
from scorecards.definition import LIBRARY

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"


def headings(page: str) -> str:
    """The headings of a page, one a line."""
    return "\n".join(re.findall(r"^#+ .*$", (FOLDER / page).read_text(encoding="utf-8"), re.M))


def without_heading(page: str, names: list[str]) -> list[str]:
    found = headings(page)
    return [name for name in names if f"`{name}`" not in found]


def block(page: str, language: str) -> str:
    """The first code block of a language on a page."""
    match = re.search(rf"```{language}\n(.*?)```", (FOLDER / page).read_text(encoding="utf-8"), re.S)
    assert match
    return match.group(1)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(reference.pages())


@pytest.mark.parametrize(
    "page", ["settings.md", "facts.md", "checks.md", "actions.md", "commands.md", "plugins.md"]
)
def test_a_page_is_what_the_code_says_now(pages: dict[str, str], page: str) -> None:
    assert (FOLDER / page).read_text(encoding="utf-8") == pages[page], "run: make docs"


def test_every_page_of_the_folder_is_written_from_the_code(pages: dict[str, str]) -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(pages)


def test_every_setting_has_a_heading() -> None:
    assert without_heading("settings.md", [row.name for row in rows()]) == []


def test_every_hook_has_a_heading() -> None:
    assert without_heading("plugins.md", list(HOOKS)) == []


def test_every_fact_has_a_heading() -> None:
    names = [name for source in facts.callboard_facts() for name in source.facts]

    assert without_heading("facts.md", names) == []


def test_every_check_has_a_heading() -> None:
    cards = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in LIBRARY.glob("*.yaml")]
    names = [check["id"] for card in cards for check in card["checks"]]

    assert len(names) >= 8
    assert without_heading("checks.md", names) == []


def test_every_scaffold_action_has_a_heading() -> None:
    assert without_heading("actions.md", [action.name for action in actions.callboard_actions()]) == []


def test_every_command_of_the_command_line_has_a_heading() -> None:
    assert without_heading("commands.md", [f"callboard {words}" for words in reference.commands()]) == []


def test_every_conversation_has_a_heading_and_is_in_the_manifest() -> None:
    found = reference.conversations()
    names = [item.name for item in found]
    lines = [f"/callboard {item.name} {item.hint}".strip() for item in found]

    assert without_heading("commands.md", lines) == []
    assert command_words(load_plugins(Settings())) == [*names, "help"]


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in reference.commands().items() if not command.help] == []


def test_the_plugin_of_the_page_works_as_the_page_says(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code and the YAML of the page, over a repository that has the annotation and one that has not."""
    module = types.ModuleType("acme_on_call")
    monkeypatch.setitem(sys.modules, "acme_on_call", module)
    exec(block("plugins.md", "python"), module.__dict__)
    cards = tmp_path / "cards"
    cards.mkdir()
    (cards / "acme.yaml").write_text(block("plugins.md", "yaml"), encoding="utf-8")
    for name, annotation in (("kept", "{acme.com/on-call: blue}"), ("left", "{}")):
        folder = tmp_path / "repositories" / name
        folder.mkdir(parents=True)
        (folder / "catalog-info.yaml").write_text(
            f"apiVersion: backstage.io/v1alpha1\nkind: Component\n"
            f"metadata: {{name: {name}, annotations: {annotation}}}\n"
            f"spec: {{type: service, lifecycle: production, owner: payments}}\n",
            encoding="utf-8",
        )
    settings = Settings(database_url=sqlite_url, scorecards=ScorecardSettings(folders=(cards,)))
    plugins = assemble([Plugin("facts", "callboard", facts), Plugin("on-call", "acme", module)])
    catalog = Catalog(settings)
    try:
        catalog.sync_folder(tmp_path / "repositories", "acme")
        scorecards = scorecards_of(catalog, plugins)
        shown = {
            name: [
                (str(result.state), result.value)
                for score in scorecards.score_of(name, OPERATOR).scores
                for result in score.results
                if result.check == "oncall.rotation"
            ]
            for name in ("kept", "left")
        }
    finally:
        catalog.database.close()

    assert shown == {"kept": [("pass", "blue")], "left": [("fail", "")]}
