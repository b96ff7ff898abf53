"""A bot that is killed while it starts a repository: one repository, one commit, one message, no loss.

Slack and GitHub live in a process of their own, as they do in the world; the bot's process dies by
SIGKILL at a named moment, and another one goes on: a restarted one on SQLite, another replica on
PostgreSQL.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.sandbox.people import Person, Sandbox, refusal_line
from bot.sandbox.process import SandboxProcess, settings_text
from bot.slack.manifest import manifest
from catalog_sync.github.client import GitHubClient, connect_github
from core.clock import SystemClock
from core.jobs import Jobs
from core.settings import load
from scaffolds.actions import USUAL_STEPS
from tests.scenarios.world import GROUPS, PATIENCE_S, until

FILES = 20
"""So many come out of the template python-service."""
_PATIENCE_S = 10.0
"""How long Slack waits for a bot: longer than it does, for the machine may be busy; not long, for the bot may be dead."""
WORKER = Path(__file__).with_name("bot_worker.py")
STEPS = (
    "announce-start",
    *itertools.chain.from_iterable((step, f"announce-{step}") for step in USUAL_STEPS[:-1]),
    USUAL_STEPS[-1],
    "finish",
    "announce-finish",
)
AROUND_STEPS = [f"{step} {when}" for step in STEPS for when in ("before", "after")]
IN_THE_MIDDLE = [
    "add done 1",  # reserved, and not yet handed to the jobs
    "render done 1",
    "create_repository done 1",
    "push_new done 1",
    "grant_team done 1",
    "refresh done 1",
    "chat_postMessage done 1",
    *(f"chat_update done {number}" for number in (1, 5)),
    *(f"save done {number}" for number in (2, 4, 11)),  # the run knows, and its job does not
]
WITH_REPLICAS = [
    "chat_postMessage done 1",
    "create_repository done 1",
    "push_new done 1",
    "announce-finish before",
]
PEOPLE = """\
name: playhouse
title: Playhouse
people:
  - {login: ana, name: Ana Duarte, email: ana@playhouse.example}
teams:
  - {slug: payments, name: Payments, members: [ana]}
channels:
  - {name: general}
"""


@dataclass
class Outside:
    """Slack and GitHub, in a process that survives."""

    process: SandboxProcess
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(self.process.page)

    @property
    def ana(self) -> Person:
        """Who asks for everything here; every time with an empty form in mind."""
        return self.sandbox.person("ana")

    def settings(self, folder: Path, **more: Any) -> Path:
        """A settings file for a bot that keeps its data in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "callboard.yaml"
        quiet = {"log": {"level": "error"}, "teams": {"channels": {}}}
        config.write_text(
            settings_text(self.process.addresses, "playhouse", folder / "data", **quiet, **more)
        )
        config.chmod(0o600)
        return config

    def repositories(self, github: GitHubClient) -> set[str]:
        return {light.name.name for page in github.discover("playhouse") for light in page.lights}

    def clone(self, name: str, target: Path) -> None:
        """Clone a repository as anybody with the reading token would."""
        address = self.process.addresses["github"]
        host = address["api_url"].replace("://", f"://x:{address['read_token']}@")
        git("clone", "--quiet", f"{host}/playhouse/{name}.git", str(target))


