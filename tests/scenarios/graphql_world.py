"""A local GitHub with six repositories, and somebody who asks it over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests

from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import CommitPlan, RepositoryRow, SampleRepository, small_organization
from core.access import Visibility
from core.clock import Clock

Ask = Callable[..., dict[str, Any]]
"""A query, a token and variables: GitHub's answer."""


def sample(name: str, days: int, **row: Any) -> SampleRepository:
    """A repository with a little code, pushed so many days ago."""
    files = {"README.md": b"# x\n", "src/app.py": b"print(1)\n" * 9, "src/run.sh": b"true\n"}
    return SampleRepository(RepositoryRow(name=name, commits=(CommitPlan(days_ago=days),), **row), files)


def served(folder: Path, clock: Clock) -> Iterator[LocalGitHub]:
    """Six repositories, each ten days older than the next, the small organisation's own the newest."""
    more = (
        sample("a-old", 50, visibility=Visibility.PUBLIC, license="MIT", topics=("go", "api")),
        sample("b-fork", 40, fork=True),
        sample("c-shut", 30, archived=True, visibility=Visibility.INTERNAL),
        sample("d-plain", 20, description="Plain."),
        sample("e-new", 10),
    )
    organization = small_organization()
    host = LocalGitHub(folder, replace(organization, repositories=(*more, *organization.repositories)), clock)
    host.start()
    yield host
    host.stop()


def post(github: LocalGitHub, body: Any, token: str | None = None) -> requests.Response:
    """Send a body, as it is where it is bytes, else as JSON."""
    return requests.post(
        github.graphql_url,
        data=body if isinstance(body, bytes) else None,
        json=None if isinstance(body, bytes) else body,
        headers={"Authorization": f"bearer {token or github.token}"},
        timeout=60,
    )


def asker(github: LocalGitHub) -> Ask:
    """Somebody who sends queries and expects an answer with status 200."""

    def query(text: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        response = post(github, {"query": text, "variables": variables}, token)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    return query
