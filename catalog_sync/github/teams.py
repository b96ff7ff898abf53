"""Teams over GraphQL: pages of many teams; what does not fit there, for many teams with one request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog_sync.github import queries
from catalog_sync.github.port import TeamMember, TeamSnapshot
from catalog_sync.github.transport import Smaller, Transport, halved
from core.errors import NotAllowed

_INNER = ("members", "repositories")

Json = dict[str, Any]


@dataclass(slots=True)
class _Team:
    """A team while it is read: its node, and the edges of its inner connections so far."""

    node: Mapping[str, Any]
    edges: dict[str, list[Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Rest:
    """An inner connection of a team that goes on."""

    team: _Team
    name: str
    after: str


def read_teams(transport: Transport, organization: str) -> Iterator[TeamSnapshot]:
    """See ``GitHubPort.teams``."""
    found: list[_Team] = []
    rest: list[_Rest] = []
    for node in _nodes(transport, organization):
        team = _Team(node)
        found.append(team)
        rest += [more for name in _INNER if (more := _taken(team, name, node[name]))]
    _read_rest(transport, organization, rest)
    return (_snapshot(transport.host, organization, team) for team in found)


def _nodes(transport: Transport, organization: str) -> Iterator[Json]:
    variables = {"organization": organization}
    path = ("organization", "teams")
    for page in transport.pages(queries.TEAMS, variables, path, queries.TEAM_PAGE):
        if page.problems:
            raise NotAllowed(
                f"GitHub does not tell all of {organization}'s teams: {page.problems[0].get('message')}",
                "Give the token the permission to read members (Members: read).",
            )
        yield from page.nodes


def _taken(team: _Team, name: str, connection: Mapping[str, Any]) -> _Rest | None:
    """Take a page of an inner connection; what is left of it."""
    team.edges.setdefault(name, []).extend(connection["edges"])
    info = connection["pageInfo"]
    return _Rest(team, name, info["endCursor"]) if info["hasNextPage"] else None


def _read_rest(transport: Transport, organization: str, rest: Sequence[_Rest]) -> None:
    """Follow inner connections to their ends, many at once."""
    waiting, size = list(rest), queries.REST_PAGE
    while waiting:
        batch, waiting = waiting[:size], waiting[size:]
        document, variables = queries.rest_query(
            organization, [(item.team.node["slug"], item.name, item.after) for item in batch]
        )
        try:
            data = transport.query(document, variables)
        except Smaller as error:
            size, waiting = halved(size, str(error)), [*batch, *waiting]
            continue
        for number, item in enumerate(batch):
            team = data["organization"][f"t{number}"]
            # A team that was dissolved meanwhile has what was seen of it.
            more = _taken(item.team, item.name, team[item.name]) if team else None
            waiting += [more] if more else []


def _snapshot(host: str, organization: str, team: _Team) -> TeamSnapshot:
    node = team.node
    return TeamSnapshot(
        host=host,
        organization=organization,
        slug=node["slug"],
        name=node["name"],
        description=node["description"] or "",
        parent_slug=node["parentTeam"]["slug"] if node["parentTeam"] else None,
        url=node["url"],
        members=tuple(
            TeamMember(
                edge["node"]["login"],
                edge["node"]["name"] or "",
                edge["node"]["email"] or "",
                edge["role"] == "MAINTAINER",
            )
            for edge in team.edges["members"]
        ),
        repositories={
            edge["node"]["nameWithOwner"]: edge["permission"] for edge in team.edges["repositories"]
        },
    )
