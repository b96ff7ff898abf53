"""Which repositories a query gets to see, found by name or listed in GitHub's orders and with its filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.github.graph.asking import Info, asking, refused
from bot.sandbox.github.graph.cursors import Key
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.hosted import HostedRepository


def by_name(info: Info, owner: str, name: str, *, follow: bool | None = True) -> HostedRepository:
    """A repository by its name, or by one that it had.

    Raises:
        GraphQLError: NOT_FOUND, for one that is not there and for one that the token may not see alike.
    """
    site = asking(info).site
    found = site.repository(owner, name) or (site.renamed(owner, name) if follow is not False else None)
    if found is None or not asking(info).sees(found):
        raise refused("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


def repositories(info: Info, items: Sequence[HostedRepository], args: Mapping[str, Any]) -> Connection:
    """The ones that the token sees and the filters let through."""
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    sees, filters = asking(info).sees, _filters(args)
    return connection(
        info,
        [item for item in items if sees(item) and all(fits(item) for fits in filters)],
        lambda item: repository_key(item, order["field"]),
        args,
        descending=order["direction"] == "DESC",
    )


def repository_key(item: HostedRepository, field: str) -> Key:
    """What a list of repositories is sorted by; the number keeps those apart that are the same age."""
    if field == "NAME":
        return item.name.lower(), item.number
    if field == "STARGAZERS":
        return item.stars, item.number
    moment = {"UPDATED_AT": item.updated_at, "PUSHED_AT": item.pushed_at}.get(field, item.created_at)
    return int(moment.timestamp()) if moment else 0, item.number


def _filters(args: Mapping[str, Any]) -> Sequence[Callable[[HostedRepository], bool]]:
    """The conditions that were asked for; whoever belongs to an organisation gets at its repositories as its member."""
    read: Mapping[str, Callable[[HostedRepository], Any]] = {
        "isFork": lambda item: item.is_fork,
        "isArchived": lambda item: item.is_archived,
        "hasIssuesEnabled": lambda item: item.has_issues,
        "isLocked": lambda _item: False,
        "privacy": lambda item: "PUBLIC" if item.visibility == "public" else "PRIVATE",
        "visibility": lambda item: item.visibility.upper(),
    }
    wanted = [(read[name], args[name]) for name in read if args.get(name) is not None]
    filters: list[Callable[[HostedRepository], bool]] = [
        lambda item, value_of=value_of, value=value: bool(value_of(item) == value)  # type: ignore[misc]
        for value_of, value in wanted
    ]
    affiliations = args.get("affiliations")
    if affiliations is not None and not {"ORGANIZATION_MEMBER", "OWNER"} & set(affiliations):
        filters.append(lambda _item: False)
    return filters
