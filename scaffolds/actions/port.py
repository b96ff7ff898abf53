"""What an action is, and what it may use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import CreatedRepository, GitAccess
from core.clock import Clock
from scaffolds.runs import ScaffoldRun


class Publisher(Protocol):
    """The part of GitHub that actions use; ``GitHubPort`` is one."""

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        """See ``GitHubPort.find_repository``."""
        ...

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        """See ``GitHubPort.create_repository``."""
        ...

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        """See ``GitHubPort.grant_team``."""
        ...

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        """See ``GitHubPort.git_access``."""
        ...


class Pusher(Protocol):
    """The part of git that actions use; ``catalog_sync.github.git.Git`` is one."""

    def push_new(
        self, source: Path, access: GitAccess, branch: str, message: str, author: str, at: datetime
    ) -> str:
        """See ``Git.push_new``."""
        ...

    def remote_head(self, access: GitAccess, branch: str) -> str | None:
        """See ``Git.remote_head``."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to.

    ``detail`` is read by people (``Rendered 34 files``); ``output`` is text by name, for later steps.
    """

    detail: str
    output: Mapping[str, str] = field(default_factory=dict)
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """One run, and the tools for it."""

    run: ScaffoldRun
    github: Publisher
    git: Pusher
    clock: Clock
    files: Callable[[], Path]
    """The rendered folder; renders it (again) where it is not there."""
    register: Callable[[RepositoryName], None]
    """Makes the catalog look at a repository now."""
    entity_of: Callable[[RepositoryName], str]
    """The reference of the entity that the catalog has for a repository; empty when it has none."""
    pause: Callable[[float], None]
    """Waits so many seconds."""


class Action(Protocol):
    """One kind of step; plugins bring more through the hook ``callboard_actions``.

    A step that was in flight at a crash runs again: before an action does anything outside, it looks
    for its own earlier effect.
    """

    @property
    def name(self) -> str:
        """The id that templates name under ``steps``."""
        ...

    @property
    def title(self) -> str:
        """What people read while it waits or runs: ``Create the repository``."""
        ...

    def run(self, work: Work) -> Outcome:
        """Take the step.

        Raises:
            Unavailable: Try again later.
            UserError: It cannot work; the run fails with this message.
        """
        ...
