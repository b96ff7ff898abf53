"""Pure: some repositories as they are now and what is stored of them in, what has to be written out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog_sync.entity.descriptor import file_name
from catalog_sync.entity.gather import MAX_REFUSALS
from catalog_sync.entity.model import Entity, Refusal
from catalog_sync.providers.teams import PROVIDER as TEAMS
from catalog_sync.records import RepositoryRecord
from catalog_sync.store import entity_row, repository_row

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEntity:
    """As much of a stored entity as a plan needs."""

    digest: str
    source: str
    provider: str
    repository: str | None
    location: str
    is_orphan: bool = False
    """Whether its file says nothing of it any more."""

    @property
    def is_team(self) -> bool:
        """Whether it was made from a team of the host, not from a descriptor."""
        return self.provider == TEAMS


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of some repositories, and of everything that has one of their entities' names."""

    entities: Mapping[str, StoredEntity]
    docs_read: Mapping[str, str] = field(default_factory=dict)
    """Repository key to the fingerprint of the docs that were read."""
    visibility: Mapping[str, str] = field(default_factory=dict)
    born: Mapping[str, datetime] = field(default_factory=dict)
    """Entities that are new in this walk, with the moment when their repository was made."""


@dataclass(slots=True)
class Plan:
    """What will be done to the store."""

    entities: list[Row] = field(default_factory=list)
    refusals: list[Row] = field(default_factory=list)
    repositories: list[Row] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    """Entities of which their file says nothing any more since now."""
    shown_to: dict[str, str] = field(default_factory=dict)
    """Repositories that are shown to others than before: key to the new visibility."""
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    born: dict[str, datetime] = field(default_factory=dict)
    """See ``Stored.born``."""
    displaced: list[str] = field(default_factory=list)
    """Keys of repositories that lost a name to an older one, and have to be told so: they are read again."""

    @property
    def is_empty(self) -> bool:
        """Whether the catalog stays as it is."""
        return not (self.entities or self.repositories or self.orphans)

    def put(self, row: Row, stored: Mapping[str, StoredEntity]) -> None:
        """Write an entity, unless it is stored just so."""
        before = stored.get(row["ref"])
        if before is not None and before.digest == row["digest"] and not before.is_orphan:
            return
        self.entities.append(row)
        (self.changed if before is not None else self.added).append(row["ref"])


def plan_of(source: str, records: Iterable[RepositoryRecord], stored: Stored, walk: int) -> Plan:
    """What has to be written so that the store says what some repositories hold now.

    Nothing is removed here: what a file no longer says becomes an orphan.

    Args:
        source: Where the repositories were read.
        records: The repositories.
        stored: What the store holds of them.
        walk: The number of the walk that saw them.
    """
    return _Planner(source, records, stored).plan(walk)


