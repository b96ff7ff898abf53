"""Pure: the names that people use for things, and which thing a name that is nearly right means."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

What = Literal["entity", "repository"]

_SURE = 84.0
"""So alike that the thing is meant, when nothing else is nearly as alike."""
_MARGIN = 5.0
_PERHAPS = 62.0
_WORDS_COUNT = 0.9
"""The same words in another order count a little less than the same spelling."""
_CANDIDATES = 30
_FILLERS = frozenset(
    "the a an our my service repo repository component team squad app application project library lib".split()
)
_SEPARATORS = re.compile(r"[\s\-_./:]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has names: an entity, or a repository without one. A lower rank is tried first."""

    what: What
    key: str
    """An entity's reference, or a repository's key."""
    rank: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What a name means: the things that fit best, and whether the name had to be corrected."""

    found: tuple[Named, ...]
    is_corrected: bool = False
    nearest: tuple[Named, ...] = ()
    """When nothing fits: at most three that are a little alike."""


class NameIndex:
    """All names of a catalog."""

    def __init__(self, things: Iterable[Named]) -> None:
        self._by_name: dict[str, list[Named]] = {}
        for thing in things:
            for name in dict.fromkeys(form for text in thing.names for form in forms(text)):
                self._by_name.setdefault(name, []).append(thing)
        self._all_names = list(self._by_name)
        self._by_word: dict[str, list[str]] = {}
        for name in self._all_names:
            for word in name.split():
                self._by_word.setdefault(word, []).append(name)

    def find(self, text: str, allowed: Callable[[Named], bool]) -> Match:
        """What a text means, among the things that the asker may know of."""
        asked = forms(text)
        for form in asked:
            exact = self._best(self._by_name.get(form, ()), allowed)
            if exact:
                return Match(exact)
        return self._nearly(asked, allowed)

    def _nearly(self, asked: Sequence[str], allowed: Callable[[Named], bool]) -> Match:
        # A spelling that is sure beats everything else, and looking for that alone is far quicker.
        scores = self._scores(asked, allowed, self._surely) or self._scores(asked, allowed, self._perhaps)
        ranked = sorted(scores.values(), key=lambda pair: (-pair[0], pair[1].rank, pair[1].key))
        if not ranked:
            return Match(())
        top = ranked[0][0]
        close = [thing for score, thing in ranked if score >= max(_SURE, top - _MARGIN)]
        if close and (len(close) == 1 or top - ranked[1][0] >= _MARGIN or _same_name(close)):
            return Match(self._best(close, allowed) if _same_name(close) else (close[0],), is_corrected=True)
        if close:
            return Match(tuple(close[:5]), is_corrected=True)
        return Match((), nearest=tuple(thing for _score, thing in ranked[:3]))

    def _scores(
        self,
        asked: Sequence[str],
        allowed: Callable[[Named], bool],
        names_like: Callable[[str], Iterable[tuple[str, float]]],
    ) -> dict[str, tuple[float, Named]]:
        """For each thing that is alike, by its key, the best score of any of its names."""
        scores: dict[str, tuple[float, Named]] = {}
        for form in asked:
            for name, score in names_like(form):
                for thing in self._by_name[name]:
                    if allowed(thing) and score > scores.get(thing.key, (0.0, thing))[0]:
                        scores[thing.key] = (score, thing)
        return scores

    def _surely(self, form: str) -> list[tuple[str, float]]:
        found = process.extract(
            form, self._all_names, scorer=fuzz.ratio, score_cutoff=_SURE, limit=_CANDIDATES
        )
        return [(name, score) for name, score, _place in found]

    def _perhaps(self, form: str) -> list[tuple[str, float]]:
        # Comparing words is slow, and says little of a name that has none of these words.
        sharing = list({name: None for word in form.split() for name in self._by_word.get(word, ())})
        names = {
            name
            for choices, scorer in ((self._all_names, fuzz.ratio), (sharing, fuzz.token_set_ratio))
            for name, _score, _place in process.extract(
                form, choices, scorer=scorer, score_cutoff=_PERHAPS, limit=_CANDIDATES
            )
        }
        scores = ((name, _alike(form, name)) for name in names)
        return [(name, score) for name, score in scores if score >= _PERHAPS]

    def _best(self, things: Sequence[Named], allowed: Callable[[Named], bool]) -> tuple[Named, ...]:
        """Those of the first rank; a component and its repository of one name are one answer."""
        open_to = list(dict.fromkeys(thing for thing in things if allowed(thing)))
        if not open_to:
            return ()
        first = min(thing.rank for thing in open_to)
        return tuple(thing for thing in open_to if thing.rank == first)


class PhraseIndex:
    """Names as they stand in a sentence: ``(name, key)`` pairs."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._keys: dict[str, dict[str, None]] = {}
        for name, key in names:
            phrase = spelt(name)
            if len(phrase) > 3:
                self._keys.setdefault(phrase, {})[key] = None
        self._longest = max((phrase.count(" ") + 1 for phrase in self._keys), default=0)

    def within(self, text: str) -> Iterator[tuple[str, str]]:
        """Every name that a text has word for word, as it is spelt there, with its key."""
        words = spelt(text).split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + self._longest, len(words)) + 1):
                phrase = " ".join(words[start:end])
                yield from ((phrase, key) for key in self._keys.get(phrase, ()))


def spelt(text: str) -> str:
    """The words of a text with single blanks between them, in lower case."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def forms(text: str) -> list[str]:
    """The forms in which names are compared, most exact first: as written, without fillers, singular."""
    words = [
        word for word in _SEPARATORS.split(_CAMEL.sub(" ", text.strip().strip("`\"'?!.,")).lower()) if word
    ]
    plain = " ".join(words)
    telling = [word for word in words if word not in _FILLERS] or words
    singular = [
        word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
        for word in telling
    ]
    candidates = [plain, plain.replace(" ", ""), " ".join(telling), "".join(telling), " ".join(singular)]
    return [form for form in dict.fromkeys(candidates) if form]


def _alike(one: str, other: str) -> float:
    """How alike two forms are, 0 to 100: spelling first, then the same words in another order or number."""
    spelling = fuzz.ratio(one, other)
    words = fuzz.token_set_ratio(one, other) * (_WORDS_COUNT if len(one) > 3 else 0.5)
    return max(spelling, min(words, _SURE - 1))


def _same_name(things: Sequence[Named]) -> bool:
    first = set(forms(things[0].names[0])) if things[0].names else set()
    return all(first & set(forms(thing.names[0])) for thing in things)
