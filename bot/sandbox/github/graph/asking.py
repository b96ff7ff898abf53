"""One query while it runs: who asks, over which GitHub, what it has cost so far, and how it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from graphql import GraphQLError, GraphQLResolveInfo

from bot.sandbox.github.graph.cost import Cost
from bot.sandbox.github.graph_limits import GraphLimits
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.site import Site
from bot.sandbox.github.state import State
from bot.sandbox.github.viewer import Viewer
from core.access import Visibility

Info: TypeAlias = "GraphQLResolveInfo[Any]"
Resolver = Callable[..., Any]
"""What answers one field: its parent, the call, and the field's arguments by name."""
_OPEN_TO_ALL = {"contents", "pull_requests", "issues"}
"""What a public repository shows to any token."""


@dataclass(slots=True)
class Asking:
    """The context of every resolver."""

    site: Site
    web_url: str
    viewer: Viewer
    cost: Cost
    limits: GraphLimits
    slowness: float = 1.0
    spent_ms: float = 0.0
    nodes: int = 0
    is_dry: bool = False
    """Whether only the price is asked for."""

    def spend(self, milliseconds: float) -> None:
        """Let time pass as it would on GitHub.

        Raises:
            GraphQLError: There is none left; the whole answer will be a 502, so the rest can be left out.
        """
        self.spent_ms += milliseconds * self.slowness
        if self.is_timed_out:
            raise GraphQLError("The query takes too long.")

    @property
    def is_timed_out(self) -> bool:
        """Whether it has taken longer than GitHub lets it."""
        limit = self.limits.timeout_ms
        return limit is not None and self.spent_ms > limit

    def take_nodes(self, count: int) -> None:
        """Note that a page of a list is about to be returned.

        Raises:
            GraphQLError: It is one node too many.
        """
        limit = self.limits.resource_nodes
        if limit is not None and self.nodes + count > limit:
            raise refused("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
        self.nodes += count
        self.spend(count * self.limits.node_ms)

    def numbered(self, text: str) -> HostedRepository | None:
        """The repository with a number as ids hold it, if the token may see it."""
        found = self.site.by_number(int(text)) if text.isdecimal() and len(text) < 12 else None
        return found if found and self.sees(found) else None

    def sees(self, repository: HostedRepository) -> bool:
        """Whether a repository exists for whoever asks."""
        return self.viewer.sees(repository)

    def require(
        self, permission: str, repository: HostedRepository | None = None, level: str = "read"
    ) -> None:
        """Go on only with a permission.

        Raises:
            GraphQLError: FORBIDDEN; the field becomes null.
        """
        is_covered = repository is None or self.viewer.covers(repository)
        if is_covered and self.viewer.may(permission, level):
            return
        is_open = repository is not None and repository.visibility is Visibility.PUBLIC
        if is_open and permission in _OPEN_TO_ALL and level == "read":
            return
        raise forbidden(self.viewer)

    def require_in(self, state: State, permission: str) -> None:
        """Go on only where the token may read something of an organisation.

        Raises:
            GraphQLError: FORBIDDEN; the field becomes null.
        """
        if not self.viewer.reaches(state.name):
            raise forbidden(self.viewer)
        self.require(permission)


def asking(info: Info) -> Asking:
    """The query that a resolver runs for."""
    return cast(Asking, info.context)


def refused(kind: str, message: str, **extensions: Any) -> GraphQLError:
    """An error of GitHub's with ``type``; the field becomes null."""
    return GraphQLError(message, extensions={"type": kind, **extensions})


def forbidden(viewer: Viewer) -> GraphQLError:
    """What a token gets that lacks a permission."""
    return refused("FORBIDDEN", viewer.denied, saml_failure=False)
