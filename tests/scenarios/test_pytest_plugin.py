"""The fixtures that Callboard gives to anybody's tests, used by a test file of somebody else's."""

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "sandbox.md"
BOT, HELLO, BAD_DAY = re.search(
    r"^```python\n(import pytest\n.*?)^(def test_.*?)```.*^```python\n(def test_.*?)```",
    GUIDE.read_text(encoding="utf-8"),
    re.S | re.M,
).groups()
"""The examples of the guide: a bot, a test of it, and one of a day when everything breaks."""


def run(pytester: pytest.Pytester, tests: str) -> pytest.RunResult:
    """Run somebody's tests in a pytest of their own, where only the entry point brings the fixtures."""
    pytester.makepyfile(BOT + tests)
    return pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:xdist", "-q")


def test_a_strangers_bot_is_tested_as_the_guide_shows(pytester: pytest.Pytester) -> None:
    result = run(pytester, f"from bot.sandbox.github.faults import FaultKind\n\n{HELLO}\n{BAD_DAY}")

    result.assert_outcomes(passed=2)


def test_a_test_whose_app_sent_what_slack_refuses_fails_and_says_what(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_too_much(bot):
    try:
        bot.client.chat_postMessage(channel="#general", text="x", blocks=[{"type": "divider"}] * 51)
    except Exception:
        pass
""",
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "Slack would have refused or warned about this:",
            "  chat.postMessage: invalid_blocks: *no more than 50 items allowed *json-pointer:/blocks*",
        ]
    )


def test_a_marked_test_may_send_what_slack_refuses(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.slack_may_refuse
def test_too_much(bot):
    with pytest.raises(Exception, match="invalid_blocks"):
        bot.client.chat_postMessage(channel="#general", text="x", blocks=[{"type": "divider"}] * 51)
""",
    )

    result.assert_outcomes(passed=1)


def test_a_manifest_of_ones_own_is_enforced(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture
def slack_manifest():
    return {"display_information": {"name": "Quiet"}, "oauth_config": {"scopes": {"bot": ["users:read"]}}}


@pytest.mark.slack_may_refuse
def test_may_not_write(local_slack):
    client = WebClient(token=local_slack.bot_token, base_url=local_slack.api_url)
    with pytest.raises(Exception, match="missing_scope"):
        client.chat_postMessage(channel="#general", text="x")
""",
    )

    result.assert_outcomes(passed=1)


def test_the_local_github_is_there_for_any_client(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
from github import Auth, Github


def test_github(local_github):
    github = Github(base_url=local_github.api_url, auth=Auth.Token(local_github.token))
    assert github.get_repo("acme/hello").name == "hello"
    github.close()
""",
    )

    result.assert_outcomes(passed=1)
