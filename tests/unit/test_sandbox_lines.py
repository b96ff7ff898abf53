"""Which message answers a line: told apart from what an earlier line or click has set off."""

from typing import Any

import pytest

from bot.sandbox.lines import Line
from bot.sandbox.reading import SeenMessage, seen_message

OLD, MINE = "1.0", "5.0"


def message(ts: str, **more: Any) -> SeenMessage:
    plain = {"ts": ts, "channel": "C1", "user": "U0BOT", "text": ts, "blocks": [], "thread_ts": None}
    return seen_message({**plain, "is_ephemeral": False, "is_edited": False, **more})


def line(**more: Any) -> Line:
    return Line(frozenset({OLD}), **more)


SAID = {"ts": MINE}
COMMAND = {"response_url": "mine"}
IN_THREAD = {"ts": MINE, "thread_ts": "2.0"}


@pytest.mark.parametrize(
    ("sent", "came", "is_answer"),
    [
        (SAID, {}, True),
        (SAID, {"thread_ts": MINE}, True),
        (SAID, {"thread_ts": OLD}, False),
        (SAID, {"thread_ts": "2.0"}, False),
        (SAID, {"answers": "an earlier click's"}, False),
        (SAID, {"is_from_person": True}, False),
        (IN_THREAD, {"thread_ts": "2.0"}, True),
        (IN_THREAD, {"thread_ts": OLD}, False),
        (IN_THREAD, {}, True),
        (COMMAND, {"answers": "mine"}, True),
        (COMMAND, {"answers": "an earlier command's"}, False),
        (COMMAND, {}, True),
        (COMMAND, {"thread_ts": OLD}, False),
    ],
)
def test_a_message_answers_a_line_or_belongs_to_something_else(
    sent: dict[str, str], came: dict[str, Any], is_answer: bool
) -> None:
    mine = [message(MINE, is_from_person=True, thread_ts=sent.get("thread_ts"))] if "ts" in sent else []
    late = message("6.0", **came)

    found = line(**sent).answer_among([message(OLD), *mine, late])

    assert found == (late if is_answer else None)


def test_of_several_answers_the_first_is_taken_however_late_one_looks() -> None:
    messages = [message(OLD), message("6.0"), message("7.0", thread_ts="6.0")]

    found = line(**COMMAND).answer_among(messages)

    assert found == messages[1]


def test_an_answer_to_an_answer_in_a_thread_leads_to_that_thread() -> None:
    """Slack files a line under the thread's first message, whichever message of it was answered."""
    mine = message(MINE, thread_ts="2.0", is_from_person=True)
    answer = message("6.0", thread_ts="2.0")

    assert line(ts=MINE, thread_ts="3.0").answer_among([mine, answer]) == answer


def test_a_thread_that_began_after_the_line_may_answer_it() -> None:
    asked, answer = message("6.0", is_from_person=True), message("7.0", thread_ts="6.0")

    assert line(**COMMAND).answer_among([asked, answer]) == answer
