"""Pure: what the ``spec`` of each of Backstage's kinds has to hold.

Source: the JSON schemas of Backstage's catalog model 1.10.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_sync.entity.flaws import Flaw, as_list, dotted, is_text, not_text, shown, type_of

Shape = Callable[[str, Any], Iterator[Flaw]]


@dataclass(frozen=True, slots=True)
class SpecRule:
    """One field of a spec, and what it has to hold."""

    name: str
    shape: Shape
    is_required: bool = False


def a_text(place: str, value: Any) -> Iterator[Flaw]:
    """Text that is not empty."""
    if not is_text(value, 1):
        yield not_text("kind", place, value)


def a_list_of_texts(place: str, value: Any) -> Iterator[Flaw]:
    """A list of texts that are not empty; the list may be."""
    if not isinstance(value, list):
        yield Flaw("kind", place, f"{dotted(place)} must be a list", "a list", shown(value), as_list(value))
        return
    for number, item in enumerate(value):
        yield from a_text(f"{place}/{number}", item)


def _profile(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw(
            "kind", place, "profile must hold named fields", "displayName, email, picture", type_of(value)
        )
        return
    for field in ("displayName", "email", "picture"):
        if field in value:
            yield from a_text(f"{place}/{field}", value[field])


def _presence(place: str, value: Any) -> Iterator[Flaw]:
    if value not in ("required", "optional"):
        yield Flaw("kind", place, "presence must be one of two words", "required or optional", shown(value))


def named_fields(place: str, value: Any) -> Iterator[Flaw]:
    """A mapping, whatever is in it."""
    if not isinstance(value, dict):
        yield Flaw("kind", place, f"{dotted(place)} must hold named fields", "named fields", type_of(value))


_OWNER = SpecRule("owner", a_text, True)
TYPE = SpecRule("type", a_text, True)
_LIFECYCLE = SpecRule("lifecycle", a_text, True)
SPECS: Mapping[str, tuple[SpecRule, ...]] = {
    "Component": (
        TYPE,
        _LIFECYCLE,
        _OWNER,
        SpecRule("system", a_text),
        SpecRule("subcomponentOf", a_text),
        SpecRule("providesApis", a_list_of_texts),
        SpecRule("consumesApis", a_list_of_texts),
        SpecRule("dependsOn", a_list_of_texts),
    ),
    "API": (TYPE, _LIFECYCLE, _OWNER, SpecRule("definition", a_text, True), SpecRule("system", a_text)),
    "Resource": (TYPE, _OWNER, SpecRule("dependsOn", a_list_of_texts), SpecRule("system", a_text)),
    "System": (_OWNER, SpecRule("domain", a_text), SpecRule("type", a_text)),
    "Domain": (_OWNER, SpecRule("subdomainOf", a_text), SpecRule("type", a_text)),
    "Group": (
        TYPE,
        SpecRule("profile", _profile),
        SpecRule("parent", a_text),
        SpecRule("children", a_list_of_texts, True),
        SpecRule("members", a_list_of_texts),
    ),
    "User": (SpecRule("profile", _profile), SpecRule("memberOf", a_list_of_texts, True)),
    "Location": (
        SpecRule("type", a_text),
        SpecRule("target", a_text),
        SpecRule("targets", a_list_of_texts),
        SpecRule("presence", _presence),
    ),
}
