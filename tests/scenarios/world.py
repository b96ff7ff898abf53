"""A small theatre with a local Slack, a local GitHub and the whole bot between them, in this process."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot.bootstrap import build
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.state import HostedRepository
from bot.sandbox.organization import (
    Channel,
    CommitPlan,
    Organization,
    Person,
    RepositoryRow,
    SampleRepository,
    Team,
)
from bot.sandbox.people import Person as Player
from bot.sandbox.people import Sandbox, SeenMessage, refusal_line, refusals_in
from bot.sandbox.process import settings_text
from bot.sandbox.slack import LocalSlack
from bot.slack.manifest import manifest
from core.access import Visibility
from core.clock import SystemClock
from core.jobs import JobStatus
from core.settings import Settings, load
from tests.official_rest import is_installed, wrong

PATIENCE_S = 60.0
API_TOKEN = "a-token-for-programs"
OTHER_WEBHOOK_SECRET = "the secret that comes next"
"""Besides the one that the local GitHub signs with."""
_ANSWERED_NO = ("users_not_found", "invalid_auth")
"""Answers to a question, not to something that was wrongly made."""
WORDS = ("who", "docs", "new", "score", "help")
EVIL = "*bold* `code` <@U0001ANA> <!channel> @channel @here <https://evil.example|your bank> & _so_ on"


def _group(name: str, channel: str = "", parent: str = "", lead: str = "") -> str:
    annotations = {"slack.com/bot-notify": channel, "callboard.dev/lead": lead}
    lines = [f'    {key}: "{value}"' for key, value in annotations.items() if value]
    return "\n".join(
        [
            "apiVersion: backstage.io/v1alpha1",
            "kind: Group",
            "metadata:",
            f"  name: {name}",
            f"  title: {name.title()}",
            *(["  annotations:", *lines] if lines else []),
            "spec:",
            "  type: team",
            *([f"  parent: {parent}"] if parent else []),
            "  children: []",
        ]
    )


def component(name: str, owner: str = "payments", title: str = "", description: str = "It works.") -> str:
    """A descriptor's text."""
    return "\n".join(
        [
            "apiVersion: backstage.io/v1alpha1",
            "kind: Component",
            "metadata:",
            f"  name: {name}",
            f"  title: {title or name}",
            f"  description: '{description}'",
            "spec:",
            "  type: service",
            "  lifecycle: production",
            f"  owner: {owner}",
        ]
    )


def repository(name: str, files: Mapping[str, str], **row: Any) -> SampleRepository:
    """A repository with its files."""
    values = {"visibility": Visibility.INTERNAL, "commits": (CommitPlan(days_ago=3),), **row}
    return SampleRepository(
        RepositoryRow(name=name, **values), {path: text.encode() for path, text in files.items()}
    )


