"""Pure: the names that people use for things, and which thing a name that is nearly right means."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

What = Literal["entity", "repository"]

_SURE = 84.0
"""So alike that the thing is meant, when nothing else is nearly as alike."""
_MARGIN = 5.0
_PERHAPS = 62.0
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

    def find(self, text: str, allowed: Callable[[Named], bool]) -> Match:
        """What a text means, among the things that the asker may know of."""
        asked = forms(text)
        for form in asked:
            exact = self._best(self._by_name.get(form, ()), allowed)
            if exact:
                return Match(exact)
        return self._nearly(asked, allowed)

    def _nearly(self, asked: Sequence[str], allowed: Callable[[Named], bool]) -> Match:
        scores: dict[str, tuple[float, Named]] = {}
        for form in asked:
            for name, score, _place in process.extract(
                form, self._all_names, scorer=_alike, score_cutoff=_PERHAPS, limit=30
            ):
                for thing in self._by_name[name]:
                    if allowed(thing) and score > scores.get(thing.key, (0.0, thing))[0]:
                        scores[thing.key] = (score, thing)
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

    def _best(self, things: Sequence[Named], allowed: Callable[[Named], bool]) -> tuple[Named, ...]:
        """Those of the first rank; a component and its repository of one name are one answer."""
        open_to = list(dict.fromkeys(thing for thing in things if allowed(thing)))
        if not open_to:
            return ()
        first = min(thing.rank for thing in open_to)
        return tuple(thing for thing in open_to if thing.rank == first)


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


def _alike(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """How alike two forms are, 0 to 100: spelling first, then the same words in another order or number."""
    spelling = fuzz.ratio(one, other)
    words = fuzz.token_set_ratio(one, other) * (0.9 if len(one) > 3 else 0.5)
    score = max(spelling, min(words, 83.0))
    return score if score_cutoff is None or score >= score_cutoff else 0.0


def _same_name(things: Sequence[Named]) -> bool:
    first = set(forms(things[0].names[0])) if things[0].names else set()
    return all(first & set(forms(thing.names[0])) for thing in things)
