"""Pure: what is wrong with an entity that a program asks about before it writes it down."""

from collections.abc import Iterator
from typing import Any

from catalog_sync.entity.kinds import flaws_of
from catalog_sync.entity.refs import parse_location
from catalog_sync.entity.relations import malformed_references
from catalog_sync.entity.rules import KindRules
from catalog_sync.query.rows import check_keys
from core.errors import UserError


def faults_of_entity(entity: Any, location: Any, rules: KindRules) -> tuple[str, ...]:
    """One sentence for everything that is wrong; none where the catalog would take the entity.

    Args:
        entity: The document.
        location: Where it would lie: ``url:https://...``.
        rules: Which kinds are taken.
    """
    return (*_location_faults(location), *_entity_faults(entity, rules))


def _location_faults(location: Any) -> Iterator[str]:
    try:
        kind, _target = parse_location(location)
    except ValueError as error:
        yield str(error)
        return
    if kind != "url":
        yield (
            f"Invalid location ref {location}, only 'url:<target>' is supported, e.g. url:https://host/path"
        )


def _entity_faults(entity: Any, rules: KindRules) -> Iterator[str]:
    for flaw in flaws_of(entity, rules):
        parts = [flaw.message]
        if flaw.expected:
            parts.append(f"expected {flaw.expected}")
        if flaw.found:
            parts.append(f"found {flaw.found}")
        yield "; ".join([*parts, *filter(None, [flaw.hint])])
    if isinstance(entity, dict) and isinstance(entity.get("metadata"), dict):
        try:
            check_keys(entity)
        except UserError as error:
            yield error.message
    if isinstance(entity, dict) and isinstance(entity.get("spec"), dict):
        version, kind = str(entity.get("apiVersion")), str(entity.get("kind"))
        for found in malformed_references(version, kind, entity["spec"], rules):
            yield f"{'.'.join(map(str, found[0]))}: {found[-1]}"
