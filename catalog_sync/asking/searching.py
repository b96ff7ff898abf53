"""What fits some words: things of every kind with their owners, for somebody who sees so much."""

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from catalog_sync.answers import FindAnswer, FoundThing, Near
from catalog_sync.asking.question import KIND_WORDS
from catalog_sync.asking.wanted_words import FILTERS, Wanted, read_search
from catalog_sync.estate import Estate
from catalog_sync.memory.lookup import Narrow, words_of
from catalog_sync.memory.ties import Tie
from catalog_sync.names import Named
from core.access import Visibility

_LONGEST_ABOUT = 160
_DEEPEST = 20
_LONGEST_NAME = 5


@dataclass(slots=True)
class _Narrowing:
    """What the filters of a search come down to."""

    among: Set[str] | None = None
    told: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def only(self, keys: Set[str]) -> None:
        """Narrow it to some keys."""
        self.among = keys if self.among is None else self.among & keys


class FindQuestions:
    """Searches through the catalog.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen

    def answer(self, query: str, limit: int) -> FindAnswer:
        """The things that fit a search, best first; at most ``limit`` of them are named, all are counted."""
        wanted = read_search(query)
        if not wanted.words and not wanted.filters:
            problems = tuple(_not_a_field(name) for name in wanted.unknown)
            return FindAnswer(query, (), 0, None, problems=problems)
        narrowing = self._narrowing(wanted)
        hits = self._estate.lookup.find(
            wanted.words,
            self._seen,
            limit,
            Narrow(self._of_teams(wanted.words), narrowing.among),
            covered=self._covered,
        )
        return FindAnswer(
            query,
            tuple(map(self._thing, hits.keys)),
            hits.total,
            None,
            words=wanted.written,
            narrowed=tuple(narrowing.told),
            is_loose=hits.is_loose and bool(hits.total),
            corrected=tuple(_as_written(wanted, hits.corrected)) if hits.total else (),
            problems=tuple(narrowing.problems),
            alternatives=() if hits.total else tuple(self._nearest(" ".join(wanted.written))),
        )

    # -- what narrows it -------------------------------------------------------------------------------------

    def _narrowing(self, wanted: Wanted) -> _Narrowing:
        found = _Narrowing(problems=[_not_a_field(name) for name in wanted.unknown])
        narrow = {
            "owner": self._by_owner,
            "tag": self._by_word,
            "kind": self._by_kind,
            "type": self._by_word,
            "lifecycle": self._by_word,
            "system": self._by_system,
            "repository": self._by_repository,
        }
        for name, value in wanted.filters:
            narrow[name](found, name, value)
        return found

    def _by_owner(self, found: _Narrowing, _name: str, value: str) -> None:
        # Whoever may see a thing is told who owns it, also where they are told nothing else of the owner.
        owners = self._estate.owned_by(self._seen)
        ref = self._called(value.lstrip("@"), "group", "user", known=owners)
        if ref is None:
            found.problems.append(f"Nobody here is called {value}.")
            found.only(frozenset())
            return
        found.told.append(("owner", self._estate.title(ref)))
        found.only(frozenset(self._estate.owned_by(self._seen).get(ref, ())))

    def _by_system(self, found: _Narrowing, name: str, value: str) -> None:
        ref = self._called(value, "system", "domain")
        if ref is None:
            found.problems.append(f"No {name} here is called {value}.")
            found.only(frozenset())
            return
        found.told.append(("part of", self._estate.title(ref)))
        found.only(parts_of(self._estate, [ref], self._seen) - {ref})

    def _by_repository(self, found: _Narrowing, _name: str, value: str) -> None:
        name = value.rpartition("/")[2].lower()
        rows = [row for row in self._estate.repositories_called.get(name, ()) if row.visibility in self._seen]
        found.told.append(("repository", value))
        entries = {ref for row in rows for ref in self._estate.places.entries(row.key)}
        found.only(entries | {row.key for row in rows})

    def _by_kind(self, found: _Narrowing, _name: str, value: str) -> None:
        kind = KIND_WORDS.get(value.lower(), value.lower())
        found.told.append(("kind", kind))
        keys = {ref for ref, card in self._estate.cards.items() if card.kind == kind}
        found.only(keys if kind != "repository" else frozenset(self._estate.repositories))

    def _by_word(self, found: _Narrowing, name: str, value: str) -> None:
        wanted = value.lower()
        found.told.append((name, value))
        found.only(
            {
                ref
                for ref, card in self._estate.cards.items()
                if (
                    wanted in map(str.lower, card.tags)
                    if name == "tag"
                    else str(getattr(card, name)).lower() == wanted
                )
            }
        )

    def _of_teams(self, words: Sequence[str]) -> Mapping[str, Set[str]]:
        """For words that are a team's name, or stand in it side by side, what that team owns: ``api data platform``."""
        owned = self._estate.owned_by(self._seen)
        found: dict[str, Set[str]] = {}
        for run in _runs(words):
            called = self._estate.teams_called.get(" ".join(run), ())
            teams = [ref for ref in called if sees(self._estate, ref, self._seen)]
            things = frozenset(key for ref in teams for key in owned.get(ref, ()))
            for word in run if things else ():
                found[word] = found.get(word, frozenset()) | things
        return found

    def _called(self, name: str, *kinds: str, known: Container[str] = ()) -> str | None:
        ref = name.lower()
        if name.partition(":")[0] in kinds and (sees(self._estate, ref, self._seen) or ref in known):
            return ref
        match = self._estate.names.find(name, lambda thing: self._is_of(thing, kinds, known))
        return match.found[0].key if len(match.found) == 1 else None

    def _is_of(self, thing: Named, kinds: tuple[str, ...], known: Container[str]) -> bool:
        card = self._estate.cards.get(thing.key)
        if card is None or card.kind not in kinds:
            return False
        return card.visibility in self._seen or thing.key in known

    # -- what is shown ---------------------------------------------------------------------------------------

    def _covered(self) -> Set[str]:
        """The repositories for which an entity stands that the asker may know of."""
        cards = self._estate.cards
        return {
            key for key, ref in self._estate.places.stands_for.items() if cards[ref].visibility in self._seen
        }

    def _thing(self, key: str) -> FoundThing:
        card = self._estate.cards.get(key)
        resolver = self._estate.resolver(self._seen)
        if card is None:
            row = self._estate.repositories[key]
            owners = tuple(map(self._estate.owner, resolver.of_repository(key).owners))
            near = Near(row.full_name, row.name, "Repository")
            return FoundThing(near, owners, _short(row.description), row.url, row.is_archived)
        home = self._estate.places.home(key) if card.is_ownable else None
        around = self._estate.repositories.get(home.key if home else card.key)
        owned_by = resolver.owners(key) if card.is_ownable else ()
        return FoundThing(
            Near(key, card.title, card.written[0]),
            tuple(map(self._estate.owner, owned_by)),
            _short(card.about),
            around.url if around and around.visibility in self._seen and card.is_ownable else "",
            bool(around and around.is_archived and card.is_ownable),
        )

    def _nearest(self, text: str) -> Iterable[Near]:
        if not text:
            return
        match = self._estate.names.find(text, self._may_know)
        for thing in (*match.found, *match.nearest)[:3]:
            found = self._thing(thing.key)
            yield found.near

    def _may_know(self, thing: Named) -> bool:
        known = self._estate.repositories if thing.what == "repository" else self._estate.cards
        return known[thing.key].visibility in self._seen


