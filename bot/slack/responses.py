"""How an answer reaches a person although Slack stumbles: the address of an interaction, and a few more tries."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.slack.blocks import Json
from core.errors import SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_PAUSES_S = (0.3, 1.0, 3.0)
_LONGEST_WAIT_S = 5.0
_Answer = TypeVar("_Answer")


def persistently(send: Callable[[], _Answer]) -> _Answer:
    """Send something, and again a few times while Slack fails; somebody waits for it and nobody else would try again.

    A message of which Slack said that it failed may be there all the same; then it is there twice, which is
    better than not at all.

    Raises:
        SlackUnavailable: The last try failed too, or Slack asks for a longer wait than anybody waits for an answer.
    """
    for pause_s in _PAUSES_S:
        try:
            return send()
        except SlackUnavailable as error:
            wait_s = max(pause_s, error.retry_after_s or 0.0)
            if wait_s > _LONGEST_WAIT_S:
                raise
            _log.info("slack.tries_again", cause=error.message, wait_s=wait_s)
            time.sleep(wait_s)
    return send()


def post_answer(response_url: str, body: Json) -> None:
    """Answer an interaction through its own address.

    Args:
        response_url: Where to; good for five answers in half an hour.
        body: The message and how it is shown.

    Raises:
        SlackUnavailable: Slack failed, or asks for a pause.
        UserError: Slack refuses it: the address is used up or too old.
    """
    try:
        answer = WebhookClient(response_url).send_dict(body)
    except (OSError, SlackClientError) as error:
        raise SlackUnavailable(f"Slack did not answer ({type(error).__name__})") from error
    if answer.status_code == 429:
        raise SlackUnavailable("Slack asks us to wait", float(answer.headers.get("Retry-After") or 1))
    if answer.status_code >= 500:
        raise SlackUnavailable(f"Slack did not take the answer: {answer.status_code}")
    if answer.status_code != 200:
        raise UserError(f"Slack refused the answer: {answer.status_code} {answer.body[:200]}")
