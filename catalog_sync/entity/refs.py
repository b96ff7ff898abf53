"""Pure: entity references, ``[kind:][namespace/]name``, read as Backstage reads them."""

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef


def parse_ref(
    text: str, default_kind: str | None = None, default_namespace: str = DEFAULT_NAMESPACE
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
    found_kind = kind or default_kind
    if not found_kind:
        raise ValueError(
            f'Entity reference "{text}" had missing or empty kind (e.g. did not start with "component:" or similar)'
        )
    found_namespace = namespace or default_namespace
    if not found_namespace:
        raise ValueError(
            f'Entity reference "{text}" had missing or empty namespace (e.g. did not start with "default/" or similar)'
        )
    return EntityRef(found_kind, found_namespace, name)
