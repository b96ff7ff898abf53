"""Pure: which things of the catalog have some words in their names, or in what is said of them; the best first."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.word_forms import singular_words, words_in
from core.access import Visibility

Thing = Card | KnownRepository
_KINDS = ("component", "system", "group", "api", "resource", "domain", "template", "user", "repository")
_LAYER_GROWS_TO = 500
_NEARLY = 75.0
_SHORTEST_MISSPELT = 4
_SHORTEST_SAID = 3
_MANY = 256
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Hits:
    """What some words lead to."""

    keys: tuple[str, ...]
    """References, and keys of repositories; the best first."""
    total: int
    is_loose: bool = False
    """Whether nothing has all of the words, so that these have some of them."""
    corrected: tuple[tuple[str, str], ...] = ()
    """Words that nothing has, each with the one that was looked for instead."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What narrows a search, beside its words.

    ``also`` holds, for some of the words, more things that count as if they had them in their names;
    ``among`` the only things that count, None where all do.
    """

    also: Mapping[str, Set[str]]
    among: Set[str] | None = None


EVERYTHING = Narrow({})


class _Layer:
    """Some things in the order in which equals are shown, and which of them have a word.

    Which ones is a row of bits, the lowest for the first thing: of a hundred thousand things some words that all of
    them have are found together in a few microseconds.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = sorted(things, key=_order)
        self.named: dict[str, list[int]] = {}
        self.said: dict[str, list[int]] = {}
        self._rows: dict[tuple[bool, str], int] = {}
        for number, thing in enumerate(self.things):
            names = dict.fromkeys(word for text in _names(thing) for word in words_of(text))
            for word in names:
                self.named.setdefault(word, []).append(number)
            for word in dict.fromkeys(_said_words(thing)):
                if word not in names:
                    self.said.setdefault(word, []).append(number)

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """By reference or key."""
        return {key_of(thing): number for number, thing in enumerate(self.things)}

    @cached_property
    def everything(self) -> int:
        """All things."""
        return (1 << len(self.things)) - 1

    @cached_property
    def vocabulary(self) -> Sequence[str]:
        """The words of names that one can misspell: no numbers."""
        return [word for word in self.named if word.isalpha()]

    def row(self, numbers: Iterable[int]) -> int:
        """Some numbers as a row of bits."""
        packed = bytearray(len(self.things) // 8 + 1)
        for number in numbers:
            packed[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(packed, "little")

    def keys(self, keys: Set[str]) -> int:
        """Those of some keys that are here."""
        return self.row(self.number_of[key] for key in keys if key in self.number_of)

    def having(self, word: str, *, named: bool) -> int:
        """What has a word in its names, or in what is said of it; kept for words that many have."""
        kept = self._rows.get((named, word))
        if kept is not None:
            return kept
        numbers = (self.named if named else self.said).get(word)
        if not numbers:
            return 0
        row = self.row(numbers)
        if len(numbers) > _MANY:
            self._rows[named, word] = row
        return row

    def first(self, tiers: Sequence[int], limit: int) -> list[tuple[int, Thing]]:
        """The first things of some rows, each with the place of its row."""
        best: list[tuple[int, Thing]] = []
        for tier, row in enumerate(tiers):
            while row and len(best) < limit:
                lowest = row & -row
                best.append((tier, self.things[lowest.bit_length() - 1]))
                row ^= lowest
        return best


class Lookup:
    """Finds things by words.

    Args:
        things: Entities and repositories.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self._layers: tuple[_Layer, ...] = (_Layer(things),)
        self._dead: Set[str] = frozenset()
        self._visible: dict[frozenset[Visibility], list[int]] = {}

    def changed(self, gone: Set[str], new: Sequence[Thing]) -> "Lookup":
        """The index after a change; what stays is not indexed again.

        Args:
            gone: The keys of things that are no more, or are different now.
            new: Things that are new, or different now.
        """
        base = self._layers[0]
        kept = [thing for layer in self._layers[1:] for thing in layer.things if key_of(thing) not in gone]
        dead = self._dead | {key for key in gone if key in base.number_of}
        if len(kept) + len(new) + len(dead) > max(_LAYER_GROWS_TO, len(base.things) // 20):
            return Lookup([*(thing for thing in base.things if key_of(thing) not in dead), *kept, *new])
        after = Lookup(())
        after._layers, after._dead = (base, _Layer([*kept, *new])), dead
        return after

    def find(
        self,
        words: Sequence[str],
        seen: frozenset[Visibility],
        limit: int,
        narrow: Narrow = EVERYTHING,
        *,
        covered: Callable[[], Set[str]] = frozenset,
    ) -> Hits:
        """The things that have all of some words, those first that have them in their names.

        Args:
            words: As ``words_of`` gives them; without any, everything is found.
            seen: What the asker may know of.
            limit: So many of the best are named; all are counted.
            narrow: What else decides.
            covered: The keys of what is left out because something else stands for it; the same for all who see
                as much.
        """
        known, corrected = self._spelt(words, narrow)
        open_to = self._open_to(seen, covered, narrow)
        hits = self._gathered(known, open_to, limit, narrow, _all_of)
        if hits.total or len(known) < 2:
            return replace(hits, corrected=corrected)
        loose = self._gathered(known, open_to, limit, narrow, _most_of)
        return replace(loose, is_loose=True, corrected=corrected)

    def _gathered(
        self, words: Sequence[str], open_to: Sequence[int], limit: int, narrow: Narrow, choose: "Choose"
    ) -> Hits:
        rows = [
            choose(_rows_of(layer, words, narrow), visible)
            for layer, visible in zip(self._layers, open_to, strict=True)
        ]
        most = max(share for share, _tiers in rows)
        best: list[tuple[int, Thing]] = []
        total = 0
        for layer, (share, tiers) in zip(self._layers, rows, strict=True):
            if share == most:
                best += layer.first(tiers, limit)
                total += sum(tier.bit_count() for tier in tiers)
        ranked = sorted(best, key=lambda pair: (pair[0], *_order(pair[1])))
        return Hits(tuple(key_of(thing) for _tier, thing in ranked[:limit]), total)

    def _spelt(self, words: Sequence[str], narrow: Narrow) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        """The words as the catalog spells them."""
        known, corrected = [], []
        for word in words:
            near = word if self._has(word) or word in narrow.also else self._nearest(word)
            known.append(near)
            if near != word:
                corrected.append((word, near))
        return list(dict.fromkeys(known)), tuple(corrected)

    def _has(self, word: str) -> bool:
        return any(word in layer.named or word in layer.said for layer in self._layers)

    def _nearest(self, word: str) -> str:
        if len(word) < _SHORTEST_MISSPELT:
            return word
        found = [
            process.extractOne(word, layer.vocabulary, scorer=fuzz.ratio, score_cutoff=_NEARLY)
            for layer in self._layers
        ]
        return str(max(filter(None, found), key=lambda near: near[1], default=(word,))[0])

    def _open_to(
        self, seen: frozenset[Visibility], covered: Callable[[], Set[str]], narrow: Narrow
    ) -> list[int]:
        """For each layer what the asker may be shown, and what is no more."""
        if seen not in self._visible:
            left_out = covered()
            rows = [
                layer.row(number for number, thing in enumerate(layer.things) if thing.visibility in seen)
                & ~layer.keys(left_out)
                for layer in self._layers
            ]
            rows[0] &= ~self._layers[0].keys(self._dead)
            self._visible[seen] = rows
        visible = self._visible[seen]
        if narrow.among is None:
            return visible
        return [row & layer.keys(narrow.among) for layer, row in zip(self._layers, visible, strict=True)]


Rows = Sequence[tuple[int, int, int]]
"""For each word: what has it in its names, what besides counts as if it had, and what has it in what is said of it."""
Choose = Callable[[Rows, int], tuple[int, Sequence[int]]]
"""From what has each word, and what may be shown, to how many words are fit, and to tiers, the best first."""


def _rows_of(layer: _Layer, words: Sequence[str], narrow: Narrow) -> Rows:
    return [
        (
            layer.having(word, named=True),
            layer.keys(narrow.also[word]) if word in narrow.also else 0,
            layer.having(word, named=False),
        )
        for word in words
    ]


def _all_of(rows: Rows, visible: int) -> tuple[int, Sequence[int]]:
    """What has all of the words: in its names, as if in its names, and wherever."""
    named = as_named = found = visible
    for names, also, said in rows:
        named &= names
        as_named &= names | also
        found &= names | also | said
    return 0, (named, as_named & ~named, found & ~as_named)


def _most_of(rows: Rows, visible: int) -> tuple[int, Sequence[int]]:
    """What has the most of the words."""
    at_least = [visible, *(0 for _row in rows)]
    for names, also, said in rows:
        having = names | also | said
        for share in range(len(rows), 0, -1):
            at_least[share] |= at_least[share - 1] & having
    most = max((share for share in range(1, len(at_least)) if at_least[share]), default=0)
    return most, (at_least[most] if most else 0,)


def words_of(text: str) -> list[str]:
    """The words of a name or a question, without case, accents and number."""
    return [word for word in singular_words(words_in(text)) if word]


def key_of(thing: Thing) -> str:
    """An entity's reference, a repository's key."""
    return thing.ref if isinstance(thing, Card) else thing.key


def _order(thing: Thing) -> tuple[int, int, str]:
    """Equals are shown with the shorter name first, then by kind."""
    kind = thing.kind if isinstance(thing, Card) else "repository"
    name = thing.name.lower()
    rank = _KINDS.index(kind) if kind in _KINDS else len(_KINDS)
    return len(words_in(name)), rank, name


def _names(thing: Thing) -> Iterator[str]:
    if isinstance(thing, KnownRepository):
        yield from (thing.name, "repository", "repo")
        return
    yield from thing.names
    yield from (thing.kind, thing.type, thing.lifecycle, *thing.tags)
    if thing.kind == "group":
        yield "team"


def _said_words(thing: Thing) -> Iterator[str]:
    text = thing.description[:300] if isinstance(thing, KnownRepository) else thing.about
    for word in words_of(" ".join(_WORD.findall(text))):
        if len(word) >= _SHORTEST_SAID:
            yield word
