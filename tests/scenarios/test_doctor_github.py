"""What doctor and a sync say of a token that may not read everything: what is missing, and of whom."""

from pathlib import Path

import pytest
import requests
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.doctor import Finding, examine
from bot.sandbox.github import LocalGitHub
from core.settings import GitHubSettings, Settings

ALL = {"metadata": "read", "contents": "read", "members": "read"}


def settings_with(github: LocalGitHub, folder: Path, *lacks: str, organizations: tuple[str, ...]) -> Settings:
    """Settings with a token that lacks some permissions."""
    permissions = {name: level for name, level in ALL.items() if name not in lacks}
    made = requests.post(f"{github.url}/_sandbox/tokens", json={"permissions": permissions}, timeout=10)
    token = SecretStr(made.json()["token"])
    settings = GitHubSettings(organizations=organizations, api_url=github.api_url, token=token)
    return Settings(data_dir=folder, github=settings)


def findings(settings: Settings) -> dict[str, Finding]:
    return {item.check: item for item in examine(settings)}


def test_a_token_that_may_read_everything_is_all_right(local_github: LocalGitHub, tmp_path: Path) -> None:
    found = findings(settings_with(local_github, tmp_path, organizations=("acme",)))

    assert found["github acme"].ok
    assert found["github acme teams"].ok


@pytest.mark.parametrize(
    ("lacks", "check"), [("contents", "github acme"), ("members", "github acme teams")], ids=str
)
def test_a_permission_that_is_missing_is_found_by_doctor_and_told_once_by_a_sync(
    local_github: LocalGitHub, tmp_path: Path, lacks: str, check: str
) -> None:
    settings = settings_with(local_github, tmp_path, lacks, organizations=("acme",))

    found = findings(settings)[check]

    assert not found.ok
    assert "not accessible" in found.message
    assert "permissions" in found.fix
    catalog = Catalog(settings)
    unread = catalog.sync_source(catalog.source_names[0]).unread
    catalog.database.close()
    assert len([line for line in unread if "not accessible" in line]) == len(set(unread)) > 0


def test_an_organisation_that_is_not_shown_keeps_no_other_one_from_being_looked_at(
    local_github: LocalGitHub, tmp_path: Path
) -> None:
    found = findings(settings_with(local_github, tmp_path, organizations=("nowhere", "acme")))

    assert not found["github nowhere"].ok
    assert "nowhere" in found["github nowhere"].message
    assert found["github acme"].ok
