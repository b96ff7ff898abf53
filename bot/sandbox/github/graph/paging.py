"""Lists as GitHub shows them: pages with cursors, counts and edges, and its refusals of a page that is too much."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import FieldNode, FragmentSpreadNode, GraphQLError, SelectionSetNode

from bot.sandbox.github.graph.asking import Info, asking, refused
from bot.sandbox.github.graph.cursors import Key, Page, WrongCursor, page

_Item = TypeVar("_Item")
Connection = dict[str, Any]
_PAGING = ("first", "last", "after", "before")


def connection(
    info: Info,
    items: Sequence[_Item],
    key: Callable[[_Item], Key],
    args: Mapping[str, Any],
    *,
    descending: bool = False,
    node: Callable[[_Item], Any] = lambda item: item,
    edge: Callable[[_Item], Mapping[str, Any]] = lambda _item: {},
) -> Connection:
    """One page of a list.

    Args:
        key: What the list is sorted by, see ``cursors.page``.
        args: The field's arguments, of which the four about pages are read.
        node: What stands at ``node``, where an item is not that itself.
        edge: What an edge holds beside its node.

    Raises:
        GraphQLError: The page has no bounds, is too large, or its cursor is none of this list.
    """
    bounds = {name: args.get(name) for name in _PAGING}
    if _wants_nodes(info):
        _check(info, bounds)
    else:
        bounds["first"] = bounds["first"] if bounds["first"] is not None or bounds["last"] is not None else 0
    try:
        found: Page[_Item] = page(items, key, descending=descending, **bounds)
    except WrongCursor as error:
        raise refused(
            "INVALID_CURSOR_ARGUMENTS", f"`{error}` does not appear to be a valid cursor."
        ) from error
    asking(info).take_nodes(len(found.items))
    return _shape(found, len(items), node, edge)


def _shape(
    found: Page[_Item],
    total: int,
    node: Callable[[_Item], Any],
    edge: Callable[[_Item], Mapping[str, Any]],
) -> Connection:
    nodes = [node(item) for item in found.items]
    return {
        "nodes": nodes,
        "edges": lambda _info: [
            {"cursor": cursor, "node": shown, **edge(item)}
            for cursor, shown, item in zip(found.cursors, nodes, found.items, strict=True)
        ],
        "totalCount": lambda inner: _counted(inner, total),
        "pageInfo": {
            "hasNextPage": found.has_next,
            "hasPreviousPage": found.has_previous,
            "startCursor": found.cursors[0] if found.cursors else None,
            "endCursor": found.cursors[-1] if found.cursors else None,
        },
    }


def _counted(info: Info, total: int) -> int:
    is_inner = any(isinstance(part, int) for part in info.path.as_list())
    if is_inner:
        asking(info).spend(asking(info).limits.count_ms)
    return total


def _check(info: Info, bounds: Mapping[str, Any]) -> None:
    """The bounds as GitHub takes them: one of the two, not below zero, at most 100."""
    first, last, name = bounds["first"], bounds["last"], info.field_name
    if first is None and last is None:
        raise refused(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    if first is not None and last is not None:
        raise refused(
            "UNPROCESSABLE",
            f"Passing both `first` and `last` to paginate the `{name}` connection is not supported.",
        )
    which, size = ("first", first) if first is not None else ("last", last)
    error = _size_error(name, which, size, asking(info).limits.max_page)
    if error:
        raise error


def _size_error(name: str, which: str, size: int, limit: int) -> GraphQLError | None:
    if size < 0:
        return refused("UNPROCESSABLE", f"`{which}` on the `{name}` connection cannot be less than zero.")
    if size > limit:
        return refused(
            "EXCESSIVE_PAGINATION",
            f"Requesting {size} records on the `{name}` connection exceeds the `{which}` limit of {limit} records.",
        )
    return None


def _wants_nodes(info: Info) -> bool:
    """Whether the query reads the list itself and not its count alone, for which GitHub asks no bounds."""
    seen: set[str] = set()
    return any(_selects(info, field.selection_set, seen) for field in info.field_nodes if field.selection_set)


def _selects(info: Info, selected: SelectionSetNode, seen: set[str]) -> bool:
    for item in selected.selections:
        if isinstance(item, FieldNode):
            if item.name.value in ("nodes", "edges"):
                return True
            continue
        if isinstance(item, FragmentSpreadNode):
            name = item.name.value
            if name in seen:
                continue
            seen.add(name)
            below = info.fragments[name].selection_set
        else:
            below = item.selection_set  # type: ignore[attr-defined]
        if _selects(info, below, seen):
            return True
    return False
