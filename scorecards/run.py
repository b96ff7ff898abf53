"""Use cases: judge everything, and say how well one entity or one team is kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from core.access import OPERATOR, Asker, SlackUser, Visibility, visible_to
from core.clock import Clock
from core.database import Database
from core.errors import NotFound
from scorecards.collect import collect
from scorecards.evaluate import YOUNG, Evaluation, Memory, Outcome, Profile, change_between
from scorecards.history import History
from scorecards.model import Check, EntityScore, Exclusion, Scorecard
from scorecards.rules import Rules
from scorecards.store import Judged, ScoreStore
from scorecards.subjects import Subject, Team
from scorecards.vocabulary import FactSource


class Catalog(Protocol):
    """What scorecards need of the catalog."""

    def subjects(self) -> Sequence[Subject]:
        """Every entity that may be judged, with what is known of it."""
        ...

    def teams(self) -> Sequence[Team]:
        """All groups of the catalog."""
        ...

    def resolve(self, query: str, asker: Asker) -> str | None:
        """The reference of what a name means: an entity, or a group; None when nothing fits."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The scores that a question leads to."""

    about: Literal["entity", "team"]
    subject: str
    """The reference of the entity or team."""
    title: str
    scores: tuple[EntityScore, ...]
    measured_at: datetime


class Scorecards:
    """All scorecards over one catalog and one database."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        scorecards: Sequence[Scorecard],
        facts: Sequence[FactSource],
        rules: Rules,
        clock: Clock,
    ) -> None:
        self.store = ScoreStore(database)
        self.history = History(database)
        self.catalog = catalog
        self.clock = clock
        self.scorecards = tuple(scorecards)
        self.checks: tuple[Check, ...] = tuple(check for card in scorecards for check in card.checks)
        self._facts = tuple(facts)
        self._rules = rules
        self._order = {check.id: place for place, check in enumerate(self.checks)}

    def collect_and_judge(self) -> int:
        """Collect all facts, judge everything, and store what changed.

        Returns:
            How many results changed; 0 when nothing did, and then no result was written.
        """
        now = self.clock.now()
        memories = self.store.memories()
        judged = self._judge(self.catalog.subjects(), memories, now)
        return self.store.save(judged, memories, now).results

    def score(self, entity: str, asker: Asker = OPERATOR) -> EntityScore | None:
        """One entity's score as it was stored last; None where there is none that the asker may see."""
        score = self.store.score(entity.lower(), visible_to(asker))
        return self._ordered(score) if score else None

    def score_team(self, team: str, asker: Asker = OPERATOR) -> tuple[EntityScore, ...]:
        """The stored scores of everything that a team owns and the asker may see."""
        return self.stored(visible_to(asker), (team.lower(),))

    def score_of(self, query: str, asker: Asker) -> Found:
        """An entity's or a team's scores now: facts are collected and judged, nothing is stored.

        Raises:
            NotFound: There is nothing by that name that is judged and that the asker may see.
        """
        ref = self.catalog.resolve(query, asker)
        now = self.clock.now()
        scores = [item.score for item in self._judge(self.catalog.subjects(), self.store.memories(), now)]
        seen = [score for score in scores if score.visibility in visible_to(asker)]
        for score in seen:
            if score.entity == ref:
                return Found("entity", score.entity, score.title, (score,), now)
        for team in self.catalog.teams():
            if team.ref == ref:
                owned = sorted((score for score in seen if score.owner == ref), key=lambda score: score.title)
                return Found("team", team.ref, team.title, tuple(owned), now)
        raise NotFound(
            f"Nothing here that is called {query} has a scorecard.",
            "Scorecards look at components. Ask for one, or for the team that owns it.",
        )

    def fixes(self) -> dict[str, str]:
        """How to mend each check, by its id."""
        return {check.id: check.fix.text for check in self.checks}

    def claim(self, team: str, fix: str, user: SlackUser) -> str:
        """Take an improvement (by its ``key``) for a person.

        Returns:
            The Slack id of whoever has it now, which is somebody else when they were faster.
        """
        return self.history.claim(team.lower(), fix, user, self.clock.now())

    def stored(
        self, visible: frozenset[Visibility], owners: Collection[str] | None = None
    ) -> tuple[EntityScore, ...]:
        """The scores as they were stored last, each with its results in the order of the checks."""
        return tuple(self._ordered(score) for score in self.store.scores(visible, owners))

    def _ordered(self, score: EntityScore) -> EntityScore:
        order = self._order
        results = sorted(score.results, key=lambda result: order.get(result.check, len(order)))
        return replace(score, results=tuple(results))

    def _judge(self, subjects: Sequence[Subject], memories: dict[str, Memory], now: datetime) -> list[Judged]:
        evaluation = Evaluation(self.checks, now)
        profiles = {subject.ref: profile_of(subject, now) for subject in subjects}
        looked_at = [subject for subject in subjects if evaluation.applies_to(profiles[subject.ref])]
        facts = collect(self._facts, looked_at, now)
        by_id = {check.id: check for check in self.checks}
        judged = []
        for subject in looked_at:
            memory = memories.get(subject.ref)
            known = self._rules.known(facts[subject.ref], now)
            outcome = evaluation.judge(profiles[subject.ref], known, memory)
            score = score_from(subject, outcome)
            change = None
            if memory and outcome.is_ranked:
                change = change_between(score.entity, score.title, memory, outcome, by_id)
            judged.append(Judged(score, outcome.checks, change))
        return judged


def profile_of(subject: Subject, now: datetime) -> Profile:
    """What decides which checks apply to an entity."""
    repository = subject.repository
    excluded = set()
    if repository and repository.is_archived:
        excluded.add(Exclusion.ARCHIVED)
    if repository and repository.is_fork:
        excluded.add(Exclusion.FORK)
    if subject.lifecycle in (Exclusion.EXPERIMENTAL, Exclusion.DEPRECATED):
        excluded.add(Exclusion(subject.lifecycle))
    created = repository.created_at if repository else None
    return Profile(
        kind=subject.entity.ref.kind.lower(),
        type=subject.type,
        excluded=frozenset(excluded),
        is_young=created is not None and now - created < YOUNG,
    )


def score_from(subject: Subject, outcome: Outcome) -> EntityScore:
    """An entity's score; its owner is the team where a team owns it, else whoever is named first."""
    owners = subject.owner.owners
    return EntityScore(
        entity=subject.ref,
        title=subject.entity.title,
        owner=subject.team.ref if subject.team else (owners[0].lower() if owners else ""),
        level=outcome.level,
        results=outcome.results,
        visibility=subject.entity.source.visibility,
        is_ranked=outcome.is_ranked,
        fields=_fields(subject),
    )


def _fields(subject: Subject) -> dict[str, str]:
    """What links of fixes may name; see ``links.FIELDS``."""
    repository = subject.repository
    fields = {
        "repository_url": repository.url if repository else "",
        "repository": repository.name if repository else "",
        "name": subject.entity.ref.name,
        "kind": subject.entity.ref.kind.lower(),
        "namespace": subject.entity.ref.namespace,
        "team": subject.team.ref if subject.team else "",
        "descriptor_url": subject.entity.source.url,
        "codeowners_path": repository.codeowners_path if repository else "",
    }
    return {name: value for name, value in fields.items() if value}
