"""Everything that the catalog holds, in memory, as long as nothing changed; what answers are made from."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from catalog_sync.entity.model import Entity, EntityRef, Owner, Resolution
from catalog_sync.entity.refs import parse_ref
from catalog_sync.names import Named, NameIndex, PhraseIndex
from catalog_sync.ownership.codeowners import Codeowners, owner_ref, parse
from catalog_sync.ownership.resolve import resolve
from catalog_sync.ownership.team import channel_of, leads_of
from catalog_sync.records import repository_key
from catalog_sync.store import CatalogStore
from core.settings import TeamSettings

_RANKS = {
    "component": 0,
    "system": 1,
    "group": 2,
    "api": 3,
    "resource": 4,
    "domain": 5,
    "template": 6,
    "user": 7,
}
_REPOSITORY_RANK = 8
_ADMIN = ("ADMIN", "MAINTAIN")
OWNABLE = ("component", "api", "resource", "system", "domain", "template")
"""Kinds that have an owner."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TeamProfile:
    """One team with everything that is known of it; references are in lower case."""

    ref: str
    title: str
    description: str
    channel: str | None
    channel_source: str
    leads: tuple[str, ...]
    lead_source: str
    members: tuple[str, ...]
    parent: str | None
    children: tuple[str, ...]
    host: str = ""
    slug: str = ""
    """The GitHub team, where there is one."""


@dataclass(frozen=True, slots=True)
class Titled:
    """One entity with what it is found by: ``words`` holds its reference and title in lower case."""

    ref: str
    title: str
    words: str
    entity: Entity