_PAYMENTS_API = {
    "catalog-info.yaml": component("payments-api", title="Payments API"),
    ".github/CODEOWNERS": "* @playhouse/payments\n",
    "README.md": "# Payments API\n\nTakes the money.\n",
    "docs/keys.md": "# Keys\n\n## Rotate the signing key\n\nRun `make rotate-key` and wait for two canaries.\n",
}
GROUPS = "\n---\n".join(
    [
        _group("commerce", lead="user:default/mira"),
        _group("payments", "#payments-help", "commerce", "user:default/ben"),
        _group("checkout", "#checkout", "commerce"),
        _group("ushers", parent="commerce"),
    ]
)
THEATRE = Organization(
    name="playhouse",
    title="Playhouse",
    people=(
        Person(login="ana", name="Ana Duarte", email="ana@playhouse.example"),
        Person(login="ben", name="Ben Fischer", email="ben@playhouse.example"),
        Person(login="kofi", name="Kofi Mensah", email="kofi@playhouse.example"),
        Person(login="mira", name="Mira Santos", email="mira@playhouse.example"),
        Person(login="gil", name="Gil (agency)", email="gil@agency.example", guest=True),
    ),
    teams=(
        Team(slug="commerce", name="Commerce", members=("mira",), maintainers=("mira",)),
        Team(
            slug="payments", name="Payments", parent="commerce", members=("ana", "ben"), maintainers=("ben",)
        ),
        Team(slug="checkout", name="Checkout", parent="commerce", members=("kofi",), maintainers=("kofi",)),
    ),
    channels=(
        Channel(name="general", members=("ana", "ben", "kofi", "mira", "gil")),
        Channel(name="engineering"),
        Channel(name="random"),
        Channel(name="payments-help"),
        Channel(name="checkout"),
    ),
    repositories=(
        repository("catalog", {"catalog-info.yaml": GROUPS}),
        repository("payments-api", _PAYMENTS_API, visibility=Visibility.PRIVATE, teams={"payments": "admin"}),
        repository(
            "fraud-rules",
            {"catalog-info.yaml": component("fraud-rules"), ".github/CODEOWNERS": "* @playhouse/checkout\n"},
            teams={"checkout": "admin"},
        ),
        repository("seat-map-web", {"catalog-info.yaml": component("seat-map-web", "checkout", "Seat map")}),
        repository("seat-map-api", {"catalog-info.yaml": component("seat-map-api", "checkout", "Seat map")}),
        repository(
            "old-box-office", {"catalog-info.yaml": component("old-box-office", "checkout")}, archived=True
        ),
        repository("lobby-sign", {"catalog-info.yaml": component("lobby-sign", "ushers")}),
        repository("trojan-horse", {"catalog-info.yaml": component("trojan-horse", description=EVIL)}),
        repository(
            "programme",
            {"catalog-info.yaml": component("programme", "checkout")},
            visibility=Visibility.PUBLIC,
        ),
    ),
)


