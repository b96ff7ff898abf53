"""What each webhook means, by table: GitHub's words in, what is looked at again out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_sync.github.webhook import EVENTS, MAX_COMMITS, Reading, Refresh, What, read_webhook, touches
from tests.tools import public_files

HOST = "github.com"
HELLO = {"full_name": "acme/hello", "default_branch": "main", "owner": {"login": "acme"}}
ACME = {"login": "acme"}
INSTALLATION = {"id": 1, "account": {"login": "acme"}}


def commit(
    added: Sequence[str] = (), modified: Sequence[str] = (), removed: Sequence[str] = ()
) -> dict[str, Any]:
    return {"added": list(added), "modified": list(modified), "removed": list(removed)}


def push(*commits: Mapping[str, Any], ref: str = "refs/heads/main", **more: Any) -> dict[str, Any]:
    return {"ref": ref, "after": "a" * 40, "repository": HELLO, "commits": list(commits), **more}


def subjects(event: str, payload: Mapping[str, Any]) -> list[str]:
    return [refresh.subject for refresh in read_webhook(event, payload, HOST).refreshes]


@pytest.mark.parametrize(
    ("event", "payload", "expected"),
    [
        *(
            ("repository", {"action": action, "repository": HELLO}, ["repository:github.com/acme/hello"])
            for action in (
                "archived",
                "created",
                "deleted",
                "edited",
                "privatized",
                "publicized",
                "unarchived",
                "an action of tomorrow",
            )
        ),
        ("public", {"repository": HELLO}, ["repository:github.com/acme/hello"]),
        (
            "repository",
            {
                "action": "renamed",
                "repository": HELLO,
                "changes": {"repository": {"name": {"from": "Hallo"}}},
            },
            ["repository:github.com/acme/hello", "repository:github.com/acme/hallo"],
        ),
        (
            "repository",
            {
                "action": "transferred",
                "repository": HELLO,
                "changes": {"owner": {"from": {"organization": {"login": "Globex"}}}},
            },
            ["repository:github.com/acme/hello", "repository:github.com/globex/hello"],
        ),
        (
            "repository",
            {
                "action": "transferred",
                "repository": HELLO,
                "changes": {"owner": {"from": {"user": {"login": "ana"}}}},
            },
            ["repository:github.com/acme/hello", "repository:github.com/ana/hello"],
        ),
        ("team", {"action": "created", "organization": ACME}, ["teams:github.com/acme"]),
        (
            "team",
            {"action": "added_to_repository", "organization": ACME, "repository": HELLO},
            ["teams:github.com/acme"],
        ),
        ("team_add", {"organization": ACME, "repository": HELLO}, ["teams:github.com/acme"]),
        ("team_add", {"repository": HELLO}, ["teams:github.com/acme"]),
        ("membership", {"action": "removed", "organization": ACME}, ["teams:github.com/acme"]),
        ("organization", {"action": "member_removed", "organization": ACME}, ["teams:github.com/acme"]),
        ("organization", {"action": "renamed", "organization": ACME}, ["source:github.com/acme"]),
        ("installation", {"action": "created", "installation": INSTALLATION}, ["source:github.com/acme"]),
        ("installation", {"action": "unsuspend", "installation": INSTALLATION}, ["source:github.com/acme"]),
        (
            "installation_repositories",
            {
                "action": "added",
                "installation": INSTALLATION,
                "repositories_added": [{"full_name": "acme/one"}, {"full_name": "acme/two"}],
                "repositories_removed": [],
            },
            ["repository:github.com/acme/one", "repository:github.com/acme/two"],
        ),
        (
            "installation_repositories",
            {
                "installation": INSTALLATION,
                "repositories_removed": [{"full_name": f"acme/r{n}"} for n in range(26)],
            },
            ["source:github.com/acme"],
        ),
        (
            "installation_repositories",
            {"installation": INSTALLATION, "repositories_added": [{"full_name": 7}]},
            ["source:github.com/acme"],
        ),
    ],
)
def test_an_event_names_what_is_looked_at_again(
    event: str, payload: dict[str, Any], expected: list[str]
) -> None:
    assert subjects(event, payload) == expected


@pytest.mark.parametrize(
    ("event", "payload", "reason"),
    [
        ("ping", {"zen": "Speak like a human."}, "greeting"),
        ("star", {"repository": HELLO}, "nothing in the catalog follows from star events"),
        ("member", {"repository": HELLO}, "collaborators"),
        ("branch_protection_rule", {"repository": HELLO}, "branch protection"),
        ("repository_ruleset", {"repository": HELLO}, "rulesets"),
        ("custom_property_values", {"repository": HELLO}, "custom properties"),
        ("organization", {"action": "member_invited", "organization": ACME}, "nobody joined"),
        ("installation", {"action": "deleted", "installation": INSTALLATION}, "what is known stays"),
        ("installation", {"action": "suspend", "installation": INSTALLATION}, "what is known stays"),
        ("push", push(ref="refs/tags/v1"), "tag"),
        ("push", {}, "names no repository"),
        ("repository", {"repository": {"full_name": "../../etc/passwd"}}, "names no repository"),
        ("repository", {"repository": {"full_name": "acme/.."}}, "names no repository"),
        ("repository", {"repository": {"full_name": "acme"}}, "names no repository"),
        ("repository", {"repository": ["acme/hello"]}, "names no repository"),
        ("team", {"organization": {"login": "acme/hello:x"}}, "names no repository"),
        ("installation", {"action": "created"}, "names no repository"),
    ],
)
def test_what_nothing_follows_from_is_ignored_with_a_reason(
    event: str, payload: dict[str, Any], reason: str
) -> None:
    found = read_webhook(event, payload, HOST)

    assert (found.refreshes, found.push) == ((), None)
    assert reason in found.reason


READ = ["catalog-info.yaml", "api/openapi.json", "services/one/catalog-info.yaml", "next:plans.yaml"]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (push(commit(modified=["catalog-info.yaml"])), True),
        (push(commit(modified=["src/a.py"]), commit(modified=["api/openapi.json"])), True),
        (push(commit(removed=["services/one/catalog-info.yaml"])), True),
        (push(commit(added=["services/two/catalog-info.yaml"])), True),
        (push(commit(modified=["CODEOWNERS"])), True),
        (push(commit(added=["docs/CODEOWNERS"])), True),
        (push(commit(removed=[".github/CODEOWNERS"])), True),
        (push(commit(modified=["mkdocs.yml"])), True),
        (push(commit(modified=["mkdocs.yaml"])), True),
        (push(commit(modified=["docs/deep/down/page.md"])), True),
        (push(commit(modified=["README.rst"])), True),
        (push(commit(modified=["readme"])), True),
        (push(commit(modified=["LICENSE"])), True),
        (push(commit(added=["Dockerfile"])), True),
        (push(commit(removed=["Makefile"])), True),
        (push(commit(added=[".github/workflows/ci.yml"])), True),
        (push(commit(modified=["src/a.py"])), False),
        (push(commit(modified=["package.json", ".github/workflows/ci.yml"])), False),
        (push(commit(added=["src/docs/page.md"])), True),
        (push(commit(removed=["src/README.md"])), True),
        (push(commit(modified=["handbook/mkdocs.yml"])), True),
        (push(commit(added=["src/docs/page.py"], removed=["src/README.py"])), False),
        (push(commit(modified=["src/a.py"]), forced=True), True),
        (push(commit(modified=["src/a.py"]), created=True), True),
        (push(commit(modified=["src/a.py"]), deleted=True), True),
        (push(commit(modified=["src/a.py"]), after="0" * 40), True),
        (push(), True),
        (push(commit(modified=["src/a.py"]), commits=None), True),
        (push(commit(modified=["src/a.py"]), "cut off"), True),  # type: ignore[arg-type]
        (push({"added": ["src/a.py"]}), True),
        (push(*[commit(modified=["src/a.py"])] * (MAX_COMMITS - 1)), False),
        (push(*[commit(modified=["src/a.py"])] * MAX_COMMITS), True),
        (push(commit(modified=["catalog-info.yaml"]), ref="refs/heads/work"), False),
        (push(commit(modified=["plans.yaml"]), ref="refs/heads/next"), True),
        (push(commit(modified=["catalog-info.yaml"]), ref="refs/heads/next"), False),
        (push(ref="refs/heads/next", forced=True), True),
        (push(ref="refs/heads/work", forced=True), False),
    ],
)
def test_a_push_counts_when_it_may_change_what_is_held(payload: dict[str, Any], expected: bool) -> None:
    found = read_webhook("push", payload, HOST).push

    assert found
    assert touches(found, None, ["catalog-info.yaml", "services/*/catalog-info.yaml"], READ) is expected


def test_files_that_were_looked_up_by_a_pattern_count_when_one_comes_or_goes() -> None:
    came = read_webhook("push", push(commit(added=["parts/new.yaml"])), HOST).push
    changed = read_webhook("push", push(commit(modified=["parts/other.yaml"])), HOST).push
    assert came
    assert changed

    assert touches(came, None, ["catalog-info.yaml"], ["parts/*.yaml"])
    assert not touches(changed, None, ["catalog-info.yaml"], ["parts/*.yaml"])


def test_a_configured_branch_takes_the_place_of_the_default_one() -> None:
    into_main = read_webhook("push", push(commit(modified=["README.md"])), HOST).push
    into_live = read_webhook("push", push(commit(modified=["README.md"]), ref="refs/heads/live"), HOST).push
    assert into_main
    assert into_live

    assert touches(into_live, "live", [], [])
    assert not touches(into_main, "live", [], [])


@pytest.mark.parametrize(
    "refresh",
    [
        Refresh(What.REPOSITORY, "github.com", "acme", "hello"),
        Refresh(What.TEAMS, "ghes.acme.test:8443", "acme"),
        Refresh(What.SOURCE, "github.com", "acme"),
    ],
)
def test_a_subject_says_all_of_its_refresh(refresh: Refresh) -> None:
    assert Refresh.of(refresh.subject) == refresh


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
FIELDS = (
    "action after changes commits created forced full_name installation login organization owner "
    "ref repositories_added repository"
).split()
BODY = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8), max_leaves=20
)


def pull(action: str = "closed", branch: str = "callboard/owner-x-1", number: Any = 12) -> dict[str, Any]:
    return {
        "action": action,
        "number": number,
        "repository": HELLO,
        "pull_request": {"head": {"ref": branch}},
    }


@pytest.mark.parametrize("action", ["closed", "reopened"])
def test_what_became_of_a_pull_request_of_ours_is_looked_at(action: str) -> None:
    (found,) = read_webhook("pull_request", pull(action), HOST).refreshes

    assert found == Refresh(What.PULL, HOST, "acme", "hello", 12)
    assert found.subject == "pull:github.com/acme/hello/12"
    assert Refresh.of(found.subject) == found


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (pull("opened"), "it is not decided about"),
        (pull("synchronize"), "it is not decided about"),
        (pull(branch="feature"), "Callboard did not propose it"),
        *(
            (pull(number=number), "it names no repository or organisation")
            for number in (True, 0, -1, "1", 2**31)
        ),
    ],
)
def test_other_pull_requests_change_nothing(payload: dict[str, Any], reason: str) -> None:
    found = read_webhook("pull_request", payload, HOST)

    assert (found.refreshes, found.reason) == ((), reason)


@given(event=st.sampled_from(EVENTS), payload=st.dictionaries(st.sampled_from(FIELDS), BODY))
def test_no_body_is_an_error(event: str, payload: dict[str, Any]) -> None:
    found = read_webhook(event, payload, HOST)

    assert isinstance(found, Reading)
    assert found.refreshes or found.push or found.reason


def test_every_recorded_webhook_is_understood() -> None:
    files = sorted(public_files("github-webhooks").rglob("*payload.json"))
    assert files

    readings = {
        file: read_webhook(file.parent.name, json.loads(file.read_text()), "github.com") for file in files
    }

    assert all(found.refreshes or found.push or found.reason for found in readings.values())
    nameless = [file for file, found in readings.items() if "names no" in found.reason]
    assert nameless == []
