"""A local GitHub that runs for weeks: what it notes down stays bounded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.github import admission, webhooks
from bot.sandbox.github.faults import FaultKind, FaultPlan
from core.clock import FixedClock
from tests.scenarios.rest_world import HELLO, Hub, serving


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Iterator[Hub]:
    yield from serving(tmp_path, clock)


def test_the_oldest_exchanges_go_where_they_are_too_much(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(hub.ask("GET", HELLO).content)
    monkeypatch.setattr(admission, "_MOST_BYTES", size * 3)

    for _ in range(10):
        hub.got(HELLO)

    assert 1 <= len(hub.server.exchanges) <= 3
    assert hub.server.exchanges[-1].path == HELLO


def test_the_oldest_exchanges_go_where_they_are_too_many(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_MOST_KEPT", 4)

    for _ in range(10):
        hub.got("/meta")

    assert len(hub.server.exchanges) == 4


def test_the_log_of_requests_has_an_end(hub: Hub) -> None:
    assert hub.server.requests.maxlen


def test_the_oldest_deliveries_go(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "_MOST_KEPT", 3)
    found = webhooks.Webhooks(clock, secret="s", app=1, installation=2)
    found.deliver_to("http://127.0.0.1:9/")
    found.drop(5)

    for number in range(5):
        found.emit("push", {"number": number})

    assert found.settled()
    assert [one.payload["number"] for one in found.deliveries] == [2, 3, 4]
    found.stop()


def test_a_fault_that_is_used_up_is_forgotten() -> None:
    plan = FaultPlan()
    plan.add("GET /x", FaultKind.SERVER_ERROR, times=2)

    assert [bool(plan.take("GET", "/x")) for _ in range(3)] == [True, True, False]
    assert plan._faults == []
