"""Whom one can name as an owner, or say to be: teams and people of the catalog, found while somebody types."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from catalog_sync.answers import Near
from catalog_sync.estate import Estate
from catalog_sync.memory.cards import Card, is_elsewhere
from core.access import Asker, Visibility, visible_to

_KINDS = ("group", "user")


class Candidates:
    """The teams and people of the catalog; read once for each state of it.

    Args:
        estate: The catalog as it is now; the same object as long as nothing changed.
    """

    def __init__(self, estate: Callable[[], Estate]) -> None:
        self._estate = estate
        self._made: tuple[Estate, list[tuple[str, Card]]] | None = None

    def owners(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """Teams, then people, whose name, title or login fits; the ones that begin so first."""
        return self._found(query, asker, _KINDS, limit)

    def users(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """People whose name, title or login fits; to somebody who may not see who works here, exactly a login's."""
        found = self._found(query, asker, ("user",), limit)
        if found or Visibility.INTERNAL in visible_to(asker):
            return found
        login = query.strip().lstrip("@").lower()
        cards = [card for _text, card in self._rows() if card.kind == "user" and _login(card) == login]
        return [Near(card.ref, f"@{login}", card.written[0]) for card in cards[:1]]

    def title(self, ref: str) -> str:
        """What a reference is called by people."""
        return self._estate().title(ref)

    def _found(self, query: str, asker: Asker, kinds: Sequence[str], limit: int) -> list[Near]:
        seen, words = visible_to(asker), _words(query)
        if Visibility.INTERNAL not in seen:
            # Who works here is nothing for the public.
            return []
        found = [
            (self._rank(card, words), card)
            for text, card in self._rows()
            if card.kind in kinds and card.visibility in seen and all(word in text for word in words)
        ]
        found.sort(key=lambda pair: pair[0])
        cards = [card for _rank, card in found[:limit]]
        return [Near(card.ref, _label(card, cards), card.written[0]) for card in cards]

    def _rank(self, card: Card, words: Sequence[str]) -> tuple[int, int, str, bool, str]:
        names = (_plain(card.title), _plain(card.name), card.login.lower())
        begins = not words or any(name.startswith(words[0]) for name in names)
        return (_KINDS.index(card.kind), 0 if begins else 1, names[0], is_elsewhere(card.namespace), card.ref)

    def _rows(self) -> list[tuple[str, Card]]:
        estate, made = self._estate(), self._made
        if made is None or made[0] is not estate:
            made = self._made = (estate, list(_rows_of(estate)))
        return made[1]


def _rows_of(estate: Estate) -> Iterator[tuple[str, Card]]:
    for card in estate.cards.values():
        if card.kind in _KINDS:
            yield _plain(f"{card.ref} {card.title} {card.login} {card.team_slug}"), card


def _login(card: Card) -> str:
    return (card.login or card.name).lower()


def _label(card: Card, others: Sequence[Card]) -> str:
    """A title that tells one from another: people with their login, teams of one title with their reference."""
    if card.kind == "user":
        login = card.login or card.name
        return card.title if card.title.lower() == login.lower() else f"{card.title} (@{login})"
    is_alone = sum(other.title == card.title and other.kind == card.kind for other in others) == 1
    return card.title if is_alone else f"{card.title} ({card.ref})"


def _words(query: str) -> list[str]:
    """What was typed, without the marks around a login: whole labels find themselves."""
    return [bare for word in _plain(query).split() if (bare := word.strip("@(),;"))]


def _plain(text: str) -> str:
    """In lower case and without accents, so that jose finds José."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
