"""Whom one can name as an owner while typing: teams first, then people, by any of their names."""

import pytest

from catalog_sync.ask import Ask
from catalog_sync.mending.candidates import Candidates
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, UNKNOWN_CHANNEL, Asker, Standing
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub

PEOPLE = """\
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: jose}
spec: {profile: {displayName: José Pay}, memberOf: [payments]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: payments, namespace: labs, title: Payments}
spec: {type: team, children: []}
"""


@pytest.fixture
def candidates(sqlite_database: Database, clock: FixedClock) -> Candidates:
    github = FakeGitHub()
    github.put("people", {"catalog-info.yaml": PEOPLE})
    github.team("payments", members=["ana"])
    github.team("apps", members=["ben"])
    store = CatalogStore(sqlite_database)
    Sync(store, clock).run(GitHubProvider(github, "acme"))
    ask = Ask(store, clock, TeamSettings(channels={}))
    return Candidates(ask.estate)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["Apps", "Payments (group:default/payments)", "Payments (group:labs/payments)"]),
        ("app", ["Apps"]),
        ("pay", ["Payments (group:default/payments)", "Payments (group:labs/payments)", "José Pay (@jose)"]),
        ("jose", ["José Pay (@jose)"]),
        ("@jose", ["José Pay (@jose)"]),
        ("JOSÉ", ["José Pay (@jose)"]),
        ("José Pay (@jose)", ["José Pay (@jose)"]),
        ("nobody", []),
    ],
)
def test_what_is_typed_finds(candidates: Candidates, typed: str, found: list[str]) -> None:
    labels = [near.title for near in candidates.owners(typed, OPERATOR)]

    assert labels[: len(found)] == found
    assert bool(labels) is bool(found)


def test_people_are_found_apart_from_teams(candidates: Candidates) -> None:
    assert [near.ref for near in candidates.users("pay", OPERATOR)] == ["user:default/jose"]


@pytest.mark.parametrize(
    "asker", [Asker(Standing.GUEST), Asker(Standing.UNMATCHED), Asker(Standing.MEMBER, place=UNKNOWN_CHANNEL)]
)
def test_who_may_not_see_who_works_here_finds_nobody_but_a_login_that_they_know(
    candidates: Candidates, asker: Asker
) -> None:
    assert list(candidates.owners("pay", asker)) == []
    assert list(candidates.users("jos", asker)) == []
    assert [near.title for near in candidates.users("@jose", asker)] == ["@jose"]
