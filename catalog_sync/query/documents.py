"""Pure: an entity as programs read it: with its relations, its ids, and where it came from."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from catalog_sync.entity.model import Entity, Source

_IDS = uuid.UUID("631d979a-3114-58c3-b49c-883237c590d6")
"""The name space of our ids; another one would change every id."""
_ETAG_LENGTH = 40
_COMMIT = re.compile(r"\b[0-9a-f]{40,}\b")
_SCRIPT = re.compile(r"[\x00-\x20]*" + r"[\r\n\t]*".join("javascript") + r"[\r\n\t]*:", re.IGNORECASE)
_PAGE = re.compile(r"(?P<repository>.+?)/(?:blob|tree)/(?P<rest>.+)")
_REJECTED = "https://backstage.io/annotation-rejected-for-security-reasons"
_LOCATION = "backstage.io/managed-by-location"
_ORIGIN = "backstage.io/managed-by-origin-location"
_VIEW, _EDIT = "backstage.io/view-url", "backstage.io/edit-url"
_SOURCE = "backstage.io/source-location"
_ORPHAN = "backstage.io/orphan"

Related = tuple[str, str]
"""A relation's type and the reference that it leads to."""


def uid_of(ref: str) -> str:
    """The id of an entity; it is made from its reference, so that it is the same in every database."""
    return str(uuid.uuid5(_IDS, ref))


def document_of(entity: Entity, relations: Iterable[Related], *, is_orphan: bool = False) -> dict[str, Any]:
    """The entity as JSON, as Backstage answers it.

    What an author wrote as annotation goes before what we would say; ids are always ours. ``etag`` is
    equal as long as nothing of the document changed.
    """
    document = undated_document(entity, relations, is_orphan=is_orphan)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    document["metadata"]["etag"] = hashlib.sha256(text.encode()).hexdigest()[:_ETAG_LENGTH]
    return document


def undated_document(
    entity: Entity, relations: Iterable[Related], *, is_orphan: bool = False
) -> dict[str, Any]:
    """The same without its ``etag``, which takes longest and which nothing is found by."""
    annotations = {**annotations_of(entity.source), **_texts(entity.metadata.get("annotations"))}
    for name in (_VIEW, _EDIT):
        if _SCRIPT.match(annotations.get(name, "")):
            annotations[name] = _REJECTED
    if is_orphan:
        annotations[_ORPHAN] = "true"
    written = {key: value for key, value in entity.metadata.items() if key != "etag"}
    return {
        "apiVersion": entity.api_version,
        "kind": entity.ref.kind,
        "metadata": {
            **written,
            "namespace": entity.ref.namespace,
            "annotations": annotations,
            "uid": uid_of(str(entity.ref)),
        },
        "spec": dict(entity.spec),
        "relations": [{"type": kind, "targetRef": target} for kind, target in relations],
    }


def annotations_of(source: Source) -> dict[str, str]:
    """What Backstage says of where an entity was read: its location, and the pages to see and to edit it."""
    location = location_of(source)
    found = {_LOCATION: location, _ORIGIN: location}
    if not _is_page(source.url):
        return found
    url = source.url.partition("#")[0]
    found[_VIEW] = url
    page = _PAGE.fullmatch(url)
    if page:
        if not _COMMIT.search(url):
            found[_EDIT] = f"{page['repository']}/edit/{page['rest']}"
        found[_SOURCE] = f"url:{page['repository']}/tree/{page['rest'].rpartition('/')[0]}/"
    return found


def location_of(source: Source) -> str:
    """Where an entity was read, as Backstage writes it: ``url:https://...``, or ``file:`` where there is no page."""
    kind, target = location_parts(source)
    return f"{kind}:{target}"


def location_parts(source: Source) -> tuple[str, str]:
    """The type and the target of where an entity was read."""
    if _is_page(source.url):
        return "url", source.url.partition("#")[0]
    place = f"{source.repository.full_name}/{source.path}" if source.repository and source.path else ""
    return "file", place or source.location


def _is_page(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _texts(value: Any) -> Mapping[str, str]:
    """Annotations; what is no text in them is left out."""
    if not isinstance(value, Mapping):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)}
