"""Pure: the text of a catalog file in, entities and refusals with their line and column out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from catalog_sync.entity.file_text import Unreadable
from catalog_sync.entity.flaws import Flaw
from catalog_sync.entity.kinds import MOST_FLAWS, flaws_of
from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, Refusal, Source
from catalog_sync.entity.relations import malformed_references
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.entity.yaml_reader import Document, read_documents
from core.errors import Fault, Severity

OWNER_IS_LOOKED_FOR = "the entry is kept, and its owner is looked for in CODEOWNERS and elsewhere"
"""What the refusal of an entry says whose only fault is a missing owner."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What one catalog file holds; a good document is kept even if its neighbour is bad."""

    entities: tuple[Entity, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one document gave: an entity, faults, or both when the entity is kept in spite of them."""

    entity: Entity | None
    faults: tuple[Fault, ...]
    subject: str = ""
    """See ``Refusal.subject``."""

    def refusals(self, source: Source) -> tuple[Refusal, ...]:
        """The faults as the catalog keeps them."""
        kept = self.entity is not None
        return tuple(
            replace(refusal_of(fault, source, self.subject), is_entry_kept=kept) for fault in self.faults
        )


def read_descriptor(text: str | Unreadable, source: Source, rules: KindRules = DEFAULT_RULES) -> Descriptor:
    """Read one catalog file with all of its documents, and nothing that it refers to (``gather`` does).

    Args:
        text: The file's text, or why it has none.
        source: Where it lies; each entity gets it with its own line.
        rules: Which kinds are taken.
    """
    path = file_name(source)
    if isinstance(text, Unreadable):
        return Descriptor((), (refusal_of(text.fault(path), source),))
    documents, faults = read_documents(text, path)
    entities: list[Entity] = []
    refusals = [refusal_of(fault, source) for fault in faults]
    for document in documents:
        taken = take(document, path, source, rules)
        entities += [taken.entity] if taken.entity else []
        refusals += taken.refusals(source)
    return Descriptor(tuple(entities), tuple(refusals))


def take(document: Document, path: str, source: Source, rules: KindRules = DEFAULT_RULES) -> Taken:
    """Make an entity of one document, whose placeholders are already replaced.

    An entity whose only fault is a missing owner is kept, without one, and the fault is told all the same.
    """
    faults = faults_of(document, path, rules)
    at = replace(source, line=document.line)
    if not faults:
        return Taken(_built(document.value, at), ())
    if len(faults) == 1 and faults[0].where == "spec.owner" and _has_no_owner(document.value):
        spec = {key: value for key, value in document.value["spec"].items() if key != "owner"}
        kept = _built({**document.value, "spec": spec}, at)
        return Taken(kept, (replace(faults[0], hint=OWNER_IS_LOOKED_FOR),), subject_of(document.value))
    return Taken(None, tuple(faults), subject_of(document.value))


def subject_of(value: Any) -> str:
    """What a document calls the entry in it, as far as it does: ``component:default/shop``."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict):
        return ""
    kind, name, namespace = value.get("kind"), metadata.get("name"), metadata.get("namespace")
    parts = [part if isinstance(part, str) else "" for part in (kind, namespace or DEFAULT_NAMESPACE, name)]
    return f"{parts[0]}:{parts[1]}/{parts[2]}".lower() if parts[2] else ""


def file_name(source: Source) -> str:
    """How a file is called in refusals: ``owner/name/path``, or the provider's own word for it."""
    if source.repository and source.path:
        return f"{source.repository.full_name}/{source.path}"
    return source.location


def refusal_of(fault: Fault, source: Source, subject: str = "") -> Refusal:
    """A fault as the catalog keeps it; ``subject`` is the entry that it is about."""
    return Refusal(
        fault.place,
        fault.message,
        source,
        fault.expected,
        fault.found,
        hint=fault.hint,
        subject=subject,
    )


def fault_at(
    document: Document,
    at: tuple[str | int, ...],
    path: str,
    message: str,
    expected: str = "",
    found: str = "",
    hint: str = "",
    severity: Severity = Severity.ERROR,
) -> Fault:
    """A fault of one field of a document; at the nearest thing above it when the field is not there."""
    line, column = document.place(at)
    where = ".".join(map(str, at))
    return Fault(path, line, column, message, where, expected, found, hint, severity)


def faults_of(document: Document, path: str, rules: KindRules = DEFAULT_RULES) -> list[Fault]:
    """Every fault of a document whose placeholders are replaced, in the order in which Backstage would meet them."""
    faults = [_fault(flaw, document, path) for flaw in flaws_of(document.value, rules)]
    for at, rule, text, problem in islice(_references(document.value, rules), MOST_FLAWS):
        form = "[kind:][namespace/]name" if rule.default_kind else "kind:[namespace/]name"
        hint = (
            ""
            if rule.default_kind or ":" in text
            else f"such as component:{text[:80]} or resource:{text[:80]}"
        )
        faults.append(fault_at(document, at, path, problem, form, hint=hint))
    return faults


def _references(value: Any, rules: KindRules) -> Iterator[Any]:
    if isinstance(value, dict) and isinstance(value.get("spec"), dict):
        yield from malformed_references(
            str(value.get("apiVersion")), str(value.get("kind")), value["spec"], rules
        )


def _has_no_owner(value: dict[str, Any]) -> bool:
    return value["spec"].get("owner") in (None, "")


def _built(value: dict[str, Any], source: Source) -> Entity:
    metadata = value["metadata"]
    ref = EntityRef(value["kind"], metadata.get("namespace", DEFAULT_NAMESPACE), metadata["name"])
    return Entity(ref, value["apiVersion"], metadata, value.get("spec") or {}, source)


def _fault(flaw: Flaw, document: Document, path: str) -> Fault:
    parts = tuple(
        part.replace("~1", "/").replace("~0", "~") for part in (flaw.at or flaw.field).split("/")[1:]
    )
    fault = fault_at(document, parts, path, flaw.message, flaw.expected, flaw.found, flaw.hint)
    return replace(fault, where=flaw.missing) if flaw.missing else fault
