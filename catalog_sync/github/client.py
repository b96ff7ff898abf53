"""The one way out to GitHub: GraphQL for reading, REST for publishing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github import queries
from catalog_sync.github.port import (
    CreatedRepository,
    FileText,
    GitAccess,
    LightPage,
    RepositoryDetail,
    RepositoryLight,
    TeamSnapshot,
    TreeEntry,
    Unread,
)
from catalog_sync.github.sign_in import reading_auth, writing_auth
from catalog_sync.github.teams import read_teams
from catalog_sync.github.transport import Smaller, Transport, halved
from core.access import Visibility
from core.clock import Clock
from core.errors import GitHubUnavailable, NotFound
from core.settings import GitHubSettings


def connect_github(
    settings: GitHubSettings,
    clock: Clock,
    *,
    organization: str | None = None,
    descriptor: str = "catalog-info.yaml",
    branch: str | None = None,
    with_topics: bool = False,
) -> "GitHubClient":
    """A client for the host of the settings.

    Args:
        settings: The host.
        clock: Tells the present.
        organization: Whose installation of the App signs in; the first one when left out. No matter with a token.
        descriptor: The file that is read together with what else is known of a repository.
        branch: The branch that is read; each repository's default branch when left out.
        with_topics: Whether discovery brings the topics.

    Raises:
        NotAllowed: No token and no App is configured (better an error than anonymous requests), or
            the App is not what GitHub knows.
        GitHubUnavailable: The App's installation is not named, and GitHub did not say which there are.
    """
    reading = reading_auth(settings, organization)
    transport = Transport(settings, reading, writing_auth(settings, reading), clock)
    return GitHubClient(transport, settings.web_url, descriptor, branch=branch, with_topics=with_topics)


class GitHubClient:
    """``GitHubPort`` over the real protocol."""

    def __init__(
        self,
        transport: Transport,
        web_url: str,
        descriptor: str = "catalog-info.yaml",
        *,
        branch: str | None = None,
        with_topics: bool = False,
    ) -> None:
        self.host = transport.host
        self.transport = transport
        self._descriptor = descriptor
        self._web_url = web_url
        self._branch = branch
        self._revision = f"refs/heads/{branch}" if branch else "HEAD"
        self._with_topics = with_topics

    @property
    def requests(self) -> int:
        """How many requests this client has made since it was built."""
        return self.transport.requests

    def discover(self, organization: str, after: str | None = None) -> Iterator[LightPage]:
        """See ``GitHubPort.discover``."""
        return self._lights(organization, queries.OLDEST_FIRST, after)

    def recent(self, organization: str) -> Iterator[LightPage]:
        """See ``GitHubPort.recent``."""
        return self._lights(organization, queries.PUSHED_LAST_FIRST, None)

    def _lights(self, organization: str, order: Mapping[str, str], after: str | None) -> Iterator[LightPage]:
        variables = {"organization": organization, "order": order, "topics": self._with_topics}
        path = ("organization", "repositories")
        document = queries.on_branch(queries.DISCOVER, self._branch)
        for page in self.transport.pages(document, variables, path, queries.DISCOVER_PAGE, after):
            yield LightPage(
                tuple(self._light(node) for node in page.nodes),
                page.after,
                _told(page.problems),
            )

    def details(self, ids: Sequence[str]) -> Iterator[RepositoryDetail | Unread]:
        """See ``GitHubPort.details``."""
        waiting = list(ids)
        size = queries.DETAIL_PAGE
        document = queries.on_branch(queries.DETAILS, self._branch)
        while waiting:
            batch, rest = waiting[:size], waiting[size:]
            variables = {"ids": batch, "descriptor": f"{self._revision}:{self._descriptor}"}
            try:
                data, problems = self.transport.query_partly(variables, document, ("nodes",))
            except Smaller as error:
                if size == 1:
                    yield Unread(batch[0], f"GitHub gave up on it: {error}")
                    waiting = rest
                else:
                    size = halved(size, str(error))
                continue
            waiting = rest
            size = min(queries.DETAIL_PAGE, size + 5)
            yield from self._details(batch, data["nodes"], problems)

    def _details(
        self, ids: Sequence[str], nodes: Sequence[Any], problems: Sequence[Mapping[str, Any]]
    ) -> Iterator[RepositoryDetail | Unread]:
        """A repository with a hole in it is not read: what is missing there may be there all the same."""
        holes: dict[int, Mapping[str, Any]] = {problem["path"][1]: problem for problem in problems}
        for number, (node_id, node) in enumerate(zip(ids, nodes, strict=True)):
            hole = holes.get(number)
            if hole and not (node is None and hole.get("type") == "NOT_FOUND"):
                yield Unread(node_id, str(hole.get("message")))
            elif node:
                yield self._detail(node)

    def files(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, FileText]]:
        """See ``GitHubPort.files``."""
        waiting = [(node, path) for node, paths in wanted.items() for path in paths]
        found: dict[str, dict[str, FileText]] = {node: {} for node in wanted}
        size = queries.FILES_PAGE
        while waiting:
            batch, rest = waiting[:size], waiting[size:]
            try:
                self._fetch_files(batch, found)
            except Smaller as error:
                size = halved(size, str(error))
                continue
            waiting = rest
        return found

    def _fetch_files(self, batch: Sequence[tuple[str, str]], found: dict[str, dict[str, FileText]]) -> None:
        """Fetch some files; a repository of which something cannot be read is taken out of what was found."""
        paths: dict[str, list[str]] = {}
        for node, path in batch:
            paths.setdefault(node, []).append(path)
        document, variables = queries.files_query(paths, self._revision)
        data, problems = self.transport.query_partly(variables, document, ())
        holes = {problem["path"][0] for problem in problems}
        for number, (node, asked) in enumerate(paths.items()):
            answer = data.get(f"r{number}")
            if f"r{number}" in holes or answer is None:
                found.pop(node, None)
                continue
            blobs = ((path, answer[f"f{place}"]) for place, path in enumerate(asked))
            if node in found:
                found[node] |= {path: _text(path, blob) for path, blob in blobs if blob}

    def tree(self, name: RepositoryName, commit: str) -> tuple[str, ...] | None:
        """See ``GitHubPort.tree``."""
        answer = self.transport.rest(
            "GET", f"/repos/{name.full_name}/git/trees/{commit}?recursive=1", retry=True
        )
        if answer["truncated"]:
            return None
        return tuple(entry["path"] for entry in answer["tree"] if entry["type"] == "blob")

    def oids(self, name: RepositoryName, paths: Sequence[str]) -> Mapping[str, str]:
        """See ``GitHubPort.oids``."""
        found: dict[str, str] = {}
        for start in range(0, len(paths), queries.FILES_PAGE):
            asked = paths[start : start + queries.FILES_PAGE]
            document, variables = queries.oids_query(asked, self._revision)
            try:
                data = self.transport.query(document, {**variables, "owner": name.owner, "name": name.name})
            except Smaller as error:
                raise GitHubUnavailable(str(error)) from error
            answer = data.get("repository") or {}
            things = ((path, answer.get(f"o{number}")) for number, path in enumerate(asked))
            found |= {path: thing["oid"] for path, thing in things if thing}
        return found

    def teams(self, organization: str) -> Iterator[TeamSnapshot]:
        """See ``GitHubPort.teams``."""
        return read_teams(self.transport, organization)

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        """See ``GitHubPort.repository``."""
        variables = {
            "owner": name.owner,
            "name": name.name,
            "descriptor": f"{self._revision}:{self._descriptor}",
        }
        try:
            data = self.transport.query(queries.on_branch(queries.ONE, self._branch), variables)
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
            topics=_topics(node),
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
            topics=_topics(node),
            language=language["name"] if language else None,
            license=license_info["spdxId"] if license_info else None,
            root=(*_entries(node["root"]), *_entries(node["githubFolder"], ".github/")),
            files={path: _text(path, blob) for path, blob in texts.items() if blob},
            docs_oid=(node["docs"] or {}).get("oid"),
            head_committed_at=_moment((node["head"] or {}).get("committedDate")),
        )


def _topics(node: Mapping[str, Any]) -> tuple[str, ...]:
    found = node.get("repositoryTopics") or {"nodes": ()}
    return tuple(item["topic"]["name"] for item in found["nodes"])


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
    text = blob["text"] if is_whole else None
    return FileText(path, blob["oid"], blob["byteSize"], text, is_binary=bool(blob["isBinary"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _required_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _told(problems: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The holes of an answer, each cause once: a permission that lacks makes a hole in every repository."""
    causes = Counter((str(one.get("message")).rstrip("."), _field(one)) for one in problems)
    return tuple(
        f"{cause} ({field}{f', {count} times' if count > 1 else ''})" if field else cause
        for (cause, field), count in causes.items()
    )


def _field(problem: Mapping[str, Any]) -> str:
    """The name of what could not be answered."""
    names = [part for part in problem.get("path") or () if isinstance(part, str)]
    return names[-1] if names else ""
