"""The hosts in the app's manifest: those that links lead to, as people paste them, and no more than Slack takes."""

import pytest

from bot.slack.manifest import EVENTS, SCOPES, manifest
from bot.slack.wiring import preview_domains
from core.settings import GitHubSettings, Settings, SlackSettings


def settings(**slack: object) -> Settings:
    ghe = GitHubSettings(host="ghe", api_url="https://GHE.acme.example:8443/api/v3")
    return Settings(github=GitHubSettings(), github_hosts=(ghe,), slack=SlackSettings(**slack))


def test_the_domains_are_the_hosts_of_the_pages_without_their_ports() -> None:
    found = preview_domains(settings(catalog_hosts=("Backstage.acme.example", "github.com")))

    assert found == ("github.com", "ghe.acme.example", "backstage.acme.example")


def test_there_are_none_where_previews_are_off() -> None:
    assert preview_domains(settings(previews=False)) == ()
    assert "unfurl_domains" not in manifest("/callboard", ["who"])["features"]


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (5, 5), (7, 5)])
def test_slack_is_given_no_more_than_it_takes(count: int, kept: int) -> None:
    domains = [f"host{number}.example" for number in range(count)]

    assert manifest("/callboard", ["who"], domains=domains)["features"]["unfurl_domains"] == domains[:kept]


def test_the_home_and_links_are_asked_for() -> None:
    made = manifest("/callboard", ["who"], domains=["github.com"])

    assert made["features"]["app_home"]["home_tab_enabled"] is True
    assert {"app_home_opened", "link_shared"} <= set(EVENTS)
    assert {"links:read", "links:write"} <= set(SCOPES)
