"""What the local GitHub knows of one organisation: its repositories, its teams, and who may do what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.github.bare import BareRepository
from bot.sandbox.github.hosted import HostedRepository, PullRequest, PullState, Review
from bot.sandbox.github.planned import PlannedHistory
from bot.sandbox.github.shared import Shared
from bot.sandbox.organization import (
    DEFAULT_BRANCH,
    Organization,
    RepositoryRow,
    SampleRepository,
    Team,
)
from core.access import Visibility
from core.clock import Clock

PERMISSIONS = {"pull": "READ", "triage": "TRIAGE", "push": "WRITE", "maintain": "MAINTAIN", "admin": "ADMIN"}


class State:
    """One organisation and what belongs to it; changed only under ``lock``.

    Args:
        shared: The GitHub that it is on; its own where it is the only organisation.

    Attributes:
        number: The organisation's, from 1.
        people: Its members and guests; ``shared.accounts`` are everybody's.
    """

    def __init__(
        self, root: Path, organization: Organization, clock: Clock, shared: Shared | None = None
    ) -> None:
        self.shared = shared or Shared()
        self.root = root
        self.clock = clock
        self.name = organization.name
        self.title = organization.title
        self.people = self.shared.join({person.login: person for person in organization.people})
        self.number = self.shared.organizations
        self.teams: dict[str, Team] = {team.slug: team for team in organization.teams}
        self.permissions: dict[str, dict[str, str]] = {slug: {} for slug in self.teams}
        self.repositories: dict[str, HostedRepository] = {}
        self.former_names: dict[str, HostedRepository] = {}
        self.secret_teams: set[str] = set()
        """Slugs of teams that only their people see on the web page; the others are ``closed``."""
        self._first_slugs: dict[str, str] = {}
        self.org_rulesets: list[dict[str, Any]] = []
        """Rulesets of the organisation as REST shows them."""
        self.property_schema: list[dict[str, Any]] = []
        """Definitions of the organisation's custom properties as REST shows them."""
        self.graph = self.shared.graph
        self.lock = self.shared.lock
        author = next(iter(organization.people), None)
        self._author = (author.name, author.email) if author else ("Nobody", "nobody@example.com")
        for sample in organization.repositories:
            self._seed(sample)

    def repository(self, owner: str, name: str) -> HostedRepository | None:
        """A repository by name, whatever the case."""
        if owner.lower() != self.name.lower():
            return None
        return self.repositories.get(name.lower())

    def renamed(self, owner: str, name: str) -> HostedRepository | None:
        """The repository that once had a name which nobody has now: where GitHub redirects to."""
        if owner.lower() != self.name.lower() or name.lower() in self.repositories:
            return None
        found = self.former_names.get(name.lower())
        return found if found and self.shared.is_there(found) else None

    def rename(self, repository: HostedRepository, name: str) -> None:
        """Give another name; the caller has checked that it is free. The old one leads here from now on."""
        with self.lock:
            old = repository.name
            del self.repositories[old.lower()]
            self.former_names[old.lower()] = repository
            self.former_names.pop(name.lower(), None)
            repository.name = name
            self.repositories[name.lower()] = repository
            for granted in self.permissions.values():
                if old in granted:
                    granted[name] = granted.pop(old)
            self.touch(repository)

    def add_team(self, team: Team, *, is_secret: bool) -> None:
        """Make a team; the caller has checked that its slug is free."""
        with self.lock:
            self.teams[team.slug] = team
            self.permissions[team.slug] = {}
            if team.slug in self._first_slugs.values():
                # One that was renamed since has the numbers that follow from this slug.
                self._first_slugs[team.slug] = f"{team.slug}~{len(self._first_slugs)}"
            if is_secret:
                self.secret_teams.add(team.slug)

    def rename_team(self, old: str, team: Team) -> None:
        """Put a changed team in the place of another, at its own slug; what belongs to it goes with it."""
        with self.lock:
            if team.slug != old:
                self._first_slugs[team.slug] = self.first_slug(old)
                self._first_slugs.pop(old, None)
                self.permissions[team.slug] = self.permissions.pop(old)
                if old in self.secret_teams:
                    self.secret_teams = self.secret_teams - {old} | {team.slug}
            self.teams = {
                (team.slug if slug == old else slug): team if slug == old else _below(one, old, team.slug)
                for slug, one in self.teams.items()
            }

    def remove_team(self, slug: str) -> None:
        """Take a team off the host; the teams below it come to stand alone."""
        with self.lock:
            self.permissions.pop(slug, None)
            self._first_slugs.pop(slug, None)
            self.secret_teams.discard(slug)
            self.teams = {name: _below(one, slug, None) for name, one in self.teams.items() if name != slug}

    def first_slug(self, slug: str) -> str:
        """What a team was called when it was made: its numbers follow from that, and survive renames."""
        return self._first_slugs.get(slug, slug)

    def team_key(self, slug: str) -> str:
        """What the numbers of a team follow from, other than those of a team of another organisation."""
        first = self.first_slug(slug)
        return first if self.number == 1 else f"{self.number}/{first}"

    def create(self, name: str, description: str, private: bool) -> HostedRepository:
        """Make an empty repository; the caller has checked that the name is free."""
        now = self.clock.now()
        row = RepositoryRow(
            name=name,
            description=description,
            visibility=Visibility.PRIVATE if private else Visibility.PUBLIC,
        )
        with self.lock:
            folder = self._folder(name)
            if any(item.git.folder == folder for item in self.shared.repositories.values()):
                # One that was renamed or transferred since lies there.
                folder = self._folder(f"{name}-{self.shared.next_number}")
            git = BareRepository(folder)
            git.delete()
            git.create()
            return self._host(row, git, created_at=now, pushed_at=None)

    def delete(self, repository: HostedRepository) -> None:
        """Take a repository off the host."""
        with self.lock:
            del self.repositories[repository.name.lower()]
            del self.shared.repositories[repository.number]
            self.former_names = {
                name: item for name, item in self.former_names.items() if item is not repository
            }
            for granted in self.permissions.values():
                granted.pop(repository.name, None)
            repository.git.delete()

    def transfer(self, repository: HostedRepository, to: "State") -> None:
        """Give a repository to another organisation; the caller has checked that its name is free there.

        It keeps its numbers and its history; what teams and rules of this organisation said of it is over,
        and its old address leads to the new one.
        """
        with self.lock:
            key = repository.name.lower()
            del self.repositories[key]
            for granted in self.permissions.values():
                granted.pop(repository.name, None)
            self.former_names[key] = repository
            repository.owner = to.name
            repository.custom_properties.clear()
            to.repositories[key] = repository
            to.former_names.pop(key, None)
            to.touch(repository)

    def push(self, repository: HostedRepository, files: Mapping[str, bytes]) -> None:
        """Add a commit with these files to the default branch, as if somebody had pushed it now."""
        author = f"{self._author[0]} <{self._author[1]}>"
        with self.lock:
            repository.git.push(files, self.clock.now(), author)
            self.pushed(repository)

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
        folder = self._folder(row.name)
        # A folder from an earlier start has what was pushed since.
        origin = (
            None
            if (folder / "HEAD").exists()
            else PlannedHistory(sample.files, row.commits, now, self._author)
        )
        git = BareRepository(folder, origin)
        self._host(
            row,
            git,
            created_at=now - timedelta(days=max(ages), minutes=5),
            pushed_at=now - timedelta(days=min(ages)) if sample.files else None,
        )
        for slug, permission in row.teams.items():
            self.permissions[slug][row.name] = PERMISSIONS[permission]

    def _folder(self, name: str) -> Path:
        return self.root / self.name / f"{name}.git"

    def _host(
        self, row: RepositoryRow, git: BareRepository, *, created_at: datetime, pushed_at: datetime | None
    ) -> HostedRepository:
        hosted = HostedRepository(
            number=self.shared.next_number,
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
            stated_language=row.language,
        )
        self.repositories[row.name.lower()] = hosted
        self.shared.host(hosted)
        self.former_names.pop(row.name.lower(), None)
        return hosted


def _below(team: Team, old: str, new: str | None) -> Team:
    return team.model_copy(update={"parent": new}) if team.parent == old else team


__all__ = ["DEFAULT_BRANCH", "PERMISSIONS", "HostedRepository", "PullRequest", "PullState", "Review", "State"]
