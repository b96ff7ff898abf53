"""References to entities and locations mean what they mean to Backstage."""

from typing import Any

import pytest

from catalog_sync.entity.model import EntityRef
from catalog_sync.entity.refs import (
    compound_of,
    parse_compound,
    parse_location,
    parse_ref,
    stringify_location,
    stringify_ref,
)
from tests.conformance.cases import Case, cases


def parts_of(ref: EntityRef) -> Case:
    return {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}


def parsed(given: Case) -> EntityRef:
    context = given.get("context") or {}
    read: Any = parse_ref if isinstance(given.get("ref"), str) else parse_compound
    return read(given.get("ref"), context.get("defaultKind"), context.get("defaultNamespace"))


def location(given: Case) -> Case:
    return dict(zip(("type", "target"), parse_location(given["ref"]), strict=True))


ANSWERS = {
    "parse": lambda given: parts_of(parsed(given)),
    "stringify": lambda given: stringify_ref(given["ref"]),
    "compound": lambda given: parts_of(compound_of(given["entity"])),
    "parse-then-stringify": lambda given: str(parsed(given)),
    "parse-location": location,
    "stringify-location": lambda given: stringify_location(
        given["ref"].get("type"), given["ref"].get("target")
    ),
}


@pytest.mark.parametrize(("given", "expect"), cases("refs"))
def test_a_reference_means_what_it_means_to_backstage(given: Case, expect: Case) -> None:
    answer = ANSWERS[given["op"]]

    if "error" in expect:
        with pytest.raises(ValueError, match=r"reference|location ref"):
            answer(given)
    else:
        assert answer(given) == expect["ok"]
