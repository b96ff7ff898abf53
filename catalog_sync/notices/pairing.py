"""Pure: which of the faults that were told are still there, and which are new, where lines move and faults repeat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from catalog_sync.notices.model import Flaw, Notice

_MENDED = 1_000_000
"""What was mended is taken for what is wrong now only where nothing else that was told can be."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One fault that was told: the notice that it stands in, and its number there."""

    notice: str
    number: int


@dataclass(frozen=True, slots=True)
class Paired:
    """What became of the faults that were told."""

    still: frozenset[Spot]
    new: tuple[Flaw, ...]
    """Those that nobody was told, in their order."""


@dataclass(frozen=True, slots=True)
class _Told:
    spot: Spot
    line: int
    is_mended: bool


def paired(notices: Iterable[Notice], flaws: Sequence[Flaw]) -> Paired:
    """Recognise faults again: by what they are, and where several are alike by their order and their lines.

    Args:
        notices: The open notices about broken files.
        flaws: What is wrong now.
    """
    told: dict[str, list[_Told]] = {}
    for notice in notices:
        for number, flaw in enumerate(notice.content["flaws"]):
            item = _Told(Spot(notice.key, number), flaw["line"], flaw["is_mended"])
            told.setdefault(flaw["id"], []).append(item)
    now: dict[str, list[tuple[int, Flaw]]] = {}
    for position, flaw in enumerate(flaws):
        now.setdefault(flaw.id, []).append((position, flaw))
    still: set[Spot] = set()
    new: list[tuple[int, Flaw]] = []
    for fault, present in now.items():
        before = sorted(told.get(fault, ()), key=lambda item: item.line)
        present.sort(key=lambda item: item[1].place.line)
        pairs = _matched(before, [flaw.place.line for _position, flaw in present])
        still |= {before[number].spot for number in pairs.values()}
        new += [item for number, item in enumerate(present) if number not in pairs]
    return Paired(frozenset(still), tuple(flaw for _position, flaw in sorted(new, key=lambda item: item[0])))


def _matched(told: Sequence[_Told], lines: Sequence[int]) -> Mapping[int, int]:
    """As many pairs as there can be, in order and as near as they can be: from what is there to what was told."""
    if len(told) >= len(lines):
        chosen = _nearest([[_cost(item, line) for item in told] for line in lines])
        return dict(enumerate(chosen))
    chosen = _nearest([[_cost(item, line) for line in lines] for item in told])
    return {position: number for number, position in enumerate(chosen)}


def _cost(told: _Told, line: int) -> int:
    return abs(told.line - line) + (_MENDED if told.is_mended else 0)


def _nearest(costs: Sequence[Sequence[int]]) -> list[int]:
    """For each row a column, each further right than the one before, so that their sum is least."""
    least: list[float] = [0.0] * (len(costs[0]) + 1 if costs else 1)
    """Up to each column, the least sum of the rows so far."""
    reached: list[list[float]] = []
    for row in costs:
        reached.append([least[column] + cost for column, cost in enumerate(row)])
        least = [inf, *accumulate(reached[-1], min)]
    chosen: list[int] = []
    for sums in reversed(reached):
        end = chosen[-1] if chosen else len(sums)
        chosen.append(min(range(end), key=sums.__getitem__))
    return chosen[::-1]
