"""Puts together what somebody's Home shows, from the catalog, the scorecards and the runs; nobody outside is asked."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError

from bot.slack.home.model import (
    AdminCard,
    HomeContent,
    Need,
    NeedKind,
    SourceState,
    TeamCard,
    Thing,
    Visitor,
)
from bot.slack.home.refused import refused_needs
from catalog_sync.estate import Estate
from catalog_sync.store import StoredRefusal
from catalog_sync.syncing.settle import Hold
from core.access import Asker, SlackUser, Standing, Visibility, may_administer, may_create, visible_to
from core.clock import Clock
from core.errors import DatabaseUnavailable
from scaffolds.model import RunState
from scaffolds.runs import ScaffoldRun
from scorecards.model import EntityScore, Level

_log = structlog.get_logger(__name__)
_RECENT = timedelta(days=14)
"""A run that failed longer ago is nobody's next step."""
_FROM_MEMORY = "The database does not answer, so this is what I knew before, without what needs you."
_FAILED = {RunState.FAILED: NeedKind.RUN_FAILED, RunState.RUNNING: NeedKind.RUN_UNDER_WAY}


class CatalogRows(Protocol):
    """What the catalog's tables say beside the estate."""

    def refusals_in(self, keys: Sequence[str]) -> Sequence[StoredRefusal]:
        """What is wrong with files of some repositories."""
        ...

    def refused_files(self) -> int:
        """How many files cannot be taken in, or not whole."""
        ...

    def source_states(self) -> Sequence[tuple[str, datetime | None]]:
        """Every source with the moment when it was last looked at to its end."""
        ...

    def synced_at(self) -> datetime | None:
        """When the catalog was last known to be right."""
        ...


class StoredScores(Protocol):
    """What the scorecards know."""

    def stored(
        self, visible: frozenset[Visibility], owners: Collection[str] | None = None
    ) -> Sequence[EntityScore]:
        """The scores as they were stored last, of all owners or of some."""
        ...


@dataclass(frozen=True, slots=True)
class WrongDocs:
    """A section of the docs that readers called wrong or stale."""

    title: str
    url: str
    votes: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """Where everything on a Home comes from.

    ``runs`` gives somebody's runs since a moment, ``holds`` what waits for administrators, ``wrong_docs`` the
    sections of some teams that were voted wrong, ``admin`` completes an administrator's card.
    """

    estate: Callable[[], Estate]
    rows: CatalogRows
    scores: StoredScores
    runs: Callable[[SlackUser, datetime], Sequence[ScaffoldRun]]
    holds: Callable[[], Sequence[Hold]]
    wrong_docs: Callable[[Asker], Sequence[WrongDocs]]
    admin: Callable[[AdminCard], AdminCard]
    clock: Clock

    def content(self, asker: Asker) -> HomeContent:
        """Everything on somebody's Home, as far as they may see it; without the database, what is in memory.

        Raises:
            DatabaseUnavailable: It does not answer, and nothing was known before.
        """
        estate, seen = self.estate(), visible_to(asker)
        groups = [ref for ref in sorted(asker.groups) if _sees(estate, ref, seen)]
        try:
            return self._looked_up(asker, estate, groups)
        except (DatabaseUnavailable, OperationalError) as error:
            _log.warning("home.from_memory", cause=str(error).partition("\n")[0])
            teams = _team_cards(estate, groups, {}, seen)
            return replace(self._of(asker, estate, teams), stale=_FROM_MEMORY)

    def _looked_up(self, asker: Asker, estate: Estate, groups: Sequence[str]) -> HomeContent:
        teams = self._teams(estate, groups, visible_to(asker))
        return replace(
            self._of(asker, estate, teams),
            needs=tuple(self._needs(estate, asker, teams)),
            admin=self._admin(asker),
            synced_at=self.rows.synced_at(),
        )

    @staticmethod
    def _of(asker: Asker, estate: Estate, teams: tuple[TeamCard, ...]) -> HomeContent:
        return HomeContent(
            visitor=_visitor(asker, teams),
            name=estate.title(asker.user) if asker.user else "",
            teams=teams,
            may_create=may_create(asker),
            slack_id=asker.slack.id if asker.slack else "",
            example=_example(estate, visible_to(asker)),
        )

    def team(self, ref: str, asker: Asker) -> TeamCard | None:
        """One team with all that it owns; None where there is none that the asker may see."""
        estate, seen = self.estate(), visible_to(asker)
        known = [ref] if ref in estate.teams and _sees(estate, ref, seen) else []
        return next(iter(self._teams(estate, known, seen)), None)

    # -- teams -----------------------------------------------------------------------------------------------

    def _teams(
        self, estate: Estate, groups: Sequence[str], seen: frozenset[Visibility]
    ) -> tuple[TeamCard, ...]:
        scores = {score.entity: score for score in self.scores.stored(seen, groups)} if groups else {}
        return _team_cards(estate, groups, scores, seen)

    # -- needs -----------------------------------------------------------------------------------------------

    def _needs(self, estate: Estate, asker: Asker, teams: Sequence[TeamCard]) -> Iterator[Need]:
        seen = visible_to(asker)
        if may_administer(asker):
            yield from map(_held, self.holds())
        runs = list(self._runs(asker, seen))
        yield from (need for need in runs if need.kind is NeedKind.RUN_FAILED)
        things = {thing.key: thing for team in teams for thing in team.owned}
        keys = {_repository_of(estate, key) for key in things} - {""}
        refusals = [row for row in self.rows.refusals_in(sorted(keys)) if row.visibility in seen]
        yield from refused_needs(refusals, estate.repositories)
        yield from _disagreements(estate, things.values(), seen)
        yield from (
            Need(NeedKind.DOCS, docs.title, _times(docs.votes), docs.url) for docs in self.wrong_docs(asker)
        )
        yield from (need for need in runs if need.kind is NeedKind.RUN_UNDER_WAY)

    def _runs(self, asker: Asker, seen: frozenset[Visibility]) -> Iterator[Need]:
        if asker.slack is None:
            return
        for run in self.runs(asker.slack, self.clock.now() - _RECENT):
            if run.visibility in seen:
                step = run.current.title if run.current else ""
                detail = run.error if run.state is RunState.FAILED else step
                yield Need(
                    _FAILED[run.state], run.repository.full_name, detail, run.output("url"), run.run_id
                )

    # -- administrators --------------------------------------------------------------------------------------

    def _admin(self, asker: Asker) -> AdminCard | None:
        if not may_administer(asker):
            return None
        sources = tuple(SourceState(source, at) for source, at in self.rows.source_states())
        return self.admin(AdminCard(sources, self.rows.refused_files()))


