"""Pure: what depends on what, and what is a part of what, both ways, from what the entities say of themselves."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog_sync.entity.refs import parse_ref
from catalog_sync.memory.cards import Card


class Tie(StrEnum):
    """How one thing is tied to another; read from the left to the right."""

    DEPENDS_ON = "depends on"
    CONSUMES = "consumes"
    PROVIDES = "provides"
    PART_OF = "is part of"


@dataclass(frozen=True, slots=True)
class Edge:
    """One tie; references in lower case, the second perhaps of something that the catalog does not know."""

    source: str
    tie: Tie
    target: str
    said_by: str
    """Whose file says it: one of the two."""


_FIELDS: Mapping[str, tuple[Tie, str | None]] = {
    "dependsOn": (Tie.DEPENDS_ON, None),
    "dependencyOf": (Tie.DEPENDS_ON, None),
    "consumesApis": (Tie.CONSUMES, "API"),
    "providesApis": (Tie.PROVIDES, "API"),
}


class Ties:
    """All ties of one state of the catalog; never changed.

    Args:
        cards: The catalog's.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        self._out: dict[str, list[Edge]] = {}
        self._in: dict[str, list[Edge]] = {}
        for card in cards:
            for edge in _edges(card):
                self._out.setdefault(edge.source, []).append(edge)
                self._in.setdefault(edge.target, []).append(edge)

    def out_of(self, ref: str) -> Sequence[Edge]:
        """What a thing is tied to."""
        return self._out.get(ref, ())

    def into(self, ref: str) -> Sequence[Edge]:
        """What is tied to a thing."""
        return self._in.get(ref, ())

    def changed(self, gone: Iterable[Card], new: Iterable[Card]) -> "Ties":
        """The ties after a change; what stays is not read again."""
        after = Ties(())
        leaving = Counter(edge for card in gone for edge in _edges(card))
        coming = [edge for card in new for edge in _edges(card)]
        after._out = _patched(self._out, leaving, coming, lambda edge: edge.source)
        after._in = _patched(self._in, leaving, coming, lambda edge: edge.target)
        return after


def _patched(
    edges: Mapping[str, list[Edge]],
    leaving: Mapping[Edge, int],
    coming: Sequence[Edge],
    key_of: Callable[[Edge], str],
) -> dict[str, list[Edge]]:
    """Edges by one of their ends; where a file says one twice, one of the two goes."""
    after = dict(edges)
    for key in {key_of(edge) for edge in leaving}:
        left = dict(leaving)
        after[key] = [edge for edge in edges.get(key, ()) if not _taken(left, edge)]
    for edge in coming:
        key = key_of(edge)
        after[key] = [*after.get(key, ()), edge]
    return after


def _taken(left: dict[Edge, int], edge: Edge) -> bool:
    if not left.get(edge):
        return False
    left[edge] -= 1
    return True


def _edges(card: Card) -> Iterator[Edge]:
    for field, text in card.needs:
        tie, kind = _FIELDS[field]
        other = _reference(text, kind, card.namespace)
        if other:
            ends = (other, card.ref) if field == "dependencyOf" else (card.ref, other)
            yield Edge(ends[0], tie, ends[1], card.ref)
    for kind, text in card.above:
        other = _reference(text, kind, card.namespace)
        if other:
            yield Edge(card.ref, Tie.PART_OF, other, card.ref)


def _reference(text: str, kind: str | None, namespace: str) -> str | None:
    try:
        return str(parse_ref(text, kind, namespace))
    except ValueError:
        # Its file was refused for it already, with the line.
        return None
