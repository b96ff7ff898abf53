"""Pure: the shape of an entity, envelope and spec by kind; every fault, the first as Backstage finds it.

Source: the JSON schemas of Backstage's catalog model 1.10 and of its scaffolder's Template kind.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import chain, islice
from typing import Any

from catalog_sync.entity.envelope import envelope_flaws, policy_flaws
from catalog_sync.entity.flaws import Flaw, missing, type_of
from catalog_sync.entity.rules import DEFAULT_RULES, CustomKind, KindRules, Shape
from catalog_sync.entity.specs import SPECS, SpecRule, a_list_of_texts, a_text, named_fields
from catalog_sync.entity.specs import Shape as Check
from catalog_sync.entity.template_spec import TEMPLATE

MOST_FLAWS = 100
"""So many are told of one document; a hostile one could have a fault in each of its bytes."""
BACKSTAGE_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
TEMPLATE_VERSION = "scaffolder.backstage.io/v1beta3"

KINDS = (*SPECS, "Template")
"""The kinds that the catalog knows."""

SPEC_FIELDS: Mapping[str, frozenset[str]] = {
    **{kind: frozenset(field.name for field in fields) for kind, fields in SPECS.items()},
    # What is not in Backstage's schemas, and is honoured all the same.
    "Component": frozenset((*(field.name for field in SPECS["Component"]), "dependencyOf")),
    "Resource": frozenset((*(field.name for field in SPECS["Resource"]), "dependencyOf")),
    "Template": frozenset(
        (*(field.name for field in TEMPLATE), "presentation", "formDecorators", "EXPERIMENTAL_recovery")
    ),
}
"""The fields of each kind's spec that mean something."""


def flaws_of(document: Any, rules: KindRules = DEFAULT_RULES) -> tuple[Flaw, ...]:
    """Everything that is wrong with a document, up to a limit; empty when Backstage would accept it.

    Args:
        document: What a YAML document holds, its placeholders already replaced.
        rules: Which kinds are taken beside Backstage's.
    """
    if not isinstance(document, dict):
        return (Flaw("envelope", "", "this document is not an entity", "named fields", type_of(document)),)
    found = chain(envelope_flaws(document), policy_flaws(document), _kind(document, rules))
    return tuple(islice(found, MOST_FLAWS))


def _kind(document: Mapping[str, Any], rules: KindRules) -> Iterator[Flaw]:
    version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(kind, str) or not kind:
        return
    if not isinstance(version, str) or not version:
        # That is told already; the spec can be looked at all the same.
        version = TEMPLATE_VERSION if kind == "Template" else BACKSTAGE_VERSIONS[0]
    custom = rules.custom_kind(version, kind)
    fields = _custom_fields(custom) if custom else _rules_for(version, kind)
    if fields is None and not rules.keep_unknown:
        yield _unknown(version, kind, rules)
        fields = next((found for known, found in SPECS.items() if known.lower() == kind.lower()), None)
    if fields is not None:
        yield from _spec(
            document, fields, is_needed=custom is None or any(field.is_required for field in fields)
        )
    spec = document.get("spec")
    if custom and custom.check and isinstance(spec, dict):
        yield from _checked(custom, spec)


def _checked(kind: CustomKind, spec: Mapping[str, Any]) -> Iterator[Flaw]:
    """What a plugin's own check finds."""
    assert kind.check
    try:
        found = [(str(at), str(text)) for at, text in kind.check(spec)]
    except Exception as error:  # noqa: BLE001 - a plugin call is an outer rim; the entity is not taken unchecked
        yield Flaw(
            "kind", "/spec", f"the check of the kind {kind.name} failed: {error!r:.200}", hint=_PLUGIN_HINT
        )
        return
    for at, text in found:
        yield Flaw("kind", f"/spec/{at.replace('.', '/')}", text)


_PLUGIN_HINT = "this is a mistake in the plugin that brings the kind"


def _unknown(version: str, kind: str, rules: KindRules) -> Flaw:
    known = [*KINDS, *(item.name for item in rules.custom)]
    near = get_close_matches(kind, known, n=1, cutoff=0.8)
    twin = next((name for name in known if name.lower() == kind.lower()), None) or (near[0] if near else "")
    versions = _versions_of(twin, rules)
    if twin == kind:
        return Flaw(
            "kind", "/apiVersion", f"{kind} is not known in this version", " or ".join(versions), version
        )
    hint = f"did you mean {twin} ({versions[0]})? If not, {_KEEP_HINT}" if twin else _KEEP_HINT
    return Flaw(
        "kind", "/kind", f"{kind} is no kind that the catalog knows", ", ".join(known), kind, hint=hint
    )


_KEEP_HINT = (
    "the setting catalog.unknown_kinds: keep takes such entries as they are, and a plugin can bring the kind"
)


def _versions_of(kind: str, rules: KindRules) -> tuple[str, ...]:
    own = next((item.api_versions for item in rules.custom if item.name == kind), None)
    return own or ((TEMPLATE_VERSION,) if kind == "Template" else BACKSTAGE_VERSIONS)


def _rules_for(version: str, kind: str) -> "tuple[SpecRule, ...] | None":
    if kind == "Template":
        return TEMPLATE if version == TEMPLATE_VERSION else None
    return SPECS.get(kind) if version in BACKSTAGE_VERSIONS else None


def _spec(document: Mapping[str, Any], rules: tuple[SpecRule, ...], *, is_needed: bool) -> Iterator[Flaw]:
    if "spec" not in document:
        if is_needed:
            yield missing("kind", "", "spec")
        return
    spec = document["spec"]
    if spec is None:
        yield Flaw("kind", "/spec", "spec must hold named fields", "named fields", "nothing")
    if not isinstance(spec, dict):
        return
    for rule in rules:
        if rule.is_required and rule.name not in spec:
            yield missing("kind", "/spec", rule.name)
    for rule in rules:
        if rule.name in spec:
            yield from rule.shape(f"/spec/{rule.name}", spec[rule.name])


_CUSTOM_SHAPES: Mapping[Shape, Check] = {
    Shape.TEXT: a_text,
    Shape.TEXTS: a_list_of_texts,
    Shape.FIELDS: named_fields,
    Shape.ANYTHING: lambda _place, _value: iter(()),
}


def _custom_fields(kind: CustomKind) -> tuple[SpecRule, ...]:
    return tuple(
        SpecRule(field.name, _CUSTOM_SHAPES[field.shape], field.is_required) for field in kind.fields
    )
