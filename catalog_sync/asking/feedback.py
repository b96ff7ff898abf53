"""What people say about the docs of a team, for that team: sections with votes, and questions that nothing answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog_sync.answers import DocsAnswer, Near, OwnerAnswer
from catalog_sync.asking.passages import DocsQuestions, owners_of
from catalog_sync.docs.feedback import Feedback, Gap, Verdict, Vote
from catalog_sync.entity.model import Owner
from catalog_sync.estate import Estate
from core.access import (
    ALONE,
    Asker,
    Visibility,
    may_act_for,
    may_administer,
    visible_in,
    visible_to,
)
from core.errors import NotAllowed, UserError

_MOST_SECTIONS, _MOST_QUESTIONS, _MOST_GAPS, _LOOKED_AT = 20, 5, 10, 60
_ALL = frozenset(Visibility)


@dataclass(frozen=True, slots=True)
class VotedSection:
    """A section with what people said about it."""

    title: str
    """Of the thing that it belongs to."""
    page: str
    heading: str
    url: str
    owner: Owner | None
    ups: int
    downs: int
    questions: tuple[str, ...]
    """What those had asked who found it wrong or stale, the newest first."""
    last_at: datetime
    is_edited_since: bool
    """Whether the page was edited after the last of these votes."""


@dataclass(frozen=True, slots=True)
class DocsFeedback:
    """What people say about some docs: the worst first."""

    about: Near | None
    """The team or the thing that it is about; None for all docs."""
    sections: tuple[VotedSection, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose docs are looked at."""

    about: Near | None = None
    owners: frozenset[str] = frozenset()
    """References of owners; empty for everybody's."""
    entity: str = ""
    """Only what belongs to this reference."""

    def has(self, entity: str, owners: Sequence[Owner]) -> bool:
        """Whether something that belongs to an entity, and its owners, is in it."""
        if self.entity:
            return entity == self.entity
        return not self.owners or any(owner.ref in self.owners for owner in owners)


class FeedbackQuestions:
    """Votes, gaps, and what a team is shown of them.

    Args:
        feedback: Where they are kept.
        docs: Answers from the docs.
    """

    def __init__(self, feedback: Feedback, docs: DocsQuestions) -> None:
        self._feedback = feedback
        self._docs = docs

    def vote(self, voter: str, section: str, question: str, verdict: Verdict, asker: Asker) -> bool:
        """See ``Feedback.vote``; what counts is what the asker may see when they are alone."""
        return self._feedback.vote(voter, section, question, verdict, visible_in(asker, ALONE))

    def note_gap(self, answer: DocsAnswer, asker: Asker) -> None:
        """Count a question that no section answered.

        Nothing is noted for whoever may not see everything, because to them an answer may only be hidden, nor
        where the docs could not be searched.
        """
        if not answer.passages and not answer.stale and visible_to(asker) >= _ALL:
            key = self._docs.key(answer.query)
            if key:
                self._feedback.note_gap(key, answer.query, answer.about.ref if answer.about else "")

    def answer(self, estate: Estate, asker: Asker, subject: OwnerAnswer | None) -> DocsFeedback:
        """What people say about the docs of a team or of a thing; of all docs without one.

        Args:
            estate: The catalog.
            asker: Who wants to know.
            subject: The team or the thing.

        Raises:
            NotAllowed: The asker is neither of the team that owns it nor an administrator.
            UserError: Whoever is no administrator has to name a team.
        """
        seen = visible_to(asker)
        scope = _scope_of(subject) if subject else _own_scope(asker)
        if not may_administer(asker) and not any(may_act_for(asker, ref) for ref in scope.owners):
            raise NotAllowed(
                "What people say about docs is shown to the team that owns them, and to administrators."
            )
        by_section: dict[str, list[Vote]] = {}
        owners: dict[str, tuple[Owner, ...]] = {}
        for vote in self._feedback.votes(seen):
            if vote.section not in owners:
                owners[vote.section] = owners_of(estate, seen, vote.entity, vote.repository, vote.path)
            if scope.has(vote.entity, owners[vote.section]):
                by_section.setdefault(vote.section, []).append(vote)
        sections = [_voted(estate, votes, owners[key]) for key, votes in by_section.items()]
        sections.sort(key=lambda item: (item.is_edited_since, -item.downs, item.ups, item.heading))
        # A question may name what others must not know of.
        gaps = self._gaps(estate, scope) if seen >= _ALL else ()
        return DocsFeedback(scope.about, tuple(sections[:_MOST_SECTIONS]), gaps)

    def _gaps(self, estate: Estate, scope: _Scope) -> tuple[Gap, ...]:
        """The questions without an answer; those that the docs answer by now are left out."""
        found: list[Gap] = []
        for gap in self._feedback.gaps(_LOOKED_AT):
            owners = owners_of(estate, _ALL, gap.entity, "", "") if gap.entity else ()
            is_meant = scope.has(gap.entity, owners) if gap.entity else not scope.owners
            if is_meant and not self._docs.has_answer(gap.question, _ALL):
                found.append(gap)
            if len(found) == _MOST_GAPS:
                break
        return tuple(found)


def _own_scope(asker: Asker) -> _Scope:
    """All docs for an administrator, those of their teams for everybody else."""
    if may_administer(asker):
        return _Scope()
    if not asker.groups:
        raise UserError("Name a team or a component.", "For example: docs feedback payments")
    return _Scope(owners=asker.groups)


def _scope_of(subject: OwnerAnswer) -> _Scope:
    refs = frozenset(owner.ref for owner in subject.owners)
    if subject.about == "entity" and subject.entity:
        ref = str(subject.entity)
        return _Scope(Near(ref, subject.title, subject.entity.kind), refs, ref)
    team = subject.owners[0]
    return _Scope(Near(team.ref, team.title, team.kind), refs)


def _voted(estate: Estate, votes: Sequence[Vote], owners: Sequence[Owner]) -> VotedSection:
    newest = votes[0]
    downs = [vote for vote in votes if vote.verdict is Verdict.DOWN]
    questions = dict.fromkeys(vote.question for vote in downs if vote.question)
    return VotedSection(
        title=estate.title(newest.entity),
        page=newest.page,
        heading=newest.heading,
        url=newest.url,
        owner=owners[0] if owners else None,
        ups=len(votes) - len(downs),
        downs=len(downs),
        questions=tuple(questions)[:_MOST_QUESTIONS],
        last_at=newest.at,
        is_edited_since=newest.edited_at is not None and newest.edited_at > newest.at,
    )
