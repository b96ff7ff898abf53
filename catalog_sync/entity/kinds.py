"""Pure: the shape of an entity, envelope and spec by kind; every fault, the first as Backstage finds it.

Source: the JSON schemas of Backstage's catalog model 1.10 and of its scaffolder's Template kind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_sync.entity.fields import EXPECTED, VALIDATORS

BACKSTAGE_VERSIONS = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
TEMPLATE_VERSION = "scaffolder.backstage.io/v1beta3"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with an entity.

    ``stage`` is where Backstage stops: envelope, policy or kind. ``field`` is a JSON pointer.
    """

    stage: str
    field: str
    message: str
    expected: str = ""
    found: str = ""


def flaws_of(document: Any) -> tuple[Flaw, ...]:
    """Everything that is wrong with a document; empty when Backstage would accept it."""
    if not isinstance(document, dict):
        return (Flaw("envelope", "", "this document is not an entity", "named fields", _type(document)),)
    envelope = tuple(_envelope(document))
    if envelope:
        # What follows would only repeat it.
        return envelope
    shape = (*_metadata_shape(document["metadata"]), *_output_only(document), *_foreign(document))
    return (*(shape or tuple(_formats(document))), *_kind(document))


def _envelope(document: Mapping[str, Any]) -> Iterator[Flaw]:
    for field in ("apiVersion", "kind", "metadata"):
        if field not in document:
            yield _missing("envelope", "", field)
    for field in ("apiVersion", "kind"):
        if field in document and (not isinstance(document[field], str) or not document[field]):
            yield Flaw(
                "envelope", f"/{field}", f"{field} must be text", EXPECTED[field], _shown(document[field])
            )
    metadata = document.get("metadata")
    if "metadata" not in document:
        return
    if not isinstance(metadata, dict):
        yield Flaw(
            "envelope", "/metadata", "metadata must hold named fields", "named fields", _type(metadata)
        )
        return
    if "name" not in metadata:
        yield _missing("envelope", "/metadata", "name")
    for field in ("name", "namespace"):
        if field in metadata and not _is_text(metadata[field], 1):
            yield _not_text("envelope", f"/metadata/{field}", metadata[field])