class World:
    """Everything that runs; ``stop`` ends it in order."""

    running: ClassVar[list["World"]] = []
    """Every world that was started and not stopped yet, whatever its fixture is called."""

    def __init__(
        self,
        folder: Path,
        *,
        mode: str = "socket",
        as_app: bool = False,
        aliases: Mapping[str, str] | None = None,
        **parts: Any,
    ) -> None:
        self.folder = folder
        self._as_app = as_app
        self._aliases = dict(aliases or {})
        self.github = LocalGitHub(folder / "github", THEATRE, SystemClock())
        self.slack = LocalSlack(
            THEATRE,
            manifest("/callboard", WORDS, domains=["127.0.0.1"], aliases=self._aliases),
            patience_s=PATIENCE_S,
        )
        self.github.start()
        self.slack.start()
        self.sandbox = Sandbox(self.slack.url)
        self.callboard = build(self._settings(mode), strict=True, poll_s=0.05, **parts)
        self.callboard.catalog.sync_all()
        self.callboard.start(tick=False)
        if mode == "http":
            self.slack.deliver_to(f"{self.callboard.web.url}/slack/events")
        self.running.append(self)

    def person(self, login: str) -> Player:
        """Somebody who uses Slack."""
        return self.sandbox.person(login)

    def repository(self, name: str) -> HostedRepository | None:
        """A repository as the host keeps it."""
        return self.github.state.repository(THEATRE.name, name)

    def commits(self, name: str) -> tuple[str, ...]:
        """The subjects of a repository's commits, newest first."""
        return tuple(self._git(name, "log", "--format=%s", "main").splitlines())

    def file(self, name: str, path: str) -> str:
        """A file at the head of a repository."""
        return self._git(name, "show", f"main:{path}")

    def push(
        self, name: str, files: Mapping[str, str | None], by: str = "Kofi <kofi@playhouse.example>"
    ) -> None:
        """Somebody changes files of a repository; None takes one away."""
        author, _, mail = by.rstrip(">").partition(" <")
        found = self.repository(name)
        assert found, f"there is no repository {name}"
        with tempfile.TemporaryDirectory() as clone:
            who = ["-c", f"user.name={author}", "-c", f"user.email={mail}"]
            _run("git", "clone", "--quiet", str(found.git.path), clone)
            for path, text in files.items():
                file = Path(clone) / path
                file.write_text(text) if text is not None else file.unlink()
            _run("git", "-C", clone, "add", "--all")
            _run("git", "-C", clone, *who, "commit", "--quiet", "--message", "Go on")
            _run("git", "-C", clone, "push", "--quiet", "origin", "HEAD:main")
        self.github.state.pushed(found)

    def runs(self, job: str, key: str, **payload: Any) -> JobStatus:
        """Enqueue a job and wait until it is finished."""
        self.callboard.jobs.enqueue(job, key, payload)
        return self.callboard.jobs.wait(key, PATIENCE_S)

    def settled(self) -> None:
        """Wait until no job is left to do."""
        until(lambda: not self.callboard.jobs.unfinished(), "jobs are left to do")

    def calm(self) -> None:
        """Wait until the bot has said everything that was asked of it: what comes later belongs to what comes later.

        Nothing is on its way to the bot, none of its threads works on something, and no job is left to do.
        """
        until(lambda: self._is_calm() and self._is_calm(), "the bot has not come to rest")

    def _is_calm(self) -> bool:
        """Looked for twice: what one part has just finished may have begun something in the part looked at before."""
        bot = self.callboard
        return not self.slack.delivery.is_busy and bot.handover.is_idle and not bot.jobs.unfinished(1)

    def refused(self) -> list[str]:
        """What the bot sent and Slack refused or warned of, but for planned faults and questions answered no."""
        return [
            refusal_line(entry)
            for entry in refusals_in(self.slack.journal)
            if (entry.get("answer") or {}).get("error") not in _ANSWERED_NO
        ]

    def stop(self) -> None:
        """End everything, the bot first; then nothing may have been sent that Slack or GitHub would refuse."""
        if self in self.running:
            self.running.remove(self)
        self.callboard.stop()
        self.slack.stop()
        self.github.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        assert self.refused() == []
        if is_installed():
            assert wrong(self.github.exchanges) == []

    def _git(self, name: str, *arguments: str) -> str:
        found = self.repository(name)
        assert found, f"there is no repository {name}"
        return _run("git", "--git-dir", str(found.git.path), *arguments)

    def _settings(self, mode: str) -> Settings:
        addresses = {
            "slack": {
                "api_url": self.slack.api_url,
                "bot_token": self.slack.bot_token,
                "app_token": self.slack.app_token,
                "signing_secret": self.slack.signing_secret,
            },
            "github": {
                "api_url": self.github.api_url,
                "read_token": self.github.token,
                "publish_token": self.github.publish_token,
            },
        }
        config = self.folder / "callboard.yaml"
        slack = {"mode": mode, "default_channel": None, "admins": ["mira@playhouse.example"]}
        slack["aliases"] = self._aliases
        hooks: dict[str, Any] = {"webhook_secrets": [OTHER_WEBHOOK_SECRET, self.github.webhook_secret]}
        app = {
            "token": None,
            "app_id": self.github.app.id,
            "app_private_key": self.github.app.private_key if self._as_app else None,
        }
        github = hooks | (app if self._as_app else {})
        more = {
            "slack": slack,
            "web": {"api_tokens": {"tests": API_TOKEN}},
            "teams": {"channels": {}},
            "github": github,
        }
        config.write_text(settings_text(addresses, THEATRE.name, self.folder / "data", **more))
        config.chmod(0o600)
        return load(config)


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def until(holds: Callable[[], Any], otherwise: str) -> Any:
    """Wait for what must come true; returns it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(otherwise)
        time.sleep(0.02)


def shows(*wanted: str) -> Callable[[SeenMessage], bool]:
    """A message that has all of these words."""
    return lambda message: all(text in message.text for text in wanted)
