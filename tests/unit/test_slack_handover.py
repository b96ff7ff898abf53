"""Where slow work goes after the acknowledgement: it is idle only when nothing is under way, nothing waits and nobody is being told."""

import threading

import pytest

from bot.slack.handover import FULL, Handover


@pytest.fixture
def handover() -> Handover:
    return Handover(workers=1, waiting=1)


def test_it_is_not_idle_while_something_runs_waits_or_is_told(handover: Handover) -> None:
    go, told = threading.Event(), threading.Event()
    texts: list[str] = []
    assert handover.is_idle

    accepted = [handover.run("slow", lambda: wait(go), texts.append) for _ in range(3)]
    handover.turn_away("slow", lambda text: texts.append(text) or wait(told))  # type: ignore[func-returns-value]
    assert (accepted, handover.is_idle) == ([True, True, False], False)

    go.set()
    assert not handover.is_idle, "somebody is still being told that there was no place"
    told.set()
    handover.stop()
    assert (texts, handover.is_idle) == ([FULL], True)


def test_work_that_fails_is_over_all_the_same(handover: Handover) -> None:
    texts: list[str] = []
    handover.run("broken", lambda: [][0], texts.append)
    handover.stop()

    assert (len(texts), handover.is_idle) == (1, True)


def wait(event: threading.Event) -> None:
    assert event.wait(30)
