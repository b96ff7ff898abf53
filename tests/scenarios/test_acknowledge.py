"""Whatever happens behind it: an acknowledgement comes at once, and a person always reads a sentence."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from bot.bootstrap import load_plugins
from bot.sandbox.github.faults import FaultKind
from bot.slack.blocks import Message
from bot.slack.conversation import Conversation, Request
from bot.slack.handover import FULL, Handover, Tell, Work
from core.plugins import Plugin
from core.settings import Settings
from scaffolds import actions
from scaffolds.store import RunStore
from scorecards import facts
from tests.scenarios.world import PATIENCE_S, World, shows, until

WORKERS = 24


@dataclass
class Slow:
    """Questions to a provider that does not answer before ``go``, and one to a provider that is broken."""

    begun: list[str] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    def wait(self, request: Request) -> None:
        self.begun.append(request.user)
        assert self.go.wait(60)
        request.reply.show(Message("At last."))

    def callboard_commands(self) -> Sequence[Conversation]:
        return (
            Conversation("wait", "", "waits", self.wait),
            Conversation("break", "", "breaks", lambda request: [][0]),
        )


class Noted(Handover):
    """The usual handover without a waiting room; writes down what comes in."""

    def __init__(self) -> None:
        super().__init__(WORKERS, 0)
        self.names: list[str] = []

    def run(self, name: str, work: Work, tell: Tell) -> bool:
        self.names.append(name)
        return super().run(name, work, tell)


@pytest.fixture(scope="module")
def slow() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def noted() -> Noted:
    return Noted()


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, clean_environment: None, slow: Slow, noted: Noted
) -> Iterator[World]:
    """The theatre with a bot that takes only as much work as it has threads."""
    built_in = (
        Plugin("facts", "callboard", facts),
        Plugin("actions", "callboard", actions),
        Plugin("slow", "test", slow),
    )
    plugins = load_plugins(Settings(), built_in)
    theatre = World(tmp_path_factory.mktemp("theatre"), handover=noted, plugins=plugins)
    yield theatre
    slow.go.set()
    theatre.stop()


@pytest.fixture
def busy(world: World, slow: Slow, noted: Noted) -> Iterator["Busy"]:
    """Keeps threads busy; they are let go after the test."""
    slow.go.clear()
    slow.begun.clear()
    keeper = Busy(world, slow)
    yield keeper
    slow.go.set()
    until(lambda: noted.is_idle, "not every thread came back")


@dataclass
class Busy:
    """Takes threads away from everybody else."""

    world: World
    slow: Slow

    def threads(self, count: int) -> None:
        """Have so many questions wait, each in a thread of its own."""
        until(lambda: self.world.callboard.handover.is_idle, "a thread is busy with what was asked before")
        for _ in range(count):
            self.world.sandbox.post("type", person="ben", channel="random", text="/callboard wait")
        until(lambda: len(self.slow.begun) == count, "not every question was begun")


def acknowledged(world: World, kind: str, text: str) -> list[bool]:
    """For everything of a kind with such a text: whether the app acknowledged it in time."""
    return [
        entry["acked"]
        for entry in world.sandbox.journal()
        if entry.get("kind") == kind and text in str(entry["payload"])
    ]


def test_with_twenty_slow_questions_running_one_more_is_acknowledged_and_answered(
    world: World, busy: Busy
) -> None:
    busy.threads(20)

    answer = world.person("kofi").asks("/callboard who lobby-sign")

    assert "Owned by *Ushers*" in answer.text
    assert acknowledged(world, "slash_commands", "lobby-sign") == [True]
    assert set(acknowledged(world, "slash_commands", "wait")) == {True}
    assert not busy.slow.go.is_set()


def test_when_every_thread_is_busy_a_command_is_acknowledged_with_a_sentence(
    world: World, busy: Busy
) -> None:
    busy.threads(WORKERS)

    answer = world.person("kofi").asks("/callboard who programme")

    assert (answer.text, answer.is_ephemeral) == (FULL, True)
    assert acknowledged(world, "slash_commands", "programme") == [True]


@pytest.mark.parametrize(
    ("line", "channel"), [("@callboard who owns fraud-rules?", "engineering"), ("who fraud-rules", "app")]
)
def test_when_every_thread_is_busy_who_writes_a_message_reads_so(
    world: World, busy: Busy, line: str, channel: str
) -> None:
    busy.threads(WORKERS)

    assert world.person("kofi").asks(line, channel).text == FULL


def test_when_every_thread_is_busy_who_presses_a_button_reads_so(world: World, busy: Busy) -> None:
    kofi = world.person("kofi")
    message = kofi.asks("/callboard who payments-api", "checkout")
    busy.threads(WORKERS)

    kofi.clicks("Docs", message)

    assert kofi.waits_for(shows(FULL), "checkout")


def test_when_every_thread_is_busy_a_form_is_taken_in_all_the_same(world: World, busy: Busy) -> None:
    """An acknowledged form is a promise: it is written down before, and needs no thread of the pool."""
    ana = world.person("ana")
    ana.types("/callboard new python-service")
    ana.modal(wanted=lambda modal: bool(modal.labels))
    ana.fills({"Repository name": "quick-change", "What it does": "Changes costumes."})
    busy.threads(WORKERS)

    errors = ana.submits()

    assert errors == {}
    assert ana.waits_for(shows("*Created", "quick-change"), "app")
    busy.slow.go.set()


def test_a_form_that_cannot_be_taken_in_keeps_what_was_filled_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = world.person("ana")
    ana.types("/callboard new python-service")
    ana.modal(wanted=lambda modal: bool(modal.labels))
    ana.fills({"Repository name": "trap-door", "What it does": "Opens."})
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "add", lambda *_: 1 / 0)
        errors = ana.submits()

    assert re.search("mention the number [0-9a-f]{8}", errors["Repository name"])
    assert ana.submits() == {}
    assert ana.waits_for(shows("*Created", "trap-door"), "app")


def test_an_event_that_is_delivered_twice_is_answered_once(world: World, noted: Noted) -> None:
    mira = world.person("mira")
    noted.names.clear()
    world.slack.socket.ack_seconds = 0.0  # every delivery comes too late, and Slack sends it again

    mira.types("@callboard who owns seat-map-web?", "engineering")
    until(lambda: len(acknowledged(world, "events_api", "seat-map-web")) >= 2, "it came only once")
    world.slack.socket.ack_seconds = PATIENCE_S
    mira.waits_for(shows("seat-map-web|Seat map>"), "engineering")
    mira.asks("@callboard who owns seat-map-api?", "engineering")

    assert noted.names == ["ask who", "ask who"]


def test_a_bug_is_a_sentence_with_a_number(world: World) -> None:
    answer = world.person("kofi").asks("/callboard break", "random")

    start, _, number = answer.text.rpartition(" ")
    assert start == "Something broke on our side. If you tell us, mention the number"
    assert len(number.rstrip(".")) >= 6


def test_when_github_is_down_the_catalog_still_answers(world: World) -> None:
    world.github.fail_next("*", FaultKind.BAD_GATEWAY, times=1000)

    answer = world.person("kofi").asks("/callboard who payments-api", "random")
    world.github.faults.clear()

    assert "Owned by *Payments*" in answer.text
    assert "synced" in answer.text
