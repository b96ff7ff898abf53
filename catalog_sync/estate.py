"""Everything that the catalog holds, in memory, as long as nothing changed; what answers are made from."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError

from catalog_sync.entity.model import Entity, Owner, Resolution
from catalog_sync.memory.cards import OWNABLE, Card, KnownRepository, is_elsewhere
from catalog_sync.memory.lookup import Lookup, Thing, key_of, words_of
from catalog_sync.memory.shelf import Entities, Shelf, read_shelf, state_of
from catalog_sync.memory.teams import TeamProfile, profiles
from catalog_sync.memory.ties import Ties
from catalog_sync.names import Named, NameIndex
from catalog_sync.ownership.codeowners import Codeowners, parse
from catalog_sync.ownership.directory import Directory
from catalog_sync.ownership.permissions import administrators
from catalog_sync.ownership.places import Places
from catalog_sync.ownership.resolver import Ground, Resolver
from catalog_sync.phrases import PhraseIndex
from catalog_sync.store import CatalogStore
from core.access import Visibility
from core.errors import DatabaseUnavailable
from core.settings import TeamSettings

__all__ = ["OWNABLE", "Estate", "EstateCache", "TeamProfile"]

_RANKS = ("component", "system", "group", "api", "resource", "domain", "template", "user")
_REPOSITORY_RANK = 2 * len(_RANKS) + 2
_ALL = frozenset(Visibility)
_PEOPLE = ("group", "user")
_INDEXES = (
    "names", "phrases", "titled", "repositories_called", "teams", "teams_of", "by_slug", "ties", "lookup"
)  # fmt: skip
_FILES = 2_048
"""So many CODEOWNERS files are kept as rules; the others are read again when they are asked for."""

_FROM_MEMORY = "The database does not answer; this is what was known before."

_Value = TypeVar("_Value")
_log = structlog.get_logger(__name__)


class Estate:
    """One state of the catalog; built from few queries, never changed.

    Args:
        shelf: The catalog as it was read.
        settings: ``teams``.
        default_channel: ``slack.default_channel``.
        before: The state before it; what did not change is not built again.
    """

    def __init__(
        self,
        shelf: Shelf,
        settings: TeamSettings,
        default_channel: str | None,
        before: "Estate | None" = None,
    ) -> None:
        self.cards: Mapping[str, Card] = shelf.cards
        self.repositories: Mapping[str, KnownRepository] = shelf.repositories
        self.entities: Mapping[str, Entity] = Entities(shelf.cards)
        self._shelf = shelf
        self._settings = settings
        self._default_channel = default_channel
        self._resolvers: dict[frozenset[Visibility], Resolver] = {}
        if before is not None:
            self._follow(before)

    def prepare(self) -> None:
        """Build every index that questions use."""
        for index in _INDEXES:
            getattr(self, index)
        self.names.prepare()
        self.owned_by(_ALL)

    # -- what there is ---------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> NameIndex:
        """The names of all entities, and of the repositories."""
        return NameIndex(
            [*_named_cards(self.cards.values()), *_named_repositories(self.repositories.values())]
        )

    @cached_property
    def phrases(self) -> PhraseIndex:
        """The names and titles of everything that has an owner, as they stand in questions."""
        return PhraseIndex(
            (name, ref)
            for ref, card in self.cards.items()
            if card.is_ownable
            for name in dict.fromkeys((card.name, card.title))
        )

    @cached_property
    def titled(self) -> tuple[tuple[str, Card], ...]:
        """Every entity in the order of titles, for pickers, with its reference and title in lower case."""
        cards = sorted(self.cards.values(), key=lambda card: card.title.lower())
        return tuple((f"{card.ref} {card.title.lower()}", card) for card in cards)

    @cached_property
    def repositories_called(self) -> Mapping[str, tuple[KnownRepository, ...]]:
        """Name in lower case, without the owner, to the repositories of that name."""
        return _gathered((item.name.lower(), item) for item in self.repositories.values())

    @cached_property
    def by_slug(self) -> Mapping[str, tuple[str, ...]]:
        """``owner/name`` in lower case to the entities whose ``github.com/project-slug`` it is."""
        return _gathered((card.slug.lower(), ref) for ref, card in self.cards.items() if card.slug)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts that repositories lie on."""
        return frozenset(item.host.lower() for item in self.repositories.values())

    @cached_property
    def organizations(self) -> frozenset[str]:
        """The owners of repositories, in lower case."""
        return frozenset(item.owner.lower() for item in self.repositories.values())

    @cached_property
    def ties(self) -> Ties:
        """What depends on what, and what is a part of what."""
        return Ties(self.cards.values())

    @cached_property
    def lookup(self) -> Lookup:
        """Everything by the words of its names, and of what is said of it."""
        cards = (card for card in self.cards.values() if card.kind != "location")
        return Lookup([*cards, *self.repositories.values()])

    @property
    def entity_of_repository(self) -> Mapping[str, str]:
        """Repository key to the reference of the entity that stands for it."""
        return self.places.stands_for

    @cached_property
    def places(self) -> Places:
        """Which entities lie where."""
        return Places(self.cards, self.repositories)

    def title(self, ref: str) -> str:
        """What a reference is called by people; its name when the catalog does not know it."""
        card = self.cards.get(ref)
        return card.title if card else ref.rpartition("/")[2]

    # -- people ----------------------------------------------------------------------------------------------

    @cached_property
    def directory(self) -> Directory:
        """Whom a written owner means."""
        return Directory(self.cards, self._shelf.teams)

    @cached_property
    def administrators(self) -> Mapping[str, tuple[str, ...]]:
        """Repository key to the teams that may administer it."""
        return administrators(self._shelf.teams, self.directory)

    @cached_property
    def teams(self) -> dict[str, TeamProfile]:
        """Every group by reference."""
        return profiles(self.cards, self.directory, self._settings, self._default_channel)

    @cached_property
    def teams_called(self) -> Mapping[str, tuple[str, ...]]:
        """The words of a name, with blanks between them, to the teams whose name or title it is."""
        names = (
            (name, ref) for ref, team in self.teams.items() for name in (ref.rpartition("/")[2], team.title)
        )
        words = ((words_of(name), ref) for name, ref in names)
        return _gathered(dict.fromkeys((" ".join(found), ref) for found, ref in words if found))

    @cached_property
    def teams_of(self) -> Mapping[str, tuple[str, ...]]:
        """User reference to the groups that they are in."""
        return _gathered((member, ref) for ref, team in self.teams.items() for member in team.members)

    def owner(self, ref: str) -> Owner:
        """An owner as answers name it, with its channel and leads where it is a team."""
        kind = "User" if ref.startswith("user:") else "Group" if ref.startswith("group:") else "Entity"
        team = self.teams.get(ref)
        if team is None:
            return Owner(ref, self.title(ref), kind, is_known=ref in self.cards)
        return Owner(ref, team.title, kind, team.channel, team.channel_source, team.leads, team.lead_source)

    # -- who owns what ---------------------------------------------------------------------------------------

    def resolver(self, seen: frozenset[Visibility] = _ALL) -> Resolver:
        """Who owns what, for those who see so much."""
        if seen not in self._resolvers:
            self._resolvers[seen] = Resolver(self._ground, seen)
        return self._resolvers[seen]

    def resolution(self, ref: str) -> Resolution:
        """Who owns an entity, and why."""
        return self.resolver().of_entity(ref)

    def codeowners(self, key: str) -> Codeowners | None:
        """The CODEOWNERS of a repository, read once."""
        return self._ground.codeowners(key)

    def owned_by(self, seen: frozenset[Visibility]) -> Mapping[str, tuple[str, ...]]:
        """Owner reference to what it owns: references and keys of repositories that have no entry."""
        cache: dict[frozenset[Visibility], Mapping[str, tuple[str, ...]]]
        cache = self.__dict__.setdefault("_owned_by", {})
        if seen not in cache:
            cache[seen] = _gathered(self._owned(seen))
        return cache[seen]

    def without_entry(self, seen: frozenset[Visibility] = _ALL) -> Iterator[KnownRepository]:
        """The repositories of which the catalog has no entry, in the order of their names."""
        described = {card.key for card in self.cards.values() if card.visibility in seen}
        for key, item in sorted(self.repositories.items()):
            if (
                item.visibility in seen
                and key not in described
                and not any(self.cards[ref].visibility in seen for ref in self.places.entries(key))
            ):
                yield item

    def _owned(self, seen: frozenset[Visibility]) -> Iterator[tuple[str, str]]:
        resolver = self.resolver(seen)
        for ref in sorted(self.cards):
            card = self.cards[ref]
            if card.is_ownable and card.visibility in seen:
                yield from ((owner, ref) for owner in resolver.owners(ref))
        for item in self.without_entry(seen):
            yield from ((owner, item.key) for owner in resolver.of_repository(item.key).owners)

    @cached_property
    def _ground(self) -> Ground:
        return Ground(
            self.cards,
            self.repositories,
            self.directory,
            self.places,
            self.title,
            lru_cache(_FILES)(self._read_codeowners),
            self.administrators,
        )

    def _read_codeowners(self, key: str) -> Codeowners | None:
        item = self.repositories.get(key)
        text = item.codeowners_text if item else None
        return parse(text, item.codeowners_path) if item and text is not None else None

    # -- what is taken from the state before -----------------------------------------------------------------

    def _follow(self, before: "Estate") -> None:
        gone = [card for ref, card in before.cards.items() if self.cards.get(ref) is not card]
        new = [card for ref, card in self.cards.items() if before.cards.get(ref) is not card]
        built = vars(before)
        if before.repositories is self.repositories:
            self._take(built, ("repositories_called", "hosts", "organizations"))
        if not any(card.kind in _PEOPLE for card in (*gone, *new)) and (
            before._shelf.teams == self._shelf.teams
        ):
            self._take(built, ("directory", "administrators", "teams", "teams_of"))
        if _placing(gone, before.repositories) == _placing(new, self.repositories) and _lie_as_before(
            before.repositories, self.repositories
        ):
            self.places = before.places.of(self.cards, self.repositories)
        if "names" in built:
            self.names = self._names_after(before, gone, new)
        if "ties" in built:
            self.ties = before.ties.changed(gone, new) if gone or new else before.ties
        if "lookup" in built:
            self.lookup = self._lookup_after(before, gone, new)

    def _lookup_after(self, before: "Estate", gone: list[Card], new: list[Card]) -> Lookup:
        """The index of words; what is as it was stays as it is in it."""
        was, there = before.repositories, self.repositories
        left = [item for key, item in was.items() if there.get(key) is not item] if was is not there else []
        come = [item for key, item in there.items() if was.get(key) is not item] if was is not there else []
        if not (gone or new or left or come):
            return before.lookup
        coming: list[Thing] = [*(card for card in new if card.kind != "location"), *come]
        leaving: list[Thing] = [*gone, *left]
        return before.lookup.changed({key_of(thing) for thing in leaving}, coming)

    def _take(self, built: Mapping[str, object], names: Iterable[str]) -> None:
        for name in names:
            if name in built:
                setattr(self, name, built[name])

    def _names_after(self, before: "Estate", gone: list[Card], new: list[Card]) -> NameIndex:
        """The index of names; an entity that has the names it had stays as it is in it."""
        old = set(_named_cards(gone))
        now = set(_named_cards(new))
        if before.repositories is not self.repositories:
            was, there = before.repositories, self.repositories
            old |= set(_named_repositories(item for key, item in was.items() if there.get(key) is not item))
            now |= set(_named_repositories(item for key, item in there.items() if was.get(key) is not item))
        leaving, coming = old - now, now - old
        if not leaving and not coming:
            return before.names
        return before.names.changed({named.key for named in leaving}, sorted(coming, key=lambda n: n.key))


