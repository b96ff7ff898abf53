"""What something depends on and what depends on it, each with its owner; for somebody who sees so much."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import replace
from typing import Literal

from catalog_sync.answers import MOST_BEYOND, DepsAnswer, Near, Neighbour, OwnerAnswer
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.question import read_question
from catalog_sync.asking.searching import parts_of, sees
from catalog_sync.estate import Estate
from catalog_sync.memory.ties import Edge, Tie
from core.access import Visibility

Direction = Literal["both", "uses", "used by"]
_NEEDS = (Tie.DEPENDS_ON, Tie.CONSUMES)
_USES = re.compile(
    r"^\s*(?:(?:what|which\s+\w+|who(?:m)?)\s+(?:else\s+)?(?:do|does)\s+(?!(?:i|we|you|they|people|one)\b)(?P<a>.+?)\s+"
    r"(?:depend\s+(?:up)?on|rely\s+on|need|needs|use|uses|consume|consumes|call|calls)"
    r"|(?:the\s+)?(?:dependencies|upstreams?)\s+(?:of|for)\s+(?P<b>.+?)"
    r"|(?P<c>.+?)(?:['\u2019]s)?\s+(?:dependencies|upstreams?)"
    r"|(?P<d>.+?)\s+depends\s+(?:up)?on\s+(?:what|whom?))\s*[?!.]*\s*$",
    re.IGNORECASE,
)
_USED_BY = re.compile(
    r"^\s*(?:(?:what|who|which\s+\w+)\s+(?:else\s+)?(?:all\s+)?(?:(?:is|are)\s+(?:dependent|depending)\s+(?:up)?on|"
    r"depends?\s+(?:up)?on|(?:relies|rely)\s+on|needs?|uses?|consumes?|calls?|(?:is|are)\s+using)\s+(?!to\b)(?P<a>.+?)"
    r"|(?:the\s+)?(?:dependents|dependants|consumers|users|callers|clients|downstreams?)\s+(?:of|for)\s+(?P<b>.+?)"
    r"|(?P<c>.+?)(?:['\u2019]s)?\s+(?:dependents|dependants|consumers|downstreams?)"
    r"|(?:does|do|is|are)\s+(?:there\s+)?any(?:thing|one|body)\s+(?:else\s+)?(?:that\s+|who\s+)?"
    r"(?:depend(?:s|ing)?\s+(?:up)?on|rel(?:y|ies|ying)\s+on|us(?:e|es|ing)|needs?|needing|calls?|calling|consum(?:e|es|ing))"
    r"\s+(?!to\b)(?P<e>.+?)"
    r"|(?:what|who)\s+(?:else\s+)?(?:breaks|(?:would|will)\s+break|(?:(?:is|are|would\s+be|will\s+be)\s+)(?:affected|impacted|broken|down))"
    r"\s+(?:if|when)\s+(?P<d>.+?)"
    r"\s+(?:is\s+down|goes\s+down|fails|breaks|is\s+broken|is\s+gone|changes|dies|stops|is\s+turned\s+off))"
    r"\s*[?!.]*\s*$",
    re.IGNORECASE,
)


def read_dependency(text: str) -> tuple[str, Direction]:
    """What a question about dependencies is about, and which way it asks: ``what depends on ledger?``."""
    plain = text.replace("\xa0", " ")
    for pattern, direction in ((_USED_BY, "used by"), (_USES, "uses")):
        found = pattern.match(plain)
        subject = next((part for part in found.groups() if part), "") if found else ""
        if subject:
            return subject, "uses" if direction == "uses" else "used by"
    return text, "both"


class DependencyQuestions:
    """Questions about dependencies.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen

    def answer(self, query: str) -> DepsAnswer:
        """What is meant, with both directions; nothing beside the nearest names where nothing is meant."""
        subject_text, direction = read_dependency(query)
        subject = OwnerQuestions(self._estate, self._seen).answer(read_question(subject_text))
        subject = replace(subject, query=subject_text)
        meant = self._meant(subject)
        if not meant:
            return DepsAnswer(query, subject, direction=direction)
        whole = parts_of(self._estate, meant, self._seen)
        uses, used_by = self._direct(whole, self._used), self._direct(whole, self._users)
        return DepsAnswer(
            query,
            subject,
            tuple(uses.values()),
            tuple(used_by.values()),
            self._beyond(whole, uses, self._used),
            self._beyond(whole, used_by, self._users),
            direction,
            parts=len(whole) - len(meant),
        )

    def _meant(self, subject: OwnerAnswer) -> list[str]:
        """The entities that a subject stands for; of a team or a person what they own."""
        if subject.about in ("team", "person", "channel"):
            owned = self._estate.owned_by(self._seen)
            owners = [owner.ref for owner in subject.owners]
            return [ref for owner in owners for ref in owned.get(owner, ()) if ref in self._estate.cards]
        if subject.entity is not None:
            return [str(subject.entity)]
        if subject.repository is None:
            return []
        entries = self._estate.places.entries(str(subject.repository).lower())
        return [ref for ref in entries if sees(self._estate, ref, self._seen)]

    def _direct(
        self, whole: Set[str], step: Callable[[str], Iterator[tuple[str, str]]]
    ) -> dict[str, Neighbour]:
        """What is one step away from a whole and no part of it, in the order of titles."""
        through: dict[str, list[str]] = {}
        for ref in sorted(whole):
            for other, between in step(ref):
                if other not in whole:
                    known = through.setdefault(other, [])
                    known += [between] if between and between not in known else []
        neighbours = {ref: self._neighbour(ref, between) for ref, between in through.items()}
        return dict(sorted(neighbours.items(), key=_by_title))

    def _beyond(
        self, whole: Set[str], direct: Iterable[str], step: Callable[[str], Iterator[tuple[str, str]]]
    ) -> int:
        """How many things are more than one step away, up to a limit; a ring is walked once."""
        near = set(direct)
        found, waiting = set(near), deque(near)
        while waiting and len(found) - len(near) < MOST_BEYOND:
            for other, _between in step(waiting.popleft()):
                if other not in found and other not in whole:
                    found.add(other)
                    waiting.append(other)
        return min(len(found) - len(near), MOST_BEYOND)

    # -- one step --------------------------------------------------------------------------------------------

    def _used(self, ref: str) -> Iterator[tuple[str, str]]:
        """What a thing needs; an API needs whoever provides it."""
        for edge in self._estate.ties.out_of(ref):
            if edge.tie in _NEEDS and self._is_told(edge):
                yield edge.target, ""
        for edge in self._estate.ties.into(ref):
            if edge.tie is Tie.PROVIDES and self._is_told(edge):
                yield edge.source, ""

    def _users(self, ref: str) -> Iterator[tuple[str, str]]:
        """What needs a thing; those who use an API that it provides need it too."""
        for edge in self._estate.ties.into(ref):
            if edge.tie in _NEEDS and self._is_told(edge):
                yield edge.source, ""
        for provided in self._estate.ties.out_of(ref):
            if provided.tie is Tie.PROVIDES and sees(self._estate, provided.target, self._seen):
                for edge in self._estate.ties.into(provided.target):
                    if edge.tie in _NEEDS and self._is_told(edge):
                        yield edge.source, provided.target

    def _is_told(self, edge: Edge) -> bool:
        """Whether an asker may read the file that says it."""
        return sees(self._estate, edge.said_by, self._seen)

    def _neighbour(self, ref: str, through: Iterable[str]) -> Neighbour:
        between = tuple(map(self._near, through))
        if not sees(self._estate, ref, self._seen):
            # Named by whoever depends on it, who may be read; the name itself is all that is told.
            return Neighbour(Near(ref, ref, ref.partition(":")[0].capitalize()), (), between, is_known=False)
        card = self._estate.cards[ref]
        owners = self._estate.resolver(self._seen).owners(ref) if card.is_ownable else ()
        return Neighbour(self._near(ref), tuple(map(self._estate.owner, owners)), between)

    def _near(self, ref: str) -> Near:
        card = self._estate.cards[ref]
        return Near(ref, card.title, card.written[0])


def _by_title(item: tuple[str, Neighbour]) -> tuple[bool, str, str]:
    """In the order of titles, what the catalog does not know behind everything else."""
    ref, neighbour = item
    return not neighbour.is_known, neighbour.near.title.lower(), ref
