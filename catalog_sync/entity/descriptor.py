"""Pure: the text of a catalog file in, entities and refusals with their line and column out."""

from dataclasses import dataclass, replace
from typing import Any

from catalog_sync.entity.kinds import Flaw, flaws_of
from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, Refusal, Source
from catalog_sync.entity.relations import relations_of
from catalog_sync.entity.yaml_reader import MAX_BYTES, Document, read_documents
from core.access import Visibility
from core.errors import Fault


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What one catalog file holds; a good document is kept even if its neighbour is bad."""

    entities: tuple[Entity, ...]
    refusals: tuple[Refusal, ...]


def read_descriptor(text: str | None, source: Source) -> Descriptor:
    """Read one catalog file with all of its documents.

    Args:
        text: The file's text; None where the file is binary or so large that it was not read.
        source: Where it lies; each entity gets it with its own line.
    """
    path = file_name(source)
    if text is None:
        expected = f"text of at most {MAX_BYTES:,} bytes"
        return Descriptor((), (Refusal(path, "the file is binary or too large", source, expected),))
    documents, faults = read_documents(text, path)
    entities: list[Entity] = []
    refusals = [_refusal(fault, source) for fault in faults]
    for document in documents:
        found = _entity(document, path, source)
        if isinstance(found, Entity):
            entities.append(found)
        else:
            refusals.extend(_refusal(fault, source) for fault in found)
    return Descriptor(tuple(entities), tuple(refusals))


def check_descriptor(text: str, path: str) -> tuple[Fault, ...]:
    """Every fault of a catalog file, for ``callboard lint``; empty when all of it would be taken."""
    documents, faults = read_documents(text, path)
    found = list(faults)
    for document in documents:
        found.extend(_faults(document, path))
    return tuple(found)


def file_name(source: Source) -> str:
    """How a file is called in refusals: ``owner/name/path``, or the provider's own word for it."""
    if source.repository and source.path:
        return f"{source.repository.full_name}/{source.path}"
    return source.location


def _entity(document: Document, path: str, source: Source) -> Entity | list[Fault]:
    faults = _faults(document, path)
    if faults:
        return faults
    return _built(document.value, replace(source, line=document.line))


def _faults(document: Document, path: str) -> list[Fault]:
    faults = [_fault(flaw, document, path) for flaw in flaws_of(document.value)]
    if faults:
        return faults
    placeholder = Source("", "", "", Visibility.PUBLIC)
    try:
        relations_of(_built(document.value, placeholder))
    except ValueError as error:
        line, column = document.place(("spec",))
        return [Fault(path, line, column, str(error), where="spec", expected="kind:namespace/name")]
    return []


def _built(value: dict[str, Any], source: Source) -> Entity:
    metadata = value["metadata"]
    ref = EntityRef(value["kind"], metadata.get("namespace", DEFAULT_NAMESPACE), metadata["name"])
    return Entity(ref, value["apiVersion"], metadata, value["spec"], source)


def _fault(flaw: Flaw, document: Document, path: str) -> Fault:
    parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in flaw.field.split("/")[1:])
    line, column = document.place(parts)
    return Fault(path, line, column, flaw.message, ".".join(parts), flaw.expected, flaw.found)


def _refusal(fault: Fault, source: Source) -> Refusal:
    message = f"{fault.message}; {fault.hint}" if fault.hint else fault.message
    return Refusal(fault.place, message, source, fault.expected, fault.found)
