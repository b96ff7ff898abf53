"""Pure: what Backstage's search would index of an entity: its default catalog collator's document."""

from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE
from catalog_sync.query.javascript import encoded, is_true, shown
from catalog_sync.query.rows import Document

LOCATION = "/catalog/:namespace/:kind/:name"
"""Where Backstage's pages show an entity."""


def search_document(document: Document, location: str = LOCATION) -> dict[str, Any]:
    """What search knows of an entity.

    Args:
        document: The entity.
        location: A pattern of which the first ``:namespace``, ``:kind`` and ``:name`` are filled in.
    """
    metadata, spec = document["metadata"], document.get("spec") or {}
    namespace, name, kind = metadata.get("namespace"), metadata["name"], document["kind"]
    title, written = metadata.get("title"), spec.get("type")
    type_ = (shown(written) if written is not None else "") or "other"
    identity = DEFAULT_NAMESPACE if namespace is None else namespace
    return {
        "title": name if title is None else title,
        "text": _text(document),
        "componentType": type_,
        "type": type_,
        "namespace": namespace or DEFAULT_NAMESPACE,
        "kind": kind,
        "lifecycle": _or_empty(spec.get("lifecycle")),
        "owner": _or_empty(spec.get("owner")),
        "authorization": {"resourceRef": f"{kind}:{identity}/{name}".lower()},
        "location": _filled(location, namespace or DEFAULT_NAMESPACE, kind, name),
    }


def _text(document: Document) -> str:
    kind = document["kind"].lower()
    profile = (document.get("spec") or {}).get("profile")
    profile = profile if isinstance(profile, dict) else {}
    parts = [document["metadata"].get("description")]
    if kind in ("user", "group"):
        parts.append(profile.get("displayName"))
    if kind == "user":
        parts.append(profile.get("email"))
    return " : ".join(shown(part) for part in parts if is_true(part))


def _or_empty(value: Any) -> Any:
    return value if is_true(value) else ""


def _filled(pattern: str, namespace: str, kind: str, name: str) -> str:
    for key, value in (("namespace", namespace), ("kind", kind), ("name", name)):
        pattern = pattern.replace(f":{key}", encoded(value), 1)
    return pattern.lower()
