"""The local GitHub's REST API over the wire: who may, how it refuses, limits, conditions, pages and faults."""

import http.client
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests

from bot.sandbox.github.faults import FaultKind
from core.access import Visibility
from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, OPEN, Hub, serving


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


def signed(hub: Hub, clock: FixedClock, **changes: Any) -> str:
    """What an App signs itself in with."""
    now = int(clock.now().timestamp())
    claims = {"iss": str(hub.server.app.id), "iat": now - 60, "exp": now + 540, **changes}
    return jwt.encode(claims, hub.server.app.private_key, "RS256")


def minted(hub: Hub, clock: FixedClock, body: Any = None, status: int = 201) -> Any:
    """What the App gets when it asks for a token."""
    path = "/app/installations/1001/access_tokens"
    response = hub.ask("POST", path, body, signed(hub, clock))
    assert response.status_code == status, response.text
    return response.json()


@pytest.mark.parametrize(
    ("path", "token", "status", "message"),
    [
        (HELLO, "ghp_unknown", 401, "Bad credentials"),
        (HELLO, "", 404, "Not Found"),
        (OPEN, "", 200, None),
        (f"{OPEN}/teams", "", 401, "Requires authentication"),
        ("/user", "", 401, "Requires authentication"),
        ("/orgs/other", None, 404, "Not Found"),
        ("/repos/acme/hello/no/such/route", None, 404, "Not Found"),
        ("/app", None, 401, "A JSON web token could not be decoded"),
    ],
)
def test_who_may_not_is_refused_in_githubs_words(
    hub: Hub, path: str, token: str | None, status: int, message: str | None
) -> None:
    response = hub.ask("GET", path, token=token)

    assert (response.status_code, response.json().get("message")) == (status, message)
    assert message is None or response.json()["status"] == str(status)


def test_a_missing_permission_is_named(hub: Hub) -> None:
    token = hub.server.new_token({"contents": "write"})

    response = hub.ask("PUT", f"{HELLO}/topics", {"names": []}, token)

    assert response.status_code == 403
    assert response.json()["message"] == "Resource not accessible by personal access token"
    assert response.headers["X-Accepted-GitHub-Permissions"] == "administration=write"


def test_a_token_sees_the_repositories_that_it_is_for_and_public_ones(hub: Hub) -> None:
    token = hub.server.new_token({"contents": "write", "administration": "write"}, repositories=["other"])

    assert hub.ask("GET", HELLO, token=token).status_code == 404
    assert [one["name"] for one in hub.got("/orgs/acme/repos", token)] == ["open"]
    assert hub.ask("PUT", f"{OPEN}/topics", {"names": []}, token).status_code == 403


def test_workflow_files_need_a_permission_of_their_own(hub: Hub) -> None:
    token = hub.server.new_token({"contents": "write"})
    body = {"message": "m", "content": "eA=="}

    refused = hub.ask("PUT", f"{HELLO}/contents/.github/workflows/ci.yml", body, token)

    assert (refused.status_code, "workflows=write" in refused.headers["X-Accepted-GitHub-Permissions"]) == (
        403,
        True,
    )
    assert hub.ask("PUT", f"{HELLO}/contents/ci.yml", body, token).status_code == 201


def test_an_archived_repository_is_read_only(hub: Hub) -> None:
    hub.done("PATCH", HELLO, {"archived": True})

    response = hub.ask("PUT", f"{HELLO}/topics", {"names": []})

    assert (response.status_code, response.json()["message"]) == (
        403,
        "Repository was archived so is read-only.",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exp": 0}, "'Expiration time' claim ('exp') must be"),
        ({"exp": 10**10}, "'Expiration time' claim ('exp') is too far in the future"),
        ({"iat": 10**10}, "'Issued at' claim ('iat') must be"),
        ({"iss": "12"}, "Integration not found"),
    ],
)
def test_a_signature_has_its_time_and_its_app(
    hub: Hub, clock: FixedClock, changes: dict[str, Any], message: str
) -> None:
    response = hub.ask("GET", "/app", token=signed(hub, clock, **changes))

    assert response.status_code in (401, 404)
    assert response.json()["message"].startswith(message)


