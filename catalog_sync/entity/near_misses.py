"""Pure: what Backstage takes without a word and ignores, though its author surely meant something by it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

from catalog_sync.entity.kinds import SPEC_FIELDS
from catalog_sync.entity.relations import RELATION_FIELDS

_METADATA = (
    "name",
    "namespace",
    "title",
    "description",
    "labels",
    "annotations",
    "tags",
    "links",
    "uid",
    "etag",
)
# The names that relations have in the catalog, and older or invented names of fields.
_MEANT: Mapping[str, str] = {
    "implementsapis": "providesApis",
    "exposesapis": "providesApis",
    "apiprovidedby": "providesApis, in the entity that provides it",
    "apiconsumedby": "consumesApis, in the entity that consumes it",
    "providedby": "providesApis, in the entity that provides it",
    "consumedby": "consumesApis, in the entity that consumes it",
    "ownedby": "owner",
    "partof": "system, domain or subcomponentOf",
    "haspart": "system, domain or subcomponentOf, in the part",
    "subcomponents": "subcomponentOf or system, in the part",
    "components": "system, in the part",
    "hasmember": "members",
    "childof": "parent",
    "parentof": "children",
}
_MOST = 100
_MOST_NAMES = 500
"""So many names of one mapping are looked at; to compare a name with others takes a while."""
_PLACEHOLDERS = ("$text", "$json", "$yaml")
# Keys that begin with a dollar sign and mean something to others.
_FOREIGN_DOLLARS = ("$ref", "$schema", "$id", "$defs", "$anchor", "$comment", "$dynamicRef", "$dynamicAnchor")
_ANNOTATIONS = (
    "backstage.io/techdocs-ref",
    "backstage.io/techdocs-entity",
    "backstage.io/source-location",
    "backstage.io/view-url",
    "backstage.io/edit-url",
    "backstage.io/managed-by-location",
    "backstage.io/managed-by-origin-location",
    "backstage.io/kubernetes-id",
    "backstage.io/kubernetes-namespace",
    "backstage.io/kubernetes-label-selector",
    "backstage.io/adr-location",
    "github.com/project-slug",
    "github.com/team-slug",
    "github.com/user-login",
    "gitlab.com/project-slug",
    "slack.com/bot-notify",
    "sonarqube.org/project-key",
    "sentry.io/project-slug",
    "pagerduty.com/service-id",
    "pagerduty.com/integration-key",
)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One field that does nothing."""

    at: tuple[str | int, ...]
    message: str
    expected: str
    found: str
    hint: str = ""


def near_misses(document: Any) -> Iterator[NearMiss]:
    """Each field of a document that does nothing, and what was probably meant; unknown fields are let pass."""
    yield from islice(_near_misses(document), _MOST)


def _near_misses(document: Any) -> Iterator[NearMiss]:
    if not isinstance(document, dict):
        return
    yield from _twins(document, ())
    metadata, spec, kind = document.get("metadata"), document.get("spec"), document.get("kind")
    if isinstance(metadata, dict):
        yield from _misspelt(metadata, _METADATA, ("metadata",))
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            yield from _misspelt(annotations, _ANNOTATIONS, ("metadata", "annotations"), likeness=0.93)
    if isinstance(spec, dict) and kind in SPEC_FIELDS:
        yield from _useless(spec, str(kind))
        yield from _placeholders(spec, ("spec",))


def _useless(spec: Mapping[str, Any], kind: str) -> Iterator[NearMiss]:
    known = SPEC_FIELDS[kind]
    for name in islice(spec, _MOST_NAMES):
        if name in known:
            continue
        meant = _MEANT.get(name.lower()) or _nearest(name, [field for field in known if field not in spec])
        at = ("spec", name)
        if meant:
            yield NearMiss(at, f"{name} is no field of {_an(kind)}, and does nothing", meant, name)
        elif name in RELATION_FIELDS and kind != "Template":
            kinds = " and ".join(sorted(RELATION_FIELDS[name]))
            yield NearMiss(
                at, f"{name} is no field of {_an(kind)}, and does nothing", f"{name} in {_an(kinds)}", name
            )


def _an(kind: str) -> str:
    return f"an {kind}" if kind[:1] in "AEIO" else f"a {kind}"


def _misspelt(
    holder: Mapping[str, Any], known: Iterable[str], path: tuple[str, ...], likeness: float = 0.8
) -> Iterator[NearMiss]:
    names = list(known)
    for name in islice(holder, _MOST_NAMES):
        if name not in names:
            meant = _nearest(name, [item for item in names if item not in holder], likeness)
            if meant:
                yield NearMiss((*path, name), f"{name} means nothing to anybody", meant, name)


def _nearest(name: str, known: Iterable[str], likeness: float = 0.8) -> str:
    """What was probably meant: the same but for upper and lower case, or nearly the same."""
    lowered = {item.lower(): item for item in known}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=likeness)
    return lowered[found[0]] if found else ""


def _twins(value: Any, path: tuple[str | int, ...]) -> Iterator[NearMiss]:
    """Names that differ only in upper and lower case: Backstage cannot index such an entity."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _twins(item, (*path, number))
    if not isinstance(value, dict):
        return
    seen: dict[str, str] = {}
    for name, item in value.items():
        other = seen.setdefault(name.lower(), name)
        if other != name:
            message = f"{other} and {name} differ in upper and lower case only"
            yield NearMiss((*path, name), message, "one of them", name)
        yield from _twins(item, (*path, name))


def _placeholders(value: Any, path: tuple[str | int, ...]) -> Iterator[NearMiss]:
    """Placeholders of which there is no such kind; what is in an API's own text is none of ours."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _placeholders(item, (*path, number))
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if len(value) == 1 and name.startswith("$") and name not in (*_PLACEHOLDERS, *_FOREIGN_DOLLARS):
            message = f"{name} is no placeholder, and stays as it is"
            yield NearMiss((*path, name), message, " or ".join(_PLACEHOLDERS), name)
        else:
            yield from _placeholders(item, (*path, name))