@dataclass(frozen=True, slots=True)
class Remembered:
    """The catalog as it is known at a moment."""

    estate: Estate
    synced_at: datetime | None
    """When it was last known to be right."""
    stale: str = ""
    """Why it is what was known before, where the database does not answer: a sentence."""


class EstateCache:
    """The estate of now: built again only when the catalog's generation has risen."""

    def __init__(self, store: CatalogStore, settings: TeamSettings, default_channel: str | None) -> None:
        self._database = store.database
        self._settings = settings
        self._default_channel = default_channel
        self._lock = threading.Lock()
        self._generation = -1
        self._synced_at: datetime | None = None
        self._shelf: Shelf | None = None
        self._estate: Estate | None = None

    def now(self) -> tuple[Estate, datetime | None]:
        """The estate, and when it was last known to be right."""
        moment = self.moment()
        return moment.estate, moment.synced_at

    def moment(self) -> Remembered:
        """The estate with its age; what was known before, where the database does not answer.

        Raises:
            DatabaseUnavailable: It does not answer, and nothing was known before.
        """
        try:
            return self._looked_up()
        except (DatabaseUnavailable, OperationalError) as error:
            if self._estate is None:
                raise DatabaseUnavailable("the database does not answer") from error
            _log.warning("catalog.from_memory", cause=str(error).partition("\n")[0])
            return Remembered(self._estate, self._synced_at, _FROM_MEMORY)

    def _looked_up(self) -> Remembered:
        generation, synced_at = state_of(self._database)
        with self._lock:
            if self._estate is None or generation != self._generation:
                self._shelf = read_shelf(self._database, self._shelf)
                self._estate = Estate(self._shelf, self._settings, self._default_channel, self._estate)
                self._generation = generation
            self._synced_at = synced_at
            return Remembered(self._estate, synced_at)


