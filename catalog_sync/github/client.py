"""The one way out to GitHub: GraphQL for reading, REST for publishing, limits and faults in one place."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import requests
import structlog
from github import Auth, Github, GithubException, GithubIntegration
from github.Requester import Requester
from jwt.exceptions import InvalidKeyError

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github import queries
from catalog_sync.github.limits import Refusal, Verdict, judge_graphql, judge_http
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
from core.access import Visibility
from core.clock import Clock
from core.errors import GitHubUnavailable, NotAllowed, NotFound, UserError
from core.settings import GitHubSettings

_log = structlog.get_logger(__name__)
_TRIES = 3
_PATIENCE_S = 5.0
"""A rate limit that lasts longer is handed to the caller instead of being slept through."""


class _Smaller(Exception):
    """A page was too much for GitHub; ask for half of it."""


def connect_github(
    settings: GitHubSettings, clock: Clock, *, descriptor: str = "catalog-info.yaml"
) -> "GitHubClient":
    """A client for the host of the settings.

    Raises:
        NotAllowed: No token and no App is configured (better an error than anonymous requests), or
            the App is not what GitHub knows.
        GitHubUnavailable: The App's installation is not named, and GitHub did not say which there are.
    """
    reading = _reading_auth(settings)
    writing: Auth.Auth = (
        Auth.Token(settings.publish_token.get_secret_value()) if settings.publish_token else reading
    )
    return GitHubClient(settings, reading, writing, clock, descriptor)


def _reading_auth(settings: GitHubSettings) -> Auth.Auth:
    if settings.token:
        return Auth.Token(settings.token.get_secret_value())
    if settings.app_id and settings.app_private_key:
        app = Auth.AppAuth(settings.app_id, settings.app_private_key.get_secret_value())
        return app.get_installation_auth(settings.app_installation_id or _first_installation(app, settings))
    raise NotAllowed(
        "No GitHub token is configured.",
        "Set CALLBOARD_GITHUB_TOKEN, or github.app_id with its private key.",
    )


def _first_installation(app: Auth.AppAuth, settings: GitHubSettings) -> int:
    try:
        app.create_jwt()
    except (ValueError, InvalidKeyError) as error:
        raise NotAllowed(
            "The private key of the GitHub App cannot be read.",
            "github.app_private_key is the whole PEM text, with its first and last line.",
        ) from error
    integration = GithubIntegration(auth=app, base_url=settings.api_url.rstrip("/"), retry=None)
    try:
        found = next(iter(integration.get_installations()), None)
    except GithubException as error:
        raise NotAllowed(
            f"GitHub does not accept the App: {error.message or error.status}",
            "Check github.app_id and github.app_private_key.",
        ) from error
    except requests.RequestException as error:
        raise GitHubUnavailable(f"GitHub did not answer ({type(error).__name__})") from error
    if found is None:
        raise NotAllowed("The GitHub App is installed nowhere.", "Install it on your organisation.")
    return found.id


class GitHubClient:
    """``GitHubPort`` over the real protocol."""

    def __init__(
        self,
        settings: GitHubSettings,
        reading: Auth.Auth,
        writing: Auth.Auth,
        clock: Clock,
        descriptor: str = "catalog-info.yaml",
    ) -> None:
        self.host = settings.host
        self._descriptor = descriptor
        self._clock = clock
        self._reading_auth, self._writing_auth = reading, writing
        self._reader = _requester(settings, reading)
        self._writer = _requester(settings, writing)
        self._web_url = settings.web_url
        # PyGithub mints an App's token without a lock; and GitHub wants one GraphQL query at a time.
        self._lane = threading.Lock()
        self._requests = 0

    @property
    def requests(self) -> int:
        """How many requests this client has made since it was built."""
        return self._requests

    def discover(self, organization: str) -> Iterator[RepositoryLight]:
        """See ``GitHubPort.discover``."""
        pages = self._pages(
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
                data = self._query(queries.DETAILS, {"ids": batch, "descriptor": f"HEAD:{self._descriptor}"})
            except _Smaller as error:
                size = _halved(size, str(error))
                continue
            waiting = rest
            size = min(queries.DETAIL_PAGE, size + 5)
            yield from (self._detail(node) for node in data["nodes"] if node)

    def teams(self, organization: str) -> Iterator[TeamSnapshot]:
        """See ``GitHubPort.teams``."""
        pages = self._pages(
            queries.TEAMS, {"organization": organization}, ("organization", "teams"), queries.TEAM_PAGE
        )
        for node in pages:
            yield self._team(organization, node)

    def repository(self, name: RepositoryName) -> RepositoryDetail | None:
        """See ``GitHubPort.repository``."""
        variables = {"owner": name.owner, "name": name.name, "descriptor": f"HEAD:{self._descriptor}"}
        try:
            data = self._query(queries.ONE, variables)
        except NotFound:
            return None
        except _Smaller as error:
            raise GitHubUnavailable(str(error)) from error
        return self._detail(data["repository"]) if data.get("repository") else None

    def git_access(self, name: RepositoryName, *, write: bool = False) -> GitAccess:
        """See ``GitHubPort.git_access``."""
        with self._lane:
            token = (self._writing_auth if write else self._reading_auth).token
        credential = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        return GitAccess(f"{self._web_url}/{name.full_name}.git", f"Authorization: Basic {credential}")

    def find_repository(self, name: RepositoryName) -> CreatedRepository | None:
        """See ``GitHubPort.find_repository``."""
        try:
            body = self._rest("GET", f"/repos/{name.full_name}", retry=True)
        except NotFound:
            return None
        return _created(name.host, body)

    def create_repository(
        self, name: RepositoryName, *, description: str, private: bool
    ) -> CreatedRepository:
        """See ``GitHubPort.create_repository``."""
        body = self._rest(
            "POST",
            f"/orgs/{name.owner}/repos",
            {"name": name.name, "description": description, "private": private, "auto_init": False},
        )
        return _created(name.host, body)

    def set_topics(self, name: RepositoryName, topics: Sequence[str]) -> None:
        """See ``GitHubPort.set_topics``."""
        self._rest("PUT", f"/repos/{name.full_name}/topics", {"names": list(topics)}, retry=True)

    def grant_team(self, name: RepositoryName, team: str, permission: str) -> None:
        """See ``GitHubPort.grant_team``."""
        self._rest(
            "PUT",
            f"/orgs/{name.owner}/teams/{team}/repos/{name.full_name}",
            {"permission": permission},
            retry=True,
        )

    def delete_repository(self, name: RepositoryName) -> None:
        """See ``GitHubPort.delete_repository``."""
        self._rest("DELETE", f"/repos/{name.full_name}")

    def _pages(
        self, document: str, variables: Mapping[str, Any], path: tuple[str, str], size: int
    ) -> Iterator[dict[str, Any]]:
        """All nodes of a connection; the page shrinks when GitHub finds it too much, and grows again."""
        after, page = None, size
        while True:
            try:
                data = self._query(document, {**variables, "first": page, "after": after})
            except _Smaller as error:
                page = _halved(page, str(error))
                continue
            owner = data.get(path[0])
            if owner is None:
                raise NotFound(
                    f"GitHub knows no organisation {variables['organization']} that this token may read.",
                    "Check github.organizations, and that the token belongs to it.",
                )
            connection = owner[path[1]]
            yield from (node for node in connection["nodes"] if node)
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after, page = connection["pageInfo"]["endCursor"], min(size, page * 2)

    def _query(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        with self._lane:
            headers, answer = self._send(self._reader, "POST", self._reader.graphql_url, body, retry=True)
        errors = answer.get("errors") or []
        verdict = judge_graphql(errors, headers, self._now())
        if verdict:
            self._refuse(verdict)
        return dict(answer["data"])

    def _rest(
        self, verb: str, path: str, body: Mapping[str, Any] | None = None, *, retry: bool = False
    ) -> Any:
        requester = self._reader if verb == "GET" else self._writer
        return self._send(requester, verb, path, body, retry=retry)[1]

    def _send(
        self, requester: Requester, verb: str, url: str, body: Mapping[str, Any] | None, *, retry: bool
    ) -> tuple[dict[str, str], Any]:
        """One exchange; passing faults are tried again only where doing it twice does no harm."""
        for attempt in range(1, _TRIES + 1):
            self._requests += 1
            verdict, headers, answer = self._exchange(requester, verb, url, body)
            if verdict is None:
                return headers, answer
            wait = _pause_s(verdict, attempt) if retry else None
            if wait is None:
                self._refuse(verdict)
            else:
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _exchange(
        self, requester: Requester, verb: str, url: str, body: Mapping[str, Any] | None
    ) -> tuple[Verdict | None, dict[str, str], Any]:
        try:
            status, headers, text = requester.requestJson(verb, url, input=body)
        except requests.RequestException as error:
            return Verdict(Refusal.AGAIN, f"GitHub did not answer ({type(error).__name__})"), {}, None
        except GithubException as error:
            # Only the token of an App is asked for by PyGithub itself.
            return judge_http(error.status, {}, error.data, self._now(), is_query=False), {}, None
        answer = _parsed(text)
        lowered = {name.lower(): str(value) for name, value in headers.items()}
        if status >= 400:
            is_query = url == self._reader.graphql_url
            return judge_http(status, lowered, answer, self._now(), is_query=is_query), lowered, answer
        return None, lowered, answer

    def _refuse(self, verdict: Verdict) -> None:
        """Raise what a refusal means for the caller."""
        _REFUSALS[verdict.refusal](verdict)

    def _now(self) -> float:
        return self._clock.now().timestamp()

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
            data = self._query(document, {"organization": organization, "slug": slug, "after": after})
            connection = data["organization"]["team"][name]
            edges += connection["edges"]
        return edges


def _requester(settings: GitHubSettings, auth: Auth.Auth) -> Requester:
    client = Github(
        auth=auth,
        base_url=settings.api_url.rstrip("/"),
        timeout=int(settings.timeout_s),
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        user_agent="callboard",
    )
    return client.requester


def _pause_s(verdict: Verdict, attempt: int) -> float | None:
    """How long to pause before the same request is worth another try; None when it is not."""
    if verdict.refusal not in (Refusal.AGAIN, Refusal.WAIT) or attempt == _TRIES:
        return None
    wait = verdict.retry_after_s if verdict.refusal is Refusal.WAIT else 0.2 * 2**attempt
    return wait if wait is not None and wait <= _PATIENCE_S else None


def _halved(size: int, cause: str) -> int:
    if size <= 1:
        raise GitHubUnavailable(f"GitHub gave up on a single item: {cause}")
    _log.info("github.page_halved", size=size // 2, cause=cause)
    return size // 2


def _wait(verdict: Verdict) -> None:
    raise GitHubUnavailable(f"GitHub asks us to wait: {verdict.message}", verdict.retry_after_s)


def _again(verdict: Verdict) -> None:
    raise GitHubUnavailable(f"GitHub did not answer: {verdict.message}")


def _smaller(verdict: Verdict) -> None:
    raise _Smaller(verdict.message)


def _denied(verdict: Verdict) -> None:
    raise NotAllowed(f"GitHub refused: {verdict.message}", "Give the token the permission that is named.")


def _bad_token(verdict: Verdict) -> None:
    raise NotAllowed(f"GitHub does not accept the token: {verdict.message}", "Check github.token.")


def _not_found(verdict: Verdict) -> None:
    raise NotFound(f"GitHub does not know it, or does not show it to this token: {verdict.message}")


def _invalid(verdict: Verdict) -> None:
    raise UserError(f"GitHub refused: {verdict.message}")


_REFUSALS: Mapping[Refusal, Callable[[Verdict], None]] = {
    Refusal.WAIT: _wait,
    Refusal.AGAIN: _again,
    Refusal.SMALLER: _smaller,
    Refusal.DENIED: _denied,
    Refusal.BAD_TOKEN: _bad_token,
    Refusal.NOT_FOUND: _not_found,
    Refusal.INVALID: _invalid,
}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        # A proxy's error page; the status says what happened.
        return None


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
