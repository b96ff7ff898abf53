"""Every payload of the suite over the wire, through an unmodified slack_sdk client: taken, or refused in Slack's words."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.organization import small_organization
from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.manifests import may_do_everything
from tests.payloads.suite import Case, cases

pytestmark = pytest.mark.usefixtures("slack")


@pytest.fixture(scope="module")
def slack() -> Iterator[LocalSlack]:
    # Hundreds of payloads in a few seconds: what is tested is not the pace.
    local = LocalSlack(small_organization(), may_do_everything(), rate_limits=False)
    local.start()
    yield local
    local.stop()


@pytest.fixture(scope="module")
def client(slack: LocalSlack) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture(scope="module")
def ana(slack: LocalSlack, client: WebClient) -> str:
    return str(client.users_lookupByEmail(email="ana@acme.example")["user"]["id"])


def sent(case: Case, slack: LocalSlack, client: WebClient, ana: str) -> None:
    """Send a payload as an app would; raises ``SlackApiError`` where it is refused."""
    if case.surface == "message":
        client.chat_postMessage(channel="#general", text="A message", blocks=case.payload)
    elif case.surface == "home":
        client.views_publish(user_id=ana, view=case.payload)
    else:
        client.views_open(trigger_id=slack.workspace.new_trigger(ana), view=case.payload)


@pytest.mark.parametrize("case", cases(valid=True), ids=lambda case: case.name)
def test_what_slack_takes_is_taken(case: Case, slack: LocalSlack, client: WebClient, ana: str) -> None:
    sent(case, slack, client, ana)


@pytest.mark.parametrize("case", cases(valid=False), ids=lambda case: case.name)
def test_what_slack_refuses_is_refused_with_its_word_and_the_place(
    case: Case, slack: LocalSlack, client: WebClient, ana: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        sent(case, slack, client, ana)

    answer = refused.value.response
    prefix = "/blocks" if case.surface == "message" else "/view"
    told = {f"[ERROR] {message} [json-pointer:{prefix}{pointer}]" for pointer, message in case.problems}
    assert answer["error"] == case.error
    if case.error in ("invalid_blocks", "invalid_arguments"):
        assert set(answer["response_metadata"]["messages"]) == told


def test_a_person_sees_what_was_taken(slack: LocalSlack, client: WebClient) -> None:
    client.chat_postMessage(channel="#general", text="Hello", blocks=[{"type": "divider"}])

    assert Sandbox(slack.url).person("ana").sees("general")[-1].blocks[0]["type"] == "divider"
