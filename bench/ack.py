"""The whole loop over the local Slack: from a slash command to its acknowledgement and to the answer."""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from bench.dispatch import dispatch_ms
from bench.generate import ORGANIZATION, Generated
from bench.load import CHANNEL, Asked, Crowd
from bench.measure import apart, percentile
from bench.progress import doing
from bench.report import Cell, Table
from bench.serving import Mode, Serving
from bench.sync import sync_files
from bot.sandbox.organization import Channel, Organization, Person
from bot.sandbox.slack import LocalSlack
from bot.slack.manifest import manifest

_PEOPLE = 50
_SETTLING_S, _IDLE_S, _BUSY = 30.0, 5.0, 10.0
_REST_BARS = ("2 s", "1 %, 150 MB at 10,000", "2.6-5 s, 1-99 %, 550-690 MB")
_ACK_NOTE = (
    "Slack's bar for an acknowledgement is 3,000 ms. Every figure holds one round trip of the sandbox's own."
)
_BOLT = "p50 10.6, p99 15-18 with Bolt's defaults"


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=1_000, help="the size of the catalog")
    parser.add_argument("--rate", type=float, action="append", help="commands a second; may be repeated")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each rate is held")
    parser.add_argument("--dispatches", type=int, default=2_000, help="how many without a network")


def run(options: Namespace) -> list[Table]:
    """The loop in both modes, the process at rest, and the app alone."""
    generated = Generated(options.repositories)
    rates = options.rate or [1.0, 20.0]
    command = f"python -m bench ack --repositories {options.repositories} --seconds {options.seconds:g}"
    command += "".join(f" --rate {rate:g}" for rate in rates)
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        doing(f"a catalog of {generated.entities:,} entities")
        generated.write(folder)
        database = f"sqlite:///{folder / 'callboard.db'}"
        apart(sync_files, folder, database)
        loop: list[tuple[Cell, ...]] = []
        rest: list[tuple[Cell, ...]] = []
        for mode in get_args(Mode):
            _measure(mode, generated, folder, database, rates, options.seconds, loop, rest)
        doing(f"{options.dispatches:,} dispatches without a network")
        with local_slack(()) as slack:
            where = (folder, database, slack.api_url, slack.bot_token)
            alone = apart(dispatch_ms, *where, generated.components[0], options.dispatches)
    return [
        _loop_table(loop, generated, command),
        _rest_table(rest, generated, command),
        _alone_table(alone, f"python -m bench ack --dispatches {options.dispatches}"),
    ]


def _measure(
    mode: Mode,
    generated: Generated,
    folder: Path,
    database: str,
    rates: Sequence[float],
    seconds: float,
    loop: list[tuple[Cell, ...]],
    rest: list[tuple[Cell, ...]],
) -> None:
    logins = generated.users[:_PEOPLE]
    with local_slack(logins) as slack:
        doing(f"callboard serve, {mode}")
        bot = Serving(folder, database, slack, mode)
        try:
            if mode == "http":
                slack.deliver_to(f"{bot.url}/slack/events")
            crowd = Crowd(slack, logins, generated.components)
            first = crowd.ask_one().shown_ms
            for _ in logins:
                crowd.ask_one()
            rest.append((mode, bot.started_s, first, _idle_percent(bot), bot.memory_mb, *_REST_BARS))
            control = percentile([crowd.control_ms() for _ in range(50)], 50)
            for rate in rates:
                doing(f"{mode}: {rate:g} a second for {seconds:g} s")
                loop.append((mode, rate, *_under(bot, crowd, rate, seconds), control))
        finally:
            bot.stop()


@contextmanager
def local_slack(logins: Sequence[str]) -> Iterator[LocalSlack]:
    """A workspace with these people and one channel."""
    people = tuple(Person(login=login, name=login, email=f"{login}@bench.example") for login in logins)
    organization = Organization(ORGANIZATION, "Bench", people, (), (Channel(name=CHANNEL),), ())
    slack = LocalSlack(organization, manifest("/callboard", ["who"]))
    slack.start()
    try:
        yield slack
    finally:
        slack.stop()


def _under(bot: Serving, crowd: Crowd, rate: float, seconds: float) -> tuple[Cell, ...]:
    before, used, started = bot.memory_mb, bot.cpu_s, time.perf_counter()
    asked = crowd.ask(rate, seconds)
    took, after = time.perf_counter() - started, bot.memory_mb
    busy = None if used is None else ((bot.cpu_s or 0) - used) / took * 100
    return (len(asked), *_latencies(asked), busy, before, after)


def _latencies(asked: Sequence[Asked]) -> tuple[Cell, ...]:
    acks = [item.ack_ms for item in asked if item.is_acknowledged]
    shown = [item.shown_ms for item in asked if item.shown_at and not item.is_turned_away]
    return (
        *(percentile(acks, percent) if acks else None for percent in (50, 99)),
        *(percentile(shown, percent) if shown else None for percent in (50, 99)),
        len(asked) - len(acks),
        len(asked) - len(shown),
    )


def _idle_percent(bot: Serving) -> float | None:
    """At rest: a first start also makes up for the judging that was due before it, and that is waited for."""
    deadline = time.perf_counter() + _SETTLING_S
    while (_busy_percent(bot, 1.0) or 0) > _BUSY and time.perf_counter() < deadline:
        continue
    return _busy_percent(bot, _IDLE_S)


def _busy_percent(bot: Serving, seconds: float) -> float | None:
    used = bot.cpu_s
    time.sleep(seconds)
    return None if used is None else ((bot.cpu_s or 0) - used) / seconds * 100


def _loop_table(rows: Sequence[tuple[Cell, ...]], generated: Generated, command: str) -> Table:
    columns = ("mode", "per second", "commands", "ack p50 ms", "ack p99 ms", "shown p50 ms", "shown p99 ms")
    more = ("no ack in 3 s", "no answer", "bot CPU %", "RSS before MB", "RSS after MB", "sandbox ms")
    title = f"Slash commands over the local Slack, {generated.entities:,} entities, SQLite"
    return Table(title, command, (*columns, *more), tuple(rows), (_ACK_NOTE,))


def _rest_table(rows: Sequence[tuple[Cell, ...]], generated: Generated, command: str) -> Table:
    columns = (
        "mode",
        "start s",
        "first answer ms",
        "idle CPU %",
        "RSS MB",
        "bar",
        "bar at rest",
        "Backstage",
    )
    return Table(
        f"callboard serve at rest, {generated.entities:,} entities, SQLite", command, columns, tuple(rows)
    )


def _alone_table(found: dict[str, list[float]], command: str) -> Table:
    rows = tuple(
        (mode, len(took), percentile(took, 50), percentile(took, 99), max(took), _BOLT)
        for mode, took in found.items()
    )
    columns = ("mode", "commands", "p50 ms", "p99 ms", "worst ms", "Bolt")
    return Table("The Bolt app alone: dispatch until the acknowledgement", command, columns, rows)