@dataclass
class Bots:
    """The bot's processes over one database, and the moments at which one of them dies."""

    folder: Path
    fate: Path
    configs: list[Path]
    database: str
    running: dict[Path, subprocess.Popen[str]] = field(default_factory=dict)
    """By settings file."""

    def start(self, config: Path, *words: str) -> None:
        """Start one and wait until it answers."""
        self.fate.touch()
        with (self.folder / "stderr").open("a") as errors:
            process = subprocess.Popen(
                [sys.executable, WORKER, config, self.fate, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=Path(__file__).parents[2],
                env={name: value for name, value in os.environ.items() if not name.startswith("CALLBOARD_")}
                | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )
        self._bury(config)
        self.running[config] = process
        assert process.stdout
        assert process.stdout.readline() == "ready\n", self.told()

    def doom(self, *moments: str) -> None:
        """Have one die at each of these moments, in this order."""
        self.fate.write_text("".join(f"{moment}\n" for moment in moments))

    def fallen(self) -> Path:
        """The settings file of the one that died, as soon as one did."""
        dead = until(
            lambda: [item for item in self.running.items() if item[1].poll() is not None], "none of them died"
        )
        config, process = dead[0]
        assert process.returncode == -signal.SIGKILL, self.told()
        self._bury(config)
        return config

    def _bury(self, config: Path) -> None:
        if config in self.running:
            self.running.pop(config).communicate()

    def told(self) -> str:
        """What they wrote to standard error last."""
        return (self.folder / "stderr").read_text()[-4000:]

    def leftovers(self) -> list[Path]:
        """What runs left behind in the data folders."""
        return [item for config in self.configs for item in (config.parent / "data" / "runs").glob("*")]

    def close(self) -> None:
        """End those that live, as all ends here."""
        for config, process in list(self.running.items()):
            process.kill()
            self._bury(config)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("organization")
    (folder / "organization.yaml").write_text(PEOPLE)
    catalog = folder / "repositories" / "catalog"
    catalog.mkdir(parents=True)
    (catalog / "catalog-info.yaml").write_text(GROUPS)
    asked = folder / "manifest.json"
    asked.write_text(json.dumps(manifest("/callboard", ("who", "docs", "new", "score"))))
    process = SandboxProcess(folder, manifest=asked)
    found = Outside(process)
    found.sandbox.waits_for_app(_PATIENCE_S)
    yield found
    refused = {refusal_line(entry) for entry in found.sandbox.refusals()}
    process.stop()
    assert refused == set()


@pytest.fixture(scope="module")
def github(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> GitHubClient:
    """A client of the tests' own, to look with."""
    settings = load(outside.settings(tmp_path_factory.mktemp("looking")))
    return connect_github(settings.github, SystemClock())


@pytest.fixture(scope="module")
def alone(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bots]:
    """The place of one bot on SQLite; each test leaves it running for the next."""
    folder = tmp_path_factory.mktemp("lonely")
    config = outside.settings(folder)
    bots = Bots(folder, folder / "fate", [config], f"sqlite:///{folder / 'data' / 'callboard.db'}")
    with closing(bots):
        yield bots


@pytest.fixture
def lonely(alone: Bots) -> Bots:
    """One bot on SQLite that works; whoever kills it starts it again."""
    alone.doom()
    for config in alone.configs:
        if config not in alone.running or alone.running[config].poll() is not None:
            alone.start(config, "sync")
    return alone


@pytest.fixture
def replicas(outside: Outside, alone: Bots, tmp_path: Path, postgres_url: str) -> Iterator[Bots]:
    """Two bots on PostgreSQL, each with a data folder of its own."""
    alone.close()  # Slack would talk to that one too
    configs = [outside.settings(tmp_path / name, database_url=postgres_url) for name in ("one", "two")]
    bots = Bots(tmp_path, tmp_path / "fate", configs, postgres_url)
    with closing(bots):
        bots.start(configs[0], "sync")
        bots.start(configs[1])
        yield bots


def ask_for(outside: Outside, name: str) -> None:
    """Fill in the form as ana would, and let no earlier run's pace slow this one down."""
    outside.sandbox.post("limits")
    ana = outside.ana
    ana.types("/callboard new python-service")
    ana.modal(PATIENCE_S, lambda modal: bool(modal.labels))
    ana.fills({"Repository name": name, "What it does": "Survives.", "Owner": "Payments"})
    if ana.submits():
        # It died before it acknowledged; Slack leaves the form open, and the run is stored all the same.
        outside.sandbox.post("close", person="ana", view_id=ana.modal().id)


def check_that_all_is_there_once(outside: Outside, bots: Bots, github: GitHubClient, name: str) -> None:
    """Exactly one repository, commit and message; the catalog knows it; nothing is left to do."""
    ana = outside.ana
    ana.waits_for(lambda seen: "*Created" in seen.text and f"{name}|" in seen.text, "app", PATIENCE_S)
    looking = Jobs(bots.database, clock=SystemClock())
    try:
        until(lambda: not looking.unfinished(), "jobs are left to do")
    finally:
        looking.stop()
    assert [found for found in outside.repositories(github) if found.startswith(name)] == [name]
    assert len([seen for seen in ana.sees("app") if name in seen.text]) == 1
    assert "Owned by *Payments*" in ana.asks(f"/callboard who {name}").text
    outside.clone(name, bots.folder / name)
    check_the_commit(bots.folder / name, name)


def check_the_commit(clone: Path, name: str) -> None:
    """Exactly one commit, with all files of the template and nothing else."""
    paths = git("-C", str(clone), "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    descriptor = yaml.safe_load((clone / "catalog-info.yaml").read_text())

    assert git("-C", str(clone), "rev-list", "--count", "--all").strip() == "1"
    assert len(paths) == FILES
    assert {".github/CODEOWNERS", "catalog-info.yaml", "README.md", "docs/index.md"} < set(paths)
    assert (descriptor["metadata"]["name"], descriptor["spec"]["owner"]) == (name, "group:default/payments")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, check=True, text=True).stdout


@pytest.mark.parametrize("moment", AROUND_STEPS + IN_THE_MIDDLE)
def test_a_bot_that_is_killed_and_started_again_loses_and_doubles_nothing(
    outside: Outside, lonely: Bots, github: GitHubClient, moment: str
) -> None:
    name = f"phoenix-{next(outside.numbers)}x"
    lonely.doom(moment)
    ask_for(outside, name)

    lonely.start(lonely.fallen())

    check_that_all_is_there_once(outside, lonely, github, name)
    assert lonely.leftovers() == []


def test_a_run_goes_on_after_one_death_upon_another(
    outside: Outside, lonely: Bots, github: GitHubClient
) -> None:
    name = f"phoenix-{next(outside.numbers)}x"
    lonely.doom("chat_postMessage done 1", "create_repository done 1", "push before", "finish after")
    ask_for(outside, name)

    for _ in range(4):
        lonely.start(lonely.fallen())

    check_that_all_is_there_once(outside, lonely, github, name)


@pytest.mark.needs_postgres
@pytest.mark.parametrize("moment", WITH_REPLICAS)
def test_when_a_replica_is_killed_the_other_goes_on(
    outside: Outside, replicas: Bots, github: GitHubClient, moment: str
) -> None:
    name = f"phoenix-{next(outside.numbers)}x"
    replicas.doom(moment)
    ask_for(outside, name)

    fallen = replicas.fallen()

    check_that_all_is_there_once(outside, replicas, github, name)
    replicas.start(fallen)
    assert replicas.leftovers() == []
