"""Stand-ins for what a scaffold run touches: a host, git, a queue, an announcer, and a run that remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from catalog_sync.entity.model import RepositoryName
from catalog_sync.estate import TeamProfile
from catalog_sync.github.port import CreatedRepository, GitAccess
from core.access import Asker, SlackUser, Standing
from core.clock import FixedClock
from core.errors import GitHubUnavailable, SlackUnavailable, UserError
from core.jobs import JobState, JobStatus, StepFailed
from scaffolds.cookiecutter_json import read_templates
from scaffolds.model import RunProgress, Template

T = TypeVar("T")
HOST = "github.test"
ANA = Asker(Standing.MEMBER, SlackUser("T1", "U1"), "user:default/ana", frozenset({"group:default/payments"}))
ANSWERS = {
    "project_slug": "ticket-scanner",
    "owner": "group:default/payments",
    "description": "Scans tickets.",
}


class Crash(BaseException):
    """The process dies here: nothing catches it, nothing is recorded."""


@dataclass
class FakeHost:
    """A GitHub that holds repositories in memory, loses answers and goes away on demand."""

    clock: FixedClock
    host: str = HOST
    repositories: dict[str, CreatedRepository] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    grants: list[tuple[str, str, str]] = field(default_factory=list)
    created: int = 0
    loses_answers: int = 0
    """So many creations are carried out and answered with a failure."""
    is_away: bool = False
    hides_new_for: int = 0
    """So many look-ups after a creation do not see it yet."""

    def put(
        self, name: str, description: str = "", *, leads_to: RepositoryName | None = None, **changes: Any
    ) -> CreatedRepository:
        """Add somebody's repository; an old name of one leads to its new one."""
        full = leads_to or RepositoryName(self.host, "acme", name)
        values: dict[str, Any] = {
            "name": full,
            "url": f"https://{self.host}/{full.full_name}",
            "created_at": self.clock.now(),
            "description": description,
            "topics": (),
            "is_empty": True,
            "default_branch": "main",
            **changes,
        }
        self.repositories[name.lower()] = CreatedRepository(**values)
        return self.repositories[name.lower()]

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        self._answer()
        if self.created and self.hides_new_for:
            self.hides_new_for -= 1
            return None
        return self.repositories.get(name.name.lower())

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        del private
        self._answer()
        if name.name.lower() in self.repositories:
            raise UserError("GitHub refused: name already exists on this account")
        made = self.put(name.name, description)
        self.created += 1
        if self.loses_answers:
            self.loses_answers -= 1
            raise GitHubUnavailable("GitHub did not answer: Bad Gateway")
        return made

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        self._answer()
        self.grants.append((name.name, team, permission))

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        del write
        return GitAccess(f"https://{self.host}/{name.full_name}.git", "Authorization: Basic eA==")

    def _answer(self) -> None:
        if self.is_away:
            raise GitHubUnavailable("GitHub did not answer")


@dataclass
class FakeGit:
    """Remembers what was pushed where; the same content is the same commit."""

    heads: dict[str, str] = field(default_factory=dict)
    pushes: int = 0
    loses_answers: int = 0
    messages: list[str] = field(default_factory=list)

    def push_new(
        self, source: Path, access: GitAccess, branch: str, message: str, author: str, at: datetime
    ) -> str:
        content = [
            (item.relative_to(source).as_posix(), item.read_bytes())
            for item in sorted(source.rglob("*"))
            if item.is_file()
        ]
        sha = f"{abs(hash((tuple(content), message, author, at))):040x}"[:40]
        self.messages.append(message)
        if self.heads.get(access.url, sha) != sha:
            raise UserError(f"The repository already has a branch {branch} with other content.")
        if access.url not in self.heads:
            self.heads[access.url] = sha
            self.pushes += 1
        if self.loses_answers:
            self.loses_answers -= 1
            raise GitHubUnavailable("git push: timed out")
        return sha

    def remote_head(self, access: GitAccess, branch: str) -> str | None:
        del branch
        return self.heads.get(access.url)


@dataclass
class Listener:
    """Hears of every change of a run."""

    heard: list[RunProgress] = field(default_factory=list)
    is_deaf: bool = False

    def run_changed(self, progress: RunProgress) -> None:
        if self.is_deaf:
            raise SlackUnavailable("Slack did not answer")
        self.heard.append(progress)


@dataclass
class MemoryRun:
    """A run whose steps are recorded in memory, as the real one records them in the database."""

    key: str
    records: dict[str, Any] = field(default_factory=dict)
    crash: Callable[[str, str], None] = lambda _step, _when: None
    tries: int = 3

    def step(self, name: str, function: Callable[[], T]) -> T:
        if name in self.records:
            return self.records[name]  # type: ignore[no-any-return]
        self.crash(name, "before")
        for attempt in range(1, self.tries + 1):
            try:
                result = function()
                break
            except (GitHubUnavailable, SlackUnavailable) as error:
                if attempt == self.tries:
                    raise StepFailed(name, error.message, is_final=False) from error
            except UserError as error:
                raise StepFailed(name, error.message, is_final=True) from error
        self.crash(name, "done")
        self.records[name] = result
        self.crash(name, "after")
        return result


@dataclass
class FakeQueue:
    """Takes work and keeps it."""

    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, JobState] = field(default_factory=dict)

    def enqueue(self, name: str, key: str, payload: dict[str, Any] | None = None) -> bool:
        if key in self.taken:
            return False
        self.taken[key] = {"job": name, **(payload or {})}
        self.states[key] = JobState.WAITING
        return True

    def status(self, key: str) -> JobStatus | None:
        if key not in self.taken:
            return None
        at = datetime(2026, 11, 24, tzinfo=UTC)
        return JobStatus(key, self.taken[key]["job"], self.states[key], 1, "", None, at, at)


@dataclass
class FakeGroups:
    """A catalog that knows the team Payments, and one that has no team on GitHub."""

    def team(self, ref: str) -> TeamProfile | None:
        if ref == "group:default/payments":
            return profile(ref, "Payments", host=HOST, slug="payments")
        if ref == "group:default/ushers":
            return profile(ref, "Ushers")
        return None


def templates() -> tuple[Template, ...]:
    """The templates that ship."""
    return read_templates([Path(str(files("scaffolds").joinpath("library")))])


def profile(ref: str, title: str, *, host: str = "", slug: str = "") -> TeamProfile:
    """A team that has nothing but a name."""
    return TeamProfile(ref, title, "", None, "", (), "", (), None, (), host, slug)
