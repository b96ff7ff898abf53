"""A local Slack and a local GitHub as fixtures, for anybody's tests of a Slack app or a GitHub client.

pytest finds this by its entry point once Callboard is installed. Every fixture can be overridden, in a
``conftest.py`` or in one test file:

- ``sandbox_organization``: people, teams, channels and repositories (see ``bot.sandbox.organization``).
- ``sandbox_other_organizations``: further organisations on the same GitHub; none by default.
- ``slack_manifest``: the manifest of the app under test; by default one that may do everything.
- ``local_slack``: a running ``LocalSlack``; ``api_url``, ``bot_token``, ``app_token``, ``signing_secret``.
- ``slack_people``: who uses it; ``slack_people.person("ana").types("/hello")``.
- ``local_github``: a running ``LocalGitHub``; ``api_url``, ``token``, ``publish_token``, ``app``.

A test whose app sent something that Slack would refuse fails at its end, unless it is marked
``@pytest.mark.slack_may_refuse``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.sandbox.github import LocalGitHub
    from bot.sandbox.organization import Organization
    from bot.sandbox.people import Sandbox
    from bot.sandbox.slack import LocalSlack

# Imports stand inside the fixtures: this module is loaded by every run of pytest in the environment.

_MAY_REFUSE = "slack_may_refuse"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for runs with ``--strict-markers``."""
    config.addinivalue_line("markers", f"{_MAY_REFUSE}: what the app sends may be refused by the local Slack")


@pytest.fixture
def sandbox_organization() -> "Organization":
    """A small organisation: three people, a guest, two teams, three channels, one repository."""
    from bot.sandbox.organization import small_organization

    return small_organization()


@pytest.fixture
def sandbox_other_organizations() -> "tuple[Organization, ...]":
    """No organisation beside ``sandbox_organization``."""
    return ()


@pytest.fixture
def slack_manifest() -> dict[str, Any]:
    """The manifest of an app that may do everything; give your own to have its scopes and events enforced."""
    from bot.sandbox.slack.manifests import may_do_everything

    return may_do_everything()


@pytest.fixture
def local_slack(
    request: pytest.FixtureRequest, sandbox_organization: "Organization", slack_manifest: dict[str, Any]
) -> "Iterator[LocalSlack]":
    """A Slack workspace on a free port, with your app installed."""
    from bot.sandbox.people import Sandbox, refusal_line
    from bot.sandbox.slack import LocalSlack

    slack = LocalSlack(sandbox_organization, slack_manifest)
    slack.start()
    try:
        yield slack
        refusals = Sandbox(slack.url).refusals()
    finally:
        slack.stop()
    if refusals and request.node.get_closest_marker(_MAY_REFUSE) is None:
        told = "\n".join(f"  {refusal_line(item)}" for item in refusals)
        pytest.fail(f"Slack would have refused or warned about this:\n{told}", pytrace=False)


@pytest.fixture
def slack_people(local_slack: "LocalSlack") -> "Sandbox":
    """The people of ``local_slack``: what they type, click, fill in and see."""
    from bot.sandbox.people import Sandbox

    return Sandbox(local_slack.url)


@pytest.fixture
def local_github(
    tmp_path: Path,
    sandbox_organization: "Organization",
    sandbox_other_organizations: "tuple[Organization, ...]",
) -> "Iterator[LocalGitHub]":
    """A GitHub host on a free port, with the repositories of the organisations."""
    from bot.sandbox.github import LocalGitHub
    from core.clock import SystemClock

    github = LocalGitHub(
        tmp_path / "github", sandbox_organization, SystemClock(), sandbox_other_organizations
    )
    github.start()
    try:
        yield github
    finally:
        github.stop()
