"""Fields and whole entities are accepted, or refused at the place at which Backstage refuses them."""

from typing import Any

import pytest

from catalog_sync.entity.fields import VALIDATORS
from catalog_sync.entity.kinds import flaws_of
from tests.conformance.cases import Case, cases


@pytest.mark.parametrize(("given", "expect"), cases("fields"))
def test_a_field_is_allowed_exactly_when_backstage_allows_it(given: Case, expect: Case) -> None:
    assert VALIDATORS[given["validator"]](given.get("value")) == expect["valid"]


@pytest.mark.parametrize(("given", "expect"), cases("entities"))
def test_an_entity_is_refused_where_backstage_refuses_it(given: Any, expect: Case) -> None:
    flaws = flaws_of(given)

    assert (not flaws) == expect["valid"]
    if flaws and expect["error"].get("field") is not None:
        assert (flaws[0].field, flaws[0].stage) == (expect["error"]["field"], stage_of(expect))


def stage_of(expect: Case) -> str:
    """Where Backstage stops; its stage ``schema`` is a part of our ``policy``."""
    return "policy" if expect["stage"] == "schema" else str(expect["stage"])
