"""One request answered as GitHub answers it: read, checked, priced, run, and shaped with its errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
    parse,
)

from bot.sandbox.github.graph.asking import Asking
from bot.sandbox.github.graph.cost import cost_of
from bot.sandbox.github.graph.mishaps import Mishaps, reference
from bot.sandbox.github.graph.mistakes import TOO_LARGE, empty_selection, mistakes, syntax_error
from bot.sandbox.github.graph.schema import schema
from bot.sandbox.github.graph.size import is_too_large
from bot.sandbox.github.graph.variables import wrong_variables
from bot.sandbox.github.graph_limits import TIMEOUT_TEXT
from bot.sandbox.github.site import Site
from bot.sandbox.github.viewer import Viewer

_log = structlog.get_logger(__name__)
_IN_TIME = (
    "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and "
    "contact us if the problem persists."
)
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """What goes back.

    Args:
        cost: Points to take from the hourly budget.
        node_count: How many nodes the query could have returned at most.
    """

    status: int
    body: Body
    cost: int
    node_count: int


def answer(
    site: Site,
    document: str,
    variables: Mapping[str, Any] | None,
    viewer: Viewer,
    *,
    operation_name: str | None = None,
) -> GraphAnswer:
    """Answer one query."""
    given = dict(variables or {})
    read = _read(document, operation_name, given)
    if isinstance(read, list):
        return GraphAnswer(200, {"errors": read}, 1, 0)
    parsed, operation = read
    cost = cost_of(schema(), parsed, operation, given)
    limits = site.shared.graph
    if cost.nodes > limits.max_nodes:
        message = (
            f"This query requests up to {cost.nodes:,} possible nodes which exceeds the maximum limit of "
            f"{limits.max_nodes:,}."
        )
        return GraphAnswer(200, {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}]}, 1, 0)
    slowness = limits.slowness()
    url = site.first.url
    asked = Asking(site, url, viewer, cost, limits, slowness, spent_ms=limits.base_ms * slowness)
    return _run(asked, parsed, operation, given)


def _read(
    text: str, operation_name: str | None, variables: Mapping[str, Any]
) -> tuple[DocumentNode, OperationDefinitionNode] | list[Body]:
    """The document and which of its operations to run; or what is wrong with the request."""
    parsed = _parsed(text)
    if isinstance(parsed, list):
        return parsed
    operations = [item for item in parsed.definitions if isinstance(item, OperationDefinitionNode)]
    chosen = [
        item for item in operations if not operation_name or (item.name and item.name.value == operation_name)
    ]
    if operation_name and not chosen:
        return [{"message": f'No operation named "{operation_name}"'}]
    if len(chosen) != 1:
        return [{"message": "An operation name is required"}]
    unfit = wrong_variables(schema(), chosen[0], variables)
    return [dict(error) for error in unfit] or (parsed, chosen[0])


def changes_something(document: str) -> bool:
    """Whether a document has a mutation, which costs more of the limits by the minute."""
    parsed = _parsed(document)
    return not isinstance(parsed, list) and any(
        isinstance(item, OperationDefinitionNode) and item.operation is OperationType.MUTATION
        for item in parsed.definitions
    )


@lru_cache(maxsize=32)
def _parsed(text: str) -> DocumentNode | list[Body]:
    """A valid document, or its mistakes; kept, because programs send the same few again and again."""
    if is_too_large(text):
        return [TOO_LARGE]
    try:
        parsed = parse(text)
    except GraphQLSyntaxError as error:
        return [syntax_error(error, text)]
    empty = empty_selection(parsed, text)
    if empty:
        return [empty]
    return list(mistakes(schema(), parsed)) or parsed


def _run(
    asked: Asking, parsed: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> GraphAnswer:
    only_price = _dry_run(operation, variables)
    if only_price:
        asked.is_dry = True
        parsed = _with(parsed, operation, only_price)
    mishaps = Mishaps(asked.limits)
    try:
        result = execute_sync(
            schema(),
            parsed,
            context_value=asked,
            variable_values=dict(variables),
            operation_name=operation.name.value if operation.name else None,
            middleware=[mishaps] if asked.limits.faults else None,
        )
    except GraphQLError as error:
        return GraphAnswer(200, {"errors": [_shape(error)]}, asked.cost.points, asked.cost.nodes)
    points = 0 if only_price else asked.cost.points
    if asked.is_timed_out:
        late: Body = {"data": None, "errors": [{"message": _IN_TIME}]}
        return GraphAnswer(502, late, points + asked.limits.timeout_points, asked.cost.nodes)
    if mishaps.is_timed_out:
        message = TIMEOUT_TEXT.format(reference=reference())
        return GraphAnswer(200, {"data": None, "errors": [{"message": message}]}, points, asked.cost.nodes)
    body: Body = {"data": result.data}
    if result.errors:
        body["errors"] = [_shape(_expected(error)) for error in result.errors]
    return GraphAnswer(200, body, points, asked.cost.nodes)


def _expected(error: GraphQLError) -> GraphQLError:
    """The error itself; for one of Python's, which is a bug here, GitHub's words and a number that the log has too."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return error
    number = reference()
    _log.error("sandbox.graphql_bug", reference=number, path=error.path, exc_info=cause)
    return GraphQLError(
        TIMEOUT_TEXT.format(reference=number), nodes=error.nodes, path=error.path, original_error=cause
    )


def _dry_run(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> Sequence[FieldNode]:
    """The fields that ask for the price alone, if any: then nothing else is looked at."""
    fields = [
        item
        for item in operation.selection_set.selections
        if isinstance(item, FieldNode) and item.name.value == "rateLimit"
    ]
    for field in fields:
        for argument in field.arguments or ():
            value: Any = argument.value
            name = getattr(value, "name", None)
            if argument.name.value == "dryRun" and (variables.get(name.value) if name else value.value):
                return fields
    return []


def _with(
    parsed: DocumentNode, operation: OperationDefinitionNode, fields: Sequence[FieldNode]
) -> DocumentNode:
    """The document with an operation that selects these fields only."""
    smaller = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        directives=operation.directives,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    definitions = tuple(smaller if item is operation else item for item in parsed.definitions)
    return DocumentNode(definitions=definitions)


def _shape(error: GraphQLError) -> Body:
    """An error of a field: its type and extensions, where in the answer, where in the document."""
    extensions = dict(error.extensions or {})
    kind = extensions.pop("type", None)
    shaped: Body = {"type": kind} if kind else {}
    if error.path:
        shaped["path"] = list(error.path)
    if extensions:
        shaped["extensions"] = extensions
    if error.locations:
        shaped["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return {**shaped, "message": error.message}


__all__ = ["GraphAnswer", "answer", "changes_something"]
