"""One REST route: its permission and body as a table row, and the call that its handler is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.site import Site
from bot.sandbox.github.state import HostedRepository
from bot.sandbox.github.viewer import Viewer
from bot.sandbox.organization import Team

Json = dict[str, Any]
_PER_PAGE, _MAX_PER_PAGE = 30, 100


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers; ``raw`` goes out as it is instead of ``body``."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route.

    Args:
        path: As GitHub's description writes it (``/repos/{owner}/{repo}``).
        needs: Permissions as GitHub writes them in X-Accepted-GitHub-Permissions: commas join what is
            needed together, semicolons divide alternatives; empty where anybody may ask.
        body: Field to type, as ``rest.body`` reads them.
        on_archived: Whether a write is carried out on an archived repository.
    """

    method: str
    path: str
    answer: "Callable[[Call], Reply]"
    needs: str = ""
    body: Mapping[str, str] = field(default_factory=dict)
    on_archived: bool = False

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method not in ("GET", "HEAD")


class Call:
    """One request for a route, with what its handler reads of it.

    Attributes:
        host: The organisation that it is about, with its ``state``; where its path names none, the asker's own.
    """

    def __init__(
        self,
        site: Site,
        viewer: Viewer,
        endpoint: Endpoint,
        params: Mapping[str, str],
        query: Mapping[str, str],
        headers: Mapping[str, str],
        path: str,
    ) -> None:
        self.site = site
        self.host = site.meant(params, viewer)
        self.state = self.host.state
        self.viewer = viewer
        self.endpoint = endpoint
        self.params = params
        self.query = query
        self.accept = headers.get("accept", "")
        self.path = path
        self.body: Json = {}

    def wants(self, kind: str) -> bool:
        """Whether the asker prefers a media type of GitHub's own (``raw``, ``sha``, ``diff``)."""
        return f"vnd.github.{kind}" in self.accept or f"vnd.github.v3.{kind}" in self.accept

    @cached_property
    def organization(self) -> str:
        """The organisation of the path, as it is spelt.

        Raises:
            RestError: There is none by that name.
        """
        if self.params["org"].lower() != self.state.name.lower():
            raise not_found()
        return self.state.name

    @cached_property
    def team(self) -> Team:
        """The team of the path.

        Raises:
            RestError: There is none by that name.
        """
        _ = self.organization
        found = self.state.teams.get(self.params["team_slug"].lower())
        if found is None:
            raise not_found()
        return found

    @cached_property
    def repository(self) -> HostedRepository:
        """The repository of the path, where the asker may see it.

        Raises:
            RestError: There is none for this asker (404), or it has another name now (301).
        """
        owner, name = self.params["owner"], self.params["repo"]
        found = self.state.repository(owner, name)
        if found is None:
            self._moved(owner, name)
        if found is None or not self.viewer.sees(found):
            raise not_found()
        if not self.host.settling.is_settled(found):
            raise not_found()
        return found

    def page(
        self, items: Sequence[Any], shape: Callable[[Any], Any], wrap: str = "", most: int | None = None
    ) -> Reply:
        """One page of a list, with the Link header.

        Args:
            wrap: Names the field of a counted list.
            most: Only so many of the items can be reached, as in a search.

        Raises:
            RestError: The page lies behind ``most``.
        """
        size = _number(self.query.get("per_page"), _PER_PAGE, _MAX_PER_PAGE)
        number = _number(self.query.get("page"), 1, 10**9)
        start, reached = (number - 1) * size, len(items) if most is None else min(len(items), most)
        if most is not None and start >= most:
            raise RestError(422, f"Only the first {most} search results are available")
        rows = [shape(item) for item in items[start : min(start + size, reached)]]
        links = self._links(number, max(-(-reached // size), 1))
        body: Any = {"total_count": len(items), wrap: rows} if wrap else rows
        return Reply(body, headers={"Link": links} if links else {})

    def _links(self, number: int, last: int) -> str:
        pages = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        if number <= 1:
            del pages["prev"], pages["first"]
        if number >= last:
            del pages["next"], pages["last"]
        return ", ".join(f'<{self._url(page)}>; rel="{name}"' for name, page in pages.items())

    def _url(self, page: int) -> str:
        query = urlencode({**self.query, "page": page})
        return f"{self.host.url}{self.path}?{query}"

    def _moved(self, owner: str, name: str) -> None:
        found = self.state.renamed(owner, name)
        if found is None or not self.viewer.sees(found):
            return
        rest = self.path.split("/", 4)[4:]
        url = "/".join([f"{self.host.url}/repositories/{found.number}", *rest])
        query = f"?{urlencode(self.query)}" if self.query else ""
        raise RestError(
            307 if self.endpoint.is_write else 301,
            "Moved Permanently" if not self.endpoint.is_write else "Temporary Redirect",
            more={"url": url + query},
            headers={"Location": url + query},
        )


def _number(text: str | None, otherwise: int, most: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < 1:
        return otherwise
    return min(int(text), most)
