"""Pure: which entities lie in a repository, which of them stands for it, and which one a path lies in."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.ownership.homes import Home, home_of
from catalog_sync.word_forms import joined

_KINDS = ("component", "template", "system", "api", "resource", "domain")
"""Which kind stands for a folder in which there are several; other kinds come after these."""
_FEW = 5
"""In a repository with so many entries each is a part of its own; one with more is a list of other things."""


class Places:
    """Where everything that can be owned lies.

    Args:
        cards: The catalog.
        repositories: By key.
    """

    def __init__(self, cards: Mapping[str, Card], repositories: Mapping[str, KnownRepository]) -> None:
        self._cards = cards
        self._repositories = repositories
        self._homes: dict[str, Home | None] = {}

    def of(self, cards: Mapping[str, Card], repositories: Mapping[str, KnownRepository]) -> "Places":
        """The same places for a later state, in which everything lies where it lay."""
        places = Places(cards, repositories)
        vars(places).update({**vars(self), "_cards": cards, "_repositories": repositories})
        return places

    def home(self, ref: str) -> Home | None:
        """Where the code of an entity lies."""
        if ref not in self._homes:
            self._homes[ref] = home_of(self._cards[ref], self._repositories)
        return self._homes[ref]

    def entries(self, key: str) -> tuple[str, ...]:
        """The entities of a repository that can be owned, those nearest to its root first."""
        return tuple(ref for _order, _folder, ref in self._in_repository.get(key, ()))

    @cached_property
    def stands_for(self) -> Mapping[str, str]:
        """Repository key to the entity that stands for it; not there where several could."""
        found = {}
        for key, entries in self._in_repository.items():
            order = entries[0][0]
            first = [ref for at, _folder, ref in entries if at == order]
            whole = len({folder for _order, folder, _ref in entries}) == 1 or not entries[0][1]
            if len(first) == 1 and (whole or len(entries) == 1):
                found[key] = first[0]
        return found

    def is_whole(self, ref: str) -> bool:
        """Whether a word on the repository of an entity is a word on the entity."""
        home = self.home(ref)
        if home is None or home.folder:
            return False
        stands = self.stands_for.get(home.key)
        return stands == ref or (stands is None and len(self._in_repository[home.key]) <= _FEW)

    def around(self, key: str, path: str) -> Iterator[str]:
        """The entities that a path lies in, the nearest first."""
        inside = [
            (-len(folder), order, ref)
            for order, folder, ref in self._in_repository.get(key, ())
            if not folder or path == folder or path.startswith(f"{folder}/")
        ]
        stands = self.stands_for.get(key)
        for length, order, ref in sorted(inside):
            alone = [other for other in inside if other[:2] == (length, order)]
            # Of several in one folder none is the one that the path lies in, unless one is above the others.
            if len(alone) == 1 or ref == stands or self._have_one_owner([item[2] for item in alone]):
                yield ref

    def with_folder(self, path: str) -> tuple[str, ...]:
        """The keys of repositories in which an entity's code lies in the folder of a path; never for a root."""
        parts = path.split("/")
        for length in range(len(parts), 0, -1):
            found = self._folders.get("/".join(parts[:length]))
            if found:
                return tuple(found)
        return ()

    @cached_property
    def _folders(self) -> Mapping[str, dict[str, None]]:
        found: dict[str, dict[str, None]] = {}
        for key, entries in self._in_repository.items():
            for _order, folder, _ref in entries:
                if folder:
                    found.setdefault(folder, {})[key] = None
        return found

    def _have_one_owner(self, refs: list[str]) -> bool:
        return len({self._cards[ref].owner for ref in refs}) == 1

    @cached_property
    def _in_repository(self) -> Mapping[str, tuple[tuple[tuple[int, ...], str, str], ...]]:
        """Repository key to order, folder and reference of what lies there, in that order."""
        found: dict[str, list[tuple[str, Home]]] = {}
        for ref, card in self._cards.items():
            home = self.home(ref) if card.is_ownable else None
            if home is not None and home.key in self._repositories:
                found.setdefault(home.key, []).append((ref, home))
        return {key: self._ordered(entries) for key, entries in found.items()}

    def _ordered(self, entries: list[tuple[str, Home]]) -> tuple[tuple[tuple[int, ...], str, str], ...]:
        if len(entries) == 1:
            ref, home = entries[0]
            return (((), home.folder, ref),)
        return tuple(sorted((self._order(self._cards[ref], home), home.folder, ref) for ref, home in entries))

    def _order(self, card: Card, home: Home) -> tuple[int, ...]:
        """What comes first: nearer to the root, said by the repository itself, still described, called like it."""
        kind = _KINDS.index(card.kind) if card.kind in _KINDS else len(_KINDS)
        called = joined(self._repositories[home.key].name) in map(joined, card.names)
        depth = home.folder.count("/") + 1 if home.folder else 0
        return depth, not home.is_described_there, card.gone_at is not None, not called, kind
