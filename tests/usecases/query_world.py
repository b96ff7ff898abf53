"""A small catalog in memory for questions of programs: rows as the database holds them, and what answers."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from catalog_sync.entity.rules import DEFAULT_RULES
from catalog_sync.memory.cards import Card, card_of
from catalog_sync.query.questions import Answers, Questions
from core.access import Asker, Standing

MEMBER = Asker(Standing.MEMBER)
GUEST = Asker(Standing.GUEST)
GONE = datetime(2026, 11, 20, tzinfo=UTC)


def card(
    kind: str, name: str, spec: dict[str, Any], metadata: dict[str, Any] | None = None, **row: Any
) -> Card:
    """An entity as the catalog keeps it in memory."""
    repository = row.pop("repository", f"github.com/acme/{name}".lower())
    place = f"{repository}/catalog-info.yaml"
    values = {
        "ref": f"{kind}:default/{name}".lower(),
        "kind": kind,
        "namespace": "default",
        "name": name,
        "api_version": "backstage.io/v1alpha1",
        "metadata": json.dumps({"name": name, **(metadata or {})}),
        "spec": json.dumps(spec),
        "provider": "github",
        "location": place,
        "url": f"https://{repository}/blob/main/catalog-info.yaml#L1",
        "path": "catalog-info.yaml",
        "line": 1,
        "repository": repository,
        "visibility": "internal",
        "digest": json.dumps([spec, metadata, row], default=str),
        "gone_at": None,
    }
    return card_of({**values, **row})


def component(name: str, owner: str = "payments", metadata: dict[str, Any] | None = None, **row: Any) -> Card:
    """A component."""
    spec = {"type": "service", "lifecycle": "production", "owner": owner, **row.pop("spec", {})}
    return card("Component", name, spec, metadata, **row)


def group(name: str, **spec: Any) -> Card:
    """A team."""
    return card("Group", name, {"type": "team", "children": [], **spec})


class Catalog:
    """What the catalog holds; ``put`` and ``drop`` make the next state."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards = {item.ref: item for item in cards}
        self.questions = Questions(lambda: self, lambda: DEFAULT_RULES)

    def put(self, *cards: Card) -> None:
        self.cards = {**self.cards, **{item.ref: item for item in cards}}

    def drop(self, *refs: str) -> None:
        self.cards = {ref: item for ref, item in self.cards.items() if ref not in refs}

    def now(self, asker: Asker = MEMBER) -> Answers:
        return self.questions.now(asker)
