"""What a search on the Home finds: things by their names, and sections of the docs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.slack.answers import kind_word, owned_by, titled
from bot.slack.blocks import Json, button, context, counted, cut, escape, link, quoted, section
from bot.slack.home.pressing import SHOW
from catalog_sync.answers import DocsAnswer, FindAnswer, FoundThing, Near, OwnerAnswer, Passage
from core.access import Asker
from core.clock import age

_MOST_THINGS = 6
_MOST_PASSAGES = 3
_PEOPLE = ("group", "user")


class SearchUseCases(Protocol):
    """What the catalog offers here."""

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names."""
        ...

    def look_for(self, query: str, asker: Asker, limit: int = 8) -> FindAnswer:
        """Things of every kind that fit some words, best first."""
        ...

    def find(self, query: str, asker: Asker, limit: int = 20) -> Sequence[Near]:
        """Things whose name fits, for pickers."""
        ...

    def groups(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """Groups whose name fits, for pickers."""
        ...

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The best passages for a question."""
        ...


def found_blocks(ask: SearchUseCases, text: str, asker: Asker, now: datetime) -> list[Json]:
    """What fits a text, as blocks of a Home.

    Args:
        ask: The catalog.
        text: As it was typed.
        asker: Who searches; what they may not see is not found.
        now: The present, for the ages.
    """
    answer = ask.look_for(text, asker, _MOST_THINGS)
    things = list(_things(ask.who_owns(text, asker), answer))[:_MOST_THINGS]
    passages = ask.docs(text, asker, limit=_MOST_PASSAGES).passages[:_MOST_PASSAGES]
    asked = quoted(cut(text, 100))
    if not things and not passages:
        return [section(f"Nothing here fits “{asked}”. Try fewer or other words, or check the spelling.")]
    blocks = [section(f"*Found for “{asked}”*")]
    blocks += [
        section(_line(thing), accessory=button("Show", SHOW, thing.near.ref[:2000])) for thing in things
    ]
    more = answer.total - len(things)
    if more > 0:
        blocks.append(context(f"and {counted(more, 'thing')} more; another word narrows it"))
    if passages:
        blocks.append(section("*In the docs*\n" + "\n".join(_passage(item, now) for item in passages)))
        blocks.append(context("“Ask the docs” shows the answer itself."))
    return blocks


def _things(best: OwnerAnswer, answer: FindAnswer) -> Iterator[FoundThing]:
    """The thing that is named first, spelt right or nearly; then whatever fits the words."""
    seen = set()
    for thing in (*_named(best), *answer.things):
        key = thing.near.ref.lower()
        if key not in seen:
            seen.add(key)
            yield thing


def _named(best: OwnerAnswer) -> list[FoundThing]:
    if best.about == "nothing" or not (best.entity or best.repository):
        return []
    ref = str(best.entity).lower() if best.entity else str(best.repository and best.repository.full_name)
    near = Near(ref, best.title, best.entity.kind if best.entity else "Repository")
    return [FoundThing(near, best.owners, best.description, best.repository_url, best.is_archived)]


def _line(thing: FoundThing) -> str:
    words = [f"*{titled(thing.near, thing.url)}*", escape(kind_word(thing.near.kind))]
    if thing.near.kind.lower() not in _PEOPLE:
        words.append(f"owned by {owned_by(thing.owners)}")
    if thing.is_archived:
        words.append("archived")
    about = " ".join(thing.about.split())
    return " · ".join(words) + (f"\n{quoted(cut(about, 120))}" if about else "")


def _passage(passage: Passage, now: datetime) -> str:
    trail = dict.fromkeys(part for part in (passage.entity_title, passage.page, passage.heading) if part)
    edited = f" — edited {age(passage.edited_at, now)}" if passage.edited_at else ""
    stale = " ⚠️ may be stale" if passage.is_stale else ""
    return f"• {link(passage.url, cut(' › '.join(trail), 150))}{edited}{stale}"
