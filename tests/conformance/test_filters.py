"""Every kind of question to the catalog is answered as Backstage's own packages answer it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pytest

from catalog_sync.query.facets import facets_of, parse_facets
from catalog_sync.query.fields import parse_fields
from catalog_sync.query.filters import parse_filters
from catalog_sync.query.in_memory import holds
from catalog_sync.query.index import Index, Indexed, Segment
from catalog_sync.query.matching import matching
from catalog_sync.query.order import ordered, parse_order, parse_order_fields
from catalog_sync.query.pages import USUAL_LIMIT, Asked, first_page
from catalog_sync.query.predicates import parse_predicate, parse_query
from catalog_sync.query.requests import parse_with_total
from catalog_sync.query.rows import check_keys, rows_of
from core.errors import UserError
from tests.conformance.cases import Case, cases, document


@cache
def population() -> dict[str, Case]:
    """The documents that are asked about, by reference."""
    return {ref_of(value): value for value in document("filters")["about"]["population"]}


def ref_of(value: Case) -> str:
    metadata = value["metadata"]
    return f"{value['kind']}:{metadata.get('namespace') or 'default'}/{metadata['name']}".lower()


@cache
def index() -> Index:
    return Index([Segment(indexed(population().items()))])


def indexed(documents: Iterable[tuple[str, Case]]) -> Iterable[Indexed]:
    return [Indexed(ref, value["metadata"].get("uid", ref), rows_of(value)) for ref, value in documents]


def refs(numbers: Iterable[int]) -> list[str]:
    return [index().refs[number] for number in numbers]


def matched(filters: Sequence[str]) -> Any:
    predicate = parse_filters(filters)
    return index().everything() if predicate is None else matching(predicate, index())


def entities(given: Case) -> Case:
    numbers = ordered(list(matched(given.get("filter", []))), index(), parse_order(given.get("order", [])))
    return {"entities": sorted(refs(numbers)), "ordered": refs(numbers)}


def by_query(given: Case) -> Case:
    orders = parse_order_fields(given.get("orderField", []))
    fields = given.get("fullTextFilterFields")
    asked = Asked(
        parse_filters(given.get("filter", [])),
        orders[0] if orders else None,
        given.get("fullTextFilterTerm", ""),
        None if fields is None else tuple(fields),
    )
    return paged(given, asked)


def query(given: Case) -> Case:
    predicate = parse_query(given["query"]) if "query" in given else None
    return paged(given, Asked(predicate))


def paged(given: Case, asked: Asked) -> Case:
    page = first_page(
        index(),
        asked,
        given.get("limit", USUAL_LIMIT),
        given.get("offset", 0),
        with_total=parse_with_total(given.get("totalItems")),
    )
    return {
        "entities": sorted(refs(page.numbers)),
        "ordered": refs(page.numbers),
        "totalItems": page.total,
        "hasNext": page.following is not None,
        "hasPrev": page.previous is not None,
    }


def evaluate(given: Case) -> Case:
    return {"entities": sorted(ref for ref, value in population().items() if holds(given["query"], value))}


def facets(given: Case) -> Case:
    wanted = parse_facets(given.get("facets"))
    return {"facets": facets_of(index(), wanted, matched(given.get("filter", [])))}


def facets_by_predicate(given: Case) -> Case:
    wanted = parse_facets(given.get("facets"))
    among = matching(parse_predicate(given["query"]), index()) if "query" in given else None
    return {"facets": facets_of(index(), wanted, among)}


def fields(given: Case) -> Case:
    return {"entity": parse_fields(given["fields"]).of(population()[given["entity"]])}


def rows(given: Case) -> Case:
    value = given["entityValue"] if "entityValue" in given else population()[given["entity"]]
    check_keys(value)
    found = [list(row) for row in rows_of(value)]
    return {"rows": sorted(found, key=str)}


ANSWERS = {
    "entities": entities,
    "by-query": by_query,
    "query": query,
    "evaluate": evaluate,
    "facets": facets,
    "facets-by-predicate": facets_by_predicate,
    "fields": fields,
    "index": rows,
}


@pytest.mark.parametrize(("given", "expect"), cases("filters"))
def test_a_question_is_answered_as_backstage_answers_it(given: Case, expect: Case) -> None:
    answer = ANSWERS[given["api"]]

    if "error" in expect:
        error = TypeError if expect["error"]["name"] == "TypeError" else UserError
        with pytest.raises(error):
            answer(given)
        return
    if "rows" in expect:
        expect = {"rows": sorted(expect["rows"], key=str)}
    found = answer(given)
    assert {key: found[key] for key in expect} == expect


def test_pages_lead_through_everything_and_back() -> None:
    """Whatever the size of a page, following the cursors shows each document once, in order."""
    from catalog_sync.query.pages import encoded_cursor, next_page, parse_cursor

    for given in ({}, {"orderField": ["metadata.name,asc"]}, {"orderField": ["metadata.tags,desc"]}):
        orders = parse_order_fields(given.get("orderField", []))
        asked = Asked(None, orders[0] if orders else None)
        whole = refs(first_page(index(), asked, 1_000).numbers)
        for size in (1, 3, 7):
            page = first_page(index(), asked, size)
            pages = [refs(page.numbers)]
            while page.following:
                page = next_page(index(), parse_cursor(encoded_cursor(page.following)), size)
                pages.append(refs(page.numbers))
            assert [ref for each in pages for ref in each] == whole
            back = [pages[-1]]
            while page.previous:
                page = next_page(index(), parse_cursor(encoded_cursor(page.previous)), size)
                back.append(refs(page.numbers))
            assert back[::-1] == pages