def test_an_app_knows_itself_and_its_installation(hub: Hub, clock: FixedClock) -> None:
    token = signed(hub, clock)

    assert hub.got("/app", token)["slug"] == "callboard"
    assert hub.got("/app/installations", token)[0]["id"] == 1001
    for path in ("/app/installations/1001", "/orgs/acme/installation", f"{HELLO}/installation"):
        assert hub.got(path, token)["account"]["login"] == "acme"


def test_a_token_of_an_app_does_what_was_asked_for_and_no_more(hub: Hub, clock: FixedClock) -> None:
    token = minted(hub, clock, {"permissions": {"contents": "read"}, "repositories": ["hello"]})["token"]

    assert hub.got("/installation/repositories", token)["total_count"] == 1
    refused = hub.ask("POST", "/orgs/acme/repos", {"name": "n"}, token)
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    assert hub.ask("DELETE", "/installation/token", token=token).status_code == 204
    assert hub.ask("GET", HELLO, token=token).status_code == 401


def test_a_token_cannot_be_more_than_was_granted(hub: Hub, clock: FixedClock) -> None:
    hub.server.app.permissions = {"metadata": "read", "contents": "read"}

    assert "not granted" in minted(hub, clock, {"permissions": {"contents": "write"}}, 422)["message"]
    assert minted(hub, clock)["permissions"] == {"metadata": "read", "contents": "read"}


@pytest.mark.parametrize("is_stateless", [False, True])
def test_a_token_lasts_an_hour(hub: Hub, clock: FixedClock, is_stateless: bool) -> None:
    hub.server.app.stateless_tokens = is_stateless
    token = minted(hub, clock)["token"]

    clock.advance(timedelta(minutes=59))
    before = hub.ask("GET", HELLO, token=token).status_code
    clock.advance(timedelta(minutes=2))

    assert (before, hub.ask("GET", HELLO, token=token).status_code) == (200, 401)


def test_a_suspended_installation_gets_nothing(hub: Hub, clock: FixedClock) -> None:
    token = minted(hub, clock)["token"]
    hub.ask("PUT", "/app/installations/1001/suspended", token=signed(hub, clock))

    assert minted(hub, clock, status=403)["message"] == "This installation has been suspended"
    assert hub.ask("GET", HELLO, token=token).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b"[" * 100_000, 400, "Problems parsing JSON"),
        (b"[1]", 400, "Body should be a JSON object"),
        ({}, 422, '"name" wasn\'t supplied.'),
        ({"name": 1}, 422, "For 'properties/name', 1 is not a string."),
        ({"name": "x", "private": "yes"}, 422, "For 'properties/private', \"yes\" is not a boolean."),
        ({"name": None}, 422, "For 'properties/name', nil is not a string."),
        ({"name": "hello"}, 422, "Repository creation failed."),
        ({"name": ".."}, 422, "Repository creation failed."),
    ],
)
def test_a_wrong_body_is_refused_with_its_fault(hub: Hub, body: Any, status: int, message: str) -> None:
    response = hub.ask("POST", "/orgs/acme/repos", body)

    assert response.status_code == status
    assert message in response.json()["message"]


_VALUES: list[Any] = [
    None,
    1,
    -1,
    True,
    "",
    "\0",
    "a/../b",
    "-x",
    [],
    [1],
    [None],
    {},
    {"a": [1]},
    "x" * 300,
    "refs/heads/a\0",
    "\ud800",
    "refs/heads/" + "x" * 300,
]


@pytest.mark.parametrize("value", _VALUES)
def test_no_value_of_any_field_breaks_a_route(hub: Hub, value: Any) -> None:
    """Whatever comes, the answer is a refusal or the thing done; never a fault of the server."""
    from bot.sandbox.github.rest.routes import endpoints

    params = {
        "owner": "acme", "repo": "hello", "org": "acme", "team_slug": "payments", "username": "ana", "branch": "main",
        "path": "x", "ref": "heads/main", "template_owner": "acme", "template_repo": "hello", "pull_number": "1",
        "issue_number": "1", "installation_id": "1001",
    }  # fmt: skip
    hub.branch("topic")
    hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)
    for endpoint in endpoints():
        if not endpoint.body or endpoint.needs == "app":
            continue
        path = endpoint.path
        for name, text in params.items():
            path = path.replace(f"{{{name}}}", text)
        bodies = [dict.fromkeys(endpoint.body, value), *({name: value} for name in endpoint.body)]
        for body in bodies:
            hub.server.state.clock.advance(timedelta(seconds=10))  # type: ignore[attr-defined]
            assert hub.ask(endpoint.method, path, body).status_code < 500, (endpoint.method, path, body)


