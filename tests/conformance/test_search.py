"""What search would index of an entity is what Backstage's own collator makes of it."""

import pytest

from catalog_sync.query.search_documents import search_document
from tests.conformance.cases import Case, cases


@pytest.mark.parametrize(("given", "expect"), cases("search"))
def test_an_entity_is_searched_by_what_backstage_searches_it_by(given: Case, expect: Case) -> None:
    location = [given["locationTemplate"]] if "locationTemplate" in given else []

    assert search_document(given["entity"], *location) == expect["document"]
