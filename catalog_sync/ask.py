"""The use cases that read: who owns it, where are the docs, find; each knows who asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from urllib.parse import urlsplit

from catalog_sync.answers import DocsAnswer, Link, Near, OwnerAnswer, Passage
from catalog_sync.docs.store import DocsStore, Hit, words_of
from catalog_sync.entity.model import Entity, RepositoryName, Resolution
from catalog_sync.entity.refs import parse_ref
from catalog_sync.estate import OWNABLE, Estate, EstateCache, Row, TeamProfile
from catalog_sync.names import Match, Named, spelt
from catalog_sync.records import repository_key
from catalog_sync.store import CatalogStore
from core.access import Asker, Visibility, visible_to
from core.clock import Clock
from core.settings import TeamSettings

_OWNING = (
    r"owns?|owned|owners?\s+of|owning|owner|(?:is\s+|are\s+)?responsible\s+for|maintains?|runs?|"
    r"(?:is\s+|are\s+)?in\s+charge\s+of|(?:is\s+|are\s+)?behind|looks?\s+after|to\s+ask\s+about|should\s+i\s+ask\s+about"
)
_ASKING = re.compile(
    r"^\s*(?:(?:please\s+)?(?:can|could)\s+(?:you|someone|anyone)\s+tell\s+me\s+)?"
    rf"(?:who(?:'s|\s+is|\s+are)?\s+(?:the\s+)?(?:(?:{_OWNING})\s+)?|(?:which|what)\s+team\s+(?:{_OWNING})\s+|whose\s+is\s+|(?:{_OWNING})\s+)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"\s*(?:owned\s+by|belongs?\s+to)?\s*[?!.]*\s*$", re.IGNORECASE)
_MOST_OWNED = 20
_GOOD_ENOUGH = 0.75
"""A passage has to have most of the question's words, or a heading that says it."""
_LONGEST = 1_200


@dataclass(frozen=True, slots=True)
class _Path:
    """A repository, and perhaps a path in it, as somebody wrote it."""

    repository: Row
    path: str


class Ask:
    """Questions to the catalog and to the docs."""

    def __init__(
        self,
        store: CatalogStore,
        clock: Clock,
        settings: TeamSettings,
        *,
        default_channel: str | None = None,
        stale_docs_days: int = 180,
    ) -> None:
        self._cache = EstateCache(store, settings, default_channel)
        self._docs = DocsStore(store.database)
        self._clock = clock
        self._stale_after = timedelta(days=stale_docs_days)

    def estate(self) -> Estate:
        """Everything the catalog holds now; for rooms that judge all of it."""
        return self._cache.now()[0]

    def warm_up(self) -> None:
        """Build now what the first question would wait a second for, where the catalog is large."""
        self.estate().prepare()

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names: an entity, a repository, a path, a team, a person or a channel."""
        estate, synced_at = self._cache.now()
        answer = _Owners(estate, visible_to(asker)).answer(subject_of(query))
        named = (*answer.members, *(lead for owner in answer.owners for lead in owner.leads))
        titles = {ref: estate.title(ref) for ref in named}
        return replace(answer, query=query, synced_at=synced_at, titles=titles)

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The passages of the docs that answer a question, best first; else whom to ask."""
        estate, synced_at = self._cache.now()
        seen = visible_to(asker)
        about = _about(estate, query, seen)
        only = _reference(entity) if entity else None
        hits = self._docs.search(_beyond(query, about), seen, entity=only, limit=limit * 4)
        good = [hit for hit in hits if hit.score >= _GOOD_ENOUGH]
        if about:
            good = sorted((_favoured(hit, about.ref) for hit in good), key=lambda hit: -hit.score)
        passages = tuple(self._passage(estate, hit) for hit in _distinct(good)[:limit])
        owner = None
        if not passages and about and about.ref in estate.entities:
            owners = estate.resolution(about.ref).owners if about.kind.lower() in OWNABLE else ()
            owner = estate.owner(owners[0]) if owners else None
        return DocsAnswer(query, passages, synced_at, about, owner)

    def find(self, query: str, asker: Asker, limit: int = 20) -> tuple[Near, ...]:
        """Things whose name fits, for pickers that search while a person types; all of them for nothing."""
        estate = self.estate()
        return _find(estate, query, visible_to(asker), OWNABLE, limit)

    def groups(self, query: str, asker: Asker, limit: int = 100) -> tuple[Near, ...]:
        """Groups whose name fits, by title; all of them for an empty query."""
        return _find(self.estate(), query, visible_to(asker), ("group",), limit)

    def team(self, ref: str) -> TeamProfile | None:
        """A team by its reference."""
        return self.estate().teams.get(ref.lower())

    def teams(self) -> tuple[TeamProfile, ...]:
        """Every team, in the order of references."""
        return tuple(self.estate().teams.values())

    def entity(self, ref: str) -> Entity | None:
        """An entity by its reference."""
        return self.estate().entities.get(ref.lower())

    def user_for_email(self, email: str) -> str | None:
        """The user with a mail address, as a reference."""
        return self.estate().users_by_mail.get(email.lower())

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups that a user is in, as references."""
        return frozenset(self.estate().teams_of.get(user.lower(), ()))

    def docs_summaries(self) -> dict[str, tuple[int, object, object, tuple[str, ...]]]:
        """For each repository's key what the index has of it: see ``DocsStore.summaries``."""
        return dict(self._docs.summaries())

    def _passage(self, estate: Estate, hit: Hit) -> Passage:
        row = hit.section
        owners: Sequence[str] = ()
        if row.entity in estate.entities and estate.entities[row.entity].ref.kind.lower() in OWNABLE:
            owners = estate.resolution(row.entity).owners
        elif row.repository in estate.repositories:
            owners = estate.repository_resolution(row.repository, row.path).owners
        is_stale = row.edited_at is not None and self._clock.now() - row.edited_at > self._stale_after
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


