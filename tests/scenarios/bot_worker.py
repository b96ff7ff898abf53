"""A bot in a process of its own, for tests that kill it: ``bot_worker.py CONFIG FATE [sync]``.

Prints ``ready`` once it answers, and stops when its standard input ends. ``FATE`` is a file with
one moment a line; the process that reaches a moment takes its line out and dies there, by SIGKILL.
A moment is ``STEP before`` or ``STEP after``, or ``NAME done N``: the N-th time from now that
something outside was done, before anybody wrote that down.
"""

import fcntl
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.bootstrap import build
from bot.catalog import Catalog
from catalog_sync.github.client import GitHubClient
from catalog_sync.github.git import Git
from catalog_sync.github.pulls import GitHubPulls
from catalog_sync.mending.correction_rows import CorrectionRows
from core import log
from core.settings import load
from scaffolds import jail
from scaffolds.store import RunStore

DOINGS: tuple[tuple[Any, str], ...] = (
    (RunStore, "add"),
    (jail, "render"),
    (GitHubClient, "create_repository"),
    (GitHubClient, "grant_team"),
    (Git, "push_new"),
    (Catalog, "refresh"),
    (RunStore, "save"),
    (CorrectionRows, "begin"),
    (CorrectionRows, "change"),
    (GitHubPulls, "create_branch"),
    (GitHubPulls, "write"),
    (GitHubPulls, "open_pull"),
    (WebClient, "chat_postMessage"),
    (WebClient, "chat_update"),
)


class Fate:
    """Knows the moments at which this process has to die."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def observe(self, _key: str, step: str, when: str) -> None:
        """The jobs' observer."""
        self._meet(f"{step} {when}")

    def watch(self, owner: Any, name: str) -> None:
        """Put a moment behind everything that ``owner.name`` does."""
        do: Callable[..., Any] = getattr(owner, name)

        def done(*arguments: Any, **keywords: Any) -> Any:
            result = do(*arguments, **keywords)
            self._meet(f"{name} done")
            return result

        setattr(owner, name, done)

    def _meet(self, moment: str) -> None:
        with self._file.open("r+") as file:
            # Two replicas have one fate: only one of them dies of it.
            fcntl.flock(file, fcntl.LOCK_EX)
            lines = file.read().splitlines()
            left, is_due = _after(moment, lines)
            if left != lines:
                file.seek(0)
                file.truncate()
                file.write("".join(f"{line}\n" for line in left))
                file.flush()
            if is_due:
                os.kill(os.getpid(), signal.SIGKILL)


def _after(moment: str, lines: list[str]) -> tuple[list[str], bool]:
    """What is left to come when a moment has come, and whether it was one to die at."""
    left, is_due = [], False
    for line in lines:
        name, _, times = line.rpartition(" ")
        if line == moment or line == f"{moment} 1":
            is_due = True
        elif name == moment and times.isdigit():
            left.append(f"{moment} {int(times) - 1}")
        else:
            left.append(line)
    return left, is_due


def main() -> None:
    config, fate_file, *words = sys.argv[1:]
    fate = Fate(Path(fate_file))
    for owner, name in DOINGS:
        fate.watch(owner, name)
    settings = load(Path(config))
    log.set_up(settings.log.level)
    callboard = build(settings, observer=fate.observe, strict=True, poll_s=0.05)
    if "sync" in words:
        callboard.catalog.sync_all()
    callboard.start(tick=False)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    callboard.stop()


if __name__ == "__main__":
    main()
