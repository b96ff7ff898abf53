"""The use cases that read: who owns it, where are the docs, find; each knows who asks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from catalog_sync.answers import Coverage, DocsAnswer, Near, OwnerAnswer
from catalog_sync.asking.coverage import coverage_of
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.passages import DocsQuestions
from catalog_sync.asking.question import read_question, subject_of
from catalog_sync.docs.store import DocsStore, words_of
from catalog_sync.entity.model import Entity, RepositoryName
from catalog_sync.estate import OWNABLE, Estate, EstateCache, TeamProfile
from catalog_sync.memory.cards import Card
from catalog_sync.store import CatalogStore
from core.access import Asker, Visibility, visible_to
from core.clock import Clock
from core.settings import TeamSettings

__all__ = ["Ask", "subject_of"]

Committers = Callable[[RepositoryName, str], Sequence[str]]
"""Who committed to a repository, or a path in it, lately: logins or mail addresses, most of them first."""


class Ask:
    """Questions to the catalog and to the docs.

    Args:
        store: The catalog's rows.
        clock: Tells the present.
        settings: ``teams``.
        default_channel: ``slack.default_channel``.
        stale_docs_days: From which age on a page of docs is marked as stale.
        committers: Asked when nobody is named as an owner; left out, nobody is hinted at.
    """

    def __init__(
        self,
        store: CatalogStore,
        clock: Clock,
        settings: TeamSettings,
        *,
        default_channel: str | None = None,
        stale_docs_days: int = 180,
        committers: Committers | None = None,
    ) -> None:
        self._cache = EstateCache(store, settings, default_channel)
        self._docs = DocsStore(store.database)
        self._passages = DocsQuestions(self._docs, timedelta(days=stale_docs_days))
        self._clock = clock
        self._committers = committers

    def estate(self) -> Estate:
        """Everything the catalog holds now; for rooms that judge all of it."""
        return self._cache.now()[0]

    def warm_up(self) -> None:
        """Build now what the first question would wait a second for, where the catalog is large."""
        self.estate().prepare()

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names: an entity, a repository, a path, a team, a person or a channel."""
        estate, synced_at = self._cache.now()
        answer = OwnerQuestions(estate, visible_to(asker)).answer(read_question(query))
        if answer.repository and not answer.owners and self._committers:
            answer = self._hinted(answer, answer.repository, estate)
        named = (*answer.members, *(lead for owner in answer.owners for lead in owner.leads))
        titles = {ref: estate.title(ref) for ref in named}
        return replace(answer, query=query, synced_at=synced_at, titles=titles)

    def coverage(self, asker: Asker) -> Coverage:
        """How much of the organisation has an entry, what nobody owns, and where owners are in doubt."""
        estate, synced_at = self._cache.now()
        return coverage_of(estate, visible_to(asker), synced_at)

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The passages of the docs that answer a question, best first; else whom to ask."""
        estate, synced_at = self._cache.now()
        return self._passages.answer(
            query,
            estate,
            visible_to(asker),
            entity=entity,
            limit=limit,
            now=self._clock.now(),
            synced_at=synced_at,
        )

    def find(self, query: str, asker: Asker, limit: int = 20) -> tuple[Near, ...]:
        """Things whose name fits, for pickers that search while a person types; all of them for nothing."""
        return _find(self.estate(), query, visible_to(asker), OWNABLE, limit)

    def groups(self, query: str, asker: Asker, limit: int = 100) -> tuple[Near, ...]:
        """Groups whose name fits, by title; all of them for an empty query."""
        return _find(self.estate(), query, visible_to(asker), ("group",), limit)

    def team(self, ref: str) -> TeamProfile | None:
        """A team by its reference."""
        return self.estate().teams.get(ref.lower())

    def teams(self) -> tuple[TeamProfile, ...]:
        """Every team, in the order of references."""
        return tuple(self.estate().teams.values())

    def entity(self, ref: str) -> Entity | None:
        """An entity by its reference."""
        return self.estate().entities.get(ref.lower())

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups that a user is in, as references."""
        return frozenset(self.estate().teams_of.get(user.lower(), ()))

    def _hinted(self, answer: OwnerAnswer, repository: RepositoryName, estate: Estate) -> OwnerAnswer:
        """An answer without an owner, with those who committed lately; they are no owners."""
        names = self._committers(repository, answer.path or "") if self._committers else ()
        people = [estate.directory.person(name) or f"user:default/{name}".lower() for name in names]
        hints = tuple(estate.owner(ref) for ref in dict.fromkeys(people))
        if not hints:
            return answer
        said = " and ".join(hint.title for hint in hints)
        return replace(
            answer, hints=hints, why=f"{answer.why} · recent commits are by {said}, which is only a hint"
        )


def _find(
    estate: Estate, query: str, seen: frozenset[Visibility], kinds: Sequence[str], limit: int
) -> tuple[Near, ...]:
    titled: Sequence[tuple[str, Card]] = estate.titled
    for word in words_of(query):
        titled = [pair for pair in titled if word in pair[0]]
    found = (
        Near(card.ref, card.title, card.written[0])
        for _words, card in titled
        if card.kind in kinds and card.visibility in seen
    )
    return tuple(islice(found, limit))
