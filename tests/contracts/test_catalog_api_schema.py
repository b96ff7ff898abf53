"""The interface for programs does what its OpenAPI file says, whatever is sent to it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.applications import Starlette

from bot.web.api_door import Tokens
from bot.web.catalog_api import Behind, catalog_mount, description
from catalog_sync.entity.rules import DEFAULT_RULES
from catalog_sync.query.validation import faults_of_entity
from tests.usecases.query_world import GONE, Catalog, component, group

TOKEN = "a-token-for-programs"
ODD = {
    "title": "\u0000 \U0001f3ad",
    "tags": ["a", "A", "b.c"],
    "x": {"y": [1, 2.5, None, {"z": float("inf")}]},
}


def application() -> Starlette:
    catalog = Catalog(
        [
            group("payments", members=["ana"]),
            component("ledger", metadata={"tags": ["java", "pci"], "labels": {"tier": "gold"}}),
            component("odd", metadata=ODD, spec={"size": 10**30}),
            component("gone", gone_at=GONE),
        ]
    )
    behind = Behind(
        answers=catalog.now,
        refresh=lambda answers, ref: answers.card(ref),
        faults=lambda entity, location: faults_of_entity(entity, location, DEFAULT_RULES),
    )
    return Starlette(routes=[catalog_mount(Tokens({"tests": TOKEN}), behind)])


SCHEMA = schemathesis.openapi.from_dict(description())
SCHEMA.app = application()
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_answers_are_what_the_file_says(
    operation: schemathesis.APIOperation, mode: schemathesis.GenerationMode
) -> None:
    # What fits the file may still mean nothing: a filter without a key, a predicate without a field.
    not_asked = [positive_data_acceptance]
    if operation.method == "get":
        # In an address a number where text belongs is text.
        not_asked.append(negative_data_rejection)

    @given(case=operation.as_strategy(mode))
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=not_asked)

    check()
