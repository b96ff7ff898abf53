"""Pure: how well a section answers a question: BM25 over its heading, its titles, its place and its text.

Both databases give sections in whatever order; this one is the same on both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from catalog_sync.docs.indexed import PLACE, TITLE, belonging
from catalog_sync.docs.wanted import Wanted

_HEADING, _TITLES, _PLACE, _TEXT = 3.2, 1.8, 0.7, 1.0
"""What one occurrence counts, by where it stands."""
_AS_GOOD = 0.75
"""What stands for a word so well says it; by less, as by a far more common word, it is said in part."""
_SATURATION = 1.0
_USUAL_LENGTH = 90
"""Terms in the text of a section; a longer one has every word more often without saying more about it."""
_LENGTH_SHARE = 0.45
_SHORTEST_LENGTH = 30
"""A shorter text is no better for being short: it is a list of links, or a sentence above another section."""
_STUB = 6
_OWN, _EXACT, _NEAR_EACH_OTHER = 0.3, 0.25, 0.08
_NAME_IN_OWN = 0.25
"""In the docs of what a question names the name is no news; that it is there speaks for them a little."""
_STUB_FACTOR, _STALE_FACTOR, _CHANGES_FACTOR = 0.85, 0.93, 0.6
_CHANGES = ("changelog", "releas", "chang", "histori", "new", "version", "whatsnew", "news")
_LOGS = (" e_changelog ", " e_releasenot ", " e_histori ", " e_changelogmd ", " e_releasenotesmd ")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A section that may answer, with what is needed to tell how well."""

    id: int
    line: str
    """What the index holds of it."""
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """A section with how well it answers."""

    candidate: Candidate
    score: float
    """Only good for ordering."""
    coverage: float
    """Which share of what was asked the section has anywhere, 0 to 1; rare words weigh more."""
    strength: float
    """How much it says about what was asked, 0 to 1."""