class Estate:
    """One state of the catalog; built from few queries, never changed."""

    def __init__(
        self,
        entities: list[Entity],
        repositories: list[Row],
        teams: list[Row],
        settings: TeamSettings,
        default_channel: str | None,
    ) -> None:
        self.entities: dict[str, Entity] = {str(entity.ref): entity for entity in entities}
        self.repositories: dict[str, Row] = {row["key"]: row for row in repositories}
        self._teams = {row["slug"].lower(): row for row in teams}
        self._settings = settings
        self._default_channel = default_channel
        self._codeowners: dict[str, Codeowners] = {}
        self._resolutions: dict[str, Resolution] = {}

    def prepare(self) -> None:
        """Build every index that questions use."""
        for index in ("names", "phrases", "titled", "repositories_called", "owned_by", "teams_of"):
            getattr(self, index)

    @cached_property
    def names(self) -> NameIndex:
        """The names of all entities, and of the repositories that have none."""
        things = [
            _named_entity(entity)
            for entity in self.entities.values()
            if entity.ref.kind.lower() != "location"
        ]
        things += [_named_repository(row) for row in self.repositories.values()]
        return NameIndex(things)

    @cached_property
    def phrases(self) -> PhraseIndex:
        """The names and titles of everything that has an owner, as they stand in questions."""
        return PhraseIndex(
            (name, ref)
            for ref, entity in self.entities.items()
            if entity.ref.kind.lower() in OWNABLE
            for name in (entity.ref.name, str(entity.metadata.get("title") or ""))
        )

    @cached_property
    def titled(self) -> tuple[Titled, ...]:
        """Every entity in the order of titles, for pickers."""
        found = []
        for ref, entity in self.entities.items():
            title = self.title(ref)
            found.append(Titled(ref, title, f"{ref} {title}".lower(), entity))
        return tuple(sorted(found, key=lambda item: item.title.lower()))

    @cached_property
    def repositories_called(self) -> dict[str, tuple[Row, ...]]:
        """Name in lower case, without the owner, to the repositories of that name."""
        found: dict[str, list[Row]] = {}
        for row in self.repositories.values():
            found.setdefault(row["name"].lower(), []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def entity_of_repository(self) -> dict[str, str]:
        """Repository key to the reference of the entity that stands for it."""
        best: dict[str, tuple[int, str]] = {}
        for ref, entity in self.entities.items():
            if entity.source.repository and entity.ref.kind.lower() in OWNABLE:
                key = repository_key(entity.source.repository)
                found = (_RANKS.get(entity.ref.kind.lower(), 9), ref)
                best[key] = min(best.get(key, found), found)
        return {key: ref for key, (_rank, ref) in best.items()}

    @cached_property
    def owned_by(self) -> dict[str, tuple[str, ...]]:
        """Owner reference to what it owns, in the order of names."""
        found: dict[str, list[str]] = {}
        for ref in sorted(self.entities):
            if self.entities[ref].ref.kind.lower() in OWNABLE:
                for owner in self.resolution(ref).owners[:1]:
                    found.setdefault(owner, []).append(ref)
        return {owner: tuple(refs) for owner, refs in found.items()}

    @cached_property
    def teams(self) -> dict[str, TeamProfile]:
        """Every group by reference."""
        groups = {ref: entity for ref, entity in self.entities.items() if entity.ref.kind.lower() == "group"}
        children: dict[str, list[str]] = {}
        parents = {ref: self._parent_of(entity) for ref, entity in groups.items()}
        for ref, parent in parents.items():
            if parent:
                children.setdefault(parent, []).append(ref)
        return {
            ref: self._team(ref, entity, parents[ref], tuple(sorted(children.get(ref, ()))))
            for ref, entity in sorted(groups.items())
        }

    @cached_property
    def teams_of(self) -> dict[str, tuple[str, ...]]:
        """User reference to the groups that they are in."""
        found: dict[str, list[str]] = {}
        for ref, team in self.teams.items():
            for member in team.members:
                found.setdefault(member, []).append(ref)
        return {user: tuple(refs) for user, refs in found.items()}

    @cached_property
    def users_by_mail(self) -> dict[str, str]:
        """Mail address in lower case to user reference."""
        found = {}
        for ref, entity in self.entities.items():
            profile = entity.spec.get("profile")
            mail = (
                profile.get("email")
                if entity.ref.kind.lower() == "user" and isinstance(profile, dict)
                else None
            )
            if isinstance(mail, str):
                found[mail.lower()] = ref
        return found

    def title(self, ref: str) -> str:
        """What a reference is called by people; its name when the catalog does not know it."""
        entity = self.entities.get(ref)
        if entity is None:
            return ref.rpartition("/")[2]
        profile = entity.spec.get("profile")
        shown = profile.get("displayName") if isinstance(profile, dict) else None
        return str(entity.metadata.get("title") or shown or entity.ref.name)

    def owner(self, ref: str) -> Owner:
        """An owner as answers name it, with its channel and leads where it is a team."""
        team = self.teams.get(ref)
        kind = "User" if ref.startswith("user:") else "Group"
        if team is None:
            return Owner(ref, self.title(ref), kind)
        return Owner(ref, team.title, kind, team.channel, team.channel_source, team.leads, team.lead_source)

    def codeowners(self, key: str) -> Codeowners | None:
        """The CODEOWNERS of a repository, read once."""
        row = self.repositories.get(key)
        if row is None or row["codeowners"] is None:
            return None
        if key not in self._codeowners:
            self._codeowners[key] = parse(row["codeowners"], row["codeowners_path"])
        return self._codeowners[key]

    def resolution(self, ref: str) -> Resolution:
        """Who owns an entity, and why."""
        if ref not in self._resolutions:
            entity = self.entities[ref]
            key = repository_key(entity.source.repository) if entity.source.repository else ""
            self._resolutions[ref] = self._resolve(
                _spec_owner(entity), key, entity.source.path, entity.source.url
            )
        return self._resolutions[ref]

    def repository_resolution(self, key: str, path: str = "") -> Resolution:
        """Who owns a repository without a descriptor, or a path in one, and why."""
        return self._resolve(None, key, path, "")

    def _resolve(self, owner: EntityRef | None, key: str, path: str, url: str) -> Resolution:
        codeowners, row = self.codeowners(key), self.repositories.get(key)
        rule = None
        if codeowners:
            # A component is more than its descriptor's path: the catch-all speaks for it first.
            rule = (
                codeowners.owners_of(path)
                if path and owner is None
                else codeowners.catch_all or codeowners.owners_of(path)
            )
        place = f"{codeowners.path.rpartition('/')[2]} line {rule.line}" if codeowners and rule else ""
        admins = self._admins.get(f"{row['owner']}/{row['name']}", ()) if row else ()
        page = f"{row['url']}/blob/{row['default_branch']}/{codeowners.path}" if row and codeowners else ""
        return resolve(
            entity_owner=owner,
            codeowners=[owner_ref(name) for name in rule.owners] if rule else [],
            codeowners_place=place,
            admin_teams=[EntityRef("Group", "default", slug) for slug in admins],
            titles=_Titles(self),
            descriptor_url=url,
            codeowners_url=page,
        )

    @cached_property
    def _admins(self) -> dict[str, list[str]]:
        """Full name of a repository to the teams that may administer it, in the order of their names."""
        found: dict[str, list[str]] = {}
        for slug, team in sorted(self._teams.items()):
            for full_name, permission in team["repositories"].items():
                if permission in _ADMIN:
                    found.setdefault(full_name, []).append(slug)
        return found

    def _parent_of(self, group: Entity) -> str | None:
        written = group.spec.get("parent")
        row = self._teams.get(group.ref.name.lower())
        name = written or (row["parent_slug"] if row else None)
        return _ref_or_none(name, "Group", group.ref.namespace)

    def _team(self, ref: str, group: Entity, parent: str | None, children: tuple[str, ...]) -> TeamProfile:
        row = self._teams.get(group.ref.name.lower())
        described = group if group.source.provider != "github-teams" else None
        name = group.ref.name
        members = row["members"] if row else []
        written = [
            _ref_or_none(member, "User", group.ref.namespace) for member in group.spec.get("members") or ()
        ]
        maintainers = [
            f"user:default/{member['login']}".lower() for member in members if member["is_maintainer"]
        ]
        channel, channel_source = channel_of(described, name, self._settings.channels, self._default_channel)
        leads, lead_source = leads_of(described, name, maintainers, self._settings.leads)
        everyone = [
            *filter(None, written),
            *(f"user:default/{member['login']}".lower() for member in members),
        ]
        return TeamProfile(
            ref=ref,
            title=self.title(ref),
            description=group.description,
            channel=channel,
            channel_source=channel_source,
            leads=leads,
            lead_source=lead_source,
            members=tuple(dict.fromkeys(everyone)),
            parent=parent,
            children=children,
            host=row["host"] if row else "",
            slug=row["slug"] if row else "",
        )


class _Titles(Mapping[str, str]):
    """Titles looked up only when a disagreement has to be told."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def __getitem__(self, ref: str) -> str:
        return self._estate.title(ref)

    def __iter__(self) -> Any:
        return iter(self._estate.entities)

    def __len__(self) -> int:
        return len(self._estate.entities)


class EstateCache:
    """The estate of now: built again only when the catalog's generation has risen."""

    def __init__(self, store: CatalogStore, settings: TeamSettings, default_channel: str | None) -> None:
        self._store = store
        self._settings = settings
        self._default_channel = default_channel
        self._lock = threading.Lock()
        self._generation = -1
        self._estate: Estate | None = None

    def now(self) -> tuple[Estate, datetime | None]:
        """The estate, and when it was last known to be right."""
        generation = self._store.generation()
        with self._lock:
            if self._estate is None or generation != self._generation:
                self._estate = Estate(
                    self._store.entities(),
                    self._store.repositories(),
                    self._store.teams(),
                    self._settings,
                    self._default_channel,
                )
                self._generation = generation
            return self._estate, self._store.synced_at()


def _named_entity(entity: Entity) -> Named:
    names = [entity.ref.name, str(entity.metadata.get("title") or "")]
    profile = entity.spec.get("profile")
    if isinstance(profile, dict):
        names.append(str(profile.get("displayName") or ""))
    slug = entity.annotations.get("github.com/project-slug", "")
    names += [slug.rpartition("/")[2]]
    rank = _RANKS.get(entity.ref.kind.lower(), 9)
    return Named("entity", str(entity.ref), rank, tuple(name for name in names if name))


def _named_repository(row: Row) -> Named:
    return Named("repository", row["key"], _REPOSITORY_RANK, (row["name"], f"{row['owner']}/{row['name']}"))


def _spec_owner(entity: Entity) -> EntityRef | None:
    written = entity.spec.get("owner")
    if not isinstance(written, str) or not written:
        return None
    return parse_ref(written, "Group", entity.ref.namespace)


def _ref_or_none(written: Any, kind: str, namespace: str) -> str | None:
    if not isinstance(written, str) or not written:
        return None
    return str(parse_ref(written, kind, namespace))
