"""The GitHub Actions job and the pre-commit hooks, as far as they can run without a network: their own shell, our own program."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.lint_files import Finder

ROOT = Path(__file__).resolve().parents[2]
BAD = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: bad name!}\n"
GOOD = BAD.replace("bad name!", "shop") + "spec: {type: service, lifecycle: production, owner: a}\n"


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def hooks() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return {hook["id"]: hook for hook in found}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Somebody's repository, beside a runner's own folder."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "catalog-info.yaml").write_text(BAD)
    return folder


def program(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/bash", *lines, ""]))
    path.chmod(0o755)


def ran(step: dict[str, Any], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step as the runner runs it: bash stops at the first command that fails."""
    values = {name: text for name, text in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**values, "RUNNER_TEMP": str(folder.parent / "temp"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def linted(action: dict[str, Any], checkout: Path, paths: str) -> subprocess.CompletedProcess[str]:
    """The last step with our program where the first would have installed it."""
    us = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m bot "$@"'
    program(checkout.parent / "temp" / "callboard" / "bin" / "callboard", us)
    return ran(action["runs"]["steps"][-1], checkout, INPUT_PATHS=paths)


def test_the_job_annotates_a_fault_at_its_line_and_fails(action: dict[str, Any], checkout: Path) -> None:
    ended = linted(action, checkout, action["inputs"]["paths"]["default"])

    assert ended.returncode == 1
    assert "::error file=catalog-info.yaml,line=3,col=12,title=Callboard::metadata.name" in ended.stdout


def test_the_job_is_content_when_all_is_well(action: dict[str, Any], checkout: Path) -> None:
    (checkout / "catalog-info.yaml").write_text(GOOD)

    ended = linted(action, checkout, ".")

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "1 file checked, 0 faults\n")


def test_the_job_takes_one_path_a_line_and_runs_none_of_them(action: dict[str, Any], checkout: Path) -> None:
    for name in ("a b", "-c", "$(touch hacked)"):
        (checkout / name).mkdir()
        (checkout / name / "catalog-info.yaml").write_text(GOOD)

    ended = linted(action, checkout, "\n  a b  \n-c\n\n$(touch hacked)\n")

    assert (ended.returncode, ended.stderr) == (0, "3 files checked, 0 faults\n")
    assert not (checkout / "hacked").exists()


def test_the_job_installs_what_was_locked_from_its_own_source(action: dict[str, Any], checkout: Path) -> None:
    log = checkout.parent / "log"
    record = f'echo "$PWD: $*" >> {shlex.quote(str(log))}'
    program(
        checkout.parent / "python",
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi',
        record,
    )

    ended = ran(
        action["runs"]["steps"][0],
        checkout,
        INPUT_PYTHON=str(checkout.parent / "python"),
        ACTION_SOURCE=str(ROOT),
    )

    assert ended.returncode == 0, ended.stderr
    lines = log.read_text().splitlines()
    installs = [line for line in lines if "pip install" in line]
    assert ["--require-hashes -r requirements/setup.lock" in line for line in installs] == [True, False]
    assert installs[1].endswith("--no-deps --no-build-isolation .")
    assert all(line.startswith(f"{ROOT}: ") for line in installs)
    assert (ROOT / "requirements" / "setup.lock").is_file()


def test_the_job_says_which_python_it_needs(action: dict[str, Any], checkout: Path) -> None:
    program(checkout.parent / "old", "exit 1")

    ended = ran(action["runs"]["steps"][0], checkout, INPUT_PYTHON=str(checkout.parent / "old"))

    assert (ended.returncode, ended.stdout.partition("; ")[0]) == (
        2,
        "::error title=Callboard::Callboard needs Python 3.11 to 3.14",
    )


def test_the_job_puts_nothing_of_others_into_its_shell(action: dict[str, Any]) -> None:
    """What stands in ``${{ }}`` is put into a script as it is; the environment is safe."""
    assert [step["name"] for step in action["runs"]["steps"] if "${{" in step["run"]] == []


@pytest.mark.parametrize(
    ("path", "named", "anything"),
    [
        ("catalog-info.yaml", True, True),
        ("services/shop/catalog-info.yml", True, True),
        (".github/CODEOWNERS", True, True),
        ("callboard.yaml", True, True),
        ("t/cookiecutter.json", True, True),
        ("scorecards/basics.yaml", False, True),
        ("template.yaml", False, True),
        ("t/skeleton/catalog-info.yaml", False, True),
        ("t/{{cookiecutter.name}}/catalog-info.yaml", False, True),
        ("my-catalog-info.yaml.bak", False, False),
        ("src/CODEOWNERS.md", False, False),
        ("README.md", False, False),
    ],
)
def test_the_hooks_run_for_what_may_have_a_fault(
    hooks: dict[str, dict[str, Any]], path: str, named: bool, anything: bool
) -> None:
    def is_chosen(hook: dict[str, Any]) -> bool:
        excluded = "exclude" in hook and re.search(hook["exclude"], path)
        return bool(re.search(hook["files"], path) and not excluded)

    assert is_chosen(hooks["callboard-lint"]) is named
    assert is_chosen(hooks["callboard-lint-all"]) is anything


def test_whatever_the_hook_names_is_a_file_of_ours(hooks: dict[str, dict[str, Any]], checkout: Path) -> None:
    """A file that is named and is nothing of ours is a fault."""
    for name in ("catalog-info.yml", "CODEOWNERS", "cookiecutter.json", "callboard.yml"):
        assert re.search(hooks["callboard-lint"]["files"], name)
        assert Finder().kind_of(checkout / name) is not None


@pytest.mark.parametrize(
    ("hook", "words"), [("callboard-lint", ["catalog-info.yaml"]), ("callboard-lint-all", [])]
)
def test_what_a_hook_runs_is_a_command_of_ours(
    hooks: dict[str, dict[str, Any]], checkout: Path, hook: str, words: list[str]
) -> None:
    command = shlex.split(hooks[hook]["entry"])

    ended = subprocess.run(
        [sys.executable, "-m", "bot", *command[1:], *words],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (command[0], ended.returncode) == ("callboard", 1)
    assert "catalog-info.yaml:3:12: metadata.name is not valid" in ended.stdout
