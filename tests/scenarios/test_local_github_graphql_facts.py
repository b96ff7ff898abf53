"""Facts that the local GitHub's GraphQL tells about a repository, its protection, alerts, pull requests and teams."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.hosted import PullRequest, PullState, Review
from core.clock import FixedClock
from tests.scenarios.graphql_world import Ask, asker, served


@pytest.fixture
def github(tmp_path: Path, clock: FixedClock) -> Iterator[LocalGitHub]:
    yield from served(tmp_path / "github", clock)


@pytest.fixture
def ask(github: LocalGitHub) -> Ask:
    return asker(github)


def test_settings_of_a_repository_are_what_the_host_has(github: LocalGitHub, ask: Ask) -> None:
    found = github.state.repository("acme", "a-old")
    assert found
    found.is_template, found.has_wiki, found.allow_squash_merge, found.stars = True, False, False, 7
    found.environments += ["production", "staging"]

    answer = ask("""{ repository(owner: "acme", name: "a-old") {
      nameWithOwner owner { login __typename } visibility isPrivate isTemplate hasWikiEnabled squashMergeAllowed
      mergeCommitAllowed stargazerCount licenseInfo { spdxId key } primaryLanguage { name } diskUsage
      languages(first: 5) { totalSize edges { size node { name } } } viewerPermission
      repositoryTopics(first: 5) { nodes { topic { name } } }
      environments(first: 5) { nodes { name } } latestRelease { tagName } } }""")["data"]["repository"]

    assert answer == {
        "nameWithOwner": "acme/a-old",
        "owner": {"login": "acme", "__typename": "Organization"},
        "visibility": "PUBLIC",
        "isPrivate": False,
        "isTemplate": True,
        "hasWikiEnabled": False,
        "squashMergeAllowed": False,
        "mergeCommitAllowed": True,
        "stargazerCount": 7,
        "licenseInfo": {"spdxId": "MIT", "key": "mit"},
        "primaryLanguage": {"name": "Python"},
        "diskUsage": 1,
        "languages": {
            "totalSize": 86,
            "edges": [
                {"size": 81, "node": {"name": "Python"}},
                {"size": 5, "node": {"name": "Shell"}},
            ],
        },
        "viewerPermission": "READ",
        "repositoryTopics": {"nodes": [{"topic": {"name": "api"}}, {"topic": {"name": "go"}}]},
        "environments": {"nodes": [{"name": "production"}, {"name": "staging"}]},
        "latestRelease": None,
    }


def test_facts_about_protection_alerts_and_releases(github: LocalGitHub, ask: Ask) -> None:
    found = github.state.repository("acme", "a-old")
    assert found
    found.protections["main"] = {
        "required_pull_request_reviews": {
            "required_approving_review_count": 2,
            "require_code_owner_reviews": True,
        },
        "required_status_checks": {"strict": True, "contexts": ["test"]},
        "enforce_admins": True,
        "restrictions": None,
    }
    found.rulesets.append(
        {
            "id": 5,
            "name": "main",
            "target": "branch",
            "enforcement": "active",
            "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
            "rules": [
                {"type": "deletion"},
                {"type": "pull_request", "parameters": {"required_approving_review_count": 1}},
            ],
        }
    )
    package = {"ecosystem": "pip", "name": "requests"}
    found.alerts += [
        {
            "number": number,
            "state": state,
            "created_at": "2026-01-01T00:00:00Z",
            "dependency": {"scope": "runtime", "manifest_path": "a/requirements.txt", "package": package},
            "security_advisory": {"ghsa_id": "GHSA-1", "severity": "medium", "summary": "Bad"},
            "security_vulnerability": {
                "severity": "medium",
                "package": package,
                "vulnerable_version_range": "< 2",
            },
        }
        for number, state in ((1, "open"), (2, "fixed"))
    ]
    found.releases.append({"id": 1, "tag_name": "v1", "name": "One", "created_at": "2026-01-01T00:00:00Z"})

    answer = ask("""{ repository(owner: "acme", name: "a-old") {
      branchProtectionRules(first: 5) { nodes { pattern requiresApprovingReviews requiredApprovingReviewCount
        requiresCodeOwnerReviews requiresStatusChecks requiresStrictStatusChecks requiredStatusCheckContexts
        isAdminEnforced restrictsPushes allowsForcePushes } }
      rulesets(first: 5) { nodes { name target enforcement conditions { refName { include } }
        rules(first: 9) { nodes { type parameters { ... on PullRequestParameters { requiredApprovingReviewCount } } } } } }
      vulnerabilityAlerts(first: 5, states: OPEN) { totalCount nodes { number vulnerableManifestFilename
        securityAdvisory { severity ghsaId } securityVulnerability { package { name ecosystem } } } }
      releases(first: 5) { nodes { tagName isLatest } } } }""")["data"]["repository"]

    assert answer == {
        "branchProtectionRules": {
            "nodes": [
                {
                    "pattern": "main",
                    "requiresApprovingReviews": True,
                    "requiredApprovingReviewCount": 2,
                    "requiresCodeOwnerReviews": True,
                    "requiresStatusChecks": True,
                    "requiresStrictStatusChecks": True,
                    "requiredStatusCheckContexts": ["test"],
                    "isAdminEnforced": True,
                    "restrictsPushes": False,
                    "allowsForcePushes": False,
                }
            ]
        },
        "rulesets": {
            "nodes": [
                {
                    "name": "main",
                    "target": "BRANCH",
                    "enforcement": "ACTIVE",
                    "conditions": {"refName": {"include": ["~DEFAULT_BRANCH"]}},
                    "rules": {
                        "nodes": [
                            {"type": "DELETION", "parameters": None},
                            {"type": "PULL_REQUEST", "parameters": {"requiredApprovingReviewCount": 1}},
                        ]
                    },
                }
            ]
        },
        "vulnerabilityAlerts": {
            "totalCount": 1,
            "nodes": [
                {
                    "number": 1,
                    "vulnerableManifestFilename": "requirements.txt",
                    "securityAdvisory": {"severity": "MODERATE", "ghsaId": "GHSA-1"},
                    "securityVulnerability": {"package": {"name": "requests", "ecosystem": "PIP"}},
                }
            ],
        },
        "releases": {"nodes": [{"tagName": "v1", "isLatest": True}]},
    }


def test_pull_requests_with_their_reviews(github: LocalGitHub, ask: Ask, clock: FixedClock) -> None:
    found = github.state.repository("acme", "a-old")
    assert found
    head = found.git.head_oid or ""
    for number, state in ((1, PullState.MERGED), (2, PullState.OPEN)):
        found.pulls.append(
            PullRequest(
                number=number,
                title=f"No. {number}",
                body="",
                author="ana" if number == 1 else "renovate[bot]",
                head="topic",
                base="main",
                head_oid=head,
                base_oid=head,
                created_at=clock.now(),
                updated_at=clock.now(),
                state=state,
                reviews=[Review("ben", "APPROVED", clock.now())],
            )
        )

    answer = ask("""{ repository(owner: "acme", name: "a-old") {
      pullRequest(number: 1) { merged author { login __typename } baseRef { name } headRef { name } }
      pullRequests(first: 5, states: [OPEN]) { totalCount nodes { number title author { login __typename }
        reviews(first: 5, states: [APPROVED]) { nodes { state author { login } } } } } } }""")["data"][
        "repository"
    ]

    assert answer == {
        "pullRequest": {
            "merged": True,
            "author": {"login": "ana", "__typename": "User"},
            "baseRef": {"name": "main"},
            "headRef": None,
        },
        "pullRequests": {
            "totalCount": 1,
            "nodes": [
                {
                    "number": 2,
                    "title": "No. 2",
                    "author": {"login": "renovate[bot]", "__typename": "Bot"},
                    "reviews": {"nodes": [{"state": "APPROVED", "author": {"login": "ben"}}]},
                }
            ],
        },
    }


def test_teams_have_people_of_their_own_and_of_their_children(github: LocalGitHub, ask: Ask) -> None:
    teams = github.state.teams
    teams["web"] = teams["web"].model_copy(update={"parent": "payments"})

    answer = ask("""{ organization(login: "acme") { membersWithRole(first: 9) { totalCount }
      teams(first: 5, rootTeamsOnly: true) { nodes { slug childTeams(first: 5) { nodes { slug parentTeam { slug } } }
        own: members(first: 5, membership: IMMEDIATE) { edges { role node { login } } }
        all: members(first: 5) { nodes { login } }
        repositories(first: 5) { edges { permission node { name } } } } } } }""")["data"]["organization"]

    assert answer["membersWithRole"] == {"totalCount": 3}
    assert answer["teams"]["nodes"] == [
        {
            "slug": "payments",
            "childTeams": {"nodes": [{"slug": "web", "parentTeam": {"slug": "payments"}}]},
            "own": {
                "edges": [
                    {"role": "MAINTAINER", "node": {"login": "ben"}},
                    {"role": "MEMBER", "node": {"login": "ana"}},
                ]
            },
            "all": {"nodes": [{"login": "ben"}, {"login": "ana"}, {"login": "mira"}]},
            "repositories": {"edges": [{"permission": "ADMIN", "node": {"name": "hello"}}]},
        }
    ]
