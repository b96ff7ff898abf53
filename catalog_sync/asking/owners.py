"""Who owns what a question names: the answer with its reasons, for somebody who sees so much."""

from collections.abc import Iterable
from dataclasses import replace

from catalog_sync.answers import Link, Near, OwnerAnswer
from catalog_sync.asking.finding import Finding
from catalog_sync.asking.found import Channel, Found, Place, Several, Unknown
from catalog_sync.asking.placing import PlaceFinding
from catalog_sync.asking.question import Question
from catalog_sync.asking.registering import register_page
from catalog_sync.entity.model import Owner, RepositoryName, Resolution
from catalog_sync.estate import Estate
from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.names import Match, Named
from catalog_sync.ownership.team import on_call_of
from core.access import Visibility

_MOST_OWNED = 20
_DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")
_MOST_ALTERNATIVES = 5


class OwnerQuestions:
    """Questions about owners.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen
        self._finding = Finding(estate, seen)
        self._known = PlaceFinding(estate, seen)
        self._resolver = estate.resolver(seen)

    def answer(self, question: Question) -> OwnerAnswer:
        """Who owns what a question is about."""
        return self._of(self._finding.find(question))

    def _of(self, found: Found) -> OwnerAnswer:
        if isinstance(found, Match):
            return self._of_match(found)
        if isinstance(found, Card):
            return self._of_card(found)
        if isinstance(found, Place):
            return self._of_place(found)
        if isinstance(found, Channel):
            return self._of_channel(found)
        if isinstance(found, Several):
            return self._nothing(map(self._near, found.keys), is_ambiguous=True)
        return self._of_unknown(found)

    # -- one thing -------------------------------------------------------------------------------------------

    def _of_match(self, match: Match) -> OwnerAnswer:
        if len(match.found) != 1:
            things = match.found or match.nearest
            return self._nothing(map(self._near_named, things), is_ambiguous=bool(match.found))
        thing = match.found[0]
        others = (self._near_named(other) for other in match.others)
        answer = self._of_named(thing)
        subject = str(answer.entity) if answer.entity else thing.key
        also = tuple(dict.fromkeys(near for near in others if near.ref != subject))
        if answer.about == "repository":
            # What lies in it tells more than what else is called like it.
            also = (*answer.alternatives, *(near for near in also if near not in answer.alternatives))
        return replace(answer, corrected=match.is_corrected, alternatives=also[:_MOST_ALTERNATIVES])

    def _of_named(self, thing: Named) -> OwnerAnswer:
        if thing.what == "entity":
            return self._of_card(self._estate.cards[thing.key])
        return self._of_place(Place(self._estate.repositories[thing.key]))

    def _of_card(self, card: Card) -> OwnerAnswer:
        if card.kind == "group":
            return self._of_team(card)
        return self._of_person(card) if card.kind == "user" else self._of_entity(card)

    def _of_entity(self, card: Card) -> OwnerAnswer:
        entity, home = card.entity(), self._estate.places.home(card.ref)
        repository = self._estate.repositories.get(home.key if home else card.key)
        answer = OwnerAnswer(
            "",
            "entity",
            None,
            entity=entity.ref,
            title=card.title,
            description=entity.description,
            type=str(entity.spec.get("type") or entity.ref.kind),
            lifecycle=str(entity.spec.get("lifecycle") or ""),
            tags=tuple(str(tag) for tag in entity.metadata.get("tags") or ()),
            links=tuple(
                Link(str(link.get("title") or link["url"]), str(link["url"]))
                for link in entity.metadata.get("links") or ()
            ),
        )
        return self._shown(answer, repository, self._resolver.of_entity(card.ref), card)

    def _of_place(self, place: Place) -> OwnerAnswer:
        if place.path:
            return self._of_path(place)
        row = place.repository
        ref = self._estate.entity_of_repository.get(row.key)
        if ref and self._known.sees(self._estate.cards[ref]):
            return self._of_entity(self._estate.cards[ref])
        answer = OwnerAnswer(
            "", "repository", None, title=row.name, description=row.description, type="repository"
        )
        entries = [ref for ref in self._estate.places.entries(row.key) if self._sees(ref)]
        answer = replace(answer, alternatives=tuple(map(self._near, entries[:_MOST_ALTERNATIVES])))
        notes = () if entries else (_refused(row) or self._share_without_entry(),)
        shown = self._shown(answer, row, self._resolver.of_repository(row.key))
        return replace(shown, notes=(*notes, *shown.notes), register_url=self._register_url(row))

    def _of_path(self, place: Place) -> OwnerAnswer:
        row = place.repository
        resolution, ref = self._resolver.of_path(row.key, place.path)
        card = self._estate.cards[ref] if ref else None
        accountable = self._resolver.owners(ref) if ref else ()
        answer = OwnerAnswer(
            "",
            "path",
            None,
            path=place.path,
            lines=place.lines,
            title=f"{row.name}/{place.path}",
            entity=card.entity().ref if card else None,
            accountable=tuple(map(self._estate.owner, accountable)),
        )
        return self._shown(answer, row, resolution, card)

    def _shown(
        self,
        answer: OwnerAnswer,
        row: KnownRepository | None,
        resolution: Resolution,
        card: Card | None = None,
    ) -> OwnerAnswer:
        """An answer with its owners, their reasons and the repository filled in."""
        owners = tuple(map(self._estate.owner, resolution.owners))
        unknown = tuple(
            f"The catalog knows no {owner.kind.lower()} called {owner.title}"
            for owner in owners
            if not owner.is_known
        )
        return replace(
            answer,
            repository=RepositoryName(row.host, row.owner, row.name) if row else None,
            repository_url=row.url if row else "",
            is_archived=bool(row and row.is_archived),
            owners=owners,
            why=resolution.why,
            sources=tuple(Link(claim.source, claim.url) for claim in resolution.claims if claim.url),
            disagreements=(*unknown, *resolution.disagreements),
            notes=tuple(self._notes(row, resolution, card)),
            on_call=self._on_call(owners, card),
            source_url=card.url if card else "",
        )

    def _on_call(self, owners: Iterable[Owner], card: Card | None = None) -> tuple[str, ...]:
        """Who is on duty: as the thing says, else as its owners say."""
        own = on_call_of(card.entity()) if card else ()
        of_owners = (
            self._estate.teams[owner.ref].on_call for owner in owners if owner.ref in self._estate.teams
        )
        return own or tuple(dict.fromkeys(ref for refs in of_owners for ref in refs))

    def _register_url(self, row: KnownRepository) -> str:
        """The page on which a repository can be given an entry; empty for one that has some, or is archived."""
        is_on_page = row.url.startswith(("https://", "http://"))
        has_some = _refused(row) or any(map(self._sees, self._estate.places.entries(row.key)))
        if not is_on_page or row.is_archived or has_some:
            return ""
        return register_page(row, self._resolver.of_repository(row.key).owners)

    def _notes(self, row: KnownRepository | None, resolution: Resolution, card: Card | None) -> Iterable[str]:
        if card and card.gone_at:
            since = card.gone_at.date().isoformat()
            yield f"Its file no longer describes {card.title} since {since}; it will leave the catalog"
        codeowners = self._estate.codeowners(row.key) if row else None
        named = resolution.claims[0].source if resolution.claims else ""
        if codeowners and codeowners.faults and "spec.owner" not in named:
            fault = codeowners.faults[0]
            more = f", and {len(codeowners.faults) - 1} more" if len(codeowners.faults) > 1 else ""
            found = f" ({fault.found})" if fault.found else ""
            yield f"GitHub skips CODEOWNERS line {fault.line}: {fault.message}{found}{more}"

    def _share_without_entry(self) -> str:
        seen = [row for row in self._estate.repositories.values() if row.visibility in self._seen]
        without = sum(1 for _row in self._estate.without_entry(self._seen))
        return f"It has no entry in the catalog; {without} of {len(seen)} repositories have none"

    # -- people ----------------------------------------------------------------------------------------------

    def _of_team(self, group: Card) -> OwnerAnswer:
        entity, team = group.entity(), self._estate.teams[group.ref]
        origin = _origin(group)
        return replace(
            self._with_owned(group.ref),
            about="team",
            entity=entity.ref,
            title=team.title,
            description=team.description,
            type=str(entity.spec.get("type") or "team"),
            owners=(self._estate.owner(group.ref),),
            members=team.members,
            on_call=team.on_call,
            source_url=group.url,
            why=f"From {origin}",
            sources=(Link(origin, group.url),) if group.url else (),
            notes=tuple(self._notes(None, Resolution((), ""), group)),
        )

    def _of_person(self, user: Card) -> OwnerAnswer:
        return replace(
            self._with_owned(user.ref),
            about="person",
            entity=user.entity().ref,
            title=user.title,
            type="person",
            owners=(self._estate.owner(user.ref),),
            members=self._estate.teams_of.get(user.ref, ()),
            why=f"From {_origin(user)}",
            notes=tuple(self._notes(None, Resolution((), ""), user)),
        )

    def _with_owned(self, ref: str) -> OwnerAnswer:
        owned = self._estate.owned_by(self._seen).get(ref, ())
        near = tuple(map(self._near, owned[:_MOST_OWNED]))
        return OwnerAnswer("", "team", None, owns=near, owns_total=len(owned))

    def _of_channel(self, channel: Channel) -> OwnerAnswer:
        name = channel.names[0]
        teams = [
            team.ref
            for team in self._estate.teams.values()
            if (team.channel or "").lower() in channel.names and self._sees(team.ref)
        ]
        # The channel that all teams have in common says nothing; a team's own goes first.
        own = [ref for ref in teams if "default" not in self._estate.teams[ref].channel_source]
        teams = own or teams
        if Visibility.INTERNAL not in self._seen or not teams:
            return OwnerAnswer("", "nothing", None, suggestion=f"No team names {name} as its channel.")
        answer = self._of_team(self._estate.cards[teams[0]])
        return replace(answer, about="channel", title=name, owners=tuple(map(self._estate.owner, teams)))

    # -- nothing ---------------------------------------------------------------------------------------------

    def _of_unknown(self, unknown: Unknown) -> OwnerAnswer:
        name = unknown.what.rpartition("/")[2].lstrip("@").partition("@")[0]
        kinds = ("group", "user") if "@" in unknown.what else ()
        match = self._estate.names.find(name, self._known.allowed(*kinds))
        return self._nothing(map(self._near_named, (*match.found, *match.nearest)))

    def _nothing(self, things: Iterable[Near], *, is_ambiguous: bool = False) -> OwnerAnswer:
        near = tuple(dict.fromkeys(things))[:_MOST_ALTERNATIVES]
        row = None if is_ambiguous else next(filter(None, map(self._unlisted, near)), None)
        return OwnerAnswer(
            "",
            "nothing",
            None,
            alternatives=near,
            is_ambiguous=is_ambiguous,
            suggestion=self._said_of(row) if row else "",
            register_url=self._register_url(row) if row else "",
        )

    def _unlisted(self, near: Near) -> KnownRepository | None:
        """The repository that was perhaps meant, where it has no entry of its own."""
        if near.kind != "Repository":
            return None
        rows = (row for row in self._known.called(near.title) if row.full_name == near.ref)
        return next(
            (row for row in rows if not any(map(self._sees, self._estate.places.entries(row.key)))), None
        )

    def _said_of(self, row: KnownRepository) -> str:
        """What is known of a repository that has no entry."""
        resolution = self._resolver.of_repository(row.key)
        names = " and ".join(map(self._estate.title, resolution.owners))
        source = resolution.claims[0].source.partition(" line ")[0] if resolution.claims else ""
        says = f"; its {source} says {names}" if names and source else ""
        return f"{row.full_name} is not in the catalog yet{says}."

    def _near_named(self, thing: Named) -> Near:
        return self._near(
            thing.key if thing.what == "entity" else self._visible_entity(thing.key) or thing.key
        )

    def _visible_entity(self, key: str) -> str | None:
        ref = self._estate.entity_of_repository.get(key)
        return ref if ref and self._sees(ref) else None

    def _near(self, key: str) -> Near:
        card = self._estate.cards.get(key)
        if card:
            return Near(key, card.title, card.written[0])
        row = self._estate.repositories[key]
        return Near(row.full_name, row.name, "Repository")

    def _sees(self, ref: str) -> bool:
        return self._known.sees(self._estate.cards[ref])


def _origin(card: Card) -> str:
    return "the GitHub team" if card.provider == "github-teams" else card.path or card.written[3]


def _refused(row: KnownRepository) -> str:
    """That a repository without an entry has a descriptor all the same; empty for one that has none."""
    file = next((name for name in _DESCRIPTORS if name in row.root), "")
    return f"Its {file} is not in the catalog: it is refused, or waits for the next sync" if file else ""
