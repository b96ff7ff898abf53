"""The local GitHub's webhooks over the wire: who is told what, signed, in which order, and again."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest

from core.clock import FixedClock
from tests.official_rest import description, is_installed
from tests.scenarios.rest_world import HELLO, Hub, serving


class Listener:
    """Somebody who is told; ``status`` is what they answer."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.patience_s = 0.0
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(listener.patience_s)
                listener.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[tuple[str, Any]]:
        return [(headers["x-github-event"], json.loads(body)) for headers, body in self.heard]

    @property
    def names(self) -> list[str]:
        return [
            f"{name}.{payload['action']}" if "action" in payload else name for name, payload in self.events
        ]


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


@pytest.fixture
def listener(hub: Hub) -> Iterator[Listener]:
    """Told of everything as the App; all of it must be as GitHub describes it."""
    found = Listener()
    hub.server.webhooks.deliver_to(found.url)
    yield found
    found.stop()
    if is_installed():
        faults = [
            fault for name, payload in found.events for fault in description().webhook_faults(name, payload)
        ]
        assert not faults, "\n".join(dict.fromkeys(faults))


def told(hub: Hub, listener: Listener) -> list[str]:
    """The events so far, once all of them are delivered."""
    assert hub.server.webhooks.settled()
    return listener.names


def test_nobody_is_told_before_there_is_an_address(hub: Hub) -> None:
    hub.write("a.md")

    assert hub.server.webhooks.deliveries == []


def test_a_commit_is_a_push_with_its_files(hub: Hub, listener: Listener) -> None:
    made = hub.write("docs/a.md")

    assert told(hub, listener) == ["push"]
    payload = listener.events[0][1]
    assert (payload["ref"], payload["after"]) == ("refs/heads/main", made["commit"]["sha"])
    assert payload["head_commit"]["added"] == ["docs/a.md"]
    assert payload["installation"]["id"] == hub.server.app.installation_id
    assert payload["sender"]["login"] == "callboard-bot"


