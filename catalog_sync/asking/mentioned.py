"""Which things of the catalog a text speaks of that asks for nothing: a message, an alert, a paragraph; the best first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from catalog_sync.answers import OwnerAnswer
from catalog_sync.asking.addresses import read_address
from catalog_sync.asking.owners import OwnerQuestions
from catalog_sync.asking.question import KIND_WORDS, Question
from catalog_sync.estate import Estate
from catalog_sync.phrases import spelt
from core.access import Visibility

_MARKS = "`\"'“”‘’*_~?!.,;()[]{}<>"
_LOOKS_NAMED = re.compile(r"\w[-_.]\w|[a-z0-9][A-Z]|/|\w:\w|\w\.\w")
"""An identifier, and no word of a language."""
_PORT = re.compile(r"(?<=[\w.])(?<!\d):\d{2,5}\Z")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,}\Z")
_MOST_TRIED = 60
_LONGEST_SPAN = 300
_SHORTEST_WORD = 4

_LINKED, _WRITTEN, _NAMED, _SPOKEN, _GUESSED, _ADDRESSED = 6, 5, 4, 3, 2, 1
"""How surely a thing is meant: an address, a name set as code, an identifier, a word or a channel, a slip,
somebody who is mentioned."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text taken apart: links, mentions and what is set as code each for itself, and everything as one line."""

    spans: tuple[str, ...]
    prose: str
    people: tuple[str, ...] = ()
    """Who is spoken to or of, as they can be asked for; they are seldom what a message is about."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    sureness: int
    about_people: bool = False


class Mentions:
    """Finds what texts speak of.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen
        self._owners = OwnerQuestions(estate, seen)

    def answers(self, told: Told, most: int) -> tuple[OwnerAnswer, ...]:
        """Who owns what a text speaks of: at most so many answers, the surest first, then as they stand in it."""
        found: dict[str, tuple[int, int, OwnerAnswer]] = {}
        tried: set[str] = set()
        for place, candidate in enumerate(self._candidates(told)):
            if candidate.text.lower() in tried or len(tried) >= _MOST_TRIED:
                continue
            tried.add(candidate.text.lower())
            if candidate.sureness == _GUESSED and any(item[0] > _GUESSED for item in found.values()):
                break
            answer = self._owners.answer(Question(candidate.text, candidate.about_people))
            if answer.about == "nothing" or (answer.corrected and candidate.sureness > _GUESSED):
                continue
            key = _subject_of(answer)
            if key not in found or found[key][0] < candidate.sureness:
                found[key] = candidate.sureness, place, replace(answer, query=candidate.text)
        ranked = sorted(found.values(), key=lambda item: (-item[0], item[1]))
        return tuple(_without_wholes([answer for _sureness, _place, answer in ranked]))[:most]

    def _candidates(self, told: Told) -> Iterator[_Candidate]:
        words = [_PORT.sub("", word.strip(_MARKS)) for word in told.prose.split()]
        for span in told.spans:
            text = span.strip().strip(_MARKS)
            if 0 < len(text) <= _LONGEST_SPAN:
                yield _Candidate(text, _of_sign(text) or _WRITTEN)
        for word in words:
            sureness = _of_sign(word) or (_LINKED if read_address(word, self._estate.hosts) else 0)
            if sureness:
                yield _Candidate(word, sureness)
        named = [word for word in words if _LOOKS_NAMED.search(word)]
        yield from (_Candidate(word, _NAMED) for word in named)
        yield from self._spoken(" ".join(word for word in words if not _LOOKS_NAMED.search(word)))
        yield from (_Candidate(person, _ADDRESSED) for person in told.people)
        yield from (_Candidate(word, _GUESSED) for word in (named or words[:1] if len(words) < 2 else named))
        for word in named:
            yield from (replace(candidate, sureness=_GUESSED) for candidate in self._spoken(word))

    def _spoken(self, prose: str) -> Iterator[_Candidate]:
        """Names that stand in a text word for word, the longest first, and teams that are called teams."""
        whole = left = f" {spelt(prose)} "
        phrases = {phrase for phrase, _ref in self._estate.phrases.within(prose)}
        for phrase in sorted(phrases, key=lambda phrase: (-phrase.count(" "), whole.find(f" {phrase} "))):
            if f" {phrase} " in left:
                # What is a part of a longer name is none by itself.
                left = left.replace(f" {phrase} ", " | ")
                yield _Candidate(phrase, _NAMED if " " in phrase else _SPOKEN)
        for first, second in pairwise(left.split()):
            for name, kind in ((first, second), (second, first)):
                if kind in KIND_WORDS and name not in KIND_WORDS and len(name) >= _SHORTEST_WORD:
                    is_team = KIND_WORDS[kind] == "group"
                    yield _Candidate(f"{name} {kind}", _SPOKEN, about_people=is_team)


def _of_sign(text: str) -> int:
    """How surely something is meant that somebody has marked: an address, ``#channel``, ``@somebody``; 0 for words."""
    if text.startswith(("http://", "https://")):
        return _LINKED
    if text.startswith("#") or _CHANNEL_ID.match(text):
        return _SPOKEN
    return _ADDRESSED if text.startswith("@") else 0


def _subject_of(answer: OwnerAnswer) -> str:
    if answer.about in ("path", "repository"):
        return f"{answer.repository}/{answer.path or ''}"
    return f"{answer.about} {answer.title}" if answer.about == "channel" else str(answer.entity)


def _without_wholes(answers: Sequence[OwnerAnswer]) -> Iterator[OwnerAnswer]:
    """No repository of which a path is named too."""
    inside = {answer.repository for answer in answers if answer.about == "path"}
    for answer in answers:
        if answer.about in ("path", "team", "person", "channel") or answer.repository not in inside:
            yield answer
