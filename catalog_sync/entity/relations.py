"""Pure: the relations that an entity's spec implies, both directions, as Backstage emits them."""

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_sync.entity.model import Entity, Relation
from catalog_sync.entity.refs import parse_ref
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules, RelationRule

_OWNED = RelationRule("owner", "Group", "ownedBy", "ownerOf")
_SYSTEM = RelationRule("system", "System", "partOf", "hasPart")
_DEPENDS = (
    RelationRule("dependsOn", None, "dependsOn", "dependencyOf"),
    RelationRule("dependencyOf", None, "dependencyOf", "dependsOn"),
)
_RULES: Mapping[str, tuple[RelationRule, ...]] = {
    "Component": (
        _OWNED,
        RelationRule("subcomponentOf", "Component", "partOf", "hasPart"),
        RelationRule("providesApis", "API", "providesApi", "apiProvidedBy"),
        RelationRule("consumesApis", "API", "consumesApi", "apiConsumedBy"),
        *_DEPENDS,
        _SYSTEM,
    ),
    "API": (_OWNED, _SYSTEM),
    "Resource": (_OWNED, *_DEPENDS, _SYSTEM),
    "User": (RelationRule("memberOf", "Group", "memberOf", "hasMember"),),
    "Group": (
        RelationRule("parent", "Group", "childOf", "parentOf"),
        RelationRule("children", "Group", "parentOf", "childOf"),
        RelationRule("members", "User", "hasMember", "memberOf"),
    ),
    "System": (_OWNED, RelationRule("domain", "Domain", "partOf", "hasPart")),
    "Domain": (_OWNED, RelationRule("subdomainOf", "Domain", "partOf", "hasPart")),
    "Template": (_OWNED,),
}


RELATION_FIELDS: Mapping[str, frozenset[str]] = {
    rule.field: frozenset(kind for kind, rules in _RULES.items() if any(r.field == rule.field for r in rules))
    for rules in _RULES.values()
    for rule in rules
}
"""Every field that makes a relation, with the kinds in which it does."""


def relations_of(entity: Entity, rules: KindRules = DEFAULT_RULES) -> tuple[Relation, ...]:
    """Every relation of an entity, each with its counterpart.

    Raises:
        ValueError: A reference in it is malformed; the entity as a whole is refused then.
    """
    found: list[Relation] = []
    for rule in _rules_of(entity.api_version, entity.ref.kind, rules):
        for text in _targets(entity.spec.get(rule.field)):
            target = parse_ref(text, rule.default_kind, entity.ref.namespace)
            found += [
                Relation(entity.ref, rule.outgoing, target),
                Relation(target, rule.incoming, entity.ref),
            ]
    return tuple(found)


def malformed_references(
    api_version: str, kind: str, spec: Mapping[str, Any], rules: KindRules = DEFAULT_RULES
) -> Iterator[tuple[tuple[str | int, ...], RelationRule, str, str]]:
    """Each reference of a spec that cannot be read: where it stands, what its field is for, its text, and why."""
    for rule in _rules_of(api_version, kind, rules):
        value = spec.get(rule.field)
        listed = isinstance(value, list)
        for number, text in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(text, str) or not text:
                continue
            try:
                parse_ref(text, rule.default_kind)
            except ValueError as error:
                yield ("spec", rule.field, number) if listed else ("spec", rule.field), rule, text, str(error)


def _rules_of(api_version: str, kind: str, rules: KindRules) -> tuple[RelationRule, ...]:
    custom = rules.custom_kind(api_version, kind)
    return custom.relations if custom else _RULES.get(kind, ())


def _targets(value: Any) -> list[str]:
    """The references of a field: one, or a list, sorted as Backstage sorts it."""
    if not value:
        return []
    return sorted(value) if isinstance(value, list) else [value]
