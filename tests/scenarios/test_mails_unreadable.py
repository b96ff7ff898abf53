"""An app that may not read addresses says so, instead of calling everybody unknown."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.cli.app import run
from bot.sandbox.slack.server import LocalSlack
from bot.slack.catalog.messenger import SlackMessenger
from bot.slack.gateway import Gateway
from bot.slack.mails import SCOPE, UNREADABLE, MailsUnreadable, shows_mails
from bot.slack.manifest import manifest
from bot.slack.people import People, Profile
from catalog_sync.notices.model import Touch
from catalog_sync.people import PeopleBook
from core.access import Place, Visibility
from core.clock import SystemClock
from core.database import Database
from core.errors import UserError
from tests.scenarios.world import THEATRE

ANA = """\
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ana}
spec: {profile: {email: ana@playhouse.example}, memberOf: []}
"""


def local_slack(*, may_read: bool) -> LocalSlack:
    asked = manifest("/callboard", ["who"])
    if not may_read:
        asked["oauth_config"]["scopes"]["bot"].remove(SCOPE)
    return LocalSlack(THEATRE, asked)


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """A workspace in which the app was installed without the scope for addresses."""
    started = local_slack(may_read=False)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def config(
    slack: LocalSlack, tmp_path: Path, clean_environment: None, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Settings over a catalog that knows Ana."""
    (tmp_path / "in" / "people").mkdir(parents=True)
    (tmp_path / "in" / "people" / "catalog-info.yaml").write_text(ANA)
    path = tmp_path / "callboard.yaml"
    path.write_text(
        json.dumps(
            {
                "data_dir": str(tmp_path / "data"),
                "slack": {
                    "bot_token": slack.bot_token,
                    "api_url": slack.api_url,
                    "admins": ["ana@playhouse.example"],
                },
            }
        )
    )
    assert run(["--config", str(path), "sync", "--from", str(tmp_path / "in")]) == 0
    capsys.readouterr()
    return path


def gateway(slack: LocalSlack, database: Database) -> Gateway:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    return Gateway(client, database, SystemClock())


def test_a_missing_scope_is_not_taken_for_nobody(slack: LocalSlack, database: Database) -> None:
    asking = gateway(slack, database)

    with pytest.raises(MailsUnreadable, match=UNREADABLE):
        asking.find_user("ana@playhouse.example")
    assert not asking.may_read_mails()


def test_nobody_is_nobody_where_addresses_can_be_read(database: Database) -> None:
    slack = local_slack(may_read=True)
    slack.start()
    asking = gateway(slack, database)

    assert asking.find_user("nobody@playhouse.example") is None
    assert (asking.find_user("ana@playhouse.example") or {})["profile"]["real_name"] == "Ana Duarte"
    assert asking.may_read_mails()
    with pytest.raises(UserError, match="invalid_auth"):
        Gateway(WebClient(token="xoxb-no", base_url=slack.api_url), database, SystemClock()).find_user(
            "a@b.c"
        )
    slack.stop()


def test_the_list_of_people_says_that_addresses_cannot_be_read(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["--config", str(config), "people", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert (code, shown["problem"]) == (1, UNREADABLE)
    assert {row["why"] for row in shown["slack"]} == {UNREADABLE}

    assert run(["--config", str(config), "people"]) == 1
    text = capsys.readouterr().out
    assert text.rstrip().endswith(f"{UNREADABLE}.")
    assert "no user of the catalog" not in text


def test_doctor_says_that_addresses_cannot_be_read(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--config", str(config), "doctor", "--json"])

    found = {item["check"]: item for item in json.loads(capsys.readouterr().out)}
    assert (found["people"]["ok"], found["people"]["message"]) == (False, UNREADABLE)
    assert found["administrators"]["fix"] == f"{UNREADABLE}."


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({}, True),
        ({"x-oauth-scopes": ""}, True),
        ({"X-OAuth-Scopes": "chat:write, users:read"}, False),
        ({"x-oauth-scopes": "chat:write,users:read.email"}, True),
    ],
)
def test_the_scopes_of_an_answer_tell_whether_addresses_are_shown(
    headers: dict[str, str], shown: bool
) -> None:
    assert shows_mails(headers) is shown


class Unreadable(People):
    """People, in a Slack that does not show addresses."""

    def __init__(self) -> None:
        """Nothing is looked at but what is overridden."""

    def book(self) -> PeopleBook:
        return PeopleBook(())

    def slack_user_of(self, ref: str | None, mails: Iterable[str] = ()) -> Profile | None:
        raise MailsUnreadable


def test_where_the_author_cannot_be_looked_up_the_next_in_line_is_told(
    slack: LocalSlack, database: Database
) -> None:
    messenger = SlackMessenger(
        gateway(slack, database), Unreadable(), lambda _ref: None, lambda _channel: Place()
    )

    assert messenger.author(Touch("c1", "Ana", "ana@playhouse.example"), Visibility.PUBLIC) is None
    assert messenger.owner("user:default/ana", Visibility.PUBLIC) is None
