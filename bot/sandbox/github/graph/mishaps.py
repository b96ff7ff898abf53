"""Fields that go wrong on demand, in the words that GitHub has for it."""

import secrets
from typing import Any

from graphql import GraphQLError

from bot.sandbox.github.graph.asking import Info, Resolver, asking, forbidden, refused
from bot.sandbox.github.graph_limits import GraphFaultKind, GraphLimits

_WORDS = {
    GraphFaultKind.NOT_FOUND: "Could not resolve to a node.",
    GraphFaultKind.SERVICE_UNAVAILABLE: "This field is temporarily unavailable. Please try again later.",
    GraphFaultKind.RESOURCE_LIMITS_EXCEEDED: "Resource limits for this query exceeded.",
    GraphFaultKind.TIMEOUT: "The query takes too long.",
}


class Mishaps:
    """Stands before every resolver while faults are planned."""

    def __init__(self, limits: GraphLimits) -> None:
        self._limits = limits
        self.is_timed_out = False

    def resolve(self, proceed: Resolver, source: Any, info: Info, **args: Any) -> Any:
        """The field's value, or the planned fault of its path.

        Raises:
            GraphQLError: There is one.
        """
        kind = self._limits.take(".".join(str(part) for part in info.path.as_list()))
        if kind is None:
            return proceed(source, info, **args)
        self.is_timed_out = self.is_timed_out or kind is GraphFaultKind.TIMEOUT
        raise self._error(kind, info)

    def _error(self, kind: GraphFaultKind, info: Info) -> GraphQLError:
        if kind is GraphFaultKind.FORBIDDEN:
            return forbidden(asking(info).viewer)
        return refused(kind.value, _WORDS[kind])


def reference() -> str:
    """A number to name when reporting, of the shape that GitHub's have."""
    parts = (
        secrets.token_hex(2),
        secrets.token_hex(2),
        secrets.token_hex(3),
        secrets.token_hex(3),
        secrets.token_hex(4),
    )
    return ":".join(parts).upper()
