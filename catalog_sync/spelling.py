"""Pure: which of many names are spelt like a text; an index of three letters at a time finds the few worth comparing."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

_WIDTH = 3
_VISITED = 4_000
_VISITED_SHARE = 0.25
"""So many entries of lists are looked at, the shortest lists first: the rare letters say most. The more
names there are, the more of them share their rarest letters."""
_FEWEST_LISTS = 5
_COMPARED = 120
_SHORTEST = 4
"""A change in a shorter text leaves too few letters to find it by."""


class Spelling:
    """Names to compare with; without ``index()`` every one of them is compared, which is slower where they are many.

    Args:
        names: The names, in their one form for comparisons.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._lists: dict[str, array[int]] | None = None

    def index(self) -> None:
        """Make comparisons quick from now on; takes about 4 us for each name."""
        lists: dict[str, array[int]] = {}
        for number, name in enumerate(self._names):
            for gram in _grams(name):
                found = lists.get(gram)
                if found is None:
                    found = lists[gram] = array("I")
                found.append(number)
        self._lists = lists

    def like(self, text: str, cutoff: float, limit: int) -> list[tuple[str, float]]:
        """The names that are most alike, best first, each with how alike it is (0 to 100).

        Args:
            text: What was written, in the form of the names.
            cutoff: How alike a name has to be.
            limit: At most so many.
        """
        names = self._names
        if self._lists is not None and len(text) >= _SHORTEST:
            names = [self._names[number] for number in self._worth_comparing(text, self._lists)]
        found = process.extract(text, names, scorer=fuzz.ratio, score_cutoff=cutoff, limit=limit)
        return [(name, score) for name, score, _place in found]

    def _worth_comparing(self, text: str, lists: dict[str, "array[int]"]) -> list[int]:
        some = sorted((lists[gram] for gram in set(_grams(text)) if gram in lists), key=len)
        shared: Counter[int] = Counter()
        visited, most = 0, max(_VISITED, int(len(self._names) * _VISITED_SHARE))
        for number, found in enumerate(some):
            if number >= _FEWEST_LISTS and visited + len(found) > most:
                break
            shared.update(found)
            visited += len(found)
        if len(shared) <= _COMPARED:
            return list(shared)
        return [number for number, _count in shared.most_common(_COMPARED)]


def _grams(name: str) -> Iterator[str]:
    padded = f"^{name}$"
    return (padded[start : start + _WIDTH] for start in range(len(padded) - _WIDTH + 1))
