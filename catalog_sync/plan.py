"""Pure: what is stored and what a provider saw in, one plan of what to write and to remove out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog_sync.entity.descriptor import file_name
from catalog_sync.entity.model import Entity, Refusal
from catalog_sync.github.port import TeamSnapshot
from catalog_sync.providers.teams import PROVIDER as TEAMS
from catalog_sync.providers.teams import entities_of
from catalog_sync.records import Reading, RepositoryRecord, digest
from catalog_sync.store import entity_row, repository_row

_FEW = 3
"""So few removals are never held back, whatever their share."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """As much of a stored entity as a plan needs."""

    digest: str
    source: str
    provider: str
    repository: str | None
    location: str

    @property
    def is_team(self) -> bool:
        """Whether it was made from a team of the host, not from a descriptor."""
        return self.provider == TEAMS


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds, as far as one plan needs it: entities of all sources, the rest of one."""

    entities: Mapping[str, StoredEntity]
    docs_read: Mapping[str, str]
    """Repository key to the fingerprint of the docs that were read."""
    visibility: Mapping[str, str]
    teams: Mapping[str, str]
    """Team key to digest."""
    waiting: Sequence[tuple[str, str]] = ()
    """References that were refused because somebody else had claimed them, with the refused place."""


@dataclass(slots=True)
class Plan:
    """What one sync will do to the store."""

    entities: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)
    repositories: list[Row] = field(default_factory=list)
    teams: list[Row] = field(default_factory=list)
    gone_entities: list[str] = field(default_factory=list)
    gone_repositories: list[str] = field(default_factory=list)
    gone_teams: list[str] = field(default_factory=list)
    read_again: list[str] = field(default_factory=list)
    """Repositories to read at the next sync though they did not change."""
    shown_to: dict[str, str] = field(default_factory=dict)
    """Repositories that are shown to others than before: key to the new visibility."""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refusal_owners: list[str] = field(default_factory=list)
    held: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the catalog stays as it is."""
        changes = (self.entities, self.repositories, self.teams)
        gone = (self.gone_entities, self.gone_repositories, self.gone_teams)
        return not any((*changes, *gone))


def plan_of(source: str, reading: Reading, stored: Stored, hold_over: float) -> Plan:
    """What has to be written so that the store says what the provider saw.

    Args:
        source: The source that was read.
        reading: What it holds now.
        stored: What the store holds.
        hold_over: The share of the source's entities, or of its repositories, that may vanish at
            once; when more would, nothing is removed and ``held`` is set.
    """
    return _Planner(source, reading, stored).plan(hold_over)


class _Planner:
    """Makes one plan."""

    def __init__(self, source: str, reading: Reading, stored: Stored) -> None:
        self._source = source
        self._reading = reading
        self._stored = stored
        self._records = sorted(reading.changed, key=lambda record: (record.created_at, record.key))
        self._changed = {record.key for record in self._records}
        self._plan = Plan()
        self._kept: set[str] = set()
        self._taken: dict[str, str] = {}
        self._claims: dict[str, str] = {}

    def plan(self, hold_over: float) -> Plan:
        plan, stored = self._plan, self._stored
        if self._reading.is_complete:
            plan.gone_repositories = sorted(set(stored.docs_read) - self._reading.existing)
        leaving = self._changed | set(plan.gone_repositories)
        # Names that stay taken: entities whose file was not read again this time.
        self._taken = {
            ref: row.location
            for ref, row in stored.entities.items()
            if row.repository not in leaving and not row.is_team
        }
        self._keep_what_cannot_be_read()
        self._claims = self._first_claims()
        for record in self._records:
            self._plan_repository(record)
        if self._reading.teams is not None:
            self._plan_teams(self._reading.teams)
        mine = {ref: row for ref, row in stored.entities.items() if row.source == self._source}
        gone = {
            ref
            for ref, row in mine.items()
            if row.repository in leaving or (self._reading.teams is not None and row.is_team)
        }
        plan.gone_entities = sorted(gone - self._kept)
        self._hold(len(mine), hold_over)
        freed = set(plan.gone_entities)
        plan.read_again = sorted(
            {owner for ref, owner in stored.waiting if ref in freed and owner not in self._changed}
        )
        return plan

    def _keep_what_cannot_be_read(self) -> None:
        """A file with a fault removes nothing: what it said before stays until somebody mends it."""
        faulty = {record.key: record for record in self._records if record.refusals}
        for ref, row in self._stored.entities.items():
            record = faulty.get(row.repository or "")
            if record and row.source == self._source and all(str(e.ref) != ref for e in record.entities):
                self._taken[ref] = row.location
                self._kept.add(ref)

    def _first_claims(self) -> dict[str, str]:
        """Which of the repositories that were read may have a name: who has it, else the oldest."""
        claims: dict[str, str] = {}
        for record in self._records:
            for entity in record.entities:
                ref = str(entity.ref)
                before = self._stored.entities.get(ref)
                if before is not None and before.repository == record.key:
                    claims[ref] = record.key
                claims.setdefault(ref, record.key)
        return claims

    def _plan_repository(self, record: RepositoryRecord) -> None:
        plan, stored = self._plan, self._stored
        plan.repositories.append(repository_row(record, self._source, stored.docs_read.get(record.key, "")))
        plan.refusal_owners.append(record.key)
        if stored.visibility.get(record.key, str(record.visibility)) != str(record.visibility):
            plan.shown_to[record.key] = str(record.visibility)
        refused: list[tuple[Refusal, str | None]] = [(refusal, None) for refusal in record.refusals]
        for entity in record.entities:
            ref = str(entity.ref)
            first = self._taken.get(ref) or self._claimed_by_another(ref, record)
            if first:
                refused.append((_conflict(entity, first), ref))
                continue
            self._taken[ref] = entity.source.location
            self._kept.add(ref)
            self._plan_entity(entity_row(entity, self._source, record.key))
        plan.refusals += [
            _refusal_row(self._source, record, number, refusal, conflict)
            for number, (refusal, conflict) in enumerate(refused)
        ]

    def _claimed_by_another(self, ref: str, record: RepositoryRecord) -> str | None:
        key = self._claims[ref]
        if key == record.key:
            return None
        winner = next(other for other in self._records if other.key == key)
        return next(entity.source.location for entity in winner.entities if str(entity.ref) == ref)

    def _plan_entity(self, row: Row) -> None:
        before = self._stored.entities.get(row["ref"])
        if before is not None and before.digest == row["digest"]:
            return
        self._plan.entities.append(row)
        (self._plan.changed if before is not None else self._plan.added).append(row["ref"])

    def _plan_teams(self, snapshots: Sequence[TeamSnapshot]) -> None:
        """Teams become Groups and their members Users, except where somebody else describes them."""
        seen = set()
        for team in snapshots:
            row = _team_row(self._source, team)
            seen.add(row["key"])
            if self._stored.teams.get(row["key"]) != row["digest"]:
                self._plan.teams.append(row)
        self._plan.gone_teams = sorted(set(self._stored.teams) - seen)
        for entity in entities_of(snapshots):
            ref = str(entity.ref)
            before = self._stored.entities.get(ref)
            # Two organisations with a team of one name, or a person in both: the first keeps it,
            # else the two would take it from each other at every sync.
            is_theirs = before is not None and before.is_team and before.source != self._source
            if ref in self._taken or is_theirs:
                continue
            self._kept.add(ref)
            self._plan_entity(entity_row(entity, self._source, None))

    def _hold(self, known: int, hold_over: float) -> None:
        """Too many at once looks like a mistake of the source: keep them, and say so."""
        plan = self._plan
        entities, repositories = len(plan.gone_entities), len(plan.gone_repositories)
        are_many = entities > _FEW and entities > hold_over * known
        are_many |= repositories > _FEW and repositories > hold_over * len(self._stored.docs_read)
        if not are_many:
            return
        plan.held = True
        held = {self._stored.entities[ref].repository for ref in plan.gone_entities}
        for row in plan.repositories:
            # Read again next time, else what was held back now would never be looked at again.
            row["fingerprint"] = "" if row["key"] in held else row["fingerprint"]
        plan.gone_entities, plan.gone_repositories, plan.gone_teams = [], [], []


def _conflict(entity: Entity, first: str) -> Refusal:
    place = f"{file_name(entity.source)}:{entity.source.line}:1"
    message = f"{entity.ref} is already described in {first}; the first one is kept"
    return Refusal(place, message, entity.source, "a name of its own", str(entity.ref))


def _refusal_row(
    source: str, record: RepositoryRecord, number: int, refusal: Refusal, conflict: str | None
) -> Row:
    return {
        "owner_key": record.key,
        "position": number,
        "source": source,
        "place": refusal.where,
        "message": refusal.message,
        "expected": refusal.expected,
        "found": refusal.found,
        "conflict": conflict,
        "visibility": str(record.visibility),
    }


def _team_row(source: str, team: TeamSnapshot) -> Row:
    values: Row = {
        "key": f"{team.host}/{team.organization}/{team.slug}".lower(),
        "host": team.host,
        "organization": team.organization,
        "slug": team.slug,
        "source": source,
        "name": team.name,
        "description": team.description,
        "parent_slug": team.parent_slug,
        "url": team.url,
        "members": [
            {"login": m.login, "name": m.name, "email": m.email, "is_maintainer": m.is_maintainer}
            for m in team.members
        ],
        "repositories": dict(team.repositories),
    }
    return {**values, "digest": digest(values)}
