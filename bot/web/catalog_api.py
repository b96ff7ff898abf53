"""The catalog for programs, over HTTP: paths, parameters, answers and refusals are those of Backstage's catalog.

Source: the OpenAPI file and the router of @backstage/plugin-catalog-backend 4.0.0.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from bot.web.api_door import Tokens, guarded, json_response, read_object
from bot.web.catalog_calls import (
    MOST_ON_A_PAGE,
    Call,
    asked_by_body,
    asked_by_parameters,
    number_in,
    only_known,
    optional,
    page_size,
    predicate_in,
    texts,
    with_total_in,
)
from catalog_sync.query.facets import parse_facets
from catalog_sync.query.fields import Fields, parse_fields
from catalog_sync.query.in_memory import holds
from catalog_sync.query.order import parse_order
from catalog_sync.query.pages import Page, encoded_cursor, parse_cursor
from catalog_sync.query.questions import Answers, Location
from catalog_sync.query.requests import (
    MOST_FACETS,
    MOST_LOCATIONS,
    MOST_REFS,
    encoded_after,
    encoded_locations_cursor,
    parse_after,
    parse_locations_cursor,
    parse_with_total,
)
from core.errors import NotAllowed, NotFound, UserError

PREFIX = "/api/catalog"
_READ_ONLY = "The catalog is read-only: it is read from GitHub, and changes by what changes there"


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the interface."""

    answers: Callable[[], Answers]
    """The answers of now, for a member of the organisation."""
    refresh: Callable[[Answers, str], None]
    """Have an entity, by its reference, read again soon."""
    faults: Callable[[Any, Any], Sequence[str]]
    """One sentence for everything that is wrong with an entity at a location."""


Answer = Callable[[Call, Behind], Response]


def catalog_mount(tokens: Tokens, behind: Behind) -> Mount:
    """Everything below ``/api/catalog``.

    Args:
        tokens: Who may enter.
        behind: What answers.
    """

    def route(path: str, **by_method: tuple[Answer, Sequence[str]]) -> Route:
        return Route(path, guarded(_answering(by_method, behind), tokens), methods=[*by_method])

    refused = (_refuse, ("dryRun", "onConflict"))
    routes = [
        route("/openapi.json", GET=(_describe, ())),
        route("/entities", GET=(_entities, ("filter", "fields", "order", "limit", "offset", "after"))),
        route("/entities/by-query", GET=(_by_query, _QUERY), POST=(_by_predicate, ())),
        route("/entities/by-refs", POST=(_by_refs, ("filter",))),
        route("/entities/by-uid/{uid}", GET=(_by_uid, ()), DELETE=refused),
        route("/entities/by-name/{kind}/{namespace}/{name}", GET=(_by_name, ())),
        route("/entities/by-name/{kind}/{namespace}/{name}/ancestry", GET=(_ancestry, ())),
        route("/entity-facets", GET=(_facets, ("facet", "filter")), POST=(_facets_by_predicate, ())),
        route("/locations", GET=(_locations, ()), POST=refused),
        route("/locations/by-query", POST=(_locations_by_query, ())),
        route("/locations/by-entity/{kind}/{namespace}/{name}", GET=(_location_of, ())),
        route("/locations/{id}", GET=(_location, ()), PUT=refused, DELETE=refused),
        route("/refresh", POST=(_refresh, ())),
        route("/validate-entity", POST=(_validate, ())),
    ]
    catalog = Starlette(routes=routes, exception_handlers={HTTPException: _handler(tokens)})
    catalog.router.redirect_slashes = False
    mount = Mount(PREFIX, catalog)
    # Starlette's own stops at the end of a line, which a path may have in it, and says so in plain text.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


_QUERY = (
    "filter",
    "fields",
    "limit",
    "offset",
    "orderField",
    "cursor",
    "totalItems",
    "fullTextFilterTerm",
    "fullTextFilterFields",
)


