"""Pure: how many documents have each value of a field."""

from collections.abc import Sequence, Set
from typing import TypedDict

from catalog_sync.query.index import Index
from core.errors import UserError


class Facet(TypedDict):
    """One value of a field, as it was written, with how many documents have it."""

    value: str
    count: int


def parse_facets(facets: Sequence[str] | None) -> tuple[str, ...]:
    """The fields to count.

    Raises:
        UserError: There are none.
    """
    found = tuple(filter(None, facets or ()))
    if not found:
        raise UserError("Missing or empty facets parameter", "For example: facet=kind")
    return found


def facets_of(index: Index, facets: Sequence[str], among: Set[int] | None = None) -> dict[str, list[Facet]]:
    """Each field's values in the order of their text; null and what is over 200 characters long are left out.

    Args:
        index: The catalog.
        facets: Fields, in any case.
        among: Only these documents count; all when left out.
    """
    return {
        facet: [
            Facet(value=value, count=count)
            for value, count in sorted(index.counts(facet.lower(), among).items())
        ]
        for facet in facets
    }