def test_an_event_is_signed_and_numbered(hub: Hub, listener: Listener) -> None:
    hub.write("a.md")
    told(hub, listener)

    headers, body = listener.heard[0]
    digest = hmac.new(hub.server.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={digest}"
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert headers["x-github-hook-installation-target-type"] == "integration"
    assert headers["x-github-hook-installation-target-id"] == str(hub.server.app.id)
    assert len(headers["x-github-delivery"]) == 36


def test_the_life_of_a_repository_is_told(hub: Hub, listener: Listener) -> None:
    hub.done("POST", "/orgs/acme/repos", {"name": "new", "private": True}, 201)
    hub.done("PATCH", "/repos/acme/new", {"description": "d"})
    hub.done("PATCH", "/repos/acme/new", {"name": "newer"})
    hub.done("PATCH", "/repos/acme/newer", {"private": False})
    hub.done("PATCH", "/repos/acme/newer", {"private": True})
    hub.done("PATCH", "/repos/acme/newer", {"archived": True})
    hub.done("PATCH", "/repos/acme/newer", {"archived": False})
    hub.ask("DELETE", "/repos/acme/newer")

    actions = "created edited renamed publicized privatized archived unarchived deleted".split()
    assert told(hub, listener) == [f"repository.{action}" for action in actions]
    assert listener.events[2][1]["changes"] == {"repository": {"name": {"from": "new"}}}


def test_the_life_of_a_team_is_told(hub: Hub, listener: Listener) -> None:
    hub.done("POST", "/orgs/acme/teams", {"name": "New"}, 201)
    hub.done("PUT", "/orgs/acme/teams/new/memberships/ana", {"role": "member"})
    hub.ask("PUT", "/orgs/acme/teams/new/repos/acme/hello", {"permission": "push"})
    hub.ask("DELETE", "/orgs/acme/teams/new/repos/acme/hello")
    hub.ask("DELETE", "/orgs/acme/teams/new/memberships/ana")
    hub.done("PATCH", "/orgs/acme/teams/new", {"description": "d"})
    hub.ask("DELETE", "/orgs/acme/teams/new")

    assert told(hub, listener) == [
        "team.created",
        "membership.added",
        "team_add",
        "team.added_to_repository",
        "team.removed_from_repository",
        "membership.removed",
        "team.edited",
        "team.deleted",
    ]


def test_a_pull_request_is_told_from_begin_to_end(hub: Hub, listener: Listener) -> None:
    hub.branch("topic")
    hub.done("POST", f"{HELLO}/pulls", {"title": "T", "head": "topic", "base": "main"}, 201)
    hub.write("more.txt", branch="topic")
    hub.done("PATCH", f"{HELLO}/pulls/1", {"title": "U"})
    hub.done("PUT", f"{HELLO}/pulls/1/merge", {})

    names = told(hub, listener)
    assert [name for name in names if name.startswith("pull")] == [
        "pull_request.opened",
        "pull_request.synchronize",
        "pull_request.edited",
        "pull_request.closed",
    ]
    assert names[:2] == ["push", "create"]
    assert listener.events[-1][1]["pull_request"]["merged"] is True


def test_rules_and_properties_are_told(hub: Hub, listener: Listener) -> None:
    ruleset = {"name": "r", "enforcement": "disabled", "target": "branch"}
    protection = dict.fromkeys(
        ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")
    )
    made = hub.done("POST", f"{HELLO}/rulesets", ruleset, 201)
    hub.done("PUT", f"{HELLO}/rulesets/{made['id']}", {"name": "s"})
    hub.ask("DELETE", f"{HELLO}/rulesets/{made['id']}")
    hub.done("PUT", f"{HELLO}/branches/main/protection", protection)
    hub.ask("DELETE", f"{HELLO}/branches/main/protection")
    hub.done("PUT", "/orgs/acme/properties/schema/tier", {"value_type": "string"})
    hub.ask("PATCH", f"{HELLO}/properties/values", {"properties": [{"property_name": "tier", "value": "1"}]})

    assert told(hub, listener) == [
        "repository_ruleset.created",
        "repository_ruleset.edited",
        "repository_ruleset.deleted",
        "branch_protection_rule.created",
        "branch_protection_rule.deleted",
        "custom_property_values.updated",
    ]


def test_an_installation_is_told(hub: Hub, listener: Listener, clock: FixedClock) -> None:
    now = int(clock.now().timestamp())
    claims = {"iss": str(hub.server.app.id), "iat": now, "exp": now + 300}
    token = jwt.encode(claims, hub.server.app.private_key, "RS256")
    hub.ask("PUT", "/app/installations/1001/suspended", token=token)
    hub.ask("DELETE", "/app/installations/1001/suspended", token=token)
    found = hub.server.state.repository("acme", "hello")
    assert found
    hub.server.host.events.installation_repositories([found], [], "ana")

    assert told(hub, listener) == [
        "installation.suspend",
        "installation.unsuspend",
        "installation_repositories.added",
    ]


def test_what_graphql_changes_is_told_too(hub: Hub, listener: Listener) -> None:
    head = hub.got(f"{HELLO}/git/ref/heads/main")["object"]["sha"]
    query = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
    changes = {"additions": [{"path": "x", "contents": "eA=="}]}
    branch = {"repositoryNameWithOwner": "acme/hello", "branchName": "main"}
    given = {
        "branch": branch,
        "message": {"headline": "x"},
        "fileChanges": changes,
        "expectedHeadOid": head,
    }
    hub.done("POST", "/graphql", {"query": query, "variables": {"input": given}})

    assert told(hub, listener) == ["push"]


def test_a_hook_of_a_repository_gets_what_it_subscribed(hub: Hub, listener: Listener) -> None:
    mine = Listener()
    config = {"url": mine.url, "content_type": "json", "secret": "s"}
    hub.done("POST", f"{HELLO}/hooks", {"config": config, "events": ["push"]}, 201)
    hub.write("a.md")
    hub.write("b.md", repository="/repos/acme/open")
    hub.done("PATCH", HELLO, {"description": "x"})

    told(hub, listener)
    assert mine.names == ["ping", "push"]
    assert "installation" not in mine.events[1][1]
    mine.stop()


def test_a_form_hook_sends_a_form(hub: Hub) -> None:
    mine = Listener()
    hub.done("POST", f"{HELLO}/hooks", {"config": {"url": mine.url}}, 201)

    assert hub.server.webhooks.settled()
    assert mine.heard[0][1].startswith(b"payload=%7B")
    mine.stop()


@pytest.mark.parametrize(("order", "expected"), [("sent", [0, 1, 2]), ("reversed", [2, 1, 0])])
def test_events_are_held_back_and_let_go_in_any_order(
    hub: Hub, listener: Listener, order: str, expected: list[int]
) -> None:
    hub.server.webhooks.hold()
    oids = [hub.write(f"{number}.md")["commit"]["sha"] for number in range(3)]
    before = told(hub, listener)
    hub.server.webhooks.release(order)

    told(hub, listener)
    assert before == []
    assert [payload["after"] for _, payload in listener.events] == [oids[number] for number in expected]


def test_an_event_comes_twice_or_never_on_demand(hub: Hub, listener: Listener) -> None:
    hub.server.webhooks.duplicate()
    hub.write("a.md")
    told(hub, listener)
    hub.server.webhooks.drop()
    hub.write("b.md")
    told(hub, listener)

    assert len({headers["x-github-delivery"] for headers, _ in listener.heard}) == 1
    assert len(listener.heard) == 2


def test_what_failed_is_found_and_sent_again(hub: Hub, listener: Listener, clock: FixedClock) -> None:
    now = int(clock.now().timestamp())
    claims = {"iss": str(hub.server.app.id), "iat": now, "exp": now + 300}
    token = jwt.encode(claims, hub.server.app.private_key, "RS256")
    listener.status = 500
    hub.write("a.md")
    told(hub, listener)
    listener.status = 200

    (failed,) = hub.got("/app/hook/deliveries?status=failure", token)
    again = hub.ask("POST", f"/app/hook/deliveries/{failed['id']}/attempts", token=token)
    told(hub, listener)

    assert again.status_code == 202
    assert (failed["status_code"], failed["event"]) == (500, "push")
    newest = hub.got("/app/hook/deliveries", token)[0]
    assert (newest["redelivery"], newest["guid"], newest["status_code"]) == (True, failed["guid"], 200)
    assert (
        hub.got(f"/app/hook/deliveries/{newest['id']}", token)["request"]["payload"]["ref"]
        == "refs/heads/main"
    )
    assert hub.got("/app/hook/config", token)["url"] == listener.url


def test_a_slow_listener_does_not_hold_up_who_changes_something(hub: Hub, listener: Listener) -> None:
    listener.patience_s = 1.5
    hub.write("a.md")

    assert listener.heard == []
    assert told(hub, listener) == ["push"]


def test_webhooks_are_controlled_over_http_too(hub: Hub, listener: Listener) -> None:
    hub.done("POST", "/_sandbox/webhooks", {"do": "hold"})
    hub.write("a.md")
    before = told(hub, listener)
    hub.done("POST", "/_sandbox/webhooks", {"do": "release"})

    assert (before, told(hub, listener)) == ([], ["push"])