def _answering(by_method: Mapping[str, tuple[Answer, Sequence[str]]], behind: Behind) -> Any:
    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        respond, known = by_method[method]
        only_known(request.query_params, known)
        body = await read_object(request, is_needed=False) if method in ("POST", "PUT") else {}
        query = f"?{request.url.query}" if request.url.query else ""
        call = Call(request.query_params, request.path_params, body, f"{request.url.path}{query}")
        return await run_in_threadpool(respond, call, behind)

    return answer


def _handler(tokens: Tokens) -> Any:
    """What is said where no route leads, and where one does not take the method."""

    async def refuse(request: Request, error: Exception) -> Response:
        async def fail(_request: Request) -> Response:
            raise error

        return await guarded(fail, tokens)(request)

    return refuse


def _describe(_call: Call, _behind: Behind) -> Response:
    return json_response(description())


@cache
def description() -> dict[str, Any]:
    """The OpenAPI file of this interface."""
    text = files("bot.web").joinpath("catalog_openapi.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _entities(call: Call, behind: Behind) -> Response:
    predicate, fields = call.predicate(), parse_fields(call.several("fields"))
    orders = parse_order(call.several("order"))
    limit, offset, after = call.number("limit"), call.number("offset"), call.one("after")
    if limit == 0:
        raise UserError("Invalid limit, must be greater than zero")
    if after is not None:
        limit, offset = parse_after(after)
    answers = behind.answers()
    numbers, has_more = answers.entities(predicate, orders, offset or 0, limit)
    headers = {}
    if has_more and limit is not None:
        kept = [(name, value) for name, value in call.params.multi_items() if name not in ("offset", "after")]
        place = urlencode([*kept, ("after", encoded_after(limit, (offset or 0) + limit))])
        headers["Link"] = f'<{call.url.partition("?")[0]}?{place}>; rel="next"'
    return json_response(list(answers.documents(numbers, fields)), headers=headers)


def _by_query(call: Call, behind: Behind) -> Response:
    fields, limit = parse_fields(call.several("fields")), page_size(call.number("limit"))
    offset, cursor = call.number("offset"), call.one("cursor")
    answers = behind.answers()
    if cursor is not None:
        return _page(answers, answers.next_page(parse_cursor(cursor), limit), fields)
    with_total = parse_with_total(call.one("totalItems"))
    page = answers.first_page(asked_by_parameters(call), limit, offset or 0, with_total=with_total)
    return _page(answers, page, fields)


def _by_predicate(call: Call, behind: Behind) -> Response:
    body = call.body
    fields, limit = parse_fields((), texts(body, "fields")), page_size(number_in(body, "limit"))
    asked, offset, with_total = asked_by_body(body), number_in(body, "offset"), with_total_in(body)
    cursor = optional(body, "cursor", str, "text")
    answers = behind.answers()
    if cursor is not None:
        return _page(answers, answers.next_page(parse_cursor(cursor), limit), fields)
    page = answers.first_page(asked, limit, offset or 0, with_total=with_total)
    return _page(answers, page, fields)


def _page(answers: Answers, page: Page, fields: Fields) -> Response:
    cursors = {"nextCursor": page.following, "prevCursor": page.previous}
    return json_response(
        {
            "items": list(answers.documents(page.numbers, fields)),
            "totalItems": page.total,
            "pageInfo": {name: encoded_cursor(cursor) for name, cursor in cursors.items() if cursor},
        }
    )


def _by_refs(call: Call, behind: Behind) -> Response:
    if "entityRefs" not in call.body:
        raise UserError(
            "entityRefs is missing", 'For example: {"entityRefs": ["component:default/payments-api"]}'
        )
    refs, fields = texts(call.body, "entityRefs", MOST_REFS), texts(call.body, "fields")
    predicates = [item for item in (call.predicate(), predicate_in(call.body)) if item is not None]
    predicate = {"$all": predicates} if predicates else None
    return json_response({"items": list(behind.answers().by_refs(refs, predicate, parse_fields((), fields)))})


def _by_uid(call: Call, behind: Behind) -> Response:
    return json_response(behind.answers().by_uid(call.path["uid"]))


def _by_name(call: Call, behind: Behind) -> Response:
    return json_response(behind.answers().by_ref(_ref(call), _unknown(call)))


def _ancestry(call: Call, behind: Behind) -> Response:
    entity = behind.answers().by_ref(_ref(call), f"No such entity {_ref(call)}")
    # Entities are read from files, not made of other entities; so they have no ancestors.
    return json_response({"rootEntityRef": _ref(call), "items": [{"entity": entity, "parentEntityRefs": []}]})


def _facets(call: Call, behind: Behind) -> Response:
    facets, predicate = parse_facets(_few(call.several("facet"))), call.predicate()
    return json_response({"facets": behind.answers().facets(facets, predicate)})


def _facets_by_predicate(call: Call, behind: Behind) -> Response:
    facets, predicate = parse_facets(texts(call.body, "facets", MOST_FACETS)), predicate_in(call.body)
    return json_response({"facets": behind.answers().facets(facets, predicate)})


def _locations(_call: Call, behind: Behind) -> Response:
    return json_response([{"data": _located(item)} for item in behind.answers().locations.values()])


def _locations_by_query(call: Call, behind: Behind) -> Response:
    limit, predicate, after = number_in(call.body, "limit"), predicate_in(call.body), ""
    cursor = optional(call.body, "cursor", str, "text")
    if cursor is not None:
        limit, predicate, after = parse_locations_cursor(cursor)
    if limit == 0:
        raise UserError("Limit must be a positive integer >= 1")
    every = [_located(item) for item in behind.answers().locations.values()]
    fitting = sorted(
        (item for item in every if predicate is None or holds(predicate, item)), key=lambda item: item["id"]
    )
    limit = min(limit or MOST_LOCATIONS, MOST_ON_A_PAGE)
    items = list(islice((item for item in fitting if item["id"] > after), limit + 1))
    more = {}
    if len(items) > limit:
        more["nextCursor"] = encoded_locations_cursor(limit, predicate, items[limit - 1]["id"])
    return json_response({"items": items[:limit], "totalItems": len(fitting), "pageInfo": more})


def _location(call: Call, behind: Behind) -> Response:
    found = behind.answers().locations.get(call.path["id"])
    if found is None:
        raise NotFound(f"Found no location with ID {call.path['id']}")
    return json_response(_located(found))


def _location_of(call: Call, behind: Behind) -> Response:
    return json_response(_located(behind.answers().location_of(_ref(call))))


def _located(location: Location) -> dict[str, str]:
    return {
        "id": location.id,
        "type": location.type,
        "target": location.target,
        "entityRef": location.entity_ref,
    }


def _refresh(call: Call, behind: Behind) -> Response:
    ref = optional(call.body, "entityRef", str, "text")
    if ref is None:
        raise UserError(
            "entityRef is missing", 'For example: {"entityRef": "component:default/payments-api"}'
        )
    behind.refresh(behind.answers(), ref)
    return Response(status_code=200)


def _validate(call: Call, behind: Behind) -> Response:
    faults = behind.faults(call.body.get("entity"), call.body.get("location"))
    if not faults:
        return Response(status_code=200)
    return json_response({"errors": [{"name": "InputError", "message": fault} for fault in faults]}, 400)


def _refuse(_call: Call, _behind: Behind) -> Response:
    raise NotAllowed(_READ_ONLY)


def _ref(call: Call) -> str:
    return f"{call.path['kind']}:{call.path['namespace']}/{call.path['name']}".lower()


def _unknown(call: Call) -> str:
    kind, namespace, name = (call.path[part] for part in ("kind", "namespace", "name"))
    return f"No entity named '{name}' found, with kind '{kind}' in namespace '{namespace}'"


def _few(facets: Iterable[str]) -> list[str]:
    found = list(facets)
    if len(found) > MOST_FACETS:
        raise UserError(f"At most {MOST_FACETS} facets are counted at once")
    return found
