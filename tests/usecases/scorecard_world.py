"""A small organisation for tests of scorecards: a catalog that is told what it holds, and a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalog_sync.entity.model import Entity, EntityRef, Resolution, Source
from core.access import Asker, Visibility
from core.clock import FixedClock
from core.database import Database, connect, metadata
from scorecards import definition
from scorecards.facts import callboard_facts
from scorecards.model import Fact, Scorecard
from scorecards.report import Reports
from scorecards.rules import Rules
from scorecards.run import Scorecards
from scorecards.subjects import Docs, Repository, Subject, Team
from scorecards.vocabulary import Declaration, FactSource, FactType, Vocabulary

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PAYMENTS = Team("group:default/payments", "Payments", "#payments", ("user:default/ben",), ("a", "b"))


def subject(
    name: str = "payments-api",
    *,
    team: Team | None = PAYMENTS,
    owners: tuple[str, ...] | None = None,
    kind: str = "Component",
    spec: Mapping[str, Any] | None = None,
    visibility: Visibility = Visibility.INTERNAL,
    repository: Repository | None = None,
    has_repository: bool = True,
    docs: Docs | None = None,
    **metadata: Any,
) -> Subject:
    """A component that meets every standard check but those on docs."""
    entity = Entity(
        EntityRef(kind, "default", name),
        "backstage.io/v1alpha1",
        {"name": name, "description": f"{name} does one thing and does it well", **metadata},
        {"type": "service", "lifecycle": "production", "system": "shop", **(spec or {})},
        Source(
            "github",
            f"github.com/acme/{name}",
            f"https://github.com/acme/{name}/blob/HEAD/c.yaml",
            visibility,
        ),
    )
    found = owners if owners is not None else ((team.ref,) if team else ())
    home = repository or repository_of(name, visibility=visibility)
    return Subject(
        entity=entity,
        owner=Resolution(found, "spec.owner says so"),
        team=team,
        repository=home if has_repository else None,
        docs=docs,
    )


def repository_of(name: str, **changes: Any) -> Repository:
    """A repository of a good age with README, CODEOWNERS, licence and Dependabot."""
    plain = Repository(
        name=f"acme/{name}",
        url=f"https://github.com/acme/{name}",
        visibility=Visibility.INTERNAL,
        created_at=NOW - timedelta(days=400),
        head_committed_at=NOW - timedelta(days=3),
        license="Apache-2.0",
        root={"README.md": 1200, ".github/dependabot.yml": 80, "docs/": 0},
        has_root=True,
        codeowners_path="CODEOWNERS",
        codeowners_owners=("group:default/payments",),
    )
    return replace(plain, **changes)


@dataclass
class FakeCatalog:
    """A catalog that holds what the test put in."""

    all_subjects: list[Subject] = field(default_factory=list)
    all_teams: list[Team] = field(default_factory=lambda: [PAYMENTS])

    def subjects(self) -> Sequence[Subject]:
        return tuple(self.all_subjects)

    def teams(self) -> Sequence[Team]:
        return tuple(self.all_teams)

    def resolve(self, query: str, asker: Asker) -> str | None:
        refs = [subject.ref for subject in self.all_subjects] + [team.ref for team in self.all_teams]
        return next((ref for ref in refs if ref == query or ref.endswith(f"/{query}")), None)


@dataclass
class Dials:
    """A fact source that measures what the test turned it to; None stands for not measured."""

    name: str = "dials"
    facts: Mapping[str, Declaration] = field(
        default_factory=lambda: {
            "dial.a": Declaration(FactType.BOOL, "The first dial."),
            "dial.b": Declaration(FactType.BOOL, "The second dial."),
            "dial.c": Declaration(FactType.BOOL, "The third dial."),
        }
    )
    turned: dict[str, dict[str, Any]] = field(default_factory=dict)
    error: Exception | None = None

    def turn(self, ref: str, **values: bool | None) -> None:
        self.turned.setdefault(ref, {}).update({f"dial.{name}": value for name, value in values.items()})

    def collect(self, subjects: Sequence[Subject], now: datetime) -> Mapping[str, tuple[Fact, ...]]:
        if self.error:
            raise self.error
        return {subject.ref: self._facts(subject.ref, now) for subject in subjects}

    def _facts(self, ref: str, now: datetime) -> tuple[Fact, ...]:
        values = dict.fromkeys(self.facts, True) | self.turned.get(ref, {})
        return tuple(
            Fact(name, value, now, "dials", "" if value is not None else "403: no right to look")
            for name, value in values.items()
        )


LADDER = """
id: ladder
title: Three dials
checks:
  - {id: a, title: Dial A is on, level: bronze, risk: H, expr: dial.a, fix: {text: Turn A on, minutes: 5}}
  - {id: b, title: Dial B is on, level: silver, risk: M, expr: dial.b, fix: {text: Turn B on, minutes: 10}}
  - {id: c, title: Dial C is on, level: gold, risk: L, expr: dial.c, fix: {text: Turn C on, minutes: 5}}
"""


def cards_of(text: str, sources: Sequence[FactSource]) -> tuple[tuple[Scorecard, ...], Rules]:
    """Scorecards from a text that must have no faults."""
    rules = Rules(Vocabulary(sources))
    cards, faults = definition.read(text, "test.yaml", rules)
    assert faults == ()
    return cards, rules


@dataclass
class World:
    """Scorecards over a fake catalog, at a moment that the test moves."""

    database: Database
    text: str = LADDER
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    dials: Dials = field(default_factory=Dials)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        sources: tuple[FactSource, ...] = (*callboard_facts(), self.dials)
        cards, rules = cards_of(self.text, sources)
        self.scorecards = Scorecards(self.database, self.catalog, cards, sources, rules, self.clock)
        self.reports = Reports(self.scorecards)

    def has(self, *names: str, team: Team | None = PAYMENTS, **more: Any) -> None:
        """Add components that a team owns."""
        self.catalog.all_subjects.extend(subject(name, team=team, **more) for name in names)

    def turn(self, name: str, **values: bool | None) -> None:
        self.dials.turn(f"component:default/{name}", **values)

    def judge(self, after: timedelta = timedelta(0)) -> int:
        self.clock.advance(after)
        return self.scorecards.collect_and_judge()


def open_world(folder: Path, text: str = LADDER) -> World:
    """A world on an SQLite file of its own."""
    database = connect(f"sqlite:///{folder}/scores.db")
    metadata.create_all(database.engine)
    return World(database, text)
