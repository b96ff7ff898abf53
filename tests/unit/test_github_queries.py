"""Every GraphQL document is one that the local GitHub's schema, a part of the real one, understands."""

import pytest
from graphql import parse, validate

from bot.sandbox.github.graph import schema
from catalog_sync.github import queries

DOCUMENTS = {
    name: text
    for name, text in vars(queries).items()
    if name.isupper() and not name.startswith("_") and isinstance(text, str)
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_asks_only_for_what_the_schema_has(name: str) -> None:
    assert validate(schema(), parse(DOCUMENTS[name])) == []
