"""The one way out to GitHub: GraphQL for reading, REST for publishing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github import queries
from catalog_sync.github.port import (
    CreatedRepository,
    FileText,
    GitAccess,
    RepositoryDetail,
    RepositoryLight,
    TeamMember,
    TeamSnapshot,
    TreeEntry,
)
from catalog_sync.github.sign_in import reading_auth, writing_auth
from catalog_sync.github.transport import Smaller, Transport, halved
from core.access import Visibility
from core.clock import Clock
from core.errors import GitHubUnavailable, NotFound
from core.settings import GitHubSettings


def connect_github(
    settings: GitHubSettings, clock: Clock, *, descriptor: str = "catalog-info.yaml"
) -> "GitHubClient":
    """A client for the host of the settings.

    Raises:
        NotAllowed: No token and no App is configured (better an error than anonymous requests), or
            the App is not what GitHub knows.
        GitHubUnavailable: The App's installation is not named, and GitHub did not say which there are.
    """
    reading = reading_auth(settings)
    transport = Transport(settings, reading, writing_auth(settings, reading), clock)
    return GitHubClient(transport, settings.web_url, descriptor)


class GitHubClient:
    """``GitHubPort`` over the real protocol."""

    def __init__(self, transport: Transport, web_url: str, descriptor: str = "catalog-info.yaml") -> None:
        self.host = transport.host
        self.transport = transport
        self._descriptor = descriptor
        self._web_url = web_url

    @property
    def requests(self) -> int:
        """How many requests this client has made since it was built."""
        return self.transport.requests

    def discover(self, organization: str) -> Iterator[RepositoryLight]:
        """See ``GitHubPort.discover``."""
        pages = self.transport.pages(
            queries.DISCOVER,
            {"organization": organization},
            ("organization", "repositories"),
            queries.DISCOVER_PAGE,
        )
        for node in pages:
            yield self._light(node)

    def details(self, repositories: Sequence[RepositoryLight]) -> Iterator[RepositoryDetail]:
        """See ``GitHubPort.details``."""
        waiting = [item.id for item in repositories]
        size = queries.DETAIL_PAGE
        while waiting:
            batch, rest = waiting[:size], waiting[size:]
            try:
                data = self.transport.query(
                    queries.DETAILS, {"ids": batch, "descriptor": f"HEAD:{self._descriptor}"}
                )
            except Smaller as error:
                size = halved(size, str(error))
                continue
            waiting = rest
            size = min(queries.DETAIL_PAGE, size + 5)
            yield from (self._detail(node) for node in data["nodes"] if node)

    def teams(self, organization: str) -> Iterator[TeamSnapshot]:
        """See ``GitHubPort.teams``."""
        pages = self.transport.pages(
            queries.TEAMS, {"organization": organization}, ("organization", "teams"), queries.TEAM_PAGE
        )
        for node in pages:
            yield self._team(organization, node)

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        """See ``GitHubPort.repository``."""
        variables = {"owner": name.owner, "name": name.name, "descriptor": f"HEAD:{self._descriptor}"}
        try:
            data = self.transport.query(queries.ONE, variables)
        except NotFound:
            return None
        except Smaller as error:
            raise GitHubUnavailable(str(error)) from error
        return self._detail(data["repository"]) if data.get("repository") else None

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        """See ``GitHubPort.git_access``."""
        credential = self.transport.basic_credential(write=write)
        return GitAccess(f"{self._web_url}/{name.full_name}.git", credential)

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        """See ``GitHubPort.find_repository``."""
        try:
            body = self.transport.rest("GET", f"/repos/{name.full_name}", retry=True)
        except NotFound:
            return None
        return _created(name.host, body)

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        """See ``GitHubPort.create_repository``."""
        body = self.transport.rest(
            "POST",
            f"/orgs/{name.owner}/repos",
            {"name": name.name, "description": description, "private": private, "auto_init": False},
        )
        return _created(name.host, body)

    def set_topics(self, name: RepositoryName, topics: Sequence[str]) -> None:
        """See ``GitHubPort.set_topics``."""
        self.transport.rest("PUT", f"/repos/{name.full_name}/topics", {"names": list(topics)}, retry=True)

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        """See ``GitHubPort.grant_team``."""
        self.transport.rest(
            "PUT",
            f"/orgs/{name.owner}/teams/{team}/repos/{name.full_name}",
            {"permission": permission},
            retry=True,
        )

    def delete_repository(self, name: RepositoryName) -> None:
        """See ``GitHubPort.delete_repository``."""
        self.transport.rest("DELETE", f"/repos/{name.full_name}")

    def _light(self, node: Mapping[str, Any]) -> RepositoryLight:
        branch = node["defaultBranchRef"]
        return RepositoryLight(
            name=RepositoryName(self.host, node["owner"]["login"], node["name"]),
            id=node["id"],
            head_oid=branch["target"]["oid"] if branch and branch["target"] else None,
            pushed_at=_moment(node["pushedAt"]),
            updated_at=_required_moment(node["updatedAt"]),
            created_at=_required_moment(node["createdAt"]),
            is_archived=node["isArchived"],
            is_fork=node["isFork"],
            visibility=Visibility(node["visibility"].lower()),
            default_branch=branch["name"] if branch else None,
        )

    def _detail(self, node: Mapping[str, Any]) -> RepositoryDetail:
        texts = {
            self._descriptor: node["descriptor"],
            ".github/CODEOWNERS": node["codeownersGitHub"],
            "CODEOWNERS": node["codeownersRoot"],
            "docs/CODEOWNERS": node["codeownersDocs"],
            "mkdocs.yml": node["mkdocs"],
        }
        license_info, language = node["licenseInfo"], node["primaryLanguage"]
        return RepositoryDetail(
            light=self._light(node),
            url=node["url"],
            description=node["description"] or "",
            topics=tuple(item["topic"]["name"] for item in node["repositoryTopics"]["nodes"]),
            language=language["name"] if language else None,
            license=license_info["spdxId"] if license_info else None,
            root=(*_entries(node["root"]), *_entries(node["githubFolder"], ".github/")),
            files={path: _text(path, blob) for path, blob in texts.items() if blob},
            docs_oid=(node["docs"] or {}).get("oid"),
            head_committed_at=_moment((node["head"] or {}).get("committedDate")),
        )

    def _team(self, organization: str, node: Mapping[str, Any]) -> TeamSnapshot:
        slug = node["slug"]
        members = self._edges(node["members"], queries.TEAM_MEMBERS, organization, slug, "members")
        repositories = self._edges(
            node["repositories"], queries.TEAM_REPOSITORIES, organization, slug, "repositories"
        )
        return TeamSnapshot(
            host=self.host,
            organization=organization,
            slug=slug,
            name=node["name"],
            description=node["description"] or "",
            parent_slug=node["parentTeam"]["slug"] if node["parentTeam"] else None,
            url=node["url"],
            members=tuple(
                TeamMember(
                    edge["node"]["login"],
                    edge["node"]["name"] or "",
                    edge["node"]["email"] or "",
                    edge["role"] == "MAINTAINER",
                )
                for edge in members
            ),
            repositories={edge["node"]["nameWithOwner"]: edge["permission"] for edge in repositories},
        )

    def _edges(
        self, first: Mapping[str, Any], document: str, organization: str, slug: str, name: str
    ) -> list[dict[str, Any]]:
        """The edges of an inner connection, following its pages where there are more."""
        edges, connection = list(first["edges"]), first
        while connection["pageInfo"]["hasNextPage"]:
            after = connection["pageInfo"]["endCursor"]
            data = self.transport.query(
                document, {"organization": organization, "slug": slug, "after": after}
            )
            connection = data["organization"]["team"][name]
            edges += connection["edges"]
        return edges


def _created(host: str, body: Mapping[str, Any]) -> CreatedRepository:
    return CreatedRepository(
        name=RepositoryName(host, body["owner"]["login"], body["name"]),
        url=body["html_url"],
        created_at=_required_moment(body["created_at"]),
        description=body.get("description") or "",
        topics=tuple(body.get("topics") or ()),
        is_empty=body.get("size", 0) == 0,
        default_branch=body.get("default_branch") or "main",
    )


def _entries(tree: Mapping[str, Any] | None, prefix: str = "") -> tuple[TreeEntry, ...]:
    if not tree:
        return ()
    return tuple(
        TreeEntry(prefix + entry["name"], entry["type"], entry["oid"], entry["size"])
        for entry in tree["entries"]
    )


def _text(path: str, blob: Mapping[str, Any]) -> FileText:
    is_whole = not blob["isBinary"] and not blob["isTruncated"]
    return FileText(path, blob["oid"], blob["byteSize"], blob["text"] if is_whole else None)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _required_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
