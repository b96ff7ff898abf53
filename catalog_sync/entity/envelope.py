"""Pure: what every entity has to have, whatever its kind: the envelope, and Backstage's policy for metadata."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog_sync.entity.fields import EXPECTED, VALIDATORS
from catalog_sync.entity.flaws import Flaw, is_text, missing, not_text, pointer, shown, suggestion, type_of


def policy_flaws(document: Mapping[str, Any]) -> Iterator[Flaw]:
    """What Backstage's policies find: shapes first, then the form of each value whose shape is right."""
    metadata = document.get("metadata")
    held: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    yield from _metadata_shape(held)
    yield from _output_only(document)
    yield from _foreign(document)
    yield from _formats(document, held)


def envelope_flaws(document: Mapping[str, Any]) -> Iterator[Flaw]:
    """What is wrong with the fields without which nothing else can be told."""
    for field in ("apiVersion", "kind", "metadata"):
        if field not in document:
            yield missing("envelope", "", field)
    for field in ("apiVersion", "kind"):
        if field in document and (not isinstance(document[field], str) or not document[field]):
            yield Flaw(
                "envelope", f"/{field}", f"{field} must be text", EXPECTED[field], shown(document[field])
            )
    metadata = document.get("metadata")
    if "metadata" not in document:
        return
    if not isinstance(metadata, dict):
        yield Flaw(
            "envelope", "/metadata", "metadata must hold named fields", "named fields", type_of(metadata)
        )
        return
    if "name" not in metadata:
        yield missing("envelope", "/metadata", "name")
    for field in ("name", "namespace"):
        if field in metadata and not is_text(metadata[field], 1):
            yield not_text("envelope", f"/metadata/{field}", metadata[field])


def _metadata_shape(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    for field, least in (("uid", 1), ("etag", 1), ("title", 1), ("description", 0)):
        if field in metadata and not is_text(metadata[field], least):
            yield not_text("policy", f"/metadata/{field}", metadata[field])
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
            type_of(values),
        )
        return
    for key, value in values.items():
        if not isinstance(value, str):
            yield not_text("policy", f"/metadata/{field}/{pointer(key)}", value)


def _tags(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    if "tags" not in metadata:
        return
    tags = metadata["tags"]
    if not isinstance(tags, list):
        yield Flaw("policy", "/metadata/tags", "tags must be a list", "a list", type_of(tags))
        return
    for number, tag in enumerate(tags):
        if not is_text(tag, 1):
            yield not_text("policy", f"/metadata/tags/{number}", tag)


def _links(metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    if "links" not in metadata:
        return
    links = metadata["links"]
    if not isinstance(links, list):
        yield Flaw("policy", "/metadata/links", "links must be a list", "a list", type_of(links))
        return
    for number, link in enumerate(links):
        place = f"/metadata/links/{number}"
        if not isinstance(link, dict):
            yield Flaw("policy", place, "a link must have a url", "url, title", type_of(link))
            continue
        if "url" not in link:
            yield missing("policy", place, "url")
        for field in ("url", "title", "icon", "type"):
            if field in link and not is_text(link[field], 1):
                yield not_text("policy", f"{place}/{field}", link[field])


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
            name = str(field)[:80]
            message = f"{name} is no field of an entity"
            yield Flaw("policy", "", message, ", ".join(known), name, at=f"/{pointer(field)}")
    if "spec" in document and not isinstance(document["spec"], dict):
        yield Flaw(
            "policy", "/spec", "spec must hold named fields", "named fields", type_of(document["spec"])
        )


def _output_only(document: Mapping[str, Any]) -> Iterator[Flaw]:
    """Fields that only the catalog writes are looked into before they are refused, as Backstage does."""
    relations = document.get("relations")
    if isinstance(relations, list):
        for number, relation in enumerate(relations):
            for field in ("type", "targetRef"):
                if isinstance(relation, dict) and field not in relation:
                    yield missing("policy", f"/relations/{number}", field)
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
                shown(item.get("level")),
            )


def _formats(document: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[Flaw]:
    yield from _format("apiVersion", "apiVersion", document.get("apiVersion"))
    yield from _format("kind", "kind", document.get("kind"))
    yield from _format("metadata.name", "name", metadata.get("name"))
    yield from _format("metadata.namespace", "namespace", metadata.get("namespace"))
    for field, key_rule, value_rule in (
        ("labels", "labelKey", "labelValue"),
        ("annotations", "annotationKey", "annotationValue"),
    ):
        for key, value in _items(metadata.get(field)):
            place = f"/metadata/{field}/{pointer(key)}"
            yield from _format(f"metadata.{field}.{key}", key_rule, key, place)
            yield from _format(f"metadata.{field}.{key}", value_rule, value, place)
    for number, tag in enumerate(_list(metadata.get("tags"))):
        yield from _format(f"metadata.tags.{number}", "tag", tag)
    for number, link in enumerate(_list(metadata.get("links"))):
        for field, rule in (("url", "url"), ("title", "nonEmptyString"), ("icon", "nonEmptyString")):
            if isinstance(link, dict):
                yield from _format(f"metadata.links.{number}.{field}", rule, link.get(field))


def _format(field: str, rule: str, value: Any, place: str = "") -> Iterator[Flaw]:
    """What is not text, or empty where it may not be, is a fault of its shape, and told as that."""
    if isinstance(value, str) and (value or rule.endswith("Key")) and not VALIDATORS[rule](value):
        at = place or "/" + field.replace(".", "/")
        message = f"{field} is not valid"
        yield Flaw("policy", at, message, EXPECTED[rule], shown(value), suggestion(rule, value))


def _items(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, dict) else ()


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