def _visitor(asker: Asker, teams: Sequence[TeamCard]) -> Visitor:
    if asker.standing is Standing.GUEST:
        return Visitor.GUEST
    if asker.user is None:
        return Visitor.NOT_MATCHED
    return Visitor.AT_HOME if teams else Visitor.WITHOUT_TEAM


def _example(estate: Estate, seen: frozenset[Visibility]) -> str:
    """The name of a component that somebody may ask for."""
    names = (
        card.name for card in estate.cards.values() if card.kind == "component" and card.visibility in seen
    )
    return next(names, "payments-api")


def _sees(estate: Estate, ref: str, seen: frozenset[Visibility]) -> bool:
    card = estate.cards.get(ref)
    return card is not None and card.visibility in seen


def _team_cards(
    estate: Estate, groups: Sequence[str], scores: Mapping[str, EntityScore], seen: frozenset[Visibility]
) -> tuple[TeamCard, ...]:
    cards = (_team_card(estate, ref, scores, seen) for ref in groups)
    return tuple(sorted(cards, key=lambda card: (not card.owned, card.title.lower())))


def _team_card(
    estate: Estate, ref: str, scores: Mapping[str, EntityScore], seen: frozenset[Visibility]
) -> TeamCard:
    team = estate.teams[ref]
    owned = _told_apart([_thing(estate, key, scores) for key in estate.owned_by(seen).get(ref, ())])
    levels: dict[Level, int] = {}
    for score in scores.values():
        if score.owner == ref and score.is_ranked:
            levels[score.level] = levels.get(score.level, 0) + 1
    may_see_people = Visibility.INTERNAL in seen
    return TeamCard(
        ref=ref,
        title=team.title,
        channel=team.channel,
        leads=tuple(map(estate.title, team.leads)) if may_see_people else (),
        owned=tuple(sorted(owned, key=lambda thing: (thing.kind, thing.title.lower(), thing.key))),
        levels=levels,
        children=tuple(estate.title(child) for child in team.children if _sees(estate, child, seen)),
    )


def _told_apart(things: Sequence[Thing]) -> list[Thing]:
    """Things of one kind and title get their names beside it."""
    often = Counter((thing.kind, thing.title) for thing in things)
    return [
        replace(thing, title=f"{thing.title} ({thing.key.rpartition('/')[2]})")
        if often[thing.kind, thing.title] > 1
        else thing
        for thing in things
    ]


def _thing(estate: Estate, key: str, scores: Mapping[str, EntityScore]) -> Thing:
    card = estate.cards.get(key)
    if card is None:
        row = estate.repositories[key]
        return Thing(key, row.name, "repository", row.url)
    home = estate.repositories.get(card.key)
    score = scores.get(key)
    level = score.level if score and score.is_ranked else None
    return Thing(key, card.title, card.kind, home.url if home else "", level)


def _repository_of(estate: Estate, key: str) -> str:
    """The repository that describes an entity; a repository's own key as it is."""
    card = estate.cards.get(key)
    return card.key if card else key


def _disagreements(estate: Estate, things: Iterable[Thing], seen: frozenset[Visibility]) -> Iterator[Need]:
    resolver = estate.resolver(seen)
    for thing in things:
        is_entity = thing.key in estate.cards
        found = resolver.of_entity(thing.key) if is_entity else resolver.of_repository(thing.key)
        if found.disagreements:
            detail = " · ".join(found.disagreements[:2])
            yield Need(NeedKind.DISAGREEMENT, thing.title, detail, thing.url, thing.key if is_entity else "")


def _held(hold: Hold) -> Need:
    source = hold.source.partition(":")[2] or hold.source
    parts = [_count(len(hold.entities), "entry", "entries")] if hold.entities else []
    parts += [_count(len(hold.repositories), "repository", "repositories")] if hold.repositories else []
    names = [name.rpartition("/")[2] for name in (hold.repositories or hold.entities)[:5]]
    detail = f"{' and '.join(parts)}: {', '.join(names)}" if parts else ""
    return Need(NeedKind.HELD, source, detail, value=f"{hold.digest} {hold.source}")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _times(votes: int) -> str:
    return (
        "one reader called it wrong or stale" if votes == 1 else f"{votes} readers called it wrong or stale"
    )
