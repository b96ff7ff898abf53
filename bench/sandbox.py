"""The local Slack and GitHub themselves: how soon they answer, what they hold, and how many commands a second pass."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from bench.ack import local_slack
from bench.generate import Generated
from bench.load import Crowd
from bench.measure import apart, memory_mb, percentile
from bench.progress import doing
from bench.report import Cell, Table
from bench.serving import Mode, Serving
from bench.sync import sync_files

_PEOPLE = 16
_NOTE = "The bot, the local Slack and the people who ask share the machine's cores."


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=10_000, help="the size of the organisation")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long the people ask")


def run(options: Namespace) -> list[Table]:
    """Start-up and memory of the sandbox, then the whole loop as fast as it goes."""
    sizes = (0, options.repositories)
    command = f"python -m bench sandbox --repositories {options.repositories} --seconds {options.seconds:g}"
    columns = (
        "repositories",
        "addresses after s",
        "first page after s",
        "RSS MB",
        "RSS MB after 100 of a page",
    )
    started = Table(
        "callboard sandbox: from the command to its answers",
        command,
        columns,
        tuple(_start(size) for size in sizes),
        ("0 repositories: the sample organisation.",),
    )
    return [started, _loop(options.seconds, command)]


@dataclass(slots=True)
class _Sandbox:
    process: "subprocess.Popen[str]"
    addresses: dict[str, Any]
    after_s: float

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        if self.process.stdout:
            self.process.stdout.close()


def _start(repositories: int) -> tuple[Cell, ...]:
    doing(f"callboard sandbox, {repositories or 'the sample'} repositories")
    started = time.perf_counter()
    with closing(_sandbox(repositories)) as sandbox:
        names = _page(sandbox, 1)
        first_s, memory = time.perf_counter() - started, memory_mb(sandbox.process.pid)
        _page(sandbox, min(100, names))
        return (repositories, sandbox.after_s, first_s, memory, memory_mb(sandbox.process.pid))


def _sandbox(repositories: int) -> _Sandbox:
    more = ["--repos", str(repositories)] if repositories else []
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", "--json", *more], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    addresses = json.loads(process.stdout.readline())
    return _Sandbox(process, addresses, time.perf_counter() - started)


def _page(sandbox: _Sandbox, first: int) -> int:
    """Ask for so many repositories with their descriptors; returns how many there are."""
    github = sandbox.addresses["github"]
    query = """query($login: String!, $first: Int!) { organization(login: $login) { repositories(first: $first) {
        totalCount nodes { name object(expression: "HEAD:catalog-info.yaml") { ... on Blob { text } } } } } }"""
    body = json.dumps({"query": query, "variables": {"login": github["organization"], "first": first}})
    headers = {"Authorization": f"bearer {github['token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(github["graphql_url"], body.encode(), {**headers, "User-Agent": "bench"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found = json.loads(answer.read())["data"]["organization"]["repositories"]
    return int(found["totalCount"])


def _loop(seconds: float, command: str) -> Table:
    generated, rows = Generated(1_000), []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        generated.write(folder)
        database = f"sqlite:///{folder / 'callboard.db'}"
        apart(sync_files, folder, database)
        for mode in get_args(Mode):
            rows.append(_rush(mode, generated, folder, database, seconds))
    columns = (
        "mode",
        "people",
        "commands",
        "per second",
        "shown p50 ms",
        "shown p99 ms",
        "unanswered",
        "bot CPU s",
    )
    title = f"/callboard who as fast as it goes, {generated.entities:,} entities, SQLite"
    return Table(title, command, columns, tuple(rows), (_NOTE,))


def _rush(mode: Mode, generated: Generated, folder: Path, database: str, seconds: float) -> Sequence[Cell]:
    doing(f"{_PEOPLE} people, {mode}, {seconds:g} s")
    logins = generated.users[:_PEOPLE]
    with local_slack(logins) as slack:
        bot = Serving(folder, database, slack, mode)
        try:
            if mode == "http":
                slack.deliver_to(f"{bot.url}/slack/events")
            crowd = Crowd(slack, logins, generated.components)
            for _ in logins:
                crowd.ask_one()
            used, started = bot.cpu_s or 0.0, time.perf_counter()
            asked = crowd.rush(_PEOPLE, seconds)
            took, cpu = time.perf_counter() - started, (bot.cpu_s or 0.0) - used
        finally:
            bot.stop()
    shown = [item.shown_ms for item in asked if item.shown_at]
    times = (percentile(shown, 50), percentile(shown, 99))
    return (mode, _PEOPLE, len(asked), len(shown) / took, *times, len(asked) - len(shown), cpu)
