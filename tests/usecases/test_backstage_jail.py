"""Backstage's templating in the jail: what comes out, and what a template cannot do to us."""

from pathlib import Path

import pytest

from core.errors import UserError
from scaffolds.backstage_jail import BackstageJail
from scaffolds.backstage_workflow import BackstageStep, StepRefused, WorkflowState

JAIL = BackstageJail("thing", 60.0)
STATE = WorkflowState({"name": "Pay Hub", "list": ["a", "b"]}, secrets={"TOKEN": "s3cret"})


def a_skeleton(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        target = folder / "skeleton" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder / "skeleton"


def test_a_skeleton_is_rendered_in_the_jail(tmp_path: Path) -> None:
    folder = a_skeleton(
        tmp_path, {"${{ values.slug }}/README.md": "# ${{ values.name }}", ".github/a.yml": "x"}
    )

    found = JAIL.skeleton(folder, {"values": {"slug": "pay", "name": "Pay"}}, tmp_path / "out")

    assert found.files == (".github/a.yml", "pay/README.md")
    assert (tmp_path / "out/pay/README.md").read_text() == "# Pay"


def test_the_calls_of_a_step_are_worked_out_in_the_jail() -> None:
    step = BackstageStep(
        "s", "s", "echo", {"v": "${{ each.value }}${{ secrets.TOKEN }}"}, each="${{ parameters.list }}"
    )

    calls = JAIL.calls(step, STATE)

    assert calls is not None
    assert [(call.key, call.input) for call in calls] == [("0", {"v": "as3cret"}), ("1", {"v": "bs3cret"})]
    assert JAIL.calls(BackstageStep("s", "s", "echo", condition=False), STATE) is None
    with pytest.raises(StepRefused):
        JAIL.calls(BackstageStep("s", "s", "echo", each="no list"), STATE)
    assert JAIL.output({"links": [{"title": "${{ parameters.name }}"}]}, STATE) == {
        "links": [{"title": "Pay Hub"}]
    }


@pytest.mark.parametrize(
    "text",
    [
        "${{ r/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!') }}",
        "{% set x = 'abcdefgh' %}{% for i in range(90) %}{% set x = x ~ x %}{% endfor %}",
        "{% for i in range(1000000000) %}{% endfor %}",
        "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}",
    ],
)
def test_a_bomb_ends_without_files(tmp_path: Path, text: str) -> None:
    jail = BackstageJail("bomb", 3.0)
    with pytest.raises(UserError):
        jail.skeleton(a_skeleton(tmp_path, {"a.txt": text}), {"values": {}}, tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["..", "../../etc/x", ".git/hooks/pre-commit", "a\\b", "/etc/x"])
def test_a_name_that_leads_out_makes_no_file_outside(tmp_path: Path, name: str) -> None:
    folder = a_skeleton(tmp_path, {"${{ values.name }}/f": "x", "plain": "y"})

    try:
        files = JAIL.skeleton(folder, {"values": {"name": name}}, tmp_path / "out").files
    except UserError:
        files = ()

    assert files in ((), ("plain",))
