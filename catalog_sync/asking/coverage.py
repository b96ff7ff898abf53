"""How much of an organisation the catalog knows, who is named by nobody, and where several places differ."""

from datetime import datetime

from catalog_sync.answers import Coverage, Differing, Near, Unlisted
from catalog_sync.entity.model import RepositoryName
from catalog_sync.estate import Estate
from core.access import Visibility


def coverage_of(estate: Estate, seen: frozenset[Visibility], synced_at: datetime | None) -> Coverage:
    """The whole of it, for somebody who sees so much; the lists are in the order of names.

    Args:
        estate: The catalog.
        seen: What may be told.
        synced_at: When the catalog was last known to be right.
    """
    resolver = estate.resolver(seen)
    unowned: list[Near] = []
    unknown: list[Differing] = []
    differing: list[Differing] = []
    things = [
        card for _ref, card in sorted(estate.cards.items()) if card.is_ownable and card.visibility in seen
    ]
    for card in things:
        resolution = resolver.of_entity(card.ref)
        near = Near(card.ref, card.title, card.written[0])
        owners = tuple(map(estate.owner, resolution.owners))
        if not owners:
            unowned.append(near)
        strangers = [owner for owner in owners if not owner.is_known]
        if strangers:
            says = tuple(f"The catalog knows no {o.kind.lower()} called {o.title}" for o in strangers)
            unknown.append(Differing(near, owners, says))
        if resolution.disagreements:
            differing.append(Differing(near, owners, resolution.disagreements))
    return Coverage(
        repositories=sum(1 for row in estate.repositories.values() if row.visibility in seen),
        without_entry=tuple(_without_entry(estate, seen)),
        things=len(things),
        unowned=tuple(unowned),
        unknown=tuple(unknown),
        disagreements=tuple(differing),
        synced_at=synced_at,
    )


def _without_entry(estate: Estate, seen: frozenset[Visibility]) -> list[Unlisted]:
    found = []
    for row in estate.without_entry(seen):
        resolution = estate.resolver(seen).of_repository(row.key)
        owners = tuple(map(estate.owner, resolution.owners))
        name = RepositoryName(row.host, row.owner, row.name)
        found.append(Unlisted(name, owners, resolution.why, row.is_archived))
    return found
