"""Pure: changes the owner of one entity in its catalog file; every other character stays as it was.

What is written is read again, and has to differ in that owner alone: where it does not, as with an
anchor that other places repeat, the file is left to people, with the reason.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef
from catalog_sync.entity.refs import parse_ref
from catalog_sync.entity.yaml_reader import Document, read_documents
from catalog_sync.mending.edit import Edit
from catalog_sync.mending.yaml_spans import BREAK, Span, YamlSpans
from core.errors import UserError

_BEFORE_OWNER = ("lifecycle", "type")
"""Below which field an owner is written where there was none, in this order."""
_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t]*)+")
"""The anchor and the tag of a value."""
_FILLED = re.compile(r"\S(?:[^\r\n]*\S)?")
"""What stands in a line, without the blanks around it."""
_HEADER_AND_ONE = 2


def set_owner(text: str, path: str, ref: EntityRef, owner: EntityRef) -> Edit:
    """Name an owner of the entity that a file describes.

    Args:
        text: The whole file.
        path: How it is called.
        ref: The entity; of two descriptions of it the first is meant, as in the catalog.
        owner: The new owner; it is written as short as the old one was.

    Raises:
        UserError: The file does not describe the entity, is not YAML somewhere, or says the owner in a
            way that one line cannot change; says which.
    """
    documents, _faults = read_documents(text, path)
    found = [number for number, document in enumerate(documents) if _describes(document.value, ref)]
    if not found:
        raise UserError(f"{path} does not describe {ref} now.", "The catalog will notice at its next sync.")
    return _Editing(text, path, documents, found[0]).edit(owner)


class _Editing:
    """One change of one file."""

    def __init__(self, text: str, path: str, documents: tuple[Document, ...], number: int) -> None:
        self._text, self._path, self._documents, self._number = text, path, documents, number
        self._value: Mapping[str, Any] = documents[number].value
        self._spans = YamlSpans(text, path)

    def edit(self, owner: EntityRef) -> Edit:
        spec = self._value.get("spec")
        if not isinstance(spec, dict):
            raise self._by_hand("its spec has no fields")
        old = spec.get("owner")
        if old is not None and not isinstance(old, str):
            raise self._by_hand("it is not written as text there")
        namespace = str(self._value["metadata"].get("namespace") or DEFAULT_NAMESPACE)
        if old and _means(old, namespace, owner):
            return Edit(self._path, self._text, self._text, self._fields["owner"][0], old, old)
        new = _written(owner, namespace, old or "")
        for after, at in self._attempts(new):
            if self._differs_in_the_owner(after, new):
                line = len(BREAK.findall(after, 0, at)) + 1
                return Edit(self._path, self._text, after, line, old or "", new)
        raise self._by_hand("something else would change with it, such as what repeats it with an alias")

    def _attempts(self, new: str) -> Iterator[tuple[str, int]]:
        """Texts with another owner, the nearest to how the old one is written first; and where that stands."""
        quoted = f'"{new}"'
        values = (new, quoted) if _is_plain(new) else (quoted,)
        if "owner" not in self._value["spec"]:
            yield from map(self._inserted, values)
            return
        yield from self._in_block(new)
        yield from map(self._replaced, values)

    def _in_block(self, new: str) -> Iterator[tuple[str, int]]:
        """The text with another line below ``owner: >-``, where the owner is one line there."""
        span = self._spans.single(self._fields["owner"][2])
        if not span.is_block_text:
            return
        lines = [found.span() for found in _FILLED.finditer(self._text, span.start, span.end)]
        if len(lines) == _HEADER_AND_ONE:
            start, end = lines[-1]
            yield self._put(start, end, new), start

    @property
    def _spec_spot(self) -> Any:
        return self._documents[self._number].spot[2]["spec"][2]

    @property
    def _fields(self) -> Mapping[str, Any]:
        """Line, column and value's spot of each field of the spec."""
        return dict(self._spec_spot[2])

    def _replaced(self, value: str) -> tuple[str, int]:
        """The text with another owner, and where in it that stands."""
        span = self._spans.single(self._fields["owner"][2])
        start, end = span.start, span.end
        properties = None if span.is_alias else _PROPERTIES.match(self._text, start, end)
        if properties:
            start = properties.end()
        old = self._text[start:end].rstrip()
        if not old:
            return self._filled(start, value)
        if old[0] in "\"'":
            value = f"{old[0]}{value.strip(chr(34))}{old[0]}"
        return self._put(start, start + len(old), value), start

    def _filled(self, at: int, value: str) -> tuple[str, int]:
        """A field without a value gets one."""
        before = self._text[:at].rstrip(" \t")
        # In braces a name may stand without its colon.
        colon = ":" if before.endswith(("owner", '"', "'")) else ""
        blank = "" if self._text[at - 1] in " \t" and not colon else " "
        return self._put(at, at, f"{colon}{blank}{value}"), at

    def _inserted(self, value: str) -> tuple[str, int]:
        """The text with a field of its own for the owner, behind its neighbours."""
        spec = self._spans.whole(self._spec_spot)
        if spec.is_flow_mapping:
            return self._inserted_in_braces(spec, value)
        if not spec.is_block_mapping:
            raise self._by_hand("its spec is repeated from another place with an alias")
        for name in (*_BEFORE_OWNER, *reversed(list(self._fields))):
            line, column, spot = self._fields.get(name, (0, 0, (0, 0, {})))
            neighbour = self._spans.single(spot) if spot[2] is None else None
            if neighbour and neighbour.is_inline:
                return self._inserted_below(column, neighbour.end, value)
        line, column, _spot = next(iter(self._fields.values()))
        start, key = self._spans.offset(line, 1), self._spans.offset(line, column)
        if self._text[start:key].strip(" "):
            raise self._by_hand("its spec begins in the middle of a line")
        field = f"{self._text[start:key]}owner: {value}{self._spans.line_break}"
        return self._put(start, start, field), start

    def _inserted_below(self, column: int, end: int, value: str) -> tuple[str, int]:
        """A line below a neighbour that ends at a place, indented as the neighbour is."""
        field = f"{' ' * (column - 1)}owner: {value}"
        found = BREAK.search(self._text, end)
        if found is None:
            return f"{self._text}{self._spans.line_break}{field}", len(self._text) + len(field)
        return self._put(found.end(), found.end(), field + found[0]), found.end()

    def _inserted_in_braces(self, spec: Span, value: str) -> tuple[str, int]:
        if not self._fields:
            at = self._text.index("{", spec.start) + 1
            return self._put(at, at, f"owner: {value}"), at
        line, column, spot = list(self._fields.values())[-1]
        name = "owner: "
        if self._text[self._spans.offset(line, column)] == '"':
            name, value = '"owner": ', f'"{value.strip(chr(34))}"'
        at = self._spans.whole(spot).end
        return self._put(at, at, f", {name}{value}"), at

    def _put(self, start: int, end: int, text: str) -> str:
        return f"{self._text[:start]}{text}{self._text[end:]}"

    def _differs_in_the_owner(self, after: str, new: str) -> bool:
        """Whether a text reads as the one before, with another owner of this one entity."""
        wanted = [document.value for document in self._documents]
        wanted[self._number] = {**self._value, "spec": {**self._value["spec"], "owner": new}}
        found, _faults = read_documents(after, self._path)
        return [document.value for document in found] == wanted

    def _by_hand(self, reason: str) -> UserError:
        line, _column = self._documents[self._number].place(("spec", "owner"))
        return UserError(
            f"The owner at {self._path}:{line} cannot be changed alone: {reason}.", "Change it by hand."
        )


def _describes(value: Any, ref: EntityRef) -> bool:
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        return False
    namespace = metadata.get("namespace") or DEFAULT_NAMESPACE
    return EntityRef(str(value.get("kind")), str(namespace), metadata["name"]) == ref


def _means(written: str, namespace: str, owner: EntityRef) -> bool:
    try:
        return parse_ref(written, "Group", namespace) == owner
    except ValueError:
        return False


def _written(owner: EntityRef, namespace: str, before: str) -> str:
    """An owner as its file writes owners: in full where the old one was, else as short as it can be."""
    kind, colon, rest = before.partition(":")
    is_short = owner.namespace.lower() == namespace.lower() and not (colon and "/" in rest)
    name = owner.name if is_short else f"{owner.namespace}/{owner.name}"
    if owner.kind.lower() == "group" and not colon:
        return name
    return f"{owner.kind.capitalize() if kind[:1].isupper() else owner.kind.lower()}:{name}"


def _is_plain(text: str) -> bool:
    """Whether a text is text without quotes, to parsers of YAML 1.1 as well (``no``, ``2026-01-01``)."""
    try:
        return bool(yaml.safe_load(text) == text)
    except yaml.YAMLError:
        return False
