"""What the local GitHub knows: its organisation, repositories, teams, and who may do what."""

import base64
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.sandbox.github.bare import BareRepository
from bot.sandbox.organization import (
    DEFAULT_BRANCH,
    Organization,
    Person,
    RepositoryRow,
    SampleRepository,
    Team,
)
from core.access import Visibility
from core.clock import Clock

PERMISSIONS = {"pull": "READ", "triage": "TRIAGE", "push": "WRITE", "maintain": "MAINTAIN", "admin": "ADMIN"}
_LANGUAGES = {
    ".py": "Python",
    ".go": "Go",
    ".ts": "TypeScript",
    ".java": "Java",
    ".tf": "HCL",
    ".sql": "SQL",
    ".php": "PHP",
}


@dataclass(slots=True)
class HostedRepository:
    """One repository as the host keeps it."""

    number: int
    owner: str
    name: str
    git: BareRepository
    description: str
    visibility: Visibility
    is_archived: bool
    is_fork: bool
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime | None
    topics: list[str] = field(default_factory=list)
    license: str | None = None
    language: str | None = None

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"

    @property
    def node_id(self) -> str:
        """The GraphQL id; it survives renames."""
        return "R_" + base64.urlsafe_b64encode(f"{self.number:08}".encode()).decode().rstrip("=")


class State:
    """The whole host; changed only under ``lock``."""

    def __init__(self, root: Path, organization: Organization, clock: Clock) -> None:
        self.root = root
        self.clock = clock
        self.name = organization.name
        self.title = organization.title
        self.people: dict[str, Person] = {person.login: person for person in organization.people}
        self.teams: dict[str, Team] = {team.slug: team for team in organization.teams}
        self.permissions: dict[str, dict[str, str]] = {slug: {} for slug in self.teams}
        self.repositories: dict[str, HostedRepository] = {}
        self.lock = threading.RLock()
        for sample in organization.repositories:
            self._seed(sample)

    def repository(self, owner: str, name: str) -> HostedRepository | None:
        """A repository by name, whatever the case."""
        if owner.lower() != self.name.lower():
            return None
        return self.repositories.get(name.lower())

    def by_node_id(self, node_id: str) -> HostedRepository | None:
        """A repository by its GraphQL id."""
        return next((item for item in self.repositories.values() if item.node_id == node_id), None)

    def create(self, name: str, description: str, private: bool) -> HostedRepository:
        """Make an empty repository; the caller has checked that the name is free."""
        now = self.clock.now()
        row = RepositoryRow(
            name=name,
            description=description,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        )
        with self.lock:
            return self._host(row, created_at=now, pushed_at=None)

    def delete(self, repository: HostedRepository) -> None:
        """Take a repository off the host."""
        with self.lock:
            del self.repositories[repository.name.lower()]
            for granted in self.permissions.values():
                granted.pop(repository.name, None)

    def pushed(self, repository: HostedRepository) -> None:
        """Note that somebody pushed just now."""
        with self.lock:
            repository.pushed_at = repository.updated_at = self.clock.now()

    def touch(self, repository: HostedRepository) -> None:
        """Note that something about the repository changed just now."""
        repository.updated_at = self.clock.now()

    def grant(self, slug: str, repository: HostedRepository, permission: str) -> None:
        """Give a team a permission (pull, triage, push, maintain or admin)."""
        with self.lock:
            self.permissions[slug][repository.name] = PERMISSIONS[permission]

    def _seed(self, sample: SampleRepository) -> None:
        row, now = sample.row, self.clock.now()
        ages = [plan.days_ago for plan in row.commits]
        hosted = self._host(
            row,
            created_at=now - timedelta(days=max(ages), minutes=5),
            pushed_at=now - timedelta(days=min(ages)),
        )
        hosted.language = row.language or _language(sample.files)
        for slug, permission in row.teams.items():
            self.grant(slug, hosted, permission)
        if hosted.git.head_oid is None:
            author = next(iter(self.people.values()), None)
            signature = f"{author.name} <{author.email}>" if author else "Nobody <nobody@example.com>"
            hosted.git.commit(sample.files, row.commits, now, signature)

    def _host(
        self, row: RepositoryRow, *, created_at: datetime, pushed_at: datetime | None
    ) -> HostedRepository:
        git = BareRepository(self.root / self.name / f"{row.name}.git")
        git.create()
        hosted = HostedRepository(
            number=1000 + len(self.repositories) + 1,
            owner=self.name,
            name=row.name,
            git=git,
            description=row.description,
            visibility=row.visibility,
            is_archived=row.archived,
            is_fork=row.fork,
            created_at=created_at,
            updated_at=pushed_at or created_at,
            pushed_at=pushed_at,
            topics=list(row.topics),
            license=row.license,
        )
        self.repositories[row.name.lower()] = hosted
        return hosted


def _language(files: Mapping[str, bytes]) -> str | None:
    weights: dict[str, int] = {}
    for path, content in files.items():
        language = _LANGUAGES.get(Path(path).suffix)
        if language:
            weights[language] = weights.get(language, 0) + len(content)
    return max(weights, key=weights.__getitem__) if weights else None


__all__ = ["DEFAULT_BRANCH", "HostedRepository", "State"]
