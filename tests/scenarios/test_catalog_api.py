"""A program written for Backstage's catalog reads ours: the requests are those of its client, over the real web server."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.catalog import Catalog
from bot.programs import program_routes
from core.settings import Settings
from tests.scenarios.world import API_TOKEN, World, component, until

REFS = ["component:default/payments-api", "component:default/nothing", "group:default/payments"]


class Client:
    """Speaks as Backstage's client does: paths, repeated parameters, cursors."""

    def __init__(self, world: World) -> None:
        self.http = httpx.Client(
            base_url=f"{world.callboard.web.url}/api/catalog",
            headers={"Authorization": f"Bearer {API_TOKEN}"},
            timeout=30,
        )

    def get(self, path: str, **params: Any) -> Any:
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, **params: Any) -> Any:
        answer = self.http.post(path, json=body, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    def refs(self, path: str = "/entities", **params: Any) -> list[str]:
        found = self.get(path, **params)
        return [ref_of(item) for item in (found if isinstance(found, list) else found["items"])]


def ref_of(entity: Any) -> str:
    metadata = entity["metadata"]
    return f"{entity['kind']}:{metadata['namespace']}/{metadata['name']}".lower()


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    client = Client(world)
    yield client
    client.http.close()


def test_an_entity_is_whole(client: Client) -> None:
    """By its name: with defaults, ids, relations in both directions, and where it was read."""
    entity = client.get("/entities/by-name/Component/default/payments-api")

    metadata = entity["metadata"]
    place = "playhouse/payments-api"
    root = metadata["annotations"]["backstage.io/view-url"].partition(f"/{place}")[0]
    assert metadata["annotations"] == {
        "backstage.io/managed-by-location": f"url:{root}/{place}/blob/main/catalog-info.yaml",
        "backstage.io/managed-by-origin-location": f"url:{root}/{place}/blob/main/catalog-info.yaml",
        "backstage.io/view-url": f"{root}/{place}/blob/main/catalog-info.yaml",
        "backstage.io/edit-url": f"{root}/{place}/edit/main/catalog-info.yaml",
        "backstage.io/source-location": f"url:{root}/{place}/tree/main/",
    }
    assert metadata["namespace"] == "default"
    assert entity["relations"] == [{"type": "ownedBy", "targetRef": "group:default/payments"}]
    assert client.get(f"/entities/by-uid/{metadata['uid']}") == entity
    team = client.get("/entities/by-name/group/default/payments")
    assert {"type": "ownerOf", "targetRef": "component:default/payments-api"} in team["relations"]


def test_filters_are_alternatives_and_their_conditions_are_not(client: Client) -> None:
    found = client.refs(filter=["kind=group", "kind=component,relations.ownedBy=group:default/payments"])

    assert found == [
        "component:default/fraud-rules",
        "component:default/payments-api",
        "component:default/trojan-horse",
        "group:default/checkout",
        "group:default/commerce",
        "group:default/payments",
        "group:default/ushers",
    ]


def test_fields_leave_only_what_was_asked_for(client: Client) -> None:
    found = client.get("/entities", filter="metadata.name=lobby-sign", fields="kind,metadata.name")

    assert found == [{"kind": "Component", "metadata": {"name": "lobby-sign"}}]


def test_a_limit_leads_on_by_a_link(client: Client) -> None:
    every = client.refs(order="desc:metadata.name")
    found, url = [], "/entities?limit=4&order=desc:metadata.name"
    while url:
        answer = client.http.get(url)
        found += [ref_of(item) for item in answer.json()]
        url = answer.links.get("next", {}).get("url", "").removeprefix("/api/catalog")

    assert found == every
    assert len(set(every)) == len(every) > 8


def test_cursors_lead_through_everything_and_back(client: Client) -> None:
    asked = {"filter": "kind=component", "orderField": "metadata.name,asc", "limit": 3}
    page = client.get("/entities/by-query", **asked)
    pages = [page["items"]]
    assert "prevCursor" not in page["pageInfo"]
    while cursor := page["pageInfo"].get("nextCursor"):
        page = client.get("/entities/by-query", cursor=cursor, limit=3)
        pages.append(page["items"])

    names = [item["metadata"]["name"] for items in pages for item in items]
    assert names == sorted(names)
    assert len(names) == page["totalItems"] == 8
    back = client.get("/entities/by-query", cursor=page["pageInfo"]["prevCursor"], limit=3)
    assert back["items"] == pages[-2]


def test_a_predicate_is_posted_and_its_cursor_too(client: Client) -> None:
    body = {"query": {"$all": [{"kind": "component"}, {"$not": {"spec.owner": "checkout"}}]}, "limit": 2}
    first = client.post(
        "/entities/by-query", {**body, "orderBy": [{"field": "metadata.name", "order": "desc"}]}
    )
    cursor = first["pageInfo"]["nextCursor"]
    second = client.post("/entities/by-query", {"cursor": cursor, "limit": 2, "fields": ["metadata.name"]})

    assert [ref_of(item) for item in first["items"]] == [
        "component:default/trojan-horse",
        "component:default/payments-api",
    ]
    assert second["items"] == [{"metadata": {"name": name}} for name in ("lobby-sign", "fraud-rules")]
    assert "query" in json.loads(base64.b64decode(cursor)), (
        "Backstage's client looks whether it is to post it"
    )


def test_full_text_is_looked_for_in_fields(client: Client) -> None:
    found = client.refs(
        "/entities/by-query", fullTextFilterTerm="SEAT", fullTextFilterFields="metadata.name,metadata.title"
    )

    assert found == ["component:default/seat-map-api", "component:default/seat-map-web"]


def test_references_are_answered_in_their_order_with_null_for_the_unknown(client: Client) -> None:
    body = {"entityRefs": REFS, "fields": ["kind", "metadata.name"]}

    assert client.post("/entities/by-refs", body)["items"] == [
        {"kind": "Component", "metadata": {"name": "payments-api"}},
        None,
        {"kind": "Group", "metadata": {"name": "payments"}},
    ]
    assert client.post("/entities/by-refs", body, filter="kind=group")["items"][0] is None


def test_facets_are_counted(client: Client) -> None:
    counted = [
        {"value": "checkout", "count": 4},
        {"value": "payments", "count": 3},
        {"value": "ushers", "count": 1},
    ]

    assert client.get("/entity-facets", facet="spec.owner", filter="kind=component") == {
        "facets": {"spec.owner": counted}
    }
    assert client.post("/entity-facets", {"facets": ["spec.owner"], "query": {"kind": "component"}}) == {
        "facets": {"spec.owner": counted}
    }


def test_locations_are_where_entities_are_read(client: Client) -> None:
    every = [item["data"] for item in client.get("/locations")]
    one = client.get("/locations/by-entity/component/default/programme")

    assert one in every
    assert set(one) == {"id", "type", "target", "entityRef"}
    assert one["target"].endswith("/playhouse/programme/blob/main/catalog-info.yaml")
    assert client.get(f"/locations/{one['id']}") == one
    page = client.post("/locations/by-query", {"limit": 4})
    found = page["items"]
    while cursor := page["pageInfo"].get("nextCursor"):
        page = client.post("/locations/by-query", {"cursor": cursor})
        found += page["items"]
    assert sorted(found, key=str) == sorted(every, key=str)
    assert page["totalItems"] == len(every)


def test_an_entity_that_changed_is_read_again_on_request(world: World, client: Client) -> None:
    world.push("lobby-sign", {"catalog-info.yaml": component("lobby-sign", "ushers", "The new sign")})

    client.post("/refresh", {"entityRef": "component:default/lobby-sign"})

    until(
        lambda: client.refs(filter="metadata.title=the new sign") == ["component:default/lobby-sign"],
        "the change does not show",
    )


def test_an_entity_is_validated_before_it_is_written_down(client: Client) -> None:
    good = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "x"},
        "spec": {"type": "service", "lifecycle": "production", "owner": "payments"},
    }
    place = "url:https://github.com/acme/x/blob/main/catalog-info.yaml"

    assert client.post("/validate-entity", {"entity": good, "location": place}) is None
    bad = {**good, "spec": {"type": "service", "owner": "a:"}, "metadata": {"name": "x y"}}
    answer = client.http.post("/validate-entity", json={"entity": bad, "location": "file:x"})
    assert answer.status_code == 400
    faults = [fault["message"] for fault in answer.json()["errors"]]
    assert len(faults) >= 4
    assert any("lifecycle" in fault for fault in faults)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong-token-for-programs", f"Basic {API_TOKEN}"])