def parts_of(estate: Estate, refs: Iterable[str], seen: frozenset[Visibility]) -> Set[str]:
    """Some things and everything that is a part of them, and of those, to the end."""
    found = dict.fromkeys(refs)
    level = list(found)
    for _depth in range(_DEEPEST):
        level = [
            edge.source
            for ref in level
            for edge in estate.ties.into(ref)
            if edge.tie is Tie.PART_OF and edge.source not in found and sees(estate, edge.source, seen)
        ]
        found.update(dict.fromkeys(level))
    return frozenset(found)


def sees(estate: Estate, ref: str, seen: frozenset[Visibility]) -> bool:
    """Whether there is an entity of a reference that those who see so much may know of."""
    card = estate.cards.get(ref)
    return card is not None and card.visibility in seen


def _as_written(wanted: Wanted, corrected: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """What was corrected, as it was typed."""
    for wrong, right in corrected:
        yield next((text for text in wanted.written if wrong in words_of(text)), wrong), right


def _not_a_field(name: str) -> str:
    return (
        f"{name}: narrows nothing; try {', '.join(f'{field}:' for field in dict.fromkeys(FILTERS.values()))}"
    )


def _runs(words: Sequence[str]) -> Iterable[Sequence[str]]:
    """Words that stand side by side, up to as many as names have."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(words)) + 1):
            yield words[start:end]


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST_ABOUT else plain[: _LONGEST_ABOUT - 1].rstrip() + "…"
