"""Pure: Backstage's filter language over entities: ``kind=component,spec.owner=payments``.

Inside one filter everything must hold, except that values of one key are alternatives; of several
filters one must hold. Keys and values are compared without regard to case.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from catalog_sync.entity.model import Entity, Relation
from core.errors import UserError

_LONGEST_KEY, _LONGEST_VALUE = 200, 200
_SKIPPED = ("attachments", "relations", "status")
_SKIPPED_METADATA = ("metadata.uid", "metadata.etag", "metadata.name", "metadata.namespace")

Row = tuple[str, str | None]
Predicate = Callable[[Entity, Sequence[Relation]], bool]


def compile_filter(filters: Sequence[str]) -> Predicate:
    """A predicate for filters; without any, everything passes.

    Raises:
        UserError: A part of a filter has no key.
    """
    alternatives = [wanted for wanted in map(_parse, filters) if wanted]

    def passes(entity: Entity, relations: Sequence[Relation]) -> bool:
        if not alternatives:
            return True
        rows: dict[str, set[str | None]] = {}
        for key, value in search_rows(entity, relations):
            rows.setdefault(key, set()).add(value)
        return any(
            all(_holds(rows, key, values) for key, values in wanted.items()) for wanted in alternatives
        )

    return passes


def search_rows(entity: Entity, relations: Sequence[Relation]) -> Iterator[Row]:
    """Everything about an entity that can be filtered by: dotted key and value, in lower case."""
    document: dict[str, Any] = {
        "apiVersion": entity.api_version,
        "kind": entity.ref.kind,
        "metadata": dict(entity.metadata),
        "spec": dict(entity.spec),
    }
    for key, value in _leaves("", document):
        if key in _SKIPPED_METADATA:
            continue
        yield from _row(key, value)
    yield from _row("metadata.name", entity.ref.name)
    yield from _row("metadata.namespace", entity.ref.namespace)
    for relation in relations:
        yield f"relations.{relation.type}".lower(), str(relation.target)


def _parse(text: str) -> dict[str, set[str] | None]:
    """Key to its alternatives; None means that the key only has to exist."""
    wanted: dict[str, set[str] | None] = {}
    for part in text.split(","):
        if not part.strip():
            continue
        key, equals, value = (piece.strip().lower() for piece in part.partition("="))
        if not key:
            raise UserError(
                f"A filter needs a key: {part.strip()}", "For example: kind=component,spec.type=service"
            )
        known = wanted.setdefault(key, set() if equals else None)
        if equals and known is not None:
            known.add(value)
        elif equals:
            wanted[key] = {value}
    return wanted


def _holds(rows: dict[str, set[str | None]], key: str, values: set[str] | None) -> bool:
    if key not in rows:
        return False
    return values is None or bool(values & rows[key])


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not path and key in _SKIPPED:
                continue
            yield from _leaves(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(path, item)
            if isinstance(item, str):
                # A list is searched by what is in it too: metadata.tags.java
                yield f"{path}.{item}", True
    else:
        yield path, value


def _row(key: str, value: Any) -> Iterator[Row]:
    if len(key) > _LONGEST_KEY:
        return
    shown = _text(value)
    yield key.lower(), None if shown is None or len(shown) > _LONGEST_VALUE else shown


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower()
