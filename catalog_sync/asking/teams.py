"""A team with its people, its place among teams, and what it owns by kind; for somebody who sees so much."""

import re
from collections.abc import Iterator
from dataclasses import replace

from catalog_sync.answers import Near, OwnedKind, OwnerAnswer, TeamAnswer
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.question import Question, read_question
from catalog_sync.asking.searching import sees
from catalog_sync.estate import Estate
from core.access import Visibility

_MOST_NAMED = 8
_SHOWING = re.compile(
    r"^\s*(?:(?:please|can\s+you|could\s+you)\s+)*(?:show|tell|give|list)\s+(?:me\s+)?(?:about\s+)?"
    r"|^\s*(?:who|which\s+people)\s+(?:works?|sits?)\s+(?:on|in|at|for)\s+"
    r"|^\s*what\s+(?:is|are)\s+(?=.*\bteam\b)",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"^\s*(?:which|what)\s+teams?\s+(?:is|are|does)\s+(.+?)\s+(?:work\s+(?:in|for|on)|belong\s+to|part\s+of|in|on)\s*[?!.]*\s*$"
    r"|^\s*(?:which|what)\s+(?:slack\s+)?channel\s+(?:does|is|has)\s+(.+?)(?:\s+(?:use|have|talk\s+in))?\s*[?!.]*\s*$",
    re.IGNORECASE,
)
_ORDER = ("component", "api", "resource", "system", "domain", "template")


class TeamQuestions:
    """Questions about teams.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen
        self._owners = OwnerQuestions(estate, seen)

    def answer(self, query: str) -> TeamAnswer:
        """The team that is meant; of a thing that is named its owner, of a person their only team."""
        whose = _WHOSE.match(query)
        named = next(filter(None, whose.groups()), query) if whose else _SHOWING.sub("", query)
        question = read_question(named)
        subject = replace(
            self._owners.answer(replace(question, about_people=True)), query=question.subject or query
        )
        if subject.about in ("team", "channel"):
            return self._of_team(query, subject)
        if subject.about == "person":
            return self._of_person(query, subject)
        teams = [owner for owner in subject.owners if owner.ref in self._estate.teams]
        if len(teams) == 1 and subject.entity and sees(self._estate, teams[0].ref, self._seen):
            because = Near(str(subject.entity), subject.title, subject.entity.kind)
            return replace(self._of_ref(query, teams[0].ref), because=because)
        if subject.about == "nothing":
            return TeamAnswer(query, subject)
        return TeamAnswer(query, OwnerAnswer(subject.query, "nothing", None))

    def _of_person(self, query: str, subject: OwnerAnswer) -> TeamAnswer:
        teams = [ref for ref in subject.members if sees(self._estate, ref, self._seen)]
        if len(teams) == 1 and subject.entity:
            because = Near(str(subject.entity), subject.title, "User")
            return replace(self._of_ref(query, teams[0]), because=because)
        near = tuple(map(self._near, teams[:5]))
        several = OwnerAnswer(subject.query, "nothing", None, alternatives=near, is_ambiguous=bool(near))
        return TeamAnswer(query, several)

    def _of_ref(self, query: str, ref: str) -> TeamAnswer:
        return self._of_team(query, self._owners.answer(Question(ref)))

    def _of_team(self, query: str, subject: OwnerAnswer) -> TeamAnswer:
        team = self._estate.teams[subject.owners[0].ref]
        parent = team.parent if team.parent and sees(self._estate, team.parent, self._seen) else None
        children = [ref for ref in team.children if sees(self._estate, ref, self._seen)]
        return TeamAnswer(
            query,
            subject,
            parent=self._near(parent) if parent else None,
            children=tuple(map(self._near, children)),
            owned=tuple(self._owned(team.ref)),
        )

    def _owned(self, ref: str) -> Iterator[OwnedKind]:
        by_kind: dict[str, list[Near]] = {}
        for key in self._estate.owned_by(self._seen).get(ref, ()):
            near = self._near(key)
            by_kind.setdefault(near.kind.lower(), []).append(near)
        for kind in sorted(by_kind, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else 99, kind)):
            things = sorted(by_kind[kind], key=lambda near: near.title.lower())
            yield OwnedKind(kind, len(things), tuple(things[:_MOST_NAMED]))

    def _near(self, key: str) -> Near:
        card = self._estate.cards.get(key)
        if card:
            return Near(key, card.title, card.written[0])
        row = self._estate.repositories[key]
        return Near(row.full_name, row.name, "Repository")