class Ranking:
    """How well sections answer one question."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._homes = tuple(f" {belonging(key)} " for key in wanted.named.keys)
        self._weights = tuple(
            (place, group.importance, group.word.stem in wanted.named.words)
            for place, group in enumerate(wanted.groups)
        )
        self._looks = tuple(
            (place, item.weight, _needles(item.terms[0]), tuple(map(_needles, item.terms[1:])))
            for place, group in enumerate(wanted.groups)
            for item in group.alternatives
        )
        self._is_name_alone = all(is_name for _place, _weight, is_name in self._weights)
        self._asks_for_changes = any(group.word.stem.startswith(_CHANGES) for group in wanted.groups)

    def best(self, candidates: Sequence[Candidate]) -> list[Scored]:
        """All of them, the best first; of equals the one that was read first."""
        return sorted(map(self.score, candidates), key=lambda item: (-item.score, item.candidate.id))

    def score(self, candidate: Candidate) -> Scored:
        """How well one section answers."""
        read = _Read(candidate.line)
        is_own = any(home in read.place for home in self._homes)
        frequencies, has, headed = self._frequencies(read)
        total = found = strength = in_heading = 0.0
        for place, weight, is_name in self._weights:
            if is_own and is_name:
                total, found, strength = (value + weight * _NAME_IN_OWN for value in (total, found, strength))
                continue
            total += weight
            frequency = frequencies[place]
            if frequency:
                found += weight * has[place]
                strength += weight * has[place] * frequency / (frequency + _SATURATION)
                in_heading += weight * headed[place]
        if is_own and self._is_name_alone:
            return Scored(candidate, 0.5 + self._own_page(read), 1.0, 1.0)
        coverage, strength = found / total, strength / total
        score = strength * (0.5 + 0.5 * coverage)
        if in_heading:
            score += _EXACT * (in_heading / total) ** 2 * self._share_of(read.heading)
        score += _NEAR_EACH_OTHER * self._closeness(read)
        score *= self._factor(candidate, read)
        return Scored(candidate, score + (_OWN * coverage if is_own else 0.0), coverage, strength)

    def _frequencies(self, read: "_Read") -> tuple[list[float], list[float], list[float]]:
        """For each word of the question how often it stands here, how well it is said, and how well in the heading.

        This runs some thousand times for each question, hence the one loop over everything that is looked for.
        """
        count, line = len(self._weights), read.line
        best, has, headed = [0.0] * count, [0.0] * count, [0.0] * count
        for place, weight, first, others in self._looks:
            if first[0] not in line:  # true of most, and quickly known
                continue
            found, is_heading = read.frequency(first)
            for other in others:
                again, is_there = read.frequency(other)
                found, is_heading = min(found, again), is_heading and is_there
            if found * weight > best[place]:
                best[place] = found * weight
            if found:
                said = min(1.0, weight / _AS_GOOD)
                has[place] = max(has[place], said)
                headed[place] = max(headed[place], said * is_heading)
        return best, has, headed

    def _own_page(self, read: "_Read") -> float:
        """A page's beginning is what somebody wants who only names the thing."""
        titles = read.heading + read.titles
        return 0.2 if all(f" {TITLE}{word} " in titles for word in self._wanted.named.words) else 0.0

    def _share_of(self, heading: str) -> float:
        """Which share of a heading was asked for."""
        terms = heading.split()
        return sum(term in self._asked for term in terms) / len(terms)

    @cached_property
    def _asked(self) -> frozenset[str]:
        groups = self._wanted.groups
        terms = {term for group in groups for item in group.alternatives for term in item.terms}
        return frozenset(TITLE + term for term in terms | self._wanted.named.words)

    def _closeness(self, read: "_Read") -> float:
        """Which share of neighbours in the question are neighbours here."""
        pairs = self._pairs
        if not pairs:
            return 0.0
        return sum(first in read.heading or second in read.text for first, second in pairs) / len(pairs)

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        firsts = [group.alternatives[0].terms for group in self._wanted.groups if group.alternatives]
        return [
            (f" {TITLE}{first[-1]} {TITLE}{second[0]} ", f" {first[-1]} {second[0]} ")
            for first, second in pairwise(firsts)
        ]

    def _factor(self, candidate: Candidate, read: "_Read") -> float:
        factor = _STALE_FACTOR if candidate.is_stale else 1.0
        if read.text.count(" ", 0, _STUB * 12) <= _STUB:
            factor *= _STUB_FACTOR
        if not self._asks_for_changes and any(log in read.place for log in _LOGS):
            factor *= _CHANGES_FACTOR
        return factor


class _Read:
    """A candidate's line, cut into its parts."""

    __slots__ = ("damping", "heading", "line", "place", "text", "titles")

    def __init__(self, line: str) -> None:
        self.line = line
        self.heading, self.titles, self.place, self.text, _rest = line.split("\n", 4)
        length = max(self.text.count(" ") - 1, _SHORTEST_LENGTH)
        self.damping = 1 - _LENGTH_SHARE + _LENGTH_SHARE * length / _USUAL_LENGTH

    def frequency(self, needles: tuple[str, str, str, str]) -> tuple[float, bool]:
        """How often a term stands here, by where; and whether it stands in the heading."""
        anywhere, in_title, in_place, in_text = needles
        if anywhere not in self.line:
            return 0.0, False
        found = _TEXT * self.text.count(in_text) / self.damping
        if in_place in self.place:
            found += _PLACE
        if in_title in self.titles:
            found += _TITLES
        is_heading = in_title in self.heading
        return (found + _HEADING if is_heading else found), is_heading


def _needles(term: str) -> tuple[str, str, str, str]:
    return f"{term} ", f" {TITLE}{term} ", f" {PLACE}{term} ", f" {term} "


def is_alike(first: str, second: str) -> bool:
    """Whether the texts of two sections say nearly the same, by their lines in the index."""
    one, other = (set(line.split("\n", 4)[3].split()) for line in (first, second))
    if not one or not other:
        return False
    return len(one & other) >= 0.9 * len(one | other)
