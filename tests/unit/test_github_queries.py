"""Every GraphQL document is one that the local GitHub's schema, a part of the real one, understands."""

import pytest
from graphql import parse, validate

from bot.sandbox.github.graph import schema
from catalog_sync.github import queries

DOCUMENTS = {
    name: text
    for name, text in vars(queries).items()
    if name.isupper() and not name.startswith("_") and isinstance(text, str)
} | {
    "FILES": queries.files_query({"R_1": ["a.yaml", "main:b.yaml"], "R_2": ["b.yaml"]})[0],
    "REST": queries.rest_query("acme", [("a", "members", "x"), ("b", "repositories", "y")])[0],
    "REST_OF_ONE_KIND": queries.rest_query("acme", [("a", "members", "x")])[0],
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_asks_only_for_what_the_schema_has(name: str) -> None:
    assert validate(schema(), parse(DOCUMENTS[name])) == []
