"""Pure: the names that people use for things, and which thing a name that is nearly right means."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from catalog_sync.spelling import Spelling
from catalog_sync.word_forms import MARKS, digits, forms_of, joined, singular_words, telling_words, words_in

What = Literal["entity", "repository"]

_SURE = 84.0
"""So alike that the thing is meant, when nothing else is nearly as alike."""
_MARGIN = 5.0
_CLEARLY = 2
_LONG_ENOUGH = 6
_PERHAPS = 62.0
_WORDS_COUNT = 0.9
"""The same words in another order count a little less than the same spelling."""
_SHORTEST = 4
"""So short a word is in too many names to say anything."""
_CANDIDATES = 30
_SHARING = 2_000
"""So many names that share a word are compared, those of the rarest words first."""
_LAYER_GROWS_TO = 500
_SENTENCE = frozenset(
    "a about an and are at by changes do does for from has have i in is issues it me my of on or our the their this to "
    "us was we what when where which who why will with you your".split()
)
"""Words that stand in sentences and not in names."""
_LONGEST_NAME = 6


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has names: an entity, or a repository. A lower rank is tried first."""

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
    others: tuple[Named, ...] = ()
    """What has the same name, and comes after it."""


Allowed = Callable[[Named], bool]


class _Layer:
    """Some things, by all their names."""

    def __init__(self, things: Iterable[Named]) -> None:
        self.things = tuple(things)
        self.exact: dict[str, list[Named]] = {}
        self.loose: dict[str, list[Named]] = {}
        known: dict[str, tuple[str, str]] = {}
        for thing in self.things:
            for text in thing.names:
                exact, loose = known.get(text) or known.setdefault(text, forms_of(text))
                _add(self.exact, exact, thing)
                if loose != exact:
                    _add(self.loose, loose, thing)

    @cached_property
    def spelling(self) -> Spelling:
        """All names, for comparisons."""
        return Spelling(list(self.exact))

    @cached_property
    def by_word(self) -> dict[str, list[tuple[str, Named]]]:
        """Word to the names that have it, in words, each with its thing."""
        found: dict[str, list[tuple[str, Named]]] = {}
        for thing in self.things:
            for text in thing.names:
                words = words_in(text)
                pair = (" ".join(words), thing)
                for word in dict.fromkeys(words):
                    found.setdefault(word, []).append(pair)
        return found