def test_a_request_without_a_name_of_the_program_is_refused(hub: Hub) -> None:
    connection = http.client.HTTPConnection(urlsplit(hub.server.url).netloc, timeout=30)
    connection.putrequest("GET", OPEN, skip_accept_encoding=True)
    connection.endheaders()
    response = connection.getresponse()

    assert response.status == 403
    assert b"User-Agent" in response.read()
    connection.close()


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("X-GitHub-Api-Version", "2026-03-10", 200),
        ("X-GitHub-Api-Version", "1999-01-01", 400),
        ("Accept", "image/png", 415),
        ("Accept", "application/vnd.github+json", 200),
    ],
)
def test_versions_and_media_types_are_those_of_github(hub: Hub, header: str, value: str, status: int) -> None:
    assert hub.ask("GET", HELLO, None, None, **{header: value}).status_code == status


def test_a_file_is_raw_for_who_wants_it_raw(hub: Hub) -> None:
    response = hub.ask("GET", f"{HELLO}/contents/README.md", Accept="application/vnd.github.raw+json")

    assert response.content == b"# Hello\n\nAn example.\n"


@pytest.mark.parametrize(
    "path", [HELLO, "/orgs/acme/repos", f"{HELLO}/contents/README.md", f"{HELLO}/commits"]
)
def test_what_is_known_already_costs_nothing(hub: Hub, path: str) -> None:
    first = hub.ask("GET", path)
    again = hub.ask("GET", path, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]


def test_a_changed_repository_has_another_etag(hub: Hub) -> None:
    first = hub.ask("GET", HELLO)
    hub.done("PATCH", HELLO, {"description": "other"})

    assert hub.ask("GET", HELLO, If_None_Match=first.headers["ETag"]).status_code == 200
    assert first.headers["ETag"].startswith('W/"')
    assert (
        hub.ask("GET", HELLO, If_Modified_Since=hub.ask("GET", HELLO).headers["Last-Modified"]).status_code
        == 304
    )


def test_pages_lead_to_each_other(hub: Hub) -> None:
    for number in range(5):
        hub.server.state.create(f"r{number}", "", private=False)

    first = hub.ask("GET", "/orgs/acme/repos?per_page=3&sort=full_name")
    second = hub.ask("GET", first.links["next"]["url"])

    assert [one["name"] for one in first.json()] == ["hello", "open", "r0"]
    assert [one["name"] for one in second.json()] == ["r1", "r2", "r3"]
    assert set(first.links) == {"next", "last"}
    assert set(second.links) == {"first", "prev", "next", "last"}
    assert first.links["last"]["url"] == f"{hub.server.url}/orgs/acme/repos?per_page=3&sort=full_name&page=3"


def test_a_page_has_a_hundred_at_most(hub: Hub) -> None:
    for number in range(110):
        hub.server.state.create(f"r{number}", "", private=False)

    assert len(hub.got("/orgs/acme/repos?per_page=1000")) == 100
    assert len(hub.got("/orgs/acme/repos?per_page=0")) == 30


def test_an_hour_has_so_many_requests(hub: Hub, clock: FixedClock) -> None:
    for _ in range(60):
        assert hub.ask("GET", OPEN, token="").status_code == 200
    refused = hub.ask("GET", OPEN, token="")
    clock.advance(timedelta(hours=1, seconds=1))

    assert refused.status_code == 403
    assert refused.json()["message"].startswith("API rate limit exceeded for 127.0.0.1.")
    assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("60", "0")
    assert hub.ask("GET", OPEN, token="").status_code == 200


def test_the_budget_is_told_for_free(hub: Hub) -> None:
    hub.got(HELLO)
    hub.got("/rate_limit")

    core = hub.got("/rate_limit")["resources"]["core"]

    assert (core["limit"], core["used"], core["remaining"]) == (5000, 1, 4999)


