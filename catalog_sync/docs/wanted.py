"""Pure: a question as what is looked for: its words, how much each of them says, and what may stand for it."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from math import log

from catalog_sync.docs.expression import Expression, every, some
from catalog_sync.docs.indexed import ALL, TITLE
from catalog_sync.docs.stemming import stem
from catalog_sync.docs.synonyms import Phrase, Synonyms
from catalog_sync.docs.terms import Token, joined_term, tokens

MOST_WORDS = 14
"""So many words of a question are looked for; who pastes a page has asked by its beginning."""
_SIZE = 50
"""A catalog with fewer sections is treated as if it had so many, or no word would tell anything there."""
_RAREST = 3
"""A word of fewer sections says no more than one of so many: most often it is only an odd word."""
_FILLERS = frozenset(
    """able actual actually already always answer anybody anyone anything available best better bit certain
    correct correctly currently doc docs documentation down easily easy exactly example existing explain
    explanation find fine given go good guide happen happens hello help hey hi information inside instruction
    instructions kind know learn like look looking lot made make makes making many mean means much necessary
    page picked possible put possibly properly question quickly really recommend recommended right set several show
    shows simple simply someone something sort step still suppose supposed sure tell thank thanks thing
    things try trying tutorial understand up use used useful uses using various way ways whole within without
    wonder work working works wrong""".split()
)
"""Words of the asking rather than of what is asked; they count a little, since they may be meant."""
_MEASURES = frozenset("big close deep far fast great high large long often old quickly small soon".split())
"""Behind *how* they ask for a figure, and the answer gives it without them."""
_FILLER = 0.25
_SYNONYM, _PARTS, _SOME_PARTS, _JOINED, _CORRECTED, _SPLIT = 0.75, 0.8, 0.4, 0.9, 0.9, 0.8
_SHORTEST_SPLIT = 3


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms that together stand for a word, and how well they do (1 is the word itself)."""

    terms: Phrase
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question, before anybody has looked which of its forms there are."""

    spelt: str
    """As it is spelt; of an identifier its parts, with blanks between them."""
    stem: str
    alternatives: tuple[Alternative, ...]
    is_filler: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One word of a question with what of it can be found."""

    word: Word
    alternatives: tuple[Alternative, ...]
    """Empty when no section has it."""
    importance: float
    count: int
    """About how many sections have it."""
    share: float
    """About which share of all sections has it."""
    title_share: float
    """About which share of all sections has it in a heading."""

    @property
    def anywhere(self) -> Expression:
        """What a section has to have somewhere."""
        return some(every(item.terms) for item in self.alternatives)

    @property
    def in_titles(self) -> Expression:
        """What a section has to have in a heading."""
        return some(every(TITLE + term for term in item.terms) for item in self.alternatives)


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names, whose docs come first."""

    keys: frozenset[str] = frozenset()
    """References of entities and keys of repositories."""
    words: frozenset[str] = frozenset()
    """The terms that name it; in its own docs nothing has to say them."""


NOTHING = Named()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole question."""

    groups: tuple[Group, ...]
    named: Named = NOTHING


def words_of(question: str, synonyms: Synonyms) -> list[Word]:
    """The words of a question that tell pages apart, at most ``MOST_WORDS``; fillers where there are no others."""
    found = list(tokens(question))
    words: dict[str, Word] = {}
    for number, token in enumerate(found):
        for word in _words_at(found, number, token, synonyms):
            words.setdefault(word.stem, word)
    return list(words.values())[:MOST_WORDS]


def _words_at(found: Sequence[Token], number: int, token: Token, synonyms: Synonyms) -> Iterator[Word]:
    if token.wholes:
        first, *others = token.wholes
        same = [Alternative((first,)), *(Alternative((whole,), _JOINED) for whole in others)]
        # Of ``is_locked`` only one part tells anything, and that is far from saying it.
        is_complete = token.plain or stem("".join(token.words)) in token.wholes
        same += [Alternative(token.stems, _PARTS if is_complete else _SOME_PARTS)] if token.stems else []
        yield Word(" ".join(token.words), first, tuple(same), False)
        return
    asks_how_much = number > 0 and found[number - 1].plain == "how" and token.plain in _MEASURES
    for spelt, term in zip(token.words, token.stems, strict=True):
        same = [Alternative((term,))]
        for pair in (found[max(0, number - 1) : number + 1], found[number : number + 2]):
            joined = joined_term(*pair) if len(pair) == 2 else ""
            same += [Alternative((joined,), _JOINED)] if joined else []
        for phrase in _phrases_at(found, number, synonyms.longest):
            same += [Alternative(other, _SYNONYM) for other in synonyms.of(phrase)]
        yield Word(spelt, term, tuple(dict.fromkeys(same)), asks_how_much or spelt in _FILLERS)


def _phrases_at(found: Sequence[Token], number: int, longest: int) -> Iterator[Phrase]:
    """Every run of words around a place."""
    for start in range(max(0, number - longest + 1), number + 1):
        for end in range(number + 1, min(len(found), start + longest) + 1):
            yield tuple(term for token in found[start:end] for term in token.stems)


def splits_of(word: str) -> Iterator[tuple[str, str]]:
    """The two words that one may have been written from."""
    for place in range(_SHORTEST_SPLIT, len(word) - _SHORTEST_SPLIT + 1):
        yield word[:place], word[place:]


def group_of(word: Word, counts: Mapping[str, int], more: Sequence[Alternative] = ()) -> Group:
    """A word with those of its alternatives that some section has.

    Args:
        word: The word.
        counts: How many sections have each term, with its mark.
        more: Alternatives that were found for a word that no section has.
    """
    total = max(counts.get(ALL, 0), _SIZE)
    there = tuple(
        item for item in (*word.alternatives, *more) if all(counts.get(term) for term in item.terms)
    )
    if there and there[0] is not word.alternatives[0]:
        # Of what is nowhere the best that there is was meant.
        more_weight = max(1.0, _PARTS / max(item.weight for item in there))
        there = tuple(replace(item, weight=item.weight * more_weight) for item in there)
    found = [min(counts[term] for term in item.terms) for item in there]
    own = max(found[:1] if there and there[0] is word.alternatives[0] else found, default=0)
    importance = _importance(own, total)
    # What is said everywhere cannot stand for a rare word as well as the word itself.
    weighed = tuple(
        replace(item, weight=item.weight * min(1.0, _importance(count, total) / importance))
        for item, count in zip(there, found, strict=True)
    )
    titles = sum(min(counts.get(TITLE + term, 0) for term in item.terms) for item in there)
    return Group(
        word,
        weighed,
        importance * (_FILLER if word.is_filler else 1.0),
        sum(found),
        min(1.0, sum(found) / total),
        min(1.0, titles / total),
    )


def _importance(count: int, total: int) -> float:
    """How much a word says that so many of all sections have."""
    return log(1 + total / (max(count, _RAREST) + 0.5))


def terms_in(words: Sequence[Word]) -> Set[str]:
    """All terms whose counts have to be known."""
    return {term for word in words for item in word.alternatives for term in item.terms}


def corrected(term: str) -> Alternative:
    """What stands for a misspelt word."""
    return Alternative((term,), _CORRECTED)


def split(terms: Phrase) -> Alternative:
    """What stands for two words that were written as one."""
    return Alternative(terms, _SPLIT)