class NameIndex:
    """All names of a catalog."""

    def __init__(self, things: Iterable[Named]) -> None:
        self._layers: tuple[_Layer, ...] = (_Layer(things),)
        self._dead: Set[str] = frozenset()

    def prepare(self) -> None:
        """Make corrections quick, for a process that answers many questions."""
        for layer in self._layers:
            layer.spelling.index()
            layer.by_word  # noqa: B018 - made when it is first looked at

    def changed(self, gone: Set[str], new: Sequence[Named]) -> "NameIndex":
        """The index after a change; what stays is not indexed again.

        Args:
            gone: The keys of things that are no more, or have other names now.
            new: Things that are new, or have other names now.
        """
        base = self._layers[0]
        kept = [thing for layer in self._layers[1:] for thing in layer.things if thing.key not in gone]
        dead = (self._dead | gone) & {thing.key for thing in base.things}
        if len(kept) + len(new) + len(dead) > max(_LAYER_GROWS_TO, len(base.things) // 20):
            alive = (thing for thing in base.things if thing.key not in dead)
            return NameIndex([*alive, *kept, *new])
        index = NameIndex(())
        index._layers, index._dead = (base, _Layer([*kept, *new])), dead
        return index

    def find(self, text: str, allowed: Allowed) -> Match:
        """What a text means, among the things that the asker may know of."""
        words = words_in(text)
        telling = telling_words(words)
        loose = "".join(singular_words(telling))
        for form in dict.fromkeys(("".join(words), "".join(telling), loose)):
            found = self._best([t for n, layer in self._alive() for t in n(layer.exact, form)], allowed)
            if found:
                return found
        found = self._best([t for n, layer in self._alive() for t in n(layer.loose, loose)], allowed)
        containing = self.with_words(telling, allowed) if len(telling) > 1 else None
        return found or containing or self._nearly(words, telling, allowed)

    def with_words(self, words: Sequence[str], allowed: Allowed) -> Match | None:
        """The only thing whose name has all of some words."""
        wanted = {word for text in words for word in words_in(text)}
        found: dict[str, Named] = {}
        for plain, thing in self._sharing(sorted(wanted), rarest_only=True):
            if wanted <= set(plain.split()) and allowed(thing):
                found[thing.key] = thing
                if len(found) > 1:
                    return None
        return Match(tuple(found.values()), is_corrected=True) if found else None

    def within(self, text: str, allowed: Allowed) -> Match | None:
        """The name that stands in a sentence, the longest one; None where several do, or it is no sentence."""
        words = text.split()
        if not _SENTENCE.intersection(word.lower().strip(MARKS) for word in words):
            return None
        for length in range(min(len(words) - 1, _LONGEST_NAME), 0, -1):
            found: list[Named] = []
            for start in range(len(words) - length + 1):
                name = "".join(word for part in words[start : start + length] for word in words_in(part))
                if len(name) >= _SHORTEST and name not in _SENTENCE:
                    found += [thing for look, layer in self._alive() for thing in look(layer.exact, name)]
            best = self._best(found, allowed)
            if best:
                return best if len(best.found) == 1 else None
        return None

    def _alive(self) -> Iterator[tuple[Callable[[dict[str, list[Named]], str], Iterable[Named]], _Layer]]:
        """Each layer with how it is looked into; of the first some things may be no more."""
        for number, layer in enumerate(self._layers):
            yield (self._living if number == 0 and self._dead else _looked_up), layer

    def _living(self, names: dict[str, list[Named]], name: str) -> Iterable[Named]:
        return (thing for thing in names.get(name, ()) if thing.key not in self._dead)

    def _best(self, things: Sequence[Named], allowed: Allowed) -> Match | None:
        """Those of the first rank; a component and its repository of one name are one answer."""
        open_to = list(dict.fromkeys(thing for thing in things if allowed(thing)))
        if not open_to:
            return None
        first = min(thing.rank for thing in open_to)
        return Match(
            tuple(thing for thing in open_to if thing.rank == first),
            others=tuple(thing for thing in open_to if thing.rank != first),
        )

    def _sharing(self, words: Sequence[str], *, rarest_only: bool = False) -> Iterator[tuple[str, Named]]:
        """Names that share a word, those of the rarest word first."""
        for number, layer in enumerate(self._layers):
            lists = sorted((layer.by_word.get(word, []) for word in words), key=len)
            for some in lists[:1] if rarest_only else lists:
                for plain, thing in some:
                    if number or thing.key not in self._dead:
                        yield plain, thing

    def _nearly(self, words: Sequence[str], telling: Sequence[str], allowed: Allowed) -> Match:
        forms = list(dict.fromkeys(("".join(words), "".join(telling))))
        # A spelling that is sure beats everything else, and looking for that alone is far quicker.
        scores = self._spelt_like(forms, allowed, _SURE)
        if max((score for score, _thing in scores.values()), default=0.0) < _SURE:
            scores = self._spelt_like(forms, allowed, _PERHAPS)
            self._add_word_scores(telling, allowed, scores)
        ranked = sorted(scores.values(), key=lambda pair: (-pair[0], pair[1].rank, pair[1].key))
        if not ranked:
            return Match(())
        top = ranked[0][0]
        close = [thing for score, thing in ranked if score >= max(_SURE, top - _MARGIN)]
        if close and (len(close) == 1 or _same_name(close)):
            best = self._best(close, allowed)
            return Match(best.found if best else (close[0],), is_corrected=True)
        if close:
            slip = _nearest_slip(close, forms)
            return Match((slip,) if slip else tuple(close[:5]), is_corrected=True)
        slips = [thing for _score, thing in ranked if _is_one_slip(thing, forms)]
        if slips and _same_name(slips):
            best = self._best(slips, allowed)
            return Match(best.found if best else (slips[0],), is_corrected=True)
        return Match((), nearest=tuple(thing for _score, thing in ranked[:3]))

    def _spelt_like(
        self, forms: Sequence[str], allowed: Allowed, cutoff: float
    ) -> dict[str, tuple[float, Named]]:
        """For each thing that is alike, by its key, the best score of any of its names."""
        scores: dict[str, tuple[float, Named]] = {}
        for look, layer in self._alive():
            for form in forms:
                for name, alike in layer.spelling.like(form, cutoff, _CANDIDATES):
                    # Another number is no slip: v2 is not v3.
                    score = alike if digits(name) == digits(form) else min(alike, _SURE - 1)
                    for thing in look(layer.exact, name):
                        if score > scores.get(thing.key, (0.0,))[0] and allowed(thing):
                            scores[thing.key] = (score, thing)
        return scores

    def _add_word_scores(
        self, words: Sequence[str], allowed: Allowed, scores: dict[str, tuple[float, Named]]
    ) -> None:
        """Names that have some of the words count too, but never as sure."""
        text = " ".join(words)
        if len(text) < _SHORTEST:
            return
        sharing = [pair for pair, _n in zip(self._sharing(words), range(_SHARING), strict=False)]
        found = process.extract(
            text,
            [plain for plain, _thing in sharing],
            scorer=fuzz.token_set_ratio,
            score_cutoff=_PERHAPS / _WORDS_COUNT,
            limit=_CANDIDATES,
        )
        for _name, alike, place in found:
            thing, score = sharing[place][1], min(alike * _WORDS_COUNT, _SURE - 1)
            if score > scores.get(thing.key, (0.0,))[0] and allowed(thing):
                scores[thing.key] = (score, thing)


def _add(names: dict[str, list[Named]], name: str, thing: Named) -> None:
    found = names.setdefault(name, [])
    if name and thing not in found[-1:]:
        found.append(thing)


def _looked_up(names: dict[str, list[Named]], name: str) -> Iterable[Named]:
    return names.get(name, ())


def _nearest_slip(things: Sequence[Named], forms: Sequence[str]) -> Named | None:
    """The only name that is one slip of the keyboard away, or nearer by two slips than all others."""
    apart: dict[str, tuple[int, int, Named]] = {}
    for number, thing in enumerate(things):
        edits = min(OSA.distance(joined(name), form) for name in thing.names for form in forms)
        called = joined(thing.names[0])
        # A component and its repository of one name are one answer.
        apart[called] = min(apart.get(called, (edits, number, thing)), (edits, number, thing), key=_slips_of)
    (first, _number, nearest), (second, *_rest) = sorted(apart.values(), key=_slips_of)[:2]
    return nearest if (first == 1 < second) or second - first >= _CLEARLY else None


def _is_one_slip(thing: Named, forms: Sequence[str]) -> bool:
    """Whether two letters changed places, or one is another: in a short name that makes it look quite different."""
    return any(
        min(len(form), len(joined(name))) >= _LONG_ENOUGH
        and digits(form) == digits(joined(name))
        and OSA.distance(joined(name), form, score_cutoff=1) <= 1
        for name in thing.names
        for form in forms
    )


def _slips_of(item: tuple[int, int, Named]) -> tuple[int, int]:
    return item[0], item[2].rank


def _same_name(things: Sequence[Named]) -> bool:
    """Whether one name is a name of all of them."""
    return bool(set.intersection(*({joined(name) for name in thing.names} for thing in things)))
