"""Pure: entity references, ``[kind:][namespace/]name``, and location references, ``type:target``, as Backstage's."""

import re
from collections.abc import Mapping
from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef

# What JavaScript's trim takes away; Python's strip takes more.
_BLANK = "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SCRIPT = re.compile(r"[\x00-\x20]*" + r"[\r\n\t]*".join("javascript") + r"[\r\n\t]*:", re.IGNORECASE)


def parse_ref(
    text: str, default_kind: str | None = None, default_namespace: str | None = DEFAULT_NAMESPACE
) -> EntityRef:
    """Read a reference.

    The first ``:`` ends the kind, unless a ``/`` comes before it: then the colon belongs to the name.

    Raises:
        ValueError: It is empty, a part of it is empty, or it has no kind and there is no default.
    """
    if not isinstance(text, str) or not text:
        raise ValueError("Entity reference must not be empty")
    colon, slash = text.find(":"), text.find("/")
    if slash != -1 and slash < colon:
        colon = -1
    kind = text[:colon] if colon != -1 else None
    namespace = text[colon + 1 : slash] if slash != -1 else None
    name = text[slash + 1 :] if slash != -1 else text[colon + 1 :]
    if kind == "" or namespace == "" or name == "":
        raise ValueError(f'Entity reference "{text}" was not on the form [<kind>:][<namespace>/]<name>')
    return _complete(
        f'"{text}"', kind or default_kind, namespace or default_namespace or DEFAULT_NAMESPACE, name
    )


def parse_compound(
    parts: Any, default_kind: str | None = None, default_namespace: str | None = DEFAULT_NAMESPACE
) -> EntityRef:
    """Read a reference given as ``{kind, namespace, name}``; a part that is missing or null has its default.

    Raises:
        ValueError: A part is empty, or is missing and has no default.
    """
    if not parts:
        raise ValueError("Entity reference must not be empty" if parts != {} else _lacks("{}", "kind"))
    fields = parts if isinstance(parts, Mapping) else {}
    kind, namespace = fields.get("kind"), fields.get("namespace")
    return _complete(
        str(parts),
        default_kind if kind is None else kind,
        (default_namespace or DEFAULT_NAMESPACE) if namespace is None else namespace,
        fields.get("name"),
    )


def compound_of(entity: Mapping[str, Any]) -> EntityRef:
    """The reference of an entity as a document; an empty namespace is the default one."""
    metadata = entity["metadata"]
    return EntityRef(entity["kind"], metadata.get("namespace") or DEFAULT_NAMESPACE, metadata["name"])


def stringify_ref(value: Mapping[str, Any]) -> str:
    """``kind:namespace/name`` in lower case, of ``{kind, namespace, name}`` or of an entity as a document.

    Raises:
        ValueError: A part is missing.
    """
    holder = value.get("metadata", value) if isinstance(value, Mapping) else None
    if not isinstance(holder, Mapping):
        raise ValueError(f"this is no entity reference: {value}")
    namespace = holder.get("namespace")
    parts = (value.get("kind"), DEFAULT_NAMESPACE if namespace is None else namespace, holder.get("name"))
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(f"this is no entity reference: {parts}")
    return str(EntityRef(*map(str, parts)))


def parse_location(text: str) -> tuple[str, str]:
    """The type and the target of a location reference such as ``url:https://example.com/x.yaml``.

    Raises:
        ValueError: There is no type or no target, or the target is a script.
    """
    if not isinstance(text, str):
        raise ValueError(f"Unable to parse location ref '{text}', it is no text")
    kind, colon, target = text.partition(":")
    kind, target = kind.strip(_BLANK), target.strip(_BLANK)
    if not colon or not kind or not target:
        raise ValueError(
            f"Unable to parse location ref '{text}', expected '<type>:<target>', e.g. 'url:https://host/path'"
        )
    if kind in ("http", "https"):
        raise ValueError(f"Invalid location ref '{text}', please prefix it with 'url:', e.g. 'url:{text}'")
    if _SCRIPT.match(target):
        raise ValueError(f"Invalid location ref '{text}', target is a javascript: URL")
    return kind, target


def stringify_location(kind: str, target: str) -> str:
    """``type:target``.

    Raises:
        ValueError: One of them is empty.
    """
    if not kind or not target:
        raise ValueError(f"Unable to stringify location ref, empty {'target' if kind else 'type'}")
    return f"{kind}:{target}"


def _complete(shown: str, kind: Any, namespace: Any, name: Any) -> EntityRef:
    for part, value in (("kind", kind), ("namespace", namespace), ("name", name)):
        if not value:
            raise ValueError(_lacks(shown, part))
    return EntityRef(kind, namespace, name)


def _lacks(shown: str, part: str) -> str:
    examples = {
        "kind": ' (e.g. did not start with "component:" or similar)',
        "namespace": ' (e.g. did not start with "default/" or similar)',
    }
    return f"Entity reference {shown} had missing or empty {part}{examples.get(part, '')}"