def test_too_many_writes_a_minute_are_slowed(hub: Hub, clock: FixedClock) -> None:
    answers = [hub.ask("PUT", f"{HELLO}/topics", {"names": []}) for _ in range(181)]
    clock.advance(timedelta(seconds=61))

    assert {one.status_code for one in answers[:180]} == {200}
    assert answers[180].status_code == 403
    assert "secondary rate limit" in answers[180].json()["message"]
    assert int(answers[180].headers["Retry-After"]) == 61
    assert hub.ask("GET", HELLO).status_code == 200


def test_a_new_repository_may_be_unknown_for_a_while(hub: Hub) -> None:
    hub.server.settles = 2
    hub.done("POST", "/orgs/acme/repos", {"name": "new"}, 201)

    assert [hub.ask("GET", "/repos/acme/new").status_code for _ in range(3)] == [404, 404, 200]


@pytest.mark.parametrize(
    ("kind", "status", "headers"),
    [
        (FaultKind.GATEWAY_TIMEOUT, 504, set()),
        (FaultKind.TOO_MANY, 429, {"x-ratelimit-remaining"}),
        (FaultKind.SECONDARY_LIMIT, 403, {"retry-after"}),
        (FaultKind.SECONDARY_LIMIT_SILENT, 403, set()),
        (FaultKind.NOT_JSON, 200, set()),
    ],
)
def test_a_planned_fault_comes_once(hub: Hub, kind: FaultKind, status: int, headers: set[str]) -> None:
    hub.server.fail_next("GET /repos/*", kind)

    failed = hub.ask("GET", HELLO)

    assert failed.status_code == status
    assert headers <= {name.lower() for name in failed.headers}
    assert hub.ask("GET", HELLO).json()["name"] == "hello"


@pytest.mark.parametrize(
    ("kind", "is_done"),
    [(FaultKind.DROPPED, False), (FaultKind.DROPPED_AFTER, True), (FaultKind.TRUNCATED, True)],
)
def test_a_connection_can_end_early(hub: Hub, kind: FaultKind, is_done: bool) -> None:
    hub.server.fail_next("POST /orgs/*", kind)

    with pytest.raises(requests.RequestException):
        hub.ask("POST", "/orgs/acme/repos", {"name": "new"})

    assert (hub.server.state.repository("acme", "new") is not None) is is_done


def test_faults_and_tokens_are_made_over_http_too(hub: Hub) -> None:
    token = hub.done("POST", "/_sandbox/tokens", {"permissions": {"contents": "read"}, "login": "ana"})[
        "token"
    ]
    hub.done("POST", "/_sandbox/faults", {"route": "GET /user", "kind": "502"})

    assert hub.ask("GET", "/user", token=token).status_code == 502
    assert hub.got("/user", token)["login"] == "ana"
    assert hub.ask("POST", "/_sandbox/faults", {"route": "x", "kind": "nothing"}).status_code == 400
    assert hub.ask("POST", "/_sandbox/webhooks", b"[").status_code == 400


def test_what_is_internal_is_no_secret_to_members_but_to_everybody_else(hub: Hub) -> None:
    found = hub.server.state.repository("acme", "hello")
    assert found
    found.visibility = Visibility.INTERNAL

    assert hub.got(HELLO)["visibility"] == "internal"
    assert hub.ask("GET", HELLO, token="").status_code == 404


def test_a_wrong_address_is_no_fault_of_the_server(hub: Hub) -> None:
    for path in ("/repos/acme/hello/git/trees/%2e%2e", f"{HELLO}/contents/..%2f..%2fetc", f"{HELLO}/commits/--help",
                 f"{HELLO}/compare/a", f"{HELLO}/contents/%00", f"{HELLO}/git/blobs/xyz", f"{HELLO}/commits?since=x",
                 f"{HELLO}/commits?path=%00", f"{HELLO}/git/ref/heads/{'x' * 300}", f"{HELLO}/branches/{'x' * 300}",
                 f"{HELLO}/contents/{'x' * 5000}", f"{HELLO}/git/ref/heads/%ED%A0%80"):  # fmt: skip
        response = hub.ask("GET", path)
        assert 400 <= response.status_code < 500, path
        assert json.loads(response.text)["message"]


def test_a_slow_answer_is_late(hub: Hub) -> None:
    hub.server.fail_next("GET /user", FaultKind.SLOW, delay_s=0.2)
    begun = time.monotonic()

    hub.got("/user")

    assert time.monotonic() - begun >= 0.2
