"""Pure: the relations that an entity's spec implies, both directions, as Backstage emits them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_sync.entity.model import Entity, EntityRef, Relation
from catalog_sync.entity.refs import parse_ref


@dataclass(frozen=True, slots=True)
class _Rule:
    """One field of a spec: what it points to, and what the two directions are called."""

    field: str
    default_kind: str | None
    outgoing: str
    incoming: str


_OWNED = _Rule("owner", "Group", "ownedBy", "ownerOf")
_SYSTEM = _Rule("system", "System", "partOf", "hasPart")
_DEPENDS = (
    _Rule("dependsOn", None, "dependsOn", "dependencyOf"),
    _Rule("dependencyOf", None, "dependencyOf", "dependsOn"),
)
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "Component": (
        _OWNED,
        _Rule("subcomponentOf", "Component", "partOf", "hasPart"),
        _Rule("providesApis", "API", "providesApi", "apiProvidedBy"),
        _Rule("consumesApis", "API", "consumesApi", "apiConsumedBy"),
        *_DEPENDS,
        _SYSTEM,
    ),
    "API": (_OWNED, _SYSTEM),
    "Resource": (_OWNED, *_DEPENDS, _SYSTEM),
    "User": (_Rule("memberOf", "Group", "memberOf", "hasMember"),),
    "Group": (
        _Rule("parent", "Group", "childOf", "parentOf"),
        _Rule("children", "Group", "parentOf", "childOf"),
        _Rule("members", "User", "hasMember", "memberOf"),
    ),
    "System": (_OWNED, _Rule("domain", "Domain", "partOf", "hasPart")),
    "Domain": (_OWNED, _Rule("subdomainOf", "Domain", "partOf", "hasPart")),
    "Template": (_OWNED,),
}


def relations_of(entity: Entity) -> tuple[Relation, ...]:
    """Every relation of an entity, each with its counterpart.

    Raises:
        ValueError: A reference in it is malformed; the entity as a whole is refused then.
    """
    return tuple(_relations(entity.ref, entity.spec))


def _relations(ref: EntityRef, spec: Mapping[str, Any]) -> Iterator[Relation]:
    for rule in _RULES.get(ref.kind, ()):
        for text in _targets(spec.get(rule.field)):
            target = parse_ref(text, rule.default_kind, ref.namespace)
            yield Relation(ref, rule.outgoing, target)
            yield Relation(target, rule.incoming, ref)


def _targets(value: Any) -> list[str]:
    """The references of a field: one, or a list, sorted as Backstage sorts it."""
    if not value:
        return []
    return sorted(value) if isinstance(value, list) else [value]
