"""What doctor says of webhooks: that they are not taken, that none came, and when the last one did."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.catalog import open_database
from bot.doctor import Finding, examine
from catalog_sync.delivery_rows import Arrived, DeliveryRows
from core.clock import SystemClock
from core.settings import GitHubSettings, Settings


def settings_in(folder: Path, *secrets: str) -> Settings:
    github = GitHubSettings(
        token=SecretStr("ghp_unused"), webhook_secrets=tuple(SecretStr(secret) for secret in secrets)
    )
    return Settings(data_dir=folder, github=github)


def findings(settings: Settings) -> dict[str, Finding]:
    return {item.check: item for item in examine(settings)}


def test_without_a_secret_it_says_how_changes_are_learnt_of(tmp_path: Path) -> None:
    found = findings(settings_in(tmp_path))["webhooks"]

    assert (found.ok, found.message) == (True, "not taken; pushes are asked for at 2-59/5 * * * *")


def test_a_webhook_of_which_nothing_ever_came_is_wrong(tmp_path: Path) -> None:
    found = findings(settings_in(tmp_path, "a long secret"))["webhooks"]

    assert (found.ok, found.message) == (False, "none came for a week")
    assert "Recent deliveries" in found.fix


@pytest.mark.parametrize(
    ("ago", "message", "is_late"),
    [(timedelta(hours=3), "the last one came 3 h ago", False), (timedelta(days=2), "2 days ago", True)],
)
def test_it_says_when_the_last_one_came(tmp_path: Path, ago: timedelta, message: str, is_late: bool) -> None:
    settings = settings_in(tmp_path, "a long secret")
    database = open_database(settings)
    arrived = Arrived("d1", "github.com", "ping", "", SystemClock().now() - ago)
    DeliveryRows(database).ignore(arrived, "a greeting")
    database.close()

    found = findings(settings)

    assert found["webhooks"].ok
    assert found["webhooks"].message.endswith(message.removeprefix("the last one came "))
    assert bool(found["webhooks"].fix) is is_late
    assert "cannot be asked for again" in found["missed webhooks"].message
