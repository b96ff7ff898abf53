"""A GitHub in memory: the port's values without any protocol, counting requests as pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import (
    CreatedRepository,
    FileText,
    GitAccess,
    LightPage,
    RepositoryDetail,
    RepositoryLight,
    TeamMember,
    TeamSnapshot,
    TreeEntry,
    Unread,
)
from core.access import Visibility
from core.errors import GitHubUnavailable, NotFound, UserError

HOST = "github.test"
BORN = datetime(2026, 1, 1, tzinfo=UTC)


_WITH_DETAILS = ("catalog-info.yaml", ".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", "mkdocs.yml")


def _as_details_show(detail: RepositoryDetail) -> RepositoryDetail:
    files = {path: file for path, file in detail.files.items() if path in _WITH_DETAILS}
    return replace(detail, files=files)


@dataclass
class FakeGitHub:
    """One organisation called ``acme``; ``put`` adds or changes a repository."""

    organization: str = "acme"
    host: str = HOST
    repositories: dict[str, RepositoryDetail] = field(default_factory=dict)
    snapshots: list[TeamSnapshot] = field(default_factory=list)
    requests: int = 0
    details_fetched: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    """Node ids whose details cannot be read."""
    problems: tuple[str, ...] = ()
    """What is said about repositories that are left out of every page."""
    fails_after: int | None = None
    """Give up at this many requests from now."""

    def put(self, name: str, files: dict[str, str] | None = None, **light: object) -> RepositoryDetail:
        """Add a repository, or change it: then its head moves."""
        before = self.repositories.get(name)
        number = int(before.light.head_oid or "0", 16) + 1 if before else 1
        born = before.light.created_at if before else BORN + timedelta(minutes=len(self.repositories))
        values = {
            "name": RepositoryName(self.host, self.organization, name),
            "id": f"R_{name}",
            "head_oid": f"{number:040x}",
            "pushed_at": born + timedelta(days=number),
            "updated_at": born + timedelta(days=number),
            "created_at": born,
            "is_archived": False,
            "is_fork": False,
            "visibility": Visibility.PRIVATE,
            "default_branch": "main",
            **light,
        }
        texts = {
            path: FileText(path, f"oid-{hash(text)}", len(text), text) for path, text in (files or {}).items()
        }
        detail = RepositoryDetail(
            light=RepositoryLight(**values),  # type: ignore[arg-type]
            url=f"https://{self.host}/{self.organization}/{name}",
            description="",
            topics=(),
            language=None,
            license=None,
            root=tuple(
                TreeEntry(path, "blob", text.oid, text.size)
                for path, text in texts.items()
                if "/" not in path
            ),
            files=texts,
            head_committed_at=born,
        )
        self.repositories[name] = detail
        return detail

    def remove(self, name: str) -> None:
        """Take a repository away."""
        del self.repositories[name]

    def team(
        self,
        slug: str,
        *,
        members: Sequence[str] = (),
        maintainers: Sequence[str] = (),
        repositories: dict[str, str] | None = None,
        parent: str | None = None,
    ) -> None:
        """Add a team."""
        people = dict.fromkeys([*maintainers, *members])
        self.snapshots.append(
            TeamSnapshot(
                self.host,
                self.organization,
                slug,
                slug.capitalize(),
                "",
                parent,
                f"https://{self.host}/orgs/{self.organization}/teams/{slug}",
                tuple(
                    TeamMember(login, login.capitalize(), f"{login}@acme.test", login in maintainers)
                    for login in people
                ),
                {
                    f"{self.organization}/{name}": permission
                    for name, permission in (repositories or {}).items()
                },
            )
        )

    def discover(self, organization: str, after: str | None = None) -> Iterator[LightPage]:
        """See ``GitHubPort.discover``."""
        lights = sorted(
            (item.light for item in self.repositories.values()), key=lambda light: light.created_at
        )
        return self._pages(organization, lights, int(after or 0))

    def recent(self, organization: str) -> Iterator[LightPage]:
        """See ``GitHubPort.recent``."""
        lights = sorted(
            (item.light for item in self.repositories.values()),
            key=lambda light: light.pushed_at or BORN,
            reverse=True,
        )
        return self._pages(organization, lights, 0)

    def _pages(self, organization: str, lights: list[RepositoryLight], start: int) -> Iterator[LightPage]:
        if organization != self.organization:
            raise NotFound(f"no organisation {organization}")
        while True:
            self._request()
            end = start + 100
            yield LightPage(tuple(lights[start:end]), str(end) if end < len(lights) else None, self.problems)
            if end >= len(lights):
                return
            start = end

    def details(self, ids: Sequence[str]) -> Iterator[RepositoryDetail | Unread]:
        """See ``GitHubPort.details``."""
        for number, node_id in enumerate(ids):
            if number % 25 == 0:
                self._request()
            found = next((item for item in self.repositories.values() if item.light.id == node_id), None)
            if node_id in self.unreadable:
                yield Unread(node_id, "it has a hole")
            elif found:
                self.details_fetched.append(found.name.name)
                yield _as_details_show(found)

    def files(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, FileText]]:
        """See ``GitHubPort.files``."""
        self._request()
        return {
            node_id: {path: item.files[path] for path in paths if path in item.files}
            for node_id, paths in wanted.items()
            for item in self.repositories.values()
            if item.light.id == node_id
        }

    def tree(self, name: RepositoryName, commit: str) -> tuple[str, ...] | None:
        """See ``GitHubPort.tree``."""
        self._request()
        del commit
        return tuple(self.repositories[name.name].files)

    def oids(self, name: RepositoryName, paths: Sequence[str]) -> Mapping[str, str]:
        """See ``GitHubPort.oids``; a file's, there are no folders."""
        self._request()
        files = self.repositories[name.name].files
        return {path: files[path].oid for path in paths if path in files}

    def teams(self, organization: str) -> Iterator[TeamSnapshot]:
        """See ``GitHubPort.teams``."""
        del organization
        for number, team in enumerate(self.snapshots):
            if number % 100 == 0:
                self._request()
            yield team
        if not self.snapshots:
            self._request()

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        """See ``GitHubPort.repository``."""
        self._request()
        found = self.repositories.get(name.name)
        return _as_details_show(found) if found else None

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        """See ``GitHubPort.git_access``."""
        del write
        return GitAccess(f"https://{self.host}/{name.full_name}.git", "Authorization: Basic eA==")

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        """See ``GitHubPort.find_repository``."""
        self._request()
        found = self.repositories.get(name.name)
        return self._created(found) if found else None

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        """See ``GitHubPort.create_repository``."""
        self._request()
        if name.name in self.repositories:
            raise UserError("name already exists on this account")
        visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
        detail = self.put(name.name, {}, visibility=visibility, head_oid=None, pushed_at=None)
        self.repositories[name.name] = replace(detail, description=description)
        return self._created(self.repositories[name.name])

    def set_topics(self, name: RepositoryName, topics: Sequence[str]) -> None:
        """See ``GitHubPort.set_topics``."""
        self._request()
        self.repositories[name.name] = replace(self.repositories[name.name], topics=tuple(topics))

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        """See ``GitHubPort.grant_team``."""
        self._request()
        if all(item.slug != team for item in self.snapshots):
            raise NotFound(f"no team {team}")
        del name, permission

    def delete_repository(self, name: RepositoryName) -> None:
        """See ``GitHubPort.delete_repository``."""
        self._request()
        self.remove(name.name)

    def _request(self) -> None:
        if self.fails_after is not None:
            if self.fails_after == 0:
                raise GitHubUnavailable("GitHub is away")
            self.fails_after -= 1
        self.requests += 1

    def _created(self, detail: RepositoryDetail) -> CreatedRepository:
        light = detail.light
        return CreatedRepository(
            detail.name,
            detail.url,
            light.created_at,
            detail.description,
            detail.topics,
            light.head_oid is None,
            "main",
        )
