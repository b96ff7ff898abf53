"""Organisations on two hosts in one catalog, each with its own way in."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.sandbox.github import LocalGitHub
from bot.sandbox.organization import CommitPlan, Organization, Person, RepositoryRow, SampleRepository, Team
from core.access import OPERATOR
from core.clock import FixedClock
from core.errors import UserError
from core.settings import GitHubSettings, Settings
from tests.usecases.test_sync import component

PEOPLE = (Person(login="ana", name="Ana", email="ana@acme.test"),)
TEAMS = (Team(slug="payments", name="Payments", members=("ana",)),)


def organization(name: str) -> Organization:
    row = RepositoryRow(name=f"{name}-app", commits=(CommitPlan(days_ago=3),))
    files = {
        "catalog-info.yaml": component(f"{name}-app").encode(),
        "docs/index.md": b"# Deploy\n\nPush the button of " + name.encode() + b".\n",
    }
    return Organization(name, name.capitalize(), PEOPLE, TEAMS, (), (SampleRepository(row, files),))


@pytest.fixture
def hosts(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[LocalGitHub, LocalGitHub]]:
    found = tuple(LocalGitHub(tmp_path / name, organization(name), clock) for name in ("acme", "globex"))
    for host in found:
        host.start()
    yield found[0], found[1]
    for host in found:
        host.stop()


def test_organisations_of_two_hosts_are_one_catalog(
    tmp_path: Path, hosts: tuple[LocalGitHub, LocalGitHub], clock: FixedClock
) -> None:
    first, second = (
        GitHubSettings(
            organizations=(name,), host=f"{name}.test", api_url=host.api_url, token=SecretStr(host.token)
        )
        for name, host in zip(("acme", "globex"), hosts, strict=True)
    )
    catalog = Catalog(Settings(data_dir=tmp_path / "data", github=first, github_hosts=(second,)), clock)

    with closing(catalog.database):
        report = catalog.sync_all()
        answer = catalog.ask.who_owns("globex-app", OPERATOR)
        passages = catalog.ask.docs("push the button of globex", OPERATOR).passages

    assert report.repositories == 2
    assert answer.repository is not None
    assert str(answer.repository) == "globex.test/globex/globex-app"
    assert passages[0].entity == "component:default/globex-app"
    assert all(host.requests for host in hosts)


def test_an_organisation_that_cannot_be_read_is_named_and_keeps_no_other_one_from_it(
    tmp_path: Path, hosts: tuple[LocalGitHub, LocalGitHub], clock: FixedClock
) -> None:
    first, second = (
        GitHubSettings(
            organizations=names, host=f"{host}.test", api_url=local.api_url, token=SecretStr(local.token)
        )
        for host, names, local in zip(
            ("acme", "globex"), (("nobody-there", "acme"), ("globex",)), hosts, strict=True
        )
    )
    catalog = Catalog(Settings(data_dir=tmp_path / "data", github=first, github_hosts=(second,)), clock)

    with closing(catalog.database):
        report = catalog.sync_all()
        refs = {str(entity.ref) for entity in catalog.store.entities()}

    assert [problem.split(": ")[0] for problem in report.failed] == ["github:acme.test/nobody-there"]
    assert {"component:default/acme-app", "component:default/globex-app"} <= refs


def test_a_look_of_which_nothing_comes_says_why(
    tmp_path: Path, hosts: tuple[LocalGitHub, LocalGitHub], clock: FixedClock
) -> None:
    github = GitHubSettings(
        organizations=("nobody-there",), api_url=hosts[0].api_url, token=SecretStr(hosts[0].token)
    )
    catalog = Catalog(Settings(data_dir=tmp_path / "data", github=github), clock)

    with closing(catalog.database), pytest.raises(UserError, match="nobody-there"):
        catalog.sync_all()
