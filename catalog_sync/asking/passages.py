"""The passages of the docs that answer a question, best first; without any, whom to ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from catalog_sync.answers import DocsAnswer, Near, Passage
from catalog_sync.docs.store import DocsStore, Hit, words_of
from catalog_sync.entity.model import RepositoryName
from catalog_sync.entity.refs import parse_ref
from catalog_sync.estate import Estate
from catalog_sync.phrases import spelt
from core.access import Visibility

_GOOD_ENOUGH = 0.75
"""A passage has to have most of the question's words, or a heading that says it."""
_LONGEST = 1_200


class DocsQuestions:
    """Questions to the docs.

    Args:
        docs: The index.
        stale_after: From which age on a page is marked as stale.
    """

    def __init__(self, docs: DocsStore, stale_after: timedelta) -> None:
        self._docs = docs
        self._stale_after = stale_after

    def answer(
        self,
        query: str,
        estate: Estate,
        seen: frozenset[Visibility],
        *,
        entity: str | None,
        limit: int,
        now: datetime,
        synced_at: datetime | None,
    ) -> DocsAnswer:
        """See ``Ask.docs``."""
        about = _about(estate, query, seen)
        only = reference(entity) if entity else None
        hits = self._docs.search(_beyond(query, about), seen, entity=only, limit=limit * 4)
        good = [hit for hit in hits if hit.score >= _GOOD_ENOUGH]
        if about:
            good = sorted((_favoured(hit, about.ref) for hit in good), key=lambda hit: -hit.score)
        passages = tuple(self._passage(estate, seen, hit, now) for hit in _distinct(good)[:limit])
        owner = None
        if not passages and about and estate.cards[about.ref].is_ownable:
            owners = estate.resolver(seen).of_entity(about.ref).owners
            owner = estate.owner(owners[0]) if owners else None
        return DocsAnswer(query, passages, synced_at, about, owner)

    def _passage(self, estate: Estate, seen: frozenset[Visibility], hit: Hit, now: datetime) -> Passage:
        row, resolver = hit.section, estate.resolver(seen)
        owners: Sequence[str] = ()
        card = estate.cards.get(row.entity)
        if card and card.is_ownable and card.visibility in seen:
            owners = resolver.of_entity(row.entity).owners
        elif row.repository in estate.repositories:
            owners = resolver.of_path(row.repository, row.path)[0].owners
        is_stale = row.edited_at is not None and now - row.edited_at > self._stale_after
        return Passage(
            entity=row.entity,
            entity_title=row.entity_title,
            owner=estate.owner(owners[0]) if owners else None,
            page=row.page,
            path=row.path,
            heading=row.heading,
            url=row.url,
            text=row.text if len(row.text) <= _LONGEST else row.text[: _LONGEST - 1].rstrip() + "…",
            edited_at=row.edited_at,
            score=hit.score,
            is_stale=is_stale,
            repository=RepositoryName(*row.repository.split("/", 2)),
        )


def reference(text: str) -> str | None:
    """A reference as it is stored; None for what is none."""
    try:
        return str(parse_ref(text, "Component"))
    except ValueError:
        return None


def _about(estate: Estate, query: str, seen: frozenset[Visibility]) -> Near | None:
    """The entity that a question names, word for word: the longest name wins."""
    named = (
        (len(phrase), ref)
        for phrase, ref in estate.phrases.within(query)
        if estate.cards[ref].visibility in seen
    )
    _length, ref = max(named, default=(0, ""))
    return Near(ref, estate.title(ref), estate.cards[ref].written[0]) if ref else None


def _beyond(query: str, about: Near | None) -> str:
    """What a question asks beyond the name of a thing; all of it when it asks nothing beyond."""
    if about is None:
        return query
    asked = f" {spelt(query)} "
    for name in (about.title, about.ref.rpartition("/")[2]):
        asked = asked.replace(f" {spelt(name)} ", " ")
    return asked if words_of(asked) and set(words_of(asked)) <= set(words_of(query)) else query


def _favoured(hit: Hit, ref: str) -> Hit:
    return Hit(hit.section, hit.score + 0.5) if hit.section.entity == ref else hit


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each place, so that three answers are three places."""
    found: dict[tuple[str, str, str], Hit] = {}
    for hit in hits:
        found.setdefault((hit.section.repository, hit.section.path, hit.section.anchor), hit)
    return list(found.values())