def subject_of(query: str) -> str:
    """What a question asks about: ``who owns the payments api?`` gives ``the payments api``."""
    text = _TRAILING.sub("", query.strip())
    return _ASKING.sub("", text, count=1).strip() or text


class _Owners:
    """One question about owners, for somebody who sees so much."""

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen

    def answer(self, subject: str) -> OwnerAnswer:
        if subject.startswith("#"):
            return self._channel(subject)
        by_ref = self._by_reference(subject)
        if by_ref:
            return by_ref
        place = self._place(subject)
        if place:
            return self._of_path(place)
        match = self._estate.names.find(subject.lstrip("@"), self._may_know)
        if len(match.found) == 1:
            return replace(self._of(match.found[0]), corrected=match.is_corrected)
        return self._several(match)

    def _may_know(self, thing: Named) -> bool:
        if thing.what == "entity":
            entity = self._estate.entities[thing.key]
            return entity.source.visibility in self._seen
        row = self._estate.repositories[thing.key]
        # A repository that an entity stands for is answered as that entity.
        return Visibility(row["visibility"]) in self._seen

    def _by_reference(self, subject: str) -> OwnerAnswer | None:
        if ":" not in subject or " " in subject:
            return None
        ref = _reference(subject)
        entity = self._estate.entities.get(ref) if ref else None
        if entity is None or entity.source.visibility not in self._seen:
            return None
        return self._of_entity(entity)

    def _place(self, subject: str) -> _Path | None:
        """``org/repo``, ``repo/path``, ``org/repo/path`` or the address of one on its host."""
        text, host = subject, ""
        if "://" in subject:
            parts = urlsplit(subject)
            host, text = parts.netloc.lower(), parts.path.strip("/").removesuffix(".git")
            text = re.sub(r"^([^/]+/[^/]+)/(?:blob|tree|raw|edit)/[^/]+", r"\1", text)
        if "/" not in text or " " in text:
            return None
        words = text.strip("/").split("/")
        first, second = words[0].lower(), words[1].lower() if len(words) > 1 else ""
        for row in self._called(second):
            if row["owner"].lower() == first:
                return _Path(row, "/".join(words[2:]))
        called = [] if host else self._called(first)
        return _Path(called[0], "/".join(words[1:])) if called else None

    def _called(self, name: str) -> list[Row]:
        rows = self._estate.repositories_called.get(name, ())
        return [row for row in rows if Visibility(row["visibility"]) in self._seen]

    def _of_path(self, place: _Path) -> OwnerAnswer:
        row, path = place.repository, place.path
        ref = self._estate.entity_of_repository.get(row["key"])
        if not path:
            return self._of_entity(self._estate.entities[ref]) if ref else self._of_repository(row)
        resolution = self._estate.repository_resolution(row["key"], path)
        codeowners = self._estate.codeowners(row["key"])
        rule = codeowners.owners_of(path) if codeowners else None
        if ref and rule is None:
            resolution = self._estate.resolution(ref)
        return self._shown(
            OwnerAnswer(
                "",
                "path",
                None,
                path=path,
                title=f"{row['name']}/{path}",
                entity=self._estate.entities[ref].ref if ref else None,
            ),
            row,
            resolution,
        )

    def _of(self, thing: Named) -> OwnerAnswer:
        if thing.what == "entity":
            return self._of_entity(self._estate.entities[thing.key])
        row = self._estate.repositories[thing.key]
        ref = self._estate.entity_of_repository.get(thing.key)
        return self._of_entity(self._estate.entities[ref]) if ref else self._of_repository(row)

    def _of_repository(self, row: Row) -> OwnerAnswer:
        answer = OwnerAnswer(
            "", "repository", None, title=row["name"], description=row["description"], type="repository"
        )
        return self._shown(answer, row, self._estate.repository_resolution(row["key"]))

    def _of_entity(self, entity: Entity) -> OwnerAnswer:
        kind = entity.ref.kind.lower()
        if kind == "group":
            return self._of_team(entity)
        if kind == "user":
            return self._of_person(entity)
        ref = str(entity.ref)
        key = repository_key(entity.source.repository) if entity.source.repository else ""
        answer = OwnerAnswer(
            "",
            "entity",
            None,
            entity=entity.ref,
            title=entity.title,
            description=entity.description,
            type=str(entity.spec.get("type") or entity.ref.kind),
            lifecycle=str(entity.spec.get("lifecycle") or ""),
            tags=tuple(str(tag) for tag in entity.metadata.get("tags") or ()),
            links=tuple(
                Link(str(link.get("title") or link["url"]), str(link["url"]))
                for link in entity.metadata.get("links") or ()
            ),
        )
        return self._shown(answer, self._estate.repositories.get(key), self._estate.resolution(ref))

    def _shown(self, answer: OwnerAnswer, row: Row | None, resolution: Resolution) -> OwnerAnswer:
        """An answer with its owners, their reasons and the repository filled in."""
        return replace(
            answer,
            repository=RepositoryName(row["host"], row["owner"], row["name"]) if row else None,
            repository_url=row["url"] if row else "",
            is_archived=bool(row and row["is_archived"]),
            owners=tuple(self._estate.owner(ref) for ref in resolution.owners),
            why=resolution.why,
            sources=tuple(Link(claim.source, claim.url) for claim in resolution.claims if claim.url),
            disagreements=(*self._unknown(resolution), *resolution.disagreements),
        )

    def _unknown(self, resolution: Resolution) -> tuple[str, ...]:
        return tuple(
            f"The catalog knows no {ref.partition(':')[0]} called {ref.rpartition('/')[2]}"
            for ref in resolution.owners
            if ref not in self._estate.entities
        )

    def _of_team(self, group: Entity) -> OwnerAnswer:
        ref = str(group.ref)
        team = self._estate.teams[ref]
        return replace(
            self._with_owned(ref),
            about="team",
            entity=group.ref,
            title=team.title,
            description=team.description,
            type=str(group.spec.get("type") or "team"),
            owners=(self._estate.owner(ref),),
            members=team.members,
            why=f"From {_origin(group)}",
            sources=(Link(_origin(group), group.source.url),) if group.source.url else (),
        )

    def _of_person(self, user: Entity) -> OwnerAnswer:
        ref = str(user.ref)
        return replace(
            self._with_owned(ref),
            about="person",
            entity=user.ref,
            title=self._estate.title(ref),
            type="person",
            owners=(self._estate.owner(ref),),
            members=self._estate.teams_of.get(ref, ()),
            why=f"From {_origin(user)}",
        )

    def _with_owned(self, ref: str) -> OwnerAnswer:
        owned = [
            item
            for item in self._estate.owned_by.get(ref, ())
            if self._estate.entities[item].source.visibility in self._seen
        ]
        near = tuple(self._near(item) for item in owned[:_MOST_OWNED])
        return OwnerAnswer("", "team", None, owns=near, owns_total=len(owned))

    def _channel(self, subject: str) -> OwnerAnswer:
        name = subject.split()[0].lower()
        teams = [team for team in self._estate.teams.values() if (team.channel or "").lower() == name]
        if Visibility.INTERNAL not in self._seen or not teams:
            return OwnerAnswer("", "nothing", None, suggestion=f"No team names {name} as its channel.")
        answer = self._of_team(self._estate.entities[teams[0].ref])
        return replace(
            answer, about="channel", title=name, owners=tuple(self._estate.owner(team.ref) for team in teams)
        )

    def _several(self, match: Match) -> OwnerAnswer:
        things = match.found or match.nearest
        near = tuple(dict.fromkeys(self._near(self._ref_of(thing)) for thing in things))
        return OwnerAnswer("", "nothing", None, alternatives=near[:5], is_ambiguous=bool(match.found))

    def _ref_of(self, thing: Named) -> str:
        return (
            thing.key
            if thing.what == "entity"
            else self._estate.entity_of_repository.get(thing.key, thing.key)
        )

    def _near(self, key: str) -> Near:
        entity = self._estate.entities.get(key)
        if entity:
            return Near(key, self._estate.title(key), entity.ref.kind)
        row = self._estate.repositories[key]
        return Near(f"{row['owner']}/{row['name']}", row["name"], "Repository")


def _origin(entity: Entity) -> str:
    return (
        "the GitHub team"
        if entity.source.provider == "github-teams"
        else entity.source.path or entity.source.location
    )


def _reference(text: str) -> str | None:
    try:
        return str(parse_ref(text, "Component"))
    except ValueError:
        return None


def _about(estate: Estate, query: str, seen: frozenset[Visibility]) -> Near | None:
    """The entity that a question names, word for word: the longest name wins."""
    named = (
        (len(phrase), ref)
        for phrase, ref in estate.phrases.within(query)
        if estate.entities[ref].source.visibility in seen
    )
    _length, ref = max(named, default=(0, ""))
    return Near(ref, estate.title(ref), estate.entities[ref].ref.kind) if ref else None


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


def _find(
    estate: Estate, query: str, seen: frozenset[Visibility], kinds: Sequence[str], limit: int
) -> tuple[Near, ...]:
    wanted = words_of(query)
    found = (
        Near(item.ref, item.title, item.entity.ref.kind)
        for item in estate.titled
        if all(word in item.words for word in wanted)
        and item.entity.ref.kind.lower() in kinds
        and item.entity.source.visibility in seen
    )
    return tuple(islice(found, limit))
