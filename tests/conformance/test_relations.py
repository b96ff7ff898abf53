"""An entity has the relations that Backstage emits for it, in their order."""

import pytest

from catalog_sync.entity.relations import relations_of
from tests.conformance.cases import Case, cases, entity_of


@pytest.mark.parametrize(("given", "expect"), cases("relations"))
def test_an_entity_has_the_relations_that_backstage_emits(given: Case, expect: Case) -> None:
    if "error" in expect:
        with pytest.raises(ValueError, match="reference"):
            relations_of(entity_of(given["entity"]))
        return
    found = relations_of(entity_of(given["entity"]))
    assert [{"source": str(r.source), "type": r.type, "target": str(r.target)} for r in found] == expect[
        "relations"
    ]
