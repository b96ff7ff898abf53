"""GraphQL over the local GitHub's state: GitHub's schema, its page limits, points and error shapes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from bot.sandbox.github.bare import GitThing
from bot.sandbox.github.state import DEFAULT_BRANCH, HostedRepository, State
from bot.sandbox.organization import Person, Team

Resolved = dict[str, Any]
_MAX_PAGE = 100
_TEXT_LIMIT = 512_000


@cache
def schema() -> GraphQLSchema:
    """The schema, built once."""
    return build_schema(files(__package__).joinpath("schema.graphql").read_text(encoding="utf-8"))


def answer(state: State, web_url: str, document: str, variables: Mapping[str, Any] | None) -> Resolved:
    """Run one query; the shape is GitHub's: ``data``, and ``errors`` with type, path and message."""
    graph = _Graph(state, web_url)
    result = graphql_sync(schema(), document, graph.root(), variable_values=dict(variables or {}))
    body: Resolved = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error) for error in result.errors]
        if result.data is None:
            del body["data"]
    return body


def _error(error: GraphQLError) -> Resolved:
    shaped: Resolved = {"message": error.message}
    kind = (error.extensions or {}).get("type")
    if kind:
        shaped["type"] = kind
    if error.path:
        shaped["path"] = error.path
    if error.locations:
        shaped["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return shaped


class _Graph:
    """Turns the state into dicts whose callables are resolvers."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def root(self) -> Resolved:
        return {
            "organization": self._organization,
            "repository": self._find_repository,
            "nodes": lambda _info, ids: [self._node(item) for item in ids],
            "node": lambda _info, **which: self._node(which["id"]),
            "rateLimit": self._rate_limit,
        }

    def _organization(self, _info: Any, login: str) -> Resolved | None:
        if login.lower() != self._state.name.lower():
            raise GraphQLError(
                f"Could not resolve to an Organization with the login of '{login}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return {
            **self._owner(),
            "repositories": self._repositories,
            "teams": self._teams,
            "team": lambda _info, slug: (
                self._team(self._state.teams[slug]) if slug in self._state.teams else None
            ),
        }

    def _owner(self) -> Resolved:
        return {
            "__typename": "Organization",
            "id": "O_1",
            "login": self._state.name,
            "name": self._state.title,
            "url": f"{self._web_url}/{self._state.name}",
        }

    def _find_repository(self, _info: Any, owner: str, name: str, **_rest: Any) -> Resolved:
        found = self._state.repository(owner, name)
        if found is None:
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return self._repository(found)

    def _node(self, node_id: str) -> Resolved | GraphQLError:
        """A node; for one that is gone the error as a value, which makes a null in its place alone."""
        found = self._state.by_node_id(node_id)
        if found is None:
            return GraphQLError(
                f"Could not resolve to a node with the global id of '{node_id}'",
                extensions={"type": "NOT_FOUND"},
            )
        return self._repository(found)

    def _repositories(self, _info: Any, orderBy: Mapping[str, str] | None = None, **page: Any) -> Resolved:  # noqa: N803
        order = orderBy or {"field": "CREATED_AT", "direction": "ASC"}
        items = sorted(self._state.repositories.values(), key=lambda item: _order_key(item, order["field"]))
        if order["direction"] == "DESC":
            items.reverse()
        return _connection(items, self._repository, **page)

    def _teams(self, _info: Any, **page: Any) -> Resolved:
        return _connection(list(self._state.teams.values()), self._team, **page)

    def _repository(self, item: HostedRepository) -> Resolved:
        return {
            "__typename": "Repository",
            "id": item.node_id,
            "databaseId": item.number,
            "name": item.name,
            "nameWithOwner": item.full_name,
            "owner": self._owner(),
            "description": item.description or None,
            "url": f"{self._web_url}/{item.full_name}",
            "visibility": item.visibility.upper(),
            "isPrivate": item.visibility != "public",
            "isArchived": item.is_archived,
            "isFork": item.is_fork,
            "isEmpty": lambda _info: item.git.head_oid is None,
            "createdAt": _iso(item.created_at),
            "updatedAt": _iso(item.updated_at),
            "pushedAt": _iso(item.pushed_at),
            "defaultBranchRef": lambda _info: self._branch(item),
            "primaryLanguage": {"id": f"LA_{item.language}", "name": item.language}
            if item.language
            else None,
            "licenseInfo": _license(item.license),
            "repositoryTopics": lambda _info, **page: _connection(item.topics, _topic, **page),
            "object": lambda _info, **which: self._object(item, **which),
        }

    def _branch(self, item: HostedRepository) -> Resolved | None:
        oid = item.git.head_oid
        if oid is None:
            return None
        target = {"__typename": "Commit", "id": f"C_{oid}", "oid": oid}
        thing = item.git.thing(oid)
        if thing:
            target.update(self._thing(item, thing))
        return {"id": f"REF_{item.number}", "name": DEFAULT_BRANCH, "prefix": "refs/heads/", "target": target}

    def _object(
        self, item: HostedRepository, expression: str | None = None, oid: str | None = None
    ) -> Resolved | None:
        thing = item.git.thing(expression or oid or "")
        return self._thing(item, thing) if thing else None

    def _thing(self, item: HostedRepository, thing: GitThing) -> Resolved:
        base = {"id": f"G_{thing.oid}", "oid": thing.oid}
        if thing.type == "commit":
            return {
                **base,
                "__typename": "Commit",
                "committedDate": _iso(thing.committed_at),
                "messageHeadline": thing.message,
            }
        if thing.type == "tree":
            return {**base, "__typename": "Tree", "entries": lambda _info: self._entries(item, thing)}
        return {**base, "__typename": "Blob", **_blob(thing.content)}

    def _entries(self, item: HostedRepository, tree: GitThing) -> list[Resolved]:
        sizes = item.git.sizes([entry.oid for entry in tree.entries if entry.type == "blob"])
        return [
            {
                "name": entry.name,
                "type": entry.type,
                "mode": entry.mode,
                "oid": entry.oid,
                "size": sizes.get(entry.oid, 0),
                "path": entry.name,
            }
            for entry in tree.entries
        ]

    def _team(self, team: Team) -> Resolved:
        parent = self._state.teams.get(team.parent or "")
        return {
            "id": f"T_{team.slug}",
            "slug": team.slug,
            "name": team.name,
            "description": team.description or None,
            "url": f"{self._web_url}/orgs/{self._state.name}/teams/{team.slug}",
            "parentTeam": {"id": f"T_{parent.slug}", "slug": parent.slug, "name": parent.name}
            if parent
            else None,
            "members": lambda _info, **page: self._members(team, **page),
            "repositories": lambda _info, **page: self._team_repositories(team, **page),
        }

    def _members(self, team: Team, membership: str = "ALL", **page: Any) -> Resolved:
        del membership  # the sandbox's teams list their own members only
        logins = list(dict.fromkeys([*team.maintainers, *team.members]))
        people = [self._state.people[login] for login in logins if login in self._state.people]
        return _connection(people, lambda person: self._member(team, person), **page)

    def _member(self, team: Team, person: Person) -> Resolved:
        user = {
            "__typename": "User",
            "id": f"U_{person.login}",
            "login": person.login,
            "name": person.name,
            "email": person.email,
            "url": f"{self._web_url}/{person.login}",
        }
        return {"role": "MAINTAINER" if person.login in team.maintainers else "MEMBER", "node": user}

    def _team_repositories(self, team: Team, **page: Any) -> Resolved:
        granted = sorted(self._state.permissions[team.slug].items())
        items = [(self._state.repositories[name.lower()], permission) for name, permission in granted]
        return _connection(
            items, lambda pair: {"permission": pair[1], "node": self._repository(pair[0])}, **page
        )

    def _rate_limit(self, _info: Any, **_rest: Any) -> Resolved:
        reset = self._state.clock.now() + timedelta(hours=1)
        return {
            "cost": 1,
            "limit": 5000,
            "nodeCount": 0,
            "remaining": 4999,
            "used": 1,
            "resetAt": _iso(reset),
        }


def _connection(
    items: Sequence[Any],
    shape: Callable[[Any], Resolved],
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Resolved:
    """One page of a list, with GitHub's refusals of a missing or too large ``first``."""
    del before
    size = first if first is not None else last
    if size is None:
        raise GraphQLError(
            "You must provide a `first` or `last` value to properly paginate the connection.",
            extensions={"type": "MISSING_PAGINATION_BOUNDARIES"},
        )
    if not 0 <= size <= _MAX_PAGE:
        raise GraphQLError(
            f"Requesting {size} records on the connection exceeds the `first` limit of {_MAX_PAGE} records.",
            extensions={"type": "EXCESSIVE_PAGINATION"},
        )
    start = int(after.removeprefix("cursor:")) if after else 0
    page = [shape(item) for item in items[start : start + size]]
    end = start + len(page)
    nodes = [entry.get("node", entry) for entry in page]
    edges = [
        {"cursor": f"cursor:{start + number + 1}", **(entry if "node" in entry else {"node": entry})}
        for number, entry in enumerate(page)
    ]
    return {
        "nodes": nodes,
        "edges": edges,
        "totalCount": len(items),
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": f"cursor:{start}" if page else None,
            "endCursor": f"cursor:{end}" if page else None,
        },
    }


def _order_key(item: HostedRepository, field: str) -> tuple[str, int]:
    value = {
        "CREATED_AT": _iso(item.created_at),
        "UPDATED_AT": _iso(item.updated_at),
        "PUSHED_AT": _iso(item.pushed_at) or "",
        "NAME": item.name,
    }.get(field, "")
    return value or "", item.number


def _topic(name: str) -> Resolved:
    return {"id": f"RT_{name}", "topic": {"id": f"TO_{name}", "name": name}}


def _license(spdx_id: str | None) -> Resolved | None:
    return (
        {"id": f"L_{spdx_id}", "key": spdx_id.lower(), "name": spdx_id, "spdxId": spdx_id}
        if spdx_id
        else None
    )


def _blob(content: bytes) -> Resolved:
    is_binary = b"\0" in content[:8000]
    text = None if is_binary else content[:_TEXT_LIMIT].decode(errors="replace")
    return {
        "byteSize": len(content),
        "isBinary": is_binary,
        "isTruncated": len(content) > _TEXT_LIMIT,
        "text": text,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
