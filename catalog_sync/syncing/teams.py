"""Pure: teams as they are now and what is stored of them in, Groups and Users to write out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef
from catalog_sync.github.port import TeamSnapshot
from catalog_sync.providers.teams import entities_of
from catalog_sync.records import digest
from catalog_sync.store import entity_row
from catalog_sync.syncing.plan import Plan, Row, StoredEntity


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """What is to be written of the teams of a source."""

    plan: Plan
    teams: list[Row]
    """Rows of the teams that are new or changed."""
    seen: list[str]
    """Keys of all of them."""


def plan_teams(
    source: str,
    snapshots: Sequence[TeamSnapshot],
    stored: Mapping[str, StoredEntity],
    teams: Mapping[str, str],
    walk: int,
) -> TeamPlan:
    """Teams become Groups and their members Users, except where a descriptor has the name already.

    A team whose name is taken by another organisation's team is put into a namespace that is called like
    its organisation.

    Args:
        source: Where the teams were read.
        snapshots: Every team of the source.
        stored: The stored entities that have one of the names in question, or were made from this source's teams.
        teams: Team key to digest, as stored.
        walk: The number of the walk that saw them.
    """
    plan, rows, seen = Plan(), [], []
    refs = {team.slug.lower(): _ref_of(team, source, stored) for team in snapshots}
    for team in snapshots:
        row = _team_row(source, team, refs[team.slug.lower()])
        seen.append(row["key"])
        if teams.get(row["key"]) != row["digest"]:
            rows.append({**row, "walk": walk})
    kept = set()
    for entity in entities_of(snapshots, refs):
        ref = str(entity.ref)
        before = stored.get(ref)
        # A person in two organisations: the first keeps them, else the two would take them from each other
        # at every sync. A described group or user goes before what the host says.
        if before is not None and not before.is_orphan and (not before.is_team or before.source != source):
            continue
        kept.add(ref)
        plan.put(entity_row(entity, source, None), stored)
    plan.orphans = sorted(
        ref
        for ref, row in stored.items()
        if row.is_team and row.source == source and ref not in kept and not row.is_orphan
    )
    return TeamPlan(plan, rows, seen)


def names_of(team: TeamSnapshot) -> tuple[EntityRef, ...]:
    """What a team's Group may be called, in this order."""
    organization = team.organization.lower()
    host = team.host.lower().replace(".", "-").replace(":", "-")
    return tuple(
        EntityRef("Group", namespace, team.slug)
        for namespace in (DEFAULT_NAMESPACE, organization, f"{organization}-{host}")
    )


def _ref_of(team: TeamSnapshot, source: str, stored: Mapping[str, StoredEntity]) -> EntityRef:
    names = names_of(team)
    for ref in names[:-1]:
        row = stored.get(str(ref))
        if row is None or row.is_orphan or row.source == source or not row.is_team:
            return ref
    return names[-1]


def _team_row(source: str, team: TeamSnapshot, ref: EntityRef) -> Row:
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
        "ref": str(ref),
    }
    return {**values, "digest": digest(values)}
