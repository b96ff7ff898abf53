"""The passages of the docs that answer a question, best first; without any, whom to ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError

from catalog_sync.answers import DocsAnswer, Passage
from catalog_sync.asking.naming import Naming, Subject
from catalog_sync.docs.search import DocsSearch, Hit
from catalog_sync.docs.store import section_key
from catalog_sync.docs.wanted import Named
from catalog_sync.entity.model import Owner, RepositoryName
from catalog_sync.entity.refs import parse_ref
from catalog_sync.estate import Estate
from core.access import Visibility
from core.errors import DatabaseUnavailable

_LONGEST = 1_200
_NOT_SEARCHED = "The docs cannot be searched now, because the database does not answer."
_log = structlog.get_logger(__name__)


class DocsQuestions:
    """Questions to the docs.

    Args:
        search: Finds sections.
        stale_after: From which age on a page is marked as stale.
    """

    def __init__(self, search: DocsSearch, stale_after: timedelta) -> None:
        self._search = search
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
        naming, subjects = Naming(estate, seen), list[Subject]()

        def named(unknown: Sequence[str]) -> Named:
            subjects.append(naming.subject(query, unknown))
            return subjects[-1].named

        hits, stale = [], ""
        try:
            hits = self._search.search(
                query,
                seen,
                named=named,
                entity=reference(entity) if entity else None,
                limit=limit,
                stale_before=now - self._stale_after,
            )
        except (DatabaseUnavailable, OperationalError) as error:
            _log.warning("docs.not_searched", cause=str(error).partition("\n")[0])
            stale = _NOT_SEARCHED
        subject = subjects[-1] if subjects else naming.subject(query, ())
        passages = tuple(self._passage(estate, seen, hit, now) for hit in hits)
        owner = None if passages else _whom_to_ask(estate, seen, subject)
        return DocsAnswer(query, passages, synced_at, subject.about, owner, stale)

    def has_answer(self, query: str, seen: frozenset[Visibility]) -> bool:
        """Whether any section answers a question, whatever it names."""
        return bool(self._search.search(query, seen, limit=1))

    def key(self, query: str) -> str:
        """What a question asks for, in a form in which two who ask alike are equal."""
        return self._search.key(query)

    def _passage(self, estate: Estate, seen: frozenset[Visibility], hit: Hit, now: datetime) -> Passage:
        row = hit.section
        owners = owners_of(estate, seen, row.entity, row.repository, row.path)
        is_stale = row.edited_at is not None and now - row.edited_at > self._stale_after
        return Passage(
            entity=row.entity,
            entity_title=row.entity_title,
            owner=owners[0] if owners else None,
            page=row.page,
            path=row.path,
            heading=row.heading,
            url=row.url,
            text=row.text if len(row.text) <= _LONGEST else row.text[: _LONGEST - 1].rstrip() + "…",
            edited_at=row.edited_at,
            score=hit.score,
            is_stale=is_stale,
            repository=RepositoryName(*row.repository.split("/", 2)),
            excerpt=hit.excerpt,
            section=section_key(row.repository, row.path, row.anchor),
        )


def owners_of(
    estate: Estate, seen: frozenset[Visibility], entity: str, repository: str, path: str
) -> tuple[Owner, ...]:
    """Who owns a section of docs: the owners of its entity, else those of its file.

    Args:
        estate: The catalog.
        seen: What the asker may know of.
        entity: The reference that the section belongs to.
        repository: The key of its repository.
        path: The path of its page.
    """
    resolver = estate.resolver(seen)
    owners: Sequence[str] = ()
    card = estate.cards.get(entity)
    if card and card.is_ownable and card.visibility in seen:
        owners = resolver.of_entity(entity).owners
    elif repository in estate.repositories:
        owners = resolver.of_path(repository, path)[0].owners
    return tuple(map(estate.owner, owners))


def _whom_to_ask(estate: Estate, seen: frozenset[Visibility], subject: Subject) -> Owner | None:
    """Who owns what a question names, for a question that no page answers."""
    if subject.team:
        return estate.owner(subject.team)
    about = subject.about
    if about and estate.cards[about.ref].is_ownable:
        return next(iter(owners_of(estate, seen, about.ref, "", "")), None)
    known = sorted(key for key in subject.named.keys if key in estate.repositories)
    owners = [ref for key in known for ref in estate.resolver(seen).of_repository(key).owners]
    return estate.owner(owners[0]) if owners else None


def reference(text: str) -> str | None:
    """A reference as it is stored; None for what is none."""
    try:
        return str(parse_ref(text, "Component"))
    except ValueError:
        return None
