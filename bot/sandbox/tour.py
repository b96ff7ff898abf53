"""The main job played end to end, as people would: each step says what they read."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.people import Sandbox, SeenMessage, spoken

if TYPE_CHECKING:
    from bot.bootstrap import Callboard

_PATIENCE_S = 60.0
_NEW = "ticket-scanner"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour: what was tried, whether it came out, and what a person reads."""

    name: str
    ok: bool
    took_s: float
    shown: str


class Tour:
    """Plays the main job over a running bot and its sandbox."""

    def __init__(self, callboard: "Callboard", page: str) -> None:
        self._callboard = callboard
        self._sandbox = Sandbox(page)
        self._names: dict[str, str] = {}

    def play(self) -> list[Step]:
        """Every step; a step that falls short says why, and the others are tried all the same."""
        # A machine that stands still for a moment fails no step; how long each took is told.
        self._sandbox.waits_for_app(_PATIENCE_S)
        self._names = self._sandbox.person("ana").names()
        return [
            self._step("sync", self._sync),
            self._step("ask who owns it", self._who),
            self._step("ask with a typo", self._typo),
            self._step("ask by mention", self._mention),
            self._step("ask the docs", self._docs),
            self._step("create a repository", self._create),
            self._step("the catalog knows it", self._knows_it),
            self._step("a team's weekly scorecard", self._weekly),
            self._step("a manager's roll-up", self._roll_up),
        ]

    def _step(self, name: str, play: Callable[[], str]) -> Step:
        started = time.monotonic()
        try:
            shown, ok = play(), True
        except AssertionError as fault:
            shown, ok = str(fault), False
        return Step(name, ok, time.monotonic() - started, spoken(shown, self._names))

    def _sync(self) -> str:
        report = self._callboard.catalog.sync_all()
        _need(report.repositories >= 30, f"only {report.repositories} repositories were seen")
        _need(
            not report.added and not report.changed,
            "a second sync of the same organisation changed something",
        )
        known = len(self._callboard.catalog.ask.estate().entities)
        refused = "\n".join(f"{line.where}: {line.message}" for line in report.refused)
        return (
            f"{report.repositories} repositories looked at in {report.requests} requests; {known} things known,"
            f" {len(report.refused)} refused:\n{refused}"
        )

    def _who(self) -> str:
        answer = self._sandbox.person("yuki").asks("/callboard who payments-api", "checkout")
        return _reads(answer, "Payments", "payments-help", "catalog-info.yaml", "synced")

    def _typo(self) -> str:
        answer = self._sandbox.person("yuki").asks("/callboard who paymints-api", "checkout")
        return _reads(answer, "Payments", "nearest name")

    def _mention(self) -> str:
        answer = self._sandbox.person("eva").asks("@callboard who owns payments-api?", "platform-help")
        return _reads(answer, "Payments", "payments-help")

    def _docs(self) -> str:
        answer = self._sandbox.person("yuki").asks("/callboard docs rotate signing key", "checkout")
        return _reads(answer, "make rotate-key", "edited", "by Payments")

    def _create(self) -> str:
        ana = self._sandbox.person("ana")
        ana.types("/callboard new python-service", "payments-help")
        modal = ana.modal(wanted=lambda seen: bool(seen.labels))
        _need("Repository name" in modal.labels, f"the form asks for {', '.join(modal.labels)}")
        ana.fills({"Repository name": "Not A Name!", "What it does": "Scans the tickets at the door."})
        errors = ana.submits()
        _need("Repository name" in errors, "a bad name was not refused at its field")
        ana.fills({"Repository name": _NEW})
        errors = ana.submits()
        _need(not errors, f"good answers were refused: {errors}")
        done = ana.waits_for(lambda seen: seen.text.startswith("*Created"), "app", _PATIENCE_S)
        messages = [seen for seen in ana.sees("app") if _NEW in seen.text]
        _need(len(messages) == 1, f"{len(messages)} messages instead of one")
        return done.text

    def _knows_it(self) -> str:
        answer = self._sandbox.person("ben").asks(f"/callboard who {_NEW}", "payments-help")
        return _reads(answer, "Payments", _NEW)

    def _weekly(self) -> str:
        ana = self._sandbox.person("ana")
        week = ana.waits_for(
            lambda seen: "scorecard" in seen.text and "Fix first" in seen.text, "payments-help", _PATIENCE_S
        )
        posts = [seen for seen in ana.sees("payments-help") if "Fix first" in seen.text]
        _need(len(posts) == 1, f"{len(posts)} weekly messages instead of one")
        return _reads(week, "% of checks pass", "Fix first")

    def _roll_up(self) -> str:
        seen = self._sandbox.person("mira").waits_for(
            lambda seen: "Most often missing" in seen.text, "app", _PATIENCE_S
        )
        return _reads(seen, "Payments", "Checkout", "Pass %")


def _reads(message: SeenMessage, *wanted: str) -> str:
    missing = [text for text in wanted if text not in message.text]
    _need(not missing, f"the answer lacks {', '.join(missing)}:\n{message.text}")
    return message.text


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
