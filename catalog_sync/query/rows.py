"""Pure: the rows by which a document of the catalog is found, as Backstage's search table holds them."""

from collections.abc import Mapping
from functools import lru_cache
from sys import intern
from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE
from catalog_sync.query.javascript import length, shown
from core.errors import UserError

Document = Mapping[str, Any]
"""An entity as programs read it: JSON."""

_LONGEST = 200
_SKIPPED = frozenset(
    {
        "attachments",
        "relations",
        "status",
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "metadata.etag",
    }
)


Row = tuple[str, str | None, str | None]
"""One thing to find a document by: a dotted path in lower case, the value in lower case, and as it was written.

The value is None for ``null`` and for what is too long to be found by.
"""


def rows_of(document: Document) -> list[Row]:
    """Every row of a document; a value that differs from an earlier one only by case makes none.

    A list gives a row for each of its values (``metadata.tags`` = ``java``) and, for text, one that
    says that it is there (``metadata.tags.java`` = ``true``). Keys over 200 characters give none.
    """
    seen: set[tuple[str, str | None]] = set()
    rows: list[Row] = []
    for written, value in _leaves(document):
        key = _key(written)
        if key is None:
            continue
        original = value if value is None or isinstance(value, str) else shown(value)
        lowered = None if original is None else original.lower()
        if lowered is not None and not _is_short(lowered):
            original = lowered = None
        if (key, lowered) not in seen:
            seen.add((key, lowered))
            rows.append((key, lowered, original))
    return rows


@lru_cache(maxsize=10_000)
def _key(written: str) -> str | None:
    """The key of a path; None where it is too long. The same paths come again and again."""
    key = written.lower()
    return intern(key) if _is_short(key) else None


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST // 2 or length(text) <= _LONGEST


def check_keys(document: Document) -> None:
    """Refuse a document in which keys differ only by case: Backstage does not index it.

    Raises:
        UserError: Names the keys, in lower case.
    """
    written = {key for key, _value in _leaves(document)}
    lowered = {key.lower() for key in written}
    if len(written) == len(lowered):
        return
    clashes = []
    for key in sorted(written):
        if key.lower() in lowered:
            lowered.remove(key.lower())
        else:
            clashes.append(key.lower())
    names = "', '".join(dict.fromkeys(clashes))
    raise UserError(f"Entity has duplicate keys that vary only in casing, '{names}'")


def _leaves(document: Document) -> list[tuple[str, Any]]:
    """Every path of a document with what lies there, in the order in which it was written."""
    found: list[tuple[str, Any]] = []
    _visit("", document, found, set())
    metadata = document.get("metadata") or {}
    found.append(("metadata.name", metadata.get("name")))
    found.append(("metadata.namespace", metadata.get("namespace")))
    found.append(("metadata.uid", metadata.get("uid")))
    if not metadata.get("namespace"):
        found.append(("metadata.namespace", DEFAULT_NAMESPACE))
    found += [
        (f"relations.{relation['type']}", relation["targetRef"])
        for relation in document.get("relations") or ()
    ]
    return found


def _visit(path: str, value: Any, found: list[tuple[str, Any]], said: set[str]) -> None:
    """Add the leaves below a value; ``said`` holds the entries of lists that were told of, in lower case."""
    if path in _SKIPPED:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            _visit(f"{path}.{key}" if path else key, item, found, said)
    elif isinstance(value, list):
        for item in value:
            _visit(path, item, found, said)
            if isinstance(item, str) and (there := f"{path}.{item}").lower() not in said:
                said.add(there.lower())
                found.append((there, True))
    else:
        found.append((path, value))