def _placing(cards: Iterable[Card], repositories: Mapping[str, KnownRepository]) -> set[tuple[object, ...]]:
    """What decides where some entities lie, and what stands for what."""
    return {
        (
            card.ref,
            card.names,
            card.visibility,
            card.key,
            card.path,
            card.slug,
            card.code_at,
            card.gone_at,
            card.key in repositories,
        )
        for card in cards
    }


def _lie_as_before(before: Mapping[str, KnownRepository], now: Mapping[str, KnownRepository]) -> bool:
    """Whether the repositories are the same ones, and what says where things lie in them is the same."""
    if len(before) != len(now):
        return False
    pairs = ((before.get(key), item) for key, item in now.items())
    return all(was is item or (was is not None and _place(was) == _place(item)) for was, item in pairs)


def _place(item: KnownRepository) -> tuple[object, ...]:
    return item.name, item.visibility, item.default_branch


def _gathered(pairs: Iterable[tuple[str, _Value]]) -> dict[str, tuple[_Value, ...]]:
    found: dict[str, list[_Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _named_cards(cards: Iterable[Card]) -> Iterator[Named]:
    for card in cards:
        if card.kind != "location":
            place = _RANKS.index(card.kind) if card.kind in _RANKS else len(_RANKS)
            rank = 2 * place + is_elsewhere(card.namespace)
            yield Named("entity", card.ref, rank, card.names)


def _named_repositories(repositories: Iterable[KnownRepository]) -> Iterator[Named]:
    for item in repositories:
        yield Named("repository", item.key, _REPOSITORY_RANK, (item.name,))