class _Planner:
    """Makes one plan."""

    def __init__(self, source: str, records: Iterable[RepositoryRecord], stored: Stored) -> None:
        self._source = source
        self._stored = stored
        self._records = sorted(records, key=lambda record: (record.created_at, record.key))
        self._plan = Plan()
        self._kept: set[str] = set()
        self._taken: dict[str, str] = {}
        self._claims: dict[str, str] = {}

    def plan(self, walk: int) -> Plan:
        read = {record.key for record in self._records}
        # Names that stay taken: entities whose file was not read this time. An orphan gives way.
        self._taken = {
            ref: row.location
            for ref, row in self._stored.entities.items()
            if row.repository not in read and not row.is_team and not row.is_orphan
        }
        self._keep_what_cannot_be_read()
        self._claims = self._first_claims()
        for record in self._records:
            self._plan_repository(record, walk)
        self._plan.orphans = sorted(
            ref
            for ref, row in self._stored.entities.items()
            if row.repository in read and ref not in self._kept and not row.is_orphan
        )
        return self._plan

    def _keep_what_cannot_be_read(self) -> None:
        """A file with a fault removes nothing: what it said before stays until somebody mends it."""
        faulty = {
            record.key: (_read_whole(record), {str(entity.ref) for entity in record.entities})
            for record in self._records
            if not all(refusal.is_entry_kept for refusal in record.refusals)
        }
        for ref, row in self._stored.entities.items():
            if row.repository not in faulty:
                continue
            whole, described = faulty[row.repository]
            if row.location not in whole and ref not in described:
                self._taken[ref] = row.location
                self._kept.add(ref)

    def _first_claims(self) -> dict[str, str]:
        """Which of the repositories that were read may have a name: who has it, else the oldest."""
        claims: dict[str, str] = {}
        for record in self._records:
            for entity in record.entities:
                ref = str(entity.ref)
                before = self._stored.entities.get(ref)
                if before is not None and before.repository == record.key and not before.is_orphan:
                    claims[ref] = record.key
                claims.setdefault(ref, record.key)
        return claims

    def _plan_repository(self, record: RepositoryRecord, walk: int) -> None:
        plan, stored = self._plan, self._stored
        row = repository_row(record, self._source, stored.docs_read.get(record.key, ""))
        plan.repositories.append({**row, "walk": walk})
        if stored.visibility.get(record.key, str(record.visibility)) != str(record.visibility):
            plan.shown_to[record.key] = str(record.visibility)
        refused: list[tuple[Refusal, str | None]] = [(refusal, None) for refusal in record.refusals]
        for entity in record.entities:
            ref = str(entity.ref)
            first = self._taken.get(ref) or self._claimed_by_another(ref, record)
            if first and self._is_younger(ref, record):
                plan.displaced.append(stored.entities[ref].repository or "")
            elif first:
                refused.append((_conflict(entity, first), ref))
                continue
            self._taken[ref] = entity.source.location
            self._kept.add(ref)
            plan.put(entity_row(entity, self._source, record.key), stored.entities)
            if ref not in stored.entities or ref in stored.born:
                plan.born[ref] = record.created_at
        plan.refusals += [
            _refusal_row(self._source, record, number, refusal, conflict)
            for number, (refusal, conflict) in enumerate(refused)
        ]

    def _is_younger(self, ref: str, record: RepositoryRecord) -> bool:
        """Whether a name was taken in this very walk by a repository that was made later."""
        return ref in self._stored.born and record.created_at < self._stored.born[ref]

    def _claimed_by_another(self, ref: str, record: RepositoryRecord) -> str | None:
        key = self._claims[ref]
        if key == record.key:
            return None
        winner = next(other for other in self._records if other.key == key)
        return next(entity.source.location for entity in winner.entities if str(entity.ref) == ref)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would leave the catalog at the end of a walk, and what the source has in all."""

    repositories: Sequence[str]
    """Keys."""
    entities: Sequence[str]
    """References."""
    known_repositories: int
    known_entities: int
    lost_repositories: int = 0
    """How many left since the last walk, apart from these."""
    lost_entities: int = 0


FEW = 3
"""So few removals are never held back, whatever their share."""


def is_too_much(leaving: Leaving, hold_over: float) -> bool:
    """Whether so much would go at once that it looks like a mistake of the source.

    What left one by one since the last walk counts as if it were still to go.
    """
    pairs = (
        (len(leaving.entities), leaving.lost_entities, leaving.known_entities),
        (len(leaving.repositories), leaving.lost_repositories, leaving.known_repositories),
    )
    return any(now and now + lost > max(FEW, hold_over * (known + lost)) for now, lost, known in pairs)


def _read_whole(record: RepositoryRecord) -> set[str]:
    """The locations of the files of a repository with faults that are known to say no more than was read of them."""
    read = {entity.source.location for entity in record.entities}
    faulty = {refusal.source.location for refusal in record.refusals if not refusal.is_entry_kept}
    # A fault of any other file, such as one that an entry includes, may hide an entry of any file that leads there.
    is_known = faulty <= read and len(record.refusals) <= MAX_REFUSALS
    return read - faulty if is_known else set()


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
        "hint": refusal.hint,
        "subject": refusal.subject,
        "conflict": conflict,
        "visibility": str(record.visibility),
    }
