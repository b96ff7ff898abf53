"""Pure: GitHub's teams as Groups, and the people in them as Users."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, Source
from catalog_sync.github.port import TeamMember, TeamSnapshot
from core.access import Visibility

PROVIDER = "github-teams"
"""The provider of what is made here; a descriptor of the same name goes before it."""
_API_VERSION = "backstage.io/v1alpha1"


def entities_of(snapshots: Sequence[TeamSnapshot], refs: Mapping[str, EntityRef]) -> tuple[Entity, ...]:
    """A Group for every team, in their order, then a User for everybody who is in one.

    Args:
        snapshots: The teams of one organisation.
        refs: Slug in lower case to what the team's Group is called.
    """
    return (*(_group(team, refs) for team in snapshots), *_users(snapshots, refs))


def _group(team: TeamSnapshot, refs: Mapping[str, EntityRef]) -> Entity:
    ref = refs[team.slug.lower()]
    metadata: dict[str, Any] = {
        "name": team.slug,
        "title": team.name,
        "annotations": {"github.com/team-slug": f"{team.organization}/{team.slug}"},
    }
    if ref.namespace != DEFAULT_NAMESPACE:
        metadata["namespace"] = ref.namespace
    if team.description:
        metadata["description"] = team.description
    spec: dict[str, Any] = {"type": "team", "children": []}
    if team.parent_slug:
        parent = refs.get(team.parent_slug.lower())
        spec["parent"] = _written(parent) if parent else team.parent_slug
    return Entity(ref, _API_VERSION, metadata, spec, _source(team))


def _users(snapshots: Sequence[TeamSnapshot], refs: Mapping[str, EntityRef]) -> list[Entity]:
    found: dict[str, tuple[TeamMember, list[str], TeamSnapshot]] = {}
    for team in snapshots:
        for member in team.members:
            group = _written(refs[team.slug.lower()])
            found.setdefault(member.login, (member, [], team))[1].append(group)
    return [_user(member, sorted(groups), team) for _login, (member, groups, team) in sorted(found.items())]


def _user(member: TeamMember, groups: list[str], team: TeamSnapshot) -> Entity:
    metadata: dict[str, Any] = {
        "name": member.login,
        "annotations": {"github.com/user-login": member.login},
    }
    if member.name:
        metadata["title"] = member.name
    shown = (("displayName", member.name), ("email", member.email))
    spec = {"profile": {key: value for key, value in shown if value}, "memberOf": groups}
    return Entity(
        EntityRef("User", DEFAULT_NAMESPACE, member.login), _API_VERSION, metadata, spec, _source(team)
    )


def _written(ref: EntityRef) -> str:
    """A reference as short as people write it."""
    return ref.name if ref.namespace == DEFAULT_NAMESPACE else f"{ref.namespace}/{ref.name}"


def _source(team: TeamSnapshot) -> Source:
    return Source(
        provider=PROVIDER,
        location=f"{team.host}/{team.organization}/teams/{team.slug}",
        url=team.url,
        # Who is in which team is shown to members of the organisation, not to guests.
        visibility=Visibility.INTERNAL,
    )
