"""The answers that Backstage's own packages give, case by case.

Set CALLBOARD_CONFORMANCE_DIR to run other files of the same shape. Of refs.json the cases with a
reference as text are run (Callboard has no use for references as objects), of codeowners.json those
with GitHub's semantics, of filters.json those that filter entities by strings.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from catalog_sync.entity.fields import VALIDATORS
from catalog_sync.entity.filters import compile_filter
from catalog_sync.entity.kinds import flaws_of
from catalog_sync.entity.model import Entity, EntityRef, Relation, Source
from catalog_sync.entity.refs import parse_ref
from catalog_sync.entity.relations import relations_of
from catalog_sync.ownership.codeowners import parse
from core.access import Visibility

FOLDER = Path(os.environ.get("CALLBOARD_CONFORMANCE_DIR") or Path(__file__).parent)
NOWHERE = Source("", "", "", Visibility.PUBLIC)

Case = dict[str, Any]


def document(name: str) -> Case:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def cases(name: str) -> list[Any]:
    return [pytest.param(case["input"], case["expect"], id=case["id"]) for case in document(name)["cases"]]


def entity_of(value: Case) -> Entity:
    metadata = value["metadata"]
    ref = EntityRef(value["kind"], metadata.get("namespace", "default"), metadata["name"])
    return Entity(ref, value["apiVersion"], metadata, value.get("spec") or {}, NOWHERE)


@pytest.mark.parametrize(("given", "expect"), cases("fields"))
def test_a_field_is_allowed_exactly_when_backstage_allows_it(given: Case, expect: Case) -> None:
    assert VALIDATORS[given["validator"]](given.get("value")) == expect["valid"]


@pytest.mark.parametrize(("given", "expect"), cases("entities"))
def test_an_entity_is_refused_where_backstage_refuses_it(given: Any, expect: Case) -> None:
    flaws = flaws_of(given)

    assert (not flaws) == expect["valid"]
    if flaws and expect["error"].get("field") is not None:
        assert flaws[0].field == expect["error"]["field"]


def is_text_reference(given: Case) -> bool:
    return given["op"] == "parse" and not isinstance(given.get("ref"), dict)


@pytest.mark.parametrize(
    ("given", "expect"), [case for case in cases("refs") if is_text_reference(case.values[0])]
)
def test_a_reference_means_what_it_means_to_backstage(given: Case, expect: Case) -> None:
    context = given.get("context") or {}
    arguments = (given.get("ref"), context.get("defaultKind"), context.get("defaultNamespace") or "default")

    if "error" in expect:
        with pytest.raises(ValueError, match=r"Entity reference|must"):
            parse_ref(*arguments)
    else:
        found = parse_ref(*arguments)
        assert {"kind": found.kind, "namespace": found.namespace, "name": found.name} == expect["ok"]


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


@pytest.mark.parametrize(
    ("given", "expect"), [case for case in cases("codeowners") if "path" in case.values[0]]
)
def test_codeowners_decides_as_github_does(given: Case, expect: Any) -> None:
    if "pattern" in given:
        wanted = expect["match"] if isinstance(expect, dict) else expect
        assert (parse(f"{given['pattern']} @a\n").owners_of(given["path"]) is not None) == wanted
        return
    rule = parse(given["codeowners"]).owners_of(given["path"])
    found = {"match": rule is not None, **({"line": rule.line, "owners": list(rule.owners)} if rule else {})}
    assert {key: found.get(key) for key in expect} == expect


def is_string_filter(given: Case) -> bool:
    return (
        given.get("api") == "entities"
        and set(given) <= {"api", "filter"}
        and "metadata.uid" not in str(given)
    )


@pytest.mark.parametrize(
    ("given", "expect"), [case for case in cases("filters") if is_string_filter(case.values[0])]
)
def test_a_filter_keeps_what_backstage_keeps(given: Case, expect: Case) -> None:
    from core.errors import UserError

    if "error" in expect:
        with pytest.raises(UserError):
            compile_filter(given["filter"])
        return
    keep = compile_filter(given.get("filter", []))
    found = []
    for value in document("filters")["about"]["population"]:
        entity = entity_of(value)
        targets = [
            (item["type"], re.split("[:/]", item["targetRef"], maxsplit=2))
            for item in value.get("relations", [])
        ]
        if keep(entity, [Relation(entity.ref, kind, EntityRef(*target)) for kind, target in targets]):
            found.append(str(entity.ref))
    assert sorted(found) == expect["entities"]