@pytest.mark.parametrize("path", ["/entities", "/openapi.json", "/nowhere"])
def test_without_a_token_nothing_is_told(client: Client, header: str | None, path: str) -> None:
    client.http.headers = httpx.Headers({"Authorization": header} if header else {})

    answer = client.http.get(path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["error"]["name"] == "AuthenticationError"
    assert "web.api_tokens" in answer.json()["error"]["message"]


def test_without_a_configured_token_nothing_is_served(tmp_path: Path) -> None:
    catalog = Catalog(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/x.db"))

    assert program_routes(catalog, lambda *_: pytest.fail("nobody can ask")) == []
    catalog.database.close()


REFUSALS = [
    ("GET", "/entities/by-name/component/default/nothing", None, 404, "NotFoundError"),
    ("GET", "/entities/by-uid/nothing", None, 404, "NotFoundError"),
    ("GET", "/locations/nothing", None, 404, "NotFoundError"),
    ("GET", "/nowhere", None, 404, "NotFoundError"),
    ("GET", "/entities?filter==x", None, 400, "InputError"),
    ("GET", "/entities?filtre=kind=component", None, 400, "InputError"),
    ("GET", "/entities?limit=0", None, 400, "InputError"),
    ("GET", "/entities?limit=-1", None, 400, "InputError"),
    ("GET", "/entities?limit=1&limit=2", None, 400, "InputError"),
    ("GET", "/entities?after=x", None, 400, "InputError"),
    ("GET", "/entities?order=metadata.name", None, 400, "InputError"),
    ("GET", "/entities?fields=metadata.tags[0]", None, 400, "InputError"),
    ("GET", "/entities/by-query?cursor=bm90aGluZw", None, 400, "InputError"),
    ("GET", "/entities/by-query?cursor=", None, 400, "InputError"),
    ("GET", "/entities/by-query?totalItems=maybe", None, 400, "InputError"),
    ("GET", "/entity-facets", None, 400, "InputError"),
    ("POST", "/entities/by-query", b"[]", 400, "InputError"),
    ("POST", "/entities/by-query", b'{"query": 5}', 400, "InputError"),
    ("POST", "/entities/by-query", b'{"query": {"kind": NaN}}', 400, "InputError"),
    ("POST", "/entities/by-query", b'{"a":' * 100_000, 400, "InputError"),
    ("POST", "/entities/by-query", b'{"query":' + b'{"$not":' * 400 + b"{}" + b"}" * 401, 400, "InputError"),
    ("POST", "/entities/by-query", b" " * 1_100_000, 413, "PayloadTooLargeError"),
    ("POST", "/entities/by-refs", b"{}", 400, "InputError"),
    ("POST", "/refresh", b'{"entityRef": "component:default/nothing"}', 404, "NotFoundError"),
    ("POST", "/refresh", b'{"entityRef": "user:default/ana"}', 400, "InputError"),
    ("POST", "/locations", b'{"type": "url", "target": "x"}', 403, "NotAllowedError"),
    ("DELETE", "/entities/by-uid/x", None, 403, "NotAllowedError"),
    ("DELETE", "/entities", None, 405, "MethodNotAllowedError"),
]


def test_refusals_read_as_backstages(client: Client) -> None:
    """Each names the mistake, in Backstage's form, and none is a fault of the server."""
    for method, path, body, status, name in REFUSALS:
        answer = client.http.request(
            method, path, content=body, headers={"Content-Type": "application/json"} if body else {}
        )

        told = answer.json()
        assert (path, answer.status_code, told["error"]["name"]) == (path, status, name)
        assert told["error"]["message"]
        assert told["response"] == {"statusCode": status}
        assert told["request"]["method"] == method
