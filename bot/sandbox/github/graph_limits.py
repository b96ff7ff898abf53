"""How much one GraphQL query may ask of the local GitHub, and which of its fields go wrong on demand."""

import random
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

TIMEOUT_TEXT = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a "
    "GitHub bug. Please include `{reference}` when reporting this issue."
)


class GraphFaultKind(StrEnum):
    """What becomes of a field; the words are those of ``errors[].type``."""

    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    RESOURCE_LIMITS_EXCEEDED = "RESOURCE_LIMITS_EXCEEDED"
    TIMEOUT = "TIMEOUT"
    """The whole answer is null, with GitHub's words about a timeout."""


@dataclass(slots=True)
class GraphFault:
    """One planned fault.

    Args:
        path: Which fields: a glob over the path in the answer (``organization.teams``,
            ``nodes.*.vulnerabilityAlerts``).
        times: So many fields more; None is all of them from now on.
    """

    path: str
    kind: GraphFaultKind
    times: int | None = 1


@dataclass(slots=True)
class GraphLimits:
    """The limits of one query and the time that it seems to take.

    GitHub stops after ten seconds. What a query costs there is not published; these weights give what people
    report: a page of 100 repositories with two counts each takes 8 to 11 seconds, and one in four is a 502.
    No time passes here.
    """

    max_nodes: int = 500_000
    max_page: int = 100
    timeout_ms: float | None = 10_000
    """None: nothing is ever too slow."""
    base_ms: float = 100
    node_ms: float = 0.5
    count_ms: float = 40
    """A ``totalCount`` below another list; the count of the outermost list costs nothing."""
    object_ms: float = 8
    """An ``object`` or a page of history that is read from git."""
    timeout_points: int = 10
    """What a timeout costs beyond the points of the query; GitHub does not say how much."""
    resource_nodes: int | None = None
    """After so many nodes further lists are null with RESOURCE_LIMITS_EXCEEDED; GitHub does not say how many."""
    faults: list[GraphFault] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def slowness(self) -> float:
        """How busy GitHub is during the next query, from a fixed seed: 0.85 to 1.35 times as slow as usual."""
        with self._lock:
            return self._random.uniform(0.85, 1.35)

    def fail(self, path: str, kind: GraphFaultKind | str, times: int | None = 1) -> None:
        """Get the next fields wrong that fit a path."""
        with self._lock:
            self.faults.append(GraphFault(path, GraphFaultKind(kind), times))

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self.faults.clear()

    def take(self, path: str) -> GraphFaultKind | None:
        """The fault of a field, used up by it."""
        with self._lock:
            for fault in self.faults:
                if fault.times != 0 and fnmatchcase(path, fault.path):
                    fault.times = fault.times - 1 if fault.times else fault.times
                    return fault.kind
        return None
