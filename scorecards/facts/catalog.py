"""Facts from the entity itself: what its author wrote, and what the catalog refused beside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scorecards.facts.measured import as_facts
from scorecards.model import Fact
from scorecards.subjects import Subject
from scorecards.vocabulary import Declaration, FactType


class CatalogFacts:
    """What ``catalog-info.yaml`` says."""

    name = "catalog"
    facts: Mapping[str, Declaration] = {
        "catalog.faults": Declaration(
            FactType.TEXTS, "What the catalog refused in the repository's descriptors, with its place."
        ),
        "owner.declared": Declaration(
            FactType.TEXT, "spec.owner as it was written; empty when there is none."
        ),
        "owner.disagreements": Declaration(FactType.TEXTS, "Sources that name another owner, in words."),
        "meta.description": Declaration(FactType.TEXT, "metadata.description."),
        "meta.type": Declaration(FactType.TEXT, "spec.type in lower case."),
        "meta.lifecycle": Declaration(FactType.TEXT, "spec.lifecycle in lower case."),
        "meta.system": Declaration(FactType.TEXT, "spec.system, or the domain of a system."),
        "meta.tags": Declaration(FactType.TEXTS, "metadata.tags."),
        "meta.links": Declaration(FactType.TEXTS, "Titles and types of metadata.links, in lower case."),
        "meta.annotations": Declaration(FactType.TEXTS, "Names of the annotations."),
        "docs.reference": Declaration(
            FactType.TEXT, "The annotation backstage.io/techdocs-ref; empty when there is none."
        ),
    }

    def collect(self, subjects: Sequence[Subject], now: datetime) -> dict[str, tuple[Fact, ...]]:
        """Every value is known for every entity: what is not written counts as empty."""
        return {
            subject.ref: as_facts(_values(subject), now, subject.entity.source.location)
            for subject in subjects
        }


def _values(subject: Subject) -> dict[str, Any]:
    spec, metadata = subject.entity.spec, subject.entity.metadata
    annotations = subject.entity.annotations
    return {
        "catalog.faults": subject.refusals,
        "owner.declared": _text(spec.get("owner")),
        "owner.disagreements": subject.owner.disagreements,
        "meta.description": subject.entity.description.strip(),
        "meta.type": subject.type,
        "meta.lifecycle": subject.lifecycle,
        "meta.system": _text(spec.get("system")) or _text(spec.get("domain")),
        "meta.tags": tuple(_text(tag) for tag in _items(metadata.get("tags"))),
        "meta.links": _link_words(metadata.get("links")),
        "meta.annotations": tuple(str(name) for name in annotations),
        "docs.reference": _text(annotations.get("backstage.io/techdocs-ref")),
    }


def _link_words(links: object) -> tuple[str, ...]:
    words = [
        _text(link.get(part)).lower()
        for link in _items(links)
        if isinstance(link, Mapping)
        for part in ("title", "type")
    ]
    return tuple(word for word in words if word)


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
