"""Pure: what every document of one state of the catalog is found by; built once for a state, never changed."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from sys import intern
from typing import TypeAlias

from catalog_sync.query.like import Like
from catalog_sync.query.rows import Row

Numbers: TypeAlias = "int | array[int]"
"""The numbers of documents; one alone is kept as it is, because most values belong to one document only."""

_KEPT = 8
"""Of so many fields what was put together for one question is kept for the next one."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A document as the index takes it."""

    ref: str
    uid: str
    rows: Sequence[Row]


@dataclass(slots=True)
class _Field:
    """The values of one key."""

    originals: dict[str | None, Numbers] = field(default_factory=dict)
    """Value as it was written to its documents; None for rows without a value."""
    spelt: dict[str, list[str]] = field(default_factory=dict)
    """Value in lower case to the ways in which it was written, where it was not written in lower case only."""


class Segment:
    """Documents, numbered from ``first`` on, and what they are found by."""

    def __init__(self, documents: Iterable[Indexed], first: int = 0) -> None:
        self.refs: list[str] = []
        self.uids: list[str] = []
        self.first = first
        self._fields: dict[str, _Field] = {}
        collected: dict[str, dict[str | None, list[int]]] = {}
        for number, document in enumerate(documents, first):
            self.refs.append(document.ref)
            self.uids.append(document.uid)
            for key, _value, original in document.rows:
                values = collected.get(key)
                if values is None:
                    values = collected[intern(key)] = {}
                values.setdefault(original, []).append(number)
        for key, values in collected.items():
            self._fields[key] = _packed(values)

    def __len__(self) -> int:
        return len(self.refs)

    def everything(self) -> range:
        """Its documents."""
        return range(self.first, self.first + len(self.refs))

    def rows(self, key: str) -> Iterator[tuple[str | None, Numbers]]:
        """Every value under a key, as it was written, with its documents."""
        found = self._fields.get(key)
        return iter(found.originals.items()) if found else iter(())

    def equal(self, key: str, value: str) -> Iterator[Numbers]:
        """The documents with a value under a key, by each way in which it was written."""
        found = self._fields.get(key)
        if found is None:
            return
        if value not in found.spelt:
            if value in found.originals:
                yield found.originals[value]
            return
        for original in found.spelt[value]:
            yield found.originals[original]


class Index:
    """What documents are found by: those of ``segments`` without the ``dead``."""

    def __init__(self, segments: Sequence[Segment], dead: frozenset[int] = frozenset()) -> None:
        self.segments, self.dead = tuple(segments), dead
        self.refs: list[str] = [ref for segment in segments for ref in segment.refs]
        self.uids: list[str] = [uid for segment in segments for uid in segment.uids]
        self.number_of: Mapping[str, int] = {
            ref: number for number, ref in enumerate(self.refs) if number not in dead
        }
        self._everything = frozenset(self.number_of.values())
        self.values_of = lru_cache(maxsize=_KEPT)(self._values_of)
        self.having = lru_cache(maxsize=_KEPT)(self._having)

    @cached_property
    def number_of_uid(self) -> Mapping[str, int]:
        """The document with an id."""
        return {self.uids[number]: number for number in self._everything}

    def everything(self) -> Set[int]:
        """All documents."""
        return self._everything

    def _having(self, key: str) -> Set[int]:
        """The documents with a key, be its value null."""
        return self._live(numbers for segment in self.segments for _value, numbers in segment.rows(key))

    def equal(self, key: str, value: str) -> Set[int]:
        """The documents with a value, in lower case, under a key."""
        return self._live(numbers for segment in self.segments for numbers in segment.equal(key, value))

    def beginning(self, key: str, prefix: str) -> Set[int]:
        """The documents with a value under a key that begins so, in lower case."""
        return self._live(
            numbers
            for segment in self.segments
            for value, numbers in segment.rows(key)
            if value is not None and value.lower().startswith(prefix)
        )

    def like(self, keys: Iterable[str], wanted: Like) -> Set[int]:
        """The documents of which a value under one of the keys, in lower case, has a term in it."""
        return self._live(
            numbers
            for key in dict.fromkeys(keys)
            for segment in self.segments
            for value, numbers in segment.rows(key)
            if value is not None and wanted.is_in(value.lower())
        )

    def counts(self, key: str, among: Set[int] | None = None) -> dict[str, int]:
        """How many documents have each value under a key, as it was written.

        Args:
            key: In lower case.
            among: Only these documents; all when left out.
        """
        found: dict[str, int] = {}
        among = self._everything if among is None and self.dead else among
        for segment in self.segments:
            for value, numbers in segment.rows(key):
                count = _count(numbers, among)
                if value is not None and count:
                    found[value] = found.get(value, 0) + count
        return found

    def _values_of(self, key: str) -> Mapping[int, tuple[str | None, ...]]:
        """Each document's values under a key, in lower case; None for a row without one."""
        found: dict[int, tuple[str | None, ...]] = {}
        for segment in self.segments:
            for value, numbers in segment.rows(key):
                lowered = (value if value is None else intern(value.lower()),)
                for number in (numbers,) if isinstance(numbers, int) else numbers:
                    found[number] = found[number] + lowered if number in found else lowered
        return found

    def _live(self, every: Iterable[Numbers]) -> Set[int]:
        found: set[int] = set()
        for numbers in every:
            if isinstance(numbers, int):
                found.add(numbers)
            else:
                found.update(numbers)
        return found - self.dead if self.dead else found


def _packed(values: Mapping[str | None, list[int]]) -> _Field:
    found = _Field()
    for original, numbers in values.items():
        found.originals[original] = numbers[0] if len(numbers) == 1 else array("I", numbers)
        lowered = original.lower() if original is not None else None
        if lowered is not None and lowered != original:
            known = found.spelt.setdefault(lowered, [lowered] if lowered in values else [])
            assert original is not None
            known.append(original)
    return found


def _count(numbers: Numbers, among: Set[int] | None) -> int:
    if isinstance(numbers, int):
        return 1 if among is None or numbers in among else 0
    return len(numbers) if among is None else sum(number in among for number in numbers)
