"""The schema of the local GitHub with a resolver at every field: built once, from ``schema.graphql``."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    GraphQLAbstractType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from bot.sandbox.github.graph import alerts, contents, mutations, people, pulls, queries, repositories, rules
from bot.sandbox.github.graph.asking import Info, Resolver
from bot.sandbox.github.graph.contents import Content
from bot.sandbox.github.graph.people import Account, Actor, OrganizationTeam
from bot.sandbox.github.hosted import HostedRepository, PullRequest
from bot.sandbox.organization import Person

_TABLES = (
    queries.RESOLVERS,
    mutations.RESOLVERS,
    repositories.RESOLVERS,
    contents.RESOLVERS,
    people.RESOLVERS,
    pulls.RESOLVERS,
    rules.RESOLVERS,
    alerts.RESOLVERS,
)
_NAMES = {
    HostedRepository: "Repository",
    Account: "Organization",
    OrganizationTeam: "Team",
    Person: "User",
    Actor: "Bot",
}


@cache
def schema() -> GraphQLSchema:
    """The schema, built once."""
    text = files(__package__).joinpath("schema.graphql").read_text(encoding="utf-8")
    built = build_schema(text)
    for named in built.type_map.values():
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
            named.resolve_type = _type_of
    for name, resolvers in resolver_tables().items():
        _attach(built, name, resolvers)
    return built


def resolver_tables() -> Mapping[str, Mapping[str, Resolver]]:
    """Type to field to what answers it."""
    return {name: resolvers for table in _TABLES for name, resolvers in table.items()}


def _attach(built: GraphQLSchema, name: str, resolvers: Mapping[str, Resolver]) -> None:
    named = built.type_map[name]
    assert isinstance(named, GraphQLObjectType)
    for field, resolver in resolvers.items():
        named.fields[field].resolve = resolver


def _type_of(value: Any, _info: Info, _abstract: GraphQLAbstractType) -> str | None:
    """Which type a value has where the schema says only what types have in common."""
    if isinstance(value, Content):
        return value.type
    if isinstance(value, Mapping):
        return str(value["__typename"])
    if isinstance(value, tuple) and isinstance(value[1], PullRequest):
        return "PullRequest"
    return _NAMES.get(type(value))
