"""What the pages tell people to type, set and follow: commands exist, settings load, links lead to files."""

import re
import shlex
from pathlib import Path

import pytest

from bot.reference import commands, conversations
from core.settings import ENVIRONMENT_PREFIX, FILE_VARIABLE, load, rows

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
SETTINGS_ALIKE = {FILE_VARIABLE, "CALLBOARD_REQUIRE_ALL", "CALLBOARD_CONFORMANCE_DIR"}


@pytest.fixture(scope="module")
def words_in_slack() -> set[str]:
    return {word for item in conversations() for word in (item.name, *item.also)} | {"help"}


every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def blocks(text: str, *languages: str) -> list[str]:
    """The code blocks of some languages."""
    return [
        body
        for language, body in re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", text, re.S | re.M)
        if language in languages
    ]


def command_lines(text: str) -> list[list[str]]:
    """The words after ``callboard`` wherever a page shows a command of the command line."""
    return _typed(text, r"(?:^|[\s$]|\w/)callboard")


def slash_words(text: str) -> set[str]:
    """The word after ``/callboard`` wherever a page shows the slash command."""
    return {words[0] for words in _typed(text, r"\s/callboard") if re.match(r"[a-z]", words[0])}


def _typed(text: str, command: str) -> list[list[str]]:
    """The words after a command in the code blocks and the code between back quotes."""
    shown = [
        line for block in blocks(text, "sh", "console", "bash", "yaml", "") for line in block.splitlines()
    ]
    shown += re.findall(r"`([^`\n]+)`", text)
    found = re.findall(rf"{command}((?: +[^\s|>&;#]+)*)", "\n".join(f" {line}" for line in shown))
    return [_words(rest) for rest in found if rest]


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        return rest.split()


def without_options(words: list[str]) -> str:
    """The command that a line begins with: at most two words that are no option."""
    while words[:1] and words[0] in ("--config", "--database"):
        words = words[2:]
    return " ".join(words)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@every_page
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = set(commands())

    lines = [without_options(words) for words in command_lines(text)]
    unknown = [
        line
        for line in lines
        # Prose such as `callboard.yaml` or the database `callboard` shows no command.
        if re.match(r"[a-z]", line) and not any(f"{line} ".startswith(f"{name} ") for name in known)
    ]

    groups = {name.split()[0] for name in known if " " in name}
    assert [line for line in unknown if line.strip() not in groups] == []


@every_page
def test_every_conversation_that_a_page_names_exists(page: Path, words_in_slack: set[str]) -> None:
    assert slash_words(page.read_text(encoding="utf-8")) - words_in_slack == set()


def test_commands_are_found_where_pages_show_them() -> None:
    text = "```sh\n.venv/bin/callboard doctor  # says\n$ callboard nope --x\n```\nand `callboard --config x.yaml sync`, `/callboard zoo`"

    assert [without_options(words) for words in command_lines(text)] == ["doctor", "nope --x", "sync"]
    assert slash_words(text) == {"zoo"}


@every_page
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        is_there = file.exists() and (not anchor or anchor in anchors(file.read_text(encoding="utf-8")))
        broken += [] if is_there else [target]

    assert broken == []


@every_page
def test_every_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    known = {row.environment for row in rows()} | SETTINGS_ALIKE
    named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]+\b", page.read_text(encoding="utf-8")))

    assert named - known == set()


def test_the_settings_of_the_guide_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for row in rows():
        monkeypatch.delenv(row.environment, raising=False)
    guide = (ROOT / "docs" / "guides" / "connect.md").read_text(encoding="utf-8")
    examples = blocks(guide, "yaml")
    path = tmp_path / "callboard.yaml"

    for example in examples:
        path.write_text(example, encoding="utf-8")
        load(path)

    assert len(examples) >= 1
