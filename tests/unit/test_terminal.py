"""What a terminal would obey is shown and not sent to it: names and faults come from files that anybody writes."""

import json
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.cli.context import harmless, say_json

_NAMES = ("\x1b]0;pwned\x07", "\x9b31m", "\u202egnp.exe", "a\x08\x7fb", "\u2066x\u2069")


@pytest.mark.parametrize("name", _NAMES)
def test_a_fault_shows_what_was_found_without_a_character_that_a_terminal_obeys(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {json.dumps(name)}\nspec: {{}}\n"
    (tmp_path / "catalog-info.yaml").write_text(text)

    assert run(["lint", str(tmp_path)]) == 1

    shown = "".join(capsys.readouterr())
    assert "metadata.name" in shown
    assert harmless(shown) == shown


def test_json_stays_what_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"names": _NAMES, "lines": "a\nb\tc", "other": "Grüße 🚢"}

    say_json(value)

    shown = capsys.readouterr().out
    assert json.loads(shown) == {**value, "names": list(_NAMES)}
    assert harmless(shown) == shown
    assert "Grüße 🚢" in shown
