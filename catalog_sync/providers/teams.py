"""Pure: GitHub's teams as Groups, and the people in them as Users."""

from collections.abc import Sequence
from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, Source
from catalog_sync.github.port import TeamMember, TeamSnapshot
from core.access import Visibility

PROVIDER = "github-teams"
"""The provider of what is made here; a descriptor of the same name goes before it."""
_API_VERSION = "backstage.io/v1alpha1"


def entities_of(snapshots: Sequence[TeamSnapshot]) -> tuple[Entity, ...]:
    """A Group for every team, in their order, then a User for everybody who is in one."""
    return (*map(_group, snapshots), *_users(snapshots))


def _group(team: TeamSnapshot) -> Entity:
    metadata: dict[str, Any] = {
        "name": team.slug,
        "title": team.name,
        "annotations": {"github.com/team-slug": f"{team.organization}/{team.slug}"},
    }
    if team.description:
        metadata["description"] = team.description
    spec: dict[str, Any] = {"type": "team", "children": []}
    if team.parent_slug:
        spec["parent"] = team.parent_slug
    ref = EntityRef("Group", DEFAULT_NAMESPACE, team.slug)
    return Entity(ref, _API_VERSION, metadata, spec, _source(team))


def _users(snapshots: Sequence[TeamSnapshot]) -> list[Entity]:
    found: dict[str, tuple[TeamMember, list[str], TeamSnapshot]] = {}
    for team in snapshots:
        for member in team.members:
            found.setdefault(member.login, (member, [], team))[1].append(team.slug)
    return [_user(member, sorted(slugs), team) for _login, (member, slugs, team) in sorted(found.items())]


def _user(member: TeamMember, slugs: list[str], team: TeamSnapshot) -> Entity:
    metadata: dict[str, Any] = {
        "name": member.login,
        "annotations": {"github.com/user-login": member.login},
    }
    if member.name:
        metadata["title"] = member.name
    shown = (("displayName", member.name), ("email", member.email))
    spec = {"profile": {key: value for key, value in shown if value}, "memberOf": slugs}
    return Entity(
        EntityRef("User", DEFAULT_NAMESPACE, member.login), _API_VERSION, metadata, spec, _source(team)
    )


def _source(team: TeamSnapshot) -> Source:
    return Source(
        provider=PROVIDER,
        location=f"{team.host}/{team.organization}/teams/{team.slug}",
        url=team.url,
        # Who is in which team is shown to members of the organisation, not to guests.
        visibility=Visibility.INTERNAL,
    )
