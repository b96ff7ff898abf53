"""Our queries and the local GitHub's schema against the schema that GitHub publishes."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    parse,
    print_ast,
    validate,
)

from bot.sandbox.github.graph import schema
from bot.sandbox.github.graph.cost import cost_of
from bot.sandbox.github.graph.schema import resolver_tables
from catalog_sync.github import queries
from catalog_sync.github.commits import FILES, document_of
from catalog_sync.github.committers import COMMITTERS
from tests.tools import official

BUDGET = {
    "DISCOVER": 1,
    "DETAILS": 1,
    "ONE": 1,
    "TEAMS": 1,
    "FILES": 1,
    "REST": 1,
    "TOUCHES": 1,
    "COMMITTERS": 1,
}
"""Points of one request at its usual size; a new query gets a row here."""
USUAL: dict[str, Any] = {"first": 100, "ids": [f"R_{number}" for number in range(25)], "after": None}


def documents_of(module: ModuleType) -> dict[str, str]:
    """Every document that a module sends: text with an operation in it."""
    return {
        name: text
        for name, text in vars(module).items()
        if isinstance(text, str) and not name.startswith("_") and ("query " in text or "mutation " in text)
    }


DOCUMENTS = {
    **{name: text for name, text in documents_of(queries).items() if name.isupper()},
    "TOUCHES": document_of(FILES),
    "COMMITTERS": COMMITTERS,
    "FILES": queries.files_query({f"R_{n}": ["a.yaml"] * 5 for n in range(queries.FILES_PAGE // 5)})[0],
    "REST": queries.rest_query("acme", [("a", "members", "x"), ("b", "repositories", "y")] * 12)[0],
}


@pytest.fixture(scope="module")
def theirs() -> GraphQLSchema:
    """GitHub's own; as published it is not quite valid, which both switches overlook."""
    text = (official("@octokit/graphql-schema") / "schema.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid_sdl=True, assume_valid=True)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_query_asks_only_for_what_github_has(name: str, theirs: GraphQLSchema) -> None:
    assert validate(theirs, parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_query_costs_no_more_than_its_budget(name: str) -> None:
    document = parse(DOCUMENTS[name])
    (operation,) = (item for item in document.definitions if isinstance(item, OperationDefinitionNode))
    cost = cost_of(schema(), document, operation, USUAL | {"first": 25 if name == "TEAMS" else 100})

    assert cost.points <= BUDGET[name]
    assert cost.nodes <= 5_000


def test_every_type_field_and_argument_of_the_local_schema_is_githubs(theirs: GraphQLSchema) -> None:
    assert list(_differences(schema(), theirs)) == []


def test_every_field_of_the_local_schema_is_answered() -> None:
    """A field without a resolver would be null, which is a lie."""
    tables = resolver_tables()
    plain = {name for name in schema().type_map if name.endswith(("Connection", "Edge", "Payload"))}
    plain |= {"PageInfo", "RateLimit", "License", "Language", "Topic", "RepositoryCodeowners"}
    plain |= {"RepositoryCodeownersError", "RepositoryRuleConditions", "RefNameConditionTarget"}

    missing = [
        f"{kind.name}.{field}"
        for kind in schema().type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__") and kind.name not in plain
        for field in kind.fields
        if field not in tables.get(kind.name, {})
    ]

    assert missing == []


def _differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[str]:
    for name, kind in ours.type_map.items():
        if name.startswith("__"):
            continue
        other = theirs.type_map.get(name)
        if other is None or type(other) is not type(kind):
            yield f"{name} is no {type(kind).__name__} there"
            continue
        yield from _of_type(kind, other)


def _of_type(ours: GraphQLNamedType, theirs: GraphQLNamedType) -> Iterator[str]:
    for compare in (_interfaces, _members, _values, _fields):
        yield from compare(ours, theirs)


def _interfaces(ours: GraphQLNamedType, theirs: Any) -> Iterator[str]:
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        known = {interface.name for interface in theirs.interfaces}
        yield from (f"{ours.name} is no {one.name} there" for one in ours.interfaces if one.name not in known)


def _members(ours: GraphQLNamedType, theirs: Any) -> Iterator[str]:
    if isinstance(ours, GraphQLUnionType):
        known = {member.name for member in theirs.types}
        yield from (f"{one.name} is not in {ours.name}" for one in ours.types if one.name not in known)


def _values(ours: GraphQLNamedType, theirs: Any) -> Iterator[str]:
    for value in getattr(ours, "values", {}):
        if value not in theirs.values:
            yield f"{ours.name} has no {value}"


def _fields(ours: GraphQLNamedType, theirs: Any) -> Iterator[str]:
    for field, mine in getattr(ours, "fields", {}).items():
        other = theirs.fields.get(field)
        if other is None or str(other.type) != str(mine.type):
            yield f"{ours.name}.{field} is {other.type if other else 'not there'}, not {mine.type}"
            continue
        if isinstance(ours, GraphQLInputObjectType):
            if _default(mine) != _default(other):
                yield f"{ours.name}.{field} has another default"
            continue
        yield from _arguments(f"{ours.name}.{field}", mine, other)
    if isinstance(ours, GraphQLInputObjectType):
        left_out = (name for name in theirs.fields if name not in ours.fields)
        yield from (f"{ours.name} lacks {name}" for name in left_out if _is_required(theirs.fields[name]))


def _arguments(place: str, mine: Any, other: Any) -> Iterator[str]:
    for name, argument in mine.args.items():
        known = other.args.get(name)
        if known is None or str(known.type) != str(argument.type):
            yield f"{place}({name}:) is not {argument.type} there"
        elif _default(known) != _default(argument):
            yield f"{place}({name}:) has another default there"
    left_out = (name for name in other.args if name not in mine.args)
    yield from (f"{place} lacks {name}" for name in left_out if _is_required(other.args[name]))


def _is_required(field: Any) -> bool:
    return str(field.type).endswith("!") and _default(field) is None


def _default(field: Any) -> str | None:
    """A default as it is written, which every version of the library keeps at the same place."""
    node = field.ast_node.default_value
    return print_ast(node) if node else None
