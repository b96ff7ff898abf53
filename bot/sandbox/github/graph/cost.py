"""Pure: what a query may return at most and what it costs, from the document alone and before it runs.

Source: GitHub's documentation "Rate limits and query limits for the GraphQL API", whose examples are tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    value_from_ast_untyped,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one query: pages of lists that have to be fetched, and nodes that they can hold."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """What the hourly budget pays: a point for every 100 requests, rounded, and at least one."""
        return max(1, (self.requests + 50) // 100)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.requests + other.requests, self.nodes + other.nodes)

    def __mul__(self, times: int) -> "Cost":
        return Cost(self.requests * times, self.nodes * times)


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> Cost:
    """The cost of a valid operation; every fragment is looked at once, however often it is used."""
    root = schema.get_root_type(operation.operation)
    return _Walk(schema, document, _with_defaults(operation, variables)).selection(
        operation.selection_set, root
    )


def _with_defaults(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    stated = {
        item.variable.name.value: value_from_ast_untyped(item.default_value)
        for item in operation.variable_definitions or ()
        if item.default_value
    }
    return {**stated, **variables}


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {
            item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)
        }
        self._known: dict[str, Cost] = {}

    def selection(self, selected: SelectionSetNode, parent: GraphQLNamedType | None) -> Cost:
        total = Cost()
        for item in selected.selections:
            if not self._is_included(item):
                continue
            if isinstance(item, FieldNode):
                total += self._field(item, parent)
            elif isinstance(item, InlineFragmentNode):
                total += self.selection(item.selection_set, self._condition(item) or parent)
            elif isinstance(item, FragmentSpreadNode):
                total += self._fragment(item.name.value)
        return total

    def _fragment(self, name: str) -> Cost:
        if name not in self._known:
            fragment = self._fragments[name]
            self._known[name] = self.selection(
                fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value)
            )
        return self._known[name]

    def _field(self, item: FieldNode, parent: GraphQLNamedType | None) -> Cost:
        known = getattr(parent, "fields", {}).get(item.name.value)
        if known is None or item.selection_set is None:
            return Cost()
        named = get_named_type(known.type)
        inner = self.selection(item.selection_set, named)
        if named.name.endswith("Connection"):
            size = self._size(item)
            return Cost(1, size) + inner * size
        if item.name.value == "nodes" and not parent_is_connection(parent):
            ids = self._value(item, "ids")
            count = len(ids) if isinstance(ids, list | tuple) else 1
            return Cost(0, count) + inner * count
        return inner

    def _size(self, item: FieldNode) -> int:
        sizes = (self._value(item, name) for name in ("first", "last"))
        return next((max(size, 0) for size in sizes if isinstance(size, int)), 0)

    def _value(self, item: FieldNode | FragmentSpreadNode, name: str) -> Any:
        found = next((given.value for given in item.arguments or () if given.name.value == name), None)
        return self._plain(found) if found else None

    def _plain(self, value: ValueNode) -> Any:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        return value_from_ast_untyped(value, dict(self._variables))

    def _is_included(self, item: Any) -> bool:
        for directive in item.directives or ():
            condition = next((given.value for given in directive.arguments or ()), None)
            holds = bool(self._plain(condition)) if condition else False
            if (directive.name.value, holds) in (("skip", True), ("include", False)):
                return False
        return True

    def _condition(self, item: InlineFragmentNode) -> GraphQLNamedType | None:
        return self._schema.get_type(item.type_condition.name.value) if item.type_condition else None


def parent_is_connection(parent: GraphQLNamedType | None) -> bool:
    """Whether a ``nodes`` field belongs to a page of a list, and not to the query itself."""
    return parent is not None and parent.name.endswith("Connection")
