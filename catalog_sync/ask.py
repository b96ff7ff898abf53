"""The use cases that read: who owns it, where are the docs, find; each knows who asks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from catalog_sync.answers import Coverage, DepsAnswer, DocsAnswer, FindAnswer, Near, OwnerAnswer, TeamAnswer
from catalog_sync.asking.coverage import coverage_of
from catalog_sync.asking.depending import DependencyQuestions
from catalog_sync.asking.feedback import DocsFeedback, FeedbackQuestions
from catalog_sync.asking.linked import is_about_it, is_browsed
from catalog_sync.asking.mentioned import Mentions, Told
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.passages import DocsQuestions
from catalog_sync.asking.question import Question, read_question, subject_of
from catalog_sync.asking.searching import FindQuestions
from catalog_sync.asking.teams import TeamQuestions
from catalog_sync.docs.feedback import Feedback, Verdict
from catalog_sync.docs.search import DocsSearch
from catalog_sync.docs.synonyms import Synonyms
from catalog_sync.docs.terms import tokens
from catalog_sync.entity.model import Entity, RepositoryName
from catalog_sync.estate import OWNABLE, Estate, EstateCache, Remembered, TeamProfile
from catalog_sync.memory.cards import Card
from catalog_sync.store import CatalogStore
from core.access import Asker, Visibility, visible_to
from core.clock import Clock
from core.errors import NotFound
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
        synonyms: ``docs.synonyms``.
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
        synonyms: Sequence[Sequence[str]] = (),
    ) -> None:
        self._cache = EstateCache(store, settings, default_channel)
        search = DocsSearch(store.database, Synonyms(synonyms))
        self._passages = DocsQuestions(search, timedelta(days=stale_docs_days))
        self._feedback = FeedbackQuestions(Feedback(store.database, clock), self._passages)
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
        moment = self._cache.moment()
        answer = OwnerQuestions(moment.estate, visible_to(asker)).answer(read_question(query))
        if answer.repository and not answer.owners and self._committers and not moment.stale:
            answer = self._hinted(answer, answer.repository, moment.estate)
        return replace(_completed(answer, moment, visible_to(asker)), query=query)

    def named_in(self, told: Told, asker: Asker, most: int = 3) -> tuple[OwnerAnswer, ...]:
        """Who owns what a text speaks of, the best first; each answer's ``query`` is what stands in the text."""
        moment, seen = self._cache.moment(), visible_to(asker)
        found = Mentions(moment.estate, seen).answers(told, most)
        return tuple(_completed(answer, moment, seen) for answer in found)

    def deps(self, query: str, asker: Asker) -> DepsAnswer:
        """What something depends on and what depends on it; of a team, what all that it owns does."""
        moment, seen = self._cache.moment(), visible_to(asker)
        answer = DependencyQuestions(moment.estate, seen).answer(query)
        subject = _completed(answer.subject, moment, seen)
        return replace(answer, subject=subject, synced_at=moment.synced_at, stale=moment.stale)

    def team_of(self, query: str, asker: Asker) -> TeamAnswer:
        """A team with its people, its place among teams and what it owns; of a thing that is named, its owner."""
        moment, seen = self._cache.moment(), visible_to(asker)
        answer = TeamQuestions(moment.estate, seen).answer(query)
        subject = _completed(answer.subject, moment, seen)
        return replace(answer, subject=subject, synced_at=moment.synced_at, stale=moment.stale)

    def look_for(self, query: str, asker: Asker, limit: int = 8) -> FindAnswer:
        """Things of every kind that fit some words, narrowed by ``owner:``, ``tag:`` and the like; best first."""
        moment = self._cache.moment()
        answer = FindQuestions(moment.estate, visible_to(asker)).answer(query, limit)
        return replace(answer, synced_at=moment.synced_at, stale=moment.stale)

    def of_link(self, url: str, asker: Asker) -> OwnerAnswer | None:
        """Who owns what somebody linked; asks nobody outside.

        Returns:
            None for pages that show nothing of a catalog's (an issue, a profile), for what the catalog does
            not know or the asker may not see, and where it knows no owner.
        """
        if not is_browsed(url):
            return None
        estate, synced_at = self._cache.now()
        answer = OwnerQuestions(estate, visible_to(asker)).answer(Question(url))
        return replace(answer, query=url, synced_at=synced_at) if is_about_it(answer) else None

    def coverage(self, asker: Asker) -> Coverage:
        """How much of the organisation has an entry, what nobody owns, and where owners are in doubt."""
        estate, synced_at = self._cache.now()
        return coverage_of(estate, visible_to(asker), synced_at)

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The passages of the docs that answer a question, best first; else whom to ask."""
        moment = self._cache.moment()
        answer = self._passages.answer(
            query,
            moment.estate,
            visible_to(asker),
            entity=entity,
            limit=limit,
            now=self._clock.now(),
            synced_at=moment.synced_at,
        )
        return replace(answer, stale=answer.stale or moment.stale)

    def vote_docs(self, voter: str, section: str, question: str, verdict: Verdict, asker: Asker) -> bool:
        """Note what a person thinks of a section, in place of what they thought before; whether there is such a section."""
        return self._feedback.vote(voter, section, question, verdict, asker)

    def note_gap(self, answer: DocsAnswer, asker: Asker) -> None:
        """Count a question that the docs did not answer, for those whose docs they are."""
        self._feedback.note_gap(answer, asker)

    def docs_feedback(self, query: str, asker: Asker) -> DocsFeedback:
        """What people say about the docs of a team or of a thing; for an empty query of the asker's own teams, or all.

        Raises:
            NotFound: Nothing, or nothing with an owner, is called so.
            NotAllowed: The asker is neither of the team that owns it nor an administrator.
            UserError: Somebody without a team has to name one.
        """
        subject = self.who_owns(query, asker) if query else None
        if subject and (
            subject.about not in ("entity", "repository", "team", "channel") or not subject.owners
        ):
            raise NotFound(f"No team and no component is called {query}.", "Check the spelling.")
        return self._feedback.answer(self.estate(), asker, subject)

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


def _completed(answer: OwnerAnswer, moment: Remembered, seen: frozenset[Visibility]) -> OwnerAnswer:
    """An answer with its age and the names of people; whoever may not see people is not told who they are."""
    if Visibility.INTERNAL not in seen:
        owners = tuple(replace(owner, leads=()) for owner in answer.owners)
        members = answer.members if answer.about == "person" else ()
        answer = replace(answer, owners=owners, members=members, on_call=(), hints=())
    named = (*answer.members, *answer.on_call, *(lead for owner in answer.owners for lead in owner.leads))
    titles = {ref: moment.estate.title(ref) for ref in named}
    return replace(answer, synced_at=moment.synced_at, stale=moment.stale, titles=titles)


def _find(
    estate: Estate, query: str, seen: frozenset[Visibility], kinds: Sequence[str], limit: int
) -> tuple[Near, ...]:
    titled: Sequence[tuple[str, Card]] = estate.titled
    for word in dict.fromkeys(word for token in tokens(query) for word in token.words):
        titled = [pair for pair in titled if word in pair[0]]
    found = (
        Near(card.ref, card.title, card.written[0])
        for _words, card in titled
        if card.kind in kinds and card.visibility in seen
    )
    return tuple(islice(found, limit))
