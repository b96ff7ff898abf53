"""Where every query begins: an organisation, a repository, nodes by id, whoever asks, and the budget."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from bot.sandbox.github.graph.asking import Asking, Info, Resolver, asking, refused
from bot.sandbox.github.graph.listing import by_name
from bot.sandbox.github.graph.people import Account, organization, owner, team_by_key, user, viewer
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.shapes.people import iso


def _repository(_root: object, info: Info, **args: Any) -> HostedRepository:
    return by_name(info, args["owner"], args["name"], follow=args.get("followRenames", True))


def _node(_root: object, info: Info, **args: Any) -> Any:
    return node(asking(info), args["id"])


def _nodes(_root: object, info: Info, **args: Any) -> list[Any]:
    """A node for each id; for one that is gone the error as a value, which makes a null in its place alone."""
    asked, ids = asking(info), args["ids"]
    limit = asked.limits.max_page
    if len(ids) > limit:
        raise refused(
            "ARGUMENT_LIMIT", f"You may not provide more than {limit} node ids; you provided {len(ids)}."
        )
    asked.take_nodes(len(ids))
    found: list[Any] = []
    for node_id in ids:
        try:
            found.append(node(asked, node_id))
        except GraphQLError as error:
            found.append(error)
    return found


def node(asked: Asking, node_id: str) -> Any:
    """What an id stands for.

    Raises:
        GraphQLError: NOT_FOUND, also for what the token may not see.
    """
    site = asked.site
    kind, _, rest = node_id.partition("_")
    found: Any = None
    if kind == "R":
        repository = site.by_node_id(node_id)
        found = repository if repository and asked.sees(repository) else None
    elif kind == "O":
        host = site.numbered(rest)
        found = Account(host.state) if host else None
    elif kind == "U":
        found = site.shared.accounts.get(rest)
    elif kind == "T" and asked.viewer.may("members"):
        found = team_by_key(asked, rest)
    elif kind == "PR":
        found = _pull(asked, rest)
    if found is None:
        raise refused("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return found


def _pull(asked: Asking, rest: str) -> Any:
    number, _, of = rest.partition("_")
    item = asked.numbered(number)
    if item is None:
        return None
    asked.require("pull_requests", item)
    return next(((item, pull) for pull in item.pulls if str(pull.number) == of), None)


def _rate_limit(_root: object, info: Info, **_args: Any) -> Mapping[str, Any]:
    """The budget as it is once this query is paid."""
    asked = asking(info)
    window, points = asked.viewer.budget.graphql, asked.cost.points
    remaining = window.remaining
    due = 0 if asked.is_dry else points
    return {
        "cost": points,
        "limit": window.limit,
        "nodeCount": asked.cost.nodes,
        "remaining": max(remaining - due, 0),
        "used": window.used + due,
        "resetAt": iso(window.reset_at),
    }


RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Query": {
        "organization": organization,
        "repository": _repository,
        "repositoryOwner": owner,
        "user": user,
        "viewer": viewer,
        "node": _node,
        "nodes": _nodes,
        "rateLimit": _rate_limit,
    }
}
