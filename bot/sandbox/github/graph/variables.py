"""Pure: whether the variables of a request have the types that the operation declares, and GitHub's words if not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_required_input_field,
    print_ast,
    type_from_ast,
)

Problem = tuple[tuple[str | int, ...], str]


def wrong_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """An error for each variable whose value does not fit; empty where all do."""
    errors = []
    for item in operation.variable_definitions or ():
        name = item.variable.name.value
        if name not in given and item.default_value is not None:
            continue
        problems = list(
            _problems(cast(GraphQLInputType, type_from_ast(schema, item.type)), given.get(name), ())
        )
        if problems:
            at = item.loc.start_token if item.loc else None
            errors.append(
                {
                    "extensions": {
                        "value": given.get(name),
                        "problems": [{"path": list(path), "explanation": why} for path, why in problems],
                    },
                    "locations": [{"line": at.line, "column": at.column}] if at else [],
                    "message": f"Variable ${name} of type {print_ast(item.type)} was provided invalid value"
                    + _where(problems),
                }
            )
    return errors


def _where(problems: Sequence[Problem]) -> str:
    named = [f"{'.'.join(map(str, path))} ({why})" for path, why in problems if path]
    return f" for {', '.join(named)}" if named else ""


def _problems(kind: GraphQLInputType | None, value: Any, path: tuple[str | int, ...]) -> Iterable[Problem]:
    if value is None:
        if isinstance(kind, GraphQLNonNull):
            yield path, "Expected value to not be null"
    elif isinstance(kind, GraphQLNonNull):
        yield from _problems(kind.of_type, value, path)
    elif isinstance(kind, GraphQLList):
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items):
            yield from _problems(kind.of_type, item, (*path, number))
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _of_object(kind, value, path)
    else:
        yield from _of_leaf(kind, value, path)


def _of_leaf(kind: GraphQLInputType | None, value: Any, path: tuple[str | int, ...]) -> Iterable[Problem]:
    if isinstance(kind, GraphQLEnumType):
        if not isinstance(value, str) or value not in kind.values:
            yield path, f'Expected "{value}" to be one of: {", ".join(kind.values)}'
    elif isinstance(kind, GraphQLScalarType):
        try:
            kind.parse_value(value)
        except (GraphQLError, ValueError, TypeError):
            yield path, f"Could not coerce value {value!r} to {kind.name}"


def _of_object(kind: GraphQLInputObjectType, value: Any, path: tuple[str | int, ...]) -> Iterable[Problem]:
    if not isinstance(value, Mapping):
        yield path, f"Could not coerce value {value!r} to {kind.name}"
        return
    for name in value:
        if name not in kind.fields:
            yield (*path, name), f"Field is not defined on {kind.name}"
    for name, field in kind.fields.items():
        if name in value or is_required_input_field(field):
            yield from _problems(field.type, value.get(name), (*path, name))
