"""Pure: what a question to the docs names, exactly or nearly: whose pages come first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_sync.answers import Near
from catalog_sync.docs.terms import terms_of
from catalog_sync.docs.wanted import NOTHING, Named
from catalog_sync.estate import Estate
from catalog_sync.names import Named as NamedThing
from catalog_sync.phrases import spelt
from core.access import Visibility

_TEAM = re.compile(r"(?:team|squad|group)\b", re.IGNORECASE)
_LONGEST_NAME = 5
_SHORTEST = 4
"""A shorter name is a word of too many questions."""
_SHORTEST_MISSPELT = 5
_AROUND = 3
_BETWEEN = ("-", "_", ".", "")
"""What stands between the words of a repository's name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question names: the first thing, and all whose docs are meant."""

    about: Near | None = None
    named: Named = NOTHING
    team: str = ""
    """The team whose docs are meant, as a reference."""


class Naming:
    """Finds names in questions, for one asker.

    Args:
        estate: The catalog.
        seen: What the asker may know of.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen

    def subject(self, query: str, unknown: Sequence[str]) -> Subject:
        """What a question names.

        Args:
            query: The question.
            unknown: The words that no page has; where nothing is named exactly, a misspelt name may be among them.
        """
        exact = max([*self._entities(query), *self._repositories(query)], key=_length, default=None)
        if exact:
            phrase, _keys = exact
            keys = [key for other, found in self._all(query) if other == phrase for key in found]
            return self._subject(phrase, keys)
        return self._team(query) or self._nearly(query, unknown)

    def _all(self, query: str) -> Iterator[tuple[str, Sequence[str]]]:
        yield from self._entities(query)
        yield from self._repositories(query)

    def _entities(self, query: str) -> Iterator[tuple[str, Sequence[str]]]:
        for phrase, ref in self._estate.phrases.within(query):
            if self._estate.cards[ref].visibility in self._seen:
                yield phrase, (ref, *self._home(ref))

    def _repositories(self, query: str) -> Iterator[tuple[str, Sequence[str]]]:
        for phrase in _runs(spelt(query).split(), _LONGEST_NAME):
            for between in _BETWEEN:
                for item in self._estate.repositories_called.get(phrase.replace(" ", between), ()):
                    if item.visibility in self._seen and len(phrase) >= _SHORTEST:
                        ref = self._estate.entity_of_repository.get(item.key)
                        yield phrase, [key for key in (ref, item.key) if key]

    def _team(self, query: str) -> Subject | None:
        """The things of a team, where a question says that it means one: ``the payments team``."""
        if not _TEAM.search(query):
            return None
        words = spelt(query).split()
        for ref, team in self._estate.teams.items():
            for name in dict.fromkeys((spelt(team.title), spelt(ref.rpartition("/")[2]))):
                if any(
                    f" {pair} " in f" {' '.join(words)} "
                    for pair in (f"{name} team", f"team {name}", f"{name} squad")
                ):
                    owned = self._estate.owned_by(self._seen).get(ref, ())
                    return Subject(
                        None, Named(frozenset(owned), frozenset(terms_of(f"{name} team squad"))), ref
                    )
        return None

    def _nearly(self, query: str, unknown: Sequence[str]) -> Subject:
        words = spelt(query).split()
        doubtful = {part for word in unknown if len(word) >= _SHORTEST_MISSPELT for part in word.split()}
        for phrase in sorted(_runs(words, _AROUND), key=lambda text: -text.count(" ")) if doubtful else ():
            if doubtful.isdisjoint(phrase.split()):
                continue
            match = self._estate.names.find(phrase, self._may_know)
            if len(match.found) == 1:
                thing = match.found[0]
                return self._subject(phrase, [thing.key, *self._home(thing.key)])
        return Subject()

    def _may_know(self, thing: NamedThing) -> bool:
        if thing.what == "repository":
            return self._estate.repositories[thing.key].visibility in self._seen
        card = self._estate.cards[thing.key]
        return card.is_ownable and card.visibility in self._seen

    def _home(self, ref: str) -> Sequence[str]:
        """The repository that an entity stands for."""
        card = self._estate.cards.get(ref)
        is_whole = card and card.key and self._estate.entity_of_repository.get(card.key) == ref
        return [card.key] if card and card.key and is_whole else []

    def _subject(self, phrase: str, keys: Sequence[str]) -> Subject:
        known = [key for key in keys if key in self._estate.cards]
        about = None
        if known:
            card = self._estate.cards[known[0]]
            about = Near(known[0], card.title, card.written[0])
        return Subject(about, Named(frozenset(keys), _terms_of_name(phrase)))


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            yield " ".join(words[start:end])


def _terms_of_name(phrase: str) -> frozenset[str]:
    """The terms of a name, whether its words are written together or apart."""
    return frozenset((*terms_of(phrase), *terms_of(phrase.replace(" ", "-"))))


def _length(found: tuple[str, Sequence[str]]) -> int:
    return len(found[0])