def _metadata_shape(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    for field, least in (("uid", 1), ("etag", 1), ("title", 1), ("description", 0)):
        if field in metadata and not _is_text(metadata[field], least):
            yield _not_text("policy", f"/metadata/{field}", metadata[field])
    for field in ("labels", "annotations"):
        yield from _string_map(metadata, field)
    yield from _tags(metadata)
    yield from _links(metadata)


def _string_map(metadata: Mapping[str, Any], field: str) -> Iterator[Flaw]:
    if field not in metadata:
        return
    values = metadata[field]
    if not isinstance(values, dict):
        yield Flaw(
            "policy",
            f"/metadata/{field}",
            f"{field} must hold named values",
            "names with text",
            _type(values),
        )
        return
    for key, value in values.items():
        if not isinstance(value, str):
            yield _not_text("policy", f"/metadata/{field}/{_pointer(key)}", value)


def _tags(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    if "tags" not in metadata:
        return
    tags = metadata["tags"]
    if not isinstance(tags, list):
        yield Flaw("policy", "/metadata/tags", "tags must be a list", "a list", _type(tags))
        return
    for number, tag in enumerate(tags):
        if not _is_text(tag, 1):
            yield _not_text("policy", f"/metadata/tags/{number}", tag)


def _links(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    if "links" not in metadata:
        return
    links = metadata["links"]
    if not isinstance(links, list):
        yield Flaw("policy", "/metadata/links", "links must be a list", "a list", _type(links))
        return
    for number, link in enumerate(links):
        place = f"/metadata/links/{number}"
        if not isinstance(link, dict):
            yield Flaw("policy", place, "a link must have a url", "url, title", _type(link))
            continue
        if "url" not in link:
            yield _missing("policy", place, "url")
        for field in ("url", "title", "icon", "type"):
            if field in link and not _is_text(link[field], 1):
                yield _not_text("policy", f"{place}/{field}", link[field])


def _foreign(document: Mapping[str, Any]) -> Iterator[Flaw]:
    known = ("apiVersion", "kind", "metadata", "spec")
    for field in document:
        if field in ("relations", "status"):
            yield Flaw(
                "policy",
                f"/{field}",
                f"{field} is written by the catalog, not by people",
                ", ".join(known),
                field,
            )
        elif field not in known:
            yield Flaw("policy", "", f"{field} is no field of an entity", ", ".join(known), str(field))
    if "spec" in document and not isinstance(document["spec"], dict):
        yield Flaw("policy", "/spec", "spec must hold named fields", "named fields", _type(document["spec"]))


def _output_only(document: Mapping[str, Any]) -> Iterator[Flaw]:
    """Fields that only the catalog writes are looked into before they are refused, as Backstage does."""
    relations = document.get("relations")
    if isinstance(relations, list):
        for number, relation in enumerate(relations):
            for field in ("type", "targetRef"):
                if isinstance(relation, dict) and field not in relation:
                    yield _missing("policy", f"/relations/{number}", field)
    status = document.get("status")
    items = status.get("items") if isinstance(status, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and item.get("level") not in ("info", "warning", "error"):
            place = f"/status/items/{number}/level"
            yield Flaw(
                "policy",
                place,
                "level must be info, warning or error",
                "info, warning or error",
                _shown(item.get("level")),
            )


def _formats(document: Mapping[str, Any]) -> Iterator[Flaw]:
    metadata = document["metadata"]
    yield from _format("apiVersion", "apiVersion", document["apiVersion"])
    yield from _format("kind", "kind", document["kind"])
    yield from _format("metadata.name", "name", metadata["name"])
    yield from _format("metadata.namespace", "namespace", metadata.get("namespace", "default"))
    for field, key_rule, value_rule in (
        ("labels", "labelKey", "labelValue"),
        ("annotations", "annotationKey", "annotationValue"),
    ):
        for key, value in metadata.get(field, {}).items():
            place = f"/metadata/{field}/{_pointer(key)}"
            yield from _format(f"metadata.{field}.{key}", key_rule, key, place)
            yield from _format(f"metadata.{field}.{key}", value_rule, value, place)
    for number, tag in enumerate(metadata.get("tags", [])):
        yield from _format(f"metadata.tags.{number}", "tag", tag)
    for number, link in enumerate(metadata.get("links", [])):
        yield from _format(f"metadata.links.{number}.url", "url", link["url"])
        for field in ("title", "icon"):
            if field in link:
                yield from _format(f"metadata.links.{number}.{field}", "nonEmptyString", link[field])


def _format(field: str, rule: str, value: Any, place: str = "") -> Iterator[Flaw]:
    if not VALIDATORS[rule](value):
        yield Flaw(
            "policy",
            place or "/" + field.replace(".", "/"),
            f"{field} is not valid",
            EXPECTED[rule],
            _shown(value),
        )


def _kind(document: Mapping[str, Any]) -> Iterator[Flaw]:
    rules = _rules_for(document["apiVersion"], document["kind"])
    if rules is None:
        yield Flaw(
            "kind",
            "/kind",
            f"{document['kind']} ({document['apiVersion']}) is no kind that the catalog knows",
            "Component, API, Resource, System, Domain, Group, User, Location (backstage.io/v1alpha1) or Template",
            f"{document['kind']}",
        )
        return
    spec = document.get("spec")
    if spec is None:
        if "spec" not in document:
            yield _missing("kind", "", "spec")
        else:
            yield Flaw("kind", "/spec", "spec must hold named fields", "named fields", "nothing")
        return
    if isinstance(spec, dict):
        yield from _spec(spec, rules)


def _rules_for(version: str, kind: str) -> "tuple[_Field, ...] | None":
    if kind == "Template":
        return _TEMPLATE if version == TEMPLATE_VERSION else None
    return _SPECS.get(kind) if version in BACKSTAGE_VERSIONS else None


def _spec(spec: Mapping[str, Any], rules: "tuple[_Field, ...]") -> Iterator[Flaw]:
    for rule in rules:
        if rule.is_required and rule.name not in spec:
            yield _missing("kind", "/spec", rule.name)
    for rule in rules:
        if rule.name in spec:
            yield from rule.shape(f"/spec/{rule.name}", spec[rule.name])


_Shape = Callable[[str, Any], Iterator[Flaw]]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    shape: _Shape
    is_required: bool = False


def _text(place: str, value: Any) -> Iterator[Flaw]:
    if not _is_text(value, 1):
        yield _not_text("kind", place, value)


def _texts(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, list):
        yield Flaw("kind", place, f"{_last(place)} must be a list", "a list", _shown(value))
        return
    for number, item in enumerate(value):
        yield from _text(f"{place}/{number}", item)


def _profile(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw(
            "kind", place, "profile must hold named fields", "displayName, email, picture", _type(value)
        )
        return
    for field in ("displayName", "email", "picture"):
        if field in value:
            yield from _text(f"{place}/{field}", value[field])


def _presence(place: str, value: Any) -> Iterator[Flaw]:
    if value not in ("required", "optional"):
        yield Flaw("kind", place, "presence must be one of two words", "required or optional", _shown(value))


def _steps(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, list):
        yield Flaw("kind", place, "steps must be a list", "a list of steps", _shown(value))
        return
    for number, step in enumerate(value):
        if not isinstance(step, dict):
            yield Flaw(
                "kind",
                f"{place}/{number}",
                "a step must have an action",
                "id, name, action, input",
                _type(step),
            )
            continue
        if "action" not in step:
            yield _missing("kind", f"{place}/{number}", "action")
        yield from _step_fields(f"{place}/{number}", step)
        yield from _permissions(f"{place}/{number}", step)


def _step_fields(place: str, step: Mapping[str, Any]) -> Iterator[Flaw]:
    for field in ("id", "name", "action"):
        if field in step and not isinstance(step[field], str):
            yield _not_text("kind", f"{place}/{field}", step[field])
    if "input" in step and not isinstance(step["input"], dict):
        yield Flaw(
            "kind", f"{place}/input", "input must hold named values", "named values", _type(step["input"])
        )
    if "if" in step and not isinstance(step["if"], str | bool):
        yield Flaw(
            "kind", f"{place}/if", "if must be an expression", "text or true or false", _type(step["if"])
        )


def _parameters(place: str, value: Any) -> Iterator[Flaw]:
    if isinstance(value, list):
        if not all(isinstance(page, dict) for page in value):
            yield Flaw(
                "kind",
                place,
                "each page of parameters must hold named fields",
                "pages with named fields",
                "something else",
            )
        pages = [(f"{place}/{number}", page) for number, page in enumerate(value)]
    elif isinstance(value, dict):
        pages = [(place, value)]
    else:
        yield Flaw(
            "kind",
            place,
            "parameters must be a page or a list of pages",
            "named fields or a list",
            _type(value),
        )
        pages = []
    for at, page in pages:
        if isinstance(page, dict):
            yield from _permissions(at, page)


def _permissions(place: str, holder: Mapping[str, Any]) -> Iterator[Flaw]:
    """``backstage:permissions.tags`` of a page or step: a list of texts."""
    permissions = holder.get("backstage:permissions")
    if permissions is None:
        return
    at = f"{place}/backstage:permissions"
    if not isinstance(permissions, dict):
        yield Flaw("kind", at, "permissions must hold named fields", "tags", _type(permissions))
    elif "tags" in permissions:
        if not isinstance(permissions["tags"], list):
            yield Flaw("kind", f"{at}/tags", "tags must be a list", "a list", _shown(permissions["tags"]))
            return
        for number, tag in enumerate(permissions["tags"]):
            if not isinstance(tag, str):
                yield _not_text("kind", f"{at}/tags/{number}", tag)


def _output(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw("kind", place, "output must hold named fields", "links, text", _type(value))
        return
    for field, content in value.items():
        at = f"{place}/{_pointer(field)}"
        if field not in ("links", "text"):
            if not isinstance(content, str):
                yield _not_text("kind", at, content)
        elif not isinstance(content, list):
            yield Flaw("kind", at, f"{field} must be a list", "a list", _shown(content))
        else:
            for number, item in enumerate(content):
                yield from _output_item(f"{at}/{number}", item)


def _output_item(place: str, item: Any) -> Iterator[Flaw]:
    if not isinstance(item, dict):
        yield Flaw("kind", place, "an output must hold named fields", "title, url or content", _type(item))
        return
    for field in ("url", "entityRef", "title", "icon", "content"):
        if field in item and not _is_text(item[field], 1):
            yield _not_text("kind", f"{place}/{field}", item[field])


def _mapping(place: str, value: Any) -> Iterator[Flaw]:
    if not isinstance(value, dict):
        yield Flaw("kind", place, f"{_last(place)} must hold named fields", "named fields", _type(value))


_OWNER = _Field("owner", _text, True)
_TYPE = _Field("type", _text, True)
_LIFECYCLE = _Field("lifecycle", _text, True)
_SPECS: Mapping[str, tuple[_Field, ...]] = {
    "Component": (
        _TYPE,
        _LIFECYCLE,
        _OWNER,
        _Field("system", _text),
        _Field("subcomponentOf", _text),
        _Field("providesApis", _texts),
        _Field("consumesApis", _texts),
        _Field("dependsOn", _texts),
    ),
    "API": (_TYPE, _LIFECYCLE, _OWNER, _Field("definition", _text, True), _Field("system", _text)),
    "Resource": (_TYPE, _OWNER, _Field("dependsOn", _texts), _Field("system", _text)),
    "System": (_OWNER, _Field("domain", _text), _Field("type", _text)),
    "Domain": (_OWNER, _Field("subdomainOf", _text), _Field("type", _text)),
    "Group": (
        _TYPE,
        _Field("profile", _profile),
        _Field("parent", _text),
        _Field("children", _texts, True),
        _Field("members", _texts),
    ),
    "User": (_Field("profile", _profile), _Field("memberOf", _texts, True)),
    "Location": (
        _Field("type", _text),
        _Field("target", _text),
        _Field("targets", _texts),
        _Field("presence", _presence),
    ),
}
_TEMPLATE = (
    _TYPE,
    _Field("owner", _text),
    _Field("lifecycle", _text),
    _Field("parameters", _parameters),
    _Field("steps", _steps, True),
    _Field("output", _output),
    _Field("secrets", _mapping),
)

KINDS = (*_SPECS, "Template")
"""The kinds that the catalog knows."""


def _missing(stage: str, place: str, field: str) -> Flaw:
    where = _dotted(place)
    full = f"{where}.{field}" if where else field
    return Flaw(stage, place, f"{full} is missing", "", "")


def _not_text(stage: str, place: str, value: Any) -> Flaw:
    return Flaw(stage, place, f"{_dotted(place)} must be text", "text that is not empty", _shown(value))


def _is_text(value: Any, least: int) -> bool:
    return isinstance(value, str) and len(value) >= least


def _last(place: str) -> str:
    return place.rpartition("/")[2]


def _dotted(place: str) -> str:
    """A JSON pointer as people write it: ``metadata.annotations.acme.com/team``."""
    parts = place.strip("/").split("/")
    return ".".join(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _pointer(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _type(value: Any) -> str:
    names = {
        dict: "named fields",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "nothing",
    }
    return names.get(type(value), type(value).__name__)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value[:80]}"'
    return (
        _type(value)
        if isinstance(value, dict | list)
        else f"{value} ({_type(value)})"
        if value is not None
        else "nothing"
    )
